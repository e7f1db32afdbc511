//! Lets somebody go.

use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
    visit::is_anonymous,
};

/// Signs out. Who is not signed in is out already.
///
/// # Errors
/// The session could not be ended.
#[server(prefix = "/actions", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ActionError> {
    let call = Call::now()?;
    let result = match call.caller().await {
        Ok(caller) => call.portal.sign_out(&caller).await,
        Err(problem) if is_anonymous(&problem) => Ok(()),
        Err(problem) => Err(problem),
    };
    let ended = call.visit.end().await;
    call.answer(result.and(ended), |_| Next::page(paths::SIGN_IN)).await
}
