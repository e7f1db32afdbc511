//! The words for states and times, for pages and islands alike.

mod time;
#[cfg(feature = "ssr")]
mod value;

use domain::{
    AccountState, EndReason, EnrollmentState, Timestamp,
    account::{AccountView, EnrollmentView},
    batch::{Batch, BatchKind, BatchState},
    service::ServiceState,
};

use self::time::until;
#[cfg(feature = "ssr")]
pub(crate) use self::time::{duration, roughly};
pub(crate) use self::time::{time_left, to_the_second};
#[cfg(feature = "ssr")]
pub(crate) use self::value::plain;

/// An account's state in a word.
pub(crate) fn account_state(state: AccountState) -> String {
    match state {
        AccountState::Requested => text!("state-requested"),
        AccountState::Provisioning => text!("state-provisioning"),
        AccountState::Active => text!("state-active"),
        AccountState::Frozen => text!("state-frozen"),
        AccountState::Revoking => text!("state-revoking"),
        AccountState::Revoked => text!("state-revoked"),
        AccountState::Denied => text!("state-denied"),
        AccountState::Withdrawn => text!("state-withdrawn"),
        AccountState::Lapsed => text!("state-lapsed"),
        AccountState::Failed => text!("state-failed"),
    }
}

/// A service's state in a word.
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "only pages show services"))]
pub(crate) fn service_state(state: ServiceState) -> String {
    match state {
        ServiceState::Active => text!("service-state-active"),
        ServiceState::Paused => text!("service-state-paused"),
        ServiceState::Retiring => text!("service-state-retiring"),
        ServiceState::Retired => text!("service-state-retired"),
    }
}

/// How an enrollment stands in a word, and the name by which style knows it.
pub(crate) fn leg_badge(leg: &EnrollmentView) -> (&'static str, String) {
    let is_active = leg.state == EnrollmentState::Active;
    if is_active && leg.reset_pending {
        return ("reset_pending", text!("leg-state-reset-pending"));
    }
    if is_active && leg.disabled {
        return ("disabled", text!("leg-state-disabled"));
    }
    (leg.state.into(), leg_state(leg.state))
}

/// An enrollment's state in a word.
fn leg_state(state: EnrollmentState) -> String {
    match state {
        EnrollmentState::Pending => text!("leg-state-pending"),
        EnrollmentState::Creating => text!("leg-state-creating"),
        EnrollmentState::Active => text!("leg-state-active"),
        EnrollmentState::Removing => text!("leg-state-removing"),
        EnrollmentState::Removed => text!("leg-state-removed"),
    }
}

/// How an account stands, and why, in a sentence or two.
pub(crate) fn account_stands(account: &AccountView) -> String {
    let stands = match account.state {
        AccountState::Requested => match account.decide_by {
            Some(until) => text!("stands-requested-until", when = to_the_second(until)),
            None => text!("stands-requested"),
        },
        AccountState::Provisioning => text!("stands-provisioning"),
        AccountState::Active => match &account.handing_to {
            Some(to) => text!("stands-handing-over", to = to.to_string()),
            None => text!("stands-active"),
        },
        AccountState::Frozen => text!("stands-frozen"),
        AccountState::Revoking => text!("stands-revoking"),
        AccountState::Revoked => text!("stands-revoked"),
        AccountState::Denied => match &account.decision_reason {
            Some(reason) => text!("stands-denied-because", reason = sentence(reason)),
            None => text!("stands-denied"),
        },
        AccountState::Withdrawn => text!("stands-withdrawn"),
        AccountState::Lapsed => text!("stands-lapsed"),
        AccountState::Failed => text!("stands-failed"),
    };
    // One that failed could not be created: its state says so.
    let reason = account.end_reason.filter(|_| account.state != AccountState::Failed);
    match reason.and_then(because) {
        Some(because) => format!("{stands} {because}"),
        None => stands,
    }
}

/// Why an account ended, in a word or two.
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "only pages list events"))]
pub(crate) fn end_reason(reason: EndReason) -> String {
    match reason {
        EndReason::Revoked => text!("end-revoked"),
        EndReason::Expired => text!("end-expired"),
        EndReason::CleanedUp => text!("end-cleaned-up"),
        EndReason::Failed => text!("end-failed"),
        EndReason::Denied => text!("end-denied"),
        EndReason::Withdrawn => text!("end-withdrawn"),
        EndReason::Lapsed => text!("end-lapsed"),
    }
}

/// Why an account ended, where its state does not say so already.
fn because(reason: EndReason) -> Option<String> {
    match reason {
        EndReason::Revoked => Some(text!("because-revoked")),
        EndReason::Expired => Some(text!("because-expired")),
        EndReason::CleanedUp => Some(text!("because-cleaned-up")),
        EndReason::Failed => Some(text!("because-failed")),
        EndReason::Denied | EndReason::Withdrawn | EndReason::Lapsed => None,
    }
}

/// How an account in that state stands on one service, why, and what comes
/// next.
pub(crate) fn leg_stands(account: AccountState, leg: &EnrollmentView, now: Timestamp) -> String {
    let wanted_disabled = account == AccountState::Frozen;
    let error = leg.last_error.as_deref().filter(|error| leg.failure.as_deref() != Some(error)).map(sentence);
    let stands = match (leg.state, error) {
        (EnrollmentState::Pending, _) => text!("leg-pending"),
        (EnrollmentState::Creating, None) => text!("leg-creating"),
        (EnrollmentState::Creating, Some(error)) => text!("leg-creating-error", error = error),
        (EnrollmentState::Active, error) if leg.reset_pending => match error {
            None => text!("leg-resetting"),
            Some(error) => text!("leg-resetting-error", error = error),
        },
        (EnrollmentState::Active, error) if leg.disabled != wanted_disabled => match (wanted_disabled, error)
        {
            (true, None) => text!("leg-disabling"),
            (true, Some(error)) => text!("leg-disabling-error", error = error),
            (false, None) => text!("leg-enabling"),
            (false, Some(error)) => text!("leg-enabling-error", error = error),
        },
        (EnrollmentState::Active, _) if leg.disabled => text!("leg-disabled"),
        (EnrollmentState::Active, _) => text!("leg-active"),
        (EnrollmentState::Removing, None) => text!("leg-removing"),
        (EnrollmentState::Removing, Some(error)) => text!("leg-removing-error", error = error),
        (EnrollmentState::Removed, _) => match &leg.proof {
            Some(proof) => text!("leg-removed", proof = sentence(proof)),
            None => text!("leg-removed-unproven"),
        },
    };
    let failed = leg.failure.as_deref().map(|failure| text!("leg-failed", failure = sentence(failure)));
    let next = leg.next_attempt_at.filter(|_| leg.attempts > 0);
    let next = next.map(|next| next_attempt(leg.attempts, next, now));
    failed.into_iter().chain([stands]).chain(next).collect::<Vec<_>>().join(" ")
}

/// How often something was attempted, and when it will be again.
pub(crate) fn next_attempt(attempts: u32, next: Timestamp, now: Timestamp) -> String {
    text!("leg-next", attempts = attempts, when = until(next, now))
}

/// Whether something about the account is still to come true on its services.
pub(crate) fn is_moving(account: &AccountView) -> bool {
    let wanted_disabled = account.state == AccountState::Frozen;
    account.services.iter().any(|leg| match leg.state {
        EnrollmentState::Pending | EnrollmentState::Creating | EnrollmentState::Removing => {
            account.state != AccountState::Requested
        }
        EnrollmentState::Active => leg.reset_pending || leg.disabled != wanted_disabled,
        EnrollmentState::Removed => false,
    })
}

/// How far a batch is in a word.
pub(crate) fn batch_state(state: BatchState) -> String {
    match state {
        BatchState::Running => text!("batch-state-running"),
        BatchState::Finished => text!("batch-state-finished"),
    }
}

/// How far a batch is in numbers.
pub(crate) fn batch_progress(batch: &Batch) -> String {
    let (done, total) = (batch.done, batch.total);
    let mut said = vec![match batch.kind {
        BatchKind::Create => text!("batch-created", done = done, total = total),
        BatchKind::Cleanup => text!("batch-removed", done = done, total = total),
    }];
    said.extend((batch.failed > 0).then(|| text!("batch-failed", count = batch.failed)));
    said.extend((batch.waiting > 0).then(|| text!("batch-waiting", count = batch.waiting)));
    said.extend((batch.kept > 0).then(|| text!("batch-kept", count = batch.kept)));
    said.join(", ")
}

/// The text, begun with a capital.
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "only pages put texts together so"))]
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// The text, closed by a full stop.
pub(crate) fn sentence(text: &str) -> String {
    match text.trim_end() {
        text if text.ends_with(['.', '!', '?']) => text.to_owned(),
        text => format!("{text}."),
    }
}

/// How long an account is still leased; `None` for one that is not in
/// anybody's hands.
pub(crate) fn leased_until(account: &AccountView) -> Option<Timestamp> {
    match account.state {
        AccountState::Active | AccountState::Frozen => account.expires_at,
        AccountState::Requested
        | AccountState::Provisioning
        | AccountState::Revoking
        | AccountState::Revoked
        | AccountState::Denied
        | AccountState::Withdrawn
        | AccountState::Lapsed
        | AccountState::Failed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_fails_is_explained_with_its_next_attempt() {
        let now = Timestamp::from_millis(0);
        let mut leg = leg(now);
        assert_eq!(
            leg_stands(AccountState::Revoking, &leg, now),
            "Not removed yet: the connection was refused. 3 attempts so far, the next in 12 s."
        );
        leg.attempts = 1;
        leg.next_attempt_at = Some(now);
        assert!(
            leg_stands(AccountState::Revoking, &leg, now).ends_with("One attempt so far, the next at once.")
        );
    }

    #[test]
    fn why_a_creation_was_given_up_is_told_apart_from_what_its_removal_meets() {
        let now = Timestamp::from_millis(0);
        let mut leg = EnrollmentView { failure: Some("no more names".to_owned()), attempts: 0, ..leg(now) };
        let said = |leg: &EnrollmentView| leg_stands(AccountState::Revoking, leg, now);
        assert_eq!(
            said(&leg),
            "Could not be created: no more names. Not removed yet: the connection was refused."
        );
        leg.last_error.clone_from(&leg.failure);
        assert_eq!(said(&leg), "Could not be created: no more names. Is being removed.");
    }

    #[test]
    fn what_a_service_does_not_have_yet_is_told_from_what_it_has() {
        let now = Timestamp::from_millis(0);
        let active = EnrollmentView {
            state: EnrollmentState::Active,
            next_attempt_at: None,
            last_error: None,
            ..leg(now)
        };
        let resetting = EnrollmentView { reset_pending: true, ..active.clone() };
        let disabled = EnrollmentView { disabled: true, ..active.clone() };
        let said = |state, leg: &EnrollmentView| (leg_badge(leg).0, leg_stands(state, leg, now));
        for (state, leg, badge, begins) in [
            (AccountState::Active, &active, "active", "Confirmed"),
            (AccountState::Active, &resetting, "reset_pending", "Does not have the new password yet"),
            (AccountState::Frozen, &active, "active", "Is being disabled"),
            (AccountState::Frozen, &disabled, "disabled", "Disabled by the service"),
            (AccountState::Active, &disabled, "disabled", "Is being enabled again"),
        ] {
            let (name, sentence) = said(state, leg);
            assert_eq!(name, badge);
            assert!(sentence.starts_with(begins), "{sentence}");
        }
    }

    fn leg(now: Timestamp) -> EnrollmentView {
        EnrollmentView {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            service: "orders".parse().unwrap(),
            username: "test_1".to_owned(),
            state: EnrollmentState::Removing,
            remote_id: None,
            reset_pending: false,
            disabled: false,
            removing_since: None,
            attempts: 3,
            next_attempt_at: Some(now.plus_millis(12_000)),
            last_error: Some("the connection was refused".to_owned()),
            failure: None,
            removed_at: None,
            proof: None,
        }
    }
}
