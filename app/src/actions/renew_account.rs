//! Makes a lease longer.

use domain::{account::AccountView, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Makes the lease last for `ttl` from now, if that is longer.
///
/// # Errors
/// The time is none, or more than the services allow; or the account cannot
/// be renewed by the caller or in its state.
#[server(prefix = "/actions", endpoint = "renew_account")]
pub async fn renew_account(
    /// Whose.
    account: AccountId,
    /// How long.
    #[server(default)]
    ttl: String,
) -> Result<AccountView, ActionError> {
    use domain::{command::RenewAccount, time::TtlText};

    let call = Call::now()?;
    let command = RenewAccount { ttl: TtlText::Text(ttl.clone()) };
    let result = async { call.portal.renew_account(&call.caller().await?, account, command).await }.await;
    call.answer_deed(Deed::Renew, account, ttl, paths::account(account), result).await
}
