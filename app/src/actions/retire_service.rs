//! Does away with a service.

use domain::{service::Service, text::Slug};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Does away with the service, once nothing is left there.
///
/// # Errors
/// The caller may not, or it holds something and that is not to be revoked.
#[server(prefix = "/actions", endpoint = "retire_service")]
pub async fn retire_service(
    /// Which, by slug.
    service: Slug,
    /// Whether what it holds is to be revoked for that.
    #[server(default)]
    drain: bool,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<Service, ActionError> {
    use domain::service::{RetireService, ServiceState};

    let call = Call::now()?;
    let command = RetireService { drain, reason: Some(reason.clone()) };
    let result =
        async { call.portal.retire_service(&call.caller().await?, service.as_str(), command).await }.await;
    let is_gone = result.as_ref().is_ok_and(|service| service.state == ServiceState::Retired);
    let then = if is_gone { paths::SERVICES.to_owned() } else { paths::service(&service) };
    call.answer_deed(Deed::RetireService, &service, reason, then, result).await
}
