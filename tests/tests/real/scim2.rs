//! scim2-server, a SCIM 2.0 provider.

use serde_json::{Value, json};
use tests::Answer;

use super::{Real, login_of};

async fn start() -> Real {
    Real::start("scim2").await
}

async fn as_admin(real: &Real, method: &str, path: &str) -> Answer {
    let authorization = format!("Bearer {}", real.secret);
    real.call(method, path).header("authorization", &authorization).send().await
}

/// The path of the account, by the id that the service gave it.
fn path_of(account: &Value) -> String {
    format!("/Users/{}", account["services"][0]["remote_id"].as_str().unwrap())
}

/// SCIM has no login. This provider can be asked whom a filter fits, and the
/// filter may ask for the password too.
async fn has_password(real: &Real, username: &str, password: &str) -> bool {
    let filter = format!("userName eq \"{username}\" and password eq \"{password}\"");
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter,
    });
    let call =
        real.call("POST", "/Users/.search").header("authorization", &format!("Bearer {}", real.secret));
    call.json(&search).send().await.expect(200)["totalResults"] == 1
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn the_password_is_the_newest_one_and_the_user_is_gone_in_the_end() {
    let real = start().await;
    let account = real.new_account().await;
    let (username, first) = login_of(&account);
    let user = as_admin(&real, "GET", &path_of(&account)).await.expect(200);
    assert_eq!((&user["userName"], &user["active"]), (&json!(username), &json!(true)));
    assert_eq!((&user["externalId"], &user["emails"][0]["value"]), (&account["id"], &account["email"]));
    assert!(has_password(&real, username, first).await);
    assert!(!has_password(&real, username, &super::wrong(first)).await);

    let reset = real.act(&account, "reset").await;
    let second = login_of(&reset).1;
    assert_ne!(second, first);
    assert!(has_password(&real, username, second).await);
    assert!(!has_password(&real, username, first).await);

    real.revoke(&account).await;
    as_admin(&real, "GET", &path_of(&account)).await.expect(404);
    assert!(!has_password(&real, username, second).await);
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn a_frozen_account_is_not_active() {
    let real = start().await;
    let account = real.new_account().await;
    for (what, active) in [("freeze", false), ("unfreeze", true)] {
        real.act(&account, what).await;
        let user = as_admin(&real, "GET", &path_of(&account)).await.expect(200);
        assert_eq!(user["active"], active, "{what}");
    }
    let (username, password) = login_of(&account);
    assert!(has_password(&real, username, password).await);
    real.revoke(&account).await;
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn two_accounts_at_once_have_nothing_to_do_with_each_other() {
    let real = start().await;
    let (one, other) = futures::join!(real.new_account(), real.new_account());
    assert_ne!(path_of(&one), path_of(&other));
    real.revoke(&one).await;
    as_admin(&real, "GET", &path_of(&one)).await.expect(404);
    let (username, password) = login_of(&other);
    assert!(has_password(&real, username, password).await);
    real.revoke(&other).await;
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn what_somebody_else_has_deleted_counts_as_gone() {
    let real = start().await;
    let account = real.new_account().await;
    assert_eq!(as_admin(&real, "DELETE", &path_of(&account)).await.status, 204);
    real.revoke(&account).await;
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn an_account_comes_out_right_where_the_provider_was_killed_and_forgot_it() {
    let real = Real::start_alone("scim2").await;
    let (post, delete) = ("POST /v2/Users", "DELETE /v2/Users/");
    let relay = real.kill_at(&[post, delete]).await;
    let id = real.portal.tester().new_account_later("scim2").await["id"].clone();
    let account = real.once_back(&relay, post, "active", &id).await;
    assert!(account["services"][0]["attempts"].as_u64() > Some(1), "{account:#}");

    let revealed = real.act(&account, "reveal").await;
    let (username, password) = (revealed["username"].as_str().unwrap(), &revealed["services"][0]["secret"]);
    assert!(has_password(&real, username, password.as_str().unwrap()).await);
    let all = as_admin(&real, "GET", "/Users").await.expect(200);
    assert_eq!((&all["totalResults"], &all["Resources"][0]["userName"]), (&json!(1), &json!(username)));

    real.portal.tester().revoke_later(&id).await;
    real.once_back(&relay, delete, "revoked", &id).await;
    assert_eq!(as_admin(&real, "GET", "/Users").await.expect(200)["totalResults"], 0);
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn an_id_that_got_lost_is_found_again_by_the_name() {
    let real = start().await;
    let (account, neighbour) = (real.new_account().await, real.new_account().await);
    let lost = format!(
        "UPDATE enrollments SET remote_id = NULL WHERE remote_id = '{}'",
        account["services"][0]["remote_id"].as_str().unwrap()
    );
    assert_eq!(real.portal.raw().await.execute(&lost).await.unwrap(), 1);
    real.revoke(&account).await;
    as_admin(&real, "GET", &path_of(&account)).await.expect(404);
    as_admin(&real, "GET", &path_of(&neighbour)).await.expect(200);
    real.revoke(&neighbour).await;
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn its_check_passes() {
    start().await.assert_check_passes().await;
}

#[tokio::test]
#[ignore = "needs a real SCIM provider: cargo xtask real-services scim2"]
async fn its_check_passes_at_the_command_line() {
    start().await.assert_check_passes_at_the_command_line().await;
}
