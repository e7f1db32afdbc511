//! Points in time and lengths of time, as the API writes them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A point in time in UTC, to the millisecond.
///
/// Written as RFC 3339 (`2026-01-31T09:30:00.000Z`), stored as milliseconds
/// since 1970-01-01, so that both databases compare and index it alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The time that lies `ttl` later.
    pub const fn plus(self, ttl: Ttl) -> Self {
        self.plus_millis(ttl.as_millis())
    }

    /// The time that lies so many milliseconds later.
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this time; negative if it is not earlier.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    fn calendar(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.calendar();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

/// The text is no RFC 3339 time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an RFC 3339 time such as 2026-01-31T09:30:00Z")]
pub struct InvalidTimestamp;

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let at = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000_000).map(Self).map_err(|_| InvalidTimestamp)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A length of time, in whole seconds, from one second up.
///
/// Requests write it as `"90s"`, `"30m"`, `"1h30m"`, `"7d"` or as a number of
/// seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ttl(u32);

impl Ttl {
    /// From whole seconds; `None` for zero and for more than 100 years.
    pub const fn from_secs(secs: u64) -> Option<Self> {
        match Self::checked(secs) {
            Ok(ttl) => Some(ttl),
            Err(_) => None,
        }
    }

    const fn checked(secs: u64) -> Result<Self, InvalidTtl> {
        const HUNDRED_YEARS: u64 = 100 * 365 * 86_400;
        match secs {
            0 => Err(InvalidTtl::TooShort),
            1..=HUNDRED_YEARS => Ok(Self(secs as u32)),
            _ => Err(InvalidTtl::TooLong),
        }
    }

    /// From whole minutes.
    pub const fn minutes(minutes: u16) -> Self {
        Self(minutes as u32 * 60)
    }

    /// From whole hours.
    pub const fn hours(hours: u16) -> Self {
        Self(hours as u32 * 3_600)
    }

    /// From whole days.
    pub const fn days(days: u16) -> Self {
        Self(days as u32 * 86_400)
    }

    /// The length in seconds.
    pub const fn as_secs(self) -> u64 {
        self.0 as u64
    }

    /// The length in milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0 as i64 * 1_000
    }
}

impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.0;
        match secs {
            _ if secs.is_multiple_of(86_400) => write!(f, "{}d", secs / 86_400),
            _ if secs.is_multiple_of(3_600) => write!(f, "{}h", secs / 3_600),
            _ if secs.is_multiple_of(60) => write!(f, "{}m", secs / 60),
            _ => write!(f, "{secs}s"),
        }
    }
}

/// Why something is no length of time that can be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTtl {
    /// It is none at all.
    #[error(
        "is not a length of time such as \"90s\", \"30m\", \"1h30m\", \"7d\" or a whole number of seconds"
    )]
    NotATime,
    /// Zero or less.
    #[error("must be at least 1s")]
    TooShort,
    /// More than anybody means.
    #[error("must be at most 36500d")]
    TooLong,
}

impl FromStr for Ttl {
    type Err = InvalidTtl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(negative) = text.strip_prefix('-') {
            return seconds(negative).and(Err(InvalidTtl::TooShort));
        }
        Self::checked(seconds(text)?)
    }
}

/// Seconds, or numbers with a unit each, the greater unit first. What does not
/// fit into the answer is as good as the greatest number.
fn seconds(text: &str) -> Result<u64, InvalidTtl> {
    let number = |digits: &str| {
        // `parse` would accept a leading plus sign.
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().unwrap_or(u64::MAX)).ok_or(InvalidTtl::NotATime)
    };
    if text.ends_with(|c: char| c.is_ascii_digit()) {
        return number(text);
    }
    let (mut sum, mut greatest) = (0_u64, u64::MAX);
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let (digits, unit) = match part.char_indices().next_back() {
            Some((at, 's')) => (&part[..at], 1),
            Some((at, 'm')) => (&part[..at], 60),
            Some((at, 'h')) => (&part[..at], 3_600),
            Some((at, 'd')) => (&part[..at], 86_400),
            _ => return Err(InvalidTtl::NotATime),
        };
        if unit >= greatest {
            return Err(InvalidTtl::NotATime);
        }
        sum = sum.saturating_add(number(digits)?.saturating_mul(unit));
        greatest = unit;
    }
    if greatest == u64::MAX { Err(InvalidTtl::NotATime) } else { Ok(sum) }
}

impl Serialize for Ttl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ttl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        TtlText::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A length of time as somebody wrote it: not checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum TtlText {
    /// Whole seconds.
    Seconds(i64),
    /// A number and a unit, such as `"2h"`.
    Text(String),
}

impl TtlText {
    /// The length that is meant.
    pub fn parse(&self) -> Result<Ttl, InvalidTtl> {
        match self {
            Self::Seconds(secs) => Ttl::checked(u64::try_from(*secs).unwrap_or(0)),
            Self::Text(text) => text.parse(),
        }
    }
}

impl<'de> Deserialize<'de> for TtlText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsWritten)
    }
}

/// Reads a number or a text, and says of all else what would be right: the
/// derived reading would speak of the type.
struct AsWritten;

impl de::Visitor<'_> for AsWritten {
    type Value = TtlText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a length of time such as \"30m\", or a whole number of seconds")
    }

    fn visit_i64<E: de::Error>(self, secs: i64) -> Result<TtlText, E> {
        Ok(TtlText::Seconds(secs))
    }

    fn visit_u64<E: de::Error>(self, secs: u64) -> Result<TtlText, E> {
        Ok(TtlText::Seconds(i64::try_from(secs).unwrap_or(i64::MAX)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<TtlText, E> {
        Ok(TtlText::Text(text.to_owned()))
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use utoipa::{
        PartialSchema, ToSchema,
        openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
    };

    use super::{Timestamp, Ttl};

    impl PartialSchema for Timestamp {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .into()
        }
    }

    impl ToSchema for Timestamp {}

    impl PartialSchema for Ttl {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some("^[0-9]+[smhd]$"))
                .description(Some("A length of time: a number and s, m, h or d"))
                .into()
        }
    }

    impl ToSchema for Ttl {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_numbers_with_units_or_plain_seconds() {
        for (text, secs) in [
            ("90s", 90),
            ("30m", 1_800),
            ("2h", 7_200),
            ("7d", 604_800),
            ("45", 45),
            ("1h30m", 5_400),
            ("1d2h3m4s", 93_784),
            ("0h5m", 300),
        ] {
            assert_eq!(text.parse::<Ttl>().map(Ttl::as_secs), Ok(secs), "{text}");
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_refused_and_why() {
        for text in [
            "", "s", "-", "-h", "--1h", "+5m", "1.5h", "1w", "two", "1 h", "５m", "30m1h", "1h1h", "1h30",
            "h5m",
        ] {
            assert_eq!(text.parse::<Ttl>(), Err(InvalidTtl::NotATime), "{text:?}");
        }
        for text in ["0", "0s", "0h0m", "-1h", "-0", "-99999999999999999999"] {
            assert_eq!(text.parse::<Ttl>(), Err(InvalidTtl::TooShort), "{text:?}");
        }
        for text in ["36501d", "36500d1s", "99999999999999d", "99999999999999999999d", "99999999999999999999"]
        {
            assert_eq!(text.parse::<Ttl>(), Err(InvalidTtl::TooLong), "{text:?}");
        }
        assert_eq!(TtlText::Seconds(-1).parse(), Err(InvalidTtl::TooShort));
        assert_eq!(TtlText::Seconds(0).parse(), Err(InvalidTtl::TooShort));
        assert_eq!(TtlText::Seconds(i64::MAX).parse(), Err(InvalidTtl::TooLong));
    }

    #[test]
    fn a_length_of_time_is_read_from_json_as_a_number_or_a_text() {
        let read = |json: &str| serde_json::from_str::<TtlText>(json).map_err(|error| error.to_string());
        assert_eq!(read("90"), Ok(TtlText::Seconds(90)));
        assert_eq!(read("18446744073709551615"), Ok(TtlText::Seconds(i64::MAX)));
        assert_eq!(read("\"2h\""), Ok(TtlText::Text("2h".to_owned())));
        for json in ["1800.5", "true", "null", "{}", "[\"1h\"]"] {
            assert!(read(json).unwrap_err().contains("expected a length of time such as"), "{json}");
        }
    }

    #[test]
    fn a_length_of_time_is_written_in_its_largest_whole_unit() {
        for text in ["90s", "30m", "2h", "7d", "25h"] {
            assert_eq!(text.parse::<Ttl>().map(|ttl| ttl.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("3600".parse::<Ttl>().map(|ttl| ttl.to_string()), Ok("1h".to_owned()));
    }

    #[test]
    fn a_time_is_written_in_utc_with_milliseconds_and_read_back() {
        let at = Timestamp::from_millis(1_769_851_800_007);
        assert_eq!(at.to_string(), "2026-01-31T09:30:00.007Z");
        assert_eq!("2026-01-31T09:30:00.007Z".parse(), Ok(at));
        assert_eq!("2026-01-31T10:30:00.007+01:00".parse(), Ok(at));
        assert_eq!("yesterday".parse::<Timestamp>(), Err(InvalidTimestamp));
    }
}
