//! Asks once more for what failed of a batch.

use domain::{batch::Batch, id::BatchId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Asks for as many accounts as were given up.
///
/// # Errors
/// Nothing has failed, or the caller may not.
#[server(prefix = "/actions", endpoint = "retry_batch")]
pub async fn retry_batch(
    /// Of which batch.
    batch: BatchId,
) -> Result<Batch, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.retry_batch(&call.caller().await?, batch).await }.await;
    call.answer_deed(Deed::RetryBatch, batch, String::new(), paths::batch(batch), result).await
}
