//! What the portal answers, and what can be said of it.

use http::HeaderMap;
use serde_json::Value;

/// An answer that was read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Reads a response to its end.
    pub async fn read(response: reqwest::Response) -> Self {
        Self::read_perhaps(response).await.unwrap()
    }

    /// Reads a response to its end; `None` where it breaks off.
    pub async fn read_perhaps(response: reqwest::Response) -> Option<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Self { status, headers, text: response.text().await.ok()? })
    }

    /// Leaves the body of a response alone, which may have no end.
    pub fn without_body(response: &reqwest::Response) -> Self {
        Self { status: response.status().as_u16(), headers: response.headers().clone(), text: String::new() }
    }

    /// A header; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The body as JSON, of an answer with that status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The problem document, of an answer with that status and code. Checks
    /// what is true of all of them.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let problem = self.json();
        assert_has(&problem, &["type", "title", "status", "detail", "instance", "code"]);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("urn:understudy:problem:{code}"), "{problem}");
        assert_eq!(problem["instance"], self.header("x-request-id"), "{problem}");
        for text in ["title", "detail", "instance"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{text} of {problem}");
        }
        problem
    }

    /// Where the fields are that cannot be accepted.
    #[track_caller]
    pub fn invalid_fields(&self) -> Vec<String> {
        let problem = self.problem(422, "invalid");
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors in {problem}"));
        for error in errors {
            assert!(error["detail"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }

    /// The items of a list.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        let list = self.expect(200);
        assert_has(&list, &["items", "next"]);
        list["items"].as_array().unwrap_or_else(|| panic!("no items in {list}")).clone()
    }
}

/// Checks that the object has all of these fields.
#[track_caller]
pub fn assert_has(object: &Value, fields: &[&str]) {
    let missing: Vec<_> = fields.iter().filter(|field| object.get(field).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} missing in {object:#}");
}

/// The values of one field of the items, sorted.
pub fn sorted(items: &[Value], field: &str) -> Vec<String> {
    let mut values: Vec<String> =
        items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect();
    values.sort();
    values
}
