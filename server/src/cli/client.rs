//! A client of the JSON API, for the commands that go through it.

use std::time::Duration;

use domain::{Problem, ProblemKind, problem::ProblemDocument, secret::Secret};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{CliError, tell};
use crate::world::World;

/// How long the portal is to wait for the services where nothing else is said.
const USUAL_WAIT: Duration = Duration::from_secs(60);

/// How much longer an answer may take than the portal was told to wait.
const ANSWERING_TAKES: Duration = Duration::from_secs(15);

/// How long CI tries again to reach a portal, which may be restarting.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How long it takes at most to find out that nobody is there.
const CONNECTING_TAKES: Duration = Duration::from_secs(5);

/// The first pause before another attempt; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// No pause before another attempt is longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// Where the portal is, and with which token.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ApiArgs {
    /// The portal's address.
    #[arg(
        long,
        global = true,
        env = "UNDERSTUDY_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:3000"
    )]
    url: String,
    /// An API token; better given by the environment than on the command line, where others can see it.
    #[arg(long, global = true, env = "UNDERSTUDY_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// The API, with somebody's token.
#[derive(Clone)]
pub(super) struct Api {
    base: String,
    token: Secret,
    http: reqwest::Client,
    wait: Duration,
    patience: Duration,
}

impl Api {
    pub fn new(args: ApiArgs) -> Result<Self, CliError> {
        let missing = || CliError::Other("no token: set UNDERSTUDY_TOKEN, or give --token".to_owned());
        if !["http://", "https://"].iter().any(|scheme| args.url.starts_with(scheme)) {
            let what =
                format!("the portal's address is `{}`; it must begin with http:// or https://", args.url);
            return Err(CliError::Other(what));
        }
        #[expect(clippy::disallowed_methods, reason = "this calls the portal, not a target")]
        let http = reqwest::Client::builder().connect_timeout(CONNECTING_TAKES).build();
        Ok(Self {
            base: format!("{}/api/v1", args.url.trim_end_matches('/')),
            token: args.token.filter(|token| !token.is_empty()).map(Secret::new).ok_or_else(missing)?,
            http: http.map_err(|error| CliError::Other(innermost(&error)))?,
            wait: USUAL_WAIT,
            patience: Duration::ZERO,
        })
    }

    /// The same, but the portal waits for the services for so long only.
    pub fn waiting(&self, wait: Duration) -> Self {
        Self { wait, ..self.clone() }
    }

    /// The same, but what fails because the portal does not answer is tried
    /// again for so long.
    pub fn patient(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Result<T, CliError> {
        self.send(self.http.get(format!("{}{path}", self.base)).query(query)).await
    }

    /// Every attempt carries the same key, so that one whose answer was lost
    /// is not done twice.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, CliError> {
        let key = uuid::Builder::from_random_bytes(World::system().random_bytes()).into_uuid();
        let request =
            self.http.post(format!("{}{path}", self.base)).header("idempotency-key", key.to_string());
        self.send(request.json(body)).await
    }

    /// The path is given by its segments, in which anything may stand.
    pub async fn put<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, CliError> {
        let not_an_address = |error| CliError::Other(format!("{} is not an address: {error}", self.base));
        let mut url: Url = self.base.parse().map_err(not_an_address)?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        self.send(self.http.put(url).json(body)).await
    }

    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, CliError> {
        self.send(self.http.request(Method::DELETE, format!("{}{path}", self.base))).await
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CliError> {
        let request = request
            .bearer_auth(self.token.expose())
            .header("prefer", format!("wait={}", self.wait.as_secs()))
            .timeout(self.wait + ANSWERING_TAKES);
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        while let Some(attempt) = request.try_clone() {
            let error = match self.attempt(attempt).await {
                Err(error) if error.may_pass() => error,
                answered => return answered,
            };
            if began.elapsed() + pause > self.patience {
                return Err(error);
            }
            if pause == FIRST_PAUSE {
                tell(&format!("understudy: {error}; trying again for {} s", self.patience.as_secs()));
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
        self.attempt(request).await
    }

    /// Why nobody answers. TLS takes an answer without it for a broken one.
    fn reason(&self, error: &reqwest::Error) -> String {
        let reason = innermost(error);
        if !(self.base.starts_with("https://") && reason.contains("InvalidContentType")) {
            return reason;
        }
        "it does not speak https; give its address as http://…, or that of what speaks https in front of it"
            .to_owned()
    }

    async fn attempt<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CliError> {
        let response = request.send().await.map_err(|error| {
            let what = format!("{} cannot be reached: {}", self.base, self.reason(&error));
            if error.is_builder() { CliError::Other(what) } else { CliError::Unavailable(what) }
        })?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        let body = response.bytes().await.map_err(|error| {
            CliError::Unavailable(format!("the portal's answer broke off: {}", innermost(&error)))
        })?;
        serde_json::from_slice(&body)
            .map_err(|error| CliError::Other(format!("the portal's answer cannot be read: {error}")))
    }
}

impl CliError {
    /// Whether another attempt may succeed. An earlier one whose answer was
    /// lost may still be running.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::Problem(problem) => {
                [ProblemKind::StillRunning, ProblemKind::TargetUnavailable].contains(&problem.kind)
            }
            Self::Config(_) | Self::Start(_) | Self::Io(_) | Self::Other(_) => false,
        }
    }
}

async fn refusal(response: Response) -> CliError {
    let status = response.status();
    let body = response.bytes().await.unwrap_or_default();
    if let Ok(document) = serde_json::from_slice::<ProblemDocument>(&body) {
        return CliError::Problem(Problem::from(document));
    }
    let what = format!("the portal answered {status}, which is no answer of its own");
    // So says what stands in front of a portal that is not ready.
    let may_pass = [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
    if may_pass.contains(&status) { CliError::Unavailable(what) } else { CliError::Other(what) }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// A result as JSON, indented for people.
pub(super) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_value(value).as_ref().map_or_else(|_| String::new(), |value: &Value| format!("{value:#}"))
}
