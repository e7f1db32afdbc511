//! `understudy token`

use clap::Subcommand;
use domain::{
    id::TokenId,
    page::PageQuery,
    portal::Tokens,
    time::TtlText,
    token::{IssueToken, Token as Issued},
};

use super::{CliError, answer, open_existing, operator, tell};
use crate::{config::StorageArgs, handlers::Handlers, world::World};

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
    /// List the tokens, newest first: id, owner, name, scopes, until when it is good, state.
    List {
        #[command(flatten)]
        storage: StorageArgs,
        /// Whose tokens [default: everybody's].
        login: Option<String>,
    },
    /// Make a token worthless from the next request on, and all that were issued through it.
    Revoke {
        #[command(flatten)]
        storage: StorageArgs,
        /// Its id, as `token issue` and `token list` say it.
        id: TokenId,
    },
}

impl Token {
    pub async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Issue { storage, login, name, scopes, ttl } => {
                let command = IssueToken { name, scopes, ttl: Some(TtlText::Text(ttl)) };
                let portal = open_existing(storage).await?;
                let issued = portal.issue_token(&operator(), Some(&login), command).await?;
                let (id, until) = (issued.token.id, issued.token.expires_at);
                tell(&format!("token {id}, good until {until}; it is shown only now"));
                answer(issued.text.ok_or_else(domain::Problem::internal)?.expose());
            }
            Self::List { storage, login } => list(&open_existing(storage).await?, login.as_deref()).await?,
            Self::Revoke { storage, id } => {
                let revoked = open_existing(storage).await?.revoke_token(&operator(), id).await?;
                answer(&line(&revoked));
            }
        }
        Ok(())
    }
}

async fn list(portal: &Handlers, login: Option<&str>) -> Result<(), CliError> {
    let mut query = PageQuery::default();
    loop {
        let page = portal.list_tokens_of(&operator(), login, query.clone()).await?;
        page.items.iter().for_each(|token| answer(&line(token)));
        if page.next.is_none() {
            return Ok(());
        }
        query.cursor = page.next;
    }
}

fn line(token: &Issued) -> String {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| (*scope).into()).collect();
    let scopes = if scopes.is_empty() { "all".to_owned() } else { scopes.join(",") };
    let state = match token.revoked_at {
        Some(_) => "revoked",
        None if token.expires_at <= World::system().now() => "expired",
        None => "good",
    };
    format!("{}\t{}\t{}\t{scopes}\t{}\t{state}", token.id, token.owner, token.name, token.expires_at)
}
