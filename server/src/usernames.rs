//! The names that the portal mints: `test_`, perhaps a hint, and 40 random
//! bits. Nobody else's account is ever called so by chance.

use data_encoding::BASE32_NOPAD;
use domain::text::Hint;

use crate::world::World;

/// How all of them begin.
pub const PREFIX: &str = "test_";
const RANDOM_CHARACTERS: usize = 8;

/// Mints a username.
pub fn mint(world: &World, hint: Option<&Hint>) -> String {
    match hint {
        Some(hint) => format!("{PREFIX}{hint}_{}", random_part(world)),
        None => format!("{PREFIX}{}", random_part(world)),
    }
}

/// Mints another name like that one.
pub fn mint_like(world: &World, username: &str) -> String {
    let kept = username.len().saturating_sub(RANDOM_CHARACTERS);
    format!("{}{}", username.get(..kept).unwrap_or(PREFIX), random_part(world))
}

/// The e-mail address that goes with a username.
pub fn email(username: &str, domain: &str) -> String {
    format!("{username}@{domain}")
}

fn random_part(world: &World) -> String {
    BASE32_NOPAD.encode(&world.random_bytes::<5>()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_prefix_a_hint_and_eight_random_characters() {
        let world = World::system();
        let plain = mint(&world, None);
        assert_eq!((plain.len(), plain.starts_with("test_")), (13, true), "{plain}");
        let hinted = mint(&world, Some(&"checkout".parse().unwrap()));
        assert!(hinted.starts_with("test_checkout_"), "{hinted}");
        let another = mint_like(&world, &hinted);
        assert!(another.starts_with("test_checkout_") && another != hinted, "{another}");
    }
}
