//! The one HTTP client through which services are called.

use std::{
    error::Error,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use reqwest::{
    Client, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};

use super::{
    super::guard::{Guard, Refusal},
    reply::Reply,
};
use crate::crash;

/// How long a call may take, and how much of its answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time to connect.
    pub connect: Duration,
    /// The time of the whole call, from looking the host up to the last byte.
    pub total: Duration,
    /// The bytes of an answer's body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(15), body: 1024 * 1024 }
    }
}

/// Looks up the addresses of a host.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of that host.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// Asks the operating system.
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Shows every address to the guard in the moment of connecting, so that a
/// name cannot lead elsewhere after it was checked.
struct GuardedResolver {
    guard: Arc<Guard>,
    lookup: Arc<dyn Lookup>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lookup) = (Arc::clone(&self.guard), Arc::clone(&self.lookup));
        Box::pin(async move {
            let addresses = lookup.addresses(name.as_str()).await?;
            guard.addresses(name.as_str(), &addresses)?;
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum SendError {
    /// The guard refused the address; nothing was sent.
    Refused(Refusal),
    /// There was no connection; nothing was sent.
    Unreachable(String),
    /// It took too long.
    TimedOut(Option<StatusCode>),
    /// The connection broke, or what came over it was no HTTP.
    Broken(Option<StatusCode>, String),
}

/// Sends requests to services, and only to such as the guard allows.
pub struct GuardedClient {
    client: Client,
    guard: Arc<Guard>,
    limits: Limits,
}

impl GuardedClient {
    /// # Errors
    /// The system offers no working TLS.
    pub fn new(guard: Arc<Guard>, lookup: Arc<dyn Lookup>, limits: Limits) -> Result<Self, reqwest::Error> {
        #[expect(clippy::disallowed_methods, reason = "this is the guarded client")]
        let client = Client::builder()
            .dns_resolver(GuardedResolver { guard: Arc::clone(&guard), lookup })
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent(concat!("understudy/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            // Short, as a connection that the other side has just given up
            // makes a call's fate unknown.
            .pool_idle_timeout(Duration::from_secs(5))
            .build()?;
        Ok(Self { client, guard, limits })
    }

    /// Sends the request and reads the answer.
    pub async fn send(&self, request: reqwest::Request) -> Result<Reply, SendError> {
        // Where an address is written out, no resolver is asked.
        if let Some(host) = request.url().host() {
            self.guard.host(&host).map_err(SendError::Refused)?;
        }
        let deadline = tokio::time::Instant::now() + self.limits.total;
        crash::point("call-before");
        let sent = tokio::time::timeout_at(deadline, self.client.execute(request)).await;
        crash::point("call-after");
        let response = match sent {
            Ok(response) => response.map_err(|error| self.explain(&error))?,
            Err(_) => return Err(SendError::TimedOut(None)),
        };
        let status = response.status();
        let headers = response.headers().clone();
        match tokio::time::timeout_at(deadline, self.read(response)).await {
            Ok(Ok(body)) => Ok(Reply::new(status, headers, body)),
            Ok(Err(error)) => Err(SendError::Broken(Some(status), innermost(&error))),
            Err(_) => Err(SendError::TimedOut(Some(status))),
        }
    }

    /// The body; `None` where it goes on beyond the limit.
    async fn read(&self, mut response: Response) -> reqwest::Result<Option<Vec<u8>>> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > self.limits.body {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }

    fn explain(&self, error: &reqwest::Error) -> SendError {
        if let Some(refusal) = causes(error).find_map(|cause| cause.downcast_ref::<Refusal>()) {
            SendError::Refused(refusal.clone())
        } else if error.is_connect() && error.is_timeout() {
            SendError::Unreachable(format!("no connection within {} ms", self.limits.connect.as_millis()))
        } else if error.is_connect() {
            SendError::Unreachable(innermost(error))
        } else {
            SendError::Broken(None, innermost(error))
        }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The cause at the bottom: those above it only say where it happened, and
/// the topmost would show the URL.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).skip(1).last().map_or_else(|| "the connection failed".to_owned(), ToString::to_string)
}
