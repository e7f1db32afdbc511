//! What is to be known of a route, and how to drive it.

use std::{collections::HashMap, sync::Mutex};

use domain::Ttl;
use http::Method;
use serde_json::{Value, json};
use server::{
    config::Config,
    identity::{CiIssuer, CiRule},
};
use tests::{
    AUDIENCE, Answer, Database, Issuer, Reply, SANDBOX, ScriptedTarget, TestPortal, Who, article_service,
    eventually, listing_service, with_approval,
};

/// A service that holds nothing.
pub const IDLE: &str = "idle";

/// A service that is paused.
pub const PAUSED: &str = "paused";

/// How the runs begin that own the accounts.
const RUN: &str = "github:acme/shop:9123:1";

/// Who calls, and by which door.
#[derive(Clone, Copy)]
pub enum Actor {
    /// A program with that person's token.
    Program(Who),
    /// A program whose token has this one scope.
    Narrowed(Who, &'static str),
    /// That person at a browser.
    Visitor(Who),
}

/// What a route is to somebody without credentials.
pub enum Anonymous {
    /// 401.
    Refused,
    /// A page to which one comes after signing in.
    SentToSignIn,
    /// Open, for this reason.
    Welcome(&'static str),
}

/// To whom a route is forbidden.
#[derive(Clone, Copy)]
pub enum Forbidden {
    /// To this one, with that status.
    To(Actor, u16),
    /// To nobody, for this reason.
    Nobody(#[expect(dead_code, reason = "for who reads the table")] &'static str),
}

/// How a call stands in the audit.
#[derive(Clone, Copy)]
pub enum Audited {
    /// First of all as this.
    As(&'static str),
    /// Not, for this reason.
    NotAtAll(#[expect(dead_code, reason = "for who reads the table")] &'static str),
}

/// What the request carries.
pub enum Body {
    Nothing,
    Json(fn(&Stage) -> Value),
    Form(fn(&Stage) -> Vec<(&str, &str)>),
}

/// A route and its cases.
pub struct Case {
    method: Method,
    path: &'static str,
    query: &'static str,
    body: Body,
    /// Who may call it.
    pub by: Actor,
    pub anonymous: Anonymous,
    pub forbidden: Option<Forbidden>,
    pub audited: Option<Audited>,
}

impl Case {
    fn new(method: Method, path: &'static str, by: Actor, anonymous: Anonymous) -> Self {
        Self { method, path, query: "", body: Body::Nothing, by, anonymous, forbidden: None, audited: None }
    }

    /// A call of the API.
    pub fn api(method: Method, path: &'static str) -> Self {
        Self::new(method, path, Actor::Program(Who::Tester), Anonymous::Refused)
    }

    /// A page.
    pub fn page(path: &'static str) -> Self {
        Self::new(Method::GET, path, Actor::Visitor(Who::Tester), Anonymous::SentToSignIn)
    }

    /// A server function.
    pub fn action(path: &'static str) -> Self {
        Self::new(Method::POST, path, Actor::Visitor(Who::Tester), Anonymous::Refused)
    }

    /// Something that anybody may have.
    pub fn public(path: &'static str, why: &'static str) -> Self {
        Self::new(Method::GET, path, Actor::Visitor(Who::Tester), Anonymous::Welcome(why))
            .forbidden_to_nobody(why)
            .not_audited(why)
    }

    pub fn by(self, by: Actor) -> Self {
        Self { by, ..self }
    }

    pub fn anonymous(self, anonymous: Anonymous) -> Self {
        Self { anonymous, ..self }
    }

    pub fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    pub fn json(self, body: fn(&Stage) -> Value) -> Self {
        Self { body: Body::Json(body), ..self }
    }

    pub fn form(self, body: fn(&Stage) -> Vec<(&str, &str)>) -> Self {
        Self { body: Body::Form(body), ..self }
    }

    pub fn forbidden_to(self, actor: Actor, status: u16) -> Self {
        Self { forbidden: Some(Forbidden::To(actor, status)), ..self }
    }

    pub fn forbidden_to_nobody(self, why: &'static str) -> Self {
        Self { forbidden: Some(Forbidden::Nobody(why)), ..self }
    }

    pub fn audited_as(self, action: &'static str) -> Self {
        Self { audited: Some(Audited::As(action)), ..self }
    }

    pub fn not_audited(self, why: &'static str) -> Self {
        Self { audited: Some(Audited::NotAtAll(why)), ..self }
    }

    /// Method and path, as the server lists them.
    pub fn route(&self) -> (String, String) {
        (self.method.to_string(), self.path.to_owned())
    }

    /// The same door, for somebody else.
    pub fn through_the_same_door(&self, who: Who) -> Actor {
        match self.by {
            Actor::Program(_) | Actor::Narrowed(..) => Actor::Program(who),
            Actor::Visitor(_) => Actor::Visitor(who),
        }
    }

    /// Whether it changes nothing.
    pub fn only_reads(&self) -> bool {
        self.method == Method::GET
    }

    /// Calls it.
    pub async fn send(&self, stage: &Stage, actor: Option<Actor>) -> Answer {
        let portal = &stage.portal;
        let slug = match () {
            () if self.path.starts_with("/api/v1/teams/") => &stage.new_team,
            () if self.path.ends_with("/secret") => "guarded",
            () if self.path.ends_with("/resume") => PAUSED,
            () if self.path.ends_with("/pause") || self.method == Method::DELETE => IDLE,
            () if self.method == Method::PUT => &stage.new_service,
            () => SANDBOX,
        };
        let path = stage.fill(&self.method, &format!("{}{}", self.path, self.query)).replace("{slug}", slug);
        let (api, cookie) = match actor {
            None => (portal.anonymous(), None),
            Some(Actor::Program(who)) => (portal.api(who), None),
            Some(Actor::Narrowed(who, scope)) => (portal.narrowed(who, &[scope]).await, None),
            Some(Actor::Visitor(who)) => (portal.anonymous(), Some(stage.cookie_of(who, self.path).await)),
        };
        let call = api.call(self.method.clone(), &path);
        let call = match &self.body {
            Body::Nothing => call,
            Body::Json(body) => call.json(&body(stage)),
            Body::Form(body) => call.form(&body(stage)),
        };
        let call = match &cookie {
            Some(cookie) => call.header("cookie", cookie),
            None => call,
        };
        if self.path == "/live" && actor.is_some() {
            call.send_without_body().await
        } else {
            call.send().await
        }
    }
}

/// A portal with something for every route to act upon.
pub struct Stage {
    pub portal: TestPortal,
    /// An active account of the tester's.
    pub account: String,
    /// The run that owns it.
    pub run: String,
    /// A request of the tester's that waits for a manager.
    pub request: String,
    /// A frozen account of the tester's.
    pub frozen: String,
    /// An account of the tester's that is being handed over.
    pub handed: String,
    /// A batch of the tester's.
    batch: String,
    /// One of which all waits for a manager.
    pub waiting_batch: String,
    /// Another one, of which something has failed.
    pub failed_batch: String,
    /// Where something of the tester's should be gone and is not.
    pub debt: String,
    /// An account that its service does not have any more.
    pub drift: String,
    _services: [ScriptedTarget; 3],
    /// A spare token of the tester's.
    pub token: String,
    /// What makes up a one-time link for the tester.
    pub code: String,
    /// A session of the tester's.
    pub session: String,
    /// A person who is a tester, and nobody's concern but the admin's.
    pub somebody: String,
    /// Another one, who is disabled.
    pub somebody_disabled: String,
    /// A team to which nobody belongs.
    pub new_team: String,
    /// The identity token of a CI run.
    pub identity: String,
    _issuer: Issuer,
    cookies: Mutex<HashMap<&'static str, String>>,
    /// The slug of a service that is not there yet.
    pub new_service: String,
    renewals: u32,
    /// The sandbox's address.
    pub sandbox: String,
    style: String,
}

impl Stage {
    pub async fn set(database: Database) -> Self {
        let issuer = Issuer::start().await;
        Self::furnish(Self::open(database, &issuer).await, issuer).await
    }

    /// One on which people, services and accounts belong to the team
    /// `payments`, beside others.
    pub async fn set_of_teams(database: Database) -> Self {
        let issuer = Issuer::start().await;
        let mut portal = Self::open(database, &issuer).await;
        portal.split_into_teams().await;
        portal.services_belong_to("payments");
        Self::furnish(portal, issuer).await
    }

    /// One that sweeps when it is told to, and not because the clock jumps.
    async fn open(database: Database, issuer: &Issuer) -> TestPortal {
        let change = |config: &mut Config| {
            config.sweep_every = Ttl::days(365);
            config.ci.push(ci(issuer));
        };
        TestPortal::start_with(database, change).await
    }

    async fn furnish(portal: TestPortal, issuer: Issuer) -> Self {
        portal.register(&listing_service(SANDBOX, &portal.sandbox.0.url())).await;
        let services = register_services(&portal).await;
        let [batch, failed_batch] = batches(&portal).await;
        let debt = debt(&portal).await;
        let sign_in = portal.anonymous().get("/sign-in").await;
        let style = sign_in.text.split("href=\"").find(|rest| rest.starts_with("/assets/")).unwrap();
        let style = style.split('"').next().unwrap().trim_start_matches("/assets/").to_owned();
        let sandbox = portal.sandbox.0.url();
        let [account, request, waiting_batch, frozen, handed, drift, token, new_service] =
            [const { String::new() }; 8];
        let [code, session, somebody, somebody_disabled, new_team] = [const { String::new() }; 5];
        let mut stage = Self {
            portal,
            account,
            run: String::new(),
            request,
            frozen,
            handed,
            batch,
            waiting_batch,
            failed_batch,
            debt,
            drift,
            _services: services,
            token,
            code,
            session,
            somebody,
            somebody_disabled,
            new_team,
            identity: issuer.token(json!({ "repository": "acme/shop", "run_id": 1, "run_attempt": 1 })),
            _issuer: issuer,
            cookies: Mutex::default(),
            new_service,
            renewals: 0,
            sandbox,
            style,
        };
        stage.renew_some(true, true).await;
        stage
    }

    /// Puts back what the case has used up.
    pub async fn renew(&mut self, case: &Case) {
        let concerns = |parts: &[&str]| parts.iter().any(|part| case.path.contains(part));
        let of_people =
            concerns(&["person", "people", "team", "invitation", "session", "password", "sign_out"]);
        let of_tokens = concerns(&["token"]);
        self.renew_some(of_people, of_tokens).await;
    }

    async fn renew_some(&mut self, of_people: bool, of_tokens: bool) {
        pause_expiry(&self.portal).await;
        let api = self.portal.tester();
        let state = async |id: &str| match id {
            "" => String::new(),
            id => api.account(&json!(id)).await["state"].as_str().unwrap().to_owned(),
        };
        let is_theirs = async |id: &str| {
            let account = api.account(&json!(id)).await;
            account["handing_to"].is_null() && account["holder"] == Who::Tester.login()
        };
        if state(&self.account).await != "active" || !is_theirs(&self.account).await {
            // A run of its own: an account that was handed over took the last one along.
            self.run = format!("{RUN}-{}", self.renewals);
            let account = json!({ "services": [SANDBOX], "run": self.run });
            self.account = text(&api.post("/api/v1/accounts", &account).await.expect(201));
        }
        if state(&self.request).await != "requested" {
            let request = json!({ "services": ["guarded"] });
            self.request = text(&api.post("/api/v1/accounts", &request).await.expect(202));
        }
        if self.waiting_batch.is_empty() || api.batch(&json!(self.waiting_batch)).await["waiting"] == 0 {
            let many = json!({ "services": ["guarded"], "count": 2 });
            self.waiting_batch = text(&api.post("/api/v1/accounts", &many).await.expect(202));
        }
        if state(&self.frozen).await != "frozen" {
            self.frozen = frozen(&self.portal).await;
        }
        if self.handed.is_empty() || is_theirs(&self.handed).await {
            self.handed = handed(&self.portal).await;
        }
        idle_and_paused_services(&self.portal).await;
        let drift_now = self.portal.admin().get("/api/v1/drift").await.items();
        if !drift_now.iter().any(|entry| text(entry) == self.drift) {
            self.drift = drift(&self.portal).await;
        }
        if of_tokens {
            self.token = text(&api.post("/api/v1/tokens", &json!({ "name": "spare" })).await.expect(201));
        }
        self.renewals += 1;
        self.new_service = format!("new-{}", self.renewals);
        if of_people {
            self.renew_people().await;
        }
    }

    async fn renew_people(&mut self) {
        let admin = self.portal.admin();
        let tag = self.renewals;
        let add = async |login: String| {
            admin.post("/api/v1/people", &json!({ "login": login, "role": "tester" })).await.expect(201);
            login
        };
        self.somebody = add(format!("somebody-{tag}")).await;
        self.somebody_disabled = add(format!("disabled-{tag}")).await;
        let path = format!("/api/v1/people/{}", self.somebody_disabled);
        admin.patch(&path, &json!({ "disabled": true })).await.expect(200);
        self.new_team = format!("team-{tag}");
        admin.post("/api/v1/teams", &json!({ "slug": self.new_team })).await.expect(201);
        let path = format!("/api/v1/people/{}/invitation", Who::Tester.login());
        let link = admin.order(&path).await.expect(201);
        self.code = link["path"].as_str().unwrap().split_once("code=").unwrap().1.to_owned();
        // Of those that there are, the one that no case acts in.
        self.portal.signed_in(Who::Tester).await;
        self.session = self.portal.newest_session(Who::Tester).await;
    }

    /// The cookie of a session of that person's. It is begun once, but for what
    /// ends sessions.
    async fn cookie_of(&self, who: Who, path: &str) -> String {
        const ENDING: [&str; 4] = ["accept_invitation", "change_own_password", "sign_out", "sign_in"];
        let known = self.cookies.lock().unwrap().get(who.login()).cloned();
        let ends_sessions = ENDING.iter().any(|action| path.ends_with(action));
        if let Some(known) = known.filter(|_| !ends_sessions) {
            return known;
        }
        let cookie = self.portal.signed_in(who).await.cookie().unwrap();
        if ends_sessions {
            self.cookies.lock().unwrap().remove(who.login());
        } else {
            self.cookies.lock().unwrap().insert(who.login(), cookie.clone());
        }
        cookie
    }

    fn fill(&self, method: &Method, path: &str) -> String {
        let has = |part| path.contains(part);
        let id = match () {
            () if has("/tokens/") => &self.token,
            () if has("/drift/") => &self.drift,
            () if has("/hand-over") && method == Method::DELETE => &self.handed,
            () if has("/batches/") && has("/retry") => &self.failed_batch,
            () if has("/batches/") && (has("/approve") || has("/deny")) => &self.waiting_batch,
            () if has("/batches/") => &self.batch,
            () if has("/approve") || has("/deny") => &self.request,
            () if has("/unfreeze") => &self.frozen,
            () => &self.account,
        };
        let (hash, file) = self.style.split_once('/').unwrap();
        let file = if path.starts_with("/assets") { file } else { "swagger-ui.css" };
        path.replace("{id}", id)
            .replace("{login}", &self.somebody)
            .replace("{code}", &self.code)
            .replace("{run}", &self.run.replace('/', "%2F"))
            .replace("{enrollment}", &self.debt)
            .replace("{hash}", hash)
            .replace("{*file}", file)
    }
}

fn ci(issuer: &Issuer) -> CiIssuer {
    let rule = CiRule {
        matches: [("repository".to_owned(), "acme/shop".to_owned())].into(),
        team: "default".parse().unwrap(),
        acts_as: "ci-shop".parse().unwrap(),
        services: Vec::new(),
        quota: None,
        scopes: Vec::new(),
        ttl: Ttl::hours(1),
    };
    let issuer = openidconnect::IssuerUrl::new(issuer.url()).unwrap();
    CiIssuer { issuer, audience: AUDIENCE.to_owned(), run: None, rules: vec![rule] }
}

fn text(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// One on which a manager has to agree, one that creates nothing, and one
/// that deletes nothing.
async fn register_services(portal: &TestPortal) -> [ScriptedTarget; 3] {
    let guarded = ScriptedTarget::start(|_| Reply::status(200)).await;
    let mut table = with_approval(article_service("guarded", &guarded.target.url()));
    table["secret"] = json!("sealed");
    portal.register(&table).await;
    let refusing =
        ScriptedTarget::start(|call| Reply::status(if call.is_create() { 400 } else { 404 })).await;
    portal.register_scripted("refusing", &refusing).await;
    let stubborn =
        ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 500 } else { 200 })).await;
    portal.register_scripted("stubborn", &stubborn).await;
    [guarded, refusing, stubborn]
}

async fn idle_and_paused_services(portal: &TestPortal) {
    let state = async |slug: &str| {
        let answer = portal.admin().get(&format!("/api/v1/services/{slug}")).await;
        if answer.status == 200 { answer.json()["state"].as_str().unwrap().to_owned() } else { String::new() }
    };
    let order = async |slug: &str, what: &str| {
        portal.admin().order(&format!("/api/v1/services/{slug}/{what}")).await.expect(200);
    };
    for slug in [IDLE, PAUSED] {
        if state(slug).await.is_empty() {
            portal.register(&article_service(slug, &portal.sandbox.0.url())).await;
        }
    }
    if state(IDLE).await == "paused" {
        order(IDLE, "resume").await;
    }
    if state(PAUSED).await == "active" {
        order(PAUSED, "pause").await;
    }
}

async fn pause_expiry(portal: &TestPortal) {
    let is_paused = async || portal.tester().get("/api/v1/expiry").await.expect(200)["paused"].is_object();
    if !is_paused().await {
        portal.clock.jump_secs(3_600);
        eventually("the jump is seen", async || is_paused().await.then_some(())).await;
    }
}

async fn frozen(portal: &TestPortal) -> String {
    let account = portal.tester().new_account().await;
    text(&portal.tester().act(&account["id"], "freeze", &json!({})).await.expect(200))
}

/// On a service that neither sets passwords nor deletes.
async fn handed(portal: &TestPortal) -> String {
    let api = portal.narrowed(Who::Tester, &[]).await;
    let account = api.post("/api/v1/accounts", &json!({ "services": ["stubborn"] })).await.expect(201);
    let path = format!("/api/v1/accounts/{}/hand-over", text(&account));
    let to = json!({ "to": Who::SecondTester.login() });
    let call = api.call(Method::POST, &path).json(&to).header("prefer", "respond-async");
    text(&call.send().await.expect(202))
}

async fn batches(portal: &TestPortal) -> [String; 2] {
    let request = async |service: &str| {
        let wanted = json!({ "services": [service], "count": 2 });
        let batch = portal.tester().post("/api/v1/accounts", &wanted).await.expect(202);
        text(&portal.tester().batch_once_finished(&batch["id"]).await)
    };
    [request(SANDBOX).await, request("refusing").await]
}

/// What two sweeps have seen.
async fn drift(portal: &TestPortal) -> String {
    let account = portal.tester().new_account().await;
    let username = account["username"].as_str().unwrap();
    portal.sandbox.delete(username).await;
    for _ in 0..2 {
        portal.admin().order(&format!("/api/v1/services/{SANDBOX}/sweep")).await.expect(200);
    }
    let entries = portal.admin().get("/api/v1/drift").await.items();
    text(entries.iter().find(|entry| entry["username"] == username).unwrap())
}

/// By another token, so that no cleanup of the first one's meets it.
async fn debt(portal: &TestPortal) -> String {
    let api = portal.narrowed(Who::Tester, &[]).await;
    let account = api.post("/api/v1/accounts", &json!({ "services": ["stubborn"] })).await.expect(201);
    api.revoke_later(&account["id"]).await;
    let debt = api.get("/api/v1/debt").await.items().remove(0);
    debt["enrollment"].as_str().unwrap().to_owned()
}
