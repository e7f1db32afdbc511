//! Signing in through the organisation's provider.

use domain::{
    Actor, Problem, ProblemKind,
    access::{LetIn, ProviderAnswer, ProviderSignIn},
    actor::Caller,
    audit::Action,
    people::Person,
    secret::Secret,
    team::DEFAULT_TEAM,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Handlers, people};
use crate::{
    identity::{Attempt, NotProvided, Provided, Provider},
    secrets::sealed_text,
    store::{Events, NewEvent, UnitOfWork},
};

/// What a browser takes to the provider and brings back is sealed for this.
const PLACE: &str = "sign-in/provider";

/// What the browser keeps meanwhile.
#[derive(Serialize, Deserialize)]
struct Kept {
    attempt: Attempt,
    until: i64,
}

pub(super) async fn begin(portal: &Handlers, then: String) -> Result<ProviderSignIn, Problem> {
    let provider = provider(portal)?;
    let (url, attempt) = provider.begin(then).await.map_err(|error| refused(&error))?;
    let until = portal.world.now().plus(ProviderSignIn::GOOD_FOR).as_millis();
    let kept = json!(Kept { attempt, until }).to_string();
    Ok(ProviderSignIn { url: url.into(), attempt: sealed_text::seal(&portal.keyring, PLACE, &kept) })
}

pub(super) async fn finish(
    portal: &Handlers,
    request_id: Option<String>,
    answer: ProviderAnswer,
) -> Result<LetIn, Problem> {
    let provider = provider(portal)?;
    let kept = sealed_text::open(&portal.keyring, PLACE, &answer.attempt);
    let kept = kept.and_then(|kept: Secret| serde_json::from_str::<Kept>(kept.expose()).ok());
    let now = portal.world.now().as_millis();
    let attempt = match kept.filter(|kept| kept.until > now) {
        Some(kept) => kept.attempt,
        None => return Err(refused(&NotProvided::Foreign)),
    };
    match provider.finish(&attempt, &answer.state, answer.code.expose()).await {
        Ok(provided) => {
            let person = let_in(portal, provider, request_id, provided).await?;
            Ok(LetIn { person, then: attempt.then })
        }
        Err(error) => {
            let by = Caller::new(Actor::System, request_id);
            let details = json!({ "reason": error.to_string(), "provider": provider.name() });
            portal.store.record(NewEvent::new(Action::SignInFailed, &by).details(details)).await?;
            Err(refused(&error))
        }
    }
}

async fn let_in(
    portal: &Handlers,
    provider: &Provider,
    request_id: Option<String>,
    provided: Provided,
) -> Result<Person, Problem> {
    let work = portal.store.begin().await?;
    let (person, mut events) = known_or_new(portal, &work, provider, &provided).await?;
    let by = Caller::new(Actor::Person(person.clone()), request_id);
    if person.disabled_at.is_some() {
        let detail = format!("{} is disabled here. Ask an admin.", person.login);
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    }
    events.push(
        NewEvent::new(Action::SignedIn, &by).about(&person).details(json!({ "provider": provider.name() })),
    );
    if let Some(events) = Events::all(events) {
        work.commit(events).await?;
    }
    Ok(person)
}

/// The person for whom the provider vouches, as it says that they are now.
async fn known_or_new(
    portal: &Handlers,
    work: &UnitOfWork,
    provider: &Provider,
    provided: &Provided,
) -> Result<(Person, Vec<NewEvent>), Problem> {
    let by = Caller::from(Actor::System);
    let team = match &provided.team {
        Some(team) => work.team(team.as_str()).await?.map(|team| team.slug.into_string()),
        None => None,
    };
    let mut events = Vec::new();
    let before = match work.person_by_subject(&provided.issuer, &provided.subject).await? {
        Some(person) => person,
        None => {
            let person = match work.person_by_login(provided.login.as_str()).await? {
                // Whom an admin has added for that, and nobody who has another way in.
                Some(row) if row.person.signs_in_by.is_empty() => row.person,
                Some(_) => return Err(taken(provided)),
                None => {
                    let role = provided.role.unwrap_or(provider.default_role());
                    let team = team.clone().unwrap_or_else(|| DEFAULT_TEAM.to_owned());
                    let person = people::draw_up(portal, provided.login.clone(), role, team);
                    events.push(people::insert(work, &by, &person, None).await?);
                    person
                }
            };
            work.set_subject(person.id, &provided.issuer, &provided.subject).await?;
            let linked = NewEvent::new(Action::PersonLinked, &by).about(&person);
            events.push(linked.details(json!({ "provider": provider.name() })));
            person
        }
    };
    let mut person = before.clone();
    person.role = provided.role.unwrap_or(before.role);
    person.team = team.unwrap_or_else(|| before.team.clone());
    events.extend(people::differences(&by, &before, &person));
    if person != before {
        work.save_person(&person).await?;
    }
    Ok((person, events))
}

/// Nobody becomes somebody else for having the same name elsewhere.
fn taken(provided: &Provided) -> Problem {
    let detail = format!(
        "Somebody called {} signs in here in another way. Ask an admin to sort that out.",
        provided.login
    );
    Problem::new(ProblemKind::Forbidden, detail)
}

fn provider(portal: &Handlers) -> Result<&Provider, Problem> {
    portal.provider.as_deref().ok_or_else(|| Problem::not_found("provider"))
}

/// What somebody at a browser is told: no more than whose fault it is.
fn refused(error: &NotProvided) -> Problem {
    tracing::warn!(%error, "nobody was let in through the provider");
    match error {
        NotProvided::Unreachable(_) => {
            Problem::new(ProblemKind::TargetUnavailable, "The provider does not answer as it should.")
        }
        NotProvided::Foreign => Problem::new(
            ProblemKind::Stale,
            "This sign-in took too long, or was begun elsewhere. Begin it again.",
        ),
        NotProvided::NotGood(_) | NotProvided::NoLogin(_) | NotProvided::NoRole => Problem::new(
            ProblemKind::Forbidden,
            "The provider does not vouch for you in a way that lets you in. Ask an admin.",
        ),
    }
}
