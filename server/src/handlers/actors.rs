//! Who stands behind a session or a token: asked anew at every request, so
//! that whoever is shut out is out at once.

use domain::{Actor, Problem, ProblemKind, id::PersonId, token::Token};

use super::Handlers;
use crate::secrets::token_text;

pub(super) async fn of_session(portal: &Handlers, id: PersonId) -> Result<Actor, Problem> {
    portal
        .store
        .person(id)
        .await?
        .filter(|person| person.disabled_at.is_none())
        .map(Actor::Person)
        .ok_or_else(|| Problem::new(ProblemKind::Unauthenticated, "Your session has ended. Sign in again."))
}

pub(super) async fn of_token(portal: &Handlers, text: &str) -> Result<Actor, Problem> {
    let refused = || {
        let detail = "The token is not known, has expired or was revoked. Issue a new one.";
        Problem::new(ProblemKind::Unauthenticated, detail)
    };
    let hash = token_text::hash(text).ok_or_else(refused)?;
    let row = portal.store.token_by_hash(&hash).await?.ok_or_else(refused)?;
    let dead = row.token.revoked_at.is_some()
        || row.token.expires_at <= portal.world.now()
        || row.owner.disabled_at.is_some();
    if dead {
        return Err(refused());
    }
    let now = portal.world.now();
    if row.token.used_at.is_none_or(|used| now.millis_since(used) >= Token::USE_NOTED_EVERY) {
        portal.store.note_use(row.token.id).await?;
    }
    Ok(Actor::Token { owner: row.owner, token: row.token })
}
