//! A client of the JSON API, for the commands that go through it.

use domain::{Problem, problem::ProblemDocument};
use reqwest::{Method, Response};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::CliError;

/// Where the portal is, and with which token.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ApiArgs {
    /// The portal's address.
    #[arg(long, env = "UNDERSTUDY_URL", value_name = "URL", default_value = "http://127.0.0.1:3000")]
    url: String,
    /// An API token; better given by the environment than on the command line, where others can see it.
    #[arg(long, env = "UNDERSTUDY_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// The API, with somebody's token.
pub(super) struct Api {
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Api {
    pub fn new(args: ApiArgs) -> Result<Self, CliError> {
        let missing = || CliError::Other("no token: set UNDERSTUDY_TOKEN, or give --token".to_owned());
        #[expect(clippy::disallowed_methods, reason = "this calls the portal, not a target")]
        let http = reqwest::Client::new();
        Ok(Self {
            base: format!("{}/api/v1", args.url.trim_end_matches('/')),
            token: args.token.filter(|token| !token.is_empty()).ok_or_else(missing)?,
            http,
        })
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Result<T, CliError> {
        let request = self.http.get(format!("{}{path}", self.base)).query(query);
        self.send(request).await
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, CliError> {
        self.send(self.http.post(format!("{}{path}", self.base)).json(body)).await
    }

    pub async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, CliError> {
        self.send(self.http.request(Method::DELETE, format!("{}{path}", self.base))).await
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, CliError> {
        let request = request.bearer_auth(&self.token).header("prefer", "wait=60");
        let response = request.send().await.map_err(|error| {
            CliError::Other(format!("{} cannot be reached: {}", self.base, innermost(&error)))
        })?;
        if !response.status().is_success() {
            return Err(refusal(response).await);
        }
        response.json().await.map_err(|error| {
            CliError::Other(format!("the portal's answer cannot be read: {}", innermost(&error)))
        })
    }
}

async fn refusal(response: Response) -> CliError {
    let status = response.status();
    let body = response.bytes().await.unwrap_or_default();
    match serde_json::from_slice::<ProblemDocument>(&body) {
        Ok(document) => CliError::Problem(Problem::from(document)),
        Err(_) => CliError::Other(format!("the portal answered {status}, which is no answer of its own")),
    }
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
