//! The operator's settings: from the command line, the environment, and
//! `understudy.toml`, in this order.

mod checks;
mod identity;

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use domain::Ttl;
use ipnet::IpNet;
use serde::Deserialize;

use crate::{
    connectors::{GuardSettings, Limits, VaultSettings},
    http,
    identity::{CiIssuer, ProviderSettings},
    store::Location,
};

/// The file that is read where no other is named and it exists.
const DEFAULT_FILE: &str = "understudy.toml";

/// Where the portal keeps its things; every command that opens the database
/// takes these.
#[derive(Clone, Debug, Default, Args)]
pub struct StorageArgs {
    /// The database: `sqlite://PATH` or `postgres://…` [default: SQLite in the data directory].
    #[arg(long, env = "UNDERSTUDY_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Where SQLite's file and the key file are kept [default: ./data].
    #[arg(long, env = "UNDERSTUDY_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// The settings file [default: ./understudy.toml, if there is one].
    #[arg(long, env = "UNDERSTUDY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `understudy.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SettingsFile {
    listen: Option<SocketAddr>,
    database: Option<String>,
    data_dir: Option<PathBuf>,
    keys_file: Option<PathBuf>,
    email_domain: Option<String>,
    secure_cookies: bool,
    http: HttpTable,
    call_timeout: Option<Ttl>,
    sweep_every: Option<Ttl>,
    environments: Option<Vec<String>>,
    allowed_hosts: Vec<String>,
    allowed_secrets: Vec<String>,
    vault: Option<VaultTable>,
    audit: AuditTable,
    retention: Retention,
    oidc: Option<identity::OidcTable>,
    ci: Vec<identity::CiTable>,
}

/// `[http]`: what comes in at the doors.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HttpTable {
    trusted_proxies: Vec<String>,
    max_connections: Option<usize>,
    requests_per_minute: Option<u32>,
    failed_sign_ins: Option<u32>,
    failed_tokens_per_minute: Option<u32>,
}

/// `[audit]`: how it is made sure that the history cannot be bent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AuditTable {
    key_file: Option<PathBuf>,
    heads_file: Option<PathBuf>,
    sign_every: Option<Ttl>,
    head_command: Vec<String>,
}

/// `[retention]`: how long it is kept what is not needed for good.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// What people wrote about an account, after it has ended: purpose, ticket,
    /// labels, attributes, why it was approved or denied. For good where it is
    /// `None`.
    pub ended_accounts: Option<Ttl>,
    /// The details of events; their envelopes stay. For good where it is `None`.
    pub audit_details: Option<Ttl>,
}

/// `[vault]`: where services' secrets may be kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VaultTable {
    address: String,
    token: String,
}

/// All settings, settled.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the database is.
    pub database: Location,
    /// Where files of the portal's own are kept.
    pub data_dir: PathBuf,
    /// Where the keys come from.
    pub keys: KeySource,
    /// The domain of the accounts' e-mail addresses.
    pub email_domain: String,
    /// Whether TLS stands before the portal: browsers send the session's cookie
    /// by that only, and are told to come by it.
    pub secure_cookies: bool,
    /// What comes in at the doors.
    pub http: HttpSettings,
    /// What may be called.
    pub guard: GuardSettings,
    /// The Vault that may hold services' secrets.
    pub vault: Option<VaultSettings>,
    /// How long calls to services may take.
    pub call_limits: Limits,
    /// How often services are compared with the ledger.
    pub sweep_every: Ttl,
    /// What becomes of the audit's heads.
    pub audit: AuditSettings,
    /// How long it is kept what is not needed for good.
    pub retention: Retention,
    /// The provider through which people can sign in.
    pub provider: Option<ProviderSettings>,
    /// Whose identity tokens of CI runs are taken.
    pub ci: Vec<CiIssuer>,
}

/// What comes in at the doors, and how much of it.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Who may say, by `X-Forwarded-For`, where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
    /// How many connections are served at a time.
    pub max_connections: usize,
    /// How many failed attempts are borne, and how many requests.
    pub limits: http::Limits,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { trusted_proxies: Vec::new(), max_connections: 1_000, limits: http::Limits::default() }
    }
}

/// What becomes of the heads of the audit's chain.
#[derive(Clone, Debug)]
pub struct AuditSettings {
    /// Where the key comes from that signs them.
    pub key: KeySource,
    /// The file in which they are kept; in the data directory where it is
    /// `None`.
    pub heads_file: Option<PathBuf>,
    /// How often one is signed, while there is something new.
    pub sign_every: Ttl,
    /// The command that each is handed to, and its arguments; none where empty.
    pub head_command: Vec<String>,
}

impl Default for AuditSettings {
    fn default() -> Self {
        let (heads_file, head_command) = (None, Vec::new());
        Self { key: KeySource::DataDir, heads_file, sign_every: Ttl::minutes(5), head_command }
    }
}

/// Where keys come from.
#[derive(Clone)]
pub enum KeySource {
    /// An environment variable.
    Given(zeroize::Zeroizing<String>),
    /// A file that the operator provides.
    File(PathBuf),
    /// A file that is made in the data directory on the first start.
    DataDir,
}

impl KeySource {
    fn of(variable: &str, file: Option<PathBuf>) -> Self {
        match (std::env::var(variable), file) {
            (Ok(keys), _) => Self::Given(keys.into()),
            (Err(_), Some(path)) => Self::File(path),
            (Err(_), None) => Self::DataDir,
        }
    }
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Given(_) => f.write_str("Given(…)"),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::DataDir => f.write_str("DataDir"),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The settings file cannot be read.
    #[error("the settings file {path} cannot be read: {source}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The settings file holds something that is no setting.
    #[error("the settings file {path} is wrong: {source}")]
    Wrong {
        /// Which file.
        path: String,
        /// What and where.
        source: Box<toml::de::Error>,
    },
    /// A setting that cannot be meant.
    #[error("the setting {setting} is wrong: {why}")]
    Nonsense {
        /// Which one.
        setting: &'static str,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// Calls to services would be waited for too long.
    #[error("call_timeout is {0}; it must be at most 5m")]
    CallTimeout(Ttl),
    /// The database's URL is none.
    #[error("{0}")]
    Database(String),
}

impl Config {
    /// Where to listen unless told otherwise.
    pub const DEFAULT_LISTEN: SocketAddr =
        SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 3000);

    /// How often services are swept unless told otherwise.
    pub const DEFAULT_SWEEP_EVERY: Ttl = Ttl::hours(1);

    /// Settles the settings.
    ///
    /// # Errors
    /// The settings file or the database's URL cannot be used.
    pub fn settle(args: StorageArgs, listen: Option<SocketAddr>) -> Result<Self, ConfigError> {
        let file = read_settings(args.config.as_deref())?;
        checks::check(&file)?;
        let data_dir = args.data_dir.or(file.data_dir).unwrap_or_else(|| "data".into());
        let database = match args.database.or(file.database) {
            Some(url) => Location::parse(&url).map_err(ConfigError::Database)?,
            None => Location::Sqlite(data_dir.join("understudy.db")),
        };
        let keys = KeySource::of("UNDERSTUDY_KEYS", file.keys_file);
        let audit = AuditSettings {
            key: KeySource::of("UNDERSTUDY_AUDIT_KEY", file.audit.key_file),
            heads_file: file.audit.heads_file,
            sign_every: file.audit.sign_every.unwrap_or(AuditSettings::default().sign_every),
            head_command: file.audit.head_command,
        };
        let usual = GuardSettings::default();
        Ok(Self {
            listen: listen.or(file.listen).unwrap_or(Self::DEFAULT_LISTEN),
            database,
            data_dir,
            keys,
            email_domain: file.email_domain.unwrap_or_else(|| "example.com".to_owned()),
            secure_cookies: file.secure_cookies,
            http: checks::http(&file.http)?,
            guard: GuardSettings {
                environments: file.environments.unwrap_or(usual.environments),
                allowed_hosts: file.allowed_hosts,
                allowed_secrets: file.allowed_secrets,
            },
            vault: file.vault.as_ref().map(checks::vault).transpose()?,
            call_limits: call_limits(file.call_timeout)?,
            sweep_every: file.sweep_every.unwrap_or(Self::DEFAULT_SWEEP_EVERY),
            audit,
            retention: file.retention,
            provider: file.oidc.as_ref().map(identity::oidc).transpose()?,
            ci: file.ci.iter().map(identity::ci).collect::<Result<_, _>>()?,
        })
    }
}

/// A call that may take very long would keep an account from being anything
/// for as long.
fn call_limits(total: Option<Ttl>) -> Result<Limits, ConfigError> {
    let usual = Limits::default();
    let Some(total) = total else { return Ok(usual) };
    if total > Ttl::minutes(5) {
        return Err(ConfigError::CallTimeout(total));
    }
    let total = Duration::from_secs(total.as_secs());
    Ok(Limits { connect: usual.connect.min(total), total, ..usual })
}

fn read_settings(path: Option<&Path>) -> Result<SettingsFile, ConfigError> {
    let (path, required) = path.map_or((Path::new(DEFAULT_FILE), false), |path| (path, true));
    let shown = || path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|source| ConfigError::Wrong { path: shown(), source: Box::new(source) }),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !required => Ok(SettingsFile::default()),
        Err(source) => Err(ConfigError::Unreadable { path: shown(), source }),
    }
}
