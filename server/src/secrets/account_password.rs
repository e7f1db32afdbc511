//! Passwords of test accounts: random, by the services' policies.

use domain::{
    secret::Secret,
    service::{CharacterClass, PasswordPolicy},
};
use rand::{Rng, RngExt, seq::SliceRandom};

/// Makes a password that satisfies every policy: as long as the longest asks
/// for, with at least one character of every class that any of them names and
/// none of a class that one of them leaves out.
///
/// `None` where the policies have no class in common.
pub fn generate(policies: &[&PasswordPolicy], rng: &mut impl Rng) -> Option<Secret> {
    let length = policies.iter().map(|policy| policy.length).max()?;
    let first = policies.first()?;
    let common: Vec<CharacterClass> = first
        .classes
        .iter()
        .copied()
        .filter(|class| policies.iter().all(|policy| policy.classes.contains(class)))
        .collect();
    let wanted = policies.iter().flat_map(|policy| &policy.classes);
    if common.is_empty() || !wanted.clone().all(|class| common.contains(class)) {
        return None;
    }
    let alphabet: Vec<u8> = common.iter().flat_map(|class| class.characters().bytes()).collect();
    let mut password: Vec<u8> = common.iter().map(|class| pick(class.characters().as_bytes(), rng)).collect();
    while password.len() < usize::from(length) {
        password.push(pick(&alphabet, rng));
    }
    password.shuffle(rng);
    String::from_utf8(password).ok().map(Secret::new)
}

fn pick(characters: &[u8], rng: &mut impl Rng) -> u8 {
    characters[rng.random_range(0..characters.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    #[test]
    fn a_password_has_the_length_and_every_class_that_is_asked_for() {
        let policy = PasswordPolicy {
            length: 12,
            classes: vec![CharacterClass::Lower, CharacterClass::Digit, CharacterClass::Symbol],
        };
        let longer = PasswordPolicy { length: 40, ..policy.clone() };
        for _ in 0..200 {
            let password = generate(&[&policy, &longer], &mut World::system().rng()).unwrap();
            let text = password.expose();
            assert_eq!(text.len(), 40);
            for class in &policy.classes {
                assert!(text.chars().any(|c| class.characters().contains(c)), "{text} lacks {class:?}");
            }
            assert!(!text.chars().any(|c| c.is_ascii_uppercase()), "{text}");
        }
    }

    #[test]
    fn policies_that_contradict_each_other_have_no_password() {
        let digits = PasswordPolicy { length: 12, classes: vec![CharacterClass::Digit] };
        let letters = PasswordPolicy { length: 12, classes: vec![CharacterClass::Lower] };
        assert!(generate(&[&digits, &letters], &mut World::system().rng()).is_none());
    }
}
