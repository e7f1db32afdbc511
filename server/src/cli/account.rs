//! `understudy account`

use std::time::Duration;

use clap::{Args, Subcommand};
use domain::{
    AccountState,
    account::{AccountView, Credentials, IssuedAccount},
    batch::Batch,
    command::{RenewAccount, RequestAccount},
    id::AccountId,
    page::Page,
    service::Service,
    text::Slug,
    time::TtlText,
};
use serde::Serialize;

use super::{
    CliError, answer,
    arguments::{Pair, each_once, parse_label, parse_pair},
    batch,
    client::{Api, ApiArgs, pretty},
    tell,
};

#[derive(Debug, Args)]
pub(super) struct Account {
    #[command(flatten)]
    api: ApiArgs,
    /// Print the API's answer as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Request an account; prints its username and password.
    Request(Request),
    /// List the accounts that you see, newest first.
    List(List),
    /// Show one account.
    Show {
        /// Its id.
        id: AccountId,
    },
    /// Show its username and password; that is noted in the audit.
    Reveal {
        /// Its id.
        id: AccountId,
    },
    /// Make its lease last so long from now.
    Renew {
        /// Its id.
        id: AccountId,
        /// How long: `30m`, `2h`, `7d`.
        #[arg(long)]
        ttl: String,
    },
    /// Give it a fresh password on every service, and show that.
    Reset {
        /// Its id.
        id: AccountId,
    },
    /// Take it away; exit code 0 once it is gone from every service.
    Revoke {
        /// Its id.
        id: AccountId,
        #[command(flatten)]
        patience: Patience,
    },
}

#[derive(Clone, Copy, Debug, Args)]
struct Patience {
    /// How long to wait for the services, from 0 to 60; the portal goes on without you [default: 60].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=60))]
    wait: Option<u64>,
}

impl Patience {
    fn longest(self) -> Option<Duration> {
        self.wait.map(Duration::from_secs)
    }

    fn of(self, api: &Api) -> Api {
        self.longest().map_or_else(|| api.clone(), |wait| api.waiting(wait))
    }
}

#[derive(Debug, Args)]
struct Request {
    /// The service to create it on, by slug; can be given several times.
    #[arg(long = "service", value_name = "SLUG", required = true)]
    services: Vec<String>,
    /// Why.
    #[arg(long)]
    purpose: Option<String>,
    /// The ticket that it belongs to.
    #[arg(long)]
    ticket: Option<String>,
    /// How long to lease it: `30m`, `2h`, `7d`.
    #[arg(long)]
    ttl: Option<String>,
    /// A label; can be given several times.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = parse_pair)]
    labels: Vec<Pair>,
    /// The CI run that owns it.
    #[arg(long, env = "UNDERSTUDY_RUN")]
    run: Option<String>,
    /// What to tell the service of it; can be given several times.
    #[arg(long = "attribute", value_name = "KEY=VALUE", value_parser = parse_pair)]
    attributes: Vec<Pair>,
    /// What kind of account: a persona of one of the services.
    #[arg(long)]
    persona: Option<String>,
    /// Letters and digits to recognise in the username.
    #[arg(long)]
    hint: Option<String>,
    /// How many, as one batch, which is waited for to its end unless --wait says for how long; prints each one's
    /// id, username and password.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    #[command(flatten)]
    patience: Patience,
}

#[derive(Debug, Args, Serialize)]
struct List {
    /// In this state.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// On this service.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    /// Owned by this run.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// With this label.
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_label)]
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// Asked for by this login.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<String>,
    /// Held by this login.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<String>,
    /// Whose username begins so, or whose ticket is this.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    q: Option<String>,
    /// How many at most: 1 to 200.
    #[arg(long, default_value_t = 50)]
    limit: u16,
    /// Where the page before ended.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

impl Account {
    pub async fn run(self) -> Result<(), CliError> {
        // What is wrong with the command counts more than a missing token.
        let api = Api::new(self.api);
        let json = self.json;
        match self.command {
            Command::Request(request) => {
                let patience = request.patience;
                let (command, api) = (request.into_command(), api?);
                if command.is_batch() {
                    return request_many(&api, &command, patience.longest(), json).await;
                }
                let issued: IssuedAccount = patience.of(&api).post("/accounts", &command).await?;
                say_issued(&api, &issued, json).await
            }
            Command::List(list) => {
                let page: Page<AccountView> = api?.get("/accounts", &list).await?;
                say_page(&page, json);
                Ok(())
            }
            Command::Show { id } => {
                let account: AccountView = api?.get(&format!("/accounts/{id}"), &()).await?;
                say(&account, json, line);
                Ok(())
            }
            Command::Reveal { id } => {
                let credentials: Credentials = api?.post(&format!("/accounts/{id}/reveal"), &()).await?;
                say(&credentials, json, credential_lines);
                Ok(())
            }
            Command::Renew { id, ttl } => {
                let command = RenewAccount { ttl: TtlText::Text(ttl) };
                let account: AccountView = api?.post(&format!("/accounts/{id}/renew"), &command).await?;
                say(&account, json, line);
                Ok(())
            }
            Command::Reset { id } => {
                let api = api?;
                let reset: IssuedAccount = api.post(&format!("/accounts/{id}/reset"), &()).await?;
                say_issued(&api, &reset, json).await?;
                if reset.account.services.iter().any(|leg| leg.reset_pending) {
                    return Err(CliError::Other(not_reset(&api, &reset.account).await));
                }
                Ok(())
            }
            Command::Revoke { id, patience } => {
                let api = api?;
                let account: AccountView = patience.of(&api).delete(&format!("/accounts/{id}")).await?;
                say(&account, json, line);
                if account.state.is_final() {
                    Ok(())
                } else {
                    Err(CliError::Other(not_gone(&api, &account).await))
                }
            }
        }
    }
}

impl Request {
    fn into_command(self) -> RequestAccount {
        RequestAccount {
            services: self.services,
            purpose: self.purpose,
            ticket: self.ticket,
            ttl: self.ttl.map(TtlText::Text),
            labels: each_once("--label", self.labels),
            run: self.run,
            attributes: each_once("--attribute", self.attributes),
            persona: self.persona,
            hint: self.hint,
            count: self.count,
        }
    }
}

/// Asks for many accounts at once, waits for them, and shows those that are
/// there.
async fn request_many(
    api: &Api,
    command: &RequestAccount,
    longest: Option<Duration>,
    json: bool,
) -> Result<(), CliError> {
    let batch: Batch = api.post("/accounts", command).await?;
    tell(&format!("requested as batch {}", batch.id));
    let batch = batch::until_finished(api, batch, longest).await?;
    let path = format!("/batches/{}/accounts", batch.id);
    let mut page: Page<IssuedAccount> = api.get(&path, &[("limit", "200")]).await?;
    let mut accounts = std::mem::take(&mut page.items);
    while let Some(cursor) = page.next {
        page = api.get(&path, &[("limit", "200"), ("cursor", &cursor)]).await?;
        accounts.append(&mut page.items);
    }
    say(&accounts, json, |accounts| accounts.iter().map(issued_line).collect::<Vec<_>>().join("\n"));
    batch::succeeded(&batch)
}

fn issued_line(issued: &IssuedAccount) -> String {
    let (id, username) = (issued.account.id, &issued.account.username);
    let password = issued.credentials.as_ref().map_or("-", |credentials| credentials.password.expose());
    format!("{id}\t{username}\t{password}")
}

/// Writes a result as JSON or as lines.
pub(super) fn say<T: Serialize>(value: &T, json: bool, plain: impl Fn(&T) -> String) {
    answer(&if json { pretty(value) } else { plain(value) });
}

fn say_page(page: &Page<AccountView>, json: bool) {
    if json {
        answer(&pretty(page));
        return;
    }
    for account in &page.items {
        answer(&line(account));
    }
    if let Some(next) = &page.next {
        tell(&format!("there are more: --cursor {next}"));
    }
}

async fn say_issued(api: &Api, issued: &IssuedAccount, json: bool) -> Result<(), CliError> {
    let account = &issued.account;
    if json {
        answer(&pretty(issued));
    } else {
        answer(&format!("id\t{}", account.id));
        if let Some(credentials) = &issued.credentials {
            answer(&credential_lines(credentials));
        }
    }
    if account.state == AccountState::Active {
        Ok(())
    } else {
        Err(CliError::Other(not_active(api, account).await))
    }
}

/// How an account stands that cannot be used, what comes of it, and what to
/// do meanwhile.
async fn not_active(api: &Api, account: &AccountView) -> String {
    let (id, state) = (account.id, account.state);
    let what_next = match state {
        AccountState::Requested => format!(
            "somebody has to approve it. `understudy account show {id}` says whether it is active; \
             `understudy account revoke {id}` takes the request back"
        ),
        AccountState::Provisioning => format!(
            "the portal goes on trying. `understudy account show {id}` says whether it is active, and then \
             `understudy account reveal {id}` its password; `understudy account revoke {id}` takes it back"
        ),
        AccountState::Revoking => "it is taken away again; request another one".to_owned(),
        AccountState::Active
        | AccountState::Frozen
        | AccountState::Revoked
        | AccountState::Denied
        | AccountState::Withdrawn
        | AccountState::Lapsed
        | AccountState::Failed => "nothing more comes of it; request another one".to_owned(),
    };
    format!("account {id} is {state}, not active: {what_next}{}", reasons(api, account).await)
}

async fn not_gone(api: &Api, account: &AccountView) -> String {
    let id = account.id;
    format!(
        "account {id} is not gone from every service yet: the portal goes on trying for as long as it takes. \
         `understudy account show {id}` says how far it is; the same command again waits once more{}",
        reasons(api, account).await
    )
}

async fn not_reset(api: &Api, account: &AccountView) -> String {
    let id = account.id;
    format!(
        "account {id} does not have its new password on every service yet: the portal goes on trying. \
         `understudy account show {id}` says how far it is, and `understudy account reveal {id}` which password works \
         where{}",
        reasons(api, account).await
    )
}

/// Why it is not as it should be on its services, a line for each that is known
/// of.
pub(super) async fn reasons(api: &Api, account: &AccountView) -> String {
    let mut lines = String::new();
    for leg in &account.services {
        let why = match leg.failure.as_ref().or(leg.last_error.as_ref()) {
            Some(why) => Some(why.clone()),
            None if leg.next_attempt_at.is_some() => not_answering(api, &leg.service).await,
            None => None,
        };
        lines.extend(why.map(|why| format!("\n  {}: {why}", leg.service)));
    }
    lines
}

/// That the service does not answer, if so. Where the portal cannot be asked
/// for it, there is nothing to say.
async fn not_answering(api: &Api, service: &Slug) -> Option<String> {
    let service: Service = api.get(&format!("/services/{service}"), &()).await.ok()?;
    service.down_since.map(|since| format!("has not answered since {since}; it is asked every few seconds"))
}

/// An account on one line.
pub(super) fn line(account: &AccountView) -> String {
    let services: Vec<String> =
        account.services.iter().map(|service| format!("{}:{}", service.service, service.state)).collect();
    let until = account.expires_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let (id, username, state, holder) = (account.id, &account.username, account.state, &account.holder);
    format!("{id}\t{username}\t{state}\t{holder}\t{until}\t{}", services.join(","))
}

fn credential_lines(credentials: &Credentials) -> String {
    format!("username\t{}\npassword\t{}", credentials.username, credentials.password.expose())
}
