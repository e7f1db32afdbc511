//! Services' own secrets that the portal keeps, sealed into their rows.

use domain::{account::Sealed, id::ServiceId, secret::Secret};

use super::keyring::Keyring;
use crate::connectors::SealedSecrets;

/// Seals it.
pub fn seal(keyring: &Keyring, of: ServiceId, secret: &Secret) -> Sealed {
    Sealed(keyring.seal(&place(of), secret.expose().as_bytes()))
}

impl SealedSecrets for Keyring {
    fn open(&self, service: ServiceId, sealed: &Sealed) -> Option<Secret> {
        let plain = Self::open(self, &place(service), &sealed.0);
        let plain =
            plain.inspect_err(|error| tracing::error!(%service, %error, "a service's secret does not open"));
        Some(Secret::new(std::str::from_utf8(&plain.ok()?).ok()?.to_owned()))
    }
}

/// For which place it is sealed.
pub fn place(of: ServiceId) -> String {
    format!("services/{of}/sealed_secret")
}
