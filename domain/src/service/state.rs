//! Where a service stands: whether it gives accounts out, and whether it is
//! there at all.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::Service;
use crate::{command::WithReason, id::BatchId, problem::Problem, text::Reason, time::Timestamp};

/// Whether a service gives accounts out.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ServiceState {
    /// It gives accounts out.
    #[default]
    Active,
    /// It gives no new ones out; those that it has go on.
    Paused,
    /// It gives no new ones out; those that it has are taken away.
    Retiring,
    /// It has none, and is not there any more unless it is registered anew.
    Retired,
}

impl ServiceState {
    /// Whether a service in this state gives new accounts out.
    pub const fn gives_out(self) -> bool {
        match self {
            Self::Active => true,
            Self::Paused | Self::Retiring | Self::Retired => false,
        }
    }
}

/// Where a service stands, since when, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub state: ServiceState,
    /// Since when, unless it is active.
    pub since: Option<Timestamp>,
    /// Why, where that was said.
    pub reason: Option<String>,
    /// The cleanup that takes away what it holds, while it is retiring.
    pub cleanup: Option<BatchId>,
}

/// A change that a service's present state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// It is paused.
    #[error("the service has been paused since {since} already")]
    Paused {
        /// Since when.
        since: Timestamp,
    },
    /// It is not paused.
    #[error("the service is not paused")]
    NotPaused,
    /// It is being retired, or is.
    #[error(
        "the service is being retired, and what it held is being removed: that is not called off. \
         Once it is retired, apply its file to register it anew"
    )]
    Retiring,
}

impl Standing {
    /// It gives no new accounts out until it is resumed.
    ///
    /// # Errors
    /// It gives none out already.
    pub fn pause(&mut self, reason: Option<Reason>, at: Timestamp) -> Result<(), StandingError> {
        match self.state {
            ServiceState::Active => {
                *self = Self::since(ServiceState::Paused, reason, at);
                Ok(())
            }
            ServiceState::Paused => Err(StandingError::Paused { since: self.since.unwrap_or(at) }),
            ServiceState::Retiring | ServiceState::Retired => Err(StandingError::Retiring),
        }
    }

    /// It gives accounts out again.
    ///
    /// # Errors
    /// It is not paused.
    pub fn resume(&mut self) -> Result<(), StandingError> {
        match self.state {
            ServiceState::Paused => {
                *self = Self::default();
                Ok(())
            }
            ServiceState::Active => Err(StandingError::NotPaused),
            ServiceState::Retiring | ServiceState::Retired => Err(StandingError::Retiring),
        }
    }

    /// It is retired once what it holds is gone, which that cleanup takes away.
    ///
    /// # Errors
    /// It is on its way already.
    pub fn drain(
        &mut self,
        reason: Option<Reason>,
        cleanup: Option<BatchId>,
        at: Timestamp,
    ) -> Result<(), StandingError> {
        match self.state {
            ServiceState::Active | ServiceState::Paused => {
                *self = Self { cleanup, ..Self::since(ServiceState::Retiring, reason, at) };
                Ok(())
            }
            ServiceState::Retiring | ServiceState::Retired => Err(StandingError::Retiring),
        }
    }

    /// It holds nothing, and is not there any more.
    pub fn retire(&mut self, at: Timestamp) {
        *self = Self::since(ServiceState::Retired, None, at);
    }

    fn since(state: ServiceState, reason: Option<Reason>, at: Timestamp) -> Self {
        Self { state, since: Some(at), reason: reason.map(Reason::into_string), cleanup: None }
    }
}

impl Service {
    /// Why it gives no new accounts out, and what to do then; `None` where it
    /// does.
    pub fn closed(&self) -> Option<String> {
        let since = self.state_since.map(|since| format!(" since {since}")).unwrap_or_default();
        let because = self.state_reason.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        let slug = &self.slug;
        match self.state {
            ServiceState::Active => None,
            ServiceState::Paused => Some(format!(
                "{slug} has been paused{since}{because}: it gives no new accounts out until an admin resumes it."
            )),
            ServiceState::Retiring | ServiceState::Retired => Some(format!(
                "{slug} is being retired{because}, and gives no new accounts out any more. \
                 Ask on another service."
            )),
        }
    }
}

/// A service is to be there no more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetireService {
    /// Whether what it holds is to be revoked for that.
    pub drain: bool,
    /// Why; at most 500 characters.
    pub reason: Option<String>,
}

impl RetireService {
    /// Checks the fields; an empty reason counts as left out.
    ///
    /// # Errors
    /// A problem that says what is wrong with the reason.
    pub fn parse(&self) -> Result<Option<Reason>, Problem> {
        WithReason { reason: self.reason.clone() }.parse()
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    const T0: Timestamp = Timestamp::from_millis(1_000_000);

    fn standing(state: ServiceState) -> Standing {
        Standing { state, since: Some(T0), reason: None, cleanup: None }
    }

    #[test]
    fn each_state_allows_what_it_allows_and_nothing_else() {
        for state in ServiceState::iter() {
            let (pause, resume, drain) = match state {
                ServiceState::Active => (true, false, true),
                ServiceState::Paused => (false, true, true),
                ServiceState::Retiring | ServiceState::Retired => (false, false, false),
            };
            assert_eq!(standing(state).pause(None, T0).is_ok(), pause, "{state}");
            assert_eq!(standing(state).resume().is_ok(), resume, "{state}");
            assert_eq!(standing(state).drain(None, None, T0).is_ok(), drain, "{state}");
        }
    }

    #[test]
    fn since_when_and_why_stand_while_they_count() {
        let mut standing = Standing::default();
        standing.pause(Some("the disk is full".parse().unwrap()), T0).unwrap();
        assert_eq!((standing.since, standing.reason.as_deref()), (Some(T0), Some("the disk is full")));
        assert_eq!(standing.pause(None, T0.plus_millis(1)), Err(StandingError::Paused { since: T0 }));
        standing.resume().unwrap();
        assert_eq!(standing, Standing::default());
    }
}
