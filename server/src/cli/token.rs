//! `understudy token`

use clap::Subcommand;
use domain::{portal::People, time::TtlText, token::IssueToken};

use super::{CliError, answer, open, operator, tell};
use crate::config::StorageArgs;

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Issue a token; its text is printed, alone, and never seen again.
    Issue {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whose token it is.
        login: String,
        /// What to call it.
        #[arg(long)]
        name: String,
        /// What to narrow it to, such as `accounts:write`; can be given several times.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// How long it is good for.
        #[arg(long, default_value = "90d")]
        ttl: String,
    },
}

impl Token {
    pub async fn run(self) -> Result<(), CliError> {
        let Self::Issue { storage, login, name, scopes, ttl } = self;
        let command = IssueToken { name, scopes, ttl: Some(TtlText::Text(ttl)) };
        let issued = open(storage).await?.issue_token(&operator(), Some(&login), command).await?;
        tell(&format!("good until {}; it is shown only now", issued.token.expires_at));
        answer(issued.text.ok_or_else(domain::Problem::internal)?.expose());
        Ok(())
    }
}
