//! A portal that remembers nothing: it answers what the doors are to show.

use std::{sync::Mutex, time::Duration};

use async_trait::async_trait;
use domain::{
    AccountState, Actor, EndReason, EnrollmentState, Problem, ProblemKind, Timestamp,
    account::{AccountView, Credentials, EnrollmentView, ServiceCredentials},
    actor::{ActorKind, ActorRef, Caller},
    audit::{AuditVerdict, Event, ListEvents},
    command::{ListAccounts, RenewAccount, RequestAccount, Wait},
    id::{AccountId, EnrollmentId, PersonId, ServiceId, TokenId},
    page::{Page, PageQuery},
    people::{AddPerson, DEFAULT_TEAM, Person, Role, SignIn},
    policy,
    portal::{Accounts, Applied, Audit, CleanUp, People, Services},
    secret::Secret,
    service::{Policy, Service},
    token::{IssueToken, IssuedToken, Scope, Token},
};
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value;
use uuid::Uuid;

use super::{READER, TOKEN};

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
/// The one account there is.
pub const ACCOUNT: AccountId = AccountId(Uuid::from_u128(0xa));
/// The base URL of the one service there is.
pub const SERVICE_URL: &str = "http://orders.test";
/// The password of everybody.
pub const PASSWORD: &str = "right";

/// See the module.
#[derive(Default)]
pub struct FakePortal {
    /// Which accounts were revoked, and how long the callers would wait.
    pub revoked: Mutex<Vec<(AccountId, Duration)>>,
}

fn tester() -> Person {
    Person {
        id: PersonId(Uuid::from_u128(1)),
        login: "tester".parse().unwrap(),
        role: Role::Tester,
        team: DEFAULT_TEAM.to_owned(),
        created_at: NOW,
        disabled_at: None,
    }
}

fn token(scopes: Vec<Scope>) -> Token {
    Token {
        id: TokenId(Uuid::from_u128(2)),
        name: "ci".parse().unwrap(),
        owner: "tester".parse().unwrap(),
        scopes,
        created_at: NOW,
        expires_at: NOW,
        revoked_at: None,
    }
}

fn account(state: AccountState) -> AccountView {
    AccountView {
        id: ACCOUNT,
        username: "test_a".to_owned(),
        email: "test_a@example.test".to_owned(),
        state,
        end_reason: state.is_final().then_some(EndReason::Revoked),
        purpose: None,
        ticket: None,
        labels: [].into(),
        run: None,
        requested_by: ActorRef {
            kind: ActorKind::Token,
            login: "tester".to_owned(),
            token: Some("ci".to_owned()),
            person_id: None,
            token_id: None,
        },
        holder: "tester".parse().unwrap(),
        approved_by: None,
        services: vec![EnrollmentView {
            id: EnrollmentId(Uuid::from_u128(0xe)),
            service: "orders".parse().unwrap(),
            username: "test_orders".to_owned(),
            state: EnrollmentState::Active,
            remote_id: None,
            attempts: 1,
            next_attempt_at: None,
            last_error: None,
            removed_at: None,
            proof: None,
        }],
        attributes: [].into(),
        created_at: NOW,
        active_at: None,
        expires_at: None,
        ended_at: None,
        version: 1,
    }
}

fn service() -> Service {
    Service {
        id: ServiceId(Uuid::from_u128(3)),
        slug: "orders".parse().unwrap(),
        name: "Orders".parse().unwrap(),
        environment: "test".to_owned(),
        base_url: SERVICE_URL.to_owned(),
        connector: "article".to_owned(),
        policy: Policy::default(),
        capabilities: Vec::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}

const fn nothing<T>() -> Page<T> {
    Page { items: Vec::new(), next: None }
}

fn known(id: AccountId) -> Result<AccountView, Problem> {
    if id == ACCOUNT { Ok(account(AccountState::Active)) } else { Err(Problem::not_found("account")) }
}

#[async_trait]
impl Accounts for FakePortal {
    /// The purpose says what happens; who does not wait gets no active one.
    async fn request_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        policy::request_account(&by.actor)?;
        command.parse()?;
        match command.purpose.as_deref() {
            Some("panic") => panic!("as the purpose says"),
            Some("quota") => Err(Problem::new(ProblemKind::QuotaExceeded, "No more.")),
            _ if wait == Wait::NONE => Ok(account(AccountState::Provisioning)),
            _ => Ok(account(AccountState::Active)),
        }
    }

    async fn list_accounts(
        &self,
        _: &Caller,
        which: ListAccounts,
        page: PageQuery,
    ) -> Result<Page<AccountView>, Problem> {
        which.parse()?;
        page.parse()?;
        assert_ne!(which.q.as_deref(), Some("panic"), "as the search says");
        Ok(Page { items: vec![account(AccountState::Active)], next: Some("more".to_owned()) })
    }

    async fn show_account(&self, _: &Caller, id: AccountId) -> Result<AccountView, Problem> {
        known(id)
    }

    async fn account_history(&self, _: &Caller, id: AccountId, _: PageQuery) -> Result<Page<Event>, Problem> {
        known(id).map(|_| nothing())
    }

    async fn reveal_account(&self, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
        policy::write_accounts(&by.actor)?;
        known(id)?;
        let secret = Secret::new("s3cret".to_owned());
        Ok(Credentials {
            username: "test_a".to_owned(),
            email: "test_a@example.test".to_owned(),
            password: secret.clone(),
            services: vec![ServiceCredentials {
                service: "orders".parse().unwrap(),
                username: "test_orders".to_owned(),
                secret,
            }],
        })
    }

    async fn renew_account(
        &self,
        _: &Caller,
        id: AccountId,
        command: RenewAccount,
    ) -> Result<AccountView, Problem> {
        command.parse()?;
        known(id)
    }

    async fn revoke_account(&self, _: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        known(id)?;
        self.revoked.lock().unwrap().push((id, wait.duration()));
        Ok(account(if wait == Wait::NONE { AccountState::Revoking } else { AccountState::Revoked }))
    }

    async fn clean_up_own(&self, _: &Caller, wait: Wait) -> Result<CleanUp, Problem> {
        Ok(CleanUp { matched: 3, pending: if wait == Wait::NONE { 2 } else { 0 } })
    }

    async fn watch_account(
        &self,
        _: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem> {
        let account = known(id)?;
        Ok(stream::iter([account]).chain(stream::pending()).boxed())
    }
}

#[async_trait]
impl Services for FakePortal {
    async fn apply_service(&self, by: &Caller, _: Value) -> Result<Applied, Problem> {
        policy::write_services(&by.actor)?;
        Ok(Applied::Registered(service()))
    }

    async fn list_services(&self, _: &Caller) -> Result<Vec<Service>, Problem> {
        Ok(vec![service()])
    }

    async fn show_service(&self, _: &Caller, slug: &str) -> Result<Service, Problem> {
        if slug == "orders" { Ok(service()) } else { Err(Problem::not_found("service")) }
    }

    async fn find_service_by_url(&self, _: &Caller, base_url: &str) -> Result<Service, Problem> {
        if base_url == SERVICE_URL { Ok(service()) } else { Err(Problem::not_found("service")) }
    }
}

#[async_trait]
impl People for FakePortal {
    async fn sign_in(&self, _: Option<String>, command: SignIn) -> Result<Person, Problem> {
        if command.password.expose() == PASSWORD {
            return Ok(tester());
        }
        Err(Problem::new(ProblemKind::WrongCredentials, "Try again."))
    }

    async fn sign_out(&self, _: &Caller) -> Result<(), Problem> {
        Ok(())
    }

    async fn actor_of_session(&self, person: PersonId) -> Result<Actor, Problem> {
        assert_eq!(person, tester().id);
        Ok(Actor::Person(tester()))
    }

    async fn actor_of_token(&self, text: &str) -> Result<Actor, Problem> {
        let scopes = match text {
            TOKEN => Vec::new(),
            READER => vec![Scope::AccountsRead],
            _ => return Err(Problem::new(ProblemKind::Unauthenticated, "This token is not valid.")),
        };
        Ok(Actor::Token { owner: tester(), token: token(scopes) })
    }

    async fn add_person(&self, _: &Caller, _: AddPerson) -> Result<Person, Problem> {
        Ok(tester())
    }

    async fn list_people(&self, _: &Caller) -> Result<Vec<Person>, Problem> {
        Ok(vec![tester()])
    }

    async fn disable_person(&self, _: &Caller, _: &str) -> Result<Person, Problem> {
        Ok(tester())
    }

    async fn issue_token(
        &self,
        _: &Caller,
        _: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem> {
        let scopes = command.parse()?.scopes;
        Ok(IssuedToken { token: token(scopes), text: Secret::new("us_new".to_owned()) })
    }

    async fn list_tokens(&self, _: &Caller, page: PageQuery) -> Result<Page<Token>, Problem> {
        page.parse().map(|_| nothing())
    }

    async fn revoke_token(&self, _: &Caller, id: TokenId) -> Result<Token, Problem> {
        if id == token(Vec::new()).id { Ok(token(Vec::new())) } else { Err(Problem::not_found("token")) }
    }
}

#[async_trait]
impl Audit for FakePortal {
    async fn list_events(
        &self,
        by: &Caller,
        which: ListEvents,
        _: PageQuery,
    ) -> Result<Page<Event>, Problem> {
        policy::read_audit(&by.actor)?;
        which.parse().map(|_| nothing())
    }

    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem> {
        policy::read_audit(&by.actor)?;
        Ok(AuditVerdict { ok: true, events: 0, unsealed: 0, head: None, first_bad: None })
    }
}
