//! Use cases on teams.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    portal::Teams,
    team::{AddTeam, ChangeTeam, Team},
};

use crate::handlers::{Handlers, teams};

#[async_trait]
impl Teams for Handlers {
    async fn list_teams(&self, by: &Caller) -> Result<Vec<Team>, Problem> {
        self.refusals_noted(by, "list_teams", teams::list(self, by)).await
    }

    async fn show_team(&self, by: &Caller, slug: &str) -> Result<Team, Problem> {
        self.refusals_noted(by, "show_team", teams::show(self, by, slug)).await
    }

    async fn add_team(&self, by: &Caller, command: AddTeam) -> Result<Team, Problem> {
        let again = |_| teams::added_before(self, by, &command);
        let work = self.once(by, teams::add(self, by, &command), again);
        self.refusals_noted(by, "add_team", work).await
    }

    async fn change_team(&self, by: &Caller, slug: &str, command: ChangeTeam) -> Result<Team, Problem> {
        self.refusals_noted(by, "change_team", teams::change(self, by, slug, &command)).await
    }

    async fn remove_team(&self, by: &Caller, slug: &str) -> Result<Team, Problem> {
        self.refusals_noted(by, "remove_team", teams::remove(self, by, slug)).await
    }
}
