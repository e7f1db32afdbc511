//! `understudy person`

use clap::Subcommand;
use domain::{
    page::PageQuery,
    people::{self, AddPerson, ChangePerson},
    portal::People,
};

use super::{CliError, answer, open, open_existing, operator, secret};
use crate::{config::StorageArgs, handlers::Handlers};

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Add somebody who can sign in; the password is asked for.
    Add {
        #[command(flatten)]
        storage: StorageArgs,
        /// The name to sign in by, in lower case.
        login: String,
        /// What the person may do.
        #[arg(long, value_parser = ["tester", "manager", "admin"])]
        role: String,
        /// The person's team, by slug [default: default].
        #[arg(long, value_name = "SLUG")]
        team: Option<String>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List everybody: login, role, team, state.
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
        #[arg(long, value_parser = ["tester", "manager", "admin"])]
        role: String,
    },
    /// Give somebody another team.
    Team {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whom.
        login: String,
        /// The team, by slug.
        team: String,
    },
    /// Erase the name of somebody who is disabled and holds nothing, also from the audit, for good.
    Erase {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whom.
        login: String,
    },
    /// Make a one-time link by which somebody chooses a password; printed alone.
    Invite {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whom.
        login: String,
    },
}

impl Person {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Add { storage, login, role, team, password_stdin } => {
                let password = Some(secret::read("Password", "--password-stdin", password_stdin)?);
                let command = AddPerson { login, role, team, password };
                let added = open(storage).await?.add_person(&operator(), command).await?;
                answer(added.person.login.as_str());
            }
            Self::List { storage } => list(&open_existing(storage).await?).await?,
            Self::Disable { storage, login } => {
                let disabled = ChangePerson { disabled: Some(true), ..ChangePerson::default() };
                answer(change(storage, &login, disabled).await?.login.as_str());
            }
            Self::Enable { storage, login } => {
                let enabled = ChangePerson { disabled: Some(false), ..ChangePerson::default() };
                answer(change(storage, &login, enabled).await?.login.as_str());
            }
            Self::Password { storage, login, password_stdin } => {
                let portal = open_existing(storage).await?;
                let password = Some(secret::read("Password", "--password-stdin", password_stdin)?);
                let command = ChangePerson { password, ..ChangePerson::default() };
                let person = portal.change_person(&operator(), &login, command).await?;
                answer(person.login.as_str());
            }
            Self::Role { storage, login, role } => {
                let command = ChangePerson { role: Some(role), ..ChangePerson::default() };
                answer(&line(&change(storage, &login, command).await?));
            }
            Self::Team { storage, login, team } => {
                let command = ChangePerson { team: Some(team), ..ChangePerson::default() };
                answer(&line(&change(storage, &login, command).await?));
            }
            Self::Erase { storage, login } => {
                let erased = open_existing(storage).await?.erase_person(&operator(), &login).await?;
                if erased.audit.kept > 0 {
                    super::tell(&format!(
                        "{} events still have the name: they were sealed before names could be erased",
                        erased.audit.kept
                    ));
                }
                super::tell(
                    "backups and exports that were made before still have the name; where they sign in through a \
                     provider, or a rule for CI names them, take them out there as well: nobody here knows them now",
                );
                answer(erased.name.as_str());
            }
            Self::Invite { storage, login } => {
                let invitation = open_existing(storage).await?.invite_person(&operator(), &login).await?;
                super::tell(&format!(
                    "good once, until {}; put the portal's address before it",
                    invitation.expires_at
                ));
                answer(invitation.path.expose());
            }
        }
        Ok(())
    }
}

async fn change(
    storage: StorageArgs,
    login: &str,
    command: ChangePerson,
) -> Result<people::Person, CliError> {
    Ok(open_existing(storage).await?.change_person(&operator(), login, command).await?)
}

async fn list(portal: &Handlers) -> Result<(), CliError> {
    let (mut query, mut everybody) = (PageQuery::default(), Vec::new());
    loop {
        let page = portal.list_people(&operator(), query.clone()).await?;
        everybody.extend(page.items);
        if page.next.is_none() {
            break;
        }
        query.cursor = page.next;
    }
    everybody.sort_by(|one, other| one.login.cmp(&other.login));
    everybody.iter().for_each(|person| answer(&line(person)));
    Ok(())
}

fn line(person: &people::Person) -> String {
    let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
    format!("{}\t{}\t{}\t{state}", person.login, person.role, person.team)
}
