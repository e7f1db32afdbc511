//! Comparing a service's accounts with the ledger, and deleting there what
//! should be gone: for those who ask for it, and for the worker.

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{
    Problem, ProblemKind, Ttl,
    actor::Caller,
    audit::Action,
    drift::{Difference, DriftEntry, DriftKind, DriftState, LedgerEntry, Look},
    secret::Secret,
    service::Capability,
    text::Value,
};
use serde_json::json;

use crate::{
    connectors::{Answer, Call, ConnectorError, Identity, Listing, Presence, Removal},
    directory::Target,
    store::{Events, NewEvent, Store, SweepClaim},
    world::World,
};

/// More differences than this are no drift: the definition does not fit.
const MOST: usize = 10_000;

/// What the service and the ledger differ about beyond doubt.
///
/// # Errors
/// The service cannot be asked, or the database failed.
pub async fn look(store: &Store, world: &World, target: &Target) -> Result<Vec<Difference>, Failure> {
    let prefix = target.service.policy.username_prefix.as_str();
    let begun_at = world.now();
    let before = store.living_on(target.service.id).await?;
    let mut listed = names(target.connector.list(prefix).await?);
    let looked_up: Vec<&str> = listed.keys().map(String::as_str).collect();
    let (service, base_url) = (target.service.id, &target.service.base_url);
    let beside = store.borne_beside(service, base_url, &looked_up).await?;
    // Read last: whatever changed since then is left alone by that.
    let mut after = store.ledger(service, &looked_up).await?;
    // Whoever was named when names began otherwise was not asked for.
    after.retain(|entry| entry.username.starts_with(prefix));
    listed.retain(|name, _| !beside.contains(name));
    let found = Look { begun_at, over_at: world.now(), before, listed, after }.differences();
    if found.len() > MOST {
        let detail = format!(
            "{} and the ledger differ about {} accounts, more than the {MOST} that a sweep records. Does its `list` \
             show another service's accounts, or begin the names of others with `{prefix}` too?",
            target.service.slug,
            found.len()
        );
        return Err(Problem::new(ProblemKind::TargetRefused, detail).into());
    }
    Ok(found)
}

/// The names that are listed, but for those that no record can hold: they are
/// none of ours.
fn names(listing: Listing) -> BTreeMap<String, Option<String>> {
    let is_text = |text: &str| text.parse::<Value>().is_ok_and(|value| value.into_string() == text);
    let mut names = BTreeMap::new();
    for account in listing.accounts {
        let remote_id = account.remote_id.filter(|id| is_text(id));
        match names.entry(account.username) {
            Entry::Vacant(place) if is_text(place.key()) => {
                place.insert(remote_id);
            }
            Entry::Vacant(place) => tracing::warn!(name = ?place.key(), "a listed name is left out"),
            // Nobody knows which one is meant: the id that the ledger has counts.
            Entry::Occupied(mut there) if *there.get() != remote_id => *there.get_mut() = None,
            Entry::Occupied(_) => {}
        }
    }
    names
}

/// Records what a sweep found, and gives its claim back; answers how it stands
/// by now. `asked` is the event of who asked for the sweep.
///
/// # Errors
/// Somebody else sweeps the service by now, or the database failed.
pub async fn record(
    store: &Store,
    claim: SweepClaim,
    target: &Target,
    found: &[Difference],
    by: &Caller,
    asked: Option<NewEvent>,
) -> Result<Vec<DriftEntry>, Problem> {
    let work = store.begin().await?;
    work.finish_sweep(claim).await?;
    let entries = work.record_drift(&target.service, found).await?;
    let is_new =
        |entry: &&DriftEntry| entry.state == DriftState::Open && entry.sweeps == DriftEntry::SHOWN_AFTER;
    let mut events: Vec<NewEvent> = asked.into_iter().collect();
    for entry in entries.iter().filter(is_new) {
        let found = event(Action::DriftFound, by, entry, json!({}));
        let account = match entry.account {
            Some(id) => store.account(id).await?,
            None => None,
        };
        events.push(match account {
            Some(account) => found.account(&account),
            None => found,
        });
    }
    match Events::all(events) {
        Some(events) => work.commit(events).await?,
        None => work.commit_bookkeeping().await?,
    }
    Ok(entries)
}

/// What happened with an entry.
pub fn event(action: Action, by: &Caller, entry: &DriftEntry, mut details: serde_json::Value) -> NewEvent {
    details["kind"] = json!(entry.kind);
    details["minted"] = json!(entry.minted);
    details["remote_id"] = json!(entry.remote_id);
    details["first_seen"] = json!(entry.first_seen);
    NewEvent::new(action, by).service(&entry.service).subject(&entry.username).details(details)
}

/// Whether the ledger says that an account of that name on the service can only
/// be ours, and should be gone.
///
/// # Errors
/// The database failed.
pub async fn ended_here(
    store: &Store,
    target: &Target,
    entry: &DriftEntry,
) -> Result<Option<LedgerEntry>, Problem> {
    let of_name = store.ledger_entry(target.service.id, &entry.username).await?;
    Ok(of_name.filter(|of_name| entry.kind == DriftKind::Unknown && of_name.is_ended_and_ours()))
}

/// Deletes on its service what ended here, and puts on record what proves that
/// it is gone.
///
/// # Errors
/// It cannot be deleted or is still there, or the database failed.
pub async fn delete(
    store: &Store,
    target: &Target,
    by: &Caller,
    entry: DriftEntry,
    ended: LedgerEntry,
) -> Result<DriftEntry, Failure> {
    let account = store.account(ended.account).await?.ok_or_else(Problem::internal)?;
    let who = Identity {
        account_id: account.id,
        username: ended.username,
        email: account.email.clone(),
        // Its password was destroyed when it ended.
        password: Secret::new(String::new()),
        own_secret: None,
        attributes: account.attributes.clone(),
        remote_id: entry.remote_id.clone().or(ended.remote_id),
    };
    let proof = delete_there(target, &who).await?;
    let entry = DriftEntry { state: DriftState::Deleted, ..entry };
    let mut details = proof.first().map_or_else(|| json!({}), Call::details);
    details["proof"] = json!(proof.iter().map(ToString::to_string).collect::<Vec<_>>());
    let work = store.begin().await?;
    work.save_drift(&entry).await?;
    let deleted = event(Action::DriftDeleted, by, &entry, details).account(&account);
    work.commit(deleted.into()).await?;
    Ok(entry)
}

async fn delete_there(target: &Target, who: &Identity) -> Result<Vec<Call>, Failure> {
    let connector = target.connector.as_ref();
    let deleted = connector.delete(who).await?;
    let Answer { outcome: Removal::Ok | Removal::Absent, call, .. } = deleted;
    let mut proof = vec![call];
    if connector.capabilities().contains(&Capability::Gone) {
        let Answer { outcome, call, .. } = connector.gone(who).await?;
        if outcome == Presence::Present {
            let detail = format!("It was deleted, and is still there: {call}.");
            return Err(Problem::new(ProblemKind::TargetRefused, detail).into());
        }
        proof.push(call);
    }
    Ok(proof)
}

/// Why something could not be done on a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    problem: Problem,
    /// Whether the portal's own guard refused the call.
    guarded: bool,
}

impl Failure {
    /// The problem; where the guard refused the call, that is put on record,
    /// but for what was `known` before.
    ///
    /// # Errors
    /// It cannot be put on record.
    pub async fn noted(
        self,
        store: &Store,
        target: &Target,
        by: &Caller,
        known: Option<&str>,
    ) -> Result<Problem, Problem> {
        if self.guarded && known != Some(&self.problem.detail) {
            let reason = json!({ "reason": self.problem.detail });
            let refused = NewEvent::new(Action::CallRefused, by).service(&target.service.slug);
            store.record(refused.details(reason).repeatable()).await?;
        }
        Ok(self.problem)
    }
}

impl<T: Into<Problem>> From<T> for Failure {
    fn from(problem: T) -> Self {
        Self { problem: problem.into(), guarded: false }
    }
}

impl From<ConnectorError> for Failure {
    fn from(error: ConnectorError) -> Self {
        let kind = match &error {
            ConnectorError::Guarded { .. }
            | ConnectorError::Misconfigured { .. }
            | ConnectorError::NotOffered(_)
            | ConnectorError::Unaddressable(_) => ProblemKind::Conflict,
            ConnectorError::Retry { .. } => ProblemKind::TargetUnavailable,
            error if error.is_unanswered() => ProblemKind::TargetUnavailable,
            ConnectorError::Unreachable { .. }
            | ConnectorError::Unprepared { .. }
            | ConnectorError::TimedOut { .. }
            | ConnectorError::Rejected { .. }
            | ConnectorError::Denied { .. }
            | ConnectorError::Unknown { .. } => ProblemKind::TargetRefused,
        };
        let retry_after = error.retry_after().and_then(|wait| Ttl::from_secs(wait.as_secs()));
        let problem = Problem { retry_after, ..Problem::new(kind, error.what()) };
        Self { problem, guarded: error.is_guarded() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::Listed;

    fn listing(accounts: &[(&str, Option<&str>)]) -> Listing {
        let listed = |(username, id): &(&str, Option<&str>)| Listed {
            username: (*username).to_owned(),
            remote_id: id.map(str::to_owned),
        };
        let accounts = accounts.iter().map(listed).collect();
        Listing { accounts, call: Call::begun(Capability::List, "GET /accounts".to_owned()) }
    }

    #[test]
    fn a_name_that_stands_in_the_list_under_several_ids_has_none_that_counts() {
        let several = [("test_a", Some("1")), ("test_a", Some("2")), ("test_a", Some("1"))];
        let listed = names(listing(&several));
        assert_eq!(listed, [("test_a".to_owned(), None)].into());
        let one = names(listing(&[("test_a", Some("1")), ("test_a", Some("1"))]));
        assert_eq!(one["test_a"].as_deref(), Some("1"));
    }

    #[test]
    fn what_no_record_can_hold_is_left_out() {
        let long = "x".repeat(256);
        let listed = names(listing(&[
            ("test_a\u{0}", None),
            ("test_b ", None),
            (&long, None),
            ("test_c", Some("\u{7}")),
        ]));
        assert_eq!(listed, [("test_c".to_owned(), None)].into());
    }
}
