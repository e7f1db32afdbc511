//! Use cases on people.

use async_trait::async_trait;
use domain::{
    Problem,
    access::Invitation,
    actor::Caller,
    page::{Page, PageQuery},
    people::{AddPerson, AddedPerson, ChangePerson, Person},
    portal::People,
};

use crate::handlers::{Handlers, people};

#[async_trait]
impl People for Handlers {
    async fn add_person(&self, by: &Caller, command: AddPerson) -> Result<AddedPerson, Problem> {
        let again = |made| people::added_before(self, by, made);
        let work = self.once(by, people::add(self, by, command), again);
        self.refusals_noted(by, "add_person", work).await
    }

    async fn list_people(&self, by: &Caller, page: PageQuery) -> Result<Page<Person>, Problem> {
        self.refusals_noted(by, "list_people", people::list(self, by, &page)).await
    }

    async fn show_person(&self, by: &Caller, login: &str) -> Result<Person, Problem> {
        self.refusals_noted(by, "show_person", people::show(self, by, login)).await
    }

    async fn change_person(
        &self,
        by: &Caller,
        login: &str,
        command: ChangePerson,
    ) -> Result<Person, Problem> {
        self.refusals_noted(by, "change_person", people::change(self, by, login, command)).await
    }

    async fn invite_person(&self, by: &Caller, login: &str) -> Result<Invitation, Problem> {
        self.refusals_noted(by, "invite_person", people::invite(self, by, login)).await
    }
}
