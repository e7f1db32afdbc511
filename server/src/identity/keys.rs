//! The keys by which an issuer signs, as it publishes them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use openidconnect::{
    IssuerUrl, JsonWebKeySetUrl,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{claims::Claims, http::Http};

/// Keys are asked for again after so long, or when one is not known.
const KEPT_FOR: Duration = Duration::from_secs(10 * 60);

/// But not more often than this: whoever sends junk shall not have the issuer
/// asked each time.
const ASKED_AT_MOST_EVERY: Duration = Duration::from_secs(10);

/// What signs: never a secret that both sides have.
pub fn algorithms() -> [CoreJwsSigningAlgorithm; 9] {
    use CoreJwsSigningAlgorithm as Algorithm;
    [
        Algorithm::RsaSsaPkcs1V15Sha256,
        Algorithm::RsaSsaPkcs1V15Sha384,
        Algorithm::RsaSsaPkcs1V15Sha512,
        Algorithm::RsaSsaPssSha256,
        Algorithm::RsaSsaPssSha384,
        Algorithm::RsaSsaPssSha512,
        Algorithm::EcdsaP256Sha256,
        Algorithm::EcdsaP384Sha384,
        Algorithm::EdDsa,
    ]
}

/// An issuer of tokens whose signature alone is looked at.
pub struct Issuer {
    url: IssuerUrl,
    http: Http,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    keys: Arc<CoreJsonWebKeySet>,
    since: Instant,
}

/// The part of a provider's description (OpenID Connect Discovery 1.0) that
/// counts here; CI providers leave out what only sign-ins need.
#[derive(Deserialize)]
struct Description {
    issuer: IssuerUrl,
    jwks_uri: JsonWebKeySetUrl,
}

/// Why a token proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unverified {
    /// The issuer's keys cannot be had.
    #[error("the keys of {0} cannot be had: {1}")]
    NoKeys(String, String),
    /// The token is not good.
    #[error("{0}")]
    NotGood(String),
}

impl Issuer {
    pub fn new(url: IssuerUrl, http: Http) -> Self {
        Self { url, http, kept: Mutex::new(None) }
    }

    /// Checks signature, issuer, audience and time of an identity token.
    ///
    /// # Errors
    /// The keys cannot be had, or the token is not good.
    pub async fn verify(&self, token: &str, audience: &str) -> Result<Claims, Unverified> {
        let parsed: CoreIdToken =
            token.parse().map_err(|_| Unverified::NotGood("it is no identity token".to_owned()))?;
        let keys = self.keys(KEPT_FOR).await?;
        let refused = match self.check(&parsed, audience, &keys) {
            Ok(()) => None,
            // The issuer may have changed its keys.
            Err(_) => {
                let keys = self.keys(ASKED_AT_MOST_EVERY).await?;
                self.check(&parsed, audience, &keys).err()
            }
        };
        match refused {
            Some(refused) => Err(Unverified::NotGood(refused)),
            None => Claims::of_verified(token)
                .ok_or_else(|| Unverified::NotGood("its claims cannot be read".to_owned())),
        }
    }

    fn check(&self, token: &CoreIdToken, audience: &str, keys: &CoreJsonWebKeySet) -> Result<(), String> {
        let client = openidconnect::ClientId::new(audience.to_owned());
        let verifier = CoreIdTokenVerifier::new_public_client(client, self.url.clone(), keys.clone())
            .set_allowed_algs(algorithms());
        // Nothing was asked for, so there is no nonce to compare.
        let checked = token.claims(&verifier, |_: Option<&openidconnect::Nonce>| Ok(()));
        checked.map(drop).map_err(|error| error.to_string())
    }

    /// Its keys, asked for again if they are older.
    async fn keys(&self, at_most: Duration) -> Result<Arc<CoreJsonWebKeySet>, Unverified> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.since.elapsed() < at_most) {
            return Ok(kept.keys.clone());
        }
        let keys = Arc::new(self.fetch().await.map_err(|why| Unverified::NoKeys(self.url.to_string(), why))?);
        *kept = Some(Kept { keys: keys.clone(), since: Instant::now() });
        Ok(keys)
    }

    async fn fetch(&self) -> Result<CoreJsonWebKeySet, String> {
        let place = format!("{}/.well-known/openid-configuration", self.url.as_str().trim_end_matches('/'));
        let answer = self.http.get(place).await.map_err(|error| error.to_string())?;
        if !answer.status().is_success() {
            return Err(format!("it answered {}", answer.status()));
        }
        let description: Description =
            serde_json::from_slice(answer.body()).map_err(|error| error.to_string())?;
        if description.issuer != self.url {
            return Err(format!("it says that it is {}", description.issuer.as_str()));
        }
        CoreJsonWebKeySet::fetch_async(&description.jwks_uri, &self.http)
            .await
            .map_err(|error| error.to_string())
    }
}
