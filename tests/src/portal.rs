//! A portal in this process, with people and a sandbox to work with.

use std::time::Duration;

use domain::{
    Actor, Problem,
    actor::Caller,
    people::{ChangePerson, Role},
    portal::{Access, Applied, People, Services, Teams},
    secret::Secret,
    team::AddTeam,
    text::Login,
};
use serde_json::{Value, json};
use server::{config::Config, handlers::Handlers, wiring};
use tempfile::TempDir;

use crate::{
    Api, Browser, Database, Raw, Sandbox, ScriptedTarget, TestClock, Who,
    database::OwnDatabase,
    template::{self, Template, config, open, operator},
};

/// The slug of the service that every portal has: the sandbox.
pub const SANDBOX: &str = "user-service";

/// A running portal that belongs to one test.
pub struct TestPortal {
    /// Its clock.
    pub clock: TestClock,
    /// The service that it has from the start.
    pub sandbox: Sandbox,
    tokens: Vec<(Who, String)>,
    team: Option<&'static str>,
    config: Config,
    portal: Handlers,
    running: Option<wiring::Running>,
    database: OwnDatabase,
    _folder: TempDir,
}

impl TestPortal {
    /// Starts a portal with an empty database, everybody in [`Who::ALL`] with
    /// a token each, and the sandbox.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// The same with other settings.
    pub async fn start_with(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        let template = Template::of(database).await;
        let folder = tempfile::tempdir().unwrap();
        let database = template.copy(folder.path()).await;
        let mut config = config(folder.path(), &database);
        change(&mut config);
        let clock = TestClock::default();
        let portal = open(&config, &clock).await;
        let sandbox = Sandbox::start().await;
        let running = Some(wiring::start(&config, portal.clone()).await.unwrap());
        let tokens = template.tokens.clone();
        let this =
            Self { clock, sandbox, tokens, team: None, config, portal, running, database, _folder: folder };
        this.register(&article_service(SANDBOX, &this.sandbox.0.url())).await;
        this
    }

    /// Adds that person, with a token.
    pub async fn add(&mut self, who: Who) {
        self.tokens.push((who, template::add(&self.portal, who).await));
    }

    /// Lets so many days pass, and starts it again: then everybody in
    /// [`Who::ALL`] has a new token, as the old ones have run out.
    pub async fn start_again_after_days(&mut self, days: u64) {
        self.clock.advance(Duration::from_secs(days * 86_400));
        self.restart().await;
        self.tokens.clear();
        for who in Who::ALL {
            let token = self.issue_token(who, &[], "7d").await;
            self.tokens.push((who, token));
        }
    }

    /// Splits the people into two teams: `payments`, and `search` with two more.
    pub async fn split_into_teams(&mut self) {
        for who in [Who::Tester, Who::SecondTester, Who::Manager] {
            self.move_to_team(who, "payments").await;
        }
        for who in [Who::OtherTester, Who::OtherManager] {
            self.add(who).await;
            self.move_to_team(who, "search").await;
        }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.as_ref().unwrap().address)
    }

    /// A program with that person's token, which may do all that they may.
    pub fn api(&self, who: Who) -> Api {
        let token = self.tokens.iter().find(|(owner, _)| *owner == who).map(|(_, token)| token.clone());
        Api::new(self.url(), token)
    }

    /// A program of the tester's.
    pub fn tester(&self) -> Api {
        self.api(Who::Tester)
    }

    /// A program of the other tester's.
    pub fn second_tester(&self) -> Api {
        self.api(Who::SecondTester)
    }

    /// A program of the manager's.
    pub fn manager(&self) -> Api {
        self.api(Who::Manager)
    }

    /// A program of the admin's.
    pub fn admin(&self) -> Api {
        self.api(Who::Admin)
    }

    /// A program without a token.
    pub fn anonymous(&self) -> Api {
        Api::new(self.url(), None)
    }

    /// A program of that person's, whose token is narrowed to the scopes.
    pub async fn narrowed(&self, who: Who, scopes: &[&str]) -> Api {
        Api::new(self.url(), Some(self.issue_token(who, scopes, "7d").await))
    }

    /// A browser of somebody who has not signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(self.url())
    }

    /// A browser in which that person has signed in.
    pub async fn signed_in(&self, who: Who) -> Browser {
        let browser = self.browser();
        browser.sign_in(who).await;
        browser
    }

    /// Issues a token and answers its text.
    pub async fn issue_token(&self, who: Who, scopes: &[&str], ttl: &str) -> String {
        template::issue_token(&self.portal, who, scopes, ttl).await
    }

    /// Shuts that person out.
    pub async fn disable(&self, who: Who) {
        let command = ChangePerson { disabled: Some(true), ..ChangePerson::default() };
        self.change(who, command).await;
    }

    /// Lets that person in again, with another role and password.
    pub async fn enable_as(&self, who: Who, role: Role, password: &str) {
        let password = Some(Secret::new(password.to_owned()));
        let role = Some(role.to_string());
        self.change(who, ChangePerson { role, disabled: Some(false), password, team: None }).await;
    }

    /// Has that person belong to a team, which is added where there is none yet.
    pub async fn move_to_team(&self, who: Who, team: &str) {
        let add = AddTeam { slug: team.to_owned(), name: None };
        // There may be one already.
        let _ = self.portal.add_team(&operator(), add).await;
        self.change(who, ChangePerson { team: Some(team.to_owned()), ..ChangePerson::default() }).await;
    }

    async fn change(&self, who: Who, command: ChangePerson) {
        self.portal.change_person(&operator(), who.login(), command).await.unwrap();
    }

    /// The id of the session that the person has begun last.
    pub async fn newest_session(&self, who: Who) -> String {
        let login = who.login().parse().unwrap();
        let row = self.portal.store.person_by_login(&login).await.unwrap().unwrap();
        let by = Caller::from(Actor::Person(row.person));
        self.portal.list_sessions(&by).await.unwrap()[0].id.to_string()
    }

    /// The path of the one-time link by which the first admin sets it up.
    pub async fn set_up_link(&self) -> Option<String> {
        let link = self.portal.set_up_link().await.unwrap();
        link.map(|link| link.path.expose().to_owned())
    }

    /// Has all services that are registered from now on belong to that team.
    pub fn services_belong_to(&mut self, team: &'static str) {
        self.team = Some(team);
    }

    /// Registers or changes a service.
    pub async fn register(&self, table: &Value) {
        let mut table = table.clone();
        if let Some(team) = self.team {
            table["team"] = json!(team);
        }
        self.portal.apply_service(&operator(), table).await.unwrap();
    }

    /// Has that person apply the text of a service file.
    ///
    /// # Errors
    /// The portal refused it.
    pub async fn apply_file(&self, who: Who, text: &str) -> Result<Vec<Applied>, Problem> {
        let (_, token) = self.tokens.iter().find(|(owner, _)| *owner == who).unwrap();
        let by = Caller::from(self.portal.actor_of_token(token).await.unwrap());
        self.portal.apply_service_file(&by, text).await
    }

    /// Registers a service that answers by the script.
    pub async fn register_scripted(&self, slug: &str, service: &ScriptedTarget) {
        self.register(&article_service(slug, &service.target.url())).await;
    }

    /// Stops it, with requests and calls that are under way seen through.
    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    /// Starts it again after [`stop`](Self::stop), at another port.
    pub async fn start_again(&mut self) {
        self.portal = open(&self.config, &self.clock).await;
        self.running = Some(wiring::start(&self.config, self.portal.clone()).await.unwrap());
    }

    /// One whose sandbox can do all that an account can go through.
    pub async fn start_full(database: Database) -> Self {
        let portal = Self::start(database).await;
        portal.register(&full_service(SANDBOX, &portal.sandbox.0.url())).await;
        portal
    }

    /// The same, whose accounts can be listed as well.
    pub async fn start_listing(database: Database) -> Self {
        let portal = Self::start(database).await;
        portal.register(&listing_service(SANDBOX, &portal.sandbox.0.url())).await;
        portal
    }

    /// The same, where a manager has to agree.
    pub async fn start_guarded(database: Database) -> Self {
        let portal = Self::start(database).await;
        portal.register(&with_approval(full_service(SANDBOX, &portal.sandbox.0.url()))).await;
        portal
    }

    /// Stops it and starts it again.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }

    /// The database itself, past the portal.
    pub async fn raw(&self) -> Raw {
        self.database.raw().await
    }

    /// How the database goes about the queries that run by themselves or for
    /// every list, each with what it is for.
    pub async fn plans(&self) -> Vec<(&'static str, String)> {
        self.portal.store.plans().await.unwrap()
    }

    /// Changes the key that seals; answers how much was sealed anew.
    pub async fn rotate_keys(&self) -> u64 {
        self.portal.rotate_keys(&operator()).await.unwrap()
    }

    /// Erases that person; answers what they are called from now on.
    ///
    /// # Errors
    /// They cannot be erased as things stand.
    pub async fn erase(&self, who: Who) -> Result<String, Problem> {
        self.erase_login(who.login()).await
    }

    /// The same by login.
    ///
    /// # Errors
    /// They cannot be erased as things stand.
    pub async fn erase_login(&self, login: &str) -> Result<String, Problem> {
        let erased = self.portal.erase_person(&operator(), login).await?;
        Ok(erased.name.into_string())
    }

    /// What would stand in that person's place.
    pub async fn name_if_erased(&self, who: Who) -> String {
        let login = who.login().parse().unwrap();
        let row = self.portal.store.person_by_login(&login).await.unwrap().unwrap();
        Login::of_erased(row.person.id).into_string()
    }

    /// Copies the database; whether it can be copied.
    pub async fn back_up(&self, file: &std::path::Path) -> bool {
        self.portal.back_up(&operator(), file).await.is_ok()
    }

    /// Has all events chained.
    pub async fn seal(&self) {
        self.portal.store.seal_pending().await.unwrap();
    }

    /// The events that fit the query, the oldest first; but for those that say
    /// that somebody looked, which looking makes more of.
    pub async fn events(&self, query: &str) -> Vec<Value> {
        let mut events = self.admin().all(&format!("/api/v1/events?{query}")).await;
        events.retain(|event| event["action"] != "audit_read");
        events
    }
}

/// The table of a service that can do all that there is.
pub fn full_service(slug: &str, base_url: &str) -> Value {
    let mut table = article_service(slug, base_url);
    let http = table["http"].as_object_mut().unwrap();
    http.insert(
        "reset".to_owned(),
        json!({
            "request": "PUT /accounts/{{ username }}/password",
            "json": { "password": "{{ password }}" },
        }),
    );
    http.insert("disable".to_owned(), json!({ "request": "POST /accounts/{{ username }}/disable" }));
    http.insert("enable".to_owned(), json!({ "request": "POST /accounts/{{ username }}/enable" }));
    http.insert("gone".to_owned(), json!({ "request": "GET /accounts/{{ username }}" }));
    table
}

/// The same service, which lists its accounts as well.
pub fn listing_service(slug: &str, base_url: &str) -> Value {
    let mut table = full_service(slug, base_url);
    let list =
        json!({ "request": "GET /accounts", "query": { "prefix": "{{ prefix }}" }, "items": "/accounts" });
    table["http"]["list"] = list;
    table
}

/// The same service, on which a manager has to agree.
pub fn with_approval(mut table: Value) -> Value {
    table["policy"] = json!({ "approval": "manager" });
    table
}

/// The table of a service with the article's two calls and a login check.
pub fn article_service(slug: &str, base_url: &str) -> Value {
    json!({
        "slug": slug,
        "name": "User service",
        "environment": "dev",
        "base_url": base_url,
        "connector": "article",
        "http": { "verify": {
            "request": "POST /login",
            "json": { "username": "{{ username }}", "password": "{{ password }}" },
        } },
    })
}
