//! Who visits with a browser: the session behind the cookie.
//!
//! Nothing is written for somebody who has not signed in: no row, no cookie.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{header, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::{
    Problem, ProblemKind, Timestamp,
    access::session_keys,
    actor::Caller,
    id::{PersonId, SessionId},
};
use serde::{Serialize, de::DeserializeOwned};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore, cookie::SameSite};

use super::{Shared, client::counted_as, problem::ApiProblem, request_id::RequestId, sign_ins::Attempt};

/// The name of the cookie.
pub const COOKIE: &str = "understudy_session";

/// For how long a session lives on that nobody uses.
const IDLE: time::Duration = time::Duration::hours(12);

/// How old the record of the last use may become. Each use would else be a
/// write.
const USE_NOTED_EVERY: i64 = 30 * 60 * 1_000;

const NOTE: &str = "note";

/// So much is kept of what a browser says that it is, in characters.
const BROWSER_LENGTH: usize = 200;

/// Gives each request its session; lazily, so that one which does not ask for
/// it costs nothing.
pub fn layer<S: SessionStore>(store: S, secure_cookies: bool) -> SessionManagerLayer<S> {
    SessionManagerLayer::new(store)
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_secure(secure_cookies)
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Somebody at a browser, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    session: Session,
    shared: Shared,
    request_id: String,
    browser: String,
    from: IpAddr,
    attempt: Option<Attempt>,
}

impl Visitor {
    /// Who is signed in.
    ///
    /// # Errors
    /// Nobody is, or no longer.
    pub async fn caller(&self) -> Result<Caller, Problem> {
        let person: PersonId =
            self.session.get(session_keys::PERSON).await.map_err(broken)?.ok_or_else(nobody)?;
        let actor = self.shared.portal.actor_of_session(person).await?;
        self.note_use().await?;
        Ok(Caller::new(actor, Some(self.request_id.clone())))
    }

    /// The same visitor, trying to sign in.
    pub fn trying(&self, attempt: Attempt) -> Self {
        Self { attempt: Some(attempt), ..self.clone() }
    }

    /// Counts that the visitor gives their password once more.
    ///
    /// # Errors
    /// It was wrong too often.
    pub fn password_is_tried(&self, by: &Caller) -> Result<(), Problem> {
        self.shared.sign_ins.begins(&self.attempt_of(by))
    }

    /// It was the right one, and does not count.
    pub fn password_was_right(&self, by: &Caller) {
        self.shared.sign_ins.succeeded(&self.attempt_of(by));
    }

    fn attempt_of(&self, by: &Caller) -> Attempt {
        Attempt { login: by.actor.person().map(|person| person.login.clone()), from: self.from }
    }

    /// The request's id.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Signs the person in. The session gets a new id and forgets what it
    /// held, so that nobody can prepare one for somebody else.
    ///
    /// # Errors
    /// The session cannot be stored.
    pub async fn begin(&self, person: PersonId) -> Result<(), Problem> {
        self.session.clear().await;
        self.session.cycle_id().await.map_err(broken)?;
        let id = (self.shared.new_id)();
        self.session.insert(session_keys::ID, id).await.map_err(broken)?;
        self.session.insert(session_keys::PERSON, person).await.map_err(broken)?;
        self.session.insert(session_keys::BEGUN, self.now()).await.map_err(broken)?;
        self.session.insert(session_keys::LAST_USE, self.now()).await.map_err(broken)?;
        self.session.insert(session_keys::BROWSER, &self.browser).await.map_err(broken)?;
        if let Some(attempt) = &self.attempt {
            self.shared.sign_ins.succeeded(attempt);
        }
        Ok(())
    }

    /// The session's id as its owner sees it; `None` where nobody is signed in.
    ///
    /// # Errors
    /// The session cannot be read.
    pub async fn session_id(&self) -> Result<Option<SessionId>, Problem> {
        self.session.get(session_keys::ID).await.map_err(broken)
    }

    /// Signs out: the session is gone.
    ///
    /// # Errors
    /// The session cannot be deleted.
    pub async fn end(&self) -> Result<(), Problem> {
        self.session.flush().await.map_err(broken)
    }

    /// Leaves a note for the next page.
    ///
    /// # Errors
    /// The session cannot be read.
    pub async fn leave_note<N: Serialize>(&self, note: &N) -> Result<(), Problem> {
        self.session.insert(NOTE, note).await.map_err(broken)
    }

    /// Takes the note that was left, if there is one.
    ///
    /// # Errors
    /// The session cannot be read.
    pub async fn take_note<N: DeserializeOwned>(&self) -> Result<Option<N>, Problem> {
        // Looked for first: taking counts as a change, and would be written.
        if self.session.get_value(NOTE).await.map_err(broken)?.is_none() {
            return Ok(None);
        }
        self.session.remove(NOTE).await.map_err(broken)
    }

    async fn note_use(&self) -> Result<(), Problem> {
        let last: Option<i64> = self.session.get(session_keys::LAST_USE).await.map_err(broken)?;
        let now = self.now();
        if last.is_none_or(|last| now - last >= USE_NOTED_EVERY) {
            self.session.insert(session_keys::LAST_USE, now).await.map_err(broken)?;
        }
        Ok(())
    }

    fn now(&self) -> i64 {
        Timestamp::as_millis((self.shared.now)())
    }
}

fn nobody() -> Problem {
    Problem::new(ProblemKind::Unauthenticated, "Nobody is signed in here, or the session has ended.")
}

fn broken(error: tower_sessions::session::Error) -> Problem {
    tracing::error!(error = &error as &dyn std::error::Error, "the session failed");
    Problem::internal()
}

/// Puts the [`Visitor`] at hand; inside [`layer`].
pub async fn greet(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let browser = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let browser: String = browser.unwrap_or_default().chars().take(BROWSER_LENGTH).collect();
    let extensions = request.extensions_mut();
    let from = counted_as(extensions);
    let session = extensions.get::<Session>().cloned();
    let RequestId(request_id) = extensions.get().cloned().unwrap_or_else(|| RequestId(String::new()));
    if let Some(session) = session {
        extensions.insert(Arc::new(Visitor { session, shared, request_id, browser, from, attempt: None }));
    }
    next.run(request).await
}

/// The caller, by the browser's session.
#[derive(Debug)]
pub struct BySession(pub Caller);

impl<S: Send + Sync> FromRequestParts<S> for BySession {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        let visitor = parts.extensions.get::<Arc<Visitor>>().ok_or_else(Problem::internal)?;
        Ok(Self(visitor.caller().await?))
    }
}
