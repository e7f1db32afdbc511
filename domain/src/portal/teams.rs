//! Use cases on teams.

use async_trait::async_trait;

use crate::{
    actor::Caller,
    problem::Problem,
    team::{AddTeam, ChangeTeam, Team},
};

/// Use cases on teams.
#[async_trait]
pub trait Teams: Send + Sync {
    /// All teams, by slug.
    async fn list_teams(&self, by: &Caller) -> Result<Vec<Team>, Problem>;

    /// One team.
    async fn show_team(&self, by: &Caller, slug: &str) -> Result<Team, Problem>;

    /// Adds a team.
    async fn add_team(&self, by: &Caller, command: AddTeam) -> Result<Team, Problem>;

    /// Calls a team something else.
    async fn change_team(&self, by: &Caller, slug: &str, command: ChangeTeam) -> Result<Team, Problem>;

    /// Does away with a team to which nobody and nothing belongs.
    async fn remove_team(&self, by: &Caller, slug: &str) -> Result<Team, Problem>;
}
