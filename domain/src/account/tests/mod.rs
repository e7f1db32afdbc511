//! What the tests of accounts begin with.

mod changes;
mod life;

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
