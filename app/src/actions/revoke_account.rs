//! Takes an account away.

use domain::{account::AccountView, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
    visit::Note,
};

/// Revokes the account; answers once it is gone or some seconds have passed.
///
/// # Errors
/// The caller may not, or the account does not exist for them.
#[server(prefix = "/actions", endpoint = "revoke_account")]
pub async fn revoke_account(
    /// Which.
    account: AccountId,
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let result =
        async { call.portal.revoke_account(&call.caller().await?, account, Default::default()).await }.await;
    call.answer(result, |result| {
        Next::page(paths::account(account)).with(match result {
            Ok(_) => Note::Revoked { account },
            Err(problem) => Note::RevokeRefused { account, problem: problem.document(None) },
        })
    })
    .await
}
