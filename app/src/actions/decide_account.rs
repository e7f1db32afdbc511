//! Decides on a request.

use domain::{account::AccountView, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Agrees to a request; the account is created then.
///
/// # Errors
/// The caller may not decide on it, or it was decided on already.
#[server(prefix = "/actions", endpoint = "approve_account")]
pub async fn approve_account(
    /// Which.
    account: AccountId,
    /// Why.
    #[server(default)]
    reason: String,
    /// The page to go on to; the account's, where none is named.
    #[server(default)]
    then: String,
) -> Result<AccountView, ActionError> {
    use domain::command::{Wait, WithReason};

    let call = Call::now()?;
    let command = WithReason { reason: Some(reason.clone()) };
    let result =
        async { call.portal.approve_account(&call.caller().await?, account, command, Wait::NONE).await }
            .await;
    call.answer_deed(Deed::Approve, account, reason, paths::local_or(&then, paths::account(account)), result)
        .await
}

/// Refuses a request and says why.
///
/// # Errors
/// The reason is missing, the caller may not decide on it, or it was decided on
/// already.
#[server(prefix = "/actions", endpoint = "deny_account")]
pub async fn deny_account(
    /// Which.
    account: AccountId,
    /// Why.
    #[server(default)]
    reason: String,
    /// The page to go on to; the account's, where none is named.
    #[server(default)]
    then: String,
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let command = domain::command::WithReason { reason: Some(reason.clone()) };
    let result = async { call.portal.deny_account(&call.caller().await?, account, command).await }.await;
    call.answer_deed(Deed::Deny, account, reason, paths::local_or(&then, paths::account(account)), result)
        .await
}
