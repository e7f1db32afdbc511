//! Gives the portal a service's own secret.

use domain::{secret::Secret, service::Service, text::Slug};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Has the portal keep the service's own secret, in place of the one that it
/// had. It never comes back.
///
/// # Errors
/// The caller may not, it cannot be a secret, or the service's table does not
/// say that the portal keeps it.
#[server(prefix = "/actions", endpoint = "seal_secret")]
pub async fn seal_secret(
    /// Whose, by slug.
    service: Slug,
    /// The secret.
    value: Secret,
) -> Result<Service, ActionError> {
    let call = Call::now()?;
    let result =
        async { call.portal.seal_service_secret(&call.caller().await?, service.as_str(), value).await }.await;
    // What was typed is not kept for the page.
    call.answer_deed(Deed::SealSecret, &service, String::new(), paths::service(&service), result).await
}
