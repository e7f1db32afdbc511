//! The names that the portal mints: the service's prefix, perhaps a hint, and
//! 40 random bits. Nobody else's account is ever called so by chance.

use data_encoding::BASE32_NOPAD;
use domain::text::{Hint, MintedPrefix};

use crate::world::World;

const RANDOM_CHARACTERS: usize = 8;

/// What the names of one account have in common on all services.
pub struct Stem {
    hint: Option<Hint>,
    random: String,
}

impl Stem {
    /// Draws a new one.
    pub fn mint(world: &World, hint: Option<&Hint>) -> Self {
        let random = BASE32_NOPAD.encode(&world.random_bytes::<5>()).to_lowercase();
        Self { hint: hint.cloned(), random }
    }

    /// The name on a service whose names begin like that.
    pub fn under(&self, prefix: &MintedPrefix) -> String {
        let random = &self.random;
        match &self.hint {
            Some(hint) => format!("{prefix}{hint}{}{random}", prefix.separator()),
            None => format!("{prefix}{random}"),
        }
    }

    /// A name that differs from this one in its random part only.
    pub fn in_place_of(&self, username: &str) -> String {
        let kept = username.len().saturating_sub(RANDOM_CHARACTERS);
        format!("{}{}", username.get(..kept).unwrap_or_default(), self.random)
    }
}

/// The e-mail address that goes with a username.
pub fn email(username: &str, domain: &str) -> String {
    format!("{username}@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_prefix_a_hint_and_eight_random_characters() {
        let world = World::system();
        let plain = Stem::mint(&world, None).under(&MintedPrefix::default());
        assert_eq!((plain.len(), plain.starts_with("test_")), (13, true), "{plain}");
        let hint = "checkout".parse().unwrap();
        let stem = Stem::mint(&world, Some(&hint));
        let hinted = stem.under(&MintedPrefix::default());
        assert!(hinted.starts_with("test_checkout_"), "{hinted}");
        let another = Stem::mint(&world, None).in_place_of(&hinted);
        assert!(another.starts_with("test_checkout_") && another != hinted, "{another}");
    }

    #[test]
    fn a_name_holds_no_other_punctuation_than_its_prefix() {
        let hint = "checkout".parse().unwrap();
        let stem = Stem::mint(&World::system(), Some(&hint));
        let random = stem.under(&"x".parse().unwrap())["xcheckout".len()..].to_owned();
        for (prefix, name) in [
            ("qa-", format!("qa-checkout-{random}")),
            ("qa", format!("qacheckout{random}")),
            ("test.", format!("test.checkout.{random}")),
        ] {
            assert_eq!(stem.under(&prefix.parse().unwrap()), name);
        }
    }
}
