//! Lets a service give no new accounts out for a while.

use domain::{service::Service, text::Slug};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Lets the service give no new accounts out, until it is resumed.
///
/// # Errors
/// The caller may not, or it gives none out already.
#[server(prefix = "/actions", endpoint = "pause_service")]
pub async fn pause_service(
    /// Which, by slug.
    service: Slug,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<Service, ActionError> {
    let call = Call::now()?;
    let command = domain::command::WithReason { reason: Some(reason.clone()) };
    let result =
        async { call.portal.pause_service(&call.caller().await?, service.as_str(), command).await }.await;
    call.answer_deed(Deed::PauseService, &service, reason, paths::service(&service), result).await
}

/// Lets it give accounts out again.
///
/// # Errors
/// The caller may not, or it is not paused.
#[server(prefix = "/actions", endpoint = "resume_service")]
pub async fn resume_service(
    /// Which, by slug.
    service: Slug,
) -> Result<Service, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.resume_service(&call.caller().await?, service.as_str()).await }.await;
    call.answer_deed(Deed::ResumeService, &service, String::new(), paths::service(&service), result).await
}
