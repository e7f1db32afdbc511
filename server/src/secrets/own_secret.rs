//! Credentials that services make themselves, sealed into their enrollment's
//! row.

use domain::{account::Sealed, id::EnrollmentId, secret::Secret};

use super::keyring::{Keyring, KeyringError};

/// Seals it.
pub fn seal(keyring: &Keyring, of: EnrollmentId, secret: &Secret) -> Sealed {
    Sealed(keyring.seal(&place(of), secret.expose().as_bytes()))
}

/// Opens it.
///
/// # Errors
/// The key ring does not open it.
pub fn open(keyring: &Keyring, of: EnrollmentId, sealed: &Sealed) -> Result<Secret, KeyringError> {
    let plain = keyring.open(&place(of), &sealed.0)?;
    let text = std::str::from_utf8(&plain).map_err(|_| KeyringError::Broken)?;
    Ok(Secret::new(text.to_owned()))
}

/// For which place it is sealed.
pub fn place(of: EnrollmentId) -> String {
    format!("enrollments/{of}/own_secret")
}
