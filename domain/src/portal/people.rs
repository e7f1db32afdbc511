//! Use cases on people.

use async_trait::async_trait;

use crate::{
    access::Invitation,
    actor::Caller,
    page::{Page, PageQuery},
    people::{AddPerson, AddedPerson, ChangePerson, Person},
    problem::Problem,
};

/// Use cases on people.
#[async_trait]
pub trait People: Send + Sync {
    /// Adds somebody who can sign in. Without a password they get a one-time
    /// link by which they choose one.
    async fn add_person(&self, by: &Caller, command: AddPerson) -> Result<AddedPerson, Problem>;

    /// Everybody, newest first.
    async fn list_people(&self, by: &Caller, page: PageQuery) -> Result<Page<Person>, Problem>;

    /// One person.
    async fn show_person(&self, by: &Caller, login: &str) -> Result<Person, Problem>;

    /// Changes what the command says of somebody, all of it or nothing; refused
    /// where no admin were left who can sign in. Whoever is disabled is shut out
    /// from the next request on.
    async fn change_person(&self, by: &Caller, login: &str, command: ChangePerson)
    -> Result<Person, Problem>;

    /// Makes a one-time link by which somebody chooses a password. Links that
    /// they had before are worthless then.
    async fn invite_person(&self, by: &Caller, login: &str) -> Result<Invitation, Problem>;
}
