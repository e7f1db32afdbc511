//! Changing the keys that seal what must be read again.

use std::collections::BTreeMap;

use domain::{Problem, ProblemKind, actor::Caller, audit::Action, policy};
use serde_json::json;

use super::Handlers;
use crate::{
    secrets::keyring::{KeyId, KeyringError},
    store::NewEvent,
};

/// How much each key has sealed: the one first that seals.
pub(super) async fn list(portal: &Handlers, by: &Caller) -> Result<Vec<(KeyId, u64)>, Problem> {
    policy::manage_people(&by.actor)?;
    let sealed: BTreeMap<KeyId, u64> = portal.store.sealed_by().await?;
    let ids = portal.keyring.ids().into_iter();
    Ok(ids.map(|id| (id, sealed.get(&id).copied().unwrap_or_default())).collect())
}

/// Makes a new key, and seals everything with it; answers how much that was.
pub(super) async fn rotate(portal: &Handlers, by: &Caller) -> Result<u64, Problem> {
    policy::manage_people(&by.actor)?;
    portal.keyring.add_key().map_err(unchanged)?;
    reseal(portal, by).await
}

/// Seals with the first key all that another one has sealed.
pub(super) async fn reseal(portal: &Handlers, by: &Caller) -> Result<u64, Problem> {
    policy::manage_people(&by.actor)?;
    let sealed = portal.store.reseal(&portal.keyring).await?;
    let key = portal.keyring.ids().first().map(ToString::to_string);
    let details = json!({ "key": key, "sealed": sealed });
    portal.store.record(NewEvent::new(Action::KeysRotated, by).details(details)).await?;
    Ok(sealed)
}

/// Does away with the keys that have sealed nothing that is still there.
pub(super) async fn prune(portal: &Handlers, by: &Caller) -> Result<Vec<KeyId>, Problem> {
    policy::manage_people(&by.actor)?;
    let needed: Vec<KeyId> = portal.store.sealed_by().await?.into_keys().collect();
    portal.keyring.keep_only(&needed).map_err(unchanged)
}

fn unchanged(error: KeyringError) -> Problem {
    let text = error.to_string();
    Problem::new(ProblemKind::Conflict, format!("The keys stay as they are: {text}."))
}
