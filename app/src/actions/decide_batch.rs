//! Decides on all requests of a batch.

use domain::{batch::Batch, id::BatchId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Agrees to what waits of the batch; the accounts are created then.
///
/// # Errors
/// The caller may not decide on it, or nothing of it waits.
#[server(prefix = "/actions", endpoint = "approve_batch")]
pub async fn approve_batch(
    /// Which.
    batch: BatchId,
    /// Why.
    #[server(default)]
    reason: String,
    /// The page to go on to; the batch's, where none is named.
    #[server(default)]
    then: String,
) -> Result<Batch, ActionError> {
    let call = Call::now()?;
    let command = domain::command::WithReason { reason: Some(reason.clone()) };
    let result = async { call.portal.approve_batch(&call.caller().await?, batch, command).await }.await;
    let then = paths::local_or(&then, paths::batch(batch));
    call.answer_deed(Deed::ApproveBatch, batch, reason, then, result).await
}

/// Refuses what waits of the batch and says why.
///
/// # Errors
/// The reason is missing, the caller may not decide on it, or nothing of it
/// waits.
#[server(prefix = "/actions", endpoint = "deny_batch")]
pub async fn deny_batch(
    /// Which.
    batch: BatchId,
    /// Why.
    #[server(default)]
    reason: String,
    /// The page to go on to; the batch's, where none is named.
    #[server(default)]
    then: String,
) -> Result<Batch, ActionError> {
    let call = Call::now()?;
    let command = domain::command::WithReason { reason: Some(reason.clone()) };
    let result = async { call.portal.deny_batch(&call.caller().await?, batch, command).await }.await;
    let then = paths::local_or(&then, paths::batch(batch));
    call.answer_deed(Deed::DenyBatch, batch, reason, then, result).await
}
