//! The words for what went wrong.

use domain::ProblemKind;

/// The words for a kind of problem.
pub(crate) struct ProblemWords {
    /// What happened.
    pub title: String,
    /// What to do next.
    pub next: String,
}

/// The words for that kind.
pub(crate) fn problem_words(kind: ProblemKind) -> ProblemWords {
    let (title, next) = match kind {
        ProblemKind::Unreadable => (text!("problem-unreadable"), text!("problem-unreadable-next")),
        ProblemKind::Unauthenticated => {
            (text!("problem-unauthenticated"), text!("problem-unauthenticated-next"))
        }
        ProblemKind::WrongCredentials => {
            (text!("problem-wrong-credentials"), text!("problem-wrong-credentials-next"))
        }
        ProblemKind::Forbidden => (text!("problem-forbidden"), text!("problem-forbidden-next")),
        ProblemKind::CrossSite => (text!("problem-cross-site"), text!("problem-cross-site-next")),
        ProblemKind::NotFound => (text!("problem-not-found"), text!("problem-not-found-next")),
        ProblemKind::MethodNotAllowed => {
            (text!("problem-method-not-allowed"), text!("problem-method-not-allowed-next"))
        }
        ProblemKind::Conflict => (text!("problem-conflict"), text!("problem-conflict-next")),
        ProblemKind::Stale => (text!("problem-stale"), text!("problem-stale-next")),
        ProblemKind::StillRunning => (text!("problem-still-running"), text!("problem-still-running-next")),
        ProblemKind::KeyReused => (text!("problem-key-reused"), text!("problem-key-reused-next")),
        ProblemKind::TooLarge => (text!("problem-too-large"), text!("problem-too-large-next")),
        ProblemKind::UnsupportedMediaType => {
            (text!("problem-unsupported-media-type"), text!("problem-unsupported-media-type-next"))
        }
        ProblemKind::Invalid => (text!("problem-invalid"), text!("problem-invalid-next")),
        ProblemKind::QuotaExceeded => (text!("problem-quota-exceeded"), text!("problem-quota-exceeded-next")),
        ProblemKind::TooManyAttempts => {
            (text!("problem-too-many-attempts"), text!("problem-too-many-attempts-next"))
        }
        ProblemKind::TargetRefused => (text!("problem-target-refused"), text!("problem-target-refused-next")),
        ProblemKind::TargetUnavailable => {
            (text!("problem-target-unavailable"), text!("problem-target-unavailable-next"))
        }
        ProblemKind::NotReady => (text!("problem-not-ready"), text!("problem-not-ready-next")),
        ProblemKind::Internal => (text!("problem-internal"), text!("problem-internal-next")),
    };
    ProblemWords { title, next }
}
