//! An account, live.

use domain::{Problem, account::AccountView, actor::Caller, id::AccountId, policy};
use futures::{StreamExt, stream, stream::BoxStream};

use super::{Handlers, show_account, waiting};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    id: AccountId,
) -> Result<BoxStream<'static, AccountView>, Problem> {
    policy::read_accounts(&by.actor)?;
    let changes = portal.store.changes();
    let first: AccountView = show_account::seen_by(by, portal.store.account(id).await?)?.into();
    let (portal, by) = (portal.clone(), by.clone());
    let later = stream::unfold((portal, by, changes), move |(portal, by, mut changes)| async move {
        waiting::change_of(&mut changes, id).await;
        // The stream ends when the account cannot be read or seen any more;
        // the browser asks again and gets the reason.
        let account = portal.store.account(id).await.ok()?;
        let view: AccountView = show_account::seen_by(&by, account).ok()?.into();
        Some((view, (portal, by, changes)))
    });
    Ok(stream::once(async { first }).chain(later).boxed())
}
