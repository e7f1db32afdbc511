//! The words for what happened.

use domain::{
    EndReason, Timestamp,
    actor::{ActorKind, ActorRef},
    audit::{Action, Event},
    batch::BatchKind,
    drift::DriftKind,
    id::BatchId,
};
use serde_json::Value;

use crate::words;

/// Whose deed it was that happened.
enum By {
    /// The actor's.
    Actor,
    /// The service's.
    Service,
    /// Nobody's in particular: the words are a whole sentence.
    Nobody,
}

/// What happened, in a sentence.
pub(crate) fn event_sentence(event: &Event) -> String {
    match told(event) {
        (By::Actor, deed) => text!("event-sentence", who = who(&event.actor), deed = deed),
        (By::Service, deed) => text!("event-sentence", who = service(event), deed = deed),
        (By::Nobody, sentence) => sentence,
    }
}

/// What was done, where it stands beside who did it.
pub(crate) fn deed(event: &Event) -> String {
    match told(event) {
        (By::Actor, deed) => words::capitalised(&deed),
        (By::Service | By::Nobody, _) => event_sentence(event),
    }
}

/// The batch to which an event belongs.
pub(crate) fn batch_of(event: &Event) -> Option<BatchId> {
    event.subject.as_deref()?.strip_prefix("batch ")?.parse().ok()
}

fn told(event: &Event) -> (By, String) {
    let subject = || event.subject.clone().unwrap_or_else(|| text!("somebody"));
    let by_system = event.actor.kind == ActorKind::System;
    let (actor, service_did, nobody) = (
        |deed: String| (By::Actor, deed),
        |deed: String| (By::Service, deed),
        |sentence: String| (By::Nobody, sentence),
    );
    match event.action {
        Action::AccountRequested => actor(text!("deed-account-requested")),
        Action::AccountApproved => actor(text!("deed-account-approved")),
        Action::AccountDenied => actor(match detail(event, "reason") {
            Some(reason) => text!("deed-account-denied-because", reason = reason),
            None => text!("deed-account-denied"),
        }),
        Action::AccountWithdrawn => match cleanup_of(event) {
            Some(who) => nobody(text!("told-request-cleaned-up", who = who)),
            None => actor(text!("deed-account-withdrawn")),
        },
        Action::AccountLapsed => nobody(text!("told-account-lapsed")),
        Action::EnrollmentCreated => service_did(text!("deed-enrollment-created")),
        Action::EnrollmentRenamed => service_did(text!("deed-enrollment-renamed")),
        Action::EnrollmentPostponed => nobody(text!("told-enrollment-postponed", service = service(event))),
        Action::EnrollmentGivenUp => service_did(text!("deed-enrollment-given-up")),
        Action::EnrollmentReset => service_did(text!("deed-enrollment-reset")),
        Action::EnrollmentDisabled => service_did(text!("deed-enrollment-disabled")),
        Action::EnrollmentEnabled => service_did(text!("deed-enrollment-enabled")),
        Action::EnrollmentHurried => actor(text!("deed-enrollment-hurried", service = service(event))),
        Action::EnrollmentRemoved => service_did(text!("deed-enrollment-removed")),
        Action::AccountActivated => nobody(text!("told-account-activated")),
        Action::AccountRevealed => actor(text!("deed-account-revealed")),
        Action::AccountRenewed => actor(text!("deed-account-renewed")),
        Action::AccountReset => actor(text!("deed-account-reset")),
        Action::AccountHandingOver => actor(text!("deed-account-handing-over", to = subject())),
        Action::AccountHandOverCalledOff => actor(text!("deed-account-hand-over-called-off")),
        Action::AccountHandedOver => nobody(match (detail(event, "from"), detail(event, "to")) {
            (Some(from), Some(to)) => text!("told-account-handed-over-to", from = from, to = to),
            (_, _) => text!("told-account-handed-over"),
        }),
        Action::AccountFrozen => actor(text!("deed-account-frozen")),
        Action::AccountUnfrozen => actor(text!("deed-account-unfrozen")),
        Action::AccountKept => actor(match moment(event, "keep_until") {
            Some(until) => text!("deed-account-kept-until", when = until),
            None => text!("deed-account-kept"),
        }),
        Action::AccountRevoking => match cleanup_of(event) {
            Some(who) => nobody(text!("told-account-cleaned-up", who = who)),
            None if gave_up(event) => nobody(text!("told-account-failed")),
            None if by_system => nobody(text!("told-account-expired")),
            None => actor(text!("deed-account-revoking")),
        },
        Action::AccountEnded => nobody(text!("told-account-ended")),
        Action::BatchStarted => {
            let count = number(event, "accounts");
            actor(match detail(event, "kind").and_then(|kind| kind.parse().ok()) {
                Some(BatchKind::Create) => text!("deed-batch-create", count = count),
                Some(BatchKind::Cleanup) => text!("deed-batch-cleanup", count = count),
                None => text!("deed-batch-started"),
            })
        }
        Action::BatchRetried => actor(text!("deed-batch-retried", count = number(event, "accounts"))),
        Action::RunKept => actor(match moment(event, "keep_until") {
            Some(until) => text!("deed-run-kept-until", count = number(event, "accounts"), when = until),
            None => text!("deed-run-kept"),
        }),
        Action::ExpiryPaused => nobody(match moment(event, "until") {
            Some(until) => text!("told-expiry-paused-until", when = until),
            None => text!("told-expiry-paused"),
        }),
        Action::ExpiryResumed if by_system => nobody(text!("told-expiry-resumed")),
        Action::ExpiryResumed => actor(text!("deed-expiry-resumed")),
        Action::ServiceDown => service_did(text!("deed-service-down")),
        Action::ServiceUp => service_did(text!("deed-service-up")),
        Action::ServiceSwept => actor(text!("deed-service-swept", service = service(event))),
        Action::DriftFound if is_missing(event) => {
            service_did(text!("deed-drift-found-missing", subject = subject()))
        }
        Action::DriftFound => service_did(text!("deed-drift-found-unknown", subject = subject())),
        Action::DriftAdopted if is_missing(event) => {
            let (subject, service) = (subject(), service(event));
            actor(text!("deed-drift-adopted-missing", subject = subject, service = service))
        }
        Action::DriftAdopted => {
            let (subject, service) = (subject(), service(event));
            actor(text!("deed-drift-adopted-unknown", subject = subject, service = service))
        }
        Action::DriftDeleted if is_missing(event) => {
            let (subject, service) = (subject(), service(event));
            actor(text!("deed-drift-deleted-missing", subject = subject, service = service))
        }
        Action::DriftDeleted => {
            let (subject, service) = (subject(), service(event));
            actor(text!("deed-drift-deleted-unknown", subject = subject, service = service))
        }
        Action::DriftIgnored => {
            let (subject, service) = (subject(), service(event));
            actor(text!("deed-drift-ignored", subject = subject, service = service))
        }
        Action::ServiceRegistered => actor(text!("deed-service-registered", service = service(event))),
        Action::ServiceChanged => actor(text!("deed-service-changed", service = service(event))),
        Action::ServiceSecretSealed => actor(text!("deed-service-secret-sealed", service = service(event))),
        Action::ServiceChecked => actor(text!("deed-service-checked", service = service(event))),
        Action::CallRefused => nobody(text!("told-call-refused", service = service(event))),
        Action::ServicePaused => actor(match detail(event, "reason") {
            Some(reason) => text!("deed-service-paused-because", service = service(event), reason = reason),
            None => text!("deed-service-paused", service = service(event)),
        }),
        Action::ServiceResumed => actor(text!("deed-service-resumed", service = service(event))),
        Action::ServiceRetiring => actor(text!("deed-service-retiring", service = service(event))),
        Action::ServiceRetired if by_system => {
            nobody(text!("told-service-retired", service = service(event)))
        }
        Action::ServiceRetired => actor(text!("deed-service-retired", service = service(event))),
        Action::PersonAdded => actor(text!("deed-person-added", subject = subject())),
        Action::PersonDisabled => actor(text!("deed-person-disabled", subject = subject())),
        Action::PersonEnabled => actor(text!("deed-person-enabled", subject = subject())),
        Action::PersonRoleChanged => actor(text!("deed-person-role-changed", subject = subject())),
        Action::PersonTeamChanged => actor(text!("deed-person-team-changed", subject = subject())),
        Action::PersonErased => actor(text!("deed-person-erased", subject = subject())),
        Action::DetailsForgotten => nobody(text!("told-details-forgotten")),
        Action::PersonInvited => match &event.subject {
            Some(subject) => actor(text!("deed-person-invited", subject = subject.clone())),
            None => nobody(text!("told-set-up-begun")),
        },
        Action::TeamAdded => actor(text!("deed-team-added", subject = subject())),
        Action::TeamChanged => actor(text!("deed-team-changed", subject = subject())),
        Action::TeamRemoved => actor(text!("deed-team-removed", subject = subject())),
        Action::SessionEnded => actor(text!("deed-session-ended")),
        Action::KeysRotated => actor(text!("deed-keys-rotated", count = number(event, "sealed"))),
        Action::PersonLinked => nobody(text!("told-person-linked", subject = subject())),
        Action::ExchangeRefused => nobody(text!("told-exchange-refused")),
        Action::PersonPasswordChanged if event.subject.as_deref() == Some(event.actor.login.as_str()) => {
            actor(text!("deed-own-password-changed"))
        }
        Action::PersonPasswordChanged => actor(text!("deed-person-password-changed", subject = subject())),
        Action::SignedIn => actor(text!("deed-signed-in")),
        Action::SignedOut => actor(text!("deed-signed-out")),
        Action::SignInFailed => nobody(text!("told-sign-in-failed", subject = subject())),
        Action::TokenIssued => actor(match owner_of_token(event) {
            Some(owner) => text!("deed-token-issued-for", subject = subject(), owner = owner),
            None => text!("deed-token-issued", subject = subject()),
        }),
        Action::TokenRevoked => actor(match owner_of_token(event) {
            Some(owner) => text!("deed-token-revoked-of", subject = subject(), owner = owner),
            None => text!("deed-token-revoked", subject = subject()),
        }),
        Action::AuditRead => actor(text!("deed-audit-read")),
        Action::AuditExported => actor(text!("deed-audit-exported")),
        Action::BackupMade => actor(text!("deed-backup-made")),
        Action::Refused => actor(text!("deed-refused", wanted = wanted(&subject()))),
    }
}

fn service(event: &Event) -> String {
    event.service.clone().unwrap_or_else(|| text!("something"))
}

fn detail(event: &Event, name: &str) -> Option<String> {
    event.details.as_ref()?.get(name)?.as_str().map(str::to_owned)
}

fn number(event: &Event, name: &str) -> u64 {
    event.details.as_ref().and_then(|details| details.get(name)?.as_u64()).unwrap_or_default()
}

fn moment(event: &Event, name: &str) -> Option<String> {
    detail(event, name)?.parse::<Timestamp>().ok().map(words::to_the_second)
}

/// Who asked for the cleanup that met the account, if one did.
fn cleanup_of(event: &Event) -> Option<String> {
    let asked_by = event.details.as_ref()?.get("asked_by")?;
    serde_json::from_value::<ActorRef>(asked_by.clone()).ok().map(|actor| who(&actor))
}

/// Whether it is about an account that its service does not have.
fn is_missing(event: &Event) -> bool {
    detail(event, "kind").and_then(|kind| kind.parse().ok()) == Some(DriftKind::Missing)
}

/// Whether an account is taken back because it could not be created.
fn gave_up(event: &Event) -> bool {
    let failed: &str = EndReason::Failed.into();
    event.details.as_ref().and_then(|details| details.get("reason")).and_then(Value::as_str) == Some(failed)
}

/// Whose token it is, where it is not the actor's own.
fn owner_of_token(event: &Event) -> Option<String> {
    detail(event, "owner").filter(|owner| *owner != event.actor.login)
}

/// What somebody was refused, by the name of the use case.
fn wanted(name: &str) -> String {
    match name.strip_suffix("_account") {
        Some(verb) => text!("refused-of-account", verb = verb.replace('_', " ")),
        None => name.replace('_', " "),
    }
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
        Action::ServiceSwept => text!("action-service-swept"),
        Action::DriftFound => text!("action-drift-found"),
        Action::DriftAdopted => text!("action-drift-adopted"),
        Action::DriftDeleted => text!("action-drift-deleted"),
        Action::DriftIgnored => text!("action-drift-ignored"),
        Action::ServiceRegistered => text!("action-service-registered"),
        Action::ServiceChanged => text!("action-service-changed"),
        Action::ServiceSecretSealed => text!("action-service-secret-sealed"),
        Action::ServiceChecked => text!("action-service-checked"),
        Action::CallRefused => text!("action-call-refused"),
        Action::ServicePaused => text!("action-service-paused"),
        Action::ServiceResumed => text!("action-service-resumed"),
        Action::ServiceRetiring => text!("action-service-retiring"),
        Action::ServiceRetired => text!("action-service-retired"),
        Action::PersonAdded => text!("action-person-added"),
        Action::PersonDisabled => text!("action-person-disabled"),
        Action::PersonErased => text!("action-person-erased"),
        Action::DetailsForgotten => text!("action-details-forgotten"),
        Action::PersonEnabled => text!("action-person-enabled"),
        Action::PersonRoleChanged => text!("action-person-role-changed"),
        Action::PersonPasswordChanged => text!("action-person-password-changed"),
        Action::PersonTeamChanged => text!("action-person-team-changed"),
        Action::PersonInvited => text!("action-person-invited"),
        Action::TeamAdded => text!("action-team-added"),
        Action::TeamChanged => text!("action-team-changed"),
        Action::TeamRemoved => text!("action-team-removed"),
        Action::SessionEnded => text!("action-session-ended"),
        Action::PersonLinked => text!("action-person-linked"),
        Action::KeysRotated => text!("action-keys-rotated"),
        Action::ExchangeRefused => text!("action-exchange-refused"),
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
        Action::AccountHandOverCalledOff => text!("action-account-hand-over-called-off"),
        Action::AccountHandedOver => text!("action-account-handed-over"),
        Action::AccountFrozen => text!("action-account-frozen"),
        Action::AccountUnfrozen => text!("action-account-unfrozen"),
        Action::AccountKept => text!("action-account-kept"),
        Action::BatchStarted => text!("action-batch-started"),
        Action::BatchRetried => text!("action-batch-retried"),
        Action::RunKept => text!("action-run-kept"),
        Action::ExpiryPaused => text!("action-expiry-paused"),
        Action::ExpiryResumed => text!("action-expiry-resumed"),
        Action::ServiceDown => text!("action-service-down"),
        Action::ServiceUp => text!("action-service-up"),
        Action::AuditRead => text!("action-audit-read"),
        Action::AuditExported => text!("action-audit-exported"),
        Action::BackupMade => text!("action-backup-made"),
        Action::Refused => text!("action-refused"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NIL: &str = "00000000-0000-0000-0000-000000000000";

    fn event(action: Action, kind: ActorKind, subject: Option<&str>, details: Value) -> Event {
        let login = if kind == ActorKind::System { "system" } else { "mira" };
        Event {
            id: NIL.parse().unwrap(),
            at: Timestamp::from_millis(0),
            action,
            actor: ActorRef { kind, login: login.to_owned(), token: None, person_id: None, token_id: None },
            subject: subject.map(str::to_owned),
            account: None,
            username: None,
            service: Some("orders".to_owned()),
            run: None,
            request_id: None,
            details: Some(details),
        }
    }

    #[test]
    fn a_sentence_is_who_and_what_they_did() {
        let by_mira = |action, subject, details| event(action, ActorKind::Person, subject, details);
        for (event, sentence, beside_who) in [
            (
                by_mira(Action::AccountHandingOver, Some("noah"), json!({ "from": "mira", "to": "noah" })),
                "mira began to hand the account over to noah",
                "Began to hand the account over to noah",
            ),
            (
                by_mira(Action::AccountDenied, None, json!({ "reason": "no ticket" })),
                "mira denied the request: no ticket",
                "Denied the request: no ticket",
            ),
            (
                by_mira(Action::BatchStarted, None, json!({ "kind": "create", "accounts": 20 })),
                "mira asked for 20 accounts at once",
                "Asked for 20 accounts at once",
            ),
            (
                by_mira(Action::Refused, Some("hand_over_account"), json!({})),
                "mira was not allowed to hand over the account",
                "Was not allowed to hand over the account",
            ),
            (
                by_mira(Action::TokenIssued, Some("ci"), json!({ "owner": "noah" })),
                "mira issued the token “ci” for noah",
                "Issued the token “ci” for noah",
            ),
        ] {
            assert_eq!((event_sentence(&event).as_str(), deed(&event).as_str()), (sentence, beside_who));
        }
    }

    #[test]
    fn what_the_portal_did_itself_says_for_whom() {
        let asked_by = json!({ "kind": "person", "login": "mira" });
        let cleaned_up = json!({ "reason": "cleaned_up", "batch": NIL, "asked_by": asked_by });
        for (action, details, sentence) in [
            (
                Action::AccountRevoking,
                cleaned_up.clone(),
                "A cleanup that mira asked for took the account away",
            ),
            (Action::AccountWithdrawn, cleaned_up, "A cleanup that mira asked for took the request back"),
            (Action::AccountRevoking, json!({ "reason": "expired" }), "The lease ran out"),
            (
                Action::AccountHandedOver,
                json!({ "from": "mira", "to": "noah" }),
                "The account went from mira to noah",
            ),
            (Action::EnrollmentReset, json!({}), "orders has the new password"),
        ] {
            let event = event(action, ActorKind::System, None, details);
            assert_eq!((event_sentence(&event).as_str(), deed(&event).as_str()), (sentence, sentence));
        }
    }

    #[test]
    fn an_event_knows_its_batch() {
        let started =
            event(Action::BatchStarted, ActorKind::Person, Some(&format!("batch {NIL}")), json!({}));
        assert_eq!(batch_of(&started), Some(NIL.parse().unwrap()));
        assert_eq!(batch_of(&event(Action::SignedIn, ActorKind::Person, Some("mira"), json!({}))), None);
    }
}
