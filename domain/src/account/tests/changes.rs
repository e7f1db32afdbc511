//! Other passwords, other holders, and freezing.

use super::*;

#[test]
fn what_is_wanted_now_waits_for_what_may_still_be_done() {
    let mut account = active(&["orders"]);
    account.freeze("ann".to_owned(), at(10)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_unsettled(leg(1), at(70)).unwrap();
    account.unfreeze(at(20)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Enable)));
    assert_eq!(account.enrollments[0].next_attempt_at, Some(at(70)));
}

#[test]
fn a_reset_is_done_once_every_service_has_the_new_password() {
    let mut account = active(&["orders", "billing"]);
    account.hand_over("bob".parse().unwrap(), at(10)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Reset)));
    for n in 1..=2 {
        account.enrollment_attempted(leg(n)).unwrap();
    }
    account.enrollment_reset(leg(1), 2, Told::default(), at(11)).unwrap();
    assert_eq!(account.holder.as_str(), "ann", "it is not handed over with a password that ann knows");
    assert_eq!(account.work_on(leg(1)), Ok(None));
    account.enrollment_postponed(leg(2), "503".to_owned(), at(60)).unwrap();
    assert!(!account.is_kept_up());
    account.enrollment_reset(leg(2), 2, Told::default(), at(61)).unwrap();
    assert_eq!(account.holder.as_str(), "bob");
    assert!(account.is_kept_up());
}

#[test]
fn a_reset_that_was_overtaken_by_another_is_not_the_last() {
    let mut account = active(&["orders"]);
    account.reset(at(10)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.reset(at(11)).unwrap();
    account.enrollment_reset(leg(1), 2, Told::default(), at(12)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Reset)));
    assert_eq!(account.enrollments[0].password_generation, Some(2));
    assert!(account.enrollments[0].next_attempt_at.is_some());
}

#[test]
fn what_one_service_has_done_leaves_the_waiting_of_another_alone() {
    let mut account = active(&["orders", "billing"]);
    account.reset(at(10)).unwrap();
    account.enrollment_attempted(leg(2)).unwrap();
    account.enrollment_postponed(leg(2), "503".to_owned(), at(90)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_reset(leg(1), 2, Told::default(), at(11)).unwrap();
    assert_eq!(account.enrollments[1].next_attempt_at, Some(at(90)));
}

#[test]
fn what_follows_a_change_begins_anew_and_waits_for_what_may_land() {
    let mut account = active(&["orders"]);
    account.reset(at(10)).unwrap();
    account.freeze("ann".to_owned(), at(11)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_disabled(leg(1), true, at(12)).unwrap();
    account.unfreeze(at(13)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_unsettled(leg(1), at(60)).unwrap();
    account.enrollment_postponed(leg(1), "timed out".to_owned(), at(14)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_disabled(leg(1), false, at(15)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Reset)));
    let leg = &account.enrollments[0];
    assert_eq!((leg.attempts, leg.next_attempt_at), (0, Some(at(60))));
}

#[test]
fn an_attempt_that_only_waited_or_was_lost_is_still_the_first() {
    let mut account = active(&["orders"]);
    account.reset(at(10)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_held(leg(1), "something may land".to_owned(), at(40)).unwrap();
    assert_eq!(account.enrollments[0].attempts, 0);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_lost(leg(1), at(70)).unwrap();
    assert_eq!(account.enrollments[0].attempts, 0);
    assert_eq!(account.enrollments[0].unsettled_until, Some(at(70)));
    // One that waited after others counts no more than they did.
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_postponed(leg(1), "refused".to_owned(), at(71)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_held(leg(1), "something may land".to_owned(), at(80)).unwrap();
    assert_eq!(account.enrollments[0].attempts, 1);
    // A creation that was attempted stays attempted: a name that exists is ours.
    let mut account = provisioning(&["orders"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_lost(leg(1), at(70)).unwrap();
    assert_eq!(account.enrollments[0].attempts, 1);
}

#[test]
fn a_frozen_account_is_disabled_on_every_service_and_enabled_again() {
    let mut account = active(&["orders"]);
    account.freeze("ann".to_owned(), at(10)).unwrap();
    assert_eq!(account.state, AccountState::Frozen);
    assert!(account.reset(at(11)).is_err());
    account.enrollment_attempted(leg(1)).unwrap();
    account.unfreeze(at(12)).unwrap();
    assert_eq!(
        account.work_on(leg(1)),
        Ok(Some(Work::Enable)),
        "the service may have been told to disable it, though it has not said so"
    );
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_disabled(leg(1), false, at(13)).unwrap();
    assert!(account.is_kept_up());
    assert_eq!(account.state, AccountState::Active);
}

#[test]
fn an_account_gets_another_password_only_where_it_can_be_used() {
    let mut account = active(&["orders"]);
    account.freeze("ann".to_owned(), at(10)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_disabled(leg(1), true, at(11)).unwrap();
    account.unfreeze(at(12)).unwrap();
    account.reset(at(13)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Enable)), "else its login could not be checked");
    account.freeze("ann".to_owned(), at(14)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(None), "some services enable an account by a reset");
    account.unfreeze(at(15)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_disabled(leg(1), false, at(16)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Reset)));
    account.freeze("ann".to_owned(), at(17)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Disable)), "whatever becomes of the reset");
}

#[test]
fn revoking_during_a_reset_removes_the_account_and_nothing_else() {
    let mut account = active(&["orders"]);
    account.hand_over("bob".parse().unwrap(), at(10)).unwrap();
    account.enrollment_attempted(leg(1)).unwrap();
    account.revoke(EndReason::Revoked, at(11)).unwrap();
    account.enrollment_reset(leg(1), 2, Told::default(), at(12)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Remove)));
    assert_eq!(account.handing_to, None);
    assert_eq!(account.holder.as_str(), "ann");
}

#[test]
fn what_may_still_land_is_waited_for_as_long_as_the_latest_call_may_take() {
    let mut account = provisioning(&["orders"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_unsettled(leg(1), at(30)).unwrap();
    account.enrollment_unsettled(leg(1), at(20)).unwrap();
    assert_eq!(account.enrollments[0].unsettled_until, Some(at(30)));
}

#[test]
fn a_hand_over_on_its_way_can_be_called_off() {
    let mut account = provisioning(&["orders", "mail"]);
    for n in 1..=2 {
        account.enrollment_attempted(leg(n)).unwrap();
        account.enrollment_created(leg(n), Told::default(), at(1)).unwrap();
    }
    let (holder, other): (Login, Login) = (account.holder.clone(), "bob".parse().unwrap());
    assert_eq!(account.call_off_hand_over(at(2)), Err(TransitionError::NotOnItsWay));
    account.hand_over(other.clone(), at(3)).unwrap();
    assert_eq!(account.hand_over(other, at(4)), Err(TransitionError::OnItsWay));
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_reset(leg(1), 2, Told::default(), at(5)).unwrap();
    account.call_off_hand_over(at(6)).unwrap();
    assert_eq!((&account.handing_to, account.password_generation), (&None, 3));
    for n in 1..=2 {
        account.enrollment_attempted(leg(n)).unwrap();
        account.enrollment_reset(leg(n), 3, Told::default(), at(7)).unwrap();
    }
    assert_eq!(account.holder, holder, "also where one service had the new password already");
}

#[test]
fn who_froze_it_is_known_while_it_is_frozen_and_what_that_forbids_says_the_way_out() {
    let mut account = provisioning(&["orders"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_created(leg(1), Told::default(), at(1)).unwrap();
    account.freeze("ann".to_owned(), at(2)).unwrap();
    assert_eq!(account.frozen_by.as_deref(), Some("ann"));
    let refused = account.freeze("ann".to_owned(), at(3)).unwrap_err();
    assert_eq!(refused.to_string(), "an account that is frozen cannot be frozen");
    account.freeze("mia".to_owned(), at(3)).unwrap();
    assert_eq!(account.frozen_by.as_deref(), Some("mia"));
    let refused = account.reset(at(3)).unwrap_err();
    assert_eq!(refused.to_string(), "an account that is frozen cannot be reset; unfreeze it first");
    account.unfreeze(at(4)).unwrap();
    assert_eq!(account.frozen_by, None);
}
