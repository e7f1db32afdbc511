//! The accounts that a service lists, and whether it is a test target at all.

use super::*;

fn listing(list: Value) -> Value {
    json!({ "list": list })
}

fn names(page: &[&str]) -> Response {
    let users: Vec<_> = page.iter().map(|name| json!({ "name": name, "id": format!("id-{name}") })).collect();
    axum::Json(json!({ "users": users, "total": 3 })).into_response()
}

fn lines(target: &Target) -> Vec<String> {
    target.seen().into_iter().map(|seen| seen.line).collect()
}

async fn listed(connector: &dyn Connector) -> Vec<String> {
    let listing = connector.list("test_").await.unwrap();
    listing.accounts.into_iter().map(|listed| listed.username).collect()
}

#[tokio::test]
async fn a_list_is_filtered_again_on_our_side() {
    let target = Target::answering([names(&["test_b", "admin", "test_a"])]).await;
    let list = json!({
        "request": "GET /users", "query": { "q": "{{ prefix }}" },
        "items": "/users", "username": "/name", "remote_id": "/id",
    });
    let listing = connector(&target.url(), listing(list)).list("test_").await.unwrap();
    let found: Vec<_> =
        listing.accounts.iter().map(|one| (one.username.as_str(), one.remote_id.as_deref())).collect();
    assert_eq!(found, [("test_a", Some("id-test_a")), ("test_b", Some("id-test_b"))]);
    assert_eq!(lines(&target), ["GET /users?q=test_"]);
}

#[tokio::test]
async fn names_and_ids_are_taken_out_of_longer_texts() {
    let rows = json!({ "rows": [
        { "id": "org.couchdb.user:test_a", "href": "/users/7" },
        { "id": "_design/auth", "href": "/design/1" },
    ] });
    let list = json!({
        "request": "GET /_users", "items": "/rows",
        "username": { "pointer": "/id", "matches": "^org\\.couchdb\\.user:(.+)$" },
        "remote_id": { "pointer": "/href", "matches": "([^/]+)$" },
    });
    let target = Target::answering([axum::Json(rows).into_response()]).await;
    let found = connector(&target.url(), listing(list)).list("test_").await.unwrap().accounts;
    let found: Vec<_> = found.iter().map(|one| (one.username.as_str(), one.remote_id.as_deref())).collect();
    assert_eq!(found, [("test_a", Some("7"))]);

    // A page on which no name fits is no page that was there before.
    let page = |ids: &[&str]| {
        axum::Json(json!({ "rows": ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() }))
    };
    let list = json!({
        "request": "GET /_users", "items": "/rows", "pages": { "by": "page" },
        "username": { "pointer": "/id", "matches": "^user:(.+)$" },
    });
    let pages = [page(&["_design/a"]), page(&["_design/b"]), page(&["user:test_c"]), page(&[])];
    let target = Target::answering(pages.map(IntoResponse::into_response)).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list))).await, ["test_c"]);

    // The keys of an object are names too.
    let keys = json!({ "user:test_b": {}, "role:admin": {} });
    let list = json!({ "request": "GET /keys", "username": { "matches": "^user:(.+)$" } });
    let target = Target::answering([axum::Json(keys).into_response()]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list))).await, ["test_b"]);
}

#[tokio::test]
async fn pages_are_turned_in_the_way_that_the_service_knows() {
    let pages = |pages: Value| {
        listing(json!({ "request": "GET /users", "items": "/users", "username": "/name", "pages": pages }))
    };
    for (how, turned) in [
        (
            json!({ "by": "offset", "size_param": "limit", "size": 2 }),
            &["GET /users?limit=2&offset=0", "GET /users?limit=2&offset=2", "GET /users?limit=2&offset=3"][..],
        ),
        (json!({ "by": "page" }), &["GET /users?page=1", "GET /users?page=2", "GET /users?page=3"]),
        (
            json!({ "by": "page", "param": "p", "first": 0 }),
            &["GET /users?p=0", "GET /users?p=1", "GET /users?p=2"],
        ),
        (
            json!({ "by": "start_index", "size_param": "count", "size": 2 }),
            &[
                "GET /users?count=2&startIndex=1",
                "GET /users?count=2&startIndex=3",
                "GET /users?count=2&startIndex=4",
            ],
        ),
    ] {
        let target = Target::answering([names(&["test_a", "test_b"]), names(&["test_c"]), names(&[])]).await;
        let connector = connector(&target.url(), pages(how));
        assert_eq!(listed(&*connector).await, ["test_a", "test_b", "test_c"]);
        assert_eq!(lines(&target), turned);
    }
}

#[tokio::test]
async fn a_total_saves_the_last_empty_page() {
    let list = json!({
        "request": "GET /users", "items": "/users", "username": "/name", "total": "/total",
        "pages": { "by": "offset" },
    });
    let target = Target::answering([names(&["test_a", "test_b"]), names(&["test_c"])]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list))).await.len(), 3);
    assert_eq!(target.seen().len(), 2);
}

#[tokio::test]
async fn cursors_and_links_lead_on_but_never_to_another_host() {
    let page =
        |names: &[&str], next: Value| axum::Json(json!({ "users": names, "next": next })).into_response();
    let by_cursor = json!({
        "request": "GET /users", "items": "/users", "username": "",
        "pages": { "by": "cursor", "param": "after", "at": "/next" },
    });
    let target = Target::answering([page(&["test_a"], json!("c/1")), page(&["test_b"], json!(null))]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(by_cursor))).await, ["test_a", "test_b"]);
    assert_eq!(lines(&target), ["GET /users", "GET /users?after=c%2F1"]);

    let by_link = json!({
        "request": "GET /users", "items": "/users", "username": "", "pages": { "by": "next_link", "at": "/next" },
    });
    let target = Target::answering([
        page(&["test_a"], json!("/users?page=2")),
        page(&["test_b"], json!("https://elsewhere.example/users")),
    ])
    .await;
    let connector = connector(&target.url(), listing(by_link));
    let error = connector.list("test_").await.unwrap_err();
    assert!(error.to_string().contains("leads to another host"), "{error}");
    assert_eq!(lines(&target), ["GET /users", "GET /users?page=2"]);
}

/// A list that has to be refused, and what is said of it.
async fn not_whole(list: Value, answers: impl IntoIterator<Item = Response>) -> String {
    let target = Target::answering(answers).await;
    connector(&target.url(), listing(list)).list("test_").await.unwrap_err().what()
}

#[tokio::test]
async fn a_list_that_is_not_whole_is_no_list() {
    let list = |pages: Value| {
        json!({
            "request": "GET /users", "items": "/users", "username": "/name", "total": "/total", "pages": pages,
        })
    };
    let all_that_come = || names(&["test_a", "test_b"]);
    let error = not_whole(list(json!(null)), [all_that_come()]).await;
    assert!(error.contains("it ends after 2 of 3"), "{error}");
    let error = not_whole(list(json!({ "by": "page" })), [all_that_come(), names(&[])]).await;
    assert!(error.contains("it ends after 2 of 3"), "{error}");

    let bare = |pages: Value| json!({ "request": "GET /users", "username": "", "pages": pages });
    let of = |names: &[&str]| axum::Json(json!(names)).into_response();
    let next = ([(header::LINK, "</users?page=2>; rel=\"next\"")], of(&["test_a"])).into_response();
    let error = not_whole(bare(json!(null)), [next]).await;
    assert!(error.contains("`pages` does not say how to turn it"), "{error}");
    let pages = json!({ "by": "page", "param": "nr", "size_param": "n", "size": 2 });
    let error = not_whole(bare(pages), [of(&["test_a", "test_b"]), of(&["test_a", "test_b"])]).await;
    assert!(error.contains("is `nr` its parameter?"), "{error}");
}

#[tokio::test]
async fn a_page_that_comes_again_does_not_make_a_list_whole() {
    let list = json!({
        "request": "GET /users", "items": "/users", "username": "/name", "total": "/total", "pages": { "by": "page" },
    });
    let twice = || names(&["test_a", "test_b"]);
    let error = not_whole(list, [twice(), twice()]).await;
    assert!(error.contains("it ends after 2 of 3"), "{error}");
}

#[tokio::test]
async fn a_page_can_be_asked_for_in_the_body() {
    let page =
        |names: &[&str], next: Value| axum::Json(json!({ "users": names, "next": next })).into_response();
    let bodies = |target: &Target| {
        target.seen().iter().map(|seen| serde_json::from_str(&seen.body).unwrap()).collect::<Vec<Value>>()
    };
    let by_cursor = json!({
        "request": "POST /graphql", "json": { "after": "{{ page }}" }, "items": "/users", "username": "",
        "pages": { "by": "cursor", "at": "/next" },
    });
    let target = Target::answering([page(&["test_a"], json!("c1")), page(&["test_b"], json!(null))]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(by_cursor))).await, ["test_a", "test_b"]);
    assert_eq!(bodies(&target), [json!({ "after": null }), json!({ "after": "c1" })]);
    assert_eq!(lines(&target), ["POST /graphql"; 2]);

    let by_number = json!({
        "request": "POST /search", "json": { "nr": "{{ page | int }}" }, "items": "/users", "username": "",
        "pages": { "by": "page" },
    });
    let target = Target::answering([page(&["test_a"], json!(null)), page(&[], json!(null))]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(by_number))).await, ["test_a"]);
    assert_eq!(bodies(&target), [json!({ "nr": 1 }), json!({ "nr": 2 })]);
}

#[tokio::test]
async fn no_list_may_mean_an_empty_one() {
    let list = json!({ "request": "GET /users", "rules": [{ "status": 404, "outcome": "absent" }] });
    let target = Target::answering([status(404)]).await;
    assert!(listed(&*connector(&target.url(), listing(list))).await.is_empty());
}

#[tokio::test]
async fn an_empty_page_that_leads_on_is_not_the_last() {
    let page =
        |names: &[&str], next: Value| axum::Json(json!({ "users": names, "next": next })).into_response();
    let list = json!({
        "request": "GET /users", "items": "/users", "username": "", "pages": { "by": "cursor", "at": "/next" },
    });
    let answers = [page(&["test_a"], json!("1")), page(&[], json!("2")), page(&["test_b"], json!(""))];
    let target = Target::answering(answers).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list.clone()))).await, ["test_a", "test_b"]);

    // Some always tell a cursor, and show by an empty page that it leads nowhere.
    let answers = (0..20).map(|at| page(if at == 0 { &["test_a"] } else { &[] }, json!(at.to_string())));
    let target = Target::answering(answers).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list.clone()))).await, ["test_a"]);

    let error = not_whole(list, [page(&["test_a"], json!("1")), page(&["test_b"], json!("1"))]).await;
    assert!(error.contains("leads back to a page that was read"), "{error}");
}

#[tokio::test]
async fn strangers_count_for_the_pages_and_are_not_kept() {
    let list = json!({
        "request": "GET /users", "items": "/users", "username": "/name", "total": "/total",
        "pages": { "by": "offset", "size_param": "n", "size": 2 },
    });
    let target = Target::answering([names(&["ann", "ben"]), names(&["test_c"])]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list))).await, ["test_c"]);
    assert_eq!(lines(&target), ["GET /users?n=2&offset=0", "GET /users?n=2&offset=2"]);
}

#[tokio::test]
async fn what_cannot_be_an_id_is_none() {
    let list = json!({ "request": "GET /users", "remote_id": "/id" });
    let ids = ["", ".", "..", "a\0b", &"x".repeat(256)]
        .map(|id| json!({ "username": format!("test_{}", id.len()), "id": id }));
    let target = Target::answering([axum::Json(json!(ids)).into_response()]).await;
    let accounts = connector(&target.url(), listing(list)).list("test_").await.unwrap().accounts;
    assert!(accounts.len() == 5 && accounts.iter().all(|one| one.remote_id.is_none()), "{accounts:?}");
}

#[tokio::test]
async fn the_link_header_leads_on() {
    let list = json!({ "request": "GET /users", "username": "", "pages": { "by": "next_link" } });
    let link = "</users?page=9>; rel=\"last\", </users?page=2>; rel=\"next\"";
    let first = ([(header::LINK, link)], axum::Json(json!(["test_a"]))).into_response();
    let target = Target::answering([first, axum::Json(json!(["test_b"])).into_response()]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list))).await, ["test_a", "test_b"]);
    assert_eq!(lines(&target), ["GET /users", "GET /users?page=2"]);
}

#[tokio::test]
async fn a_service_that_turns_no_pages_is_asked_no_more_than_twice() {
    let same = || names(&["test_a"]);
    let list = json!({
        "request": "GET /users", "items": "/users", "username": "/name", "pages": { "by": "page" },
    });
    let target = Target::answering([same(), same(), same()]).await;
    assert_eq!(listed(&*connector(&target.url(), listing(list))).await, ["test_a"]);
    assert_eq!(target.seen().len(), 2);
}

#[tokio::test]
async fn an_object_s_keys_can_be_the_names() {
    let body = json!({ "users": { "test_a": { "id": 1 }, "root": { "id": 2 } } });
    let target = Target::answering([axum::Json(body).into_response()]).await;
    let list = json!({ "request": "GET /users", "items": "/users", "remote_id": "/id" });
    let listing = connector(&target.url(), listing(list)).list("test_").await.unwrap();
    assert_eq!(listing.accounts.len(), 1);
    assert_eq!(listing.accounts[0].remote_id.as_deref(), Some("1"));
}

#[tokio::test]
async fn what_is_no_list_of_accounts_is_an_error_and_not_an_empty_one() {
    let answers = [json!({ "users": "none" }), json!({}), json!({ "users": [{ "login": "test_a" }] })];
    let target = Target::answering(answers.map(|body| axum::Json(body).into_response())).await;
    let list = json!({ "request": "GET /users", "items": "/users", "username": "/name" });
    let connector = connector(&target.url(), listing(list));
    for _ in 0..3 {
        let error = connector.list("test_").await.unwrap_err();
        assert!(error.to_string().contains("no list of accounts at /users"), "{error}");
    }
}

#[tokio::test]
async fn an_id_that_got_lost_is_found_in_the_list() {
    let http = json!({
        "create": { "request": "POST /users", "json": { "name": "{{ username }}" }, "capture": { "remote_id": "/id" } },
        "delete": { "request": "DELETE /users/{{ remote_id }}" },
        "list": { "request": "GET /users", "items": "/users", "username": "/name", "remote_id": "/id" },
    });
    let found = names(&["test_abcdefgh2", "test_abcdefgh"]);
    let target = Target::answering([found, status(204), names(&["other"])]).await;
    let connector = connector(&target.url(), http);
    assert_eq!(connector.delete(&identity()).await.unwrap().outcome, Removal::Ok);
    assert_eq!(lines(&target), ["GET /users", "DELETE /users/id-test_abcdefgh"]);
    let absent = connector.delete(&identity()).await.unwrap();
    assert_eq!((absent.outcome, absent.call.what.as_str()), (Removal::Absent, "GET /users"));
}

fn attested() -> Value {
    json!({ "attest": {
        "request": "GET /about",
        "rules": [{ "status": 200, "pointer": "/environment", "equals": "staging", "outcome": "ok" }],
        "valid_for": "10m",
    } })
}

#[tokio::test]
async fn a_service_that_says_that_it_is_a_test_target_is_asked_now_and_then() {
    let about = axum::Json(json!({ "environment": "staging" })).into_response();
    let target = Target::answering([about, status(201), status(204)]).await;
    let connector = connector(&target.url(), attested());
    create(&*connector, &identity()).await.unwrap();
    connector.delete(&identity()).await.unwrap();
    assert_eq!(lines(&target)[0], "GET /about");
    assert_eq!(target.seen().len(), 3, "asked once, called twice");
}

#[tokio::test]
async fn a_service_that_does_not_say_so_gets_nothing_created_and_nothing_deleted() {
    for about in [
        axum::Json(json!({ "environment": "production" })).into_response(),
        axum::Json(json!({})).into_response(),
        status(404),
        status(204),
    ] {
        let target = Target::answering([about]).await;
        let connector = connector(&target.url(), attested());
        for error in [
            create(&*connector, &identity()).await.unwrap_err(),
            connector.delete(&identity()).await.unwrap_err(),
        ] {
            assert!(matches!(error, ConnectorError::Guarded { .. }), "{error}");
            assert!(error.to_string().contains("does not say that it is a test target"), "{error}");
        }
        assert_eq!(lines(&target), ["GET /about"]);
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_asked_just_now_is_asked_again_later() {
    let target = Target::answering([status(503)]).await;
    let error = create(&*connector(&target.url(), attested()), &identity()).await.unwrap_err();
    assert_eq!(error.class(), Class::Transient, "{error}");
    assert!(!error.may_land());
}
