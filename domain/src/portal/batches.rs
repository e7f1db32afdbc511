//! Use cases on many accounts at once.

use async_trait::async_trait;
use futures_core::stream::BoxStream;

use crate::{
    account::IssuedAccount,
    actor::Caller,
    batch::{Batch, CleanUp, CleanUpPreview, Waiting},
    command::{RequestAccount, Wait, WithReason},
    id::BatchId,
    page::{Page, PageQuery},
    problem::Problem,
};

/// Use cases on many accounts at once.
#[async_trait]
pub trait Batches: Send + Sync {
    /// Asks for as many accounts as the command says.
    async fn request_batch(&self, by: &Caller, command: RequestAccount) -> Result<Batch, Problem>;

    /// What a cleanup would take away.
    async fn preview_cleanup(&self, by: &Caller, which: CleanUp) -> Result<CleanUpPreview, Problem>;

    /// Takes away what is selected now, and nothing that is made later;
    /// answers once all is gone or `wait` is over.
    async fn clean_up(&self, by: &Caller, which: CleanUp, wait: Wait) -> Result<Batch, Problem>;

    /// The batches that the caller sees, newest first.
    async fn list_batches(&self, by: &Caller, page: PageQuery) -> Result<Page<Batch>, Problem>;

    /// One batch.
    async fn show_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem>;

    /// The batch now, and again as it gets on; ends once it is finished.
    async fn watch_batch(&self, by: &Caller, id: BatchId) -> Result<BoxStream<'static, Batch>, Problem>;

    /// The requests that wait for a decision, of what the caller sees, newest
    /// first; those of a batch as one.
    async fn list_waiting(&self, by: &Caller, page: PageQuery) -> Result<Page<Waiting>, Problem>;

    /// Agrees to all requests of a creation that still wait for that.
    async fn approve_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem>;

    /// Does not agree to them; says why.
    async fn deny_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem>;

    /// Asks once more for what failed of a creation.
    async fn retry_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem>;

    /// The batch's accounts, newest first; with credentials for who holds
    /// them, each a reveal.
    async fn batch_accounts(
        &self,
        by: &Caller,
        id: BatchId,
        page: PageQuery,
    ) -> Result<Page<IssuedAccount>, Problem>;
}
