//! Texts with values in them, each value encoded for the place where it
//! stands, so that none can mean more than itself there.

use std::{collections::BTreeSet, fmt::Write, sync::LazyLock};

use domain::secret::Secret;
use minijinja::{
    Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters,
    value::{Object, ValueKind},
};
use strum::{EnumString, IntoStaticStr};

use super::super::Identity;

/// Where a template stands, which decides how its values are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Place {
    /// In a path: a value never spans segments, nor leaves one empty.
    Path,
    /// In a query.
    Query,
    /// In a header: a value never ends it.
    Header,
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

/// The values that templates can name.
const NAMES: [&str; 7] = ["username", "password", "email", "attributes", "account_id", "remote_id", "secret"];

/// What one call fills into its templates.
pub struct Values(Value);

impl Values {
    /// The values of that account. What is not known has no name either.
    pub fn new(who: &Identity, secret: Option<&Secret>) -> Self {
        let attributes =
            who.attributes.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str())));
        let known = [
            ("username", Value::from(who.username.as_str())),
            ("password", Value::from(who.password.expose())),
            ("email", Value::from(who.email.as_str())),
            ("attributes", Value::from_pairs(attributes)),
            ("account_id", Value::from(who.account_id.to_string())),
        ];
        let remote_id = who.remote_id.as_deref().map(|id| ("remote_id", Value::from(id)));
        let secret = secret.map(|secret| ("secret", Value::from(secret.expose())));
        Self(Value::from_pairs(known.into_iter().chain(remote_id).chain(secret)))
    }

    /// Values to try a template with: they are texts and numbers alike.
    fn sample() -> Self {
        let sample = |name| match name {
            "attributes" => (name, Value::from_object(AnyAttribute)),
            _ => (name, Value::from(SAMPLE)),
        };
        Self(Value::from_pairs(NAMES.into_iter().map(sample)))
    }

    fn know(&self, name: &str) -> bool {
        let mut path = name.split('.');
        let first = path.next().and_then(|name| self.0.get_attr(name).ok());
        path.try_fold(first.unwrap_or_default(), |value, name| value.get_attr(name).ok())
            .is_some_and(|value| !value.is_undefined())
    }
}

const SAMPLE: &str = "1";

/// Stands for attributes that only a request will bring.
#[derive(Debug)]
struct AnyAttribute;

impl Object for AnyAttribute {
    fn get_value(self: &std::sync::Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::from(SAMPLE))
    }
}

/// Only what cannot loop, load or grow: expressions over the values above.
static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_formatter(encode);
    engine.add_filter("default", filters::default);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("upper", filters::upper);
    engine.add_filter("trim", filters::trim);
    engine.add_filter("replace", filters::replace);
    engine.add_test("defined", minijinja::tests::is_defined);
    engine
});

const EMPTY: &str = "a value is empty, which a path cannot be";
const CONTROL: &str = "a value contains a line break or another control character, which a header cannot";
const NO_TEXT: &str = "an expression gives no text";

fn encode(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let refuse = |why: &'static str| Err(Error::new(ErrorKind::InvalidOperation, why));
    if !matches!(value.kind(), ValueKind::String | ValueKind::Number | ValueKind::Bool) {
        return refuse(NO_TEXT);
    }
    let text = value.to_string();
    // Templates are named after their place.
    match state.name().parse() {
        Ok(Place::Path) if text.is_empty() => refuse(EMPTY),
        Ok(Place::Path | Place::Query) => write_percent_encoded(out, &text),
        Ok(Place::Header) if text.contains(char::is_control) => refuse(CONTROL),
        Ok(Place::Header | Place::Text) => Ok(out.write_str(&text)?),
        Err(_) => refuse("the template stands nowhere"),
    }
}

/// Leaves only RFC 3986's unreserved characters as they are.
fn write_percent_encoded(out: &mut Output, text: &str) -> Result<(), Error> {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.write_char(char::from(byte))?;
            }
            _ => write!(out, "%{byte:02X}")?,
        }
    }
    Ok(())
}

impl Template {
    /// Checks a template by trying it with made-up values.
    ///
    /// # Errors
    /// It cannot be read, or names a value that there is none of.
    pub fn parse(source: &str, place: Place) -> Result<Self, TemplateError> {
        if source.contains("{%") || source.contains("{#") {
            return Err(TemplateError(
                "contains a block; only expressions such as `{{ username }}` or \
                 `{{ attributes.team if attributes.team is defined else 'none' }}` can be used"
                    .to_owned(),
            ));
        }
        let unreadable = |error: &Error| {
            let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            TemplateError(format!("is no template that can be used: {detail}"))
        };
        let parsed =
            ENGINE.template_from_named_str(place.into(), source).map_err(|error| unreadable(&error))?;
        let first = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
        let names: BTreeSet<_> = parsed.undeclared_variables(true).into_iter().collect();
        if let Some(unknown) = names.iter().map(first).find(|name| !NAMES.contains(&name.as_str())) {
            let known = NAMES.join(", ");
            return Err(TemplateError(format!("names `{unknown}`, which is none of the values: {known}")));
        }
        parsed.render(Values::sample().0).map_err(|error| unreadable(&error))?;
        Ok(Self { source: source.to_owned(), place, names })
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it names that value.
    pub fn uses(&self, name: &str) -> bool {
        self.names.iter().any(|used| used.split('.').next() == Some(name))
    }

    /// Fills the values in.
    ///
    /// # Errors
    /// A value is not known, or cannot stand in this place.
    pub fn render(&self, values: &Values) -> Result<String, TemplateError> {
        ENGINE
            .render_named_str(self.place.into(), &self.source, values.0.clone())
            .map_err(|error| self.explain(&error, values))
    }

    /// The engine's own words may hold values, so only ours are passed on.
    fn explain(&self, error: &Error, values: &Values) -> TemplateError {
        let missing = self.names.iter().find(|name| !values.know(name));
        let ours = error.detail().filter(|detail| [EMPTY, CONTROL, NO_TEXT].contains(detail));
        let why = match (error.kind(), missing, ours) {
            (ErrorKind::UndefinedError, Some(name), _) => format!("`{name}` is not known for this account"),
            (_, _, Some(ours)) => ours.to_owned(),
            (kind, ..) => kind.to_string(),
        };
        TemplateError(format!("`{}`: {why}", self.source))
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
    use super::*;
    use crate::connectors::http::fixtures::identity;

    fn render(place: Place, source: &str, username: &str) -> Result<String, String> {
        let who = Identity { username: username.to_owned(), ..identity() };
        let template = Template::parse(source, place).map_err(|error| error.to_string())?;
        template.render(&Values::new(&who, None)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_in_a_path_stays_one_segment() {
        for (value, encoded) in [
            ("../admin", "..%2Fadmin"),
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
    fn an_empty_value_never_shortens_a_path() {
        assert!(render(Place::Path, "/users/{{ username }}", "").unwrap_err().contains("empty"));
        assert_eq!(render(Place::Query, "n={{ username }}", ""), Ok("n=".to_owned()));
    }

    #[test]
    fn a_value_in_a_header_cannot_end_it() {
        for value in ["a\r\nX-Admin: 1", "a\nb", "a\0b"] {
            let error = render(Place::Header, "Token {{ username }}", value).unwrap_err();
            assert!(error.contains("control character") && !error.contains("Admin"), "{error}");
        }
        assert_eq!(render(Place::Header, "Token {{ username }}", "a:b"), Ok("Token a:b".to_owned()));
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
        ] {
            assert!(Template::parse(source, Place::Text).is_err(), "{source}");
        }
    }

    #[test]
    fn literal_parts_are_told_from_expressions() {
        assert_eq!(literally("/a/{{ x ? '?' }}/b?c={{ y }}", "1"), "/a/1/b?c=1");
        assert_eq!(literally("/a", "1"), "/a");
    }
}
