//! Accounts: one identity on one or more services, leased to its holder.

mod credentials;
mod enrollment;
mod state;
mod view;
mod work;

use std::collections::BTreeMap;

pub use credentials::{Credentials, IssuedAccount, ServiceCredentials};
pub use enrollment::{Enrollment, Sealed, Told};
pub use state::{AccountState, EndReason, EnrollmentState, TransitionError};
pub use view::{AccountView, EnrollmentView};
pub use work::Work;

use crate::{
    actor::ActorRef,
    id::{AccountId, BatchId},
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
    /// The batch that it was asked for with.
    pub batch: Option<BatchId>,
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
    /// Who froze it, while it is frozen.
    pub frozen_by: Option<String>,
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
    /// Until when cleanups spare it, for it is kept with its run.
    pub kept_until: Option<Timestamp>,
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

    /// Takes over an account that its service has had before anybody here knew
    /// of it. The lease begins now; no password of ours is confirmed there, so
    /// one is set first, and until then nobody can be shown any.
    ///
    /// # Errors
    /// It was asked for in the ordinary way.
    pub fn adopt(&mut self, remote_id: Option<String>, at: Timestamp) -> Result<(), TransitionError> {
        let refusal = self.refuses("adopted");
        let (AccountState::Requested, [only]) = (self.state, self.enrollments.as_mut_slice()) else {
            return Err(refusal);
        };
        only.adopted(remote_id, at)?;
        self.state = AccountState::Active;
        self.active_at = Some(at);
        self.expires_at = Some(at.plus(self.ttl));
        Ok(())
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
    /// It is not in use, or is on its way to somebody already.
    pub fn hand_over(&mut self, to: Login, at: Timestamp) -> Result<(), TransitionError> {
        self.in_use("handed over")?;
        if self.handing_to.is_some() {
            return Err(TransitionError::OnItsWay);
        }
        self.handing_to = Some(to);
        self.reset(at)
    }

    /// Leaves it to who holds it, with a password that nobody has been told.
    ///
    /// # Errors
    /// It is not on its way to anybody.
    pub fn call_off_hand_over(&mut self, at: Timestamp) -> Result<(), TransitionError> {
        if self.handing_to.take().is_none() {
            return Err(TransitionError::NotOnItsWay);
        }
        self.reset(at)
    }

    /// Disables it on every service; the lease goes on. One that somebody else
    /// froze is frozen by both, and the newer one decides when that ends.
    ///
    /// # Errors
    /// It is not in use, or frozen by them already.
    pub fn freeze(&mut self, by: String, at: Timestamp) -> Result<(), TransitionError> {
        if self.state == AccountState::Frozen {
            if self.frozen_by.as_deref() == Some(&*by) {
                return Err(self.refuses("frozen"));
            }
            self.frozen_by = Some(by);
            return Ok(());
        }
        self.in_use("frozen")?;
        self.state = AccountState::Frozen;
        self.frozen_by = Some(by);
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
                self.frozen_by = None;
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
            AccountState::Frozen => Err(TransitionError::Account {
                state: self.state,
                wanted,
                way_out: Some("unfreeze it first"),
            }),
            AccountState::Requested
            | AccountState::Provisioning
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => Err(self.refuses(wanted)),
        }
    }

    fn wind_down(&mut self, reason: EndReason, at: Timestamp) {
        self.state = AccountState::Revoking;
        self.end_reason = Some(reason);
        self.decide_by = None;
        self.provision_by = None;
        self.handing_to = None;
        self.frozen_by = None;
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
        TransitionError::Account { state: self.state, wanted, way_out: None }
    }
}

#[cfg(test)]
mod tests;
