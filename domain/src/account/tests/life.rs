//! From the request to the end.

use super::*;

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

/// Whose name was that on the service, by the record?
fn not_ours(account: &Account) -> bool {
    account.enrollments[0].not_ours
}

#[test]
fn an_adopted_account_is_leased_at_once_and_has_no_password_of_ours_until_the_service_says_so() {
    let mut account = requested(&["orders"]);
    account.adopt(Some("77".to_owned()), at(3)).unwrap();
    assert_eq!((account.state, account.active_at), (AccountState::Active, Some(at(3))));
    assert_eq!(account.expires_at, Some(at(3 + 3_600)));
    let adopted = &account.enrollments[0];
    assert_eq!((adopted.state, adopted.remote_id.as_deref()), (EnrollmentState::Active, Some("77")));
    assert_eq!((adopted.password_generation, adopted.next_attempt_at), (None, Some(at(3))));
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Reset)), "it gets a password, and is not created");
    assert!(!account.is_kept_up() && account.oldest_password().is_none());

    account.enrollment_attempted(leg(1)).unwrap();
    account.enrollment_reset(leg(1), 1, Told::default(), at(4)).unwrap();
    assert!(account.is_kept_up() && account.enrollments[0].next_attempt_at.is_none());
    account.revoke(EndReason::Revoked, at(5)).unwrap();
    assert_eq!(account.work_on(leg(1)), Ok(Some(Work::Remove)), "whoever adopts it answers for its removal");
    account.enrollment_removed(leg(1), "404".to_owned(), at(6)).unwrap();
    assert!(not_ours(&account), "the next one of its name is again a stranger's");
}

#[test]
fn only_what_was_never_sent_anywhere_can_be_adopted() {
    for mut account in [provisioning(&["orders"]), active(&["orders"]), requested(&["orders", "billing"])] {
        let before = account.clone();
        assert!(account.adopt(None, at(1)).is_err());
        assert_eq!(account, before);
    }
}

#[test]
fn a_name_that_was_never_sent_or_is_a_strangers_is_not_ours_for_good() {
    let mut unsent = provisioning(&["orders"]);
    unsent.revoke(EndReason::Revoked, at(1)).unwrap();
    assert!(not_ours(&unsent));

    let mut refused = provisioning(&["orders"]);
    refused.enrollment_attempted(leg(1)).unwrap();
    refused.enrollment_unsent(leg(1), "no secret".to_owned(), at(1)).unwrap();
    assert!(not_ours(&refused));

    let mut taken = provisioning(&["orders"]);
    taken.enrollment_attempted(leg(1)).unwrap();
    taken.revoke(EndReason::Revoked, at(1)).unwrap();
    taken.enrollment_strangers(leg(1), "409".to_owned(), at(2)).unwrap();
    assert!(not_ours(&taken) && taken.state == AccountState::Revoked);

    let mut ours = active(&["orders"]);
    ours.revoke(EndReason::Revoked, at(1)).unwrap();
    ours.enrollment_removed(leg(1), "404".to_owned(), at(2)).unwrap();
    assert!(!not_ours(&ours));
}
