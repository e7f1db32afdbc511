//! What accounts on a service have beside a name and a password, from its
//! table.

use std::collections::BTreeMap;

use domain::{
    command::RequestAccount,
    problem::pointer_token,
    service::{Persona, Traits},
    text::{Key, Name, Slug, Value},
};
use serde_json::{Map, Value as Json};

use super::table::Table;

/// Reads the tables `attributes` and `personas`.
pub fn read(table: &mut Table<'_>) -> Traits {
    let attributes = read_attributes(table);
    let mut personas = Vec::new();
    for (name, value) in table.optional::<Map<String, Json>>("personas").unwrap_or_default() {
        let place = format!("personas/{}", pointer_token(&name));
        let slug = table.check(&place, name.parse::<Slug>());
        let Some(mut inner) = table.inner(&place, value) else { continue };
        let title = inner.optional::<Name>("title");
        let attributes = read_attributes(&mut inner);
        inner.close();
        let Some(name) = slug else { continue };
        let Some(title) = title.or_else(|| name.as_str().parse().ok()) else { continue };
        personas.push(Persona { name, title, attributes });
    }
    Traits { attributes, personas, needs: Vec::new() }
}

fn read_attributes(table: &mut Table<'_>) -> BTreeMap<String, String> {
    let given = table.optional::<Map<String, Json>>("attributes").unwrap_or_default();
    if given.len() > RequestAccount::MOST_PAIRS {
        table.note("attributes", format!("must have at most {} entries", RequestAccount::MOST_PAIRS));
    }
    let mut attributes = BTreeMap::new();
    for (key, value) in given {
        let place = format!("attributes/{}", pointer_token(&key));
        let text = match value {
            Json::String(text) => Ok(text),
            Json::Number(number) => Ok(number.to_string()),
            Json::Bool(flag) => Ok(flag.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => {
                Err("must be a text, a number, or true or false")
            }
        };
        let key = table.check(&place, key.parse::<Key>());
        let value = table.check(&place, text);
        let value = value.and_then(|text| table.check(&place, text.parse::<Value>()));
        if let (Some(key), Some(value)) = (key, value) {
            attributes.insert(key.into_string(), value.into_string());
        }
    }
    attributes
}
