//! Accounts: one identity on one or more services, leased to its holder.

mod credentials;
mod enrollment;
mod state;
mod view;

use std::collections::BTreeMap;

pub use credentials::{Credentials, IssuedAccount, ServiceCredentials};
pub use enrollment::{Enrollment, Work};
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
    /// To whom it is going: theirs once every service has a new password.
    pub handing_to: Option<Login>,
    /// Who approved it, where that was needed.
    pub approved_by: Option<String>,
    /// Why it was approved or denied, where that was said.
    pub decision_reason: Option<String>,
    /// The length of the lease, counted from activation.
    pub ttl: Ttl,
    /// Which password every service is to have; the first is 1.
    pub password_generation: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Until when somebody may decide on it, while it waits for that;
    /// afterwards it lapses.
    pub decide_by: Option<Timestamp>,
    /// Until when its creation is tried, while it is.
    pub provision_by: Option<Timestamp>,
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
    /// A manager agrees: it is created on its services.
    ///
    /// # Errors
    /// It does not wait for that.
    pub fn approve(
        &mut self,
        by: String,
        reason: Option<String>,
        provision_within: Ttl,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        match self.state {
            AccountState::Requested => {
                self.approved_by = Some(by);
                self.decision_reason = reason;
                self.provision(provision_within, at);
                Ok(())
            }
            AccountState::Provisioning
            | AccountState::Active
            | AccountState::Frozen
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => Err(self.refuses("approved")),
        }
    }

    /// Lets the worker begin to create it.
    pub fn provision(&mut self, within: Ttl, at: Timestamp) {
        self.state = AccountState::Provisioning;
        self.decide_by = None;
        self.provision_by = Some(at.plus(within));
        for enrollment in &mut self.enrollments {
            enrollment.due(at);
        }
    }

    /// A manager does not agree: no service ever hears of it.
    ///
    /// # Errors
    /// It does not wait for that.
    pub fn deny(&mut self, reason: String, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            AccountState::Requested => {
                self.decision_reason = Some(reason);
                self.wind_down(EndReason::Denied, at);
                Ok(())
            }
            AccountState::Provisioning
            | AccountState::Active
            | AccountState::Frozen
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => Err(self.refuses("denied")),
        }
    }

    /// Ends a request on which nobody decided in time; says whether it did.
    pub fn lapse(&mut self, at: Timestamp) -> bool {
        match (self.state, self.decide_by) {
            (AccountState::Requested, Some(end)) if end <= at => {
                self.wind_down(EndReason::Lapsed, at);
                true
            }
            _ => false,
        }
    }

    /// Takes it away from its holder: it will be removed from every service.
    /// A request that still waits for approval is withdrawn.
    ///
    /// # Errors
    /// It is ending or has ended already.
    pub fn revoke(&mut self, reason: EndReason, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            AccountState::Requested => {
                self.wind_down(EndReason::Withdrawn, at);
                Ok(())
            }
            AccountState::Provisioning | AccountState::Active | AccountState::Frozen => {
                self.wind_down(reason, at);
                Ok(())
            }
            AccountState::Revoking
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

    /// Ends an attempt to create it that has taken too long; says whether it
    /// did.
    pub fn give_up(&mut self, at: Timestamp) -> bool {
        match (self.state, self.provision_by) {
            (AccountState::Provisioning, Some(end)) if end <= at => {
                self.wind_down(EndReason::Failed, at);
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

    /// Wants another password on every service.
    ///
    /// # Errors
    /// It is not in use.
    pub fn reset(&mut self, at: Timestamp) -> Result<(), TransitionError> {
        self.in_use("reset")?;
        self.password_generation += 1;
        self.press_on(at);
        Ok(())
    }

    /// Gives it to somebody else, who gets it with a password that whoever
    /// held it before does not know.
    ///
    /// # Errors
    /// It is not in use.
    pub fn hand_over(&mut self, to: Login, at: Timestamp) -> Result<(), TransitionError> {
        self.in_use("handed over")?;
        self.handing_to = Some(to);
        self.reset(at)
    }

    /// Disables it on every service; the lease goes on.
    ///
    /// # Errors
    /// It is not in use.
    pub fn freeze(&mut self, at: Timestamp) -> Result<(), TransitionError> {
        self.in_use("frozen")?;
        self.state = AccountState::Frozen;
        self.press_on(at);
        Ok(())
    }

    /// Enables it again on every service.
    ///
    /// # Errors
    /// It is not frozen.
    pub fn unfreeze(&mut self, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            AccountState::Frozen => {
                self.state = AccountState::Active;
                self.press_on(at);
                Ok(())
            }
            AccountState::Requested
            | AccountState::Provisioning
            | AccountState::Active
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => Err(self.refuses("unfrozen")),
        }
    }

    fn in_use(&self, wanted: &'static str) -> Result<(), TransitionError> {
        match self.state {
            AccountState::Active => Ok(()),
            AccountState::Requested
            | AccountState::Provisioning
            | AccountState::Frozen
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => Err(self.refuses(wanted)),
        }
    }

    /// What there is to do on that service now; `None` where it is as wanted.
    ///
    /// # Errors
    /// The account has no such enrollment.
    pub fn work_on(&self, id: EnrollmentId) -> Result<Option<Work>, TransitionError> {
        Ok(self.work(self.enrollment(id)?))
    }

    fn work(&self, enrollment: &Enrollment) -> Option<Work> {
        match enrollment.state {
            EnrollmentState::Pending | EnrollmentState::Creating => Some(Work::Create),
            // A password is only set where the account can be used: its login
            // could not be checked otherwise, and some services enable it by that.
            EnrollmentState::Active if self.state == AccountState::Frozen => {
                (enrollment.disabled != Some(true)).then_some(Work::Disable)
            }
            EnrollmentState::Active if enrollment.disabled != Some(false) => Some(Work::Enable),
            EnrollmentState::Active if enrollment.password_generation != Some(self.password_generation) => {
                Some(Work::Reset)
            }
            EnrollmentState::Active => None,
            EnrollmentState::Removing => Some(Work::Remove),
            EnrollmentState::Removed => None,
        }
    }

    /// Makes due what is not as wanted on the services that have it, as soon as
    /// nothing can come in between that was sent before.
    fn press_on(&mut self, at: Timestamp) {
        for enrollment in &mut self.enrollments {
            if enrollment.state == EnrollmentState::Active {
                enrollment.next_attempt_at = None;
            }
        }
        self.keep_up(at);
    }

    /// Makes due what is not as wanted on the services that have it, unless
    /// it is due some time already, and nothing else.
    fn keep_up(&mut self, at: Timestamp) {
        let work: Vec<bool> = self.enrollments.iter().map(|e| self.work(e).is_some()).collect();
        for (enrollment, work) in self.enrollments.iter_mut().zip(work) {
            match (enrollment.state, work) {
                (EnrollmentState::Active, false) => enrollment.next_attempt_at = None,
                (EnrollmentState::Active, true) if enrollment.next_attempt_at.is_none() => {
                    enrollment.due(enrollment.unsettled_until.map_or(at, |until| until.max(at)));
                }
                (EnrollmentState::Active, true)
                | (
                    EnrollmentState::Pending
                    | EnrollmentState::Creating
                    | EnrollmentState::Removing
                    | EnrollmentState::Removed,
                    _,
                ) => {}
            }
        }
    }

    /// The oldest password that a service may still have, once there was more
    /// than one.
    pub fn oldest_password(&self) -> Option<u32> {
        let confirmed = self.enrollments.iter().filter_map(|e| e.password_generation).min();
        confirmed.filter(|_| self.password_generation > 1)
    }

    /// Whether every service has, and is, what is wanted of it.
    pub fn is_kept_up(&self) -> bool {
        self.enrollments.iter().all(|e| e.state == EnrollmentState::Active && self.work(e).is_none())
    }

    /// An attempt on one service is about to be made.
    ///
    /// # Errors
    /// There is nothing to attempt there.
    pub fn enrollment_attempted(&mut self, id: EnrollmentId) -> Result<(), TransitionError> {
        let work = self.work_on(id)?;
        self.enrollment_mut(id)?.attempted(work)
    }

    /// Attempts on all of its services are about to be made.
    ///
    /// # Errors
    /// There is nothing to attempt on one of them.
    pub fn attempted_everywhere(&mut self) -> Result<(), TransitionError> {
        let ids: Vec<EnrollmentId> = self.enrollments.iter().map(|enrollment| enrollment.id).collect();
        ids.into_iter().try_for_each(|id| self.enrollment_attempted(id))
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
        let generation = self.password_generation;
        self.enrollment_mut(id)?.created(remote_id, generation, at)?;
        let complete = self.enrollments.iter().all(|e| e.state == EnrollmentState::Active);
        if complete && self.state == AccountState::Provisioning {
            self.state = AccountState::Active;
            self.provision_by = None;
            self.active_at = Some(at);
            self.expires_at = Some(at.plus(self.ttl));
        }
        Ok(())
    }

    /// One service has the password that is wanted; the last one completes a
    /// hand-over.
    ///
    /// # Errors
    /// No password was being changed there.
    pub fn enrollment_reset(
        &mut self,
        id: EnrollmentId,
        generation: u32,
        remote_id: Option<String>,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.reset(generation, remote_id, at)?;
        self.keep_up(at);
        let complete =
            self.enrollments.iter().all(|e| e.password_generation == Some(self.password_generation));
        if complete && let Some(to) = self.handing_to.take() {
            self.holder = to;
        }
        Ok(())
    }

    /// One service has disabled the account, or enabled it again.
    ///
    /// # Errors
    /// That was not being done there.
    pub fn enrollment_disabled(
        &mut self,
        id: EnrollmentId,
        disabled: bool,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.disable(disabled, at)?;
        self.keep_up(at);
        Ok(())
    }

    /// What was sent to one service may still be done until then, whatever
    /// came of it.
    ///
    /// # Errors
    /// The account has no such enrollment.
    pub fn enrollment_unsettled(
        &mut self,
        id: EnrollmentId,
        until: Timestamp,
    ) -> Result<(), TransitionError> {
        let enrollment = self.enrollment_mut(id)?;
        enrollment.unsettled_until = enrollment.unsettled_until.max(Some(until));
        Ok(())
    }

    /// Somebody wants the next attempt on one service to be made now.
    ///
    /// # Errors
    /// Nothing is being removed there.
    pub fn enrollment_hurried(&mut self, id: EnrollmentId, at: Timestamp) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.hurried(at)
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
        self.decide_by = None;
        self.provision_by = None;
        self.handing_to = None;
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
