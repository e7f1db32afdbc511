//! `understudy demo`

use std::{io, net::SocketAddr, path::PathBuf};

use clap::Args;
use domain::{
    people::AddPerson,
    portal::{People, Services, Tokens},
    secret::Secret,
    time::TtlText,
    token::IssueToken,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::{CliError, answer, operator, serve::Stop, tell};
use crate::{
    config::{Config, StorageArgs},
    handlers::Handlers,
    sandbox::{self, SandboxOptions},
    wiring,
    world::World,
};

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where the portal listens.
    #[arg(long, env = "UNDERSTUDY_LISTEN", value_name = "ADDRESS", default_value_t = Config::DEFAULT_LISTEN)]
    listen: SocketAddr,
    /// Where the sandbox service listens; another port is taken where this one is not free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4010")]
    sandbox_listen: SocketAddr,
}

impl Demo {
    pub async fn run(self) -> Result<(), CliError> {
        let folder = tempfile::Builder::new().prefix("understudy-demo-").tempdir()?;
        let config = throw_away(folder.path().to_owned(), self.listen)?;
        let sandbox = listen_somewhere(self.sandbox_listen).await?;
        let sandbox_url = format!("http://{}", sandbox.local_addr()?);
        let sandbox = tokio::spawn(sandbox::serve(sandbox, SandboxOptions::default()));

        let portal = wiring::open(&config, World::system()).await?;
        let token = furnish(&portal, &sandbox_url).await?;
        let running = wiring::start(&config, portal).await?;

        let url = format!("http://{}", running.address);
        answer(&welcome(&url, &sandbox_url, token.expose()));
        let mut stop = Stop::listen()?;
        answer(&format!("listening on {url}"));
        stop.told().await;
        tell("stopping; the demo's data is thrown away");
        running.stop().await;
        sandbox.abort();
        Ok(())
    }
}

/// Settings that no file or variable of the visitor's gets into.
fn throw_away(folder: PathBuf, listen: SocketAddr) -> Result<Config, CliError> {
    let settings = folder.join("understudy.toml");
    std::fs::write(&settings, "")?;
    let database = format!("sqlite://{}", folder.join("understudy.db").display());
    let storage = StorageArgs { database: Some(database), data_dir: Some(folder), config: Some(settings) };
    let config = Config::settle(storage, Some(listen))?;
    Ok(Config { keys: crate::config::KeySource::DataDir, ..config })
}

async fn listen_somewhere(wanted: SocketAddr) -> Result<TcpListener, io::Error> {
    match TcpListener::bind(wanted).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            TcpListener::bind(SocketAddr::new(wanted.ip(), 0)).await
        }
        bound => bound,
    }
}

/// People, a service and a token to try things with.
async fn furnish(portal: &Handlers, sandbox_url: &str) -> Result<Secret, CliError> {
    let by = operator();
    // Each is called as their role.
    for name in ["tester", "manager", "admin"] {
        let (login, role, password) = (name.to_owned(), name.to_owned(), Secret::new(name.to_owned()));
        let command = AddPerson { login, role, team: None, password: Some(password) };
        portal.add_person(&by, command).await?;
    }
    portal.apply_service(&by, sandbox_service(sandbox_url)).await?;
    let command = IssueToken {
        name: "demo CI".to_owned(),
        scopes: Vec::new(),
        ttl: Some(TtlText::Text("7d".to_owned())),
    };
    let issued = portal.issue_token(&by, Some("tester"), command).await?;
    Ok(issued.text.ok_or_else(domain::Problem::internal)?)
}

/// The sandbox as a service: the article's two calls, and what it has beside
/// them.
fn sandbox_service(url: &str) -> serde_json::Value {
    json!({
        "slug": "user-service",
        "name": "User service (sandbox)",
        "environment": "dev",
        "base_url": url,
        "connector": "article",
        "http": {
            "verify": {
                "request": "POST /login",
                "json": { "username": "{{ username }}", "password": "{{ password }}" },
            },
            "reset": {
                "request": "PUT /accounts/{{ username }}/password",
                "json": { "password": "{{ password }}" },
            },
            "disable": { "request": "POST /accounts/{{ username }}/disable" },
            "enable": { "request": "POST /accounts/{{ username }}/enable" },
            "gone": { "request": "GET /accounts/{{ username }}" },
            "list": { "request": "GET /accounts", "query": { "prefix": "{{ prefix }}" }, "items": "/accounts" },
            "attest": {
                "request": "GET /about",
                "rules": [{ "status": 200, "pointer": "/environment", "equals": "test", "outcome": "ok" }],
            },
        },
    })
}

fn welcome(url: &str, sandbox_url: &str, token: &str) -> String {
    format!(
        "
  Understudy, to try out: everything in it is thrown away when it stops.

  Portal   {url}
           sign in as tester, manager or admin; the password is the login
  Sandbox  {sandbox_url}
           a service called user-service, where accounts are created; try to sign in there
  API      {url}/api/docs
           token of tester: {token}

  For CI's commands and the examples:
  export UNDERSTUDY_URL={url} UNDERSTUDY_TOKEN={token} SANDBOX_URL={sandbox_url}

  curl -u :{token} {url}/api/v1/accounts --json '{{\"services\": [\"user-service\"]}}'
"
    )
}

#[cfg(test)]
mod tests {
    use domain::service::Capability;
    use strum::VariantArray;

    use super::*;
    use crate::connectors::{Guard, GuardSettings, ServiceDefinition};

    #[test]
    fn the_demo_s_service_shows_all_that_a_connector_can_do() {
        let guard = Guard::new(GuardSettings::default());
        let service = ServiceDefinition::parse(&sandbox_service("http://127.0.0.1:4010"), &guard).unwrap();
        assert_eq!(service.capabilities(), Capability::VARIANTS);
    }
}
