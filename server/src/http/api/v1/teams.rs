//! Teams.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    page::Page,
    policy,
    team::{AddTeam, ChangeTeam, Team},
    text::Slug,
};

use crate::http::{
    Shared,
    body::JsonBody,
    outcome::location,
    path::{Named, TeamSlug},
    problem::ApiProblem,
    token::ByToken,
};

/// List the teams, by slug
#[utoipa::path(get, path = "/teams", operation_id = "list_teams", tag = "people",
    responses((status = 200, body = Page<Team>)))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
) -> Result<Json<Page<Team>>, ApiProblem> {
    let items = shared.portal.list_teams(&caller).await?;
    Ok(Json(Page { items, next: None }))
}

/// Add a team
#[utoipa::path(post, path = "/teams", operation_id = "add_team", tag = "people",
    request_body(content = AddTeam, example = json!({"slug": "payments", "name": "Payments"})),
    responses((status = 201, body = Team, headers(("Location" = String)))))]
pub async fn add(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    body: JsonBody<AddTeam>,
) -> Result<impl IntoResponse, ApiProblem> {
    let command = body.unless(|| policy::manage_people(&caller.actor))?;
    let team = shared.portal.add_team(&caller, command).await?;
    Ok((StatusCode::CREATED, location("teams", &team.slug), Json(team)))
}

/// Show one team
#[utoipa::path(get, path = "/teams/{slug}", operation_id = "show_team", tag = "people",
    params(("slug" = Slug, Path)), responses((status = 200, body = Team)))]
pub async fn show(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(TeamSlug(slug)): Named<TeamSlug>,
) -> Result<Json<Team>, ApiProblem> {
    Ok(Json(shared.portal.show_team(&caller, slug.as_str()).await?))
}

/// Call a team something else
#[utoipa::path(patch, path = "/teams/{slug}", operation_id = "change_team", tag = "people",
    params(("slug" = Slug, Path)),
    request_body(content = ChangeTeam, example = json!({"name": "Payments and billing"})),
    responses((status = 200, body = Team)))]
pub async fn change(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(TeamSlug(slug)): Named<TeamSlug>,
    body: JsonBody<ChangeTeam>,
) -> Result<Json<Team>, ApiProblem> {
    let command = body.unless(|| policy::manage_people(&caller.actor))?;
    Ok(Json(shared.portal.change_team(&caller, slug.as_str(), command).await?))
}

/// Do away with a team to which nobody and nothing belongs
#[utoipa::path(delete, path = "/teams/{slug}", operation_id = "remove_team", tag = "people",
    params(("slug" = Slug, Path)), responses((status = 200, body = Team)))]
pub async fn remove(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(TeamSlug(slug)): Named<TeamSlug>,
) -> Result<Json<Team>, ApiProblem> {
    Ok(Json(shared.portal.remove_team(&caller, slug.as_str()).await?))
}
