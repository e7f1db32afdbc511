//! The text of API tokens: a prefix by which secret scanners find them, 200
//! random bits, and a checksum by which a mistyped one is refused without
//! asking the database.

use data_encoding::BASE32_NOPAD;
use domain::secret::Secret;
use sha2::{Digest, Sha256};

use crate::world::World;

const PREFIX: &str = "ust_";
const BODY: usize = 40;

/// Makes the text of a new token.
pub fn mint(world: &World) -> Secret {
    let body = BASE32_NOPAD.encode(&world.random_bytes::<25>()).to_lowercase();
    let checksum = checksum(&body);
    Secret::new(format!("{PREFIX}{body}{checksum}"))
}

/// The hash by which the database knows the token; `None` where the text
/// cannot be a token. The text is random, so a plain SHA-256 is enough.
pub fn hash(text: &str) -> Option<String> {
    let (body, sum) = text.strip_prefix(PREFIX)?.split_at_checked(BODY)?;
    (sum == checksum(body)).then(|| hex(&Sha256::digest(text)))
}

fn checksum(body: &str) -> String {
    BASE32_NOPAD.encode(&crc32fast::hash(body.as_bytes()).to_be_bytes()).to_lowercase()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_token_is_accepted_and_a_mistyped_one_is_not() {
        let text = mint(&World::system());
        assert!(hash(text.expose()).is_some());
        let mistyped = text.expose().replace('a', "b");
        let mistyped = if mistyped == text.expose() { format!("{mistyped}x") } else { mistyped };
        assert_eq!(hash(&mistyped), None);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "ust_", "ghp_abcdef", "ust_ä", &"ust_x".repeat(20)] {
            assert_eq!(hash(text), None, "{text}");
        }
    }
}
