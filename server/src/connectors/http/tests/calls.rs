//! What is sent, and what is made of the answers.

use super::*;

#[tokio::test]
async fn the_article_s_two_calls_are_made_as_the_article_makes_them() {
    let target = Target::answering([200, 409, 200, 404].map(status)).await;
    let connector = connector(&format!("{}/api/", target.url()), json!({}));
    let who = identity();

    let created = create(&*connector, &who).await.unwrap();
    assert_eq!((created.outcome, created.remote_id), (Creation::Created, None));
    assert_eq!(created.call.what, "POST /create_account");
    assert!(created.call.to_string().starts_with("POST /create_account answered 200 after "));
    assert_eq!(create(&*connector, &who).await.unwrap().outcome, Creation::Exists);
    assert_eq!(connector.delete(&who).await.unwrap().outcome, Removal::Ok);
    let gone = connector.delete(&who).await.unwrap();
    assert_eq!(gone.outcome, Removal::Absent);
    assert_eq!(gone.call.what, "DELETE /delete_account/test_abcdefgh");

    let seen = target.seen();
    assert_eq!(seen[0].line, "POST /api/create_account");
    assert_eq!(seen[0].content_type.as_deref(), Some("application/json"));
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(body, json!({ "username": "test_abcdefgh", "password": "s3cret-Passw0rd" }));
    assert_eq!(seen[3].line, "DELETE /api/delete_account/test_abcdefgh");
    assert!(matches!(connector.verify(&who).await, Err(ConnectorError::NotOffered(_))));
}

#[tokio::test]
async fn hostile_values_stay_where_they_were_put() {
    let target = Target::answering([200, 200, 200].map(status)).await;
    let http = json!({
        "create": {
            "request": "POST /u/{{ username }}?a={{ username }}",
            "query": { "b": "<{{ username }}>" },
            "json": { "deep": [{ "name": "n:{{ username }}" }], "flag": true },
        },
        "verify": {
            "request": "POST /login",
            "form": { "user": "{{ username }}", "pass": "{{ password }}" },
            "auth": { "basic": { "username": "x", "password": "{{ password }}" } },
        },
    });
    let connector = connector(&target.url(), http);
    let hostile = "a/..b%2F\r\nX: 1\"&b=2#?{{ password }}";
    let who = Identity { username: hostile.to_owned(), ..identity() };
    create(&*connector, &who).await.unwrap();
    assert_eq!(connector.verify(&who).await.unwrap().outcome, Verification::Ok);
    connector.delete(&who).await.unwrap();

    let seen = target.seen();
    let encoded = "a%2F..b%252F%0D%0AX%3A%201%22%26b%3D2%23%3F%7B%7B%20password%20%7D%7D";
    let (path, query) = seen[0].line.split_once('?').unwrap();
    assert_eq!(path, format!("POST /u/{encoded}"));
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let expected = [("a".to_owned(), hostile.to_owned()), ("b".to_owned(), format!("<{hostile}>"))];
    assert_eq!(pairs, expected);
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(body, json!({ "deep": [{ "name": format!("n:{hostile}") }], "flag": true }));

    let form: Vec<_> = url::form_urlencoded::parse(seen[1].body.as_bytes()).into_owned().collect();
    let expected =
        [("pass".to_owned(), "s3cret-Passw0rd".to_owned()), ("user".to_owned(), hostile.to_owned())];
    assert_eq!(form, expected);
    assert_eq!(seen[1].content_type.as_deref(), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen[1].authorization.as_deref(), Some("Basic eDpzM2NyZXQtUGFzc3cwcmQ="));
    assert_eq!(seen[2].line, format!("DELETE /delete_account/{encoded}"));
}

#[tokio::test]
async fn a_value_that_would_lead_elsewhere_is_not_sent_at_all() {
    let target = Target::answering([]).await;
    let connector = connector(&target.url(), json!({}));
    for username in ["..", ".", "", "../admin", "a/../../admin", "a\\.."] {
        let who = Identity { username: username.to_owned(), ..identity() };
        let error = connector.delete(&who).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Misconfigured { .. }), "{username:?}: {error}");
    }
    assert!(target.seen().is_empty());
}

fn with_remote_id(base_url: &str) -> Arc<dyn Connector> {
    connector(
        base_url,
        json!({
            "create": {
                "request": "POST /users",
                "json": { "name": "{{ username }}", "pass": "{{ password }}" },
                "capture": { "remote_id": "/data/id" },
            },
            "delete": { "request": "DELETE /users/{{ remote_id }}" },
        }),
    )
}

#[tokio::test]
async fn the_service_s_own_id_is_kept_and_used() {
    let target = Target::answering([
        axum::Json(json!({ "data": { "id": 42 } })).into_response(),
        axum::Json(json!({ "data": { "id": "a/b" } })).into_response(),
        status(204),
    ])
    .await;
    let connector = with_remote_id(&target.url());
    let unknown = connector.delete(&identity()).await.unwrap_err();
    assert!(unknown.to_string().contains("`remote_id` is not known"), "{unknown}");
    assert_eq!(create(&*connector, &identity()).await.unwrap().remote_id.as_deref(), Some("42"));
    let id = create(&*connector, &identity()).await.unwrap().remote_id;
    connector.delete(&Identity { remote_id: id, ..identity() }).await.unwrap();
    assert_eq!(target.seen()[2].line, "DELETE /users/a%2Fb");
}

#[tokio::test]
async fn a_creation_without_the_id_that_it_should_tell_is_unknown() {
    let target = Target::answering([
        axum::Json(json!({ "id": 42 })).into_response(),
        axum::Json(json!({ "data": { "id": "s3cret-Passw0rd" } })).into_response(),
        axum::Json(json!({ "data": { "id": "" } })).into_response(),
    ])
    .await;
    let connector = with_remote_id(&target.url());
    for _ in 0..3 {
        let error = create(&*connector, &identity()).await.unwrap_err();
        assert_eq!(error.class(), Class::Unknown);
        assert!(error.to_string().contains("/data/id") && !error.to_string().contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn what_the_deciding_rule_saw_is_told_but_never_a_secret() {
    let verify = json!({ "verify": {
        "request": "POST /login",
        "json": { "u": "{{ username }}", "p": "{{ password }}" },
        "rules": [{ "status": 200, "pointer": "/ok", "equals": true, "outcome": "ok" },
                  { "status": 200, "outcome": "denied" }],
    }});
    let target = Target::answering([
        axum::Json(json!({ "ok": false })).into_response(),
        axum::Json(json!({ "ok": "no: s3cret-Passw0rd" })).into_response(),
        "<html>".into_response(),
    ])
    .await;
    let connector = connector(&target.url(), verify);
    for finding in ["/ok is false", "/ok is (withheld, as it holds a secret)", "/ok is missing"] {
        let answer = connector.verify(&identity()).await.unwrap();
        assert_eq!(answer.outcome, Verification::Denied);
        assert_eq!(answer.call.finding.as_deref(), Some(finding));
    }
}

#[tokio::test]
async fn refusals_say_what_happens_next() {
    let busy = (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "7")]).into_response();
    let target = Target::answering([busy, status(422), status(401), status(500), status(500)]).await;
    let connector = connector(&target.url(), json!({}));
    let who = identity();

    let busy = create(&*connector, &who).await.unwrap_err();
    assert_eq!((busy.class(), busy.retry_after()), (Class::Transient, Some(Duration::from_secs(7))));
    let rejected = create(&*connector, &who).await.unwrap_err();
    assert_eq!(rejected.class(), Class::Permanent);
    assert!(rejected.to_string().starts_with("POST /create_account answered 422"), "{rejected}");
    let denied = create(&*connector, &who).await.unwrap_err();
    assert!(denied.to_string().contains("the portal's own credentials"), "{denied}");
    assert_eq!(create(&*connector, &who).await.unwrap_err().class(), Class::Unknown);
    assert_eq!(connector.delete(&who).await.unwrap_err().class(), Class::Transient);
}

#[tokio::test]
async fn the_sandbox_is_a_service_whose_logins_can_be_checked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(crate::sandbox::serve(listener, crate::sandbox::SandboxOptions::default()));
    let login = json!({ "username": "{{ username }}", "password": "{{ password }}" });
    let connector =
        connector(&base, json!({ "verify": { "request": "POST /login", "auth": "none", "json": login } }));
    let who = identity();

    assert_eq!(connector.verify(&who).await.unwrap().outcome, Verification::Denied);
    assert_eq!(create(&*connector, &who).await.unwrap().outcome, Creation::Created);
    assert_eq!(connector.verify(&who).await.unwrap().outcome, Verification::Ok);
    assert_eq!(create(&*connector, &who).await.unwrap().outcome, Creation::Exists);
    assert_eq!(connector.delete(&who).await.unwrap().outcome, Removal::Ok);
    assert_eq!(connector.verify(&who).await.unwrap().outcome, Verification::Denied);
    assert_eq!(connector.delete(&who).await.unwrap().outcome, Removal::Absent);
}
