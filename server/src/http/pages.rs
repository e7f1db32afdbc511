//! The pages and their server functions, as the crate `app` offers them.

use std::sync::Arc;

use app::{
    door,
    visit::{Note, Visit},
};
use async_trait::async_trait;
use axum::{
    Router, body,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{Problem, ProblemKind, actor::Caller, id::SessionId, people::Person, problem::ProblemDocument};

use super::{
    BODY_LIMIT, Shared,
    assets::ASSETS,
    guard,
    problem::{self, ApiProblem},
    session::Visitor,
};

/// Scripts, style and images are files of ours; nothing runs that stands in
/// the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// All pages and server functions.
pub fn router() -> Router<Shared> {
    let pages =
        door::page_paths().into_iter().fold(Router::new(), |router, path| router.route(&path, get(page)));
    door::action_paths().into_iter().fold(pages, |router, path| router.route(path, post(action)))
}

/// Their routes.
pub fn routes() -> impl Iterator<Item = (Method, String)> {
    let pages = door::page_paths().into_iter().map(|path| (Method::GET, path));
    pages.chain(door::action_paths().into_iter().map(|path| (Method::POST, path.to_owned())))
}

/// Where there is nothing: a page for people, a problem for programs.
pub async fn fallback(state: State<Shared>, request: Request) -> Response {
    if guard::is_for_programs(request.uri()) || request.method() != Method::GET {
        let detail = "There is nothing at this address. /api/docs says what there is.";
        return ApiProblem(Problem::new(ProblemKind::NotFound, detail)).into_response();
    }
    page(state, request).await
}

/// Has somebody at a browser see a page where an answer is a problem that no
/// page came to explain.
pub async fn explain(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let context = if is_read_by_a_person(&request) { context(&shared, &request) } else { None };
    let at = request.uri().clone();
    let response = next.run(request).await;
    let (Some(context), Some(ApiProblem(problem))) = (context, problem::problem_of(&response)) else {
        return response;
    };
    let mut page = with_policy(door::problem_page(context, at, problem).await);
    for said in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&said) {
            page.headers_mut().insert(said, value.clone());
        }
    }
    page
}

/// Forms without a script are sent to the server functions, which are else
/// for programs.
fn is_read_by_a_person(request: &Request) -> bool {
    let is_action = request.uri().path().starts_with("/actions/");
    door::accepts_html(request.headers()) && (is_action || !guard::is_for_programs(request.uri()))
}

async fn page(State(shared): State<Shared>, request: Request) -> Response {
    let Some(context) = context(&shared, &request) else {
        return ApiProblem::from(ProblemKind::Internal).into_response();
    };
    with_policy(door::page(context, request).await)
}

async fn action(State(shared): State<Shared>, request: Request) -> Response {
    let Some(context) = context(&shared, &request) else {
        return ApiProblem::from(ProblemKind::Internal).into_response();
    };
    with_policy(named(door::action(context, request).await).await)
}

/// Has a problem that a server function answered written anew, with the
/// request's id in it.
async fn named(response: Response) -> Response {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    if media_type.is_none_or(|media_type| media_type != problem::MEDIA_TYPE) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    if let Ok(document) = serde_json::from_slice::<ProblemDocument>(&bytes) {
        parts.extensions.insert(ApiProblem(document.into()));
    }
    Response::from_parts(parts, bytes.into())
}

fn context(shared: &Shared, request: &Request) -> Option<door::Context> {
    let visit = request.extensions().get::<Arc<Visitor>>()?.clone();
    Some(door::Context {
        portal: shared.portal.clone(),
        visit,
        assets: ASSETS.urls.clone(),
        now: (shared.now)(),
    })
}

fn with_policy(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

#[async_trait]
impl Visit for Visitor {
    async fn caller(&self) -> Result<Caller, Problem> {
        self.caller().await
    }

    fn request_id(&self) -> Option<String> {
        Some(self.request_id().to_owned())
    }

    fn password_is_tried(&self, by: &Caller) -> Result<(), Problem> {
        self.password_is_tried(by)
    }

    fn password_was_right(&self, by: &Caller) {
        self.password_was_right(by);
    }

    async fn begin(&self, person: &Person) -> Result<(), Problem> {
        self.begin(person.id).await
    }

    async fn session(&self) -> Result<Option<SessionId>, Problem> {
        self.session_id().await
    }

    async fn end(&self) -> Result<(), Problem> {
        self.end().await
    }

    async fn leave_note(&self, note: Note) -> Result<(), Problem> {
        self.leave_note(&note).await
    }

    async fn take_note(&self) -> Result<Option<Note>, Problem> {
        self.take_note().await
    }
}
