//! Where a service's own secret is to be found: named, never written down.

use std::{env, fmt, io, path::PathBuf, str::FromStr};

use domain::secret::Secret;
use tokio::io::AsyncReadExt;

/// A place that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretReference {
    /// An environment variable of the portal's process: `env:NAME`.
    Env(String),
    /// A file: `file:/path`.
    File(PathBuf),
}

/// The text names no place. It may be the secret itself, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must say where the secret is, not what it is: `env:NAME` for an environment variable or \
     `file:/absolute/path` for a file"
)]
pub struct InvalidReference;

impl FromStr for SecretReference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        match text.split_once(':') {
            Some(("env", name)) if is_variable(name) => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if path.starts_with('/') && !path.contains(char::is_control) => {
                Ok(Self::File(path.into()))
            }
            _ => Err(InvalidReference),
        }
    }
}

impl fmt::Display for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
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
}

impl SecretReference {
    /// No token or key is longer; whatever is, was not meant.
    const LONGEST: u64 = 64 * 1024;

    /// Reads the secret, anew each time, so that a changed one counts at once.
    ///
    /// # Errors
    /// It is not there.
    pub async fn read(&self) -> Result<Secret, SecretUnavailable> {
        let text = match self {
            Self::Env(name) => {
                Secret::new(env::var(name).map_err(|_| SecretUnavailable::Unset(name.clone()))?)
            }
            Self::File(path) => Self::read_file(path)
                .await
                .map_err(|error| SecretUnavailable::Unreadable(path.display().to_string(), error))?,
        };
        // Editors and `echo` end a file with a line break that is no part of it.
        let secret = text.expose().trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(SecretUnavailable::Empty(self.clone()));
        }
        Ok(Secret::new(secret.to_owned()))
    }

    async fn read_file(path: &PathBuf) -> io::Result<Secret> {
        let mut text = String::new();
        tokio::fs::File::open(path).await?.take(Self::LONGEST).read_to_string(&mut text).await?;
        Ok(Secret::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_secret_is_refused_without_being_repeated() {
        for text in ["hunter2", "env:", "env:1A", "env:A B", "file:relative", "vault:secret/x#y", "", "env"] {
            let error = text.parse::<SecretReference>().unwrap_err().to_string();
            assert!(!error.contains("hunter2") && error.contains("env:NAME"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_file_is_read_at_use_without_its_last_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let reference: SecretReference = format!("file:{}", path.display()).parse().unwrap();
        assert!(matches!(reference.read().await, Err(SecretUnavailable::Unreadable(..))));
        for text in ["first\n", "second\r\n"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(reference.read().await.unwrap().expose(), text.trim_end());
        }
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(reference.read().await, Err(SecretUnavailable::Empty(_))));
    }

    #[tokio::test]
    async fn an_environment_variable_is_read_by_its_name() {
        assert!(SecretReference::Env("CARGO_PKG_NAME".to_owned()).read().await.is_ok());
        let missing = SecretReference::Env("UNDERSTUDY_NO_SUCH_VARIABLE".to_owned());
        assert!(matches!(missing.read().await, Err(SecretUnavailable::Unset(_))));
    }
}
