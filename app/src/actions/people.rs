//! Adds people and changes them.

use domain::{
    access::Invitation,
    people::{AddedPerson, Person},
    text::Login,
};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Adds somebody; the answer has the one-time link by which they choose a
/// password.
///
/// # Errors
/// The caller may not, or a field cannot be accepted.
#[server(prefix = "/actions", endpoint = "add_person")]
pub async fn add_person(
    /// The login.
    #[server(default)]
    login: String,
    /// The role.
    #[server(default)]
    role: String,
    /// The team, by slug; empty for the one of all who have no other.
    #[server(default)]
    team: String,
) -> Result<AddedPerson, ActionError> {
    let call = Call::now()?;
    let command = domain::people::AddPerson { login, role, team: Some(team), password: None };
    let typed = serde_json::to_string(&command).unwrap_or_default();
    let result = async { call.portal.add_person(&call.caller().await?, command).await }.await;
    call.answer_shown_once(Deed::AddPerson, "", typed, paths::PEOPLE.to_owned(), result).await
}

/// Gives somebody another role or team.
///
/// # Errors
/// The caller may not, there is no such team, or no admin would be left.
#[server(prefix = "/actions", endpoint = "change_person")]
pub async fn change_person(
    /// Whom.
    login: Login,
    /// The role.
    #[server(default)]
    role: String,
    /// The team, by slug.
    #[server(default)]
    team: String,
) -> Result<Person, ActionError> {
    use domain::people::ChangePerson;

    let call = Call::now()?;
    let command = ChangePerson { role: Some(role), team: Some(team), ..ChangePerson::default() };
    let result =
        async { call.portal.change_person(&call.caller().await?, login.as_str(), command).await }.await;
    call.answer_deed(Deed::ChangePerson, &login, String::new(), paths::person(&login), result).await
}

/// Shuts somebody out, from their next request on.
///
/// # Errors
/// The caller may not, or no admin would be left.
#[server(prefix = "/actions", endpoint = "disable_person")]
pub async fn disable_person(
    /// Whom.
    login: Login,
) -> Result<Person, ActionError> {
    let call = Call::now()?;
    let result = switch(&call, &login, true).await;
    call.answer_deed(Deed::DisablePerson, &login, String::new(), paths::person(&login), result).await
}

/// Lets somebody in again.
///
/// # Errors
/// The caller may not.
#[server(prefix = "/actions", endpoint = "enable_person")]
pub async fn enable_person(
    /// Whom.
    login: Login,
) -> Result<Person, ActionError> {
    let call = Call::now()?;
    let result = switch(&call, &login, false).await;
    call.answer_deed(Deed::EnablePerson, &login, String::new(), paths::person(&login), result).await
}

#[cfg(feature = "ssr")]
async fn switch(call: &Call, login: &Login, disabled: bool) -> Result<Person, domain::Problem> {
    use domain::people::ChangePerson;

    let command = ChangePerson { disabled: Some(disabled), ..ChangePerson::default() };
    call.portal.change_person(&call.caller().await?, login.as_str(), command).await
}

/// Makes a one-time link by which somebody chooses a password.
///
/// # Errors
/// The caller may not, or the person is disabled.
#[server(prefix = "/actions", endpoint = "invite_person")]
pub async fn invite_person(
    /// Whom.
    login: Login,
) -> Result<Invitation, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.invite_person(&call.caller().await?, login.as_str()).await }.await;
    call.answer_shown_once(Deed::InvitePerson, &login, String::new(), paths::person(&login), result).await
}
