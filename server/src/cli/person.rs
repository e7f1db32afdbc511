//! `understudy person`

use std::io::{BufRead, IsTerminal};

use clap::{Subcommand, ValueEnum};
use domain::{
    people::{self, AddPerson},
    portal::People,
    secret::Secret,
};

use super::{CliError, answer, open, operator};
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
                let password = read_password(password_stdin)?;
                let command = AddPerson { login, role: role.into(), password };
                let person = open(storage).await?.add_person(&operator(), command).await?;
                answer(person.login.as_str());
            }
            Self::List { storage } => {
                for person in open(storage).await?.list_people(&operator()).await? {
                    let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
                    answer(&format!("{}\t{}\t{}\t{state}", person.login, person.role, person.team));
                }
            }
            Self::Disable { storage, login } => {
                let person = open(storage).await?.disable_person(&operator(), &login).await?;
                answer(person.login.as_str());
            }
        }
        Ok(())
    }
}

fn read_password(from_stdin: bool) -> Result<Secret, CliError> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    if !std::io::stdin().is_terminal() {
        return Err(CliError::Other(
            "there is no terminal to ask for the password; use --password-stdin".to_owned(),
        ));
    }
    Ok(Secret::new(rpassword::prompt_password("Password: ")?))
}
