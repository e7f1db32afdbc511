//! Making right here where a service and the ledger differ.

use domain::{
    Account, Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    command::{RequestAccount, Wait},
    drift::{DriftEntry, DriftKind, DriftState},
    id::{AccountId, DriftId},
    policy,
    service::Capability,
    text::Slug,
};
use serde_json::json;

use super::{
    Handlers, drift,
    names::Names,
    request_account::drawn_up,
    reset_account::{self, Why},
    terms::Terms,
    waiting,
};
use crate::{
    store::{Events, UnitOfWork},
    sweep,
};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    id: DriftId,
    wait: Wait,
) -> Result<DriftEntry, Problem> {
    drift::operable(portal, by, id).await?;
    policy::write_accounts(&by.actor)?;
    let changes = portal.store.changes();
    let work = portal.store.begin().await?;
    let entry = drift::take(&work, id).await?;
    let (account, events) = match (entry.kind, entry.account) {
        (DriftKind::Missing, Some(account)) => {
            create_again(portal, by, &work, account, &entry.service).await?
        }
        (DriftKind::Unknown, Some(_)) => return Err(has_ended(&entry)),
        (DriftKind::Unknown | DriftKind::Missing, None) => {
            (take_over(portal, by, &work, &entry).await?, None)
        }
    };
    let entry = DriftEntry { state: DriftState::Adopted, account: Some(account.id), ..entry };
    work.save_drift(&entry).await?;
    let adopted = sweep::event(Action::DriftAdopted, by, &entry, json!({})).account(&account);
    work.commit(Events::from(adopted).and(events)).await?;
    waiting::until(portal, changes, account, wait, waiting::is_settled).await?;
    Ok(entry)
}

/// A new password makes an account again that somebody has deleted on the
/// service.
async fn create_again(
    portal: &Handlers,
    by: &Caller,
    work: &UnitOfWork,
    account: AccountId,
    service: &Slug,
) -> Result<(Account, Option<Events>), Problem> {
    let terms = Terms::of(portal, work, std::slice::from_ref(service)).await?;
    if !terms.targets.iter().all(|target| target.connector.can_create_again()) {
        let detail =
            format!("{service} never gives a name twice. Give the account up, and ask for another one.");
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let (account, event) = reset_account::begin(portal, by, work, account, Why::Reset).await?;
    Ok((account, Some(event.into())))
}

fn has_ended(entry: &DriftEntry) -> Problem {
    let detail = format!(
        "The account to which {} belonged has ended, and does not come back. Delete it from {}, and ask for \
         another account.",
        entry.username, entry.service
    );
    Problem::new(ProblemKind::Conflict, detail)
}

/// An account that the service had before anybody here knew of it becomes the
/// caller's, with a password that only the portal knows.
async fn take_over(
    portal: &Handlers,
    by: &Caller,
    work: &UnitOfWork,
    entry: &DriftEntry,
) -> Result<Account, Problem> {
    let holder = policy::request_account(&by.actor)?;
    let request = RequestAccount { services: vec![entry.service.to_string()], ..RequestAccount::default() };
    let request = request.parse()?;
    let terms = Terms::of_new(portal, by, work, &request.services, None).await?;
    let conflict = |detail: String| Problem::new(ProblemKind::Conflict, detail);
    if !terms.targets.iter().all(|target| target.service.capabilities.contains(&Capability::Reset)) {
        return Err(conflict(format!(
            "{} cannot be adopted: the definition of {} does not say how to set a password, so the portal \
             could not hand the account out.",
            entry.username, entry.service
        )));
    }
    // Whatever it really has, nobody here knows.
    let usual = terms.targets.iter().flat_map(|target| target.service.traits.attributes.clone()).collect();
    let names = Names::known(&entry.username);
    let mut account = drawn_up(portal, by, &holder, &request, &usual, &terms, names);
    account.adopt(entry.remote_id.clone(), portal.world.now()).map_err(super::conflict)?;
    terms.check_quota(work, &holder, 1).await?;
    let drawn = [(account, terms.password(portal)?)];
    work.insert_accounts(&drawn, &portal.keyring, None).await.map_err(|error| {
        if error.is_taken() {
            conflict(format!("An account here has the name {} already.", entry.username))
        } else {
            error.into()
        }
    })?;
    let [(account, _)] = drawn;
    Ok(account)
}
