//! Accounts: one identity on one or more services, leased to its holder.

mod credentials;
mod enrollment;
mod state;
mod view;

use std::collections::BTreeMap;

pub use credentials::{Credentials, IssuedAccount, ServiceCredentials};
pub use enrollment::Enrollment;
pub use state::{AccountState, EndReason, EnrollmentState, TransitionError};
pub use view::{AccountView, EnrollmentView};

use crate::{
    actor::ActorRef,
    id::{AccountId, EnrollmentId},
    text::Login,
    time::{Timestamp, Ttl},
};

/// A test account with all its enrollments: the one place where its state
/// changes.
///
/// The state is a function of the enrollments and the lease: active once
/// every enrollment is, ended once every enrollment is proven gone. Who
/// changes an account loads it whole, calls one method, and stores it whole,
/// guarded by `version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// The identity's name.
    pub username: String,
    /// The identity's e-mail address; nobody reads it.
    pub email: String,
    /// Where it stands.
    pub state: AccountState,
    /// Why it ended or is ending.
    pub end_reason: Option<EndReason>,
    /// Why it was asked for.
    pub purpose: Option<String>,
    /// The ticket it belongs to.
    pub ticket: Option<String>,
    /// Labels to find it by.
    pub labels: BTreeMap<String, String>,
    /// The CI run that owns it.
    pub run: Option<String>,
    /// What the services are told of it.
    pub attributes: BTreeMap<String, String>,
    /// Who asked for it.
    pub requested_by: ActorRef,
    /// Who holds it.
    pub holder: Login,
    /// The holder's team.
    pub team: String,
    /// Who approved it, where that was needed.
    pub approved_by: Option<String>,
    /// The length of the lease, counted from activation.
    pub ttl: Ttl,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it became usable.
    pub active_at: Option<Timestamp>,
    /// When the lease ends.
    pub expires_at: Option<Timestamp>,
    /// When it came to rest.
    pub ended_at: Option<Timestamp>,
    /// Counts the changes; a change on top of an older one is refused.
    pub version: u32,
    /// Its presence on each service, in the order of the request.
    pub enrollments: Vec<Enrollment>,
}

impl Account {
    /// Takes it away from its holder: it will be removed from every service.
    ///
    /// # Errors
    /// It is ending or has ended already, or still waits for approval.
    pub fn revoke(&mut self, reason: EndReason, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            AccountState::Provisioning | AccountState::Active | AccountState::Frozen => {
                self.wind_down(reason, at);
                Ok(())
            }
            AccountState::Requested
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => Err(self.refuses("revoked")),
        }
    }

    /// Ends the lease if it has run out; says whether it did.
    pub fn expire(&mut self, at: Timestamp) -> bool {
        match (self.state, self.expires_at) {
            (AccountState::Active | AccountState::Frozen, Some(end)) if end <= at => {
                self.wind_down(EndReason::Expired, at);
                true
            }
            _ => false,
        }
    }

    /// Makes the lease last until `ttl` from now; it never becomes shorter.
    ///
    /// # Errors
    /// It is not in its holder's hands.
    pub fn renew(&mut self, ttl: Ttl, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            AccountState::Active | AccountState::Frozen => {
                self.expires_at = self.expires_at.max(Some(at.plus(ttl)));
                Ok(())
            }
            AccountState::Requested
            | AccountState::Provisioning
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => Err(self.refuses("renewed")),
        }
    }

    /// An attempt on one service is about to be made.
    ///
    /// # Errors
    /// There is nothing to attempt there.
    pub fn enrollment_attempted(&mut self, id: EnrollmentId) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.attempted()
    }

    /// One service confirmed the account; the last one starts the lease.
    ///
    /// # Errors
    /// Nothing was being created there.
    pub fn enrollment_created(
        &mut self,
        id: EnrollmentId,
        remote_id: Option<String>,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.created(remote_id, at)?;
        let complete = self.enrollments.iter().all(|e| e.state == EnrollmentState::Active);
        if complete && self.state == AccountState::Provisioning {
            self.state = AccountState::Active;
            self.active_at = Some(at);
            self.expires_at = Some(at.plus(self.ttl));
        }
        Ok(())
    }

    /// The name is a stranger's on one service: goes on there under another.
    /// An account of a single service takes the other name as a whole.
    ///
    /// # Errors
    /// Nothing was being created there.
    pub fn enrollment_renamed(
        &mut self,
        id: EnrollmentId,
        username: String,
        email: String,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.renamed(username.clone(), at)?;
        if self.enrollments.len() == 1 {
            self.username = username;
            self.email = email;
        }
        Ok(())
    }

    /// One service told its own id for the account, whatever else it said:
    /// from then on it is known what to remove there.
    ///
    /// # Errors
    /// The account has no such enrollment.
    pub fn enrollment_identified(
        &mut self,
        id: EnrollmentId,
        remote_id: Option<String>,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.identified(remote_id);
        Ok(())
    }

    /// One service will never create the account, and was never even asked:
    /// there is nothing to remove from it.
    ///
    /// # Errors
    /// Nothing was being created there.
    pub fn enrollment_unsent(
        &mut self,
        id: EnrollmentId,
        error: String,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.unsent(error, at)?;
        if self.state == AccountState::Provisioning {
            self.wind_down(EndReason::Failed, at);
        }
        self.rest_if_gone(at);
        Ok(())
    }

    /// The attempt on one service did not succeed; there will be another.
    ///
    /// # Errors
    /// Nothing was being attempted there.
    pub fn enrollment_postponed(
        &mut self,
        id: EnrollmentId,
        error: String,
        until: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.postponed(error, until)
    }

    /// One service will never create the account: all or nothing, so it is
    /// removed from the others, and for safety from this one.
    ///
    /// # Errors
    /// Nothing was being created there.
    pub fn enrollment_given_up(
        &mut self,
        id: EnrollmentId,
        error: String,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.given_up(error)?;
        if self.state == AccountState::Provisioning {
            self.wind_down(EndReason::Failed, at);
        }
        Ok(())
    }

    /// One service proved that the account is gone; the last one ends it.
    ///
    /// # Errors
    /// Nothing was being removed there.
    pub fn enrollment_removed(
        &mut self,
        id: EnrollmentId,
        proof: String,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.removed(proof, at)?;
        self.rest_if_gone(at);
        Ok(())
    }

    /// The enrollment with that id.
    ///
    /// # Errors
    /// The account has no such enrollment.
    pub fn enrollment(&self, id: EnrollmentId) -> Result<&Enrollment, TransitionError> {
        self.enrollments.iter().find(|e| e.id == id).ok_or(TransitionError::UnknownEnrollment)
    }

    fn enrollment_mut(&mut self, id: EnrollmentId) -> Result<&mut Enrollment, TransitionError> {
        self.enrollments.iter_mut().find(|e| e.id == id).ok_or(TransitionError::UnknownEnrollment)
    }

    fn wind_down(&mut self, reason: EndReason, at: Timestamp) {
        self.state = AccountState::Revoking;
        self.end_reason = Some(reason);
        for enrollment in &mut self.enrollments {
            enrollment.remove(at);
        }
        self.rest_if_gone(at);
    }

    fn rest_if_gone(&mut self, at: Timestamp) {
        let gone = self.enrollments.iter().all(|e| e.state == EnrollmentState::Removed);
        if let (AccountState::Revoking, Some(reason), true) = (self.state, self.end_reason, gone) {
            self.state = reason.final_state();
            self.ended_at = Some(at);
        }
    }

    const fn refuses(&self, wanted: &'static str) -> TransitionError {
        TransitionError::Account { state: self.state, wanted }
    }
}

#[cfg(test)]
mod tests;
