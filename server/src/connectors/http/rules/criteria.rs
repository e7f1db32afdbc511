//! What rules look at: the status, and places in the answer's JSON.

use std::{fmt, ops::RangeInclusive};

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// The statuses that a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(Vec<RangeInclusive<u16>>);

impl Statuses {
    /// These ranges.
    pub fn of(ranges: &[RangeInclusive<u16>]) -> Self {
        Self(ranges.to_vec())
    }

    /// Whether the status is one of them.
    pub fn hold(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Value::deserialize(deserializer)?;
        let entries = given.as_array().map_or(std::slice::from_ref(&given), Vec::as_slice);
        entries
            .iter()
            .map(status_range)
            .collect::<Option<Vec<_>>>()
            .filter(|ranges| !ranges.is_empty())
            .map(Self)
            .ok_or_else(|| {
                de::Error::custom("must be a status such as 201, a class such as \"2xx\", or a list of them")
            })
    }
}

fn status_range(entry: &Value) -> Option<RangeInclusive<u16>> {
    let known = 100..=599;
    if let Some(status) = entry.as_u64() {
        let status = u16::try_from(status).ok().filter(|status| known.contains(status))?;
        return Some(status..=status);
    }
    let class: u16 = entry.as_str()?.strip_suffix("xx")?.parse().ok()?;
    (1..=5).contains(&class).then(|| class * 100..=class * 100 + 99)
}

/// A JSON Pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// What is there.
    pub fn of<'a>(&self, json: Option<&'a Value>) -> Option<&'a Value> {
        json?.pointer(&self.0)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        if (text.is_empty() || text.starts_with('/')) && escapes {
            return Ok(Self(text));
        }
        Err(de::Error::custom("must be a JSON Pointer such as \"/data/id\""))
    }
}

/// What has to be at a place in the answer's JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// Something, or nothing.
    Exists(bool),
    /// This value.
    Equals(Value),
}

impl Expectation {
    /// Whether what was found there is as expected.
    pub fn met(&self, found: Option<&Value>) -> bool {
        match self {
            Self::Exists(wanted) => found.is_some() == *wanted,
            Self::Equals(wanted) => found.is_some_and(|found| same(found, wanted)),
        }
    }
}

/// Whether two values are the same; `1` and `1.0` are.
fn same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().is_some_and(|number| other.as_f64() == Some(number))
}
