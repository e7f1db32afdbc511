//! Everything that the portal can do: the one list of it.
//!
//! Pages, JSON API and command line call these and nothing else. Each method
//! first asks [`policy`](crate::policy), then parses, then acts; what it
//! changes and the events that tell of it are committed together.

use async_trait::async_trait;
use futures_core::stream::BoxStream;

use crate::{
    account::{AccountView, Credentials},
    actor::{Actor, Caller},
    audit::{AuditVerdict, Event, ListEvents},
    command::{ListAccounts, RenewAccount, RequestAccount, Wait},
    id::{AccountId, PersonId, TokenId},
    page::{Page, PageQuery},
    people::{AddPerson, Person, SignIn},
    problem::Problem,
    service::Service,
    token::{IssueToken, IssuedToken, Token},
};

/// Use cases on accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Asks for an account; answers once it is settled or `wait` is over.
    async fn request_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// The accounts that the caller sees.
    async fn list_accounts(
        &self,
        by: &Caller,
        which: ListAccounts,
        page: PageQuery,
    ) -> Result<Page<AccountView>, Problem>;

    /// One account.
    async fn show_account(&self, by: &Caller, id: AccountId) -> Result<AccountView, Problem>;

    /// What happened to the account, newest first.
    async fn account_history(
        &self,
        by: &Caller,
        id: AccountId,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem>;

    /// The account's credentials, for who holds it; always an event.
    async fn reveal_account(&self, by: &Caller, id: AccountId) -> Result<Credentials, Problem>;

    /// Makes the lease longer, up to what the services' policies allow.
    async fn renew_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: RenewAccount,
    ) -> Result<AccountView, Problem>;

    /// Takes the account away; answers once it is gone or `wait` is over.
    /// On an account that ended it changes nothing.
    async fn revoke_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem>;

    /// Takes away every account that the caller's token asked for (for a
    /// person: that they asked for in person) and that the caller still
    /// holds; answers how many, once all are gone or `wait` is over.
    async fn clean_up_own(&self, by: &Caller, wait: Wait) -> Result<CleanUp, Problem>;

    /// The account now, and again whenever it changes.
    async fn watch_account(
        &self,
        by: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem>;
}

/// How far a cleanup came while its caller waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CleanUp {
    /// How many accounts it met.
    pub matched: usize,
    /// How many of them are not proven gone yet.
    pub pending: usize,
}

/// Use cases on services.
#[async_trait]
pub trait Services: Send + Sync {
    /// Registers the service that the table describes, or changes the one
    /// with its slug. The table is that of a service file, as JSON.
    async fn apply_service(&self, by: &Caller, table: serde_json::Value) -> Result<Applied, Problem>;

    /// All services, by slug.
    async fn list_services(&self, by: &Caller) -> Result<Vec<Service>, Problem>;

    /// One service.
    async fn show_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem>;

    /// The first service, by slug, with that base URL (compared normalised).
    async fn find_service_by_url(&self, by: &Caller, base_url: &str) -> Result<Service, Problem>;
}

/// What applying a service file did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// There is a new service.
    Registered(Service),
    /// The service is not as it was.
    Changed(Service),
    /// It was so already.
    Unchanged(Service),
}

/// Use cases on people, their sign-ins and their tokens.
#[async_trait]
pub trait People: Send + Sync {
    /// Lets somebody in who knows the password. Takes equally long for a
    /// login that does not exist.
    async fn sign_in(&self, request_id: Option<String>, command: SignIn) -> Result<Person, Problem>;

    /// Notes that somebody left.
    async fn sign_out(&self, by: &Caller) -> Result<(), Problem>;

    /// The actor behind a session; refused once the person is disabled.
    async fn actor_of_session(&self, person: PersonId) -> Result<Actor, Problem>;

    /// The actor behind a token's text; refused once it expired, it was
    /// revoked, or its owner is disabled.
    async fn actor_of_token(&self, text: &str) -> Result<Actor, Problem>;

    /// Adds somebody who can sign in.
    async fn add_person(&self, by: &Caller, command: AddPerson) -> Result<Person, Problem>;

    /// Everybody, by login.
    async fn list_people(&self, by: &Caller) -> Result<Vec<Person>, Problem>;

    /// Shuts somebody out from the next request on.
    async fn disable_person(&self, by: &Caller, login: &str) -> Result<Person, Problem>;

    /// Issues a token for `owner` (the caller, where that is `None`).
    async fn issue_token(
        &self,
        by: &Caller,
        owner: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem>;

    /// The caller's tokens, newest first.
    async fn list_tokens(&self, by: &Caller, page: PageQuery) -> Result<Page<Token>, Problem>;

    /// Makes a token worthless from the next request on.
    async fn revoke_token(&self, by: &Caller, id: TokenId) -> Result<Token, Problem>;
}

/// Use cases on the audit trail.
#[async_trait]
pub trait Audit: Send + Sync {
    /// The events that the caller may read, newest first.
    async fn list_events(
        &self,
        by: &Caller,
        which: ListEvents,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem>;

    /// Recomputes the whole chain.
    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem>;
}

/// The whole portal.
pub trait Portal: Accounts + Services + People + Audit {}

impl<T: Accounts + Services + People + Audit> Portal for T {}
