//! Gives an account another password.

use domain::{account::AccountView, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Wants a new password on every service; answers once all have it or some
/// seconds have passed.
///
/// # Errors
/// The caller may not, or the account's state does not allow it.
#[server(prefix = "/actions", endpoint = "reset_account")]
pub async fn reset_account(
    /// Which.
    account: AccountId,
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let result =
        async { call.portal.reset_account(&call.caller().await?, account, Default::default()).await }.await;
    call.answer_deed(Deed::Reset, account, String::new(), paths::account(account), result).await
}
