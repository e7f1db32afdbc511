//! Services: where accounts can be created.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    Problem, check::ServiceCheck, policy, portal::Applied, secret::Secret, service::Service, text::Slug,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::{
    Shared, body::JsonBody, outcome::location, path::Named, problem::ApiProblem, token::ByToken,
};

/// A service file's table, as JSON.
type Table = Map<String, Value>;

/// All services: they are few, so there is always one page of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceList {
    items: Vec<Service>,
    next: Option<String>,
}

/// List the services, by slug
#[utoipa::path(get, path = "/services", operation_id = "list_services", tag = "services", responses((status = 200, body = ServiceList)))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
) -> Result<Json<ServiceList>, ApiProblem> {
    Ok(Json(ServiceList { items: shared.portal.list_services(&caller).await?, next: None }))
}

/// Register a service, or change the one with its slug
///
/// The body is the table of a service file. Secrets never come back.
#[utoipa::path(post, path = "/services", operation_id = "apply_service", tag = "services",
    request_body(content = Object, example = json!({"slug": "orders", "name": "Orders", "environment": "staging", "base_url": "http://127.0.0.1:4010", "connector": "article"})),
    responses(
        (status = 200, description = "Changed, or so already", body = Service),
        (status = 201, description = "Registered", body = Service, headers(("Location" = String))),
    ))]
pub async fn apply(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    body: JsonBody<Table>,
) -> Result<Response, ApiProblem> {
    let table = body.unless(|| policy::write_services(&caller.actor))?;
    Ok(applied(shared.portal.apply_service(&caller, Value::Object(table)).await?))
}

/// Look at a service
#[utoipa::path(get, path = "/services/{slug}", operation_id = "show_service", tag = "services", params(("slug" = Slug, Path)),
    responses((status = 200, body = Service)))]
pub async fn show(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
) -> Result<Json<Service>, ApiProblem> {
    Ok(Json(shared.portal.show_service(&caller, slug.as_str()).await?))
}

/// Register the service with that slug, or change it
///
/// The body is the table of a service file; its slug may be left out.
#[utoipa::path(put, path = "/services/{slug}", operation_id = "put_service", tag = "services", params(("slug" = Slug, Path)),
    request_body(content = Object, example = json!({"name": "Orders", "environment": "staging", "base_url": "http://127.0.0.1:4010", "connector": "article"})),
    responses(
        (status = 200, description = "Changed, or so already", body = Service),
        (status = 201, description = "Registered", body = Service, headers(("Location" = String))),
    ))]
pub async fn put(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
    body: JsonBody<Table>,
) -> Result<Response, ApiProblem> {
    let authorise = || policy::write_services(&caller.actor);
    let mut table = body.unless(authorise)?;
    let said = table.entry("slug").or_insert_with(|| slug.as_str().into());
    if *said != slug.as_str() {
        authorise()?;
        return Err(Problem::invalid("/slug", format!("must be {slug}, as in the address")).into());
    }
    Ok(applied(shared.portal.apply_service(&caller, Value::Object(table)).await?))
}

/// A service's own secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretValue {
    /// The secret itself.
    value: Secret,
}

/// Give the portal a service's own secret
///
/// In place of the one that it had. The service's table says `secret =
/// "sealed"`. It is kept sealed, and never comes back; a service that is called
/// at another address from then on has to be given it again.
#[utoipa::path(put, path = "/services/{slug}/secret", operation_id = "seal_service_secret", tag = "services", params(("slug" = Slug, Path)),
    request_body = SecretValue, responses((status = 200, body = Service)))]
pub async fn seal(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
    body: JsonBody<SecretValue>,
) -> Result<Json<Service>, ApiProblem> {
    let SecretValue { value } = body.unless(|| policy::write_services(&caller.actor))?;
    Ok(Json(shared.portal.seal_service_secret(&caller, slug.as_str(), value).await?))
}

/// Try a service out
///
/// With an account that is made for that, on the service itself: create, log
/// in, be refused with a wrong password, reset, log in, delete, be gone.
/// Nothing is left behind. What the definition declares and the service does
/// not do is not relied on from then on.
#[utoipa::path(post, path = "/services/{slug}/check", operation_id = "check_service", tag = "services", params(("slug" = Slug, Path)),
    responses((status = 200, description = "What came of it, `ok` or not", body = ServiceCheck)))]
pub async fn check(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(slug): Named<Slug>,
) -> Result<Json<ServiceCheck>, ApiProblem> {
    Ok(Json(shared.portal.check_service(&caller, slug.as_str()).await?))
}

fn applied(applied: Applied) -> Response {
    match applied {
        Applied::Registered(service) => {
            (StatusCode::CREATED, location("services", &service.slug), Json(service)).into_response()
        }
        Applied::Changed(service) | Applied::Unchanged(service) => Json(service).into_response(),
    }
}
