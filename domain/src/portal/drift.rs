//! Use cases on where services and the ledger differ.

use async_trait::async_trait;

use crate::{
    actor::Caller,
    command::Wait,
    drift::{DriftEntry, ListDrift, Sweep},
    id::DriftId,
    page::{Page, PageQuery},
    problem::Problem,
};

/// Use cases on where services and the ledger differ.
#[async_trait]
pub trait Drift: Send + Sync {
    /// Compares the service's accounts with the ledger now. What was minted
    /// here and should be gone is deleted there, and nothing else; a dry run
    /// changes nothing at all.
    async fn sweep_service(&self, by: &Caller, slug: &str, dry_run: bool) -> Result<Sweep, Problem>;

    /// What differs and was seen more than once, of what the caller sees,
    /// newest first.
    async fn list_drift(
        &self,
        by: &Caller,
        which: ListDrift,
        page: PageQuery,
    ) -> Result<Page<DriftEntry>, Problem>;

    /// Makes it right here: a stranger's account becomes the caller's, one that
    /// is missing is created again; answers once the service has done its part
    /// or `wait` is over.
    async fn adopt_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem>;

    /// Makes it right there: deletes what was minted here and should be gone,
    /// or takes away what is missing; answers once that is so or `wait` is over.
    async fn delete_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem>;

    /// Leaves it as it is, and does not show it any more while it stays so.
    async fn ignore_drift(&self, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem>;
}
