//! Use cases on what runs beside the accounts.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    id::EnrollmentId,
    page::{Page, PageQuery},
    policy,
    portal::Upkeep,
    upkeep::{Debt, ExpiryPause, Hurried, KeepRun, ListDebt, Run},
};

use crate::handlers::{Handlers, upkeep};

#[async_trait]
impl Upkeep for Handlers {
    async fn list_debt(&self, by: &Caller, which: ListDebt, page: PageQuery) -> Result<Page<Debt>, Problem> {
        self.refusals_noted(by, "list_debt", upkeep::list_debt(self, by, &which, &page)).await
    }

    async fn retry_removal(&self, by: &Caller, enrollment: EnrollmentId) -> Result<Debt, Problem> {
        let again = |_| upkeep::hurried_before(self, by, enrollment);
        let work = self.once(by, upkeep::retry_removal(self, by, enrollment), again);
        self.refusals_noted(by, "retry_removal", work).await
    }

    async fn retry_removals(&self, by: &Caller, which: ListDebt) -> Result<Hurried, Problem> {
        let again = async |_| policy::clean_up(&by.actor).map(|_| Hurried { hurried: 0 });
        let work = self.once(by, upkeep::retry_removals(self, by, &which), again);
        self.refusals_noted(by, "retry_removals", work).await
    }

    async fn keep_run(&self, by: &Caller, run: &str, command: KeepRun) -> Result<Run, Problem> {
        self.refusals_noted(by, "keep_run", upkeep::keep_run(self, by, run, &command)).await
    }

    async fn expiry_pause(&self, by: &Caller) -> Result<Option<ExpiryPause>, Problem> {
        self.refusals_noted(by, "expiry_pause", upkeep::expiry_pause(self, by)).await
    }

    async fn resume_expiry(&self, by: &Caller) -> Result<(), Problem> {
        self.refusals_noted(by, "resume_expiry", upkeep::resume_expiry(self, by)).await
    }
}
