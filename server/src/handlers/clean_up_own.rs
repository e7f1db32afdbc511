//! Taking away all that one asked for.

use domain::{EndReason, Problem, actor::Caller, command::Wait, policy, portal::CleanUp};
use tokio::time::Instant;

use super::{Handlers, revoke_account, waiting};

pub(super) async fn run(portal: &Handlers, by: &Caller, wait: Wait) -> Result<CleanUp, Problem> {
    let holder = policy::request_account(&by.actor)?;
    let token = by.actor.token().map(|token| token.id);
    let accounts = portal.store.living_accounts_of(&holder, token).await?;
    let mut failed = None;
    for id in &accounts {
        // One that cannot be revoked must not keep the others from it.
        if let Err(problem) = revoke_account::begin(portal, by, *id, EndReason::CleanedUp).await {
            failed = Some(problem);
        }
    }
    if let Some(problem) = failed {
        return Err(problem);
    }
    let deadline = Instant::now() + wait.duration();
    let mut pending = 0;
    for id in &accounts {
        let left = Wait::seconds(deadline.saturating_duration_since(Instant::now()).as_secs());
        let account =
            waiting::until(portal, portal.store.changes(), *id, left, |account| account.state.is_final())
                .await?;
        pending += usize::from(!account.state.is_final());
    }
    Ok(CleanUp { matched: accounts.len(), pending })
}
