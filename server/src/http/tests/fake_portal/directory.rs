//! Services, people and the audit: one of each, and nothing happened.

use async_trait::async_trait;
use domain::{
    Actor, Problem, ProblemKind, Timestamp,
    access::{
        AcceptInvitation, ChangePassword, Invitation, Invitee, LetIn, ProviderAnswer, ProviderSignIn,
        Session, SignIn,
    },
    actor::Caller,
    audit::{AuditVerdict, Event, ListEvents, SealedEvent},
    check::{CheckStep, ServiceCheck},
    command::WithReason,
    id::{PersonId, SessionId, TokenId},
    page::{Page, PageQuery},
    people::{AddPerson, AddedPerson, ChangePerson, Person},
    policy,
    portal::{Access, Applied, Audit, People, Services, Teams, Tokens},
    secret::Secret,
    service::{RetireService, Service, ServiceDraft, ServiceForm},
    team::{AddTeam, ChangeTeam, Team},
    token::{IssueToken, IssuedToken, Scope, Token},
};
use futures::{StreamExt, stream::BoxStream};
use serde_json::Value;

use super::{FakePortal, PASSWORD, READER, SERVICE_URL, TOKEN, nothing, service, tester, token};

#[async_trait]
impl Services for FakePortal {
    async fn apply_service(&self, by: &Caller, _: Value) -> Result<Applied, Problem> {
        policy::write_services(&by.actor)?;
        Ok(Applied::Registered(service()))
    }

    async fn apply_service_file(&self, by: &Caller, _: &str) -> Result<Vec<Applied>, Problem> {
        policy::write_services(&by.actor)?;
        Ok(vec![Applied::Registered(service())])
    }

    async fn apply_service_form(
        &self,
        by: &Caller,
        _: ServiceForm,
        _: Option<Timestamp>,
    ) -> Result<Applied, Problem> {
        policy::write_services(&by.actor)?;
        Ok(Applied::Registered(service()))
    }

    async fn draft_service(&self, by: &Caller, _: Option<&str>) -> Result<ServiceDraft, Problem> {
        policy::write_services(&by.actor)?;
        Ok(ServiceDraft {
            form: ServiceForm::default(),
            seen: None,
            problem: None,
            teams: Vec::new(),
            environments: Vec::new(),
            presets: Vec::new(),
        })
    }

    async fn list_services(&self, _: &Caller) -> Result<Vec<Service>, Problem> {
        Ok(vec![service()])
    }

    async fn show_service(&self, _: &Caller, slug: &str) -> Result<Service, Problem> {
        if slug == "orders" { Ok(service()) } else { Err(Problem::not_found("service")) }
    }

    async fn seal_service_secret(&self, by: &Caller, slug: &str, _: Secret) -> Result<Service, Problem> {
        policy::write_services(&by.actor)?;
        self.show_service(by, slug).await
    }

    async fn check_service(&self, by: &Caller, slug: &str) -> Result<ServiceCheck, Problem> {
        policy::write_services(&by.actor)?;
        self.show_service(by, slug).await?;
        let step = CheckStep { name: "create".to_owned(), ok: true, detail: "Done.".to_owned(), took_ms: 3 };
        Ok(ServiceCheck {
            ok: true,
            steps: vec![step],
            capabilities: Vec::new(),
            disproved: Vec::new(),
            at: Timestamp::from_millis(0),
        })
    }

    async fn pause_service(&self, by: &Caller, slug: &str, command: WithReason) -> Result<Service, Problem> {
        policy::write_services(&by.actor)?;
        command.parse()?;
        self.show_service(by, slug).await
    }

    async fn resume_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem> {
        policy::write_services(&by.actor)?;
        self.show_service(by, slug).await
    }

    async fn retire_service(
        &self,
        by: &Caller,
        slug: &str,
        command: RetireService,
    ) -> Result<Service, Problem> {
        policy::write_services(&by.actor)?;
        command.parse()?;
        self.show_service(by, slug).await
    }

    async fn find_service_by_url(&self, _: &Caller, base_url: &str) -> Result<Service, Problem> {
        if base_url == SERVICE_URL { Ok(service()) } else { Err(Problem::not_found("service")) }
    }
}

#[async_trait]
impl Access for FakePortal {
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

    fn provider_name(&self) -> Option<String> {
        None
    }

    async fn begin_provider_sign_in(&self, _: String) -> Result<ProviderSignIn, Problem> {
        Err(Problem::not_found("provider"))
    }

    async fn finish_provider_sign_in(&self, _: Option<String>, _: ProviderAnswer) -> Result<LetIn, Problem> {
        Err(Problem::not_found("provider"))
    }

    async fn exchange_token(&self, _: Option<String>, _: &Secret) -> Result<IssuedToken, Problem> {
        Err(Problem::new(ProblemKind::Unauthenticated, "It is not taken."))
    }

    async fn show_invitation(&self, _: &Secret) -> Result<Invitee, Problem> {
        Err(Problem::not_found("invitation"))
    }

    async fn accept_invitation(&self, _: Option<String>, _: AcceptInvitation) -> Result<Person, Problem> {
        Err(Problem::not_found("invitation"))
    }

    async fn change_own_password(
        &self,
        _: &Caller,
        _: ChangePassword,
        _: Option<SessionId>,
    ) -> Result<(), Problem> {
        Ok(())
    }

    async fn list_sessions(&self, _: &Caller) -> Result<Vec<Session>, Problem> {
        Ok(Vec::new())
    }

    async fn end_session(&self, _: &Caller, _: SessionId) -> Result<(), Problem> {
        Err(Problem::not_found("session"))
    }
}

#[async_trait]
impl People for FakePortal {
    async fn add_person(&self, by: &Caller, command: AddPerson) -> Result<AddedPerson, Problem> {
        policy::manage_people(&by.actor)?;
        command.parse().map(|_| AddedPerson { person: tester(), invitation: None })
    }

    async fn list_people(&self, by: &Caller, page: PageQuery) -> Result<Page<Person>, Problem> {
        policy::manage_people(&by.actor)?;
        page.parse().map(|_| nothing())
    }

    async fn show_person(&self, by: &Caller, _: &str) -> Result<Person, Problem> {
        policy::manage_people(&by.actor)?;
        Ok(tester())
    }

    async fn change_person(&self, by: &Caller, _: &str, command: ChangePerson) -> Result<Person, Problem> {
        policy::manage_people(&by.actor)?;
        command.parse().map(|_| tester())
    }

    async fn invite_person(&self, by: &Caller, _: &str) -> Result<Invitation, Problem> {
        policy::manage_people(&by.actor)?;
        Err(Problem::not_found("person"))
    }
}

#[async_trait]
impl Teams for FakePortal {
    async fn list_teams(&self, by: &Caller) -> Result<Vec<Team>, Problem> {
        policy::manage_people(&by.actor)?;
        Ok(Vec::new())
    }

    async fn show_team(&self, by: &Caller, _: &str) -> Result<Team, Problem> {
        policy::manage_people(&by.actor)?;
        Err(Problem::not_found("team"))
    }

    async fn add_team(&self, by: &Caller, command: AddTeam) -> Result<Team, Problem> {
        policy::manage_people(&by.actor)?;
        let (slug, name) = command.parse()?;
        Ok(Team { slug, name, created_at: Timestamp::from_millis(0) })
    }

    async fn change_team(&self, by: &Caller, _: &str, command: ChangeTeam) -> Result<Team, Problem> {
        policy::manage_people(&by.actor)?;
        command.parse()?;
        Err(Problem::not_found("team"))
    }

    async fn remove_team(&self, by: &Caller, _: &str) -> Result<Team, Problem> {
        policy::manage_people(&by.actor)?;
        Err(Problem::not_found("team"))
    }
}

#[async_trait]
impl Tokens for FakePortal {
    async fn issue_token(
        &self,
        _: &Caller,
        _: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem> {
        let scopes = command.parse()?.scopes;
        Ok(IssuedToken { token: token(scopes), text: Some(Secret::new("us_new".to_owned())) })
    }

    async fn list_tokens(&self, _: &Caller, page: PageQuery) -> Result<Page<Token>, Problem> {
        page.parse().map(|_| nothing())
    }

    async fn list_tokens_of(
        &self,
        _: &Caller,
        _: Option<&str>,
        page: PageQuery,
    ) -> Result<Page<Token>, Problem> {
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

    async fn export_events(
        &self,
        by: &Caller,
        which: ListEvents,
    ) -> Result<BoxStream<'static, Result<Vec<SealedEvent>, Problem>>, Problem> {
        policy::read_audit(&by.actor)?;
        which.parse().map(|_| futures::stream::empty().boxed())
    }

    async fn verify_audit(&self, by: &Caller) -> Result<AuditVerdict, Problem> {
        policy::read_audit(&by.actor)?;
        Ok(AuditVerdict { ok: true, events: 0, unsealed: 0, head: None, signed: None, first_bad: None })
    }
}
