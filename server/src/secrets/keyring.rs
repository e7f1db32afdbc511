//! The key ring: seals what must be read again (account passwords) so that a
//! stolen database gives nothing away.

use std::{fmt, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::private_file::{self, PrivateFileError};
use crate::world::World;

const KEY_BYTES: usize = 32;
const KEY_ID_BYTES: usize = 4;
const NONCE_BYTES: usize = 24;

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The keys as given are none.
    #[error("a key is 32 bytes in base64, one a line; line {0} is not")]
    NotAKey(usize),
    /// There is not one key.
    #[error("there is no key in it")]
    Empty,
    /// The key file cannot be read or written.
    #[error("key file: {0}")]
    File(#[from] PrivateFileError),
    /// It was sealed with a key that is not on the ring.
    #[error("it was sealed with a key that is not on this ring")]
    UnknownKey,
    /// It is not what was sealed for this place.
    #[error("it is not what was sealed for this place")]
    Broken,
}

/// Keys for XChaCha20-Poly1305 (AEAD). The first one seals, all of them open.
///
/// What is sealed is bound to a *place* (the row and column that it stands
/// in, as associated data), so that a sealed text that was copied into another
/// row does not open there.
pub struct Keyring {
    keys: Vec<Key>,
    world: World,
}

struct Key {
    id: [u8; KEY_ID_BYTES],
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys)", self.keys.len())
    }
}

impl Keyring {
    /// Reads keys in base64, separated by white space or commas.
    ///
    /// # Errors
    /// There is no key in the text, or something that is no key.
    pub fn parse(text: &str, world: World) -> Result<Self, KeyringError> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        let keys: Vec<Key> = words
            .zip(1..)
            .map(|(word, line)| Key::parse(word).ok_or(KeyringError::NotAKey(line)))
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(KeyringError::Empty);
        }
        Ok(Self { keys, world })
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// It cannot be read, is open to others, or holds something that is no
    /// key.
    pub fn read(path: &Path, world: World) -> Result<Self, KeyringError> {
        Self::parse(&private_file::read(path)?, world)
    }

    /// Makes a key and writes it into a new file that only its owner can read.
    ///
    /// # Errors
    /// The file exists already or cannot be written.
    pub fn create(path: &Path, world: World) -> Result<Self, KeyringError> {
        let key = Zeroizing::new(world.random_bytes::<KEY_BYTES>());
        let text = Zeroizing::new(BASE64_STANDARD.encode(key.as_slice()));
        private_file::create(path, &text)?;
        Self::parse(&text, world)
    }

    /// Seals a text for a place.
    ///
    /// # Panics
    /// Never: the cipher fails only on texts of many gigabytes.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let key = &self.keys[0];
        let nonce = self.world.random_bytes::<NONCE_BYTES>();
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        #[expect(clippy::expect_used, reason = "see Panics")]
        let cipher_text = key.cipher.encrypt(&XNonce::from(nonce), payload).expect("the text is short");
        [key.id.as_slice(), &nonce, &cipher_text].concat()
    }

    /// Opens what was sealed for that place.
    ///
    /// # Errors
    /// It was sealed with another key or for another place, or was changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let (id, rest) = sealed.split_first_chunk::<KEY_ID_BYTES>().ok_or(KeyringError::Broken)?;
        let (nonce, cipher_text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(KeyringError::Broken)?;
        let key = self.keys.iter().find(|key| key.id == *id).ok_or(KeyringError::UnknownKey)?;
        key.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: cipher_text, aad: place.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| KeyringError::Broken)
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).ok()?);
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).ok()?;
        let digest = Sha256::new().chain_update(b"understudy key id").chain_update(&bytes).finalize();
        let id = digest.first_chunk().copied()?;
        Some(Self { id, cipher })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[u8]) -> Keyring {
        let text: Vec<_> = keys.iter().map(|key| BASE64_STANDARD.encode([*key; KEY_BYTES])).collect();
        Keyring::parse(&text.join("\n"), World::system()).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_only() {
        let ring = ring(&[1]);
        let sealed = ring.seal("accounts/1", b"hunter2");
        assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(ring.open("accounts/1", &sealed).unwrap().as_slice(), b"hunter2");
        assert!(matches!(ring.open("accounts/2", &sealed), Err(KeyringError::Broken)));
    }

    #[test]
    fn an_old_key_still_opens_and_a_foreign_one_does_not() {
        let sealed = ring(&[1]).seal("p", b"x");
        assert!(ring(&[2, 1]).open("p", &sealed).is_ok());
        assert!(matches!(ring(&[2]).open("p", &sealed), Err(KeyringError::UnknownKey)));
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let ring = ring(&[1]);
        let sealed = ring.seal("p", b"x");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ring.open("p", &changed).is_err(), "byte {at}");
        }
        assert!(ring.open("p", &sealed[..20]).is_err());
    }

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        use std::{fs, os::unix::fs::PermissionsExt};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let sealed = Keyring::create(&path, World::system()).unwrap().seal("p", b"x");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Keyring::create(&path, World::system()).is_err());
        assert!(Keyring::read(&path, World::system()).unwrap().open("p", &sealed).is_ok());
    }

    #[test]
    fn a_key_file_that_is_open_to_others_is_refused() {
        use std::{fs, os::unix::fs::PermissionsExt};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        Keyring::create(&path, World::system()).unwrap();
        for mode in [0o644, 0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = Keyring::read(&path, World::system()).unwrap_err().to_string();
            assert!(refused.contains("chmod 600") && refused.contains(&format!("{mode:o}")), "{refused}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(Keyring::read(&path, World::system()).is_ok());
    }
}
