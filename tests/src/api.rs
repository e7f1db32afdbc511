//! A program that calls the JSON API.

use std::time::Duration;

use http::Method;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::{Answer, SANDBOX, eventually};

/// A client of the portal, with somebody's token or with none.
#[derive(Clone, Debug)]
pub struct Api {
    http: Client,
    base: String,
    token: Option<String>,
}

/// A client that shows every answer as it comes.
pub(crate) fn http_client() -> Client {
    #[expect(clippy::disallowed_methods, reason = "this calls the portal, not a target")]
    let builder = Client::builder();
    builder.no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl Api {
    /// A client of the portal at that address.
    pub fn new(base: impl Into<String>, token: Option<String>) -> Self {
        Self { http: http_client(), base: base.into(), token }
    }

    /// The same client with another token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The portal's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same client of a portal that is at another address now.
    pub fn at(&self, base: impl Into<String>) -> Self {
        Self { base: base.into(), ..self.clone() }
    }

    /// The token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// A call that is to be put together.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let request = self.http.request(method, format!("{}{path}", self.base));
        Call(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    /// `POST` with nothing in it.
    pub async fn order(&self, path: &str) -> Answer {
        self.call(Method::POST, path).send().await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PUT, path).json(body).send().await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PATCH, path).json(body).send().await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }

    /// Asks for an account on the sandbox, which is active at once.
    pub async fn new_account(&self) -> Value {
        self.post("/api/v1/accounts", &json!({ "services": [SANDBOX] })).await.expect(201)
    }

    /// Asks for an account without waiting for it.
    pub async fn new_account_later(&self, service: &str) -> Value {
        let call = self.call(Method::POST, "/api/v1/accounts").json(&json!({ "services": [service] }));
        call.header("prefer", "respond-async").send().await.expect(202)
    }

    /// Asks for the account to be taken away, without waiting for it.
    pub async fn revoke_later(&self, id: &Value) -> Value {
        self.call(Method::DELETE, &path_of(id)).header("prefer", "respond-async").send().await.expect(202)
    }

    /// All items of a list, the oldest first.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let first = format!("{path}{separator}limit=200");
        let (mut items, mut page) = (Vec::new(), first.clone());
        loop {
            let answer = self.get(&page).await;
            items.extend(answer.items());
            match answer.json()["next"].as_str() {
                Some(cursor) => page = format!("{first}&cursor={cursor}"),
                None => break,
            }
        }
        items.reverse();
        items
    }

    /// The account as it is now.
    pub async fn account(&self, id: &Value) -> Value {
        self.get(&path_of(id)).await.expect(200)
    }

    /// The account, once it is in that state.
    pub async fn account_once(&self, state: &str, id: &Value) -> Value {
        let what = format!("account {id} is {state}");
        eventually(&what, async || Some(self.account(id).await).filter(|account| account["state"] == state))
            .await
    }

    /// Calls something on the account with that id.
    pub async fn act(&self, id: &Value, what: &str, body: &Value) -> Answer {
        self.post(&format!("{}/{what}", path_of(id)), body).await
    }

    /// The batch as it is now.
    pub async fn batch(&self, id: &Value) -> Value {
        self.get(&format!("/api/v1/batches/{}", id.as_str().unwrap())).await.expect(200)
    }

    /// The batch, once nothing of it is under way.
    pub async fn batch_once_finished(&self, id: &Value) -> Value {
        let what = format!("batch {id} is finished");
        eventually(&what, async || Some(self.batch(id).await).filter(|batch| batch["state"] == "finished"))
            .await
    }

    /// What happened to the account, the oldest first, by name.
    pub async fn actions_of(&self, id: &Value) -> Vec<String> {
        let history = self.get(&format!("{}/history?limit=200", path_of(id))).await.items();
        history.iter().rev().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
    }
}

/// The path of the account with that id.
fn path_of(id: &Value) -> String {
    format!("/api/v1/accounts/{}", id.as_str().unwrap())
}

/// A call that is being put together.
#[must_use]
#[derive(Debug)]
pub struct Call(RequestBuilder);

impl Call {
    /// A JSON body.
    pub fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// Any body.
    pub fn body(self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header("content-type", media_type).body(body))
    }

    /// A form, as browsers send it.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        Self(self.0.form(fields))
    }

    /// A header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// A user name and a password.
    pub fn basic(self, username: &str, password: &str) -> Self {
        Self(self.0.basic_auth(username, Some(password)))
    }

    /// By what a repetition of it is recognised.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        Answer::read(self.0.send().await.unwrap()).await
    }

    /// Sends it to a portal that may die over it; `None` where no whole answer
    /// came.
    pub async fn send_perhaps(self) -> Option<Answer> {
        let response = self.0.timeout(Duration::from_secs(20)).send().await.ok()?;
        Answer::read_perhaps(response).await
    }

    /// Sends it, and does not wait for the answer's body.
    pub async fn send_without_body(self) -> Answer {
        Answer::without_body(&self.0.send().await.unwrap())
    }

    /// Sends it, for an answer that goes on and on.
    pub async fn open(self) -> Stream {
        let response = self.0.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Stream { response, text: String::new() }
    }
}

/// Server-sent events, as they come.
#[derive(Debug)]
pub struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    /// What the next event of that name says; `None` once the stream has ended.
    pub async fn next_event(&mut self, name: &str) -> Option<Value> {
        loop {
            let message = self.next_message().await?;
            if let Some(data) = message.lines().find_map(|line| line.strip_prefix("data: ")) {
                assert!(message.contains(&format!("event: {name}\n")), "{message}");
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }

    /// The next message; `None` once the stream has ended.
    pub async fn next_message(&mut self) -> Option<String> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let message = message.to_owned();
                self.text = rest.to_owned();
                return Some(message);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
