//! Signing in and out.

use domain::{
    Actor, Problem, ProblemKind,
    access::SignIn,
    actor::Caller,
    audit::Action,
    people::{LONGEST_PASSWORD, Person},
    secret::Secret,
    text::Login,
};

use super::Handlers;
use crate::{secrets::person_password, store::NewEvent};

pub(super) async fn sign_in(
    portal: &Handlers,
    request_id: Option<String>,
    command: SignIn,
) -> Result<Person, Problem> {
    // A name that cannot be a login is an unknown one: the same work, the
    // same answer.
    let login = command.login.trim().to_lowercase().parse::<Login>().ok();
    let row = match &login {
        Some(login) => portal.store.person_by_login(login).await?,
        None => None,
    };
    let (person, hash) = row.map_or((None, None), |row| (Some(row.person), row.password_hash));
    let fits = person_password::verify(within_limits(command.password), hash).await;
    match person {
        Some(person) if fits && person.disabled_at.is_none() => {
            let by = Caller::new(Actor::Person(person.clone()), request_id);
            portal.store.record(NewEvent::new(Action::SignedIn, &by).about(&person)).await?;
            Ok(person)
        }
        person => {
            let by = Caller::new(Actor::System, request_id);
            let mut failed = NewEvent::new(Action::SignInFailed, &by);
            // What is no known login may be a password in the wrong field.
            if let Some(person) = person {
                failed = failed.about(&person);
            }
            portal.store.record(failed).await?;
            Err(Problem::new(ProblemKind::WrongCredentials, "Check both and try again."))
        }
    }
}

pub(super) async fn sign_out(portal: &Handlers, by: &Caller) -> Result<(), Problem> {
    Ok(portal.store.record(NewEvent::new(Action::SignedOut, by)).await?)
}

/// What is too long to be anybody's password costs no more than one that is.
fn within_limits(password: Secret) -> Secret {
    if password.expose().len() > LONGEST_PASSWORD { Secret::new(String::new()) } else { password }
}
