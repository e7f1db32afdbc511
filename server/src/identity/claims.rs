//! What a token claims, once its signature was found good.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// The claims of a token.
#[derive(Clone, Debug, Default)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Those of a token in compact serialisation (RFC 7519, section 7.2) whose
    /// signature was checked before.
    pub(super) fn of_verified(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice(&bytes).ok().map(Self)
    }

    /// A claim as a text; one within another is named `outer.inner`.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.find(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// A claim as a list of texts; one text is a list of one.
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.find(name) {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(_) => self.text(name).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        // A claim whose name holds a dot, as URLs do, comes first.
        if let Some(found) = self.0.get(name) {
            return Some(found);
        }
        let (outer, inner) = name.split_once('.')?;
        let mut found = self.0.get(outer)?;
        for part in inner.split('.') {
            found = found.get(part)?;
        }
        Some(found)
    }
}

impl From<Map<String, Value>> for Claims {
    fn from(claims: Map<String, Value>) -> Self {
        Self(claims)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_found_by_name_also_within_others() {
        let Value::Object(claims) = json!({
            "groups": ["a", "b"], "role": "x", "realm_access": { "roles": ["admin"] },
            "https://acme.example/team": "payments", "run_id": 7,
        }) else {
            unreachable!()
        };
        let claims = Claims::from(claims);
        assert_eq!(claims.texts("groups"), ["a", "b"]);
        assert_eq!(claims.texts("role"), ["x"]);
        assert_eq!(claims.texts("realm_access.roles"), ["admin"]);
        assert_eq!(claims.text("https://acme.example/team").as_deref(), Some("payments"));
        assert_eq!(claims.text("run_id").as_deref(), Some("7"));
        assert!(claims.texts("nothing").is_empty() && claims.text("groups").is_none());
    }
}
