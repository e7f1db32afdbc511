//! Operations of several steps: what later ones know, and how they are taken
//! back.

use super::*;

/// A user, and then a place in a group; each taken back should the next fail.
fn with_a_group() -> Value {
    json!({
        "create": { "steps": [
            {
                "request": "GET /users/{{ username }}",
                "rules": [{ "status": 404, "outcome": "ok" }, { "status": 200, "outcome": "exists" }],
            },
            {
                "request": "POST /users",
                "json": { "name": "{{ username }}", "pass": "{{ password }}" },
                "capture": { "remote_id": "/id", "etag": { "header": "etag", "matches": "\"(.+)\"" } },
                "undo": { "request": "DELETE /users/{{ remote_id }}", "headers": { "If-Match": "{{ etag }}" } },
            },
            {
                "request": "PUT /groups/testers/{{ remote_id }}",
                "undo": { "request": "DELETE /groups/testers/{{ remote_id }}" },
            },
            { "request": "POST /mail", "form": { "to": "{{ email }}" } },
        ] },
        "delete": { "request": "DELETE /users/{{ remote_id }}" },
    })
}

fn user(id: u64) -> Response {
    (StatusCode::CREATED, [(header::ETAG, "\"v1\"")], axum::Json(json!({ "id": id }))).into_response()
}

fn lines(target: &Target) -> Vec<String> {
    target.seen().into_iter().map(|seen| seen.line).collect()
}

#[tokio::test]
async fn later_steps_know_what_earlier_ones_were_told() {
    let target = Target::answering([status(404), user(7), status(204), status(202)]).await;
    let created = create(&*connector(&target.url(), with_a_group()), &identity()).await.unwrap();
    assert_eq!((created.outcome, created.remote_id.as_deref()), (Creation::Created, Some("7")));
    assert_eq!(created.call.what, "POST /users", "the step that created it stands for the whole");
    assert_eq!(
        lines(&target),
        ["GET /users/test_abcdefgh", "POST /users", "PUT /groups/testers/7", "POST /mail"]
    );
}

#[tokio::test]
async fn a_step_that_fails_has_those_before_it_taken_back_in_reverse() {
    let answers = [status(404), user(7), status(204), status(422), status(204), status(500)];
    let target = Target::answering(answers).await;
    let error = create(&*connector(&target.url(), with_a_group()), &identity()).await.unwrap_err();
    assert_eq!(error.class(), Class::Permanent);
    assert_eq!(lines(&target)[4..], ["DELETE /groups/testers/7", "DELETE /users/7"]);
    let told = error.to_string();
    assert!(told.contains("POST /mail answered 422"), "{told}");
    assert!(told.contains("taken back: DELETE /groups/testers/7 answered 204"), "{told}");
    assert!(told.contains("DELETE /users/7 answered 500"), "{told}");
}

#[tokio::test]
async fn what_may_have_been_done_is_taken_back_too() {
    let target = Target::answering([status(404), user(7), status(500), status(204), status(204)]).await;
    let error = create(&*connector(&target.url(), with_a_group()), &identity()).await.unwrap_err();
    assert_eq!(error.class(), Class::Unknown);
    assert_eq!(lines(&target)[3..], ["DELETE /groups/testers/7", "DELETE /users/7"]);
}

#[tokio::test]
async fn a_stranger_s_name_ends_the_creation_before_anything_is_overwritten() {
    let target = Target::answering([status(200)]).await;
    let met = create(&*connector(&target.url(), with_a_group()), &identity()).await.unwrap();
    assert_eq!(met.outcome, Creation::Exists);
    assert_eq!(lines(&target).len(), 1);
}

#[tokio::test]
async fn a_name_of_ours_is_brought_through_the_remaining_steps() {
    let mut http = with_a_group();
    http["gone"] = json!({
        "request": "GET /users", "query": { "name": "{{ username }}" },
        "capture": { "remote_id": "/0/id" },
        "rules": [
            { "status": 200, "pointer": "/0", "outcome": "exists" },
            { "status": 200, "outcome": "absent" },
        ],
    });
    let found = || axum::Json(json!([{ "id": 7, "name": "test_abcdefgh" }])).into_response();
    let answers = [status(200), status(409), found(), status(409), status(200)];
    let target = Target::answering(answers).await;
    let connector = connector(&target.url(), http);
    let met = connector.create(&identity(), Name::Ours).await.unwrap();
    assert_eq!((met.outcome, met.remote_id.as_deref()), (Creation::Exists, Some("7")));
    assert_eq!(
        lines(&target)[2..],
        ["GET /users?name=test_abcdefgh", "PUT /groups/testers/7", "POST /mail"],
        "the id that got lost is found again"
    );
}

#[tokio::test]
async fn a_step_is_left_out_when_its_condition_does_not_hold() {
    let http = json!({ "delete": { "steps": [
        { "request": "GET /find/{{ username }}", "when": "remote_id is not defined", "capture": { "remote_id": "/id" } },
        { "request": "DELETE /users/{{ remote_id }}" },
    ] } });
    let found = axum::Json(json!({ "id": 7 })).into_response();
    let target = Target::answering([status(204), found, status(204), status(404)]).await;
    let connector = connector(&target.url(), http);
    let known = Identity { remote_id: Some("5".to_owned()), ..identity() };
    assert_eq!(connector.delete(&known).await.unwrap().outcome, Removal::Ok);
    assert_eq!(connector.delete(&identity()).await.unwrap().outcome, Removal::Ok);
    assert_eq!(
        connector.delete(&identity()).await.unwrap().outcome,
        Removal::Absent,
        "not found, so not there"
    );
    assert_eq!(
        lines(&target),
        ["DELETE /users/5", "GET /find/test_abcdefgh", "DELETE /users/7", "GET /find/test_abcdefgh"]
    );
}

#[tokio::test]
async fn parts_that_are_gone_already_do_not_keep_the_rest_from_being_deleted() {
    let http = json!({ "delete": { "steps": [
        { "request": "DELETE /tokens/{{ username }}" },
        { "request": "DELETE /users/{{ username }}" },
    ] } });
    let target = Target::answering([404, 204, 404, 404].map(status)).await;
    let connector = connector(&target.url(), http);
    assert_eq!(connector.delete(&identity()).await.unwrap().outcome, Removal::Ok);
    assert_eq!(connector.delete(&identity()).await.unwrap().outcome, Removal::Absent);
    assert_eq!(target.seen().len(), 4);
}

#[tokio::test]
async fn a_login_may_be_proven_by_what_it_opens() {
    let http = json!({ "verify": { "steps": [
        {
            "request": "POST /session", "auth": "none",
            "form": { "user": "{{ username }}", "pass": "{{ password }}" },
            "capture": { "session": { "header": "set-cookie", "matches": "^sid=([^;]+)" } },
        },
        { "request": "GET /me", "auth": { "headers": { "Cookie": "sid={{ session }}" } } },
    ] } });
    let cookies = [(header::SET_COOKIE, "lang=en"), (header::SET_COOKIE, "sid=c00kie; HttpOnly")];
    let session = (axum::response::AppendHeaders(cookies), "").into_response();
    let target = Target::answering([session, status(200), status(401)]).await;
    let connector = connector(&target.url(), http);
    assert_eq!(connector.verify(&identity()).await.unwrap().outcome, Verification::Ok);
    assert_eq!(connector.verify(&identity()).await.unwrap().outcome, Verification::Denied);
    assert_eq!(target.seen()[1].cookie.as_deref(), Some("sid=c00kie"));
}

#[tokio::test]
async fn what_the_service_makes_itself_takes_the_password_s_place() {
    let http = json!({
        "create": { "steps": [
            { "request": "POST /users/{{ username }}" },
            { "request": "POST /users/{{ username }}/tokens", "capture": { "password": "/token" } },
        ] },
        "verify": { "request": "GET /me", "auth": { "bearer": "{{ password }}", "scheme": "token" } },
    });
    let token = || axum::Json(json!({ "token": "t0ken" })).into_response();
    let none = axum::Json(json!({ "token": null })).into_response();
    let target = Target::answering([status(201), token(), status(200), status(201), none, status(200)]).await;
    let connector = connector(&target.url(), http);
    let created = create(&*connector, &identity()).await.unwrap();
    let own_secret = created.password;
    assert_eq!(own_secret.as_ref().map(|secret| secret.expose()), Some("t0ken"));
    connector.verify(&Identity { own_secret, ..identity() }).await.unwrap();
    assert_eq!(target.seen()[2].authorization.as_deref(), Some("token t0ken"));
    let error = create(&*connector, &identity()).await.unwrap_err();
    assert_eq!(error.class(), Class::Unknown, "without it nobody could sign in: {error}");
}

#[tokio::test]
async fn what_was_captured_is_never_shown() {
    let http = json!({ "create": { "steps": [
        { "request": "POST /users/{{ username }}", "capture": { "ticket": "/ticket" } },
        {
            "request": "POST /confirm/{{ ticket }}",
            "rules": [{ "status": 200, "pointer": "/state", "equals": "done", "outcome": "ok" }],
        },
    ] } });
    let ticket = axum::Json(json!({ "ticket": "t1cket" })).into_response();
    let echo = axum::Json(json!({ "state": "t1cket is used" })).into_response();
    let target = Target::answering([ticket, echo]).await;
    let error = create(&*connector(&target.url(), http), &identity()).await.unwrap_err();
    assert_eq!(target.seen()[1].line, "POST /confirm/t1cket");
    assert!(!error.to_string().contains("t1cket"), "{error}");
    assert!(error.to_string().contains("POST /confirm/{{ ticket }} answered 200"), "{error}");
}

#[tokio::test]
async fn a_step_may_go_to_another_host_but_the_service_s_credentials_do_not() {
    let (admin, public) = (Target::answering([status(201)]).await, Target::answering([status(200)]).await);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "t0ken").unwrap();
    let reference = format!("file:{}", folder.path().join("token").display());
    let table = json!({
        "slug": "o", "environment": "test", "base_url": admin.url(), "connector": "article", "secret": reference,
        "http": {
            "auth": { "bearer": "{{ secret }}" },
            "verify": {
                "request": format!("POST {}/login/{{{{ username }}}}", public.url()),
                "json": { "pass": "{{ password }}" },
            },
        },
    });
    let settings = GuardSettings { allowed_secrets: vec![reference], ..GuardSettings::default() };
    let connector = connector_with(table, settings);
    create(&*connector, &identity()).await.unwrap();
    let verified = connector.verify(&identity()).await.unwrap();
    assert_eq!(verified.call.what, format!("POST {}/login/test_abcdefgh", public.url()));
    assert_eq!(admin.seen()[0].authorization.as_deref(), Some("Bearer t0ken"));
    assert_eq!(public.seen()[0].authorization, None);
}

#[tokio::test]
async fn a_step_that_cannot_be_sent_leaves_it_unknown_what_an_earlier_one_made() {
    let http = json!({ "create": { "steps": [
        { "request": "POST /users", "json": { "name": "{{ username }}", "p": "{{ password }}" }, "capture": { "key": "/key" } },
        { "request": "PUT /keys/{{ key }}" },
    ] } });
    let target = Target::answering([user(7)]).await;
    let error = create(&*connector(&target.url(), http), &identity()).await.unwrap_err();
    assert_eq!(error.class(), Class::Unknown, "{error}");
    assert_eq!(error.call().unwrap().what, "POST /users");
    assert!(error.left().unwrap().wrote);
    assert!(error.to_string().contains("the next step was not sent"), "{error}");
    assert_eq!(lines(&target), ["POST /users"]);
}

#[tokio::test]
async fn a_step_that_only_asks_by_post_is_not_the_one_that_creates() {
    let http = json!({ "create": { "steps": [
        { "request": "POST /tenants/search", "capture": { "tenant": "/id" } },
        { "request": "POST /users?tenant={{ tenant }}", "capture": { "remote_id": "/id" },
          "json": { "name": "{{ username }}", "p": "{{ password }}" } },
    ] } });
    let tenant = || axum::Json(json!({ "id": "tenant-12" })).into_response();
    let target = Target::answering([tenant(), user(7), tenant(), status(409), tenant(), status(201)]).await;
    let connector = connector(&target.url(), http);
    let created = create(&*connector, &identity()).await.unwrap();
    assert_eq!((created.outcome, created.call.what.as_str()), (Creation::Created, "POST /users"));
    let taken = create(&*connector, &identity()).await.unwrap();
    assert_eq!(taken.outcome, Creation::Exists, "the name is a stranger's");
    let error = create(&*connector, &identity()).await.unwrap_err();
    assert!(error.to_string().contains("id is missing at /id"), "{error}");
}

#[tokio::test]
async fn an_id_out_of_a_list_counts_only_where_its_entry_shows_the_name() {
    let http = json!({
        "gone": {
            "request": "GET /users?name={{ username }}", "capture": { "remote_id": "/0/id" },
            "rules": [{ "pointer": "/0", "outcome": "exists" }, { "outcome": "absent" }],
        },
        "delete": { "request": "DELETE /users/{{ remote_id }}" },
    });
    let list =
        |name: &str| axum::Json(json!([{ "id": 1, "login": { "name": name } }, { "id": 9 }])).into_response();
    let target = Target::answering([list("admin"), list("Test_abcdefgh"), status(204)]).await;
    let connector = connector(&target.url(), http);
    let who = Identity { remote_id: None, ..identity() };
    let error = connector.delete(&who).await.unwrap_err();
    assert!(error.to_string().contains("the entry at /0 does not show the name test_abcdefgh"), "{error}");
    connector.delete(&who).await.unwrap();
    assert_eq!(lines(&target).last().unwrap(), "DELETE /users/1");
}

#[tokio::test]
async fn a_rule_never_shows_what_is_captured_where_it_looks() {
    let http = json!({ "create": {
        "request": "POST /users", "json": { "name": "{{ username }}" }, "capture": { "password": "/api_key" },
        "rules": [{ "pointer": "/api_key", "matches": "^sk-", "outcome": "created" }],
    } });
    let made = axum::Json(json!({ "api_key": "sk-0123456789" })).into_response();
    let target = Target::answering([made]).await;
    let created = create(&*connector(&target.url(), http), &identity()).await.unwrap();
    let told = created.call.to_string();
    assert!(!told.contains("sk-0123456789") && told.contains("withheld"), "{told}");
}

#[tokio::test]
async fn a_rule_that_only_asks_whether_something_is_there_does_not_show_it() {
    let http = json!({ "verify": {
        "request": "POST /login", "json": { "name": "{{ username }}", "password": "{{ password }}" },
        "rules": [{ "pointer": "/token", "outcome": "ok" }, { "header": { "name": "x-error" }, "outcome": "denied" }],
    } });
    let answers = [
        axum::Json(json!({ "token": "eyJ0b2tlbg" })).into_response(),
        ([("x-error", "eyJ0b2tlbg")], "{}").into_response(),
    ];
    let target = Target::answering(answers).await;
    let connector = connector(&target.url(), http);
    let told = [
        connector.verify(&identity()).await.unwrap().call.to_string(),
        connector.verify(&identity()).await.unwrap().call.to_string(),
    ];
    assert!(told[0].contains("/token is there") && told[1].contains("x-error is there"), "{told:?}");
    assert!(told.iter().all(|told| !told.contains("eyJ0b2tlbg")), "{told:?}");
}

#[tokio::test]
async fn a_service_that_ignores_the_filter_leads_no_step_to_a_stranger() {
    let http = |capture: &str| {
        json!({
            "create": { "request": "POST /users", "json": { "name": "{{ username }}", "p": "{{ password }}" } },
            "delete": { "steps": [
                { "request": "GET /users", "query": { "login": "{{ username }}" }, "capture": { capture: "/0/id" } },
                { "request": format!("DELETE /users/{{{{ {capture} }}}}") },
            ] },
        })
    };
    for capture in ["remote_id", "user"] {
        let everybody = axum::Json(json!([{ "id": 1, "login": "admin" }, { "id": 2 }])).into_response();
        let found = axum::Json(json!([{ "id": 7, "login": "test_abcdefgh" }])).into_response();
        let target = Target::answering([everybody, found, status(204)]).await;
        let connector = connector(&target.url(), http(capture));
        // Also where the id is known: the look would replace it.
        let who = Identity { remote_id: Some("7".to_owned()), ..identity() };
        let error = connector.delete(&who).await.unwrap_err();
        assert!(error.what().contains("does not show the name test_abcdefgh"), "{}", error.what());
        assert_eq!(lines(&target), ["GET /users?login=test_abcdefgh"], "nothing was deleted");
        connector.delete(&who).await.unwrap();
        assert_eq!(lines(&target).last().unwrap(), "DELETE /users/7");
    }
}

#[tokio::test]
async fn what_is_picked_out_of_a_list_and_is_no_account_needs_not_show_its_name() {
    let http = json!({ "create": { "steps": [
        { "request": "GET /roles", "query": { "name": "tester" }, "capture": { "role": "/0/id" } },
        { "request": "POST /users", "json": { "name": "{{ username }}", "p": "{{ password }}", "role": "{{ role }}" },
          "capture": { "remote_id": "/id" } },
        { "request": "PUT /users/{{ remote_id }}/roles/{{ role }}" },
    ] } });
    let roles = axum::Json(json!([{ "id": 3, "name": "tester" }])).into_response();
    let target = Target::answering([roles, user(7), status(204)]).await;
    create(&*connector(&target.url(), http), &identity()).await.unwrap();
    assert_eq!(lines(&target).last().unwrap(), "PUT /users/7/roles/3");
}

#[tokio::test]
async fn what_takes_a_step_back_is_left_out_where_its_condition_does_not_hold() {
    let http = |when: &str| {
        json!({ "create": { "steps": [
        { "request": "POST /users", "json": { "name": "{{ username }}", "p": "{{ password }}" },
          "undo": { "request": "DELETE /users/{{ username }}", "when": when } },
        { "request": "POST /groups" },
    ] } })
    };
    for (when, calls) in [("attributes.team == 'blue'", 3), ("attributes.team == 'red'", 2)] {
        let target = Target::answering([status(201), status(400), status(204)]).await;
        create(&*connector(&target.url(), http(when)), &identity()).await.unwrap_err();
        assert_eq!(lines(&target).len(), calls, "{when}");
    }
}

#[tokio::test]
async fn a_step_that_creates_by_get_counts_as_done() {
    let http = json!({ "create": { "steps": [
        { "request": "GET /createUser?u={{ username }}&p={{ password }}",
          "rules": [{ "status": 200, "outcome": "created" }] },
        { "request": "POST /groups", "json": { "name": "{{ username }}" } },
    ] } });
    let target = Target::answering([status(200), status(403)]).await;
    let error = create(&*connector(&target.url(), http), &identity()).await.unwrap_err();
    assert!(error.left().is_some_and(|left| left.wrote), "{error:?}");
}

#[tokio::test]
async fn a_short_value_that_was_captured_may_stand_within_an_id() {
    let http = json!({ "create": { "steps": [
        { "request": "POST /orgs/find", "capture": { "org": "/id" } },
        { "request": "POST /orgs/{{ org }}/users", "json": { "name": "{{ username }}", "p": "{{ password }}" },
          "capture": { "remote_id": "/id" } },
    ] } });
    let target = Target::answering([user(1), user(4711)]).await;
    let created = create(&*connector(&target.url(), http), &identity()).await.unwrap();
    assert_eq!(created.remote_id.as_deref(), Some("4711"));
}

/// An account whose id nobody knows.
fn lost() -> Identity {
    Identity { remote_id: None, ..identity() }
}

#[tokio::test]
async fn whoever_is_found_has_to_show_the_name_in_whatever_form_the_answer_is() {
    let lookup = |capture: Value| {
        json!({
            "create": { "request": "POST /users", "json": { "name": "{{ username }}", "p": "{{ password }}" } },
            "gone": { "request": "GET /lookup", "query": { "login": "{{ username }}" }, "capture": { "remote_id": capture } },
            "delete": { "request": "DELETE /users/{{ remote_id }}" },
        })
    };
    let json_of = |user: Value| axum::Json(user).into_response();
    let by_regex = json!({ "body": true, "matches": "<id>(.+?)</id>" });
    let xml = |names: &[&str]| {
        let users: String =
            names.iter().map(|name| format!("<u><id>{name}-1</id><n>{name}</n></u>")).collect();
        users.into_response()
    };
    for (capture, stranger, ours, id) in [
        (
            json!("/id"),
            json_of(json!({ "id": 1, "login": "admin" })),
            json_of(json!({ "id": 7, "login": "TEST_abcdefgh" })),
            "7",
        ),
        (
            json!("/data/user/id"),
            json_of(json!({ "data": { "user": { "id": 1, "login": "admin" } } })),
            json_of(json!({ "data": { "user": { "id": 7, "login": "test_abcdefgh" } } })),
            "7",
        ),
        (by_regex.clone(), xml(&["admin"]), xml(&["test_abcdefgh"]), "test_abcdefgh-1"),
        (by_regex, xml(&["admin", "test_abcdefgh"]), xml(&["test_abcdefgh"]), "test_abcdefgh-1"),
    ] {
        let target = Target::answering([stranger, ours, status(204)]).await;
        let connector = connector(&target.url(), lookup(capture.clone()));
        let error = connector.delete(&lost()).await.unwrap_err();
        assert!(error.what().contains("may be somebody else's"), "{capture}: {}", error.what());
        assert_eq!(target.seen().len(), 1, "{capture}: nothing was deleted");
        connector.delete(&lost()).await.unwrap();
        assert_eq!(lines(&target).last().unwrap(), &format!("DELETE /users/{id}"));
    }
}

#[tokio::test]
async fn an_answer_to_whom_the_path_names_needs_not_repeat_the_name() {
    let http = json!({
        "create": { "request": "POST /users", "json": { "name": "{{ username }}", "p": "{{ password }}" } },
        "gone": { "request": "GET /users/by-name/{{ username }}", "capture": { "remote_id": "/id" } },
        "delete": { "request": "DELETE /users/{{ remote_id }}" },
    });
    let target = Target::answering([user(7), status(204)]).await;
    connector(&target.url(), http).delete(&lost()).await.unwrap();
    assert_eq!(lines(&target), ["GET /users/by-name/test_abcdefgh", "DELETE /users/7"]);
}

#[tokio::test]
async fn nothing_is_what_null_says() {
    let http = json!({ "create": {
        "request": "POST /rpc", "json": { "name": "{{ username }}", "p": "{{ password }}", "ttl": "{{ none }}" },
        "rules": [
            { "status": 200, "pointer": "/error", "outcome": "rejected" },
            { "status": 200, "outcome": "created" },
        ],
    } });
    let answers = [json!({ "error": null, "result": 1 }), json!({ "error": { "code": 3 }, "result": null })];
    let target = Target::answering(answers.map(|answer| axum::Json(answer).into_response())).await;
    let connector = connector(&target.url(), http);
    assert_eq!(create(&*connector, &identity()).await.unwrap().outcome, Creation::Created);
    assert!(matches!(create(&*connector, &identity()).await, Err(ConnectorError::Rejected { .. })));
    let sent: Value = serde_json::from_str(&target.seen()[0].body).unwrap();
    assert_eq!(sent["ttl"], Value::Null);
}

#[tokio::test]
async fn an_id_that_is_too_large_to_be_read_whole_is_none() {
    let http = json!({ "create": {
        "request": "POST /users", "json": { "name": "{{ username }}", "p": "{{ password }}" },
        "capture": { "remote_id": "/id" },
    } });
    for (id, known) in [("12345678901234567890123", false), ("1.5", false), ("18446744073709551615", true)] {
        let target = Target::answering([format!("{{\"id\":{id}}}").into_response()]).await;
        let created = create(&*connector(&target.url(), http.clone()), &identity()).await;
        assert_eq!(created.is_ok_and(|created| created.remote_id.as_deref() == Some(id)), known, "{id}");
    }
}

#[tokio::test]
async fn one_that_is_there_already_needs_not_tell_its_credential_again() {
    let http = json!({ "create": {
        "request": "POST /users", "json": { "name": "{{ username }}" }, "capture": { "password": "/token" },
    } });
    let target = Target::answering([status(409)]).await;
    let connector = connector(&target.url(), http);
    let answer = connector.create(&identity(), Name::Ours).await.unwrap();
    assert_eq!((answer.outcome, answer.password), (Creation::Exists, None));
}
