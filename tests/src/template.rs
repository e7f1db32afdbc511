//! What every portal in a test begins as. To set one up takes longer than most
//! tests, so that is done once, and each test gets a copy.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use domain::{
    Actor,
    actor::Caller,
    people::AddPerson,
    portal::{People, Tokens},
    secret::Secret,
    time::TtlText,
    token::IssueToken,
};
use server::{
    config::{AuditSettings, Config, HttpSettings, KeySource, Retention},
    connectors::{GuardSettings, Limits},
    handlers::Handlers,
    wiring,
    world::World,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{Database, TestClock, Who, database::OwnDatabase};

/// A portal with everybody in [`Who::ALL`], stopped.
#[derive(Debug)]
pub struct Template {
    /// The token that each of them has.
    pub tokens: Vec<(Who, String)>,
    database: OwnDatabase,
    folder: TempDir,
}

static SQLITE: OnceCell<Template> = OnceCell::const_new();
static POSTGRES: OnceCell<Template> = OnceCell::const_new();

impl Template {
    /// That on this kind of database.
    pub async fn of(database: Database) -> &'static Self {
        let template = match database {
            Database::Sqlite => &SQLITE,
            Database::Postgres => &POSTGRES,
        };
        template.get_or_init(async || Self::make(database).await).await
    }

    async fn make(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = database.create(folder.path()).await;
        let portal = open(&config(folder.path(), &database), &TestClock::default()).await;
        let mut tokens = Vec::new();
        for who in Who::ALL {
            tokens.push((who, add(&portal, who).await));
        }
        portal.store.close().await;
        Self { tokens, database, folder }
    }

    /// A copy of its database, and in the folder one of its files.
    pub async fn copy(&self, folder: &Path) -> OwnDatabase {
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        self.database.copy(folder).await
    }
}

/// The settings of a portal with its files in that folder.
pub fn config(folder: &Path, database: &OwnDatabase) -> Config {
    Config {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        database: database.location(),
        data_dir: folder.to_owned(),
        keys: KeySource::DataDir,
        email_domain: "example.com".to_owned(),
        secure_cookies: false,
        http: HttpSettings::default(),
        guard: GuardSettings::default(),
        vault: None,
        call_limits: Limits::default(),
        sweep_every: Config::DEFAULT_SWEEP_EVERY,
        audit: AuditSettings::default(),
        retention: Retention::default(),
        provider: None,
        ci: Vec::new(),
    }
}

/// Opens the portal of those settings.
pub async fn open(config: &Config, clock: &TestClock) -> Handlers {
    wiring::open(config, World::with_clock(Arc::new(clock.clone()))).await.unwrap()
}

/// Who sets a portal up.
pub fn operator() -> Caller {
    Caller::from(Actor::Operator)
}

/// Adds that person; answers the text of their token.
pub async fn add(portal: &Handlers, who: Who) -> String {
    let (login, password) = (who.login().to_owned(), Secret::new(who.password().to_owned()));
    let role = who.role().to_string();
    let person = AddPerson { login, role, team: None, password: Some(password) };
    portal.add_person(&operator(), person).await.unwrap();
    issue_token(portal, who, &[], "7d").await
}

/// Issues a token and answers its text.
pub async fn issue_token(portal: &Handlers, who: Who, scopes: &[&str], ttl: &str) -> String {
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let ttl = Some(TtlText::Text(ttl.to_owned()));
    let command = IssueToken { name: format!("{} CI", who.login()), scopes, ttl };
    let issued = portal.issue_token(&operator(), Some(who.login()), command).await.unwrap();
    issued.text.unwrap().expose().to_owned()
}
