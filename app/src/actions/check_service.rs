//! Tries a service out.

use domain::{check::ServiceCheck, text::Slug};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Tries the service out, on the service itself, with an account that is made
/// for that and does not stay.
///
/// # Errors
/// The caller may not, or no account can be made there at present.
#[server(prefix = "/actions", endpoint = "check_service")]
pub async fn check_service(
    /// Which, by slug.
    service: Slug,
) -> Result<ServiceCheck, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.check_service(&call.caller().await?, service.as_str()).await }.await;
    call.answer_deed(Deed::CheckService, &service, String::new(), paths::service(&service), result).await
}
