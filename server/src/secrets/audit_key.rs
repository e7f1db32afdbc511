//! The key that signs heads of the audit's chain (Ed25519, RFC 8032). Who has
//! its public half can check a history without trusting the portal.

use std::{fmt, path::Path, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{SECRET_KEY_LENGTH, Signature, Signer, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::private_file::{self, PrivateFileError};
use crate::world::World;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuditKeyError {
    /// It is none.
    #[error("an audit key is 32 bytes in base64")]
    NotAKey,
    /// The key file cannot be read or written.
    #[error(transparent)]
    File(#[from] PrivateFileError),
}

/// Signs.
#[derive(Clone)]
pub struct AuditKey(SigningKey);

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditKey(of {})", self.public())
    }
}

impl AuditKey {
    /// Reads a key in base64.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, AuditKeyError> {
        let bytes = BASE64_STANDARD.decode(text.trim()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| AuditKeyError::NotAKey)?;
        let key =
            <&[u8; SECRET_KEY_LENGTH]>::try_from(bytes.as_slice()).map_err(|_| AuditKeyError::NotAKey)?;
        Ok(Self(SigningKey::from_bytes(key)))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// It cannot be read, is open to others, or holds no key.
    pub fn read(path: &Path) -> Result<Self, AuditKeyError> {
        Self::parse(&private_file::read(path)?)
    }

    /// Makes a key and writes it into a new file that only its owner can read.
    ///
    /// # Errors
    /// The file exists already or cannot be written.
    pub fn create(path: &Path, world: &World) -> Result<Self, AuditKeyError> {
        let key = Zeroizing::new(world.random_bytes::<SECRET_KEY_LENGTH>());
        let text = Zeroizing::new(BASE64_STANDARD.encode(key.as_slice()));
        private_file::create(path, &text)?;
        Self::parse(&text)
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message; in base64.
    pub fn sign(&self, message: &[u8]) -> String {
        BASE64_STANDARD.encode(self.0.sign(message).to_bytes())
    }
}

/// Checks signatures. Written as 32 bytes in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Whether that is the key's signature of the message. Of the signatures
    /// that could count only the strict ones do, so that everybody who checks
    /// comes to the same.
    pub fn accepts(&self, message: &[u8], signature: &str) -> bool {
        let signature = BASE64_STANDARD.decode(signature).ok();
        let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
        signature.is_some_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0.as_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FAULT: &str = "a public key is 32 bytes in base64, as `understudy audit key` prints it";
        let bytes = BASE64_STANDARD.decode(text.trim()).map_err(|_| FAULT)?;
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| FAULT)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| FAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_counts_for_its_message_and_its_key_only() {
        let key = |byte: u8| AuditKey::parse(&BASE64_STANDARD.encode([byte; SECRET_KEY_LENGTH])).unwrap();
        let signature = key(1).sign(b"head 7");
        let public: PublicKey = key(1).public().to_string().parse().unwrap();
        assert!(public.accepts(b"head 7", &signature));
        assert!(!public.accepts(b"head 8", &signature));
        assert!(!key(2).public().accepts(b"head 7", &signature));
        assert!(!public.accepts(b"head 7", "AAAA") && !public.accepts(b"head 7", "no base64"));
    }

    #[test]
    fn a_key_is_made_once_and_shows_nothing_of_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit-key");
        let made = AuditKey::create(&path, &World::system()).unwrap();
        assert!(AuditKey::create(&path, &World::system()).is_err());
        assert_eq!(AuditKey::read(&path).unwrap().public(), made.public());
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!format!("{made:?}").contains(text.trim()));
        for broken in ["", "AAAA", "!"] {
            assert!(matches!(AuditKey::parse(broken), Err(AuditKeyError::NotAKey)), "{broken:?}");
            assert!(broken.parse::<PublicKey>().is_err());
        }
    }
}
