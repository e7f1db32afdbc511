//! JupyterHub, whose accounts have tokens that the hub makes.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tests::Answer;

use super::{Real, live_through, login_of, two_at_once};

async fn start() -> Real {
    Real::start("jupyterhub").await
}

async fn with_token(real: &Real, method: &str, path: &str, token: &str) -> Answer {
    real.call(method, path).header("authorization", &format!("token {token}")).send().await
}

async fn sign_in(real: &Real, username: &str, token: &str) -> Answer {
    let answer = with_token(real, "GET", "/hub/api/user", token).await;
    if answer.status == 200 {
        assert_eq!(answer.json()["name"], username);
    }
    answer
}

async fn as_admin(real: &Real, method: &str, path: &str) -> Answer {
    with_token(real, method, path, &real.secret).await
}

fn path_of(account: &Value) -> String {
    format!("/hub/api/users/{}", login_of(account).0)
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn only_the_newest_token_opens_it_and_none_after_the_end() {
    let real = start().await;
    live_through(&real, async |name, token| sign_in(&real, name, token).await, 403).await;
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn two_accounts_at_once_have_nothing_to_do_with_each_other() {
    let real = start().await;
    two_at_once(&real, async |name, token| sign_in(&real, name, token).await, 403).await;
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn the_secret_is_the_one_token_that_the_hub_made_and_it_goes_with_the_user() {
    let real = start().await;
    let account = real.new_account().await;
    let token_ids = async || {
        let tokens = as_admin(&real, "GET", &format!("{}/tokens", path_of(&account))).await.expect(200);
        let tokens = tokens["api_tokens"].as_array().unwrap().clone();
        assert!(tokens.iter().all(|token| token["note"] == "made by Understudy"), "{tokens:?}");
        tokens.iter().map(|token| token["id"].clone()).collect::<Vec<_>>()
    };
    let first = token_ids().await;
    let own = sign_in(&real, login_of(&account).0, login_of(&account).1).await.json()["token_id"].clone();
    assert_eq!(first, [own]);
    let revealed = real.act(&account, "reveal").await;
    assert_eq!(revealed["services"], account["credentials"]["services"]);

    let reset = real.act(&account, "reset").await;
    assert_eq!(token_ids().await.len(), 1);
    let revealed = real.act(&account, "reveal").await;
    assert_eq!(revealed["services"], reset["credentials"]["services"]);

    real.revoke(&account).await;
    as_admin(&real, "GET", &path_of(&account)).await.expect(404);
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn an_account_cannot_be_frozen() {
    let real = start().await;
    let account = real.new_account().await;
    real.assert_cannot_freeze(&account).await;
    real.revoke(&account).await;
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn what_somebody_else_has_deleted_counts_as_gone() {
    let real = start().await;
    let account = real.new_account().await;
    assert_eq!(as_admin(&real, "DELETE", &path_of(&account)).await.status, 204);
    real.revoke(&account).await;
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn a_token_that_may_not_look_proves_nothing() {
    let real = start().await;
    let (account, observer) = (real.new_account().await, real.new_account().await);
    real.apply(&real.file.replace(&super::reference("jupyterhub"), "sealed")).await;
    // To somebody else's token the hub says 404 as well, where there is a user.
    let token = login_of(&observer).1;
    with_token(&real, "GET", &path_of(&account), token).await.expect(404);
    give_secret(&real, token).await;

    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let call = real.portal.tester().call(Method::DELETE, &path).header("prefer", "wait=2");
    let revoking = call.send().await.expect(202);
    let error = revoking["services"][0]["last_error"].to_string();
    assert!(error.contains("403") && !error.contains(token), "{error}");
    as_admin(&real, "GET", &path_of(&account)).await.expect(200);

    give_secret(&real, &real.secret).await;
    real.portal.clock.advance(Duration::from_secs(900));
    real.portal.tester().account_once("revoked", &account["id"]).await;
    as_admin(&real, "GET", &path_of(&account)).await.expect(404);
    real.revoke(&observer).await;
}

async fn give_secret(real: &Real, secret: &str) {
    let path = "/api/v1/services/jupyterhub/secret";
    real.portal.admin().put(path, &json!({ "value": secret })).await.expect(200);
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn its_check_passes() {
    start().await.assert_check_passes().await;
}

#[tokio::test]
#[ignore = "needs a real JupyterHub: cargo xtask real-services jupyterhub"]
async fn its_check_passes_at_the_command_line() {
    start().await.assert_check_passes_at_the_command_line().await;
}
