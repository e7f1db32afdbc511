//! A portal that remembers nothing: it answers what the doors are to show.

mod accounts;
mod batches;
mod directory;
mod drift;
mod upkeep;

use std::{sync::Mutex, time::Duration};

use domain::{
    AccountState, EndReason, EnrollmentState, Problem, Timestamp,
    account::{AccountView, EnrollmentView},
    actor::{ActorKind, ActorRef, RetryKey},
    id::{AccountId, BatchId, EnrollmentId, PersonId, ServiceId, TokenId},
    page::Page,
    people::{DEFAULT_TEAM, Person, Role, SignInBy},
    service::{Policy, Service, ServiceState},
    token::{Scope, Token},
};
use uuid::Uuid;

use super::{READER, TOKEN};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
/// The one account there is.
pub const ACCOUNT: AccountId = AccountId(Uuid::from_u128(0xa));
/// The one batch there is.
pub const BATCH: BatchId = BatchId(Uuid::from_u128(0xb));
/// The one enrollment there is.
pub const ENROLLMENT: EnrollmentId = EnrollmentId(Uuid::from_u128(0xe));
/// The base URL of the one service there is.
pub const SERVICE_URL: &str = "http://orders.test";
/// The password of everybody.
pub const PASSWORD: &str = "right";

/// See the module.
#[derive(Default)]
pub struct FakePortal {
    /// Which accounts were revoked, and how long the callers would wait.
    pub revoked: Mutex<Vec<(AccountId, Duration)>>,
    /// By what the requests for accounts and cleanups could be repeated.
    pub retry_keys: Mutex<Vec<Option<RetryKey>>>,
    /// The runs that were kept.
    pub kept: Mutex<Vec<String>>,
}

fn tester() -> Person {
    Person {
        id: PersonId(Uuid::from_u128(1)),
        login: "tester".parse().unwrap(),
        role: Role::Tester,
        team: DEFAULT_TEAM.to_owned(),
        signs_in_by: vec![SignInBy::Password],
        created_at: NOW,
        disabled_at: None,
    }
}

fn reference() -> ActorRef {
    ActorRef {
        kind: ActorKind::Token,
        login: "tester".to_owned(),
        token: Some("ci".to_owned()),
        person_id: None,
        token_id: None,
    }
}

fn token(scopes: Vec<Scope>) -> Token {
    Token {
        id: TokenId(Uuid::from_u128(2)),
        name: "ci".parse().unwrap(),
        owner: "tester".parse().unwrap(),
        scopes,
        created_at: NOW,
        expires_at: NOW,
        revoked_at: None,
        used_at: None,
        bound: None,
    }
}

fn account(state: AccountState) -> AccountView {
    let was_used = matches!(state, AccountState::Active | AccountState::Frozen | AccountState::Revoked);
    AccountView {
        id: ACCOUNT,
        username: "test_a".to_owned(),
        email: "test_a@example.test".to_owned(),
        state,
        end_reason: state.is_final().then_some(EndReason::Revoked),
        purpose: None,
        ticket: None,
        labels: [].into(),
        run: None,
        batch: None,
        requested_by: reference(),
        holder: "tester".parse().unwrap(),
        team: DEFAULT_TEAM.to_owned(),
        handing_to: None,
        approved_by: None,
        decision_reason: None,
        frozen_by: None,
        decide_by: None,
        services: vec![EnrollmentView {
            id: ENROLLMENT,
            service: "orders".parse().unwrap(),
            username: "test_orders".to_owned(),
            state: EnrollmentState::Active,
            remote_id: None,
            reset_pending: false,
            disabled: state == AccountState::Frozen,
            attempts: 1,
            next_attempt_at: None,
            last_error: None,
            failure: None,
            removing_since: None,
            removed_at: None,
            proof: None,
        }],
        attributes: [].into(),
        ttl: domain::Ttl::hours(1),
        created_at: NOW,
        active_at: was_used.then_some(NOW),
        expires_at: None,
        kept_until: None,
        ended_at: None,
        version: 1,
    }
}

/// The account while its services do not have what is wanted.
fn unsettled(state: AccountState) -> AccountView {
    let mut account = account(state);
    account.services[0].reset_pending = true;
    account.services[0].next_attempt_at = Some(NOW);
    account
}

fn service() -> Service {
    Service {
        id: ServiceId(Uuid::from_u128(3)),
        slug: "orders".parse().unwrap(),
        name: "Orders".parse().unwrap(),
        team: DEFAULT_TEAM.to_owned(),
        shared_with: Vec::new(),
        environment: "test".to_owned(),
        base_url: SERVICE_URL.to_owned(),
        connector: "article".to_owned(),
        policy: Policy::default(),
        capabilities: Vec::new(),
        check: None,
        traits: domain::service::Traits::default(),
        secret_missing: false,
        state: ServiceState::Active,
        state_since: None,
        state_reason: None,
        cleanup: None,
        down_since: None,
        last_sweep: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

const fn nothing<T>() -> Page<T> {
    Page { items: Vec::new(), next: None }
}

fn known(id: AccountId) -> Result<AccountView, Problem> {
    if id == ACCOUNT { Ok(account(AccountState::Active)) } else { Err(Problem::not_found("account")) }
}
