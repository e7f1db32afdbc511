//! Calls to those who vouch for somebody: addresses that the operator names,
//! so the guard for services does not apply to them.

use std::time::Duration;

use futures::{FutureExt, StreamExt, future::BoxFuture};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, redirect};

/// For so long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// No document or key set is longer, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The call did not succeed.
    #[error(transparent)]
    Call(#[from] reqwest::Error),
    /// The answer cannot be taken.
    #[error("the answer is longer than {LONGEST} bytes")]
    TooLong,
    /// The answer cannot be put together.
    #[error(transparent)]
    Malformed(#[from] axum::http::Error),
}

/// A client that follows no redirects: else whoever is asked could have
/// anybody else asked.
#[derive(Clone, Debug)]
pub struct Http(Client);

impl Http {
    /// # Errors
    /// The system offers no working TLS.
    pub fn new() -> Result<Self, reqwest::Error> {
        #[expect(clippy::disallowed_methods, reason = "the operator's own providers are no targets")]
        let client = Client::builder().redirect(redirect::Policy::none()).timeout(PATIENCE).build()?;
        Ok(Self(client))
    }

    /// The document at that address.
    ///
    /// # Errors
    /// There is none that can be taken.
    pub async fn get(&self, place: String) -> Result<HttpResponse, HttpError> {
        self.execute(axum::http::Request::get(place).body(Vec::new())?).await
    }

    async fn execute(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.0.execute(request.try_into()?).await?;
        let mut answer = axum::http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let (mut body, mut stream) = (Vec::new(), response.bytes_stream());
        while let Some(part) = stream.next().await {
            body.extend_from_slice(&part?);
            if body.len() > LONGEST {
                return Err(HttpError::TooLong);
            }
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        self.execute(request).boxed()
    }
}
