//! Lets leases end again.

use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths};

/// Ends the pause of expiry.
///
/// # Errors
/// The caller may not.
#[server(prefix = "/actions", endpoint = "resume_expiry")]
pub async fn resume_expiry(
    /// The page to go on to.
    #[server(default)]
    then: String,
) -> Result<(), ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.resume_expiry(&call.caller().await?).await }.await;
    call.answer_or_explain(result, paths::local(Some(&then))).await
}
