//! A sandbox that may fail, hang and answer junk, and what is true of it all
//! the same.

use std::{collections::BTreeSet, time::Duration};

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::{api::http_client, article_service, eventually};

/// A sandbox, asked from outside until it tells the truth.
#[derive(Clone, Debug)]
pub struct Site {
    /// The service's slug.
    pub slug: &'static str,
    url: String,
    http: Client,
}

impl Site {
    /// The sandbox at that address.
    pub fn new(slug: &'static str, url: impl Into<String>) -> Self {
        Self { slug, url: url.into(), http: http_client() }
    }

    /// The table of a service with the article's two calls and a login check.
    pub fn plain(&self) -> Value {
        article_service(self.slug, &self.url)
    }

    /// The table of a service with all that the sandbox can do.
    pub fn complete(&self) -> Value {
        let mut table = self.plain();
        let http = table["http"].as_object_mut().unwrap();
        let password = json!({ "password": "{{ password }}" });
        http.insert(
            "reset".to_owned(),
            json!({ "request": "PUT /accounts/{{ username }}/password", "json": password }),
        );
        http.insert("disable".to_owned(), json!({ "request": "POST /accounts/{{ username }}/disable" }));
        http.insert("enable".to_owned(), json!({ "request": "POST /accounts/{{ username }}/enable" }));
        http.insert("gone".to_owned(), json!({ "request": "GET /accounts/{{ username }}" }));
        table
    }

    /// The names of the accounts that exist there.
    pub async fn usernames(&self) -> BTreeSet<String> {
        let list = || self.http.get(format!("{}/accounts", self.url));
        let read = |status, body: Value| {
            (status == 200).then(|| serde_json::from_value(body["accounts"].clone()).ok()).flatten()
        };
        self.truth(list, read).await
    }

    /// Whether somebody can sign in there with these.
    pub async fn accepts(&self, username: &str, password: &str) -> bool {
        let login = json!({ "username": username, "password": password });
        let log_in = || self.http.post(format!("{}/login", self.url)).json(&login);
        let read = |status, body: Value| match (status, body["ok"].as_bool()) {
            (200, Some(true)) => Some(true),
            (401, Some(false)) => Some(false),
            _ => None,
        };
        self.truth(log_in, read).await
    }

    async fn truth<T>(&self, ask: impl Fn() -> RequestBuilder, read: impl Fn(u16, Value) -> Option<T>) -> T {
        let what = format!("{} tells the truth", self.slug);
        eventually(&what, async || {
            let response = ask().timeout(Duration::from_secs(1)).send().await.ok()?;
            let status = response.status().as_u16();
            read(status, response.json().await.ok()?)
        })
        .await
    }
}
