//! The use cases: `domain::Portal`, implemented once, one file a use case.
//!
//! Each asks [`domain::policy`] first, parses second, and commits the change
//! with its events. Calls to services are the worker's: a handler commits what
//! is wanted, and waits a while for it to come true.

mod account_history;
mod actors;
mod apply_service;
mod clean_up_own;
mod find_service;
mod list_accounts;
mod list_events;
mod people;
mod renew_account;
mod request_account;
mod reveal_account;
mod revoke_account;
mod show_account;
mod sign_in;
mod tokens;
mod waiting;
mod watch_account;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    Actor, Problem, ProblemKind,
    account::{AccountView, Credentials},
    actor::Caller,
    audit::{Action, AuditVerdict, Event, ListEvents},
    command::{ListAccounts, RenewAccount, RequestAccount, Wait},
    id::{AccountId, PersonId, TokenId},
    page::{Page, PageQuery},
    people::{AddPerson, Person, SignIn},
    portal::{Accounts, Applied, Audit, CleanUp, People, Services},
    service::Service,
    token::{IssueToken, IssuedToken, Token},
};
use futures::stream::BoxStream;
use serde_json::json;

use crate::{
    directory::Directory,
    secrets::keyring::Keyring,
    store::{NewEvent, Store},
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
    /// Time, randomness and ids.
    pub world: World,
    /// The domain of the accounts' e-mail addresses.
    pub email_domain: String,
}

impl Handlers {
    /// Writes into the audit that somebody was refused, if they were: an
    /// attempt is news too.
    async fn refusals_noted<T>(
        &self,
        by: &Caller,
        wanted: &'static str,
        work: impl Future<Output = Result<T, Problem>> + Send,
    ) -> Result<T, Problem> {
        let result = work.await;
        if let Err(problem) = &result
            && problem.kind == ProblemKind::Forbidden
        {
            let refused = NewEvent::new(Action::Refused, by)
                .subject(wanted)
                .details(json!({ "reason": problem.detail }));
            self.store.begin().await?.commit(refused.into()).await?;
        }
        result
    }
}

#[async_trait]
impl Accounts for Handlers {
    async fn request_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        self.refusals_noted(by, "request_account", request_account::run(self, by, &command, wait)).await
    }

    async fn list_accounts(
        &self,
        by: &Caller,
        which: ListAccounts,
        page: PageQuery,
    ) -> Result<Page<AccountView>, Problem> {
        self.refusals_noted(by, "list_accounts", list_accounts::run(self, by, &which, &page)).await
    }

    async fn show_account(&self, by: &Caller, id: AccountId) -> Result<AccountView, Problem> {
        self.refusals_noted(by, "show_account", show_account::run(self, by, id)).await
    }

    async fn account_history(
        &self,
        by: &Caller,
        id: AccountId,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem> {
        self.refusals_noted(by, "account_history", account_history::run(self, by, id, &page)).await
    }

    async fn reveal_account(&self, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
        self.refusals_noted(by, "reveal_account", reveal_account::run(self, by, id)).await
    }

    async fn renew_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: RenewAccount,
    ) -> Result<AccountView, Problem> {
        self.refusals_noted(by, "renew_account", renew_account::run(self, by, id, &command)).await
    }

    async fn revoke_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        self.refusals_noted(by, "revoke_account", revoke_account::run(self, by, id, wait)).await
    }

    async fn clean_up_own(&self, by: &Caller, wait: Wait) -> Result<CleanUp, Problem> {
        self.refusals_noted(by, "clean_up_own", clean_up_own::run(self, by, wait)).await
    }

    async fn watch_account(
        &self,
        by: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem> {
        self.refusals_noted(by, "watch_account", watch_account::run(self, by, id)).await
    }
}

#[async_trait]
impl Services for Handlers {
    async fn apply_service(&self, by: &Caller, table: serde_json::Value) -> Result<Applied, Problem> {
        self.refusals_noted(by, "apply_service", apply_service::run(self, by, table)).await
    }

    async fn list_services(&self, by: &Caller) -> Result<Vec<Service>, Problem> {
        self.refusals_noted(by, "list_services", find_service::list(self, by)).await
    }

    async fn show_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem> {
        self.refusals_noted(by, "show_service", find_service::by_slug(self, by, slug)).await
    }

    async fn find_service_by_url(&self, by: &Caller, base_url: &str) -> Result<Service, Problem> {
        self.refusals_noted(by, "find_service_by_url", find_service::by_url(self, by, base_url)).await
    }
}

#[async_trait]
impl People for Handlers {
    async fn sign_in(&self, request_id: Option<String>, command: SignIn) -> Result<Person, Problem> {
        sign_in::sign_in(self, request_id, command).await
    }

    async fn sign_out(&self, by: &Caller) -> Result<(), Problem> {
        sign_in::sign_out(self, by).await
    }

    async fn actor_of_session(&self, person: PersonId) -> Result<Actor, Problem> {
        actors::of_session(self, person).await
    }

    async fn actor_of_token(&self, text: &str) -> Result<Actor, Problem> {
        actors::of_token(self, text).await
    }

    async fn add_person(&self, by: &Caller, command: AddPerson) -> Result<Person, Problem> {
        self.refusals_noted(by, "add_person", people::add(self, by, command)).await
    }

    async fn list_people(&self, by: &Caller) -> Result<Vec<Person>, Problem> {
        self.refusals_noted(by, "list_people", people::list(self, by)).await
    }

    async fn disable_person(&self, by: &Caller, login: &str) -> Result<Person, Problem> {
        self.refusals_noted(by, "disable_person", people::disable(self, by, login)).await
    }

    async fn issue_token(
        &self,
        by: &Caller,
        owner: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem> {
        self.refusals_noted(by, "issue_token", tokens::issue(self, by, owner, &command)).await
    }

    async fn list_tokens(&self, by: &Caller, page: PageQuery) -> Result<Page<Token>, Problem> {
        self.refusals_noted(by, "list_tokens", tokens::list(self, by, &page)).await
    }

    async fn revoke_token(&self, by: &Caller, id: TokenId) -> Result<Token, Problem> {
        self.refusals_noted(by, "revoke_token", tokens::revoke(self, by, id)).await
    }
}

#[async_trait]
impl Audit for Handlers {
    async fn list_events(
        &self,
        by: &Caller,
        which: ListEvents,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem> {
        self.refusals_noted(by, "list_events", list_events::run(self, by, &which, &page)).await
    }

    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem> {
        self.refusals_noted(by, "verify_audit", list_events::verify(self, by)).await
    }
}
