//! Everybody, one person, and the teams.

mod list;
mod one;
mod teams;

use domain::{
    people::{Person, Role, SignInBy},
    team::Team,
};

use crate::components::{Choice, role_name};

pub(crate) use self::{list::PeoplePage, one::PersonPage, teams::TeamsPage};

/// The roles to choose from.
fn roles() -> Vec<Choice> {
    let choice = |role: Role| Choice { value: role.to_string(), label: role_name(role) };
    [Role::Tester, Role::Manager, Role::Admin].map(choice).into()
}

/// The teams to choose from.
fn team_choices(teams: &[Team]) -> Vec<Choice> {
    teams.iter().map(|team| Choice { value: team.slug.to_string(), label: team.name.to_string() }).collect()
}

/// How somebody signs in.
fn signs_in(person: &Person) -> String {
    let ways: Vec<String> = person
        .signs_in_by
        .iter()
        .map(|way| match way {
            SignInBy::Password => text!("signs-in-password"),
            SignInBy::Provider => text!("signs-in-provider"),
        })
        .collect();
    if ways.is_empty() { text!("signs-in-not") } else { ways.join(", ") }
}
