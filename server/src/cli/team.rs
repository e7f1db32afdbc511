//! `understudy team`

use clap::Subcommand;
use domain::{
    portal::Teams,
    team::{self, AddTeam},
};

use super::{CliError, answer, open, open_existing, operator};
use crate::config::StorageArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Team {
    /// Add a team.
    Add {
        #[command(flatten)]
        storage: StorageArgs,
        /// Its name in settings and commands: lower-case letters, digits and hyphens.
        slug: String,
        /// What people call it [default: the slug].
        #[arg(long)]
        name: Option<String>,
    },
    /// List the teams: slug, name.
    List {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Do away with a team to which nobody and nothing belongs.
    Remove {
        #[command(flatten)]
        storage: StorageArgs,
        /// Which.
        slug: String,
    },
}

impl Team {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Add { storage, slug, name } => {
                let team = open(storage).await?.add_team(&operator(), AddTeam { slug, name }).await?;
                answer(&line(&team));
            }
            Self::List { storage } => {
                let teams = open_existing(storage).await?.list_teams(&operator()).await?;
                teams.iter().for_each(|team| answer(&line(team)));
            }
            Self::Remove { storage, slug } => {
                let team = open_existing(storage).await?.remove_team(&operator(), &slug).await?;
                answer(&line(&team));
            }
        }
        Ok(())
    }
}

fn line(team: &team::Team) -> String {
    format!("{}\t{}", team.slug, team.name)
}
