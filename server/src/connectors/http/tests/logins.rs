//! How the portal itself signs in.

use super::*;
use crate::connectors::SecretReference;

/// A secret in a file, and the folder that holds it.
fn secret() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "s3rvice").unwrap();
    let reference: SecretReference = format!("file:{}", path.display()).parse().unwrap();
    (folder, reference.to_string())
}

fn with_auth(base_url: &str, auth: Value, secret: &str) -> Arc<dyn Connector> {
    let table = json!({
        "slug": "o", "environment": "test", "base_url": base_url, "connector": "article", "secret": secret,
        "http": { "auth": auth },
    });
    connector_with(
        table,
        GuardSettings { allowed_secrets: vec![secret.to_owned()], ..GuardSettings::default() },
    )
}

fn token(text: &str) -> Response {
    axum::Json(json!({ "token": text })).into_response()
}

fn login() -> Value {
    json!({
        "bearer": "{{ token }}",
        "login": {
            "request": "POST /login",
            "json": { "user": "admin", "password": "{{ secret }}" },
            "capture": { "token": "/token" },
        },
    })
}

#[tokio::test]
async fn one_login_serves_many_calls_and_is_made_anew_when_it_is_refused() {
    let (_folder, secret) = secret();
    let answers = [token("one"), status(201), status(204), status(401), token("two"), status(204)];
    let target = Target::answering(answers).await;
    let connector = with_auth(&target.url(), login(), &secret);
    create(&*connector, &identity()).await.unwrap();
    connector.delete(&identity()).await.unwrap();
    connector.delete(&identity()).await.unwrap();

    let seen = target.seen();
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(body, json!({ "user": "admin", "password": "s3rvice" }));
    let authorizations: Vec<_> = seen.iter().map(|seen| seen.authorization.as_deref()).collect();
    let (one, two) = (Some("Bearer one"), Some("Bearer two"));
    assert_eq!(authorizations, [None, one, one, one, None, two]);
}

#[tokio::test]
async fn a_login_that_is_refused_again_at_once_is_not_repeated_for_ever() {
    let (_folder, secret) = secret();
    let target = Target::answering([token("one"), status(401)]).await;
    let connector = with_auth(&target.url(), login(), &secret);
    let error = create(&*connector, &identity()).await.unwrap_err();
    assert!(matches!(error, ConnectorError::Denied { .. }), "{error}");
    assert_eq!(target.seen().len(), 2);
}

#[tokio::test]
async fn without_a_login_nothing_is_sent_and_nothing_can_have_been_done() {
    let (_folder, secret) = secret();
    let no_token = axum::Json(json!({ "error": "busy" })).into_response();
    let target = Target::answering([status(500), no_token, status(401), status(302)]).await;
    let connector = with_auth(&target.url(), login(), &secret);
    for class in [Class::Transient, Class::Transient, Class::Permanent, Class::Transient] {
        let error = create(&*connector, &identity()).await.unwrap_err();
        assert_eq!(error.class(), class, "{error}");
        assert!(!error.may_land() && !error.to_string().contains("s3rvice"), "{error}");
    }
    assert!(target.seen().iter().all(|seen| seen.line == "POST /login"));
}

#[tokio::test]
async fn a_login_without_a_token_is_none_also_where_it_might_say_for_how_long_it_is_good() {
    let (_folder, secret) = secret();
    let mut auth = login();
    auth["login"]["capture"] = json!({ "token": "/token", "expires_in": "/expires_in" });
    let busy = axum::Json(json!({ "error": "busy" })).into_response();
    let target = Target::answering([busy, token("one"), status(201)]).await;
    let connector = with_auth(&target.url(), auth, &secret);
    let error = create(&*connector, &identity()).await.unwrap_err();
    assert!(error.what().contains("the login told no `token` at /token"), "{}", error.what());
    create(&*connector, &identity()).await.unwrap();
}

#[tokio::test]
async fn a_step_of_a_login_is_left_out_where_its_condition_does_not_hold() {
    let (_folder, secret) = secret();
    let mut auth = login();
    auth["login"] =
        json!({ "steps": [auth["login"].clone(), { "request": "POST /otp", "when": "token == 'two'" }] });
    let target = Target::answering([token("one"), status(201)]).await;
    create(&*with_auth(&target.url(), auth, &secret), &identity()).await.unwrap();
    assert_eq!(target.seen().len(), 2);
}

#[tokio::test]
async fn a_service_that_repeats_the_portal_s_credentials_does_not_show_them() {
    let (_folder, secret) = secret();
    let basic = json!({ "basic": { "username": "understudy", "password": "{{ secret }}" } });
    let table = json!({
        "slug": "o", "environment": "test", "base_url": "http://localhost", "connector": "article", "secret": secret,
        "http": { "auth": basic, "delete": { "request": "DELETE /users/{{ username }}", "rules": [
            { "status": 400, "pointer": "/authorization", "matches": "^Basic", "outcome": "rejected" },
        ] } },
    });
    let echo = axum::Json(json!({ "authorization": "Basic dW5kZXJzdHVkeTpzM3J2aWNl" }));
    let target = Target::answering([(StatusCode::BAD_REQUEST, echo).into_response()]).await;
    let mut table = table;
    table["base_url"] = target.url().into();
    let settings = GuardSettings { allowed_secrets: vec![secret], ..GuardSettings::default() };
    let error = connector_with(table, settings).delete(&identity()).await.unwrap_err();
    assert_eq!(target.seen()[0].authorization.as_deref(), Some("Basic dW5kZXJzdHVkeTpzM3J2aWNl"));
    assert!(error.what().contains("withheld") && !error.what().contains("dW5k"), "{}", error.what());
}

#[tokio::test]
async fn a_step_s_own_headers_stand_and_its_cookies_join_those_of_the_login() {
    let (_folder, secret) = secret();
    let auth = json!({ "headers": { "Cookie": "sid={{ secret }}", "X-Signature": "of auth {{ secret }}" } });
    let table = |url: String| {
        json!({
            "slug": "o", "environment": "test", "base_url": url, "connector": "article", "secret": secret,
            "http": { "auth": auth, "create": { "steps": [
                { "request": "GET /form", "capture": { "csrf": { "header": "set-cookie", "matches": "csrf=([^;]+)" } } },
                { "request": "POST /users", "headers": { "Cookie": "csrf={{ csrf }}", "X-Signature": "own" },
                  "json": { "name": "{{ username }}", "p": "{{ password }}" } },
            ] } },
        })
    };
    let form = ([(header::SET_COOKIE, "csrf=t0ken42; Path=/")], "").into_response();
    let target = Target::answering([form, status(201)]).await;
    let settings = GuardSettings { allowed_secrets: vec![secret.clone()], ..GuardSettings::default() };
    create(&*connector_with(table(target.url()), settings), &identity()).await.unwrap();
    let posted = &target.seen()[1];
    assert_eq!(posted.cookie.as_deref(), Some("sid=s3rvice; csrf=t0ken42"));
    assert_eq!(posted.signature.as_deref(), Some("own"));
}

#[tokio::test]
async fn calls_at_the_same_time_share_one_login() {
    let (_folder, secret) = secret();
    let answers = [token("one")].into_iter().chain((0..8).map(|_| status(201)));
    let target = Target::answering(answers).await;
    let connector = with_auth(&target.url(), login(), &secret);
    let calls = (0..8).map(|_| {
        let connector = Arc::clone(&connector);
        async move { create(&*connector, &identity()).await.unwrap() }
    });
    futures::future::join_all(calls).await;
    assert_eq!(target.seen().iter().filter(|seen| seen.line == "POST /login").count(), 1);
}

#[tokio::test]
async fn a_client_of_oauth_2_gets_its_token_by_its_credentials() {
    let (_folder, secret) = secret();
    let auth = |client_auth: &str| {
        json!({ "oauth2": {
            "token_url": "/oauth/token", "client_id": "understudy", "client_secret": "{{ secret }}",
            "scope": "users:write", "client_auth": client_auth,
        } })
    };
    let access = |secs: u64| {
        let answer = json!({ "access_token": "acc3ss", "token_type": "Bearer", "expires_in": secs });
        axum::Json(answer).into_response()
    };
    let target =
        Target::answering([access(3600), status(201), access(0), status(201), access(0), status(201)]);
    let target = target.await;
    create(&*with_auth(&target.url(), auth("basic"), &secret), &identity()).await.unwrap();
    let connector = with_auth(&target.url(), auth("body"), &secret);
    for _ in 0..2 {
        create(&*connector, &identity()).await.unwrap();
    }

    let seen = target.seen();
    assert_eq!(seen[0].line, "POST /oauth/token");
    assert_eq!(seen[0].body, "grant_type=client_credentials&scope=users%3Awrite");
    assert_eq!(seen[0].authorization.as_deref(), Some("Basic dW5kZXJzdHVkeTpzM3J2aWNl"));
    assert_eq!(seen[1].authorization.as_deref(), Some("Bearer acc3ss"));
    let form: Vec<_> = url::form_urlencoded::parse(seen[2].body.as_bytes()).into_owned().collect();
    assert!(form.contains(&("client_secret".to_owned(), "s3rvice".to_owned())), "{form:?}");
    assert_eq!(seen[4].line, "POST /oauth/token", "a token that is over is not used again");
}

#[tokio::test]
async fn a_request_can_be_signed() {
    let (_folder, secret) = secret();
    let auth = json!({ "headers": {
        "X-Time": "{{ timestamp }}",
        "X-Signature":
            "{{ [request.method, request.path, request.body] | join('\\n') | hmac('sha256', secret) }}",
    } });
    let target = Target::answering([status(201)]).await;
    create(&*with_auth(&target.url(), auth, &secret), &identity()).await.unwrap();
    let seen = &target.seen()[0];
    let text = format!("POST\n/create_account\n{}", seen.body);
    assert_eq!(seen.signature.as_deref(), Some(sign(&text, "s3rvice").as_str()));
}

fn sign(text: &str, key: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
}

#[tokio::test]
async fn a_nonce_of_the_service_s_can_be_signed_into_the_body() {
    let (_folder, secret) = secret();
    let table = |base: String| {
        json!({
            "slug": "chat", "environment": "test", "base_url": base, "secret": secret,
            "http": {
                "create": { "steps": [
                    { "request": "GET /register", "capture": { "challenge": "/nonce" } },
                    {
                        "request": "POST /register",
                        "json": {
                            "nonce": "{{ challenge }}", "username": "{{ username }}", "password": "{{ password }}",
                            "admin": false,
                            "mac": "{{ [challenge, username, password, 'notadmin'] | join('\\u0000') | hmac('sha1', secret) }}",
                        },
                    },
                ] },
                "delete": { "request": "POST /deactivate/{{ username }}" },
            },
        })
    };
    let nonce = axum::Json(json!({ "nonce": "abc" })).into_response();
    let target = Target::answering([nonce, status(200)]).await;
    let settings = GuardSettings { allowed_secrets: vec![secret.clone()], ..GuardSettings::default() };
    create(&*connector_with(table(target.url()), settings), &identity()).await.unwrap();
    let body: Value = serde_json::from_str(&target.seen()[1].body).unwrap();
    assert_eq!(body["nonce"], "abc");
    // Computed by another implementation: printf 'abc\0test_abcdefgh\0s3cret-Passw0rd\0notadmin' | openssl sha1 -hmac s3rvice
    assert_eq!(body["mac"], "6b6fc1409e9a14f8e49bf56ac928075b88453f89");
}

#[tokio::test]
async fn credentials_in_the_query_stand_once_on_every_page() {
    let (_folder, secret) = secret();
    let page = |name: &str| axum::Json(json!([{ "username": name }])).into_response();
    let target =
        Target::answering([page("test_a"), page("test_b"), axum::Json(json!([])).into_response()]).await;
    let table = json!({
        "slug": "o", "environment": "test", "base_url": target.url(), "connector": "article", "secret": secret,
        "http": {
            "auth": { "query": { "key": "{{ secret }}" } },
            "list": { "request": "GET /users", "pages": { "by": "page", "param": "page" } },
        },
    });
    let settings = GuardSettings { allowed_secrets: vec![secret], ..GuardSettings::default() };
    connector_with(table, settings).list("test_").await.unwrap();
    assert_eq!(target.seen().len(), 3);
    for seen in target.seen() {
        assert_eq!(seen.line.matches("key=").count(), 1, "{}", seen.line);
    }
}
