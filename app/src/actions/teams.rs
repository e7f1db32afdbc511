//! Adds teams, names them and does away with them.

use domain::{team::Team, text::Slug};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Adds a team.
///
/// # Errors
/// The caller may not, or a field cannot be accepted.
#[server(prefix = "/actions", endpoint = "add_team")]
pub async fn add_team(
    /// Its name in settings and commands.
    #[server(default)]
    slug: String,
    /// What people call it; empty for its slug.
    #[server(default)]
    name: String,
) -> Result<Team, ActionError> {
    let call = Call::now()?;
    let command = domain::team::AddTeam {
        slug: slug.trim().to_owned(),
        name: Some(name).filter(|name| !name.trim().is_empty()),
    };
    let typed = serde_json::to_string(&command).unwrap_or_default();
    let result = async { call.portal.add_team(&call.caller().await?, command).await }.await;
    call.answer_deed(Deed::AddTeam, slug, typed, paths::TEAMS.to_owned(), result).await
}

/// Calls a team something else.
///
/// # Errors
/// The caller may not, or nothing can be called so.
#[server(prefix = "/actions", endpoint = "change_team")]
pub async fn change_team(
    /// Which, by slug.
    team: Slug,
    /// What people call it.
    #[server(default)]
    name: String,
) -> Result<Team, ActionError> {
    let call = Call::now()?;
    let command = domain::team::ChangeTeam { name: name.clone() };
    let result = async { call.portal.change_team(&call.caller().await?, team.as_str(), command).await }.await;
    call.answer_deed(Deed::ChangeTeam, &team, name, paths::TEAMS.to_owned(), result).await
}

/// Does away with a team to which nobody and nothing belongs.
///
/// # Errors
/// The caller may not, or somebody or something belongs to it.
#[server(prefix = "/actions", endpoint = "remove_team")]
pub async fn remove_team(
    /// Which, by slug.
    team: Slug,
) -> Result<Team, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.remove_team(&call.caller().await?, team.as_str()).await }.await;
    call.answer_deed(Deed::RemoveTeam, &team, String::new(), paths::TEAMS.to_owned(), result).await
}
