//! Disables an account for a while.

use domain::{account::AccountView, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Disables the account on every service, until it is unfrozen.
///
/// # Errors
/// A service cannot do that, the caller may not, or the account's state does
/// not allow it.
#[server(prefix = "/actions", endpoint = "freeze_account")]
pub async fn freeze_account(
    /// Which.
    account: AccountId,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let command = domain::command::WithReason { reason: Some(reason.clone()) };
    let result = async {
        call.portal.freeze_account(&call.caller().await?, account, command, Default::default()).await
    }
    .await;
    call.answer_deed(Deed::Freeze, account, reason, paths::account(account), result).await
}

/// Enables the account again on every service.
///
/// # Errors
/// The caller may not, or the account's state does not allow it.
#[server(prefix = "/actions", endpoint = "unfreeze_account")]
pub async fn unfreeze_account(
    /// Which.
    account: AccountId,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let command = domain::command::WithReason { reason: Some(reason.clone()) };
    let result = async {
        call.portal.unfreeze_account(&call.caller().await?, account, command, Default::default()).await
    }
    .await;
    call.answer_deed(Deed::Unfreeze, account, reason, paths::account(account), result).await
}
