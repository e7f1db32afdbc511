//! Services' own secrets, read where they are kept, anew each time: so a
//! changed one counts at once.

use std::{env, io, path::Path, sync::Arc, time::Duration};

use domain::{account::Sealed, id::ServiceId, secret::Secret};
use reqwest::{Client, redirect};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use url::Url;

use super::SecretReference;

/// Where the operator's Vault is, and how the portal is known there.
#[derive(Clone, Debug)]
pub struct VaultSettings {
    /// Its address.
    pub address: Url,
    /// Where its token is: in a variable or a file.
    pub token: SecretReference,
}

/// Opens what the portal keeps sealed.
pub trait SealedSecrets: Send + Sync {
    /// The service's secret; `None` where it does not open, for a reason that
    /// is in the log.
    fn open(&self, service: ServiceId, sealed: &Sealed) -> Option<Secret>;
}

/// Where a service's secret is.
#[derive(Clone, Copy, Debug)]
pub struct SecretOf<'a> {
    /// Whose it is.
    pub service: ServiceId,
    /// What its definition says.
    pub reference: &'a SecretReference,
    /// What the portal was given for it.
    pub sealed: Option<&'a Sealed>,
}

/// Reads services' secrets.
pub struct ServiceSecrets {
    sealed: Arc<dyn SealedSecrets>,
    vault: Option<(VaultSettings, Client)>,
}

/// The place holds no secret that can be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretUnavailable {
    /// There is no such variable, or it is no text.
    #[error("the environment variable {0} is not set for the portal")]
    Unset(String),
    /// The file cannot be read.
    #[error("the file {0} cannot be read: {1}")]
    Unreadable(String, io::Error),
    /// There is nothing in it.
    #[error("{0} is empty")]
    Empty(SecretReference),
    /// The operator has set up no Vault.
    #[error("the operator has set up no `vault` in understudy.toml")]
    NoVault,
    /// Vault has no such secret, or does not show it.
    #[error("Vault answered {0} for {1}")]
    NotInVault(u16, SecretReference),
    /// Vault does not answer.
    #[error("Vault does not answer")]
    VaultDown,
    /// The portal was never given it.
    #[error("the portal was not given the service's secret yet; an admin has to seal it")]
    NotSealed,
    /// The portal could not open it.
    #[error("the portal could not open the service's secret; its log says why")]
    NotOpened,
}

impl SecretUnavailable {
    /// Whether it may well be there in a moment.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::VaultDown | Self::NotInVault(500..=599, _) | Self::NotOpened => true,
            Self::Unset(_)
            | Self::Unreadable(..)
            | Self::Empty(_)
            | Self::NoVault
            | Self::NotInVault(..)
            | Self::NotSealed => false,
        }
    }
}

impl ServiceSecrets {
    /// No token or key is longer; whatever is, was not meant.
    const LONGEST: u64 = 64 * 1024;

    /// # Errors
    /// The system offers no working TLS.
    pub fn new(
        sealed: Arc<dyn SealedSecrets>,
        vault: Option<VaultSettings>,
        patience: Duration,
    ) -> Result<Self, reqwest::Error> {
        let vault = match vault {
            None => None,
            Some(settings) => {
                #[expect(clippy::disallowed_methods, reason = "the operator's own Vault is no target")]
                let client = Client::builder()
                    .redirect(redirect::Policy::none())
                    .no_proxy()
                    .timeout(patience)
                    .build()?;
                Some((settings, client))
            }
        };
        Ok(Self { sealed, vault })
    }

    /// Reads a service's secret.
    ///
    /// # Errors
    /// It is not there.
    pub async fn read(&self, of: SecretOf<'_>) -> Result<Secret, SecretUnavailable> {
        let SecretOf { service, reference, sealed } = of;
        let text = match reference {
            SecretReference::Vault { mount, path, field } => {
                self.read_from_vault(reference, mount, path, field).await?
            }
            SecretReference::Sealed => {
                let sealed = sealed.ok_or(SecretUnavailable::NotSealed)?;
                return self.sealed.open(service, sealed).ok_or(SecretUnavailable::NotOpened);
            }
            SecretReference::Env(_) | SecretReference::File(_) => Self::read_here(reference).await?,
        };
        // Editors and `echo` end a file with a line break that is no part of it.
        let secret = text.expose().trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(SecretUnavailable::Empty(reference.clone()));
        }
        Ok(Secret::new(secret.to_owned()))
    }

    /// Reads what is in the portal's own surroundings.
    async fn read_here(reference: &SecretReference) -> Result<Secret, SecretUnavailable> {
        match reference {
            SecretReference::Env(name) => {
                env::var(name).map(Secret::new).map_err(|_| SecretUnavailable::Unset(name.clone()))
            }
            SecretReference::File(path) => read_file(path, Self::LONGEST)
                .await
                .map_err(|error| SecretUnavailable::Unreadable(path.display().to_string(), error)),
            SecretReference::Vault { .. } | SecretReference::Sealed => Err(SecretUnavailable::NoVault),
        }
    }

    /// The version 2 of Vault's KV secrets engine: `GET /v1/MOUNT/data/PATH`.
    async fn read_from_vault(
        &self,
        reference: &SecretReference,
        mount: &str,
        path: &str,
        field: &str,
    ) -> Result<Secret, SecretUnavailable> {
        let (settings, client) = self.vault.as_ref().ok_or(SecretUnavailable::NoVault)?;
        let token = Self::read_here(&settings.token).await?;
        let base = settings.address.as_str().trim_end_matches('/');
        let request = client
            .get(format!("{base}/v1/{mount}/data/{path}"))
            .header("X-Vault-Request", "true")
            .header("X-Vault-Token", token.expose().trim_end());
        let answer = request.send().await.map_err(|_| SecretUnavailable::VaultDown)?;
        let status = answer.status().as_u16();
        let not_there = || SecretUnavailable::NotInVault(status, reference.clone());
        if status != 200 || answer.content_length().is_some_and(|length| length > Self::LONGEST) {
            return Err(not_there());
        }
        let body: Value = answer.json().await.map_err(|_| not_there())?;
        let secret = body["data"]["data"].get(field).and_then(Value::as_str).ok_or_else(not_there)?;
        Ok(Secret::new(secret.to_owned()))
    }
}

async fn read_file(path: &Path, longest: u64) -> io::Result<Secret> {
    let mut text = String::new();
    tokio::fs::File::open(path).await?.take(longest).read_to_string(&mut text).await?;
    Ok(Secret::new(text))
}

/// Nothing is sealed.
#[cfg(test)]
pub struct NothingSealed;

#[cfg(test)]
impl SealedSecrets for NothingSealed {
    fn open(&self, _: ServiceId, _: &Sealed) -> Option<Secret> {
        None
    }
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router, extract::Request, routing::get};
    use serde_json::json;

    use super::*;

    fn of(reference: &SecretReference) -> SecretOf<'_> {
        SecretOf { service: ServiceId(uuid::Uuid::nil()), reference, sealed: None }
    }

    fn secrets() -> ServiceSecrets {
        ServiceSecrets::new(Arc::new(NothingSealed), None, Duration::from_secs(1)).unwrap()
    }

    #[tokio::test]
    async fn what_was_never_sealed_or_has_no_vault_is_told_apart() {
        let sealed = secrets().read(of(&SecretReference::Sealed)).await;
        assert!(matches!(sealed, Err(SecretUnavailable::NotSealed)));
        let vault = secrets().read(of(&"vault:secret/a#b".parse().unwrap())).await;
        assert!(matches!(vault, Err(SecretUnavailable::NoVault)));
    }

    /// Answers as the documentation of Vault's KV version 2 says, since Vault
    /// itself cannot be installed from the usual registries.
    async fn vault() -> (Url, tokio::task::JoinHandle<io::Result<()>>) {
        let router = Router::new().route(
            "/v1/secret/data/{*path}",
            get(async |request: Request| {
                let token = request.headers().get("x-vault-token").and_then(|token| token.to_str().ok());
                match (token, request.uri().path()) {
                    (Some("vault-t0ken"), "/v1/secret/data/team/orders") => {
                        let data = json!({ "data": { "token": "s3rvice" }, "metadata": { "version": 3 } });
                        (axum::http::StatusCode::OK, Json(json!({ "data": data })))
                    }
                    (Some("vault-t0ken"), _) => {
                        (axum::http::StatusCode::NOT_FOUND, Json(json!({ "errors": [] })))
                    }
                    _ => {
                        (axum::http::StatusCode::FORBIDDEN, Json(json!({ "errors": ["permission denied"] })))
                    }
                }
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        (address, tokio::spawn(async move { axum::serve(listener, router).await }))
    }

    #[tokio::test]
    async fn a_field_of_a_secret_is_read_from_vault() {
        let (address, serving) = vault().await;
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("token");
        std::fs::write(&token, "vault-t0ken\n").unwrap();
        let settings = VaultSettings { address, token: SecretReference::File(token.clone()) };
        let secrets =
            ServiceSecrets::new(Arc::new(NothingSealed), Some(settings), Duration::from_secs(1)).unwrap();
        let read = async |text: &str| secrets.read(of(&text.parse().unwrap())).await;
        assert_eq!(read("vault:secret/team/orders#token").await.unwrap().expose(), "s3rvice");
        for (reference, status) in
            [("vault:secret/team/orders#key", 200), ("vault:secret/team/users#token", 404)]
        {
            let error = read(reference).await.unwrap_err();
            assert_eq!(error.to_string(), format!("Vault answered {status} for {reference}"));
            assert!(!error.is_passing());
        }
        std::fs::write(&token, "wrong").unwrap();
        let error = read("vault:secret/team/orders#token").await.unwrap_err();
        assert!(matches!(error, SecretUnavailable::NotInVault(403, _)), "{error}");
        serving.abort();
        let _ = serving.await;
        assert!(read("vault:secret/team/orders#token").await.unwrap_err().is_passing());
    }

    #[tokio::test]
    async fn a_file_is_read_at_use_without_its_last_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let reference: SecretReference = format!("file:{}", path.display()).parse().unwrap();
        assert!(matches!(secrets().read(of(&reference)).await, Err(SecretUnavailable::Unreadable(..))));
        for text in ["first\n", "second\r\n"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(secrets().read(of(&reference)).await.unwrap().expose(), text.trim_end());
        }
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(secrets().read(of(&reference)).await, Err(SecretUnavailable::Empty(_))));
    }

    #[tokio::test]
    async fn an_environment_variable_is_read_by_its_name() {
        assert!(secrets().read(of(&SecretReference::Env("CARGO_PKG_NAME".to_owned()))).await.is_ok());
        let missing = SecretReference::Env("UNDERSTUDY_NO_SUCH_VARIABLE".to_owned());
        assert!(matches!(secrets().read(of(&missing)).await, Err(SecretUnavailable::Unset(_))));
    }
}
