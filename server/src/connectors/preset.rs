//! Connectors that are ready to use: tables like those of a service file,
//! shipped with the portal. See the files themselves for what each expects.

use serde_json::{Map, Value};

/// The name that stands for no preset: the service describes everything.
pub const NONE: &str = "http";

const PRESETS: [(&str, &str); 1] = [("article", include_str!("presets/article.toml"))];

/// What can be named as a connector.
pub fn names() -> impl Iterator<Item = &'static str> {
    [NONE].into_iter().chain(PRESETS.map(|(name, _)| name))
}

/// The table that the preset fills `http` with.
pub fn find(name: &str) -> Option<Map<String, Value>> {
    if name == NONE {
        return Some(Map::new());
    }
    let (_, text) = PRESETS.into_iter().find(|(known, _)| *known == name)?;
    // A preset that cannot be read fails its test, and is unknown here.
    toml::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::connectors::{Guard, GuardSettings, ServiceDefinition};

    #[test]
    fn every_preset_makes_a_service_by_itself() {
        let guard = Guard::new(GuardSettings::default());
        for (preset, _) in super::PRESETS {
            let table = json!({
                "slug": "users", "environment": "test", "base_url": "http://localhost", "connector": preset,
            });
            let definition = ServiceDefinition::parse(&table, &guard).unwrap();
            assert!(!definition.capabilities().is_empty(), "{preset}");
        }
    }
}
