//! Use cases on what runs beside the accounts.

use async_trait::async_trait;

use crate::{
    actor::Caller,
    id::EnrollmentId,
    page::{Page, PageQuery},
    problem::Problem,
    upkeep::{Debt, ExpiryPause, Hurried, KeepRun, ListDebt, Run},
};

/// Use cases on what runs beside the accounts.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// What should be gone and is not, of what the caller sees.
    async fn list_debt(&self, by: &Caller, which: ListDebt, page: PageQuery) -> Result<Page<Debt>, Problem>;

    /// Has the next attempt to remove it made at once.
    async fn retry_removal(&self, by: &Caller, enrollment: EnrollmentId) -> Result<Debt, Problem>;

    /// Has the next attempts to remove all of it made at once, of what the
    /// caller may clean up.
    async fn retry_removals(&self, by: &Caller, which: ListDebt) -> Result<Hurried, Problem>;

    /// Keeps a run's accounts from cleanups for a while.
    async fn keep_run(&self, by: &Caller, run: &str, command: KeepRun) -> Result<Run, Problem>;

    /// Whether leases do not end for the time being.
    async fn expiry_pause(&self, by: &Caller) -> Result<Option<ExpiryPause>, Problem>;

    /// Lets leases end again.
    async fn resume_expiry(&self, by: &Caller) -> Result<(), Problem>;
}
