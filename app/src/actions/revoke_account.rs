//! Takes an account away.

use domain::{account::AccountView, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Revokes the account, or takes back the request for it; answers once it is
/// gone or some seconds have passed.
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
    call.answer_deed(Deed::Revoke, account, String::new(), paths::account(account), result).await
}
