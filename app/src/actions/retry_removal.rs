//! Tries to remove an account from a service at once.

use domain::{id::EnrollmentId, upkeep::Debt};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Has the next attempt to remove it made now.
///
/// # Errors
/// The caller may not, or it is gone already.
#[server(prefix = "/actions", endpoint = "retry_removal")]
pub async fn retry_removal(
    /// What is to be removed.
    enrollment: EnrollmentId,
    /// The page to go on to; that of what is owed, where none is named.
    #[server(default)]
    then: String,
) -> Result<Debt, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.retry_removal(&call.caller().await?, enrollment).await }.await;
    let then = paths::local_or(&then, paths::DEBT.to_owned());
    call.answer_deed(Deed::RetryRemoval, enrollment, String::new(), then, result).await
}
