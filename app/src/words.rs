//! The words for states and lengths of time, for pages and islands alike.

use domain::{
    AccountState, EndReason, EnrollmentState, Timestamp,
    account::{AccountView, EnrollmentView},
};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

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

/// An enrollment's state in a word.
pub(crate) fn leg_state(state: EnrollmentState) -> String {
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
        AccountState::Requested => text!("stands-requested"),
        AccountState::Provisioning => text!("stands-provisioning"),
        AccountState::Active => text!("stands-active"),
        AccountState::Frozen => text!("stands-frozen"),
        AccountState::Revoking => text!("stands-revoking"),
        AccountState::Revoked => text!("stands-revoked"),
        AccountState::Denied => text!("stands-denied"),
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

/// How an account stands on one service, why, and what comes next.
pub(crate) fn leg_stands(leg: &EnrollmentView, now: Timestamp) -> String {
    let error = leg.last_error.as_deref();
    let stands = match (leg.state, error) {
        (EnrollmentState::Pending, _) => text!("leg-pending"),
        (EnrollmentState::Creating, None) => text!("leg-creating"),
        (EnrollmentState::Creating, Some(error)) => text!("leg-creating-error", error = sentence(error)),
        (EnrollmentState::Active, _) => text!("leg-active"),
        (EnrollmentState::Removing, None) => text!("leg-removing"),
        (EnrollmentState::Removing, Some(error)) => text!("leg-removing-error", error = sentence(error)),
        (EnrollmentState::Removed, _) => match &leg.proof {
            Some(proof) => text!("leg-removed", proof = sentence(proof)),
            None => text!("leg-removed-unproven"),
        },
    };
    match leg.next_attempt_at {
        Some(next) if leg.attempts > 0 => {
            let next = text!("leg-next", attempts = leg.attempts, when = until(next, now));
            format!("{stands} {next}")
        }
        _ => stands,
    }
}

/// The text, closed by a full stop.
fn sentence(text: &str) -> String {
    match text.trim_end() {
        text if text.ends_with(['.', '!', '?']) => text.to_owned(),
        text => format!("{text}."),
    }
}

/// When something that is due will happen.
fn until(at: Timestamp, now: Timestamp) -> String {
    match at.millis_since(now) {
        left if left < SECOND => text!("when-now"),
        left => text!("when-in", duration = duration(left)),
    }
}

/// How much of a lease is left.
pub(crate) fn time_left(until: Timestamp, now: Timestamp) -> String {
    match until.millis_since(now) {
        left if left <= 0 => text!("time-up"),
        left => text!("time-left", duration = duration(left)),
    }
}

/// A length of time in its two largest units; the smaller one is left out
/// where it is nothing.
pub(crate) fn duration(millis: i64) -> String {
    let secs = millis.max(0) / SECOND;
    let (days, hours) = (secs / DAY, secs % DAY / HOUR);
    let (minutes, seconds) = (secs % HOUR / MINUTE, secs % MINUTE);
    match (days, hours, minutes, seconds) {
        (0, 0, 0, seconds) => text!("duration-seconds", seconds = seconds),
        (0, 0, minutes, 0) => text!("duration-minutes", minutes = minutes),
        (0, 0, minutes, seconds) => text!("duration-minutes-seconds", minutes = minutes, seconds = seconds),
        (0, hours, 0, _) => text!("duration-hours", hours = hours),
        (0, hours, minutes, _) => text!("duration-hours-minutes", hours = hours, minutes = minutes),
        (days, 0, _, _) => text!("duration-days", days = days),
        (days, hours, _, _) => text!("duration-days-hours", days = days, hours = hours),
    }
}

/// A length of time in its largest unit.
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "only pages look back"))]
pub(crate) fn roughly(millis: i64) -> String {
    let unit = match millis / SECOND {
        secs if secs >= DAY => DAY,
        secs if secs >= HOUR => HOUR,
        secs if secs >= MINUTE => MINUTE,
        _ => 1,
    };
    duration(millis - millis % (unit * SECOND))
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

/// A point in time, as `2026-01-31 09:30:00 UTC`.
pub(crate) fn to_the_second(at: Timestamp) -> String {
    let written = at.to_string();
    let seconds = written.split('.').next().unwrap_or(&written);
    format!("{} UTC", seconds.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_said_in_its_two_largest_units() {
        for (secs, said) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (3_600, "1 h"),
            (3_661, "1 h 1 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (7 * 86_400 + 5 * 3_600, "7 d 5 h"),
            (-5, "0 s"),
        ] {
            assert_eq!(duration(secs * 1_000), said, "{secs}");
        }
        assert_eq!(roughly(3_661_000), "1 h");
        assert_eq!(roughly(59_900), "59 s");
    }

    #[test]
    fn what_is_left_counts_down_to_nothing() {
        let now = Timestamp::from_millis(1_000_000);
        assert_eq!(time_left(now.plus_millis(90_000), now), "1 min 30 s left");
        assert_eq!(time_left(now, now), "time is up");
    }

    #[test]
    fn a_time_is_said_in_utc_to_the_second() {
        assert_eq!(to_the_second(Timestamp::from_millis(1_769_851_800_007)), "2026-01-31 09:30:00 UTC");
    }

    #[test]
    fn a_service_that_fails_is_explained_with_its_next_attempt() {
        let now = Timestamp::from_millis(0);
        let mut leg = EnrollmentView {
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
            removed_at: None,
            proof: None,
        };
        assert_eq!(
            leg_stands(&leg, now),
            "Not removed yet: the connection was refused. 3 attempts so far, the next in 12 s."
        );
        leg.attempts = 1;
        leg.next_attempt_at = Some(now);
        assert!(leg_stands(&leg, now).ends_with("One attempt so far, the next at once."));
    }
}
