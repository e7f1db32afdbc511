//! Lets somebody in.

use domain::secret::Secret;
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
};

/// Signs somebody in; a plain form goes on to `then`.
///
/// # Errors
/// Login or password is wrong, or there were too many attempts.
#[server(prefix = "/actions", endpoint = "sign_in")]
pub async fn sign_in(
    /// The login.
    #[server(default)]
    login: String,
    /// The password.
    password: Secret,
    /// Where to go then.
    #[server(default)]
    then: String,
) -> Result<(), ActionError> {
    let call = Call::now()?;
    // Only what can be a login goes into the address.
    let typed = login.trim().to_lowercase().parse::<domain::text::Login>().ok();
    let command = domain::access::SignIn { login, password };
    let result = async {
        let person = call.portal.sign_in(call.visit.request_id(), command).await?;
        call.visit.begin(&person).await
    }
    .await;
    call.answer(result, |result| match result {
        Ok(()) => Next::page(paths::local(Some(&then))),
        // Nothing is written for who is not signed in: the address says it,
        // by the problem's kind, whose text is the catalogue's.
        Err(problem) => Next::page(paths::with_query(
            paths::SIGN_IN,
            &[
                ("problem", Some(problem.kind.code())),
                ("login", typed.as_ref().map(|login| login.as_str())),
                ("then", Some(&then)),
            ],
        )),
    })
    .await
}
