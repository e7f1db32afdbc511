//! Use cases on many accounts at once.

use async_trait::async_trait;
use domain::{
    Problem,
    account::IssuedAccount,
    actor::Caller,
    batch::{Batch, CleanUp, CleanUpPreview, Waiting},
    command::{RequestAccount, Wait, WithReason},
    id::BatchId,
    page::{Page, PageQuery},
    portal::Batches,
};
use futures::stream::BoxStream;

use crate::handlers::{Handlers, batches, clean_up, decide_account};

#[async_trait]
impl Batches for Handlers {
    async fn request_batch(&self, by: &Caller, command: RequestAccount) -> Result<Batch, Problem> {
        let again = |made| batches::again(self, by, made);
        let work = self.once(by, batches::request(self, by, &command), again);
        self.refusals_noted(by, "request_batch", work).await
    }

    async fn preview_cleanup(&self, by: &Caller, which: CleanUp) -> Result<CleanUpPreview, Problem> {
        self.refusals_noted(by, "preview_cleanup", clean_up::preview(self, by, &which)).await
    }

    async fn clean_up(&self, by: &Caller, which: CleanUp, wait: Wait) -> Result<Batch, Problem> {
        let again = |made| batches::again(self, by, made);
        let work = self.once(by, clean_up::run(self, by, &which, wait), again);
        self.refusals_noted(by, "clean_up", work).await
    }

    async fn list_batches(&self, by: &Caller, page: PageQuery) -> Result<Page<Batch>, Problem> {
        self.refusals_noted(by, "list_batches", batches::list(self, by, &page)).await
    }

    async fn show_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem> {
        self.refusals_noted(by, "show_batch", batches::show(self, by, id)).await
    }

    async fn watch_batch(&self, by: &Caller, id: BatchId) -> Result<BoxStream<'static, Batch>, Problem> {
        self.refusals_noted(by, "watch_batch", batches::watch(self, by, id)).await
    }

    async fn retry_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem> {
        let again = |made| batches::again(self, by, made);
        let work = self.once(by, batches::retry(self, by, id), again);
        self.refusals_noted(by, "retry_batch", work).await
    }

    async fn list_waiting(&self, by: &Caller, page: PageQuery) -> Result<Page<Waiting>, Problem> {
        self.refusals_noted(by, "list_waiting", batches::waiting(self, by, &page)).await
    }

    async fn approve_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem> {
        let again = |_| batches::decided_before(self, by, id);
        let work = self.once(by, decide_account::approve_batch(self, by, id, &command), again);
        self.refusals_noted(by, "approve_batch", work).await
    }

    async fn deny_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem> {
        let again = |_| batches::decided_before(self, by, id);
        let work = self.once(by, decide_account::deny_batch(self, by, id, &command), again);
        self.refusals_noted(by, "deny_batch", work).await
    }

    async fn batch_accounts(
        &self,
        by: &Caller,
        id: BatchId,
        page: PageQuery,
    ) -> Result<Page<IssuedAccount>, Problem> {
        self.refusals_noted(by, "batch_accounts", batches::accounts(self, by, id, &page)).await
    }
}
