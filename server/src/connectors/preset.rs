//! Connectors that are ready to use: tables like those of a service file,
//! shipped with the portal. See the files themselves for what each expects.

use serde_json::{Map, Value};

/// The name that stands for no preset: the service describes everything.
pub const NONE: &str = "http";

const PRESETS: [(&str, &str); 7] = [
    ("article", include_str!("presets/article.toml")),
    ("rest", include_str!("presets/rest.toml")),
    ("scim2", include_str!("presets/scim2.toml")),
    ("rabbitmq", include_str!("presets/rabbitmq.toml")),
    ("jupyterhub", include_str!("presets/jupyterhub.toml")),
    ("mlflow", include_str!("presets/mlflow.toml")),
    ("keycloak", include_str!("presets/keycloak.toml")),
];

/// What can be named as a connector.
pub fn names() -> impl Iterator<Item = &'static str> {
    [NONE].into_iter().chain(PRESETS.map(|(name, _)| name))
}

/// Each preset's file.
#[cfg(test)]
pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    PRESETS.into_iter()
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

/// Puts the service's own tables in place of the preset's: an operation as a
/// whole, since half of one and half of another fits nothing; values one by
/// one; and `false` in place of an operation that the service does not have.
pub fn override_with(preset: &mut Map<String, Value>, own: Map<String, Value>) {
    for (name, value) in own {
        match (preset.get_mut(&name), value) {
            (Some(Value::Object(values)), Value::Object(own)) if name == "values" => values.extend(own),
            (Some(_), Value::Bool(false)) => {
                preset.remove(&name);
            }
            (_, value) => {
                preset.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::connectors::{Guard, GuardSettings, ServiceDefinition};

    #[test]
    fn every_preset_makes_a_service_by_itself() {
        let secret = "env:SECRET";
        let guard = Guard::new(GuardSettings {
            allowed_secrets: vec![secret.to_owned()],
            ..GuardSettings::default()
        });
        for (preset, _) in super::PRESETS {
            let table = json!({
                "slug": "users", "environment": "test", "base_url": "http://localhost", "connector": preset,
                "secret": secret,
            });
            let definition = ServiceDefinition::parse(&table, &guard).unwrap();
            assert!(!definition.capabilities().is_empty(), "{preset}");
        }
    }

    #[test]
    fn a_service_can_do_without_an_operation_of_its_preset_and_change_a_value() {
        let mut http = super::find("rabbitmq").unwrap();
        let own =
            json!({ "verify": false, "values": { "vhost": "test" }, "disable": { "request": "GET /x" } });
        super::override_with(&mut http, own.as_object().unwrap().clone());
        assert!(!http.contains_key("verify"));
        assert_eq!(http["values"], json!({ "vhost": "test", "tags": "management" }));
        assert_eq!(http["disable"], json!({ "request": "GET /x" }), "an operation is replaced as a whole");
    }
}
