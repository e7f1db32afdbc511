//! Issuing, listing and revoking API tokens.

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    id::TokenId,
    page::{Page, PageQuery},
    people::Person,
    policy,
    secret::Secret,
    text::Login,
    token::{IssueToken, IssuedToken, Token},
};
use serde_json::json;
use uuid::Uuid;

use super::Handlers;
use crate::{
    secrets::token_text,
    store::{NewEvent, UnitOfWork},
};

pub(super) async fn issue(
    portal: &Handlers,
    by: &Caller,
    owner: Option<&str>,
    command: &IssueToken,
) -> Result<IssuedToken, Problem> {
    let owner = find_owner(portal, by, owner).await?;
    let request = command.parse()?;
    let scopes = policy::scopes_of_new_token(&by.actor, request.scopes)?;
    let now = portal.world.now();
    let mut expires_at = now.plus(request.ttl);
    if let Some(issuer) = by.actor.token().filter(|issuer| issuer.expires_at < expires_at) {
        if command.ttl.is_some() {
            let detail = format!("must end before the token that issues it, at {}", issuer.expires_at);
            return Err(Problem::invalid("/ttl", detail));
        }
        expires_at = issuer.expires_at;
    }
    let token = Token {
        id: TokenId(portal.world.new_id()),
        name: request.name,
        owner: owner.login.clone(),
        scopes,
        created_at: now,
        expires_at,
        revoked_at: None,
        used_at: None,
        bound: None,
    };
    let work = portal.store.begin().await?;
    let issued_by = by.actor.token().map(|issuer| issuer.id);
    let text = insert(portal, &work, &token, &owner, issued_by).await?;
    let issued = NewEvent::new(Action::TokenIssued, by)
        .named(token.name.as_str(), owner.id)
        .team(&owner.team)
        .made(token.id.0)
        .details(json!({ "token": token.id, "owner": owner.login, "scopes": token.scopes, "expires_at": token.expires_at }));
    work.commit(issued.into()).await?;
    Ok(IssuedToken { token, text: Some(text) })
}

/// Adds a token, of which only the hash of its text is kept; answers the text.
pub(super) async fn insert(
    portal: &Handlers,
    work: &UnitOfWork,
    token: &Token,
    owner: &Person,
    issued_by: Option<TokenId>,
) -> Result<Secret, Problem> {
    let text = token_text::mint(&portal.world);
    let hash = token_text::hash(text.expose()).ok_or_else(Problem::internal)?;
    work.insert_token(token, owner.id, issued_by, hash).await?;
    Ok(text)
}

/// The same request once more: the token, but never again its text.
pub(super) async fn issued_before(
    portal: &Handlers,
    by: &Caller,
    made: Option<Uuid>,
) -> Result<IssuedToken, Problem> {
    let id = TokenId(made.ok_or_else(Problem::internal)?);
    let row = portal.store.token(id).await?.ok_or_else(|| Problem::not_found("token"))?;
    policy::tokens_of(&by.actor, &row.token.owner)?;
    Ok(IssuedToken { token: row.token, text: None })
}

/// Somebody who is to have a new token.
async fn find_owner(portal: &Handlers, by: &Caller, owner: Option<&str>) -> Result<Person, Problem> {
    let person = find_person(portal, by, owner).await?;
    if person.disabled_at.is_some() {
        return Err(Problem::new(ProblemKind::Conflict, format!("{} is disabled.", person.login)));
    }
    Ok(person)
}

async fn find_person(portal: &Handlers, by: &Caller, login: Option<&str>) -> Result<Person, Problem> {
    let login = match (login, by.actor.person()) {
        (Some(login), _) => login.parse::<Login>().map_err(|_| Problem::not_found("person"))?,
        (None, Some(person)) => person.login.clone(),
        (None, None) => return Err(Problem::forbidden("Say whose token it is to be.")),
    };
    policy::tokens_of(&by.actor, &login)?;
    let row = portal.store.person_by_login(&login).await?.ok_or_else(|| Problem::not_found("person"))?;
    Ok(row.person)
}

pub(super) async fn list(portal: &Handlers, by: &Caller, page: &PageQuery) -> Result<Page<Token>, Problem> {
    policy::manage_tokens(&by.actor)?;
    let owner = find_person(portal, by, None).await?;
    Ok(portal.store.tokens(Some(&owner), page.parse()?).await?)
}

pub(super) async fn list_of(
    portal: &Handlers,
    by: &Caller,
    owner: Option<&str>,
    page: &PageQuery,
) -> Result<Page<Token>, Problem> {
    let owner = match owner {
        None => {
            policy::manage_people(&by.actor)?;
            None
        }
        login => Some(find_person(portal, by, login).await?),
    };
    policy::manage_tokens(&by.actor)?;
    Ok(portal.store.tokens(owner.as_ref(), page.parse()?).await?)
}

pub(super) async fn revoke(portal: &Handlers, by: &Caller, id: TokenId) -> Result<Token, Problem> {
    policy::manage_tokens(&by.actor)?;
    let row = portal.store.token(id).await?.ok_or_else(|| Problem::not_found("token"))?;
    // That somebody else's token exists is nobody's business.
    policy::tokens_of(&by.actor, &row.token.owner).map_err(|_| Problem::not_found("token"))?;
    let (mut token, owner) = (row.token, row.owner);
    if token.revoked_at.is_some() {
        return Ok(token);
    }
    let now = portal.world.now();
    let work = portal.store.begin().await?;
    let issued_through_it = work.revoke_token(id, now).await?;
    let revoked = NewEvent::new(Action::TokenRevoked, by)
        .named(token.name.as_str(), owner.id)
        .team(&owner.team)
        .details(json!({ "token": token.id, "owner": token.owner, "issued_through_it": issued_through_it }));
    work.commit(revoked.into()).await?;
    token.revoked_at = Some(now);
    Ok(token)
}
