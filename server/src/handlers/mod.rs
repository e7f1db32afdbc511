//! The use cases: `domain::Portal`, implemented once, one file a use case.
//!
//! Each asks [`domain::policy`] first, parses second, and commits the change
//! with its events. Calls to services are the worker's: a handler commits what
//! is wanted, and waits a while for it to come true.

mod account_history;
mod account_holders;
mod actors;
mod adopt_drift;
mod apply_service;
mod apply_service_files;
mod apply_service_form;
mod back_up;
mod batches;
mod check_service;
mod clean_up;
mod decide_account;
mod drift;
mod erase_person;
mod exchange_token;
mod export_events;
mod find_service;
mod freeze_account;
mod invitations;
mod list_accounts;
mod list_events;
mod names;
mod pause_service;
mod people;
mod portal;
mod provider_sign_in;
mod renew_account;
mod request_account;
mod reset_account;
mod retire_service;
mod retries;
mod reveal_account;
mod revoke_account;
mod rotate_keys;
mod seal_secret;
mod sessions;
mod show_account;
mod sign_in;
mod sweep_service;
mod teams;
mod terms;
mod tokens;
mod upkeep;
mod waiting;
mod watch_account;

use std::{fmt::Display, path::Path, sync::Arc};

use domain::{
    Problem, ProblemKind, access::Invitation, actor::Caller, audit::Action, id::AccountId, portal::Applied,
};
use serde_json::json;
use tracing::Instrument;

pub use self::{
    apply_service_files::NotApplied, back_up::NotBackedUp, erase_person::Erased, retries::RunningRequests,
};
use crate::{
    audit::Heads,
    connectors::ServiceFile,
    directory::Directory,
    identity::{Provider, RunIdentities},
    secrets::keyring::{KeyId, Keyring},
    store::{NewEvent, Store},
    worker::Intake,
    world::World,
};

/// What the use cases stand on.
#[derive(Clone, Debug)]
pub struct Handlers {
    /// Where everything is kept.
    pub store: Store,
    /// Seals and opens passwords.
    pub keyring: Arc<Keyring>,
    /// The services and their connectors.
    pub directory: Directory,
    /// Signs what the audit's chain comes to, and keeps that.
    pub heads: Arc<Heads>,
    /// The provider through which people can sign in, if there is one.
    pub provider: Option<Arc<Provider>>,
    /// Whose identity tokens of CI runs are taken.
    pub run_identities: Arc<RunIdentities>,
    /// Time, randomness and ids.
    pub world: World,
    /// The domain of the accounts' e-mail addresses.
    pub email_domain: String,
    /// The requests that are being carried out and may come again.
    pub running: RunningRequests,
    /// Where new work is handed over, if a worker runs in this process.
    pub intake: Option<Intake>,
}

impl Handlers {
    /// How long something that was sent to a service may still be done after
    /// nobody waits for it any more, in milliseconds.
    fn settle_millis(&self) -> i64 {
        2 * self.directory.call_limits().total.as_millis() as i64
    }

    /// Registers or changes the services that the files describe: all of
    /// them, or none.
    ///
    /// # Errors
    /// Something is wrong with the files, or cannot be done at present.
    pub async fn apply_service_files(
        &self,
        by: &Caller,
        files: &[ServiceFile],
    ) -> Result<Vec<Applied>, NotApplied> {
        apply_service_files::run_all(self, by, files).await
    }

    /// How much each key has sealed, the one first that seals.
    ///
    /// # Errors
    /// The caller may not, or the database failed.
    pub async fn list_keys(&self, by: &Caller) -> Result<Vec<(KeyId, u64)>, Problem> {
        rotate_keys::list(self, by).await
    }

    /// Makes a new key, and seals everything with it, while the portal serves;
    /// answers how much that was.
    ///
    /// # Errors
    /// The caller may not, the keys do not stand in a file, or the database
    /// failed.
    pub async fn rotate_keys(&self, by: &Caller) -> Result<u64, Problem> {
        rotate_keys::rotate(self, by).await
    }

    /// Seals with the first key all that another one has sealed.
    ///
    /// # Errors
    /// The caller may not, or the database failed.
    pub async fn reseal(&self, by: &Caller) -> Result<u64, Problem> {
        rotate_keys::reseal(self, by).await
    }

    /// Does away with the keys that are needed no more.
    ///
    /// # Errors
    /// The caller may not, the keys do not stand in a file, or the database
    /// failed.
    pub async fn prune_keys(&self, by: &Caller) -> Result<Vec<KeyId>, Problem> {
        rotate_keys::prune(self, by).await
    }

    /// Erases a person who is disabled and holds nothing: another name stands in
    /// the place of theirs from now on, also in the audit, whose chain stays
    /// whole.
    ///
    /// # Errors
    /// The caller may not, they are not disabled or hold accounts, or the
    /// database failed; then it can be asked for again.
    pub async fn erase_person(&self, by: &Caller, login: &str) -> Result<Erased, Problem> {
        erase_person::run(self, by, login).await
    }

    /// Makes the one-time link by which the first admin sets the portal up; none
    /// where somebody is there already. Links made before are worthless then.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_up_link(&self) -> Result<Option<Invitation>, Problem> {
        invitations::make_first(self).await
    }

    /// Copies the whole database into a new file, while it is in use.
    ///
    /// # Errors
    /// It is PostgreSQL, the file cannot be made, or the database failed.
    pub async fn back_up(&self, by: &Caller, file: &Path) -> Result<(), NotBackedUp> {
        back_up::run(self, by, file).await
    }

    /// Sees work through that is done on a service as well, also when whoever
    /// asked does not wait for its end: what was done there has to come on
    /// record.
    async fn seen_through<T: Send + 'static>(
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, Problem> {
        tokio::spawn(work.in_current_span()).await.unwrap_or_else(|error| {
            tracing::error!(%error, "what was asked for broke down");
            Err(Problem::internal())
        })
    }

    /// Writes into the audit that somebody was refused, if they were: an
    /// attempt is news too.
    async fn refusals_noted<T>(
        &self,
        by: &Caller,
        wanted: &'static str,
        work: impl Future<Output = Result<T, Problem>> + Send,
    ) -> Result<T, Problem> {
        self.refusals_noted_of(None, by, wanted, work).await
    }

    /// The same, where it was wanted of an account.
    async fn refusals_noted_of<T>(
        &self,
        account: impl Into<Option<AccountId>>,
        by: &Caller,
        wanted: &'static str,
        work: impl Future<Output = Result<T, Problem>> + Send,
    ) -> Result<T, Problem> {
        let account = account.into();
        let result = work.await;
        if let Err(problem) = &result
            && problem.kind == ProblemKind::Forbidden
        {
            let mut refused = NewEvent::new(Action::Refused, by)
                .subject(wanted)
                .details(json!({ "reason": problem.detail }))
                .repeatable();
            if let Some(id) = account
                && let Some(account) = self.store.account(id).await?
            {
                refused = refused.account(&account);
            }
            self.store.record(refused).await?;
        }
        result
    }
}

/// What the present state does not allow.
fn conflict(error: impl Display) -> Problem {
    let text = error.to_string();
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    let sentence: String = first.into_iter().chain(characters).chain(['.']).collect();
    Problem::new(ProblemKind::Conflict, sentence)
}
