//! What a service answered, as far as it was read.

use std::{borrow::Cow, cell::OnceCell, time::Duration};

use reqwest::{
    StatusCode,
    header::{AsHeaderName, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER},
};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

/// An answer. Its body is looked into by rules and captures, and never kept
/// or shown.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    headers: HeaderMap,
    /// `None` where the body went on beyond the limit.
    body: Option<Vec<u8>>,
    json: OnceCell<Option<Value>>,
}

impl Reply {
    /// An answer whose body is given, unless it was too long to be read.
    pub const fn new(status: StatusCode, headers: HeaderMap, body: Option<Vec<u8>>) -> Self {
        Self { status, headers, body, json: OnceCell::new() }
    }

    /// Whether the body went on beyond the limit.
    pub const fn is_cut(&self) -> bool {
        self.body.is_none()
    }

    /// The body, where it is JSON.
    pub fn json(&self) -> Option<&Value> {
        let read = || serde_json::from_slice(self.body.as_deref()?).ok();
        self.json.get_or_init(read).as_ref()
    }

    /// The body as text; empty where it was not read to its end.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.body.as_deref().unwrap_or_default())
    }

    /// The first of the headers of that name, where it is text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers of that name that are text.
    pub fn headers(&self, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
        self.headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
    }

    /// What kind of body it says that it has, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let media = self.header(CONTENT_TYPE)?.split(';').next()?;
        Some(media.trim().to_ascii_lowercase())
    }

    /// How the body is compressed, where it says that it is: none of the portal's
    /// calls allows that, as a few bytes could stand for any number of them.
    pub fn coding(&self) -> Option<&'static str> {
        let coding = self.header(CONTENT_ENCODING)?.trim();
        ["gzip", "x-gzip", "deflate", "br", "zstd"]
            .into_iter()
            .find(|known| coding.eq_ignore_ascii_case(known))
    }

    /// Why nothing is found in the body, where that is so whatever it holds.
    pub fn unread(&self) -> Option<String> {
        if self.is_cut() {
            return Some(": the answer is longer than 1 MiB, which is not read".to_owned());
        }
        self.coding().map(|coding| format!(": the answer is compressed ({coding}), and never unpacked"))
    }

    /// How long the service asks to wait. A time of day is measured from the
    /// answer's own `Date`, so that no clocks have to agree.
    pub fn retry_after(&self) -> Option<Duration> {
        const LONGEST: Duration = Duration::from_secs(86_400);
        let text = self.header(RETRY_AFTER)?.trim();
        let wait = match text.parse() {
            Ok(secs) => Duration::from_secs(secs),
            Err(_) => {
                let until = OffsetDateTime::parse(text, &Rfc2822).ok()?;
                let now = OffsetDateTime::parse(self.header(DATE)?, &Rfc2822).ok()?;
                Duration::try_from(until - now).unwrap_or_default()
            }
        };
        Some(wait.min(LONGEST))
    }
}

#[cfg(test)]
impl Reply {
    /// An answer as a test wants it.
    pub fn of(status: u16, body: &str) -> Self {
        Self::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), Some(body.as_bytes().to_vec()))
    }

    /// With that header.
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// An answer whose body was too long.
    pub fn cut(status: u16) -> Self {
        Self::new(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(retry_after: &'static str, date: Option<&'static str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        headers.extend(date.map(|date| (DATE, date.parse().unwrap())));
        Reply::new(StatusCode::TOO_MANY_REQUESTS, headers, None).retry_after().map(|wait| wait.as_secs())
    }

    #[test]
    fn the_wait_is_read_as_seconds_or_as_a_time_of_day() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(waits("7", None), Some(7));
        assert_eq!(waits("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(30));
        assert_eq!(waits("Sun, 06 Nov 1994 08:49:00 GMT", date), Some(0));
        assert_eq!(waits("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        assert_eq!(waits("soon", date), None);
        assert_eq!(waits("99999999999", None), Some(86_400));
    }
}
