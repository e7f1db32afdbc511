//! Puts the parts together: the only place that knows all of them.

use std::{
    fs::{self, File},
    io,
    net::SocketAddr,
    sync::Arc,
};

use async_trait::async_trait;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    audit::Heads,
    config::{Config, KeySource},
    connectors::{ClientUnavailable, Connectors, Guard, ServiceSecrets},
    directory::Directory,
    handlers::{Handlers, RunningRequests},
    http::{self, Doors},
    identity::{Provider, RunIdentities},
    metrics::Metrics,
    secrets::{
        audit_key::{AuditKey, AuditKeyError},
        keyring::{Keyring, KeyringError},
    },
    store::{Location, Store, StoreError, private_file},
    worker::{Housekeeper, Sealer, Worker},
    world::World,
};

/// Why the portal cannot start; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made.
    #[error("the data directory {path} cannot be made: {source}")]
    DataDir {
        /// Which one.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// The database cannot be opened.
    #[error("the database {place} cannot be opened: {source}")]
    Database {
        /// Which one.
        place: String,
        /// Why not.
        source: StoreError,
    },
    /// There is no database, for a command that has nothing to do without.
    #[error("there is no database at {0}; `understudy serve` makes one")]
    NoDatabase(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys cannot be used.
    #[error("the keys cannot be used: {0}")]
    Keys(#[from] KeyringError),
    /// The key that signs the audit's heads cannot be used.
    #[error("the audit key cannot be used: {0}")]
    AuditKey(#[from] AuditKeyError),
    /// The database was sealed with other keys.
    #[error(
        "this database was sealed with other keys ({0}); give the right ones as UNDERSTUDY_KEYS or keys_file. \
         No new key is made, because it could not open what is there"
    )]
    OtherKeys(KeyringError),
    /// The database was sealed, and there is no key.
    #[error(
        "this database was sealed with keys that are not here; give them as UNDERSTUDY_KEYS or keys_file, or put \
         the key file back to {0}"
    )]
    KeysMissing(String),
    /// Calls to services cannot be made at all.
    #[error(transparent)]
    Calls(#[from] ClientUnavailable),
    /// Another process serves the same SQLite file.
    #[error(
        "another understudy serves this database: it holds {0}. Stop that one first; for several processes use PostgreSQL"
    )]
    AlreadyServed(String),
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {source}; choose another address with --listen")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

/// Opens the database, brings it to today's shape, checks the keys, and puts
/// the use cases on top.
///
/// # Errors
/// One of these cannot be used.
pub async fn open(config: &Config, world: World) -> Result<Handlers, StartError> {
    make_data_dir(config)?;
    put_together(config, world).await
}

/// The same where there is a database, and nothing else: what is mistyped is
/// not made.
///
/// # Errors
/// There is no database, or it cannot be used.
pub async fn open_existing(config: &Config, world: World) -> Result<Handlers, StartError> {
    let there = Store::is_there(&config.database).await.map_err(|source| cannot_open(config, source))?;
    if !there {
        return Err(StartError::NoDatabase(config.database.to_string()));
    }
    put_together(config, world).await
}

fn cannot_open(config: &Config, source: StoreError) -> StartError {
    StartError::Database { place: config.database.to_string(), source }
}

async fn put_together(config: &Config, world: World) -> Result<Handlers, StartError> {
    let opened = Store::open(config.database.clone(), world.clone()).await;
    let store = opened.map_err(|source| cannot_open(config, source))?;
    let keyring = Arc::new(open_keyring(config, &store, &world).await?);
    let heads = Arc::new(open_heads(config, &world)?);
    let secrets = ServiceSecrets::new(keyring.clone(), config.vault.clone(), config.call_limits.connect)
        .map_err(ClientUnavailable::from)?;
    let guard = Guard::new(config.guard.clone());
    let connectors = Connectors::new(guard, config.call_limits, secrets, world.clone())?;
    let directory = Directory::new(store.clone(), connectors);
    let provider = config.provider.clone().map(Provider::new).transpose().map_err(ClientUnavailable::from)?;
    let run_identities = RunIdentities::new(config.ci.clone()).map_err(ClientUnavailable::from)?;
    Ok(Handlers {
        store,
        keyring,
        directory,
        heads,
        provider: provider.map(Arc::new),
        run_identities: Arc::new(run_identities),
        world,
        email_domain: config.email_domain.clone(),
        running: RunningRequests::default(),
        intake: None,
    })
}

fn make_data_dir(config: &Config) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    let is_needed = matches!(config.database, Location::Sqlite(_))
        || [&config.keys, &config.audit.key].into_iter().any(|keys| matches!(keys, KeySource::DataDir))
        || config.audit.heads_file.is_none();
    if !is_needed {
        return Ok(());
    }
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
    made.map_err(|source| StartError::DataDir { path: config.data_dir.display().to_string(), source })
}

async fn open_keyring(config: &Config, store: &Store, world: &World) -> Result<Keyring, StartError> {
    let keyring = match &config.keys {
        KeySource::Given(text) => Keyring::parse(text, world.clone())?,
        KeySource::File(path) => Keyring::read(path, world.clone())?,
        KeySource::DataDir => {
            let path = config.data_dir.join("keys");
            if path.exists() {
                Keyring::read(&path, world.clone())?
            } else if store.has_canary().await? {
                return Err(StartError::KeysMissing(path.display().to_string()));
            } else {
                // Another command may start at the same moment; then its key counts.
                Keyring::create(&path, world.clone()).or_else(|_| Keyring::read(&path, world.clone()))?
            }
        }
    };
    store.check_keyring(&keyring).await?.map_err(StartError::OtherKeys)?;
    Ok(keyring)
}

fn open_heads(config: &Config, world: &World) -> Result<Heads, StartError> {
    let settings = &config.audit;
    let key = match &settings.key {
        KeySource::Given(text) => AuditKey::parse(text)?,
        KeySource::File(path) => AuditKey::read(path)?,
        KeySource::DataDir => {
            let path = config.data_dir.join("audit-key");
            if path.exists() {
                AuditKey::read(&path)?
            } else {
                // Another command may start at the same moment; then its key counts.
                AuditKey::create(&path, world).or_else(|_| AuditKey::read(&path))?
            }
        }
    };
    let path = settings.heads_file.clone().unwrap_or_else(|| config.data_dir.join("audit-heads.ndjson"));
    Ok(Heads::new(key, path, settings.head_command.clone()))
}

/// A portal that is running.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    close_doors: CancellationToken,
    stop_worker: CancellationToken,
    _serving: Option<File>,
    doors: JoinHandle<io::Result<()>>,
    worker: JoinHandle<()>,
    store: Store,
}

/// Starts the doors and the worker.
///
/// # Errors
/// The address cannot be listened on.
pub async fn start(config: &Config, mut portal: Handlers) -> Result<Running, StartError> {
    let failed = |source| StartError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let serving = claim_sqlite(config)?;
    if serving.is_some() {
        portal.store.forget_claims().await?;
        portal.store.forget_sweep_claims().await?;
    }
    let (close_doors, stop_worker) = (CancellationToken::new(), CancellationToken::new());
    let store = portal.store.clone();
    let (worker, intake, inbox) = Worker::new(
        store.clone(),
        portal.keyring.clone(),
        portal.directory.clone(),
        portal.world.clone(),
        &portal.email_domain,
        config.call_limits.total,
        config.sweep_every,
    );
    let sealer =
        Sealer::new(store.clone(), portal.heads.clone(), config.audit.sign_every, portal.world.clone());
    let house = Housekeeper::new(store.clone(), portal.world.clone(), config.retention);
    portal.intake = Some(intake);
    let router = http::router(doors(config, portal), store.sessions(), close_doors.clone());
    let doors = http::serve(listener, router, config.http.max_connections, close_doors.clone());
    Ok(Running {
        address,
        _serving: serving,
        doors: tokio::spawn(doors),
        worker: tokio::spawn(worker.run(inbox, sealer, house, stop_worker.clone())),
        close_doors,
        stop_worker,
        store,
    })
}

/// A SQLite file is served by one process at a time. So whatever claims there
/// are when it starts were left by one that is dead.
fn claim_sqlite(config: &Config) -> Result<Option<File>, StartError> {
    let Location::Sqlite(path) = &config.database else { return Ok(None) };
    let path = path.with_extension("serving");
    let taken = || StartError::AlreadyServed(path.display().to_string());
    let serving = private_file(&path).map_err(|_| taken())?;
    serving.try_lock().map_err(|_| taken())?;
    Ok(Some(serving))
}

fn doors(config: &Config, portal: Handlers) -> Doors {
    let (ids, clock) = (portal.world.clone(), portal.world.clone());
    let (directory, intake) = (portal.directory.clone(), portal.intake.clone());
    let metrics = Metrics::new(portal.store.clone(), portal.world.clone(), directory, intake);
    Doors {
        ready: Arc::new(Readiness { store: portal.store.clone(), metrics }),
        portal: Arc::new(portal),
        new_id: Arc::new(move || ids.new_id().to_string()),
        now: Arc::new(move || clock.now()),
        secure_cookies: config.secure_cookies,
        limits: config.http.limits,
        trusted_proxies: config.http.trusted_proxies.clone(),
    }
}

struct Readiness {
    store: Store,
    metrics: Metrics,
}

#[async_trait]
impl http::Ready for Readiness {
    async fn is_ready(&self) -> bool {
        self.store.is_ready().await
    }

    async fn metrics(&self) -> Option<String> {
        let text = self.metrics.text().await;
        text.inspect_err(|error| tracing::error!(%error, "the metrics could not be read")).ok()
    }
}

impl Running {
    /// Tells it to stop, and waits until requests and calls that are under
    /// way are done and the database is closed.
    pub async fn stop(self) {
        // The worker last: requests that are under way wait for it.
        self.close_doors.cancel();
        match self.doors.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the doors failed"),
            Err(error) => tracing::error!(%error, "the doors broke down"),
        }
        self.stop_worker.cancel();
        if let Err(error) = self.worker.await {
            tracing::error!(%error, "the worker broke down");
        }
        self.store.close().await;
    }
}
