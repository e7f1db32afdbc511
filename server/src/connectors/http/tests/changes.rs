//! Resetting, disabling and enabling an account, and looking whether it is
//! gone.

use domain::{secret::Secret, service::Capability};

use super::*;

/// One of the four calls, with what it comes to in words.
async fn call(connector: &dyn Connector, operation: &str) -> Result<String, ConnectorError> {
    let who = identity();
    Ok(match operation {
        "reset" => format!("{:?}", connector.reset(&who).await?.outcome),
        "disable" => format!("{:?}", connector.disable(&who).await?.outcome),
        "enable" => format!("{:?}", connector.enable(&who).await?.outcome),
        "gone" => format!("{:?}", connector.gone(&who).await?.outcome),
        unknown => panic!("{unknown}"),
    })
}

const OPERATIONS: [&str; 4] = ["reset", "disable", "enable", "gone"];

#[tokio::test]
async fn each_operation_makes_its_own_call() {
    let target = Target::answering([200, 204, 200, 200].map(status)).await;
    let connector = connector(&target.url(), operations());
    let who = Identity { password: Secret::new("the-new-one".to_owned()), ..identity() };

    let reset = connector.reset(&who).await.unwrap();
    assert_eq!((reset.outcome, reset.call.operation), (Change::Done, Capability::Reset));
    assert_eq!(reset.call.what, "PUT /accounts/test_abcdefgh/password");
    assert_eq!(connector.disable(&who).await.unwrap().outcome, Change::Done);
    assert_eq!(connector.enable(&who).await.unwrap().outcome, Change::Done);
    let there = connector.gone(&who).await.unwrap();
    assert_eq!((there.outcome, there.call.operation), (Presence::Present, Capability::Gone));

    let seen = target.seen();
    assert_eq!(seen[0].body, r#"{"password":"the-new-one"}"#);
    let lines: Vec<_> = seen.iter().map(|seen| seen.line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "PUT /accounts/test_abcdefgh/password",
            "POST /accounts/test_abcdefgh/disable",
            "POST /accounts/test_abcdefgh/enable",
            "GET /accounts/test_abcdefgh",
        ]
    );
}

#[tokio::test]
async fn an_account_that_is_not_there_is_an_answer() {
    let target = Target::answering([404, 410, 404, 410].map(status)).await;
    let connector = connector(&target.url(), operations());
    let mut outcomes = Vec::new();
    for operation in OPERATIONS {
        outcomes.push(call(&*connector, operation).await.unwrap());
    }
    assert_eq!(outcomes, ["Absent", "Absent", "Absent", "Gone"]);
}

#[tokio::test]
async fn failures_say_which_operation_failed_and_what_happens_next() {
    for (operation, answered_500, next) in [
        ("reset", Class::Unknown, "It may have been done; it will be done again to be sure."),
        ("disable", Class::Unknown, "It may have been done; it will be done again to be sure."),
        ("enable", Class::Unknown, "It may have been done; it will be done again to be sure."),
        ("gone", Class::Transient, "It will be tried again until the account is proven gone."),
    ] {
        let busy = (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "7")]).into_response();
        let target = Target::answering([busy, status(401), status(500)]).await;
        let connector = connector(&target.url(), operations());
        let busy = call(&*connector, operation).await.unwrap_err();
        assert_eq!((busy.class(), busy.retry_after()), (Class::Transient, Some(Duration::from_secs(7))));
        assert!(!busy.is_unanswered(), "it says when to come back, so it is there");
        assert_eq!(<&str>::from(busy.operation()), operation);
        let denied = call(&*connector, operation).await.unwrap_err();
        assert!(matches!(denied, ConnectorError::Denied { .. }), "{denied}");
        let broken = call(&*connector, operation).await.unwrap_err();
        assert_eq!(broken.class(), answered_500);
        assert!(broken.to_string().ends_with(next), "{broken}");
    }
}

#[tokio::test]
async fn rules_of_one_s_own_come_before_the_usual_ones() {
    let rules = json!([
        { "status": 200, "pointer": "/result", "equals": "no such user", "outcome": "absent" },
        { "status": 200, "pointer": "/result", "equals": "done", "outcome": "ok" },
    ]);
    let mut operations = operations();
    for operation in OPERATIONS {
        operations[operation]["rules"] = rules.clone();
    }
    let result = |text: &str| axum::Json(json!({ "result": text })).into_response();
    for (operation, done, absent) in [
        ("reset", "Done", "Absent"),
        ("disable", "Done", "Absent"),
        ("enable", "Done", "Absent"),
        ("gone", "Present", "Gone"),
    ] {
        let answers = [result("done"), result("no such user"), result("perhaps"), status(404)];
        let target = Target::answering(answers).await;
        let connector = connector(&target.url(), operations.clone());
        assert_eq!(call(&*connector, operation).await.unwrap(), done);
        assert_eq!(call(&*connector, operation).await.unwrap(), absent);
        let error = call(&*connector, operation).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Unknown { .. }), "{operation}: {error}");
        assert_eq!(call(&*connector, operation).await.unwrap(), absent, "which 404 usually means");
    }
}

#[tokio::test]
async fn hostile_values_stay_where_they_were_put() {
    let target = Target::answering([200, 200, 200, 200].map(status)).await;
    let http = json!({
        "reset": {
            "request": "PUT /u/{{ username }}/password",
            "form": { "password": "{{ password }}", "again": "{{ password }}" },
        },
        "disable": { "request": "PATCH /u/{{ username }}", "json": { "name": "{{ username }}", "active": false } },
        "enable": { "request": "PATCH /u/{{ username }}", "json": { "name": "{{ username }}", "active": true } },
        "gone": { "request": "GET /u?filter=userName%20eq%20%22{{ username }}%22" },
    });
    let connector = connector(&target.url(), http);
    let hostile = "a\"&/..b=2#?{{ secret }}";
    let who = Identity {
        username: hostile.to_owned(),
        password: Secret::new("&x=1\" {{ username }}".to_owned()),
        ..identity()
    };
    connector.reset(&who).await.unwrap();
    connector.disable(&who).await.unwrap();
    connector.enable(&who).await.unwrap();
    connector.gone(&who).await.unwrap();

    let seen = target.seen();
    let encoded = "a%22%26%2F..b%3D2%23%3F%7B%7B%20secret%20%7D%7D";
    assert_eq!(seen[0].line, format!("PUT /u/{encoded}/password"));
    let form: Vec<_> = url::form_urlencoded::parse(seen[0].body.as_bytes()).into_owned().collect();
    let password = who.password.expose().to_owned();
    assert_eq!(form, [("again".to_owned(), password.clone()), ("password".to_owned(), password)]);
    for (seen, active) in [(&seen[1], false), (&seen[2], true)] {
        assert_eq!(seen.line, format!("PATCH /u/{encoded}"));
        let body: Value = serde_json::from_str(&seen.body).unwrap();
        assert_eq!(body, json!({ "name": hostile, "active": active }));
    }
    assert_eq!(seen[3].line, format!("GET /u?filter=userName%20eq%20%22{encoded}%22"));
}

#[tokio::test]
async fn a_reset_may_tell_the_account_s_id_anew() {
    let mut operations = operations();
    operations["reset"]["capture"] = json!({ "remote_id": "/id" });
    let answers = [axum::Json(json!({ "id": 43 })).into_response(), status(204)];
    let target = Target::answering(answers).await;
    let connector = connector(&target.url(), operations);
    assert_eq!(connector.reset(&identity()).await.unwrap().remote_id.as_deref(), Some("43"));
    let silent = connector.reset(&identity()).await.unwrap();
    assert_eq!((silent.outcome, silent.remote_id), (Change::Done, None));
}

#[tokio::test]
async fn the_new_password_is_never_told() {
    let mut operations = operations();
    operations["reset"]["request"] = json!("POST /reset/{{ username }}/{{ password }}");
    operations["reset"]["rules"] = json!([{ "pointer": "/set", "equals": true, "outcome": "ok" }]);
    let answer = axum::Json(json!({ "set": "s3cret-Passw0rd" })).into_response();
    let target = Target::answering([answer]).await;
    let error = connector(&target.url(), operations).reset(&identity()).await.unwrap_err();
    assert!(!error.to_string().contains("s3cret"), "{error}");
    assert!(error.to_string().contains("(withheld, as it holds a secret)"), "{error}");
}

#[tokio::test]
async fn what_the_guard_forbids_or_nobody_declared_is_not_sent() {
    let target = Target::answering([]).await;
    let table = json!({
        "slug": "orders", "environment": "test", "base_url": target.url(), "connector": "article",
        "http": operations(),
    });
    let settings = GuardSettings { environments: vec!["dev".to_owned()], ..GuardSettings::default() };
    let guarded = connector_with(table, settings);
    let bare = connector(&target.url(), json!({}));
    for operation in OPERATIONS {
        let error = call(&*guarded, operation).await.unwrap_err();
        assert!(matches!(error, ConnectorError::Guarded { .. }), "{error}");
        let error = call(&*bare, operation).await.unwrap_err();
        assert!(matches!(error, ConnectorError::NotOffered(_)), "{error}");
        assert!(error.to_string().contains(&format!("has no `{operation}`")), "{error}");
    }
    assert!(target.seen().is_empty());
}

#[tokio::test]
async fn the_sandbox_s_accounts_can_be_reset_disabled_and_seen_to_be_gone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(crate::sandbox::serve(listener, crate::sandbox::SandboxOptions::default()));
    let mut operations = operations();
    operations["verify"] = json!({
        "request": "POST /login",
        "json": { "username": "{{ username }}", "password": "{{ password }}" },
    });
    let connector = connector(&base, operations);
    let (old, new) = (identity(), Identity { password: Secret::new("another".to_owned()), ..identity() });
    let login = async |who| connector.verify(who).await.unwrap().outcome;

    assert_eq!(connector.gone(&old).await.unwrap().outcome, Presence::Gone);
    assert_eq!(connector.reset(&new).await.unwrap().outcome, Change::Absent);
    create(&*connector, &old).await.unwrap();
    assert_eq!(connector.gone(&old).await.unwrap().outcome, Presence::Present);
    assert_eq!(connector.reset(&new).await.unwrap().outcome, Change::Done);
    assert_eq!((login(&old).await, login(&new).await), (Verification::Denied, Verification::Ok));
    assert_eq!(connector.disable(&new).await.unwrap().outcome, Change::Done);
    assert_eq!(login(&new).await, Verification::Denied);
    assert_eq!(connector.enable(&new).await.unwrap().outcome, Change::Done);
    assert_eq!(login(&new).await, Verification::Ok);
    connector.delete(&new).await.unwrap();
    assert_eq!(connector.gone(&new).await.unwrap().outcome, Presence::Gone);
    assert_eq!(connector.enable(&new).await.unwrap().outcome, Change::Absent);
}
