//! Short texts that were checked when they came in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::id::PersonId;

/// Why a text cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than the limit, which is given in characters.
    #[error("must be at most {0} characters long")]
    TooLong(usize),
    /// A line break, another control character, or one that hides or turns text.
    #[error("must not contain line breaks, control or invisible characters")]
    ControlCharacter,
    /// Not the characters of such a name.
    #[error("may contain only {0}")]
    Characters(&'static str),
}

fn check(text: &str, longest: usize) -> Result<&str, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > longest {
        return Err(TextError::TooLong(longest));
    }
    if text.chars().any(deceives) {
        return Err(TextError::ControlCharacter);
    }
    Ok(text)
}

/// Control characters, and those that reorder or hide the text around them:
/// an auditor must be able to trust what a page shows.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, at most $longest:literal $(, $of:expr => $why:literal)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The greatest number of characters.
            pub const LONGEST: usize = $longest;

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, given away.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let text = check(text, Self::LONGEST)?;
                $(
                    let allowed: fn(char) -> bool = $of;
                    if !text.chars().all(allowed) {
                        return Err(TextError::Characters($why));
                    }
                )?
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some($longest))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

text! {
    /// The short name of a service in URLs and commands, such as `user-service`.
    Slug, at most 63,
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' => "lower-case letters, digits and hyphens"
}
text! {
    /// The name by which somebody signs in.
    Login, at most 64,
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._@+-".contains(c)
        => "lower-case letters, digits and . _ @ + -"
}
text! {
    /// Why an account is asked for.
    Purpose, at most 500
}
text! {
    /// The ticket or issue that an account belongs to.
    Ticket, at most 100
}
text! {
    /// One CI run, such as `github:acme/shop:9123:1`.
    RunName, at most 200
}
text! {
    /// The key of a label or an attribute.
    Key, at most 63,
    |c| c.is_ascii_alphanumeric() || "._-/".contains(c) => "letters, digits and . _ - /"
}
text! {
    /// The value of a label or an attribute.
    Value, at most 255
}
text! {
    /// How usernames begin; a cleanup by it has to be told enough of them.
    UsernamePrefix, at most 64,
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' => "lower-case letters, digits and _"
}
text! {
    /// Why somebody decided so.
    Reason, at most 500
}
text! {
    /// What somebody wants to recognise in a username; it only decorates it.
    Hint, at most 16,
    |c| c.is_ascii_lowercase() || c.is_ascii_digit() => "lower-case letters and digits"
}
text! {
    /// How the names begin that are minted for a service.
    MintedPrefix, at most 20,
    |c| c.is_ascii_alphanumeric() || "._-".contains(c) => "letters, digits, and any of `._-`"
}

impl MintedPrefix {
    /// The fewest characters: a list by prefix should not hold everybody.
    pub const SHORTEST: usize = 3;

    /// What stands between the parts of a name: as this one ends, so that a
    /// service meets no character that it does not know.
    pub fn separator(&self) -> &str {
        self.0.strip_suffix(|c: char| !c.is_ascii_alphanumeric()).map_or("", |rest| &self.0[rest.len()..])
    }
}

impl Default for MintedPrefix {
    fn default() -> Self {
        Self("test_".to_owned())
    }
}
text! {
    /// What a token or a service is called by people.
    Name, at most 100
}

impl Login {
    /// What stands for somebody who was erased begins with this, and nobody
    /// else is called so.
    pub const ERASED: &'static str = "erased-";

    /// What stands for that person once they were erased.
    pub fn of_erased(id: PersonId) -> Self {
        let id = id.0.simple().to_string();
        // The end of an id is random, its beginning the time.
        Self(format!("{}{}", Self::ERASED, id.get(20..).unwrap_or(&id)))
    }

    /// Whether it stands for somebody who was erased.
    pub fn is_of_erased(&self) -> bool {
        self.0.starts_with(Self::ERASED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_kept() {
        assert_eq!(
            "  Checkout test ".parse::<Purpose>().map(Purpose::into_string),
            Ok("Checkout test".to_owned())
        );
        assert_eq!(
            "订单 №7 – ok".parse::<Purpose>().map(Purpose::into_string),
            Ok("订单 №7 – ok".to_owned())
        );
    }

    #[test]
    fn empty_long_and_deceiving_texts_are_refused() {
        assert_eq!(" \t ".parse::<Purpose>(), Err(TextError::Empty));
        assert_eq!("x".repeat(101).parse::<Ticket>(), Err(TextError::TooLong(100)));
        for bad in ["a\nb", "a\u{0}b", "a\u{202e}b", "a\u{200b}b", "a\u{7f}b"] {
            assert_eq!(bad.parse::<Purpose>(), Err(TextError::ControlCharacter), "{bad:?}");
        }
    }

    #[test]
    fn names_that_stand_in_urls_allow_few_characters() {
        assert!("user-service".parse::<Slug>().is_ok());
        for bad in ["User", "a b", "a/b", "../admin", "a%2Fb", "ä"] {
            assert!(bad.parse::<Slug>().is_err(), "{bad:?}");
        }
        assert!("ann.lee@example.com".parse::<Login>().is_ok());
        assert!("ann lee".parse::<Login>().is_err());
    }
}
