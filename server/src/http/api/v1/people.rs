//! People.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    access::Invitation,
    page::{Page, PageQuery},
    people::{AddPerson, AddedPerson, ChangePerson, Person},
    policy,
    text::Login,
};

use crate::http::{
    Shared,
    body::JsonBody,
    outcome::location,
    path::Named,
    problem::ApiProblem,
    query::{Everything, Listing},
    token::ByToken,
};

/// List everybody, newest first
#[utoipa::path(get, path = "/people", operation_id = "list_people", tag = "people", params(PageQuery),
    responses((status = 200, body = Page<Person>)))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<Everything>,
) -> Result<Json<Page<Person>>, ApiProblem> {
    let (_, page) = listing.unless(|| policy::manage_people(&caller.actor))?;
    Ok(Json(shared.portal.list_people(&caller, page).await?))
}

/// Add somebody
///
/// Without a password the answer has a one-time link by which the person chooses one; it is
/// shown this once: who repeats the request gets the person without it.
#[utoipa::path(post, path = "/people", operation_id = "add_person", tag = "people",
    request_body(content = AddPerson, example = json!({"login": "ann", "role": "tester", "team": "default"})),
    responses((status = 201, body = AddedPerson, headers(("Location" = String)))))]
pub async fn add(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    body: JsonBody<AddPerson>,
) -> Result<impl IntoResponse, ApiProblem> {
    let command = body.unless(|| policy::manage_people(&caller.actor))?;
    let added = shared.portal.add_person(&caller, command).await?;
    Ok((StatusCode::CREATED, location("people", &added.person.login), Json(added)))
}

/// Show one person
#[utoipa::path(get, path = "/people/{login}", operation_id = "show_person", tag = "people",
    params(("login" = Login, Path)), responses((status = 200, body = Person)))]
pub async fn show(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(login): Named<Login>,
) -> Result<Json<Person>, ApiProblem> {
    Ok(Json(shared.portal.show_person(&caller, login.as_str()).await?))
}

/// Change what is said of somebody
///
/// Whoever is disabled is shut out from the next request on, with all sessions and tokens. The
/// last admin who can sign in stays one.
#[utoipa::path(patch, path = "/people/{login}", operation_id = "change_person", tag = "people",
    params(("login" = Login, Path)),
    request_body(content = ChangePerson, example = json!({"role": "manager", "team": "default"})),
    responses((status = 200, body = Person)))]
pub async fn change(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(login): Named<Login>,
    body: JsonBody<ChangePerson>,
) -> Result<Json<Person>, ApiProblem> {
    let command = body.unless(|| policy::manage_people(&caller.actor))?;
    Ok(Json(shared.portal.change_person(&caller, login.as_str(), command).await?))
}

/// Make a one-time link by which somebody chooses a password
///
/// Links that they had before are worthless then.
#[utoipa::path(post, path = "/people/{login}/invitation", operation_id = "invite_person", tag = "people",
    params(("login" = Login, Path)), responses((status = 201, body = Invitation)))]
pub async fn invite(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(login): Named<Login>,
) -> Result<impl IntoResponse, ApiProblem> {
    let invitation = shared.portal.invite_person(&caller, login.as_str()).await?;
    Ok((StatusCode::CREATED, Json(invitation)))
}
