//! MLflow with its basic-auth app.

use serde_json::json;
use tests::Answer;

use super::{Real, live_through, login_of, two_at_once};

const USERS: &str = "/api/2.0/mlflow/users";

async fn start() -> Real {
    Real::start("mlflow").await
}

async fn sign_in(real: &Real, username: &str, password: &str) -> Answer {
    let path = format!("{USERS}/get?username={username}");
    let answer = real.call("GET", &path).basic(username, password).send().await;
    if answer.status == 200 {
        assert_eq!(answer.json()["user"]["is_admin"], false);
    }
    answer
}

async fn user(real: &Real, username: &str) -> Answer {
    let path = format!("{USERS}/get?username={username}");
    real.call("GET", &path).basic("admin", &real.secret).send().await
}

#[tokio::test]
#[ignore = "needs a real MLflow: cargo xtask real-services mlflow"]
async fn only_the_newest_password_opens_it_and_none_after_the_end() {
    let real = start().await;
    live_through(&real, async |name, password| sign_in(&real, name, password).await, 401).await;
}

#[tokio::test]
#[ignore = "needs a real MLflow: cargo xtask real-services mlflow"]
async fn two_accounts_at_once_have_nothing_to_do_with_each_other() {
    let real = start().await;
    two_at_once(&real, async |name, password| sign_in(&real, name, password).await, 401).await;
}

#[tokio::test]
#[ignore = "needs a real MLflow: cargo xtask real-services mlflow"]
async fn it_forgets_the_user_in_the_end() {
    let real = start().await;
    let account = real.new_account().await;
    let username = login_of(&account).0;
    user(&real, username).await.expect(200);
    real.assert_cannot_freeze(&account).await;
    real.revoke(&account).await;
    assert_eq!(user(&real, username).await.expect(404)["error_code"], "RESOURCE_DOES_NOT_EXIST");
}

#[tokio::test]
#[ignore = "needs a real MLflow: cargo xtask real-services mlflow"]
async fn a_password_that_it_refuses_is_an_error_that_says_why() {
    let real = start().await;
    real.apply_with(
        "[service.http.create]\n\
         request = \"POST /api/2.0/mlflow/users/create\"\n\
         json = { username = \"{{ username }}\", password = \"{{ password | first }}\" }\n",
    )
    .await;
    let account = real.portal.tester().new_account_later("mlflow").await;
    let failed = real.portal.tester().account_once("failed", &account["id"]).await;
    let error = failed["services"][0]["last_error"].to_string();
    assert!(error.contains("POST /api/2.0/mlflow/users/create") && error.contains("400"), "{error}");
    user(&real, failed["username"].as_str().unwrap()).await.expect(404);
}

#[tokio::test]
#[ignore = "needs a real MLflow: cargo xtask real-services mlflow"]
async fn what_somebody_else_has_deleted_counts_as_gone() {
    let real = start().await;
    let account = real.new_account().await;
    let call = real.call("DELETE", &format!("{USERS}/delete")).basic("admin", &real.secret);
    call.json(&json!({ "username": login_of(&account).0 })).send().await.expect(200);
    real.revoke(&account).await;
}

#[tokio::test]
#[ignore = "needs a real MLflow: cargo xtask real-services mlflow"]
async fn its_check_passes() {
    start().await.assert_check_passes().await;
}

#[tokio::test]
#[ignore = "needs a real MLflow: cargo xtask real-services mlflow"]
async fn its_check_passes_at_the_command_line() {
    start().await.assert_check_passes_at_the_command_line().await;
}
