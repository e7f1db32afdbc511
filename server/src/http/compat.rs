//! The two calls of the script that this portal replaces, with the answers
//! that its users know.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    Problem, ProblemKind,
    account::AccountView,
    actor::Caller,
    batch::{BatchState, CleanUp},
    command::{RequestAccount, Wait},
    policy,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Shared, body::JsonBody, prefer::Prefer, problem::ApiProblem, token::ByToken};

/// Where to create an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// The base URL of a registered service.
    service_url: String,
}

/// The account is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    #[schema(examples("test_k3v9x2ab"))]
    username: String,
    #[schema(examples("created"))]
    status: &'static str,
}

/// There is no account.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotCreated {
    #[schema(examples("Failed to create account"))]
    error: &'static str,
}

/// How the cleanup went.
#[derive(Debug, Serialize, ToSchema)]
pub struct CleanedUp {
    #[schema(examples("all test accounts cleaned up"))]
    status: String,
}

/// Create an account on the service with that URL
///
/// Where it cannot be had in time it is withdrawn: nothing is left behind.
#[utoipa::path(post, path = "/create", tag = "article", params(Prefer),
    request_body(content = Create, example = json!({"service_url": "http://127.0.0.1:4010"})),
    responses(
        (status = 200, body = Created),
        (status = 422, description = "No registered service has that URL: nothing is called", body = domain::problem::ProblemDocument, content_type = "application/problem+json"),
        (status = 500, body = NotCreated),
    ))]
pub async fn create(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Prefer { wait, .. }: Prefer,
    body: JsonBody<Create>,
) -> Result<Response, ApiProblem> {
    let Create { service_url } = body.unless(|| policy::request_account(&caller.actor).map(drop))?;
    // On a task of its own: a caller who hangs up must not keep what came too
    // late from being withdrawn.
    let creation = tokio::spawn(create_or_withdraw(shared, caller, service_url, wait));
    creation.await.unwrap_or_else(|failed| {
        tracing::error!(%failed, "a creation broke down");
        Ok(not_created())
    })
}

async fn create_or_withdraw(
    shared: Shared,
    caller: Caller,
    service_url: String,
    wait: Wait,
) -> Result<Response, ApiProblem> {
    let service = shared.portal.find_service_by_url(&caller, &service_url).await.map_err(unknown_url)?;
    let command = RequestAccount { services: vec![service.slug.into_string()], ..RequestAccount::default() };
    match shared.portal.request_account(&caller, command, wait).await {
        // Who asks once more hears the same as at first, whatever became of
        // the account since.
        Ok(account) if account.active_at.is_some() => {
            Ok(Json(Created { username: username(account), status: "created" }).into_response())
        }
        Ok(account) => {
            withdraw(&shared, &caller, &account, wait).await;
            Ok(not_created())
        }
        Err(problem) if problem.kind.status() >= 500 => Ok(not_created()),
        Err(problem) => Err(problem.into()),
    }
}

/// A URL in the body is a field that cannot be accepted, not a path.
fn unknown_url(problem: Problem) -> Problem {
    if problem.kind == ProblemKind::NotFound {
        return Problem::invalid(
            "/service_url",
            "is not the base URL of a registered service that you may use",
        );
    }
    problem
}

fn username(account: AccountView) -> String {
    account.services.into_iter().next().map_or(account.username, |enrollment| enrollment.username)
}

async fn withdraw(shared: &Shared, caller: &Caller, account: &AccountView, wait: Wait) {
    // Who asks once more may find that this was not come to the first time.
    let caller = Caller { retry_key: None, ..caller.clone() };
    if let Err(problem) = shared.portal.revoke_account(&caller, account.id, wait).await {
        // The lease sees to it then.
        tracing::error!(account = %account.id, %problem, "an account that came too late was not withdrawn");
    }
}

fn not_created() -> Response {
    let answer = NotCreated { error: "Failed to create account" };
    (StatusCode::INTERNAL_SERVER_ERROR, Json(answer)).into_response()
}

/// Take away every account that this token created
///
/// Two CI jobs with tokens of their own never delete each other's.
#[utoipa::path(post, path = "/cleanup", tag = "article", params(Prefer), responses(
    (status = 200, description = "All are gone", body = CleanedUp),
    (status = 202, description = "Some are still going", body = CleanedUp),
))]
pub async fn cleanup(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    prefer: Prefer,
) -> Result<Response, ApiProblem> {
    let own = CleanUp { mine: true, ..CleanUp::default() };
    let batch = shared.portal.clean_up(&caller, own, prefer.wait).await?;
    if batch.state == BatchState::Finished {
        let answer = CleanedUp { status: "all test accounts cleaned up".to_owned() };
        return Ok((prefer, Json(answer)).into_response());
    }
    let pending = batch.total - batch.done;
    let status = format!("{pending} of {} test accounts are still being cleaned up", batch.total);
    Ok((StatusCode::ACCEPTED, prefer, Json(CleanedUp { status })).into_response())
}
