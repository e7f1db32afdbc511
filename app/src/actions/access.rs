//! One's own ways in: sessions, password, and the one-time link to the first.

use domain::{id::SessionId, secret::Secret};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
    visit::Deed,
};

/// Ends one of the visitor's sessions.
///
/// # Errors
/// They have none with that id.
#[server(prefix = "/actions", endpoint = "end_session")]
pub async fn end_session(
    /// Which.
    session: SessionId,
) -> Result<(), ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.end_session(&call.caller().await?, session).await }.await;
    call.answer_deed(Deed::EndSession, session, String::new(), paths::PROFILE.to_owned(), result).await
}

/// Gives the visitor another password, and ends their other sessions.
///
/// # Errors
/// The present one is wrong, or was too often, or nobody can have the other one.
#[server(prefix = "/actions", endpoint = "change_own_password")]
pub async fn change_own_password(
    /// The present one.
    current: Secret,
    /// The other one.
    password: Secret,
) -> Result<(), ActionError> {
    let call = Call::now()?;
    let command = domain::access::ChangePassword { current, password };
    let result = async {
        let here = call.visit.session().await?;
        let caller = call.caller().await?;
        call.visit.password_is_tried(&caller)?;
        let changed = call.portal.change_own_password(&caller, command, here).await;
        if changed.as_ref().err().is_none_or(|problem| problem.is_about("/password")) {
            call.visit.password_was_right(&caller);
        }
        changed
    }
    .await;
    let to = String::new();
    call.answer_deed(Deed::ChangeOwnPassword, to, String::new(), paths::PROFILE.to_owned(), result).await
}

/// Takes whoever has a one-time link in, with the password of their choice.
///
/// # Errors
/// The link is worthless, or a field cannot be accepted.
#[server(prefix = "/actions", endpoint = "accept_invitation")]
pub async fn accept_invitation(
    /// What makes up the link.
    code: Secret,
    /// The login that the first admin chooses.
    #[server(default)]
    login: String,
    /// The password.
    password: Secret,
) -> Result<(), ActionError> {
    let call = Call::now()?;
    let command = domain::access::AcceptInvitation { code, login, password };
    let code = command.code.clone();
    let typed = command.login.clone();
    let result = async {
        let person = call.portal.accept_invitation(call.visit.request_id(), command).await?;
        call.visit.begin(&person).await
    }
    .await;
    call.answer(result, |result| match result {
        Ok(()) => Next::page(paths::ACCOUNTS),
        // Nothing is written for who is not signed in: the address says it.
        Err(problem) => Next::page(paths::welcome_again(&code, &typed, problem)),
    })
    .await
}
