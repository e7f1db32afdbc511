//! What is to be known of a route, and how to drive it.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Database, SANDBOX, TestPortal, Who};

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

    /// Calls it.
    pub async fn send(&self, stage: &Stage, actor: Option<Actor>) -> Answer {
        let portal = &stage.portal;
        let slug = if self.method == Method::PUT { &stage.new_service } else { SANDBOX };
        let path = stage.fill(&format!("{}{}", self.path, self.query)).replace("{slug}", slug);
        let (api, cookie) = match actor {
            None => (portal.anonymous(), None),
            Some(Actor::Program(who)) => (portal.api(who), None),
            Some(Actor::Narrowed(who, scope)) => (portal.narrowed(who, &[scope]).await, None),
            Some(Actor::Visitor(who)) => (portal.anonymous(), portal.signed_in(who).await.cookie()),
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
    /// A spare token of the tester's.
    pub token: String,
    /// The slug of a service that is not there yet.
    pub new_service: String,
    /// The sandbox's address.
    pub sandbox: String,
    style: String,
}

impl Stage {
    pub async fn set(database: Database) -> Self {
        let portal = TestPortal::start(database).await;
        let sign_in = portal.anonymous().get("/sign-in").await;
        let style = sign_in.text.split("href=\"").find(|rest| rest.starts_with("/assets/")).unwrap();
        let style = style.split('"').next().unwrap().trim_start_matches("/assets/").to_owned();
        let sandbox = portal.sandbox.0.url();
        let (account, token, new_service) = (String::new(), String::new(), String::new());
        let mut stage = Self { portal, account, token, new_service, sandbox, style };
        stage.renew().await;
        stage
    }

    /// Puts back what a route has used up.
    pub async fn renew(&mut self) {
        let api = self.portal.tester();
        let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
        self.account =
            text(&api.post("/api/v1/accounts", &json!({ "services": [SANDBOX] })).await.expect(201));
        self.token = text(&api.post("/api/v1/tokens", &json!({ "name": "spare" })).await.expect(201));
        self.new_service = format!("service-{}", self.token);
    }

    fn fill(&self, path: &str) -> String {
        let id = if path.contains("/tokens/") { &self.token } else { &self.account };
        let (hash, file) = self.style.split_once('/').unwrap();
        let file = if path.starts_with("/assets") { file } else { "swagger-ui.css" };
        path.replace("{id}", id).replace("{hash}", hash).replace("{*file}", file)
    }
}
