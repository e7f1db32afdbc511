//! Gives an account to somebody else.

use domain::{account::AccountView, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Gives the account to whom the login belongs, with a new password.
///
/// # Errors
/// Nobody can get it by that login, the caller may not, or the account's state
/// does not allow it.
#[server(prefix = "/actions", endpoint = "hand_over_account")]
pub async fn hand_over_account(
    /// Which.
    account: AccountId,
    /// The login of who is to hold it.
    #[server(default)]
    to: String,
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let command = domain::command::HandOver { to: to.clone() };
    let result = async {
        call.portal.hand_over_account(&call.caller().await?, account, command, Default::default()).await
    }
    .await;
    call.answer_deed(Deed::HandOver, account, to, paths::account(account), result).await
}

/// Leaves the account to who holds it, with a new password.
///
/// # Errors
/// It is not being handed over, or the caller may not.
#[server(prefix = "/actions", endpoint = "call_off_hand_over")]
pub async fn call_off_hand_over(
    /// Of which account.
    account: AccountId,
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let result =
        async { call.portal.call_off_hand_over(&call.caller().await?, account, Default::default()).await }
            .await;
    call.answer_deed(Deed::CallOff, account, String::new(), paths::account(account), result).await
}
