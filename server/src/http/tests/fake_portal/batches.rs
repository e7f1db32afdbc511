//! The one batch: running first, finished next.

use async_trait::async_trait;
use domain::{
    Problem,
    account::IssuedAccount,
    actor::Caller,
    batch::{Batch, BatchKind, BatchState, CleanUp, CleanUpPreview, Waiting},
    command::{RequestAccount, Wait, WithReason},
    id::BatchId,
    page::{Page, PageQuery},
    policy,
    portal::Batches,
};
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::json;

use super::{BATCH, FakePortal, NOW, nothing, reference};

fn batch(kind: BatchKind, done: u64) -> Batch {
    let finished = done == 3;
    Batch {
        id: BATCH,
        kind,
        state: if finished { BatchState::Finished } else { BatchState::Running },
        total: 3,
        done,
        failed: 0,
        waiting: 0,
        waiting_of: Vec::new(),
        kept: 0,
        requested_by: reference(),
        command: json!({}),
        created_at: NOW,
        finished_at: finished.then_some(NOW),
        failures: Vec::new(),
    }
}

fn known(id: BatchId) -> Result<Batch, Problem> {
    if id == BATCH { Ok(batch(BatchKind::Create, 1)) } else { Err(Problem::not_found("batch")) }
}

#[async_trait]
impl Batches for FakePortal {
    async fn request_batch(&self, by: &Caller, command: RequestAccount) -> Result<Batch, Problem> {
        policy::request_account(&by.actor)?;
        command.parse()?;
        self.retry_keys.lock().unwrap().push(by.retry_key.clone());
        Ok(batch(BatchKind::Create, 0))
    }

    async fn preview_cleanup(&self, by: &Caller, which: CleanUp) -> Result<CleanUpPreview, Problem> {
        policy::clean_up(&by.actor)?;
        which.parse()?;
        Ok(CleanUpPreview { matched: 3, ending: 0, by_service: [].into(), kept: 0, sample: Vec::new() })
    }

    /// Who does not wait finds one of three done.
    async fn clean_up(&self, by: &Caller, which: CleanUp, wait: Wait) -> Result<Batch, Problem> {
        policy::clean_up(&by.actor)?;
        which.parse()?;
        self.retry_keys.lock().unwrap().push(by.retry_key.clone());
        Ok(batch(BatchKind::Cleanup, if wait == Wait::NONE { 1 } else { 3 }))
    }

    async fn list_batches(&self, _: &Caller, page: PageQuery) -> Result<Page<Batch>, Problem> {
        page.parse()?;
        Ok(Page { items: vec![batch(BatchKind::Create, 1)], next: None })
    }

    async fn show_batch(&self, _: &Caller, id: BatchId) -> Result<Batch, Problem> {
        known(id)
    }

    async fn watch_batch(&self, _: &Caller, id: BatchId) -> Result<BoxStream<'static, Batch>, Problem> {
        Ok(stream::iter([known(id)?, batch(BatchKind::Create, 3)]).boxed())
    }

    async fn list_waiting(&self, _: &Caller, page: PageQuery) -> Result<Page<Waiting>, Problem> {
        page.parse()?;
        Ok(nothing())
    }

    async fn approve_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem> {
        policy::decide(&by.actor)?;
        command.parse()?;
        known(id)
    }

    async fn deny_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem> {
        policy::decide(&by.actor)?;
        command.required()?;
        known(id)
    }

    async fn retry_batch(&self, _: &Caller, id: BatchId) -> Result<Batch, Problem> {
        known(id)
    }

    async fn batch_accounts(
        &self,
        _: &Caller,
        id: BatchId,
        page: PageQuery,
    ) -> Result<Page<IssuedAccount>, Problem> {
        page.parse()?;
        known(id).map(|_| nothing())
    }
}
