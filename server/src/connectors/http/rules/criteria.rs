//! What rules look at: the status, places in the answer's JSON, its text and
//! its headers.

use std::{fmt, ops::RangeInclusive};

use regex::{Regex, RegexBuilder};
use reqwest::header::{AUTHORIZATION, HeaderName, LOCATION, SET_COOKIE, WWW_AUTHENTICATE};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::super::{super::definition::table::Table, redaction::Redaction, reply::Reply};

/// The statuses that a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(Vec<RangeInclusive<u16>>);

impl Statuses {
    /// These ranges.
    pub fn of(ranges: &[RangeInclusive<u16>]) -> Self {
        Self(ranges.to_vec())
    }

    /// No status.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// These too.
    pub fn extend(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
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
    let class = match entry.as_str()? {
        "1xx" => 100,
        "2xx" => 200,
        "3xx" => 300,
        "4xx" => 400,
        "5xx" => 500,
        _ => return None,
    };
    Some(class..=class + 99)
}

/// Headers that hold credentials as a rule.
const HIDDEN: [HeaderName; 4] = [SET_COOKIE, AUTHORIZATION, WWW_AUTHENTICATE, LOCATION];

/// A JSON Pointer (RFC 6901); the empty one is the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// What is there.
    pub fn of<'a>(&self, json: Option<&'a Value>) -> Option<&'a Value> {
        json?.pointer(&self.0)
    }

    /// The entry of a list from which it picks, if it picks from one.
    pub fn entry(&self) -> Option<Self> {
        let is_place = |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        let tokens: Vec<&str> = self.0.split('/').collect();
        let last = tokens.iter().rposition(|token| is_place(token))?;
        Some(Self(tokens[..=last].join("/")))
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

/// A regular expression that takes time linear in the text, and little memory.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// What it matches: its first group, or all of it.
    pub fn of<'a>(&self, text: &'a str) -> Option<&'a str> {
        let captures = self.0.captures(text)?;
        captures.get(1).or_else(|| captures.get(0)).map(|found| found.as_str())
    }

    /// Whether it matches several texts that are not the same.
    pub fn fits_differently(&self, text: &str) -> bool {
        let mut found = self.0.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(0)));
        let first = found.next();
        first.is_some_and(|first| found.any(|other| other.as_str() != first.as_str()))
    }

    fn fits(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const LARGEST: usize = 1 << 20;
        let text = String::deserialize(deserializer)?;
        let built = RegexBuilder::new(&text).size_limit(LARGEST).build();
        built.map(Self).map_err(|_| de::Error::custom("must be a regular expression such as \"^ok\\\\b\""))
    }
}

/// What has to be at a place in the answer's JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// Something, or nothing.
    Exists(bool),
    /// This value.
    Equals(Value),
    /// A text or a number that fits.
    Matches(Pattern),
}

impl Expectation {
    /// Reads the fields that say what is expected; something, where none does.
    fn read(table: &mut Table<'_>) -> Option<Self> {
        let exists = table.optional::<bool>("exists").map(Self::Exists);
        let equals = table.take_or_null("equals").map(Self::Equals);
        let matches = table.optional("matches").map(Self::Matches);
        one_of(table, [exists, equals, matches])
    }

    /// Whether what was found there is as expected.
    fn met(&self, found: Option<&Value>) -> bool {
        match self {
            // Many write `null` where nothing is.
            Self::Exists(wanted) => found.is_some_and(|found| !found.is_null()) == *wanted,
            Self::Equals(wanted) => found.is_some_and(|found| same(found, wanted)),
            Self::Matches(pattern) => match found {
                Some(Value::String(text)) => pattern.fits(text),
                Some(number @ Value::Number(_)) => pattern.fits(&number.to_string()),
                Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => false,
            },
        }
    }
}

/// The one that is given; more than one is a fault.
fn one_of<T, const N: usize>(table: &mut Table<'_>, given: [Option<T>; N]) -> Option<T> {
    let mut given = given.into_iter().flatten();
    let first = given.next();
    if given.next().is_some() {
        table.note("", "expects two things at once; write two rules, or one that says both in `matches`");
    }
    first
}

/// Whether two values are the same; `1` and `1.0` are.
fn same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().is_some_and(|number| other.as_f64() == Some(number))
}

/// What a text has to be.
#[derive(Clone, Debug, PartialEq)]
pub enum TextExpectation {
    /// Something, or nothing.
    Exists(bool),
    /// This text, but for blanks around it.
    Equals(String),
    /// A text that holds this one.
    Contains(String),
    /// A text that fits.
    Matches(Pattern),
}

impl TextExpectation {
    const FIELDS: [&str; 4] = ["exists", "equals", "contains", "matches"];

    fn read(table: &mut Table<'_>) -> Option<Self> {
        let exists = table.optional("exists").map(Self::Exists);
        let mut text = |name| {
            let text = table.optional::<String>(name)?;
            if text.contains("{{") {
                table.note(name, NO_VALUES);
            }
            Some(text)
        };
        let equals = text("equals").map(Self::Equals);
        let contains = text("contains").map(Self::Contains);
        let matches = table.optional("matches").map(Self::Matches);
        one_of(table, [exists, equals, contains, matches])
    }

    fn met(&self, found: Option<&str>) -> bool {
        match self {
            Self::Exists(wanted) => found.is_some_and(|text| !text.is_empty()) == *wanted,
            Self::Equals(wanted) => found.is_some_and(|text| text.trim() == wanted.trim()),
            Self::Contains(part) => found.is_some_and(|text| text.contains(part)),
            Self::Matches(pattern) => found.is_some_and(|text| pattern.fits(text)),
        }
    }
}

/// What is said of a place for values where there can be none.
const NO_VALUES: &str =
    "holds `{{`, which stands for no value here: rules compare with what is written in them";

/// Where a rule looks, beside the status, and what it expects there.
#[derive(Clone, Debug, PartialEq)]
pub enum Look {
    /// At a place in the body's JSON.
    Json(Pointer, Expectation),
    /// At the body's text.
    Body(TextExpectation),
    /// At a header.
    Header(HeaderName, TextExpectation),
    /// At the media type, without its parameters.
    ContentType(String),
}

impl Look {
    /// Reads all that a rule's table expects.
    pub fn read_all(table: &mut Table<'_>) -> Vec<Self> {
        [Self::read_json(table), Self::read_body(table), Self::read_header(table), Self::read_type(table)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn read_json(table: &mut Table<'_>) -> Option<Self> {
        let pointer_is_given = table.has("pointer");
        let pointer = table.optional::<Pointer>("pointer");
        if pointer.as_ref().is_some_and(|pointer| pointer.0.contains("{{")) {
            table.note("pointer", NO_VALUES);
        }
        let expectation = Expectation::read(table);
        if matches!(&expectation, Some(Expectation::Equals(Value::String(text))) if text.contains("{{")) {
            table.note("equals", NO_VALUES);
        }
        if !pointer_is_given && expectation.is_some() {
            table.note("pointer", "is missing: it says where in the answer to look");
        }
        Some(Self::Json(pointer?, expectation.unwrap_or(Expectation::Exists(true))))
    }

    fn read_body(table: &mut Table<'_>) -> Option<Self> {
        let mut body = table.table("body")?;
        let is_empty = TextExpectation::FIELDS.iter().all(|field| !body.has(field));
        let expectation = TextExpectation::read(&mut body);
        if is_empty {
            body.note("", "must say what to expect: `equals`, `contains`, `matches` or `exists`");
        }
        body.close();
        expectation.map(Self::Body)
    }

    fn read_header(table: &mut Table<'_>) -> Option<Self> {
        let mut header = table.table("header")?;
        let name = header.required::<String>("name");
        let name = name.and_then(|name| {
            header.check("name", name.parse::<HeaderName>().map_err(|_| "is not the name of a header"))
        });
        let expectation = TextExpectation::read(&mut header).unwrap_or(TextExpectation::Exists(true));
        header.close();
        name.map(|name| Self::Header(name, expectation))
    }

    fn read_type(table: &mut Table<'_>) -> Option<Self> {
        table.optional::<String>("content_type").map(|media| Self::ContentType(media.to_ascii_lowercase()))
    }

    /// Whether it needs a body that was read to its end.
    pub const fn needs_body(&self) -> bool {
        match self {
            Self::Json(..) | Self::Body(_) => true,
            Self::Header(..) | Self::ContentType(_) => false,
        }
    }

    /// Whether the answer is as expected there.
    pub fn met(&self, reply: &Reply) -> bool {
        match self {
            Self::Json(pointer, expectation) => expectation.met(pointer.of(reply.json())),
            Self::Body(expectation) => expectation.met(Some(&reply.text())),
            Self::Header(name, expectation) => expectation.met(reply.header(name)),
            Self::ContentType(media) => reply.media_type().as_deref() == Some(media),
        }
    }

    /// What is there, for people: never the body's text.
    pub fn finding(&self, reply: &Reply, redaction: &Redaction) -> String {
        match self {
            Self::Json(pointer, expectation) => {
                let found = match pointer.of(reply.json()) {
                    None => "missing".to_owned(),
                    Some(Value::Null) => "null".to_owned(),
                    // Whoever asks only that has not said that it may be shown.
                    Some(_) if matches!(expectation, Expectation::Exists(_)) => "there".to_owned(),
                    Some(Value::Object(_)) => "an object".to_owned(),
                    Some(Value::Array(_)) => "a list".to_owned(),
                    Some(scalar) => redaction.shown(&scalar.to_string()),
                };
                let place = pointer.to_string();
                format!("{} is {found}", if place.is_empty() { "the body" } else { &place })
            }
            Self::Body(expectation) => {
                let met = expectation.met(Some(&reply.text()));
                if met { "the body is as a rule expects" } else { "the body is not as a rule expects" }
                    .to_owned()
            }
            Self::Header(name, expectation) => match reply.header(name) {
                Some(_) if HIDDEN.contains(name) || matches!(expectation, TextExpectation::Exists(_)) => {
                    format!("{name} is there")
                }
                Some(value) => format!("{name} is {}", redaction.shown(value)),
                None => format!("{name} is missing"),
            },
            Self::ContentType(_) => match reply.media_type() {
                Some(media) => format!("the content type is {}", redaction.shown(&media)),
                None => "the content type is missing".to_owned(),
            },
        }
    }
}
