//! Where a service's own secret is to be found: named, never written down.

use std::{fmt, path::PathBuf, str::FromStr};

/// A place that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretReference {
    /// An environment variable of the portal's process: `env:NAME`.
    Env(String),
    /// A file: `file:/path`.
    File(PathBuf),
    /// A field of a secret in the operator's Vault (KV version 2):
    /// `vault:MOUNT/PATH#FIELD`.
    Vault {
        /// Where the secrets engine is mounted.
        mount: String,
        /// The secret's path within it.
        path: String,
        /// The field.
        field: String,
    },
    /// The portal itself, which was given it and keeps it sealed: `sealed`.
    Sealed,
}

/// The text names no place. It may be the secret itself, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must say where the secret is, not what it is: `env:NAME` for an environment variable, `file:/absolute/path` for \
     a file, `vault:MOUNT/PATH#FIELD` for Vault, or `sealed` for one that is given to the portal by itself"
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
            Some(("vault", rest)) => Self::in_vault(rest).ok_or(InvalidReference),
            None if text == "sealed" => Ok(Self::Sealed),
            Some(_) | None => Err(InvalidReference),
        }
    }
}

impl fmt::Display for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Vault { mount, path, field } => write!(f, "vault:{mount}/{path}#{field}"),
            Self::Sealed => f.write_str("sealed"),
        }
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl SecretReference {
    fn in_vault(text: &str) -> Option<Self> {
        let (place, field) = text.split_once('#')?;
        let (mount, path) = place.split_once('/')?;
        let is_part = |part: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty() && part.chars().all(plain) && part != "." && part != ".."
        };
        let is_whole = is_part(mount) && path.split('/').all(is_part) && is_part(field);
        is_whole.then(|| Self::Vault {
            mount: mount.to_owned(),
            path: path.to_owned(),
            field: field.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_secret_is_refused_without_being_repeated() {
        for text in [
            "hunter2",
            "env:",
            "env:1A",
            "env:A B",
            "file:relative",
            "vault:secret/x",
            "vault:secret#y",
            "vault:secret/../sys#y",
            "vault:/x#y",
            "vault:secret/x?list=true#y",
            "sealed:x",
            "",
            "env",
        ] {
            let error = text.parse::<SecretReference>().unwrap_err().to_string();
            assert!(!error.contains("hunter2") && error.contains("env:NAME"), "{error}");
        }
    }

    #[test]
    fn a_reference_reads_as_it_was_written() {
        for text in
            ["env:ORDERS_TOKEN", "file:/run/secrets/orders", "vault:secret/team/orders#token", "sealed"]
        {
            assert_eq!(text.parse::<SecretReference>().unwrap().to_string(), text);
        }
    }
}
