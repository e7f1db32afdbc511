//! No secret stands in plain anywhere: not in the database, a copy of it or an
//! export, not in the log at its chattiest, not on a page that did not reveal it.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use http::Method;
use rstest::rstest;
use serde_json::json;
use tests::{
    Api, Browser,
    Database::{self, Postgres, Sqlite},
    Program, SANDBOX, Sandbox, text_of,
};

const PERSONS: &str = "Kestrel-canary-password-of-a-person";
const MISTYPED: &str = "Kestrel-canary-that-was-mistyped";

#[rstest]
#[tokio::test]
async fn secrets_are_nowhere_in_plain(#[values(Sqlite, Postgres)] database: Database) {
    let sandbox = Sandbox::start().await;
    let mut program = Program::new(database).await;
    program.set("UNDERSTUDY_LOG", "trace");
    program.add_person("tester", "tester", PERSONS).await;
    program.add_person("manager", "manager", PERSONS).await;
    program.apply_article_service(&sandbox.0.url()).await;
    let token = program.issue_token("tester").await;
    let running = program.serve().await;

    let api = Api::new(&running.url, Some(token.clone()));
    let account = api.new_account().await;
    let password = account["credentials"]["password"].as_str().unwrap().to_owned();
    let issued = api.post("/api/v1/tokens", &json!({ "name": "second" })).await.expect(201);
    let second_token = issued["text"].as_str().unwrap().to_owned();
    let account_page = format!("/accounts/{}", account["id"].as_str().unwrap());

    // What goes wrong is written down too.
    let browser = Browser::new(&running.url);
    for (login, typed) in [("tester", MISTYPED), (MISTYPED, "x"), ("nobody", MISTYPED)] {
        browser.submit("/actions/sign_in", &[("login", login), ("password", typed), ("then", "")]).await;
    }
    api.with_token(format!("{token}x")).get("/api/v1/me").await.problem(401, "unauthenticated");
    let odd = api.call(Method::POST, "/api/v1/accounts").json(&json!({ "password": MISTYPED }));
    odd.send().await.problem(422, "invalid");

    let mut pages = String::new();
    let mut sessions = Vec::new();
    for login in ["tester", "manager"] {
        browser.submit("/actions/sign_in", &[("login", login), ("password", PERSONS), ("then", "")]).await;
        sessions.push(browser.cookie().unwrap().split_once('=').unwrap().1.to_owned());
        for path in ["/accounts", &account_page, "/accounts/new", "/services", "/audit", "/nowhere"] {
            pages.push_str(&browser.open(path).await.text);
        }
    }
    browser.submit("/actions/sign_in", &[("login", "tester"), ("password", PERSONS), ("then", "")]).await;
    sessions.push(browser.cookie().unwrap().split_once('=').unwrap().1.to_owned());
    let id = account["id"].as_str().unwrap();
    let revealed = browser.submit_and_follow("/actions/reveal_account", &[("account", id)]).await;
    assert_eq!(text_of(&revealed.text, "password").as_deref(), Some(password.as_str()));
    pages.push_str(&browser.open(&account_page).await.text);

    let before = program.raw().await.dump().await;
    api.delete(&format!("/api/v1/accounts/{id}")).await.expect(200);
    let said = running.stop().await;
    assert!(said.stderr.contains("TRACE"), "the log is at its chattiest");

    let export = program.run(&["audit", "export"]).await;
    let copy = program.folder().join("data/copy.db");
    // PostgreSQL is copied by its own means; the dump above is as much.
    let backed_up = program.run(&["backup", copy.to_str().unwrap()]).await;
    assert_eq!(backed_up.code == 0, database == Sqlite, "{}", backed_up.stderr);

    let mut places = vec![
        ("the database", before),
        ("the database after the end", program.raw().await.dump().await),
        ("the log", format!("{}{}", said.stdout, said.stderr).into_bytes()),
        ("a page", pages.into_bytes()),
        ("an export", export.success().to_owned().into_bytes()),
    ];
    places.extend(program.files().into_iter().map(|bytes| ("a file", bytes)));
    let username = account["username"].as_str().unwrap();
    for (place, content) in &places[..5] {
        assert!(contains(content, username.as_bytes()) || *place == "the log", "{place} was read");
    }
    let secrets = [&password, PERSONS, MISTYPED, &token, &second_token];
    for secret in secrets.into_iter().chain(sessions.iter().map(String::as_str)) {
        for (place, content) in &places {
            for form in forms(secret) {
                assert!(
                    !contains(content, form.as_bytes()),
                    "{form} stands in {place}: {}",
                    around(content, &form)
                );
            }
        }
    }
}

/// The forms in which a secret would be as good as plain.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), BASE64_STANDARD.encode(secret), hex::encode(secret)];
    // A session's cookie is the id in base64; the id is as good.
    if let Ok(id) = BASE64_URL_SAFE_NO_PAD.decode(secret).map(<[u8; 16]>::try_from)
        && let Ok(id) = id
    {
        forms.extend([
            hex::encode(id),
            i128::from_le_bytes(id).to_string(),
            i128::from_be_bytes(id).to_string(),
        ]);
    }
    forms
}

fn contains(content: &[u8], what: &[u8]) -> bool {
    content.windows(what.len()).any(|window| window == what)
}

fn around(content: &[u8], what: &str) -> String {
    let at = content.windows(what.len()).position(|window| window == what.as_bytes()).unwrap_or_default();
    let span = at.saturating_sub(300)..content.len().min(at + what.len() + 100);
    String::from_utf8_lossy(&content[span]).into_owned()
}

#[tokio::test]
async fn what_was_sealed_in_one_row_does_not_open_in_another() {
    let portal = tests::TestPortal::start(Sqlite).await;
    let (own, others) = (portal.tester().new_account().await, portal.second_tester().new_account().await);
    let raw = portal.raw().await;
    let blob = |account: &serde_json::Value| {
        let id: uuid::Uuid = account["id"].as_str().unwrap().parse().unwrap();
        format!("x'{}'", id.simple())
    };
    let sql = format!(
        "UPDATE account_secrets SET sealed = (SELECT sealed FROM account_secrets WHERE account_id = {}) \
         WHERE account_id = {}",
        blob(&others),
        blob(&own)
    );
    assert_eq!(raw.execute(&sql).await.unwrap(), 1);
    let reveal = format!("/api/v1/accounts/{}/reveal", own["id"].as_str().unwrap());
    let answer = portal.tester().order(&reveal).await;
    answer.problem(500, "internal");
    assert!(!answer.text.contains(others["credentials"]["password"].as_str().unwrap()));
}

#[tokio::test]
async fn an_account_on_the_list_shows_no_secret_either() {
    let portal = tests::TestPortal::start(Sqlite).await;
    let account = portal.tester().new_account().await;
    let password = account["credentials"]["password"].as_str().unwrap();
    for path in ["/api/v1/accounts", "/api/v1/events", "/api/v1/services", "/api/v1/tokens"] {
        let answer = portal.admin().get(path).await;
        assert_eq!(answer.status, 200);
        assert!(!answer.text.contains(password), "{path}");
    }
    assert_eq!(account["services"][0]["service"], SANDBOX);
}
