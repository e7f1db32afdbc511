//! Keeps secrets out of what is said about an answer: services do echo them.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::secret::Secret;
use url::form_urlencoded;

use super::template::percent_encoded;

/// The secrets of one call, in the forms in which an answer may repeat them.
pub struct Redaction(Vec<Secret>);

impl Redaction {
    /// Looks out for these.
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let forms = |secret: &Secret| {
            let text = secret.expose();
            let quoted = serde_json::Value::from(text).to_string();
            [
                text.to_owned(),
                quoted.trim_matches('"').to_owned(),
                form_urlencoded::byte_serialize(text.as_bytes()).collect(),
                percent_encoded(text),
                STANDARD.encode(text),
            ]
        };
        let forms = secrets.into_iter().flat_map(forms);
        Self(forms.filter(|form| !form.is_empty()).map(Secret::new).collect())
    }

    /// Whether the text holds one of them.
    pub fn touches(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret.expose()))
    }

    /// The text as it may be shown: on one line, not too long, and not at all
    /// if it holds a secret.
    pub fn shown(&self, text: &str) -> String {
        const LONGEST: usize = 80;
        if self.touches(text) {
            return "(withheld, as it holds a secret)".to_owned();
        }
        let mut line: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        if text.chars().count() > LONGEST {
            line.push('…');
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_repeats_a_secret_is_withheld() {
        let secret = Secret::new("p\"a/s s".to_owned());
        let redaction = Redaction::of([&secret]);
        for text in ["x p\"a/s s y", r#""p\"a/s s""#, "pw=p%22a%2Fs+s", "/p%22a%2Fs%20s", "cCJhL3Mgcw=="] {
            assert!(redaction.shown(text).starts_with("(withheld"), "{text}");
        }
        assert_eq!(redaction.shown("user\nexists"), "user exists");
        assert_eq!(redaction.shown(&"x".repeat(100)).chars().count(), 81);
    }
}
