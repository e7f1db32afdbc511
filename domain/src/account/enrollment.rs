//! An account's presence on one service.

use std::fmt;

use super::{EnrollmentState, TransitionError, Work};
use crate::{
    id::{EnrollmentId, ServiceId},
    text::Slug,
    time::Timestamp,
};

/// Proves that an account is gone which never was.
const UNSENT: &str = "nothing was ever sent to the service";

/// Bytes that only the portal's keys open.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// What a service told when it confirmed an account or its password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its own id for the account.
    pub remote_id: Option<String>,
    /// A credential that it made itself, in place of ours.
    pub own_secret: Option<Sealed>,
}

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
    /// Whether the account of that name on the service, if there is one, is none
    /// of ours: a stranger had the name first, or nothing was ever sent.
    pub not_ours: bool,
    /// The service's own id for the account, where it told one.
    pub remote_id: Option<String>,
    /// Whether the service has it disabled; `None` while that is being
    /// changed and nobody knows.
    pub disabled: Option<bool>,
    /// How often it was attempted since the last change of direction.
    pub attempts: u32,
    /// When to act next.
    pub next_attempt_at: Option<Timestamp>,
    /// Why the last attempt did not succeed; of one that is gone, why it was
    /// given up.
    pub last_error: Option<String>,
    /// Why its creation was given up.
    pub failure: Option<String>,
    /// Which password the service has confirmed to have; the first is 1.
    pub password_generation: Option<u32>,
    /// The credential that the service made itself, where it did, in place of
    /// the account's password.
    pub own_secret: Option<Sealed>,
    /// Until when something that was sent to the service, and whose outcome
    /// was never heard, may still be done there.
    pub unsettled_until: Option<Timestamp>,
    /// Since when it is to be gone.
    pub removing_since: Option<Timestamp>,
    /// When it was proven gone.
    pub removed_at: Option<Timestamp>,
    /// What proves that: the service's answer, or that nothing was ever sent.
    pub proof: Option<String>,
}

impl Enrollment {
    /// Nothing sent yet, and nothing to do yet.
    pub const fn pending(id: EnrollmentId, service_id: ServiceId, service: Slug, username: String) -> Self {
        Self {
            id,
            service_id,
            service,
            username,
            state: EnrollmentState::Pending,
            not_ours: false,
            remote_id: None,
            disabled: Some(false),
            attempts: 0,
            next_attempt_at: None,
            last_error: None,
            failure: None,
            password_generation: None,
            own_secret: None,
            unsettled_until: None,
            removing_since: None,
            removed_at: None,
            proof: None,
        }
    }

    /// There is something new to do, at that time.
    pub(super) const fn due(&mut self, at: Timestamp) {
        self.attempts = 0;
        self.next_attempt_at = Some(at);
    }

    /// An attempt is about to be made; recorded before the service is called.
    pub(super) const fn attempted(&mut self, work: Option<Work>) -> Result<(), TransitionError> {
        match work {
            Some(Work::Create) => self.state = EnrollmentState::Creating,
            Some(Work::Disable | Work::Enable) => self.disabled = None,
            Some(Work::Reset | Work::Remove) => {}
            None => return Err(self.refuses("attempted")),
        }
        self.attempts += 1;
        Ok(())
    }

    /// The service confirmed the account. One that is to be removed meanwhile
    /// stays so: only now it is known what to remove.
    pub(super) fn created(
        &mut self,
        told: Told,
        generation: u32,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Creating => {
                self.state = EnrollmentState::Active;
                self.next_attempt_at = None;
                self.password_generation = Some(generation);
            }
            EnrollmentState::Removing => self.next_attempt_at = Some(at),
            EnrollmentState::Pending | EnrollmentState::Active | EnrollmentState::Removed => {
                return Err(self.refuses("created"));
            }
        }
        self.identified(told.remote_id);
        self.own_secret = told.own_secret;
        self.last_error = None;
        Ok(())
    }

    /// The service has the password of that generation. One that is to be
    /// removed meanwhile stays so.
    pub(super) fn reset(
        &mut self,
        generation: u32,
        told: Told,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Active => {
                self.password_generation = Some(generation);
                self.next_attempt_at = None;
            }
            EnrollmentState::Removing => self.next_attempt_at = Some(at),
            EnrollmentState::Pending | EnrollmentState::Creating | EnrollmentState::Removed => {
                return Err(self.refuses("reset"));
            }
        }
        self.identified(told.remote_id);
        self.own_secret = told.own_secret;
        self.last_error = None;
        Ok(())
    }

    /// The service has disabled it, or enabled it again. One that is to be
    /// removed meanwhile stays so.
    pub(super) fn disable(&mut self, disabled: bool, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Active => {
                self.disabled = Some(disabled);
                self.next_attempt_at = None;
            }
            EnrollmentState::Removing => self.next_attempt_at = Some(at),
            EnrollmentState::Pending | EnrollmentState::Creating | EnrollmentState::Removed => {
                return Err(self.refuses("disabled"));
            }
        }
        self.last_error = None;
        Ok(())
    }

    /// The service made another credential itself, in place of the one before.
    pub(super) fn resealed(&mut self, own_secret: Sealed) {
        if self.state == EnrollmentState::Active {
            self.own_secret = Some(own_secret);
        }
    }

    /// The next attempt to remove it is to be made now.
    pub(super) fn hurried(&mut self, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Removing => {
                self.next_attempt_at = Some(at);
                Ok(())
            }
            EnrollmentState::Pending
            | EnrollmentState::Creating
            | EnrollmentState::Active
            | EnrollmentState::Removed => Err(self.refuses("removed")),
        }
    }

    /// The name turned out to be a stranger's; starts afresh with another.
    pub(super) fn renamed(&mut self, username: String, at: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Creating => {
                self.state = EnrollmentState::Pending;
                self.username = username;
                // Nothing that may still land has the new name.
                self.unsettled_until = None;
                self.due(at);
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
            EnrollmentState::Creating | EnrollmentState::Active | EnrollmentState::Removing => {
                self.last_error = Some(error);
                self.next_attempt_at = Some(until);
                Ok(())
            }
            EnrollmentState::Pending | EnrollmentState::Removed => Err(self.refuses("postponed")),
        }
    }

    /// The attempt was not made, for something may still land that was sent
    /// before: it does not count.
    pub(super) fn held(&mut self, error: String, until: Timestamp) -> Result<(), TransitionError> {
        self.postponed(error, until)?;
        self.attempts = self.attempts.saturating_sub(1);
        Ok(())
    }

    /// Something that was sent to the service may still be done until then.
    pub(super) fn unsettled(&mut self, until: Timestamp) {
        self.unsettled_until = self.unsettled_until.max(Some(until));
    }

    /// Whoever attempted it last was not heard of: what they may have sent
    /// can land until then. Whether they came to the first attempt at a change
    /// nobody knows, so it is yet to come.
    pub(super) fn lost(&mut self, until: Timestamp) {
        self.unsettled(until);
        if self.state == EnrollmentState::Active && self.attempts <= 1 {
            self.attempts = 0;
        }
    }

    /// The service will not create it, ever.
    pub(super) fn given_up(&mut self, error: String) -> Result<(), TransitionError> {
        match self.state {
            // Somebody may have taken it away while it was being created.
            EnrollmentState::Creating | EnrollmentState::Removing => {
                self.failure = Some(error.clone());
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

    /// What had the id is gone; another may be there.
    pub(super) fn id_forgotten(&mut self) {
        self.remote_id = None;
    }

    /// It cannot be created, and the service was never asked.
    pub(super) fn unsent(&mut self, error: String, at: Timestamp) -> Result<(), TransitionError> {
        self.given_up(error)?;
        self.never_sent(at);
        Ok(())
    }

    fn never_sent(&mut self, at: Timestamp) {
        self.not_ours = true;
        self.gone(UNSENT.to_owned(), at);
    }

    /// The service has had it before it was known here; whether it has our
    /// password is yet to be seen to.
    pub(super) fn adopted(
        &mut self,
        remote_id: Option<String>,
        at: Timestamp,
    ) -> Result<(), TransitionError> {
        match self.state {
            EnrollmentState::Pending => {
                self.state = EnrollmentState::Active;
                // Whoever made it may make it again under its name.
                self.not_ours = true;
                self.identified(remote_id);
                self.due(at);
                Ok(())
            }
            EnrollmentState::Creating
            | EnrollmentState::Active
            | EnrollmentState::Removing
            | EnrollmentState::Removed => Err(self.refuses("adopted")),
        }
    }

    /// It is to go. Where nothing was ever sent it is gone already.
    pub(super) fn remove(&mut self, at: Timestamp) {
        match self.state {
            EnrollmentState::Pending => self.never_sent(at),
            EnrollmentState::Creating | EnrollmentState::Active => {
                self.state = EnrollmentState::Removing;
                self.removing_since = Some(at);
                self.due(at);
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

    /// It is to go, and turned out to be a stranger's: that stays.
    pub(super) fn strangers(&mut self, proof: String, at: Timestamp) -> Result<(), TransitionError> {
        self.removed(proof, at)?;
        self.not_ours = true;
        Ok(())
    }

    fn gone(&mut self, proof: String, at: Timestamp) {
        self.state = EnrollmentState::Removed;
        self.next_attempt_at = None;
        self.own_secret = None;
        self.last_error.clone_from(&self.failure);
        self.removed_at = Some(at);
        self.proof = Some(proof);
    }

    const fn refuses(&self, wanted: &'static str) -> TransitionError {
        TransitionError::Enrollment { state: self.state, wanted }
    }
}
