//! Texts with values in them, each value encoded for the place where it
//! stands, so that none can mean more than itself there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::LazyLock,
};

use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, value::ValueKind};
use serde_json::Value as Json;
use strum::{EnumString, IntoStaticStr};

use super::{
    super::Objection,
    filters::{self, NO_ENCODING, NO_HASH, NO_TRUTH, TOO_LONG},
    growth,
    values::{Scope, Values},
};

/// Where a template stands, which decides how its values are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Place {
    /// In a path: a value never spans segments, nor leaves one empty.
    Path,
    /// In a query.
    Query,
    /// In a line, such as a header: a value never ends it.
    Line,
    /// In XML: a value is never markup.
    Xml,
    /// By itself: whoever writes it out encodes it whole.
    Text,
}

/// A checked template.
#[derive(Clone, Debug)]
pub struct Template {
    source: String,
    place: Place,
    names: BTreeSet<String>,
}

/// Why a template cannot be read, or not be filled in this time. Never holds
/// a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl TemplateError {
    /// With a sentence that holds no value.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// Only what cannot loop, load or grow: expressions over the values.
static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_formatter(encode);
    filters::add_to(&mut engine);
    engine
});

const CLIMBS: &str = "a value has a part `.` or `..`, with which it could leave its place in the path";
const EMPTY: &str = "a value is empty, which a path cannot be";
const CONTROL: &str = "a value contains a line break or another control character, which cannot stand here";
const NO_XML: &str = "a value contains a character that XML cannot hold";
const NO_TEXT: &str = "an expression gives no text";

fn encode(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let refuse = |why: &'static str| Err(Error::new(ErrorKind::InvalidOperation, why));
    if !is_scalar(value) {
        return refuse(NO_TEXT);
    }
    // The engine would write a truth as Python does.
    let is_truth = value.kind() == ValueKind::Bool;
    let text = if is_truth { value.is_true().to_string() } else { value.to_string() };
    // Templates are named after their place.
    match state.name().parse() {
        Ok(Place::Path) if text.is_empty() => refuse(EMPTY),
        Ok(Place::Path) if climbs(&text) => refuse(CLIMBS),
        Ok(Place::Path | Place::Query) => Ok(out.write_str(&percent_encoded(&text))?),
        Ok(Place::Line | Place::Xml) if text.contains(char::is_control) => refuse(CONTROL),
        Ok(Place::Xml) if text.contains(['\u{FFFE}', '\u{FFFF}']) => refuse(NO_XML),
        Ok(Place::Xml) => write_escaped(out, &text),
        Ok(Place::Line | Place::Text) => Ok(out.write_str(&text)?),
        Err(_) => refuse("the template stands nowhere"),
    }
}

/// Whether a server that decodes before it looks for the path would be led
/// elsewhere.
fn climbs(text: &str) -> bool {
    text.split(['/', '\\']).any(|part| matches!(part, "." | ".."))
}

fn is_scalar(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::String | ValueKind::Number | ValueKind::Bool)
}

/// Leaves only RFC 3986's unreserved characters as they are.
pub fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
        encoded
    })
}

/// Writes character data that is good in attributes as well (XML 1.0, section 2.4).
fn write_escaped(out: &mut Output, text: &str) -> Result<(), Error> {
    for character in text.chars() {
        match character {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&apos;")?,
            other => out.write_char(other)?,
        }
    }
    Ok(())
}

/// The words of ours that an error of the engine's may carry.
const OURS: [&str; 9] = [TOO_LONG, CLIMBS, EMPTY, CONTROL, NO_XML, NO_TEXT, NO_TRUTH, NO_HASH, NO_ENCODING];

impl Template {
    /// Checks a template by trying it with made-up values.
    ///
    /// # Errors
    /// It cannot be read, or names a value that there is none of.
    pub fn parse(source: &str, place: Place, scope: &Scope) -> Result<Self, TemplateError> {
        if source.contains("{%") || source.contains("{#") {
            return Err(TemplateError(
                "contains a block; only expressions such as `{{ username }}` or \
                 `{{ attributes.team if attributes.team is defined else 'none' }}` can be used"
                    .to_owned(),
            ));
        }
        growth::check_all(source)?;
        let parsed =
            ENGINE.template_from_named_str(place.into(), source).map_err(|error| unreadable(&error))?;
        let names = known_names(parsed.undeclared_variables(true), scope)?;
        parsed.render(scope.sample()).map_err(|error| unreadable(&error))?;
        Ok(Self { source: source.to_owned(), place, names })
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it names that value.
    pub fn uses(&self, name: &str) -> bool {
        self.first_names().any(|used| used == name)
    }

    /// The values that it names, without what is within them.
    pub fn first_names(&self) -> impl Iterator<Item = &str> {
        first_names(&self.names)
    }

    /// What stands in the way of filling it in for an account with these
    /// attributes, by the attribute's name.
    pub fn objections(&self, attributes: &BTreeMap<String, String>) -> Vec<(String, Objection)> {
        let named: Vec<&str> =
            self.names.iter().filter_map(|name| name.strip_prefix("attributes.")).collect();
        if named.is_empty() {
            return Vec::new();
        }
        let sample = Scope::sample_of(self.first_names(), attributes);
        let Err(error) = ENGINE.render_named_str(self.place.into(), &self.source, sample) else {
            return Vec::new();
        };
        let (given, lacking): (Vec<&str>, Vec<&str>) =
            named.into_iter().partition(|name| attributes.contains_key(*name));
        if error.kind() == ErrorKind::UndefinedError {
            return lacking.into_iter().map(|name| (name.to_owned(), Objection::Missing)).collect();
        }
        let why = explanation(&self.source, &error);
        given.into_iter().map(|name| (name.to_owned(), Objection::Unusable(why.clone()))).collect()
    }

    /// Fills the values in.
    ///
    /// # Errors
    /// A value is not known, or cannot stand in this place.
    pub fn render(&self, values: &Values) -> Result<String, TemplateError> {
        ENGINE
            .render_named_str(self.place.into(), &self.source, values.context())
            .map_err(|error| explain(&self.source, &self.names, &error, values))
    }

    /// The same as JSON: a template that is one expression and nothing else
    /// keeps that expression's type.
    ///
    /// # Errors
    /// A value is not known.
    pub fn render_json(&self, values: &Values) -> Result<Json, TemplateError> {
        let text = self.source.trim();
        let inner = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        let Some(expression) = inner.filter(|inner| !inner.contains("{{") && !inner.contains("}}")) else {
            return self.render(values).map(Json::String);
        };
        // The signs that trim what stands around an expression.
        let expression = expression.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']);
        let evaluated =
            ENGINE.compile_expression(expression).and_then(|expression| expression.eval(values.context()));
        let value = evaluated.map_err(|error| explain(&self.source, &self.names, &error, values))?;
        if value.is_none() {
            return Ok(Json::Null);
        }
        if !is_scalar(&value) {
            // It gets the text's error.
            return self.render(values).map(Json::String);
        }
        serde_json::to_value(&value).map_err(|_| TemplateError(format!("`{}`: {NO_TEXT}", self.source)))
    }
}

/// A checked condition.
#[derive(Clone, Debug)]
pub struct Condition {
    source: String,
    names: BTreeSet<String>,
}

impl Condition {
    /// Checks an expression by trying it with made-up values.
    ///
    /// # Errors
    /// It cannot be read, or names a value that there is none of.
    pub fn parse(source: &str, scope: &Scope) -> Result<Self, TemplateError> {
        growth::check(source)?;
        let parsed = ENGINE.compile_expression(source).map_err(|error| unreadable(&error))?;
        let names = known_names(parsed.undeclared_variables(true), scope)?;
        parsed.eval(scope.sample()).map_err(|error| unreadable(&error))?;
        Ok(Self { source: source.to_owned(), names })
    }

    /// Whether it holds.
    ///
    /// # Errors
    /// A value is not known.
    pub fn holds(&self, values: &Values) -> Result<bool, TemplateError> {
        ENGINE
            .compile_expression(&self.source)
            .and_then(|expression| expression.eval(values.context()))
            .map(|value| value.is_true())
            .map_err(|error| explain(&self.source, &self.names, &error, values))
    }
}

fn unreadable(error: &Error) -> TemplateError {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    TemplateError(format!("is no template that can be used: {detail}"))
}

fn first_names(names: &BTreeSet<String>) -> impl Iterator<Item = &str> {
    names.iter().map(|name| name.split('.').next().unwrap_or_default())
}

fn known_names(
    names: impl IntoIterator<Item = String>,
    scope: &Scope,
) -> Result<BTreeSet<String>, TemplateError> {
    let names: BTreeSet<_> = names.into_iter().collect();
    if let Some(unknown) = names.iter().find(|name| !scope.knows(name)) {
        let known = scope.names();
        return Err(TemplateError(format!("names `{unknown}`, which is none of the values here: {known}")));
    }
    Ok(names)
}

fn explain(source: &str, names: &BTreeSet<String>, error: &Error, values: &Values) -> TemplateError {
    TemplateError(match (error.kind(), names.iter().find(|name| !values.know(name))) {
        (ErrorKind::UndefinedError, Some(name)) => {
            format!("`{source}`: `{name}` is not known for this account")
        }
        _ => explanation(source, error),
    })
}

/// The engine's own words may hold values, so only ours are passed on.
fn explanation(source: &str, error: &Error) -> String {
    match error.detail().filter(|detail| OURS.contains(detail)) {
        Some(ours) => format!("`{source}`: {ours}"),
        None => format!("`{source}`: {}", error.kind()),
    }
}

/// The literal parts of a template, with `stand_in` for each expression.
pub fn literally(source: &str, stand_in: &str) -> String {
    let mut parts = source.split("{{");
    let mut literal = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        literal.push_str(stand_in);
        literal.push_str(part.split_once("}}").map_or("", |(_, rest)| rest));
    }
    literal
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{super::values::Constants, *};
    use crate::connectors::{Identity, http::fixtures::identity};

    fn render(place: Place, source: &str, username: &str) -> Result<String, String> {
        let who = Identity { username: username.to_owned(), ..identity() };
        let template = parse(source, place).map_err(|error| error.to_string())?;
        template.render(&values(&who)).map_err(|error| error.to_string())
    }

    fn constants() -> Constants {
        Arc::new([("realm".to_owned(), "a/b".to_owned())].into())
    }

    fn values(who: &Identity) -> Values {
        Values::of_service(&constants()).of_account(who)
    }

    fn parse(source: &str, place: Place) -> Result<Template, TemplateError> {
        Template::parse(source, place, &Scope::of_account(constants()))
    }

    #[test]
    fn a_value_in_a_path_stays_one_segment() {
        for (value, encoded) in [
            ("a/b", "a%2Fb"),
            ("%2F", "%252F"),
            ("a b?c#d", "a%20b%3Fc%23d"),
            ("a\r\nb", "a%0D%0Ab"),
            ("\"'\\", "%22%27%5C"),
            ("{{ password }}", "%7B%7B%20password%20%7D%7D"),
            ("ä😀", "%C3%A4%F0%9F%98%80"),
            ("a.b-c_d~e", "a.b-c_d~e"),
        ] {
            assert_eq!(render(Place::Path, "/u/{{ username }}", value), Ok(format!("/u/{encoded}")));
            assert_eq!(render(Place::Query, "n={{ username }}", value), Ok(format!("n={encoded}")));
        }
    }

    #[test]
    fn the_service_s_own_values_are_encoded_like_all_others() {
        assert_eq!(render(Place::Path, "/{{ values.realm }}/u", "ann"), Ok("/a%2Fb/u".to_owned()));
        let error = parse("{{ values.relm }}", Place::Text).unwrap_err().to_string();
        assert!(error.contains("`values.relm`") && error.contains("values.realm"), "{error}");
    }

    #[test]
    fn an_empty_value_never_shortens_a_path() {
        assert!(render(Place::Path, "/users/{{ username }}", "").unwrap_err().contains("empty"));
        assert_eq!(render(Place::Query, "n={{ username }}", ""), Ok("n=".to_owned()));
    }

    #[test]
    fn a_value_that_would_climb_out_of_its_segment_is_not_sent() {
        for value in ["../admin", "a/../b", "..", ".", "a\\..", "x/."] {
            let error = render(Place::Path, "/users/{{ username }}", value).unwrap_err();
            assert!(error.contains("leave its place"), "{error}");
            assert!(render(Place::Query, "n={{ username }}", value).is_ok());
        }
        for value in ["...", "a..b", ".hidden", "/"] {
            assert!(render(Place::Path, "/users/{{ username }}", value).is_ok(), "{value}");
        }
    }

    #[test]
    fn a_value_in_a_header_cannot_end_it() {
        for value in ["a\r\nX-Admin: 1", "a\nb", "a\0b"] {
            let error = render(Place::Line, "Token {{ username }}", value).unwrap_err();
            assert!(error.contains("control character") && !error.contains("Admin"), "{error}");
        }
        assert_eq!(render(Place::Line, "Token {{ username }}", "a:b"), Ok("Token a:b".to_owned()));
    }

    #[test]
    fn a_value_in_xml_is_never_markup() {
        let value = "a\"b'<admin/>&]]>-->";
        let escaped = "a&quot;b&apos;&lt;admin/&gt;&amp;]]&gt;--&gt;";
        let xml = "<user name=\"{{ username }}\"/>";
        assert_eq!(render(Place::Xml, xml, value), Ok(format!("<user name=\"{escaped}\"/>")));
        assert!(render(Place::Xml, xml, "a\0").unwrap_err().contains("control character"));
    }

    #[test]
    fn template_syntax_in_a_value_means_nothing() {
        let value = "{{ password }}{% raw %}";
        assert_eq!(render(Place::Text, "{{ username }}", value), Ok(value.to_owned()));
    }

    #[test]
    fn what_is_not_known_is_an_error_that_names_it() {
        let error = render(Place::Path, "/users/{{ remote_id }}", "ann").unwrap_err();
        assert!(error.contains("`remote_id` is not known"), "{error}");
        let error = render(Place::Text, "{{ attributes.rank }}", "ann").unwrap_err();
        assert!(error.contains("`attributes.rank` is not known"), "{error}");
        assert_eq!(render(Place::Text, "{{ attributes.team }}", "ann"), Ok("blue".to_owned()));
        assert_eq!(render(Place::Path, "/{{ remote_id | default(username) }}", "ann"), Ok("/ann".to_owned()));
    }

    #[test]
    fn errors_of_the_engine_do_not_repeat_values() {
        let error = render(Place::Text, "{{ password + 1 }}", "ann").unwrap_err();
        assert!(!error.contains("s3cret"), "{error}");
    }

    #[test]
    fn templates_that_could_never_be_filled_in_are_refused_when_they_are_written() {
        for source in [
            "{{ usernam }}",
            "{{ username",
            "{{ username | shout }}",
            "{{ range(9) }}",
            "{% for c in username %}x{% endfor %}",
            "{{ attributes }}",
            "{{ 'x' * 9999999999 }}",
            "{{ 'x' * 1001 }}",
            "{{ username * 9 * 9 }}",
            "{{ username * username }}",
            "{{ username ** 2 }}",
            "{{ '\\'' * 9999 }}",
        ] {
            assert!(parse(source, Place::Text).is_err(), "{source}");
        }
    }

    #[test]
    fn what_cannot_grow_without_end_may_be_multiplied() {
        let values = values(&identity());
        for (source, expected) in
            [("{{ 7 * 1000 }}", "7000"), ("{{ 'a*b' }}", "a*b"), ("{{ \"*\" ~ '*' }}*", "***")]
        {
            assert_eq!(
                parse(source, Place::Text).unwrap().render(&values),
                Ok(expected.to_owned()),
                "{source}"
            );
        }
        let long = "{{ (username * 1000) | replace('_', username * 1000) }}";
        assert!(parse(long, Place::Text).is_err());
        let long = "{{ ('x' * 1000) | replace('x', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') }}";
        let error = parse(long, Place::Text).unwrap_err().to_string();
        assert!(error.contains("too long"), "{error}");
    }

    #[test]
    fn in_json_an_expression_by_itself_keeps_its_type() {
        let values = values(&Identity {
            attributes: [("age".to_owned(), "42".to_owned()), ("vip".to_owned(), "yes".to_owned())].into(),
            username: "{{ 1 }}".to_owned(),
            ..identity()
        });
        for (source, expected) in [
            ("{{ attributes.age }}", serde_json::json!("42")),
            ("{{ attributes.age | int }}", serde_json::json!(42)),
            ("{{ attributes.vip | bool }}", serde_json::json!(true)),
            ("{{ attributes.age | int }} years", serde_json::json!("42 years")),
            ("{{- attributes.age | int -}}", serde_json::json!(42)),
            ("{{ attributes.age }} }}", serde_json::json!("42 }}")),
            ("{{ attributes.age }}{{ attributes.vip }}", serde_json::json!("42yes")),
            ("{{ username }}", serde_json::json!("{{ 1 }}")),
        ] {
            assert_eq!(parse(source, Place::Text).unwrap().render_json(&values), Ok(expected), "{source}");
        }
        let error = parse("{{ attributes.plan }}", Place::Text).unwrap().render_json(&values).unwrap_err();
        assert!(error.to_string().contains("`attributes.plan` is not known"), "{error}");
    }

    #[test]
    fn a_condition_asks_for_what_is_known() {
        let scope = Scope::of_account(constants());
        let condition = Condition::parse("remote_id is not defined", &scope).unwrap();
        let with_id = Identity { remote_id: Some("7".to_owned()), ..identity() };
        assert_eq!(condition.holds(&values(&identity())), Ok(true));
        assert_eq!(condition.holds(&values(&with_id)), Ok(false));
        assert!(Condition::parse("remote is defined", &scope).is_err());
        assert!(Condition::parse("remote_id is", &scope).is_err());
    }

    #[test]
    fn literal_parts_are_told_from_expressions() {
        assert_eq!(literally("/a/{{ x ? '?' }}/b?c={{ y }}", "1"), "/a/1/b?c=1");
        assert_eq!(literally("/a", "1"), "/a");
    }
}
