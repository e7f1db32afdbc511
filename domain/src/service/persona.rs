//! What accounts on a service have beside a name and a password.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::{Name, Slug};

/// A kind of customer: attributes that belong together, under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Persona {
    /// Its name in requests.
    pub name: Slug,
    /// What people call it.
    pub title: Name,
    /// What an account of this kind has.
    pub attributes: BTreeMap<String, String>,
}

/// What a service tells of its accounts' attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Traits {
    /// What an account has where nothing else is asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Kinds of accounts, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personas: Vec<Persona>,
    /// The attributes without which none is created, and for which there is no
    /// default: a persona has them, or whoever asks says them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

impl Traits {
    /// The persona of that name.
    pub fn persona(&self, name: &Slug) -> Option<&Persona> {
        self.personas.iter().find(|persona| persona.name == *name)
    }

    /// What an account has that is asked for so: whatever is asked for by
    /// itself comes before its persona, and that before the service's own.
    pub fn resolve(
        &self,
        persona: Option<&Slug>,
        asked_for: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut attributes = self.attributes.clone();
        attributes.extend(
            persona
                .and_then(|name| self.persona(name))
                .into_iter()
                .flat_map(|persona| persona.attributes.clone()),
        );
        attributes.extend(asked_for.clone());
        attributes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
    }

    #[test]
    fn what_is_asked_for_comes_before_the_persona_and_that_before_the_default() {
        let premium = Persona {
            name: "premium".parse().unwrap(),
            title: "Premium customer".parse().unwrap(),
            attributes: pairs([("plan", "premium"), ("country", "DE")]),
        };
        let traits = Traits {
            attributes: pairs([("plan", "basic"), ("country", "FR"), ("age", "30")]),
            personas: vec![premium],
            needs: Vec::new(),
        };
        let premium = "premium".parse().unwrap();
        assert_eq!(
            traits.resolve(Some(&premium), &pairs([("country", "IT")])),
            pairs([("plan", "premium"), ("country", "IT"), ("age", "30")])
        );
        assert_eq!(traits.resolve(None, &BTreeMap::new()), traits.attributes);
    }
}
