//! Accounts and batches as they change, for pages that are open.

use std::time::Duration;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use domain::{
    Problem,
    id::{AccountId, BatchId},
};
use serde::Deserialize;

use super::{Shared, problem::ApiProblem, session::BySession, sse};

/// A stream ends after this long. The browser opens it anew, and by that
/// finds out whether the visitor may still see it.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// What to watch: one of these.
#[derive(Deserialize)]
pub struct Watch {
    account: Option<String>,
    batch: Option<String>,
}

/// `GET /live?account={id}` or `?batch={id}`: server-sent events, each an
/// [`AccountView`](domain::account::AccountView) or a
/// [`Batch`](domain::batch::Batch).
pub async fn watch(
    State(shared): State<Shared>,
    BySession(caller): BySession,
    query: Result<Query<Watch>, QueryRejection>,
) -> Result<Response, ApiProblem> {
    let unclear = || Problem::invalid("/account", "must be the id of an account");
    let Query(watch) = query.map_err(|_| unclear())?;
    let over = {
        let shutdown = shared.shutdown.clone();
        async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(LONGEST) => {}
            }
        }
    };
    match (watch.account, watch.batch) {
        (None, Some(batch)) => {
            let id: BatchId =
                batch.parse().map_err(|_| Problem::invalid("/batch", "must be the id of a batch"))?;
            let news = shared.portal.watch_batch(&caller, id).await?;
            Ok(sse::tell("batch", news, over).into_response())
        }
        (account, None) => {
            let id: AccountId = account.unwrap_or_default().parse().map_err(|_| unclear())?;
            let news = shared.portal.watch_account(&caller, id).await?;
            Ok(sse::tell("account", news, over).into_response())
        }
        (Some(_), Some(_)) => {
            Err(Problem::invalid("/batch", "cannot be watched together with an account").into())
        }
    }
}
