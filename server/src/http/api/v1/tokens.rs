//! API tokens.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use domain::{
    id::TokenId,
    page::{Page, PageQuery},
    problem::ProblemDocument,
    token::{IssueToken, IssuedToken, Token},
};

use serde::Deserialize;

use crate::http::{
    Shared, body::JsonBody, outcome::location, path::Named, problem::ApiProblem, query::Listing,
    token::ByToken,
};

/// Whose tokens are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OwnedBy {
    /// Their owner's login; the caller, where it is left out. Others' are for admins.
    owner: Option<String>,
}

/// List tokens, newest first: one's own, or somebody's
#[utoipa::path(get, path = "/tokens", operation_id = "list_tokens", tag = "tokens", params(OwnedBy, PageQuery),
    responses((status = 200, body = Page<Token>),
        (status = 404, description = "There is no such person, or one may not see it", body = ProblemDocument,
            content_type = "application/problem+json")))]
pub async fn list(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    listing: Listing<OwnedBy>,
) -> Result<Json<Page<Token>>, ApiProblem> {
    let (OwnedBy { owner }, page) = listing.unless(|| Ok(()))?;
    let tokens = match owner {
        Some(owner) => shared.portal.list_tokens_of(&caller, Some(&owner), page).await?,
        None => shared.portal.list_tokens(&caller, page).await?,
    };
    Ok(Json(tokens))
}

/// Issue a token that is narrower than the calling one
///
/// Its text is shown this once: who repeats the request gets the token without it.
#[utoipa::path(post, path = "/tokens", operation_id = "issue_token", tag = "tokens",
    request_body(content = IssueToken, example = json!({"name": "nightly", "scopes": ["accounts:read"], "ttl": "30d"})),
    responses((status = 201, body = IssuedToken, headers(("Location" = String)))))]
pub async fn issue(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    body: JsonBody<IssueToken>,
) -> Result<impl IntoResponse, ApiProblem> {
    let issued = shared.portal.issue_token(&caller, None, body.read()?).await?;
    Ok((StatusCode::CREATED, location("tokens", issued.token.id), Json(issued)))
}

/// Make a token worthless
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "revoke_token", tag = "tokens", params(("id" = TokenId, Path)),
    responses((status = 200, body = Token)))]
pub async fn revoke(
    State(shared): State<Shared>,
    ByToken(caller): ByToken,
    Named(id): Named<TokenId>,
) -> Result<Json<Token>, ApiProblem> {
    Ok(Json(shared.portal.revoke_token(&caller, id).await?))
}
