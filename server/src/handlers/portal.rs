//! `domain::Portal`, each use case handed to its file: whoever was refused is
//! on record, and what may be asked for twice is done once.

use async_trait::async_trait;
use domain::{
    Actor, Problem,
    account::{AccountView, Credentials, IssuedAccount},
    actor::Caller,
    audit::{AuditVerdict, Event, ListEvents, SealedEvent},
    batch::{Batch, CleanUp, CleanUpPreview, Waiting},
    check::ServiceCheck,
    command::{HandOver, ListAccounts, RenewAccount, RequestAccount, Wait, WithReason},
    drift::{DriftEntry, ListDrift, Sweep},
    id::{AccountId, BatchId, DriftId, EnrollmentId, PersonId, TokenId},
    page::{Page, PageQuery},
    people::{AddPerson, Person, Role, SignIn},
    policy,
    portal::{Accounts, Applied, Audit, Batches, Drift, People, Services, Upkeep},
    secret::Secret,
    service::{RetireService, Service, ServiceDraft, ServiceForm},
    time::Timestamp,
    token::{IssueToken, IssuedToken, Token},
    upkeep::{Debt, ExpiryPause, Hurried, KeepRun, ListDebt, Run},
};
use futures::stream::BoxStream;

use super::{
    Handlers, account_history, actors, adopt_drift, apply_service, apply_service_files, apply_service_form,
    batches, check_service, clean_up, decide_account, drift, export_events, find_service, freeze_account,
    freeze_account::Switch, list_accounts, list_events, pause_service, people, renew_account,
    request_account, reset_account, retire_service, reveal_account, revoke_account, seal_secret,
    show_account, sign_in, sweep_service, tokens, upkeep, watch_account,
};

#[async_trait]
impl Accounts for Handlers {
    async fn request_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |made| request_account::again(self, by, made, wait);
        let work = self.once(by, request_account::run(self, by, &command, wait), again);
        self.refusals_noted(by, "request_account", work).await
    }

    async fn issue_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<IssuedAccount, Problem> {
        let again = |made| request_account::issue_again(self, by, made, wait);
        let work = self.once(by, request_account::issue(self, by, &command, wait), again);
        self.refusals_noted(by, "request_account", work).await
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
        self.refusals_noted_of(id, by, "show_account", show_account::run(self, by, id)).await
    }

    async fn account_history(
        &self,
        by: &Caller,
        id: AccountId,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem> {
        self.refusals_noted_of(id, by, "account_history", account_history::run(self, by, id, &page)).await
    }

    async fn reveal_account(&self, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
        self.refusals_noted_of(id, by, "reveal_account", reveal_account::run(self, by, id)).await
    }

    async fn renew_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: RenewAccount,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, Wait::NONE);
        let work = self.once(by, renew_account::run(self, by, id, &command), again);
        self.refusals_noted_of(id, by, "renew_account", work).await
    }

    async fn approve_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, decide_account::approve(self, by, id, &command, wait), again);
        self.refusals_noted_of(id, by, "approve_account", work).await
    }

    async fn deny_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, Wait::NONE);
        let work = self.once(by, decide_account::deny(self, by, id, &command), again);
        self.refusals_noted_of(id, by, "deny_account", work).await
    }

    async fn reset_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, reset_account::run(self, by, id, wait), again);
        self.refusals_noted_of(id, by, "reset_account", work).await
    }

    async fn hand_over_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: HandOver,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, reset_account::hand_over(self, by, id, &command, wait), again);
        self.refusals_noted_of(id, by, "hand_over_account", work).await
    }

    async fn call_off_hand_over(
        &self,
        by: &Caller,
        id: AccountId,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        self.refusals_noted_of(id, by, "call_off_hand_over", reset_account::call_off(self, by, id, wait))
            .await
    }

    async fn freeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, freeze_account::run(self, by, id, Switch::Freeze, &command, wait), again);
        self.refusals_noted_of(id, by, "freeze_account", work).await
    }

    async fn unfreeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, freeze_account::run(self, by, id, Switch::Unfreeze, &command, wait), again);
        self.refusals_noted_of(id, by, "unfreeze_account", work).await
    }

    async fn revoke_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        self.refusals_noted_of(id, by, "revoke_account", revoke_account::run(self, by, id, wait)).await
    }

    async fn watch_account(
        &self,
        by: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem> {
        self.refusals_noted_of(id, by, "watch_account", watch_account::run(self, by, id)).await
    }
}

#[async_trait]
impl Batches for Handlers {
    async fn request_batch(&self, by: &Caller, command: RequestAccount) -> Result<Batch, Problem> {
        let again = |made| batches::again(self, by, made);
        let work = self.once(by, batches::request(self, by, &command), again);
        self.refusals_noted(by, "request_batch", work).await
    }

    async fn preview_cleanup(&self, by: &Caller, which: CleanUp) -> Result<CleanUpPreview, Problem> {
        self.refusals_noted(by, "preview_cleanup", clean_up::preview(self, by, &which)).await
    }

    async fn clean_up(&self, by: &Caller, which: CleanUp, wait: Wait) -> Result<Batch, Problem> {
        let again = |made| batches::again(self, by, made);
        let work = self.once(by, clean_up::run(self, by, &which, wait), again);
        self.refusals_noted(by, "clean_up", work).await
    }

    async fn list_batches(&self, by: &Caller, page: PageQuery) -> Result<Page<Batch>, Problem> {
        self.refusals_noted(by, "list_batches", batches::list(self, by, &page)).await
    }

    async fn show_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem> {
        self.refusals_noted(by, "show_batch", batches::show(self, by, id)).await
    }

    async fn watch_batch(&self, by: &Caller, id: BatchId) -> Result<BoxStream<'static, Batch>, Problem> {
        self.refusals_noted(by, "watch_batch", batches::watch(self, by, id)).await
    }

    async fn retry_batch(&self, by: &Caller, id: BatchId) -> Result<Batch, Problem> {
        let again = |made| batches::again(self, by, made);
        let work = self.once(by, batches::retry(self, by, id), again);
        self.refusals_noted(by, "retry_batch", work).await
    }

    async fn list_waiting(&self, by: &Caller, page: PageQuery) -> Result<Page<Waiting>, Problem> {
        self.refusals_noted(by, "list_waiting", batches::waiting(self, by, &page)).await
    }

    async fn approve_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem> {
        let again = |_| batches::decided_before(self, by, id);
        let work = self.once(by, decide_account::approve_batch(self, by, id, &command), again);
        self.refusals_noted(by, "approve_batch", work).await
    }

    async fn deny_batch(&self, by: &Caller, id: BatchId, command: WithReason) -> Result<Batch, Problem> {
        let again = |_| batches::decided_before(self, by, id);
        let work = self.once(by, decide_account::deny_batch(self, by, id, &command), again);
        self.refusals_noted(by, "deny_batch", work).await
    }

    async fn batch_accounts(
        &self,
        by: &Caller,
        id: BatchId,
        page: PageQuery,
    ) -> Result<Page<IssuedAccount>, Problem> {
        self.refusals_noted(by, "batch_accounts", batches::accounts(self, by, id, &page)).await
    }
}

#[async_trait]
impl Upkeep for Handlers {
    async fn list_debt(&self, by: &Caller, which: ListDebt, page: PageQuery) -> Result<Page<Debt>, Problem> {
        self.refusals_noted(by, "list_debt", upkeep::list_debt(self, by, &which, &page)).await
    }

    async fn retry_removal(&self, by: &Caller, enrollment: EnrollmentId) -> Result<Debt, Problem> {
        let again = |_| upkeep::hurried_before(self, by, enrollment);
        let work = self.once(by, upkeep::retry_removal(self, by, enrollment), again);
        self.refusals_noted(by, "retry_removal", work).await
    }

    async fn retry_removals(&self, by: &Caller, which: ListDebt) -> Result<Hurried, Problem> {
        let again = async |_| policy::clean_up(&by.actor).map(|_| Hurried { hurried: 0 });
        let work = self.once(by, upkeep::retry_removals(self, by, &which), again);
        self.refusals_noted(by, "retry_removals", work).await
    }

    async fn keep_run(&self, by: &Caller, run: &str, command: KeepRun) -> Result<Run, Problem> {
        self.refusals_noted(by, "keep_run", upkeep::keep_run(self, by, run, &command)).await
    }

    async fn expiry_pause(&self, by: &Caller) -> Result<Option<ExpiryPause>, Problem> {
        self.refusals_noted(by, "expiry_pause", upkeep::expiry_pause(self, by)).await
    }

    async fn resume_expiry(&self, by: &Caller) -> Result<(), Problem> {
        self.refusals_noted(by, "resume_expiry", upkeep::resume_expiry(self, by)).await
    }
}

#[async_trait]
impl Drift for Handlers {
    async fn sweep_service(&self, by: &Caller, slug: &str, dry_run: bool) -> Result<Sweep, Problem> {
        let (portal, caller, slug) = (self.clone(), by.clone(), slug.to_owned());
        let work = Self::seen_through(async move {
            let again = |_| sweep_service::again(&portal, &caller, &slug);
            portal.once(&caller, sweep_service::run(&portal, &caller, &slug, dry_run), again).await
        });
        self.refusals_noted(by, "sweep_service", work).await
    }

    async fn list_drift(
        &self,
        by: &Caller,
        which: ListDrift,
        page: PageQuery,
    ) -> Result<Page<DriftEntry>, Problem> {
        self.refusals_noted(by, "list_drift", drift::list(self, by, &which, &page)).await
    }

    async fn adopt_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem> {
        let again = |_| drift::again(self, by, id);
        let work = self.once(by, adopt_drift::run(self, by, id, wait), again);
        self.refusals_noted(by, "adopt_drift", work).await
    }

    async fn delete_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem> {
        let (portal, caller) = (self.clone(), by.clone());
        let work = Self::seen_through(async move {
            let again = |_| drift::again(&portal, &caller, id);
            portal.once(&caller, drift::delete(&portal, &caller, id, wait), again).await
        });
        self.refusals_noted(by, "delete_drift", work).await
    }

    async fn ignore_drift(&self, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem> {
        let again = |_| drift::again(self, by, id);
        let work = self.once(by, drift::ignore(self, by, id), again);
        self.refusals_noted(by, "ignore_drift", work).await
    }
}

#[async_trait]
impl Services for Handlers {
    async fn apply_service(&self, by: &Caller, table: serde_json::Value) -> Result<Applied, Problem> {
        let again = |made| apply_service::again(self, by, &table, made);
        let work = self.once(by, apply_service::run(self, by, table.clone()), again);
        self.refusals_noted(by, "apply_service", work).await
    }

    async fn apply_service_file(&self, by: &Caller, text: &str) -> Result<Vec<Applied>, Problem> {
        self.refusals_noted(by, "apply_service", apply_service_files::run(self, by, text)).await
    }

    async fn apply_service_form(
        &self,
        by: &Caller,
        form: ServiceForm,
        seen: Option<Timestamp>,
    ) -> Result<Applied, Problem> {
        self.refusals_noted(by, "apply_service", apply_service_form::run(self, by, &form, seen)).await
    }

    async fn draft_service(&self, by: &Caller, slug: Option<&str>) -> Result<ServiceDraft, Problem> {
        self.refusals_noted(by, "edit_service", apply_service_form::draft(self, by, slug)).await
    }

    async fn list_services(&self, by: &Caller) -> Result<Vec<Service>, Problem> {
        self.refusals_noted(by, "list_services", find_service::list(self, by)).await
    }

    async fn show_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem> {
        self.refusals_noted(by, "show_service", find_service::by_slug(self, by, slug)).await
    }

    async fn seal_service_secret(&self, by: &Caller, slug: &str, secret: Secret) -> Result<Service, Problem> {
        self.refusals_noted(by, "seal_service_secret", seal_secret::run(self, by, slug, &secret)).await
    }

    async fn check_service(&self, by: &Caller, slug: &str) -> Result<ServiceCheck, Problem> {
        let again = |_| check_service::again(self, by, slug);
        let work = self.once(by, check_service::run(self, by, slug), again);
        self.refusals_noted(by, "check_service", work).await
    }

    async fn pause_service(&self, by: &Caller, slug: &str, command: WithReason) -> Result<Service, Problem> {
        let again = |_| pause_service::changed_before(self, by, slug);
        let work = self.once(by, pause_service::pause(self, by, slug, &command), again);
        self.refusals_noted(by, "pause_service", work).await
    }

    async fn resume_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem> {
        let again = |_| pause_service::changed_before(self, by, slug);
        let work = self.once(by, pause_service::resume(self, by, slug), again);
        self.refusals_noted(by, "resume_service", work).await
    }

    async fn retire_service(
        &self,
        by: &Caller,
        slug: &str,
        command: RetireService,
    ) -> Result<Service, Problem> {
        self.refusals_noted(by, "retire_service", retire_service::run(self, by, slug, &command)).await
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

    async fn enable_person(&self, by: &Caller, login: &str) -> Result<Person, Problem> {
        self.refusals_noted(by, "enable_person", people::enable(self, by, login)).await
    }

    async fn change_role(&self, by: &Caller, login: &str, role: Role) -> Result<Person, Problem> {
        self.refusals_noted(by, "change_role", people::change_role(self, by, login, role)).await
    }

    async fn change_password(&self, by: &Caller, login: &str, password: Secret) -> Result<Person, Problem> {
        let work = people::change_password(self, by, login, password);
        self.refusals_noted(by, "change_password", work).await
    }

    async fn issue_token(
        &self,
        by: &Caller,
        owner: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem> {
        let again = |made| tokens::issued_before(self, by, made);
        let work = self.once(by, tokens::issue(self, by, owner, &command), again);
        self.refusals_noted(by, "issue_token", work).await
    }

    async fn list_tokens(&self, by: &Caller, page: PageQuery) -> Result<Page<Token>, Problem> {
        self.refusals_noted(by, "list_tokens", tokens::list(self, by, &page)).await
    }

    async fn list_tokens_of(
        &self,
        by: &Caller,
        owner: Option<&str>,
        page: PageQuery,
    ) -> Result<Page<Token>, Problem> {
        self.refusals_noted(by, "list_tokens_of", tokens::list_of(self, by, owner, &page)).await
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

    async fn export_events(
        &self,
        by: &Caller,
        which: ListEvents,
    ) -> Result<BoxStream<'static, Result<Vec<SealedEvent>, Problem>>, Problem> {
        self.refusals_noted(by, "export_events", export_events::run(self, by, &which)).await
    }

    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem> {
        self.refusals_noted(by, "verify_audit", export_events::verify(self, by)).await
    }
}
