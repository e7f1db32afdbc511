use uuid::Uuid;

use super::*;
use crate::{
    actor::ActorKind,
    id::{AccountId, EnrollmentId, ServiceId},
};

const T0: Timestamp = Timestamp::from_millis(1_000_000);

fn identified(id: &str) -> Told {
    Told { remote_id: Some(id.to_owned()), ..Told::default() }
}

fn at(secs: i64) -> Timestamp {
    T0.plus_millis(secs * 1_000)
}

fn leg(n: u128) -> EnrollmentId {
    EnrollmentId(Uuid::from_u128(n))
}

fn requested(services: &[&str]) -> Account {
    Account {
        id: AccountId(Uuid::from_u128(1)),
        username: "test_abcdefgh".to_owned(),
        email: "test_abcdefgh@example.com".to_owned(),
        state: AccountState::Requested,
        end_reason: None,
        purpose: None,
        ticket: None,
        labels: BTreeMap::new(),
        run: None,
        batch: None,
        attributes: BTreeMap::new(),
        requested_by: ActorRef {
            kind: ActorKind::Person,
            login: "ann".to_owned(),
            token: None,
            person_id: None,
            token_id: None,
        },
        holder: "ann".parse().unwrap(),
        team: "default".to_owned(),
        handing_to: None,
        approved_by: None,
        decision_reason: None,
        frozen_by: None,
        ttl: Ttl::hours(1),
        password_generation: 1,
        created_at: T0,
        decide_by: None,
        provision_by: None,
        active_at: None,
        expires_at: None,
        kept_until: None,
        ended_at: None,
        version: 1,
        enrollments: services
            .iter()
            .zip(1..)
            .map(|(service, n)| {
                let service_id = ServiceId(Uuid::from_u128(n));
                Enrollment::pending(leg(n), service_id, service.parse().unwrap(), "test_abcdefgh".to_owned())
            })
            .collect(),
    }
}

fn provisioning(services: &[&str]) -> Account {
    let mut account = requested(services);
    account.provision(Ttl::hours(1), T0);
    account
}

fn active(services: &[&str]) -> Account {
    let mut account = provisioning(services);
    for n in 1..=services.len() as u128 {
        account.enrollment_attempted(leg(n)).unwrap();
        account.enrollment_created(leg(n), Told::default(), at(1)).unwrap();
    }
    account
}

#[test]
fn an_account_is_active_once_every_service_has_confirmed_it() {
    let mut account = provisioning(&["orders", "billing"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_created(leg(1), identified("77"), at(1)).unwrap();
    assert_eq!(account.state, AccountState::Provisioning);
    account.enrollment_attempted(leg(2)).unwrap();
    account.enrollment_created(leg(2), Told::default(), at(5)).unwrap();
    assert_eq!(account.state, AccountState::Active);
    assert_eq!(account.active_at, Some(at(5)));
    assert_eq!(account.expires_at, Some(at(5 + 3_600)), "the lease starts at activation");
    assert_eq!(account.enrollments[0].remote_id.as_deref(), Some("77"));
}

#[test]
fn an_account_is_revoked_once_every_service_has_proven_it_gone() {
    let mut account = active(&["orders", "billing"]);
    account.revoke(EndReason::CleanedUp, at(10)).unwrap();
    assert_eq!(account.state, AccountState::Revoking);
    account.enrollment_removed(leg(2), "404".to_owned(), at(11)).unwrap();
    assert_eq!(account.state, AccountState::Revoking);
    account.enrollment_removed(leg(1), "200".to_owned(), at(12)).unwrap();
    assert_eq!(account.state, AccountState::Revoked);
    assert_eq!(account.end_reason, Some(EndReason::CleanedUp));
    assert_eq!(account.ended_at, Some(at(12)));
}

#[test]
fn revoking_before_anything_was_sent_ends_at_once() {
    let mut account = provisioning(&["orders"]);
    account.revoke(EndReason::Revoked, at(1)).unwrap();
    assert_eq!(account.state, AccountState::Revoked);
    assert!(account.enrollments[0].proof.is_some());
}

#[test]
fn revoking_during_a_creation_removes_what_is_confirmed_later() {
    let mut account = provisioning(&["orders"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.revoke(EndReason::Revoked, at(1)).unwrap();
    account.enrollment_created(leg(1), identified("9"), at(2)).unwrap();
    assert_eq!(account.state, AccountState::Revoking);
    assert_eq!(account.enrollments[0].state, EnrollmentState::Removing);
    assert_eq!(account.enrollments[0].remote_id.as_deref(), Some("9"));
    assert_eq!(account.enrollments[0].next_attempt_at, Some(at(2)));
}

#[test]
fn revoking_a_revoked_account_is_an_error() {
    let mut account = provisioning(&["orders"]);
    account.revoke(EndReason::Revoked, at(1)).unwrap();
    assert_eq!(
        account.revoke(EndReason::Revoked, at(2)),
        Err(TransitionError::Account { state: AccountState::Revoked, wanted: "revoked", way_out: None })
    );
}

#[test]
fn when_one_service_gives_up_the_others_are_compensated() {
    let mut account = provisioning(&["orders", "billing", "search"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_created(leg(1), Told::default(), at(1)).unwrap();
    account.enrollment_attempted(leg(2)).unwrap();
    account.enrollment_given_up(leg(2), "422: bad name".to_owned(), at(2)).unwrap();
    let states: Vec<_> = account.enrollments.iter().map(|e| e.state).collect();
    assert_eq!(
        states,
        [EnrollmentState::Removing, EnrollmentState::Removing, EnrollmentState::Removed],
        "what was never sent is gone at once, all else must be proven gone"
    );
    account.enrollment_removed(leg(1), "200".to_owned(), at(3)).unwrap();
    account.enrollment_removed(leg(2), "404".to_owned(), at(3)).unwrap();
    assert_eq!(account.state, AccountState::Failed);
    assert_eq!(account.end_reason, Some(EndReason::Failed));
    assert_eq!(account.enrollments[1].last_error.as_deref(), Some("422: bad name"));
}

#[test]
fn a_lease_ends_when_its_time_has_come_and_not_before() {
    let mut account = active(&["orders"]);
    assert!(!account.expire(at(3_600)));
    assert!(account.expire(at(3_601)));
    assert_eq!(account.state, AccountState::Revoking);
    assert_eq!(account.end_reason, Some(EndReason::Expired));
    assert!(!account.expire(at(9_999)), "a lease ends once");
}

#[test]
fn renewing_never_shortens_a_lease() {
    let mut account = active(&["orders"]);
    account.renew(Ttl::hours(2), at(10)).unwrap();
    assert_eq!(account.expires_at, Some(at(10 + 7_200)));
    account.renew(Ttl::hours(1), at(20)).unwrap();
    assert_eq!(account.expires_at, Some(at(10 + 7_200)));
}

#[test]
fn a_strangers_name_is_replaced_and_the_attempts_start_afresh() {
    let mut account = provisioning(&["orders"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_renamed(leg(1), "test_b".to_owned(), "test_b@example.com".to_owned(), at(1)).unwrap();
    assert_eq!(account.username, "test_b");
    assert_eq!(account.email, "test_b@example.com");
    assert_eq!(account.enrollments[0].attempts, 0);
    assert_eq!(account.enrollments[0].state, EnrollmentState::Pending);
}

#[test]
fn a_service_that_was_never_asked_has_nothing_to_remove() {
    let mut account = provisioning(&["orders"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_unsent(leg(1), "the secret is missing".to_owned(), at(1)).unwrap();
    assert_eq!(account.state, AccountState::Failed);
    assert!(account.enrollments[0].proof.is_some());
    assert_eq!(account.enrollments[0].last_error.as_deref(), Some("the secret is missing"));
}

#[test]
fn what_a_service_calls_the_account_is_kept_also_when_the_attempt_failed() {
    let mut account = provisioning(&["orders"]);
    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_identified(leg(1), Some("7".to_owned())).unwrap();
    account.enrollment_postponed(leg(1), "503".to_owned(), at(2)).unwrap();
    account.enrollment_identified(leg(1), None).unwrap();
    assert_eq!(account.enrollments[0].remote_id.as_deref(), Some("7"));
}

#[test]
fn no_service_hears_of_a_request_that_was_not_approved() {
    let ends: [fn(&mut Account); 3] = [
        |account| account.deny("no budget".to_owned(), at(1)).unwrap(),
        |account| account.revoke(EndReason::CleanedUp, at(1)).unwrap(),
        |account| assert!(account.lapse(at(61))),
    ];
    for (end, state) in
        ends.into_iter().zip([AccountState::Denied, AccountState::Withdrawn, AccountState::Lapsed])
    {
        let mut account = requested(&["orders", "billing"]);
        account.decide_by = Some(at(60));
        assert!(!account.lapse(at(59)));
        assert!(account.enrollments.iter().all(|e| e.next_attempt_at.is_none()));
        end(&mut account);
        assert_eq!(account.state, state);
        assert!(account.enrollments.iter().all(|e| e.state == EnrollmentState::Removed));
    }
}

#[test]
fn an_approved_request_is_created_and_cannot_be_decided_again() {
    let mut account = requested(&["orders"]);
    account.approve("max".to_owned(), None, Ttl::hours(1), at(5)).unwrap();
    assert_eq!(account.state, AccountState::Provisioning);
    assert_eq!(account.provision_by, Some(at(3_605)));
    assert_eq!(account.enrollments[0].next_attempt_at, Some(at(5)));
    assert!(account.deny("late".to_owned(), at(6)).is_err());
    assert!(account.approve("max".to_owned(), None, Ttl::hours(1), at(6)).is_err());
}

#[test]
fn a_deadline_stands_only_while_it_counts() {
    assert_eq!(active(&["orders"]).provision_by, None);
    let mut account = requested(&["orders"]);
    account.decide_by = Some(at(60));
    account.approve("max".to_owned(), None, Ttl::hours(1), at(5)).unwrap();
    assert_eq!(account.decide_by, None);
    assert!(account.give_up(at(3_605)));
    assert_eq!((account.state, account.provision_by), (AccountState::Failed, None));
}

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
