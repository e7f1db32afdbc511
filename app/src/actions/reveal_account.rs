//! Shows an account's password to who holds it.

use domain::{account::Credentials, id::AccountId};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
    visit::Note,
};

/// The account's credentials. A plain form gets none: its page reveals them,
/// so that they are in no answer that a browser could keep.
///
/// # Errors
/// Somebody else holds the account, or it has no password to show.
#[server(prefix = "/actions", endpoint = "reveal_account")]
pub async fn reveal_account(
    /// Whose.
    account: AccountId,
) -> Result<Option<Credentials>, ActionError> {
    let call = Call::now()?;
    let result = async {
        let caller = call.caller().await?;
        if call.is_plain() {
            return Ok(None);
        }
        call.portal.reveal_account(&caller, account).await.map(Some)
    }
    .await;
    call.answer(result, |_| Next::page(paths::account(account)).with(Note::Reveal { account })).await
}
