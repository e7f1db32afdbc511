//! What makes up a one-time link: 200 random bits, known to the database by
//! their hash only.

use data_encoding::BASE32_NOPAD;
use domain::secret::Secret;
use sha2::{Digest, Sha256};

use super::token_text::hex;
use crate::world::World;

/// Makes a new one.
pub fn mint(world: &World) -> Secret {
    Secret::new(BASE32_NOPAD.encode(&world.random_bytes::<25>()).to_lowercase())
}

/// The hash by which the database knows it. It is random, so a plain SHA-256
/// is enough.
pub fn hash(code: &Secret) -> String {
    hex(&Sha256::digest(code.expose()))
}
