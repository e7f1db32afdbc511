//! The key ring: seals what must be read again (account passwords) so that a
//! stolen database gives nothing away.

use std::{
    fmt, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    private_file::{self, PrivateFileError},
    token_text::hex,
};
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
    /// The keys come from where the portal cannot write.
    #[error(
        "the keys come from the variable UNDERSTUDY_KEYS, which only you can change: put a new key first there, start \
         every process again, then run `understudy keys reseal`"
    )]
    NotInAFile,
}

/// Keys for XChaCha20-Poly1305 (AEAD). The first one seals, all of them open.
///
/// What is sealed is bound to a *place* (the row and column that it stands
/// in, as associated data), so that a sealed text that was copied into another
/// row does not open there.
///
/// Where the keys stand in a file, a change of it counts at once, also in a
/// process that is running.
pub struct Keyring {
    ring: RwLock<Ring>,
    file: Option<PathBuf>,
    world: World,
}

/// The keys, as they were read.
struct Ring {
    keys: Arc<[Key]>,
    /// Which file it was, and when that was written.
    stamp: Option<(u64, i64, i64)>,
}

struct Key {
    id: KeyId,
    cipher: XChaCha20Poly1305,
}

/// By what a key is known, in front of all that it has sealed: a part of its
/// hash, which gives nothing of it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KEY_ID_BYTES]);

impl KeyId {
    /// Which key has sealed that.
    pub fn of(sealed: &[u8]) -> Option<Self> {
        sealed.first_chunk().copied().map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys)", self.keys().len())
    }
}

impl Keyring {
    /// Reads keys in base64, separated by white space or commas.
    ///
    /// # Errors
    /// There is no key in the text, or something that is no key.
    pub fn parse(text: &str, world: World) -> Result<Self, KeyringError> {
        let ring = Ring { keys: parse(text)?, stamp: None };
        Ok(Self { ring: RwLock::new(ring), file: None, world })
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// It cannot be read, is open to others, or holds something that is no
    /// key.
    pub fn read(path: &Path, world: World) -> Result<Self, KeyringError> {
        let ring = RwLock::new(Ring::read(path)?);
        Ok(Self { ring, file: Some(path.to_owned()), world })
    }

    /// Makes a key and writes it into a new file that only its owner can read.
    ///
    /// # Errors
    /// The file exists already or cannot be written.
    pub fn create(path: &Path, world: World) -> Result<Self, KeyringError> {
        private_file::create(path, &new_key(&world))?;
        Self::read(path, world)
    }

    /// The keys' ids: the one first that seals.
    pub fn ids(&self) -> Vec<KeyId> {
        self.keys().iter().map(|key| key.id).collect()
    }

    /// Puts a new key first, which seals from now on. The others still open.
    ///
    /// # Errors
    /// The keys do not stand in a file, or that cannot be written.
    pub fn add_key(&self) -> Result<(), KeyringError> {
        let path = self.file.as_deref().ok_or(KeyringError::NotInAFile)?;
        let before = private_file::read(path)?;
        let text = Zeroizing::new(format!("{}\n{}", *new_key(&self.world), before.trim_end()));
        Ok(private_file::replace(path, &text)?)
    }

    /// Does away with all keys but these and the one that seals; says which
    /// they were.
    ///
    /// # Errors
    /// The keys do not stand in a file, or that cannot be written.
    pub fn keep_only(&self, needed: &[KeyId]) -> Result<Vec<KeyId>, KeyringError> {
        let path = self.file.as_deref().ok_or(KeyringError::NotInAFile)?;
        let text = private_file::read(path)?;
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        for (word, at) in words(&text).zip(0..) {
            let key = Key::parse(word).ok_or(KeyringError::NotAKey(at + 1))?;
            if at == 0 || needed.contains(&key.id) {
                kept.push(word);
            } else {
                dropped.push(key.id);
            }
        }
        if !dropped.is_empty() {
            private_file::replace(path, &Zeroizing::new(kept.join("\n")))?;
        }
        Ok(dropped)
    }

    /// The keys, read again where their file was changed.
    fn keys(&self) -> Arc<[Key]> {
        let Some(path) = &self.file else { return self.known(|ring| ring.keys.clone()) };
        let stamp = stamp(path);
        if stamp.is_none() || stamp == self.known(|ring| ring.stamp) {
            return self.known(|ring| ring.keys.clone());
        }
        match Ring::read(path) {
            Ok(ring) => {
                let keys = ring.keys.clone();
                *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
                keys
            }
            Err(error) => {
                // What is sealed has to stay open, whatever becomes of the file.
                tracing::error!(%error, "the changed key file cannot be used");
                self.known(|ring| ring.keys.clone())
            }
        }
    }

    fn known<T>(&self, what: impl FnOnce(&Ring) -> T) -> T {
        // It is put in place whole, so a panic elsewhere left none half done.
        what(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals a text for a place.
    ///
    /// # Panics
    /// Never: the cipher fails only on texts of many gigabytes.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let keys = self.keys();
        let key = &keys[0];
        let nonce = self.world.random_bytes::<NONCE_BYTES>();
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        #[expect(clippy::expect_used, reason = "see Panics")]
        let cipher_text = key.cipher.encrypt(&XNonce::from(nonce), payload).expect("the text is short");
        [key.id.0.as_slice(), &nonce, &cipher_text].concat()
    }

    /// Opens what was sealed for that place.
    ///
    /// # Errors
    /// It was sealed with another key or for another place, or was changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let (id, rest) = sealed.split_first_chunk::<KEY_ID_BYTES>().ok_or(KeyringError::Broken)?;
        let (nonce, cipher_text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(KeyringError::Broken)?;
        let keys = self.keys();
        let key = keys.iter().find(|key| key.id.0 == *id).ok_or(KeyringError::UnknownKey)?;
        key.cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: cipher_text, aad: place.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| KeyringError::Broken)
    }
}

impl Ring {
    fn read(path: &Path) -> Result<Self, KeyringError> {
        // Before the keys: should they change in between, they are read again.
        let stamp = stamp(path);
        Ok(Self { keys: parse(&private_file::read(path)?)?, stamp })
    }
}

fn stamp(path: &Path) -> Option<(u64, i64, i64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty())
}

fn parse(text: &str) -> Result<Arc<[Key]>, KeyringError> {
    let keys = words(text).zip(1..).map(|(word, line)| Key::parse(word).ok_or(KeyringError::NotAKey(line)));
    let keys: Vec<Key> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(KeyringError::Empty) } else { Ok(keys.into()) }
}

fn new_key(world: &World) -> Zeroizing<String> {
    let key = Zeroizing::new(world.random_bytes::<KEY_BYTES>());
    Zeroizing::new(BASE64_STANDARD.encode(key.as_slice()))
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).ok()?);
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).ok()?;
        let digest = Sha256::new().chain_update(b"understudy key id").chain_update(&bytes).finalize();
        let id = KeyId(digest.first_chunk().copied()?);
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
    fn a_new_key_seals_at_once_also_in_a_process_that_is_running() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let running = Keyring::create(&path, World::system()).unwrap();
        let old = running.seal("p", b"x");
        let command = Keyring::read(&path, World::system()).unwrap();
        command.add_key().unwrap();
        let new = command.seal("p", b"y");
        assert_ne!(KeyId::of(&old), KeyId::of(&new));
        assert_eq!(running.open("p", &new).unwrap().as_slice(), b"y");
        assert_eq!(KeyId::of(&running.seal("p", b"z")), KeyId::of(&new));
        assert!(running.open("p", &old).is_ok(), "the old one still opens");
        assert_eq!(command.keep_only(&[KeyId::of(&old).unwrap()]).unwrap(), []);
        assert_eq!(command.keep_only(&[]).unwrap(), [KeyId::of(&old).unwrap()]);
        assert!(matches!(running.open("p", &old), Err(KeyringError::UnknownKey)));
        fs::write(&path, "junk").unwrap();
        assert!(running.open("p", &new).is_ok(), "a file that cannot be used changes nothing");
        assert!(matches!(ring(&[1]).add_key(), Err(KeyringError::NotInAFile)));
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
