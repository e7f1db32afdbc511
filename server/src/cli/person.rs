//! `understudy person`

use clap::{Subcommand, ValueEnum};
use domain::{
    people::{self, AddPerson},
    portal::People,
};

use super::{CliError, answer, open, open_existing, operator, secret};
use crate::config::StorageArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Add somebody who can sign in; the password is asked for.
    Add {
        #[command(flatten)]
        storage: StorageArgs,
        /// The name to sign in by, in lower case.
        login: String,
        /// What the person may do.
        #[arg(long)]
        role: Role,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List everybody.
    List {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Shut somebody out, from the next request on.
    Disable {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whom.
        login: String,
    },
    /// Let somebody in again, with the password and the tokens that they had.
    Enable {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whom.
        login: String,
    },
    /// Give somebody another password, which is asked for, and end their sessions.
    Password {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whom.
        login: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give somebody another role.
    Role {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whom.
        login: String,
        /// What the person may do from now on.
        #[arg(long)]
        role: Role,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Role {
    Tester,
    Manager,
    Admin,
}

impl From<Role> for people::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Tester => Self::Tester,
            Role::Manager => Self::Manager,
            Role::Admin => Self::Admin,
        }
    }
}

impl Person {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Add { storage, login, role, password_stdin } => {
                let password = secret::read("Password", "--password-stdin", password_stdin)?;
                let command = AddPerson { login, role: role.into(), password };
                let person = open(storage).await?.add_person(&operator(), command).await?;
                answer(person.login.as_str());
            }
            Self::List { storage } => {
                for person in open_existing(storage).await?.list_people(&operator()).await? {
                    answer(&line(&person));
                }
            }
            Self::Disable { storage, login } => {
                let person = open_existing(storage).await?.disable_person(&operator(), &login).await?;
                answer(person.login.as_str());
            }
            Self::Enable { storage, login } => {
                let person = open_existing(storage).await?.enable_person(&operator(), &login).await?;
                answer(person.login.as_str());
            }
            Self::Password { storage, login, password_stdin } => {
                let portal = open_existing(storage).await?;
                let password = secret::read("Password", "--password-stdin", password_stdin)?;
                let person = portal.change_password(&operator(), &login, password).await?;
                answer(person.login.as_str());
            }
            Self::Role { storage, login, role } => {
                let portal = open_existing(storage).await?;
                answer(&line(&portal.change_role(&operator(), &login, role.into()).await?));
            }
        }
        Ok(())
    }
}

fn line(person: &people::Person) -> String {
    let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
    format!("{}\t{}\t{}\t{state}", person.login, person.role, person.team)
}
