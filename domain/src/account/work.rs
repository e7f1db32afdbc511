//! What there is to do on an account's services, and what came of it.

use super::{Account, AccountState, EndReason, Enrollment, EnrollmentState, Sealed, Told, TransitionError};
use crate::{id::EnrollmentId, text::Slug, time::Timestamp};

/// What there is to do on a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Create the account.
    Create,
    /// Set the password that is wanted.
    Reset,
    /// Disable the account.
    Disable,
    /// Enable it again.
    Enable,
    /// Remove it.
    Remove,
}

impl Account {
    /// The services that it is on, by slug.
    pub fn services(&self) -> Vec<Slug> {
        self.enrollments.iter().map(|enrollment| enrollment.service.clone()).collect()
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
    pub(super) fn press_on(&mut self, at: Timestamp) {
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
        told: Told,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        let generation = self.password_generation;
        self.enrollment_mut(id)?.created(told, generation, at)?;
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
        told: Told,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.reset(generation, told, at)?;
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

    /// One service made another credential itself, in place of the one before.
    ///
    /// # Errors
    /// The account has no such enrollment.
    pub fn enrollment_resealed(
        &mut self,
        id: EnrollmentId,
        own_secret: Sealed,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.resealed(own_secret);
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
        self.enrollment_mut(id)?.unsettled(until);
        Ok(())
    }

    /// The attempt on one service was not made: it has to wait until then, for
    /// something may still land that was sent before.
    ///
    /// # Errors
    /// Nothing was being attempted there.
    pub fn enrollment_held(
        &mut self,
        id: EnrollmentId,
        error: String,
        until: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.held(error, until)
    }

    /// Whoever made the last attempt on one service was not heard of; what
    /// they may have sent can land until then.
    ///
    /// # Errors
    /// The account has no such enrollment.
    pub fn enrollment_lost(&mut self, id: EnrollmentId, until: Timestamp) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.lost(until);
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

    /// The id by which one service knew the account is worth nothing any more:
    /// what had it was deleted, to be created again.
    ///
    /// # Errors
    /// The account is not on that service.
    pub fn enrollment_id_forgotten(&mut self, id: EnrollmentId) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.id_forgotten();
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

    /// What was to be removed from one service is a stranger's, and stays; the
    /// last service ends the account.
    ///
    /// # Errors
    /// Nothing was being removed there.
    pub fn enrollment_strangers(
        &mut self,
        id: EnrollmentId,
        proof: String,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        self.enrollment_mut(id)?.strangers(proof, at)?;
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
}
