//! The words for what happened.

use domain::{
    EndReason,
    actor::{ActorKind, ActorRef},
    audit::{Action, Event},
};

/// What happened, in a sentence.
pub(crate) fn event_sentence(event: &Event) -> String {
    let actor = who(&event.actor);
    let service = event.service.clone().unwrap_or_else(|| text!("something"));
    let subject = event.subject.clone().unwrap_or_else(|| text!("somebody"));
    match event.action {
        Action::AccountRequested => text!("event-account-requested", actor = actor),
        Action::EnrollmentCreated => text!("event-enrollment-created", service = service),
        Action::EnrollmentRenamed => text!("event-enrollment-renamed", service = service),
        Action::EnrollmentPostponed => text!("event-enrollment-postponed", service = service),
        Action::EnrollmentGivenUp => text!("event-enrollment-given-up", service = service),
        Action::EnrollmentRemoved => text!("event-enrollment-removed", service = service),
        Action::AccountActivated => text!("event-account-activated"),
        Action::AccountRevealed => text!("event-account-revealed", actor = actor),
        Action::AccountRenewed => text!("event-account-renewed", actor = actor),
        Action::AccountRevoking if gave_up(event) => text!("event-account-failed"),
        Action::AccountRevoking if event.actor.kind == ActorKind::System => text!("event-account-expired"),
        Action::AccountRevoking => text!("event-account-revoking", actor = actor),
        Action::AccountEnded => text!("event-account-ended"),
        Action::ServiceRegistered => text!("event-service-registered", actor = actor, service = service),
        Action::ServiceChanged => text!("event-service-changed", actor = actor, service = service),
        Action::PersonAdded => text!("event-person-added", actor = actor, subject = subject),
        Action::PersonDisabled => text!("event-person-disabled", actor = actor, subject = subject),
        Action::PersonEnabled => text!("event-person-enabled", actor = actor, subject = subject),
        Action::PersonRoleChanged => text!("event-person-role-changed", actor = actor, subject = subject),
        Action::PersonPasswordChanged => {
            text!("event-person-password-changed", actor = actor, subject = subject)
        }
        Action::SignedIn => text!("event-signed-in", actor = actor),
        Action::SignedOut => text!("event-signed-out", actor = actor),
        Action::SignInFailed => text!("event-sign-in-failed", subject = subject),
        Action::TokenIssued => text!("event-token-issued", actor = actor, subject = subject),
        Action::TokenRevoked => text!("event-token-revoked", actor = actor, subject = subject),
        Action::AccountApproved => text!("event-account-approved", actor = actor),
        Action::AccountDenied => text!("event-account-denied", actor = actor),
        Action::AccountWithdrawn => text!("event-account-withdrawn", actor = actor),
        Action::AccountLapsed => text!("event-account-lapsed"),
        Action::EnrollmentReset => text!("event-enrollment-reset", service = service),
        Action::EnrollmentDisabled => text!("event-enrollment-disabled", service = service),
        Action::EnrollmentEnabled => text!("event-enrollment-enabled", service = service),
        Action::EnrollmentHurried => text!("event-enrollment-hurried", actor = actor, service = service),
        Action::AccountReset => text!("event-account-reset", actor = actor),
        Action::AccountHandingOver => text!("event-account-handing-over", actor = actor),
        Action::AccountHandedOver => text!("event-account-handed-over"),
        Action::AccountFrozen => text!("event-account-frozen", actor = actor),
        Action::AccountUnfrozen => text!("event-account-unfrozen", actor = actor),
        Action::BatchStarted => text!("event-batch-started", actor = actor),
        Action::BatchRetried => text!("event-batch-retried", actor = actor),
        Action::RunKept => text!("event-run-kept", actor = actor),
        Action::ExpiryPaused => text!("event-expiry-paused"),
        Action::ExpiryResumed => text!("event-expiry-resumed"),
        Action::ServiceDown => text!("event-service-down", service = service),
        Action::ServiceUp => text!("event-service-up", service = service),
        Action::Refused => text!("event-refused", actor = actor),
    }
}

/// What was done, where it stands beside who did it.
pub(crate) fn deed(event: &Event) -> String {
    let service = event.service.clone().unwrap_or_else(|| text!("something"));
    let subject = event.subject.clone().unwrap_or_else(|| text!("somebody"));
    match event.action {
        Action::AccountRequested => text!("deed-account-requested"),
        Action::AccountRevealed => text!("deed-account-revealed"),
        Action::AccountRenewed => text!("deed-account-renewed"),
        Action::AccountRevoking if event.actor.kind != ActorKind::System => text!("deed-account-revoking"),
        Action::ServiceRegistered => text!("deed-service-registered", service = service),
        Action::ServiceChanged => text!("deed-service-changed", service = service),
        Action::PersonAdded => text!("deed-person-added", subject = subject),
        Action::PersonDisabled => text!("deed-person-disabled", subject = subject),
        Action::PersonEnabled => text!("deed-person-enabled", subject = subject),
        Action::PersonRoleChanged => text!("deed-person-role-changed", subject = subject),
        Action::PersonPasswordChanged => text!("deed-person-password-changed", subject = subject),
        Action::SignedIn => text!("deed-signed-in"),
        Action::SignedOut => text!("deed-signed-out"),
        Action::TokenIssued => text!("deed-token-issued", subject = subject),
        Action::TokenRevoked => text!("deed-token-revoked", subject = subject),
        Action::AccountApproved => text!("deed-account-approved"),
        Action::AccountDenied => text!("deed-account-denied"),
        Action::AccountWithdrawn => text!("deed-account-withdrawn"),
        Action::EnrollmentHurried => text!("deed-enrollment-hurried", service = service),
        Action::AccountReset => text!("deed-account-reset"),
        Action::AccountHandingOver => text!("deed-account-handing-over"),
        Action::AccountFrozen => text!("deed-account-frozen"),
        Action::AccountUnfrozen => text!("deed-account-unfrozen"),
        Action::BatchStarted => text!("deed-batch-started"),
        Action::BatchRetried => text!("deed-batch-retried"),
        Action::RunKept => text!("deed-run-kept"),
        Action::Refused => text!("deed-refused"),
        Action::EnrollmentCreated
        | Action::EnrollmentRenamed
        | Action::EnrollmentPostponed
        | Action::EnrollmentGivenUp
        | Action::EnrollmentRemoved
        | Action::AccountActivated
        | Action::AccountRevoking
        | Action::AccountEnded
        | Action::SignInFailed
        | Action::AccountLapsed
        | Action::EnrollmentReset
        | Action::EnrollmentDisabled
        | Action::EnrollmentEnabled
        | Action::AccountHandedOver
        | Action::ExpiryPaused
        | Action::ExpiryResumed
        | Action::ServiceDown
        | Action::ServiceUp => event_sentence(event),
    }
}

/// Whether an account is taken back because it could not be created.
fn gave_up(event: &Event) -> bool {
    let failed: &str = EndReason::Failed.into();
    let reason = event.details.as_ref().and_then(|details| details.get("reason"));
    reason.and_then(|reason| reason.as_str()) == Some(failed)
}

/// Who acted.
pub(crate) fn who(actor: &ActorRef) -> String {
    match (actor.kind, &actor.token) {
        (ActorKind::Token, Some(token)) => {
            text!("actor-token", login = actor.login.clone(), token = token.clone())
        }
        (ActorKind::Person | ActorKind::Token, _) => text!("actor-person", login = actor.login.clone()),
        (ActorKind::Operator, _) => text!("actor-operator"),
        (ActorKind::System, _) => text!("actor-system"),
    }
}

/// A kind of event, by name.
pub(crate) fn action_name(action: Action) -> String {
    match action {
        Action::AccountRequested => text!("action-account-requested"),
        Action::EnrollmentCreated => text!("action-enrollment-created"),
        Action::EnrollmentRenamed => text!("action-enrollment-renamed"),
        Action::EnrollmentPostponed => text!("action-enrollment-postponed"),
        Action::EnrollmentGivenUp => text!("action-enrollment-given-up"),
        Action::EnrollmentRemoved => text!("action-enrollment-removed"),
        Action::AccountActivated => text!("action-account-activated"),
        Action::AccountRevealed => text!("action-account-revealed"),
        Action::AccountRenewed => text!("action-account-renewed"),
        Action::AccountRevoking => text!("action-account-revoking"),
        Action::AccountEnded => text!("action-account-ended"),
        Action::ServiceRegistered => text!("action-service-registered"),
        Action::ServiceChanged => text!("action-service-changed"),
        Action::PersonAdded => text!("action-person-added"),
        Action::PersonDisabled => text!("action-person-disabled"),
        Action::PersonEnabled => text!("action-person-enabled"),
        Action::PersonRoleChanged => text!("action-person-role-changed"),
        Action::PersonPasswordChanged => text!("action-person-password-changed"),
        Action::SignedIn => text!("action-signed-in"),
        Action::SignedOut => text!("action-signed-out"),
        Action::SignInFailed => text!("action-sign-in-failed"),
        Action::TokenIssued => text!("action-token-issued"),
        Action::TokenRevoked => text!("action-token-revoked"),
        Action::AccountApproved => text!("action-account-approved"),
        Action::AccountDenied => text!("action-account-denied"),
        Action::AccountWithdrawn => text!("action-account-withdrawn"),
        Action::AccountLapsed => text!("action-account-lapsed"),
        Action::EnrollmentReset => text!("action-enrollment-reset"),
        Action::EnrollmentDisabled => text!("action-enrollment-disabled"),
        Action::EnrollmentEnabled => text!("action-enrollment-enabled"),
        Action::EnrollmentHurried => text!("action-enrollment-hurried"),
        Action::AccountReset => text!("action-account-reset"),
        Action::AccountHandingOver => text!("action-account-handing-over"),
        Action::AccountHandedOver => text!("action-account-handed-over"),
        Action::AccountFrozen => text!("action-account-frozen"),
        Action::AccountUnfrozen => text!("action-account-unfrozen"),
        Action::BatchStarted => text!("action-batch-started"),
        Action::BatchRetried => text!("action-batch-retried"),
        Action::RunKept => text!("action-run-kept"),
        Action::ExpiryPaused => text!("action-expiry-paused"),
        Action::ExpiryResumed => text!("action-expiry-resumed"),
        Action::ServiceDown => text!("action-service-down"),
        Action::ServiceUp => text!("action-service-up"),
        Action::Refused => text!("action-refused"),
    }
}
