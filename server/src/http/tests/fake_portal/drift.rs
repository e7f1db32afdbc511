//! One difference, and a service that is swept.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    command::Wait,
    drift::{DriftEntry, DriftKind, DriftState, ListDrift, Sweep},
    id::DriftId,
    page::{Page, PageQuery},
    policy,
    portal::Drift,
};
use uuid::Uuid;

use super::{FakePortal, NOW};

const DRIFT: DriftId = DriftId(Uuid::from_u128(0xd));

fn entry(id: DriftId, state: DriftState) -> Result<DriftEntry, Problem> {
    if id != DRIFT {
        return Err(Problem::not_found("drift"));
    }
    Ok(DriftEntry {
        id,
        service: "orders".parse().unwrap(),
        kind: DriftKind::Unknown,
        state,
        username: "test_stray".to_owned(),
        remote_id: None,
        account: None,
        minted: false,
        first_seen: NOW,
        last_seen: NOW,
        sweeps: 2,
    })
}

#[async_trait]
impl Drift for FakePortal {
    async fn sweep_service(&self, by: &Caller, slug: &str, _: bool) -> Result<Sweep, Problem> {
        policy::operate_services(&by.actor)?;
        if slug == "orders" { Ok(Sweep::default()) } else { Err(Problem::not_found("service")) }
    }

    async fn list_drift(
        &self,
        by: &Caller,
        which: ListDrift,
        page: PageQuery,
    ) -> Result<Page<DriftEntry>, Problem> {
        policy::read_drift(&by.actor)?;
        which.parse()?;
        page.parse()?;
        Ok(Page { items: vec![entry(DRIFT, DriftState::Open)?], next: None })
    }

    async fn adopt_drift(&self, by: &Caller, id: DriftId, _: Wait) -> Result<DriftEntry, Problem> {
        policy::operate_services(&by.actor)?;
        entry(id, DriftState::Adopted)
    }

    async fn delete_drift(&self, by: &Caller, id: DriftId, _: Wait) -> Result<DriftEntry, Problem> {
        policy::operate_services(&by.actor)?;
        entry(id, DriftState::Deleted)
    }

    async fn ignore_drift(&self, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem> {
        policy::operate_services(&by.actor)?;
        entry(id, DriftState::Ignored)
    }
}
