//! Everything that the portal can do: the one list of it.
//!
//! Pages, JSON API and command line call these and nothing else. Each method
//! first asks [`policy`](crate::policy), then parses, then acts; what it
//! changes and the events that tell of it are committed together.

use async_trait::async_trait;
use futures_core::stream::BoxStream;

use crate::{
    account::{AccountView, Credentials, IssuedAccount},
    actor::{Actor, Caller},
    audit::{AuditVerdict, Event, ListEvents, SealedEvent},
    batch::{Batch, CleanUp, CleanUpPreview, Waiting},
    check::ServiceCheck,
    command::{HandOver, ListAccounts, RenewAccount, RequestAccount, Wait, WithReason},
    drift::{DriftEntry, ListDrift, Sweep},
    id::{AccountId, BatchId, DriftId, EnrollmentId, PersonId, TokenId},
    page::{Page, PageQuery},
    people::{AddPerson, Person, Role, SignIn},
    problem::Problem,
    secret::Secret,
    service::{RetireService, Service, ServiceDraft, ServiceForm},
    time::Timestamp,
    token::{IssueToken, IssuedToken, Token},
    upkeep::{Debt, ExpiryPause, Hurried, KeepRun, ListDebt, Run},
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

    /// The same, with the credentials of an account that is active then; that
    /// they were shown is an event.
    async fn issue_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<IssuedAccount, Problem>;

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

    /// Agrees to a request; answers as a request does.
    async fn approve_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Does not agree to a request; says why.
    async fn deny_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
    ) -> Result<AccountView, Problem>;

    /// Wants a new password on every service; answers once all have it or
    /// `wait` is over.
    async fn reset_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem>;

    /// Gives the account to somebody else, with a new password; answers once
    /// it is theirs or `wait` is over.
    async fn hand_over_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: HandOver,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Calls a hand-over off that is under way: who holds the account keeps it,
    /// with a new password; answers once every service has that or `wait` is
    /// over.
    async fn call_off_hand_over(
        &self,
        by: &Caller,
        id: AccountId,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Disables the account on every service; answers once all have done so
    /// or `wait` is over.
    async fn freeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Enables it again on every service; answers once all have done so or
    /// `wait` is over.
    async fn unfreeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Takes the account away; answers once it is gone or `wait` is over.
    /// On an account that ended it changes nothing.
    async fn revoke_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem>;

    /// The account now, and again whenever it changes.
    async fn watch_account(
        &self,
        by: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem>;
}

/// Use cases on many accounts at once.
#[async_trait]
pub trait Batches: Send + Sync {
    /// Asks for as many accounts as the command says.
    async fn request_batch(&self, by: &Caller, command: RequestAccount) -> Result<Batch, Problem>;

    /// What a cleanup would take away.
    async fn preview_cleanup(&self, by: &Caller, which: CleanUp) -> Result<CleanUpPreview, Problem>;

    /// Takes away what is selected now, and nothing that is made later;
    /// answers once all is gone or `wait` is over.
    async fn clean_up(&self, by: &Caller, which: CleanUp, wait: Wait) -> Result<Batch, Problem>;

    /// The batches that the caller sees, newest first.
    async fn list_batches(&self, by: &Caller, page: PageQuery) -> Result<Page<Batch>, Problem>;

    /// One batch.
    async fn show_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem>;

    /// The batch now, and again as it gets on; ends once it is finished.
    async fn watch_batch(&self, by: &Caller, id: BatchId) -> Result<BoxStream<'static, Batch>, Problem>;

    /// The requests that wait for a decision, of what the caller sees, newest
    /// first; those of a batch as one.
    async fn list_waiting(&self, by: &Caller, page: PageQuery) -> Result<Page<Waiting>, Problem>;

    /// Agrees to all requests of a creation that still wait for that.
    async fn approve_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem>;

    /// Does not agree to them; says why.
    async fn deny_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem>;

    /// Asks once more for what failed of a creation.
    async fn retry_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem>;

    /// The batch's accounts, newest first; with credentials for who holds
    /// them, each a reveal.
    async fn batch_accounts(
        &self,
        by: &Caller,
        id: BatchId,
        page: PageQuery,
    ) -> Result<Page<IssuedAccount>, Problem>;
}

/// Use cases on what runs beside the accounts.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// What should be gone and is not, of what the caller sees.
    async fn list_debt(&self, by: &Caller, which: ListDebt, page: PageQuery) -> Result<Page<Debt>, Problem>;

    /// Has the next attempt to remove it made at once.
    async fn retry_removal(&self, by: &Caller, enrollment: EnrollmentId) -> Result<Debt, Problem>;

    /// Has the next attempts to remove all of it made at once, of what the
    /// caller may clean up.
    async fn retry_removals(&self, by: &Caller, which: ListDebt) -> Result<Hurried, Problem>;

    /// Keeps a run's accounts from cleanups for a while.
    async fn keep_run(&self, by: &Caller, run: &str, command: KeepRun) -> Result<Run, Problem>;

    /// Whether leases do not end for the time being.
    async fn expiry_pause(&self, by: &Caller) -> Result<Option<ExpiryPause>, Problem>;

    /// Lets leases end again.
    async fn resume_expiry(&self, by: &Caller) -> Result<(), Problem>;
}

/// Use cases on where services and the ledger differ.
#[async_trait]
pub trait Drift: Send + Sync {
    /// Compares the service's accounts with the ledger now. What was minted
    /// here and should be gone is deleted there, and nothing else; a dry run
    /// changes nothing at all.
    async fn sweep_service(&self, by: &Caller, slug: &str, dry_run: bool) -> Result<Sweep, Problem>;

    /// What differs and was seen more than once, of what the caller sees,
    /// newest first.
    async fn list_drift(
        &self,
        by: &Caller,
        which: ListDrift,
        page: PageQuery,
    ) -> Result<Page<DriftEntry>, Problem>;

    /// Makes it right here: a stranger's account becomes the caller's, one that
    /// is missing is created again; answers once the service has done its part
    /// or `wait` is over.
    async fn adopt_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem>;

    /// Makes it right there: deletes what was minted here and should be gone,
    /// or takes away what is missing; answers once that is so or `wait` is over.
    async fn delete_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem>;

    /// Leaves it as it is, and does not show it any more while it stays so.
    async fn ignore_drift(&self, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem>;
}

/// Use cases on services.
#[async_trait]
pub trait Services: Send + Sync {
    /// Registers the service that the table describes, or changes the one
    /// with its slug. The table is that of a service file, as JSON.
    async fn apply_service(&self, by: &Caller, table: serde_json::Value) -> Result<Applied, Problem>;

    /// The same for each table of a service file, which is TOML: all of them
    /// are applied, or none. What is wrong is told with its line.
    async fn apply_service_file(&self, by: &Caller, text: &str) -> Result<Vec<Applied>, Problem>;

    /// The same as a form says it. It registers a new service, or changes the one
    /// with its slug as it was `seen` last; what was not touched of that stays as
    /// it is written. What is wrong is told by field, and of the text by line.
    async fn apply_service_form(
        &self,
        by: &Caller,
        form: ServiceForm,
        seen: Option<Timestamp>,
    ) -> Result<Applied, Problem>;

    /// The form of the service with that slug, also where the portal cannot use
    /// its table any more; without one, that of a new service.
    async fn draft_service(&self, by: &Caller, slug: Option<&str>) -> Result<ServiceDraft, Problem>;

    /// All services, by slug.
    async fn list_services(&self, by: &Caller) -> Result<Vec<Service>, Problem>;

    /// One service.
    async fn show_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem>;

    /// Gives the portal a service's own secret, in place of the one that it had;
    /// it never comes back. The service's definition has to say that the portal
    /// keeps it.
    async fn seal_service_secret(&self, by: &Caller, slug: &str, secret: Secret) -> Result<Service, Problem>;

    /// Tries a service out, on the service itself, with an account that is made
    /// for that and does not stay. What the definition declares and the service
    /// does not do is not relied on from then on.
    async fn check_service(&self, by: &Caller, slug: &str) -> Result<ServiceCheck, Problem>;

    /// Lets the service give no new accounts out; what is there goes on.
    async fn pause_service(&self, by: &Caller, slug: &str, command: WithReason) -> Result<Service, Problem>;

    /// Lets a paused service give accounts out again.
    async fn resume_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem>;

    /// Does away with a service that holds nothing; one that does is retiring
    /// until all of that is gone, if the command says so.
    async fn retire_service(
        &self,
        by: &Caller,
        slug: &str,
        command: RetireService,
    ) -> Result<Service, Problem>;

    /// The first service with that base URL (compared normalised): by slug,
    /// those that give accounts out before others.
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

    /// Shuts somebody out from the next request on; refused for the last
    /// admin who can sign in.
    async fn disable_person(&self, by: &Caller, login: &str) -> Result<Person, Problem>;

    /// Lets somebody in again who was shut out.
    async fn enable_person(&self, by: &Caller, login: &str) -> Result<Person, Problem>;

    /// Gives somebody another role; refused where no admin were left who can
    /// sign in.
    async fn change_role(&self, by: &Caller, login: &str, role: Role) -> Result<Person, Problem>;

    /// Gives somebody another password, and ends their sessions.
    async fn change_password(&self, by: &Caller, login: &str, password: Secret) -> Result<Person, Problem>;

    /// Issues a token for `owner` (the caller, where that is `None`).
    async fn issue_token(
        &self,
        by: &Caller,
        owner: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem>;

    /// The caller's tokens, newest first.
    async fn list_tokens(&self, by: &Caller, page: PageQuery) -> Result<Page<Token>, Problem>;

    /// The tokens of `owner`, or everybody's, newest first.
    async fn list_tokens_of(
        &self,
        by: &Caller,
        owner: Option<&str>,
        page: PageQuery,
    ) -> Result<Page<Token>, Problem>;

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

    /// The events that the caller may read, oldest first, each with its seal:
    /// those that were written before. It is on record that they were taken.
    async fn export_events(
        &self,
        by: &Caller,
        which: ListEvents,
    ) -> Result<BoxStream<'static, Result<Vec<SealedEvent>, Problem>>, Problem>;

    /// Recomputes the whole chain, and holds it against the heads of it that
    /// were kept outside the database.
    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem>;
}

/// The whole portal.
pub trait Portal: Accounts + Batches + Services + People + Audit + Upkeep + Drift {}

impl<T: Accounts + Batches + Services + People + Audit + Upkeep + Drift> Portal for T {}
