//! RabbitMQ with its management API.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, eventually};

use super::{Real, freeze_and_thaw, live_through, login_of, two_at_once};

async fn start() -> Real {
    Real::start("rabbitmq").await
}

async fn sign_in(real: &Real, username: &str, password: &str) -> Answer {
    let answer = real.call("GET", "/api/whoami").basic(username, password).send().await;
    if answer.status == 200 {
        assert_eq!(answer.json(), json!({ "name": username, "tags": ["management"] }));
    }
    answer
}

async fn as_admin(real: &Real, method: &str, path: &str) -> Answer {
    real.call(method, path).basic("understudy", &real.secret).send().await
}

/// What the broker says of the account, which is 404 where there is none.
async fn user(real: &Real, account: &Value) -> Answer {
    as_admin(real, "GET", &format!("/api/users/{}", login_of(account).0)).await
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn only_the_newest_password_opens_it_and_none_after_the_end() {
    let real = start().await;
    live_through(&real, async |name, password| sign_in(&real, name, password).await, 401).await;
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn nobody_gets_in_while_an_account_is_frozen() {
    let real = start().await;
    freeze_and_thaw(&real, async |name, password| sign_in(&real, name, password).await, 401).await;
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn two_accounts_at_once_have_nothing_to_do_with_each_other() {
    let real = start().await;
    two_at_once(&real, async |name, password| sign_in(&real, name, password).await, 401).await;
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn an_account_has_its_rights_from_the_start_and_the_broker_forgets_it_in_the_end() {
    let real = start().await;
    let account = real.new_account().await;
    let rights = format!("/api/users/{}/permissions", login_of(&account).0);
    let expected = json!([{
        "user": login_of(&account).0, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*",
    }]);
    assert_eq!(as_admin(&real, "GET", &rights).await.expect(200), expected);
    for what in ["reset", "freeze", "unfreeze"] {
        real.act(&account, what).await;
        assert_eq!(as_admin(&real, "GET", &rights).await.expect(200), expected, "{what}");
    }
    real.revoke(&account).await;
    user(&real, &account).await.expect(404);
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn the_right_to_another_virtual_host_is_a_value_of_the_service_file() {
    let real = start().await;
    let name = format!("understudy-{}", std::process::id());
    let vhost = format!("/api/vhosts/{name}");
    assert_eq!(as_admin(&real, "PUT", &vhost).await.status, 201);
    real.apply_with(&format!(
        "[service.http.values]
vhost = \"{name}\"
"
    ))
    .await;

    let account = real.new_account().await;
    let rights = format!("/api/users/{}/permissions", login_of(&account).0);
    assert_eq!(as_admin(&real, "GET", &rights).await.expect(200)[0]["vhost"], name);
    real.revoke(&account).await;
    as_admin(&real, "DELETE", &vhost).await;
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn half_an_account_is_taken_back() {
    let real = start().await;
    real.apply_with("[service.http.values]\nvhost = \"no-such-host\"\n").await;
    let account = real.portal.tester().new_account_later("rabbitmq").await;
    let failed = real.portal.tester().account_once("failed", &account["id"]).await;
    let error = failed["services"][0]["last_error"].to_string();
    assert!(error.contains("PUT /api/permissions/") && error.contains("400"), "{error}");
    let path = format!("/api/users/{}", failed["username"].as_str().unwrap());
    as_admin(&real, "GET", &path).await.expect(404);
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn what_somebody_else_has_deleted_does_not_come_back_and_counts_as_gone() {
    let real = start().await;
    let account = real.new_account().await;
    let path = format!("/api/users/{}", login_of(&account).0);
    assert_eq!(as_admin(&real, "DELETE", &path).await.status, 204);
    let freeze = format!("/api/v1/accounts/{}/freeze", account["id"].as_str().unwrap());
    let call = real.portal.tester().call(Method::POST, &freeze).header("prefer", "wait=1");
    let frozen = call.send().await.expect(202);
    let error = frozen["services"][0]["last_error"].to_string();
    assert!(error.contains("404"), "{error}");
    user(&real, &account).await.expect(404);
    real.revoke(&account).await;
    user(&real, &account).await.expect(404);
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn an_account_comes_out_right_where_the_broker_was_killed_before_it_could_answer() {
    let real = Real::start_alone("rabbitmq").await;
    let before = usernames(&real).await;
    let (put, delete) = ("PUT /api/users/", "DELETE /api/users/");
    let relay = real.kill_at(&[put, delete]).await;
    let id = real.portal.tester().new_account_later("rabbitmq").await["id"].clone();
    let account = real.once_back(&relay, put, "active", &id).await;
    assert_eq!(relay.to_come(), [delete]);
    assert!(account["services"][0]["attempts"].as_u64() > Some(1), "{account:#}");

    // The user was made before the broker died, and its rights were not.
    let revealed = real.act(&account, "reveal").await;
    let (username, password) = (revealed["username"].as_str().unwrap(), &revealed["services"][0]["secret"]);
    let password = password.as_str().unwrap();
    assert_eq!(sign_in(&real, username, password).await.status, 200);
    assert_eq!(sign_in(&real, username, &super::wrong(password)).await.status, 401);
    let rights = format!("/api/users/{username}/permissions");
    assert_eq!(as_admin(&real, "GET", &rights).await.expect(200)[0]["vhost"], "/");
    let mut expected = before.clone();
    expected.insert(username.to_owned());
    assert_eq!(usernames(&real).await, expected);

    real.portal.tester().revoke_later(&id).await;
    real.once_back(&relay, delete, "revoked", &id).await;
    assert_eq!(usernames(&real).await, before);
}

/// The names of all users that the broker has.
async fn usernames(real: &Real) -> BTreeSet<String> {
    let users = as_admin(real, "GET", "/api/users?columns=name").await.expect(200);
    users.as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn credentials_that_are_not_the_admins_make_nothing_and_are_said_to_be_wrong() {
    let real = start().await;
    real.apply_with("[service.http.auth]\nbasic = { username = \"nobody\", password = \"{{ secret }}\" }\n")
        .await;
    let account = real.portal.tester().new_account_later("rabbitmq").await;
    let error = eventually("the attempt has failed", async || {
        let account = real.portal.tester().account(&account["id"]).await;
        account["services"][0]["last_error"].as_str().map(str::to_owned)
    });
    let error = error.await;
    assert!(error.contains("401") && !error.contains(&real.secret), "{error}");
    let path = format!("/api/users/{}", account["username"].as_str().unwrap());
    as_admin(&real, "GET", &path).await.expect(404);
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn its_check_passes() {
    start().await.assert_check_passes().await;
}

#[tokio::test]
#[ignore = "needs a real RabbitMQ: cargo xtask real-services rabbitmq"]
async fn its_check_passes_at_the_command_line() {
    start().await.assert_check_passes_at_the_command_line().await;
}
