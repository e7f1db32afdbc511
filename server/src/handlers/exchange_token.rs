//! A token for a CI run, in exchange for its provider's identity token.

use domain::{
    Actor, Problem, ProblemKind,
    actor::Caller,
    audit::Action,
    id::TokenId,
    people::{Person, Role},
    secret::Secret,
    token::{Bound, IssuedToken, Token},
};
use serde_json::json;

use super::{Handlers, people, tokens};
use crate::{
    identity::{CiRule, RunClaims},
    store::{Events, NewEvent, UnitOfWork},
};

pub(super) async fn run(
    portal: &Handlers,
    request_id: Option<String>,
    identity: &Secret,
) -> Result<IssuedToken, Problem> {
    match portal.run_identities.prove(identity.expose()).await {
        Ok(claims) => issue(portal, request_id, claims).await,
        Err(error) if error.is_passing() => {
            tracing::warn!(%error, "a CI provider's keys could not be had");
            Err(Problem::new(
                ProblemKind::TargetUnavailable,
                "The CI provider's keys cannot be had at present.",
            ))
        }
        Err(error) => {
            let by = Caller::new(Actor::System, request_id);
            let details = json!({ "reason": error.to_string() });
            portal.store.record(NewEvent::new(Action::ExchangeRefused, &by).details(details)).await?;
            Err(Problem::new(ProblemKind::Unauthenticated, format!("The token is not taken: {error}.")))
        }
    }
}

async fn issue(
    portal: &Handlers,
    request_id: Option<String>,
    claims: RunClaims,
) -> Result<IssuedToken, Problem> {
    let RunClaims { issuer, subject, run, rule } = claims;
    let now = portal.world.now();
    let work = portal.store.begin().await?;
    let (owner, added) = owner(portal, &work, &rule).await?;
    // A name is shorter than a run may be called.
    let name: String = run.as_str().chars().take(domain::text::Name::LONGEST).collect();
    let token = Token {
        id: TokenId(portal.world.new_id()),
        name: name.parse().map_err(|_| Problem::internal())?,
        owner: owner.login.clone(),
        scopes: rule.scopes.clone(),
        created_at: now,
        expires_at: now.plus(rule.ttl),
        revoked_at: None,
        used_at: None,
        bound: Some(Bound { run: run.clone(), services: rule.services.clone(), quota: rule.quota }),
    };
    let text = tokens::insert(portal, &work, &token, &owner, None).await?;
    let by = Caller::new(Actor::Person(owner.clone()), request_id);
    let details = json!({
        "token": token.id, "owner": owner.login, "scopes": token.scopes, "expires_at": token.expires_at,
        "issuer": issuer, "subject": subject, "services": rule.services, "quota": rule.quota,
    });
    let issued = NewEvent::new(Action::TokenIssued, &by)
        .named(token.name.as_str(), owner.id)
        .run(&run)
        .details(details);
    work.commit(Events::from(issued).with(added)).await?;
    Ok(IssuedToken { token, text: Some(text) })
}

/// In whose name the run acts: somebody of the rule's team who can sign in by
/// no way, and is added where they are not there yet.
async fn owner(
    portal: &Handlers,
    work: &UnitOfWork,
    rule: &CiRule,
) -> Result<(Person, Option<NewEvent>), Problem> {
    let by = Caller::from(Actor::System);
    let Some(team) = work.team(rule.team.as_str()).await? else {
        tracing::error!(team = %rule.team, "a rule for CI names a team that is not there");
        return Err(misconfigured(format!("The team {} is not there.", rule.team)));
    };
    if let Some(row) = work.person_by_login(rule.acts_as.as_str()).await? {
        let mut person = row.person;
        let is_machine = person.signs_in_by.is_empty() && person.role == Role::Tester;
        if !is_machine || person.disabled_at.is_some() {
            tracing::error!(login = %person.login, "a rule for CI acts as somebody who signs in, or is disabled");
            return Err(misconfigured(format!("No run can act as {}.", person.login)));
        }
        let before = person.clone();
        person.team = team.slug.into_string();
        if person == before {
            return Ok((person, None));
        }
        work.save_person(&person).await?;
        let moved = people::differences(&by, &before, &person).pop();
        return Ok((person, moved));
    }
    let person = people::draw_up(portal, rule.acts_as.clone(), Role::Tester, team.slug.into_string());
    let added = people::insert(work, &by, &person, None).await?;
    Ok((person, Some(added)))
}

fn misconfigured(what: String) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        format!("{what} The portal's operators have to mend the rule for CI."),
    )
}
