//! Tries to remove accounts from their services at once.

use domain::{
    id::EnrollmentId,
    upkeep::{Debt, Hurried},
};
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

/// Has the next attempts to remove what is owed made now, as far as the caller
/// may clean it up.
///
/// # Errors
/// The service's name cannot be one.
#[server(prefix = "/actions", endpoint = "retry_removals")]
pub async fn retry_removals(
    /// From which service, by slug; from all, where none is named.
    #[server(default)]
    service: String,
) -> Result<Hurried, ActionError> {
    let call = Call::now()?;
    let which = domain::upkeep::ListDebt { service: Some(service.clone()) };
    let result = async { call.portal.retry_removals(&call.caller().await?, which).await }.await;
    let to = result.as_ref().map_or(0, |hurried| hurried.hurried);
    let then = paths::with_query(paths::DEBT, &[("service", Some(&service))]);
    call.answer_deed(Deed::RetryRemovals, to, String::new(), then, result).await
}
