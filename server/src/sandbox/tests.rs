use std::net::SocketAddr;

use rand::{SeedableRng, rngs::StdRng};
use reqwest::{Client, Method, RequestBuilder};

use super::*;

struct Sandbox(SocketAddr, Client);

impl Sandbox {
    /// One whose trouble is the same each time.
    async fn start(options: SandboxOptions) -> Self {
        let router = troubled(Trouble::new(options, StdRng::seed_from_u64(1)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        #[expect(clippy::disallowed_methods, reason = "a test's own client, of its own server")]
        let client = Client::builder().no_proxy().build().unwrap();
        Self(address, client)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.1.request(method, format!("http://{}{path}", self.0))
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let answer = self.request(method, path).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

fn ann(password: &str) -> Value {
    json!({ "username": "test_ann", "password": password })
}

#[tokio::test]
async fn an_account_lives_from_its_creation_to_its_deletion() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await;
    assert_eq!(sandbox.json(Method::POST, "/login", ann("secret")).await, (401, json!({ "ok": false })));
    let created = sandbox.json(Method::POST, "/create_account", ann("secret")).await;
    assert_eq!(created, (200, json!({ "status": "created" })));
    assert_eq!(sandbox.json(Method::POST, "/create_account", ann("other")).await.0, 409);
    assert_eq!(sandbox.json(Method::POST, "/login", ann("secret")).await, (200, json!({ "ok": true })));
    assert_eq!(sandbox.json(Method::POST, "/login", ann("other")).await.0, 401);
    let list = sandbox.json(Method::GET, "/accounts", json!({})).await.1;
    assert_eq!(list, json!({ "accounts": ["test_ann"] }));
    assert_eq!(sandbox.json(Method::DELETE, "/delete_account/test_ann", json!({})).await.0, 200);
    assert_eq!(sandbox.json(Method::DELETE, "/delete_account/test_ann", json!({})).await.0, 404);
    assert_eq!(sandbox.json(Method::POST, "/login", ann("secret")).await.0, 401);
}

#[tokio::test]
async fn accounts_are_listed_by_how_their_names_begin() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await;
    let list = async |query: &str| sandbox.json(Method::GET, &format!("/accounts{query}"), json!({})).await.1;
    assert_eq!(list("?prefix=test_").await, json!({ "accounts": [] }));
    for username in ["ann", "test_b", "test_a"] {
        let login = json!({ "username": username, "password": "secret" });
        sandbox.json(Method::POST, "/create_account", login).await;
    }
    assert_eq!(list("?prefix=test_").await, json!({ "accounts": ["test_a", "test_b"] }));
    assert_eq!(list("").await, json!({ "accounts": ["ann", "test_a", "test_b"] }));
}

#[tokio::test]
async fn a_password_can_be_set_anew() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await;
    let set = async |password| {
        sandbox.json(Method::PUT, "/accounts/test_ann/password", json!({ "password": password })).await.0
    };
    assert_eq!(set("other").await, 404);
    sandbox.json(Method::POST, "/create_account", ann("secret")).await;
    assert_eq!(set("").await, 422);
    assert_eq!(set("other").await, 200);
    assert_eq!(sandbox.json(Method::POST, "/login", ann("secret")).await.0, 401);
    assert_eq!(sandbox.json(Method::POST, "/login", ann("other")).await.0, 200);
}

#[tokio::test]
async fn a_disabled_account_is_there_but_signs_in_only_once_it_is_enabled_again() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await;
    let change = async |what: &str| {
        sandbox.json(Method::POST, &format!("/accounts/test_ann/{what}"), json!({})).await.0
    };
    let show = async || sandbox.json(Method::GET, "/accounts/test_ann", json!({})).await;
    assert_eq!((change("disable").await, change("enable").await, show().await.0), (404, 404, 404));
    sandbox.json(Method::POST, "/create_account", ann("secret")).await;
    for (what, status, login) in [("disable", "disabled", 401), ("enable", "enabled", 200)] {
        for _ in 0..2 {
            assert_eq!(change(what).await, 200);
            assert_eq!(show().await, (200, json!({ "status": status })));
            assert_eq!(sandbox.json(Method::POST, "/login", ann("secret")).await.0, login);
        }
    }
    sandbox.json(Method::DELETE, "/delete_account/test_ann", json!({})).await;
    assert_eq!(show().await.0, 404);
}

#[tokio::test]
async fn unreadable_and_incomplete_bodies_are_told_apart() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await;
    let unreadable = sandbox
        .request(Method::POST, "/create_account")
        .header("content-type", "application/json")
        .body("{\"username\": ")
        .send();
    assert_eq!(unreadable.await.unwrap().status(), 400);
    for body in
        [json!({}), json!({ "username": "a" }), json!({ "username": " ", "password": "x" }), json!([])]
    {
        assert_eq!(sandbox.json(Method::POST, "/create_account", body.clone()).await.0, 422, "{body}");
    }
}

#[tokio::test]
async fn a_browser_is_answered_with_a_page() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await;
    let page = sandbox.request(Method::GET, "/").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<form method=\"post\" action=\"/login\">"));

    let name = "<b>ann</b>";
    let account = json!({ "username": name, "password": "secret" });
    sandbox.json(Method::POST, "/create_account", account).await;
    for (password, status, text) in
        [("secret", 200, "Signed in as <strong>&lt;b&gt;ann"), ("wrong", 401, "Wrong username or password")]
    {
        let form = [("username", name), ("password", password)];
        let answer = sandbox.request(Method::POST, "/login").header("accept", "text/html").form(&form);
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert!(answer.text().await.unwrap().contains(text), "{text}");
        let answer = sandbox.request(Method::POST, "/login").form(&form).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "ok": status == 200 }));
    }
}

#[tokio::test]
async fn some_failures_come_after_the_work_was_done() {
    let sandbox = Sandbox::start(SandboxOptions { fail_rate: 0.5, ..SandboxOptions::default() }).await;
    let (mut created, mut failed) = (Vec::new(), Vec::new());
    for at in 0..32 {
        let username = format!("test_{at}");
        let account = json!({ "username": username, "password": "x" });
        match sandbox.json(Method::POST, "/create_account", account).await.0 {
            200 => created.push(username),
            500 => failed.push(username),
            status => panic!("{status}"),
        }
    }
    let there = loop {
        let (status, list) = sandbox.json(Method::GET, "/accounts", json!({})).await;
        if status == 200 {
            break serde_json::from_value::<Vec<String>>(list["accounts"].clone()).unwrap();
        }
    };
    assert!(created.iter().all(|username| there.contains(username)));
    let late = failed.iter().filter(|username| there.contains(username)).count();
    assert!(0 < late && late < failed.len(), "{late} of {}", failed.len());
}

#[tokio::test]
async fn a_call_can_hang_and_the_next_one_still_be_taken() {
    let sandbox = Sandbox::start(SandboxOptions { hang_rate: 1.0, ..SandboxOptions::default() }).await;
    for _ in 0..2 {
        let call = sandbox.request(Method::GET, "/accounts").timeout(Duration::from_millis(50)).send();
        assert!(call.await.unwrap_err().is_timeout());
    }
}

#[tokio::test]
async fn junk_means_nothing() {
    let sandbox = Sandbox::start(SandboxOptions { junk_rate: 1.0, ..SandboxOptions::default() }).await;
    for _ in 0..8 {
        let answer = sandbox.request(Method::GET, "/accounts").send().await.unwrap();
        assert!(answer.status().as_u16() >= 600, "{}", answer.status());
        assert!(answer.json::<Value>().await.is_err());
    }
}

#[tokio::test]
async fn every_call_waits_as_long_as_it_was_told_to() {
    let latency = Duration::from_millis(60);
    let sandbox = Sandbox::start(SandboxOptions { latency, ..SandboxOptions::default() }).await;
    let started = tokio::time::Instant::now();
    sandbox.json(Method::GET, "/accounts", json!({})).await;
    assert!(started.elapsed() >= latency);
}
