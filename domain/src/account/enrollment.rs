//! An account's presence on one service.

use super::{EnrollmentState, TransitionError};
use crate::{
    id::{EnrollmentId, ServiceId},
    text::Slug,
    time::Timestamp,
};

/// Proves that an account is gone which never was.
const UNSENT: &str = "nothing was ever sent to the service";

/// An account's presence on one service.
///
/// `next_attempt_at` is when the worker is to act on it; `None` where there
/// is nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrollment {
    /// The enrollment's id.
    pub id: EnrollmentId,
    /// Which service.
    pub service_id: ServiceId,
    /// That service's slug.
    pub service: Slug,
    /// The username on this service; unique there, for good.
    pub username: String,
    /// Where it stands.
    pub state: EnrollmentState,
    /// The service's own id for the account, where it told one.
    pub remote_id: Option<String>,
    /// How often it was attempted since the last change of direction.
    pub attempts: u32,
    /// When to act next.
    pub next_attempt_at: Option<Timestamp>,
    /// Why the last attempt did not succeed.
    pub last_error: Option<String>,
    /// Which password the service has confirmed to have; the first is 1.
    pub password_generation: Option<u32>,
    /// When it was proven gone.
    pub removed_at: Option<Timestamp>,
    /// What proves that: the service's answer, or that nothing was ever sent.
    pub proof: Option<String>,
}

impl Enrollment {
    /// Nothing sent yet, due at once.
    pub const fn pending(
        id: EnrollmentId,
        service_id: ServiceId,
        service: Slug,
        username: String,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            service_id,
            service,
            username,
            state: EnrollmentState::Pending,
            remote_id: None,
            attempts: 0,
            next_attempt_at: Some(at),
            last_error: None,
            password_generation: None,
            removed_at: None,
            proof: None,
        }
    }

    /// An attempt is about to be made; recorded before the service is called.
    pub(super) fn attempted(&mut self) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Pending | EnrollmentState::Creating => self.state = EnrollmentState::Creating,
            EnrollmentState::Removing => {}
            EnrollmentState::Active | EnrollmentState::Removed => return Err(self.refuses("attempted")),
        }
        self.attempts += 1;
        Ok(())
    }

    /// The service confirmed the account. One that is to be removed meanwhile
    /// stays so: only now it is known what to remove.
    pub(super) fn created(
        &mut self,
        remote_id: Option<String>,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Creating => {
                self.state = EnrollmentState::Active;
                self.next_attempt_at = None;
                self.password_generation = Some(1);
            }
            EnrollmentState::Removing => self.next_attempt_at = Some(at),
            EnrollmentState::Pending | EnrollmentState::Active | EnrollmentState::Removed => {
                return Err(self.refuses("created"));
            }
        }
        self.identified(remote_id);
        self.last_error = None;
        Ok(())
    }

    /// The name turned out to be a stranger's; starts afresh with another.
    pub(super) fn renamed(&mut self, username: String, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Creating => {
                self.state = EnrollmentState::Pending;
                self.username = username;
                self.attempts = 0;
                self.next_attempt_at = Some(at);
                Ok(())
            }
            EnrollmentState::Pending
            | EnrollmentState::Active
            | EnrollmentState::Removing
            | EnrollmentState::Removed => Err(self.refuses("renamed")),
        }
    }

    /// The attempt did not succeed; there will be another.
    pub(super) fn postponed(&mut self, error: String, until: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Creating | EnrollmentState::Removing => {
                self.last_error = Some(error);
                self.next_attempt_at = Some(until);
                Ok(())
            }
            EnrollmentState::Pending | EnrollmentState::Active | EnrollmentState::Removed => {
                Err(self.refuses("postponed"))
            }
        }
    }

    /// The service will not create it, ever.
    pub(super) fn given_up(&mut self, error: String) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Creating | EnrollmentState::Removing => {
                self.last_error = Some(error);
                Ok(())
            }
            EnrollmentState::Pending | EnrollmentState::Active | EnrollmentState::Removed => {
                Err(self.refuses("given up"))
            }
        }
    }

    /// The service told its own id for the account.
    pub(super) fn identified(&mut self, remote_id: Option<String>) {
        if remote_id.is_some() {
            self.remote_id = remote_id;
        }
    }

    /// It cannot be created, and the service was never asked.
    pub(super) fn unsent(&mut self, error: String, at: Timestamp) -> Result<(), TransitionError> {
        self.given_up(error)?;
        self.gone(UNSENT.to_owned(), at);
        Ok(())
    }

    /// It is to go. Where nothing was ever sent it is gone already.
    pub(super) fn remove(&mut self, at: Timestamp) {
        match self.state {
            EnrollmentState::Pending => self.gone(UNSENT.to_owned(), at),
            EnrollmentState::Creating | EnrollmentState::Active => {
                self.state = EnrollmentState::Removing;
                self.attempts = 0;
                self.next_attempt_at = Some(at);
            }
            EnrollmentState::Removing | EnrollmentState::Removed => {}
        }
    }

    /// The service proved that it is gone.
    pub(super) fn removed(&mut self, proof: String, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Removing => {
                self.gone(proof, at);
                Ok(())
            }
            EnrollmentState::Pending
            | EnrollmentState::Creating
            | EnrollmentState::Active
            | EnrollmentState::Removed => Err(self.refuses("removed")),
        }
    }

    fn gone(&mut self, proof: String, at: Timestamp) {
        self.state = EnrollmentState::Removed;
        self.next_attempt_at = None;
        self.removed_at = Some(at);
        self.proof = Some(proof);
    }

    const fn refuses(&self, wanted: &'static str) -> TransitionError {
        TransitionError::Enrollment { state: self.state, wanted }
    }
}
