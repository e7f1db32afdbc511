//! Who is calling.

use axum::Json;
use domain::{
    Timestamp,
    actor::ActorKind,
    people::Role,
    text::Name,
    token::{Bound, Scope, Token},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::token::ByToken;

/// Who is calling, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    kind: ActorKind,
    /// The login of whoever answers for the token.
    login: String,
    role: Role,
    /// The team that they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<MyToken>,
}

/// The token that is used.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyToken {
    name: Name,
    /// What it is narrowed to; empty means all that the role may.
    scopes: Vec<Scope>,
    expires_at: Timestamp,
    /// The CI run to which it is bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<Bound>,
}

impl From<&Token> for MyToken {
    fn from(token: &Token) -> Self {
        Self {
            name: token.name.clone(),
            scopes: token.scopes.clone(),
            expires_at: token.expires_at,
            bound: token.bound.clone(),
        }
    }
}

/// Who is calling
#[utoipa::path(get, path = "/me", operation_id = "show_me", tag = "tokens", responses((status = 200, body = Me)))]
pub async fn show(ByToken(caller): ByToken) -> Json<Me> {
    let actor = &caller.actor;
    let reference = actor.reference();
    Json(Me {
        kind: reference.kind,
        login: reference.login,
        role: actor.role(),
        team: actor.person().map(|person| person.team.clone()),
        token: actor.token().map(MyToken::from),
    })
}
