//! The table: a new route gets its line here, or the tests fail.

use http::Method;
use serde_json::json;
use tests::{SANDBOX, Who, article_service};

use super::case::{
    Actor::{Narrowed, Program, Visitor},
    Anonymous, Case, IDLE, PAUSED,
};

const READS: &str = "it only reads, and no secret";
const FOR_ALL: &str = "it says nothing of anybody, and changes nothing";
const OWN: &str = "everybody has their own";

pub fn cases() -> Vec<Case> {
    [api(), article(), pages(), actions(), public()].into_iter().flatten().collect()
}

fn api() -> Vec<Case> {
    let (get, post) = (Method::GET, Method::POST);
    let [get, post] = [&get, &post].map(|method| move |path| Case::api(method.clone(), path));
    vec![
        get("/api/v1/me").forbidden_to_nobody(OWN).not_audited(READS),
        get("/api/v1/accounts").forbidden_to(Narrowed(Who::Admin, "accounts:write"), 403).not_audited(READS),
        post("/api/v1/accounts")
            .json(|_| json!({ "services": [SANDBOX] }))
            .forbidden_to(Narrowed(Who::Admin, "accounts:read"), 403)
            .audited_as("account_requested"),
        get("/api/v1/accounts/{id}").forbidden_to(Program(Who::SecondTester), 404).not_audited(READS),
        Case::api(Method::DELETE, "/api/v1/accounts/{id}")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_revoking"),
        get("/api/v1/accounts/{id}/history").forbidden_to(Program(Who::SecondTester), 404).not_audited(READS),
        get("/api/v1/accounts/{id}/holders").forbidden_to(Program(Who::SecondTester), 404).not_audited(READS),
        post("/api/v1/accounts/{id}/reveal")
            .forbidden_to(Program(Who::Admin), 403)
            .audited_as("account_revealed"),
        post("/api/v1/accounts/{id}/renew")
            .json(|_| json!({ "ttl": "2h" }))
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_renewed"),
        post("/api/v1/accounts/{id}/approve")
            .by(Program(Who::Manager))
            .forbidden_to(Program(Who::Tester), 403)
            .audited_as("account_approved"),
        post("/api/v1/accounts/{id}/deny")
            .by(Program(Who::Manager))
            .json(|_| json!({ "reason": "no" }))
            .forbidden_to(Program(Who::Tester), 403)
            .audited_as("account_denied"),
        post("/api/v1/accounts/{id}/reset")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_reset"),
        post("/api/v1/accounts/{id}/hand-over")
            .json(|_| json!({ "to": Who::SecondTester.login() }))
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_handing_over"),
        Case::api(Method::DELETE, "/api/v1/accounts/{id}/hand-over")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_hand_over_called_off"),
        post("/api/v1/accounts/{id}/freeze")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_frozen"),
        post("/api/v1/accounts/{id}/unfreeze")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_unfrozen"),
        post("/api/v1/cleanups")
            .json(|_| json!({ "run": "nobody's" }))
            .forbidden_to(Narrowed(Who::Admin, "accounts:read"), 403)
            .audited_as("batch_started"),
        get("/api/v1/batches").forbidden_to(Narrowed(Who::Admin, "accounts:write"), 403).not_audited(READS),
        get("/api/v1/batches/{id}").forbidden_to(Program(Who::SecondTester), 404).not_audited(READS),
        get("/api/v1/batches/{id}/events").forbidden_to(Program(Who::SecondTester), 404).not_audited(READS),
        get("/api/v1/batches/{id}/accounts")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("account_revealed"),
        post("/api/v1/batches/{id}/retry")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("batch_retried"),
        get("/api/v1/approvals").forbidden_to(Narrowed(Who::Admin, "accounts:write"), 403).not_audited(READS),
        post("/api/v1/batches/{id}/approve")
            .by(Program(Who::Manager))
            .forbidden_to(Program(Who::Tester), 403)
            .audited_as("account_approved"),
        post("/api/v1/batches/{id}/deny")
            .by(Program(Who::Manager))
            .json(|_| json!({ "reason": "no" }))
            .forbidden_to(Program(Who::Tester), 403)
            .audited_as("account_denied"),
        Case::api(Method::PUT, "/api/v1/runs/{run}/keep")
            .json(|_| json!({ "for": "30m" }))
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("run_kept"),
        get("/api/v1/debt").forbidden_to(Narrowed(Who::Admin, "accounts:write"), 403).not_audited(READS),
        post("/api/v1/debt/retry")
            .forbidden_to(Narrowed(Who::Admin, "accounts:read"), 403)
            .audited_as("enrollment_hurried"),
        post("/api/v1/debt/{enrollment}/retry")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("enrollment_hurried"),
        get("/api/v1/expiry").forbidden_to(Narrowed(Who::Admin, "events:read"), 403).not_audited(READS),
        post("/api/v1/expiry/resume")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("expiry_resumed"),
        post("/api/v1/services/{slug}/sweep")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("service_swept"),
        get("/api/v1/drift")
            .by(Program(Who::Manager))
            .forbidden_to(Program(Who::Tester), 403)
            .not_audited(READS),
        post("/api/v1/drift/{id}/adopt")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("drift_adopted"),
        post("/api/v1/drift/{id}/delete")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("drift_deleted"),
        post("/api/v1/drift/{id}/ignore")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("drift_ignored"),
        get("/api/v1/services").forbidden_to(Narrowed(Who::Admin, "events:read"), 403).not_audited(READS),
        post("/api/v1/services")
            .by(Program(Who::Admin))
            .json(|stage| article_service(&stage.new_service, &stage.sandbox))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("service_registered"),
        Case::api(Method::PUT, "/api/v1/services/{slug}")
            .by(Program(Who::Admin))
            .json(|stage| article_service(&stage.new_service, &stage.sandbox))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("service_registered"),
        Case::api(Method::DELETE, "/api/v1/services/{slug}")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("service_retired"),
        post("/api/v1/services/{slug}/pause")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("service_paused"),
        post("/api/v1/services/{slug}/resume")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("service_resumed"),
        get("/api/v1/services/{slug}")
            .forbidden_to(Narrowed(Who::Admin, "events:read"), 403)
            .not_audited(READS),
        Case::api(Method::PUT, "/api/v1/services/{slug}/secret")
            .by(Program(Who::Admin))
            .json(|_| json!({ "value": "s3rvice" }))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("service_secret_sealed"),
        post("/api/v1/services/{slug}/check")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("account_requested"),
        get("/api/v1/events")
            .by(Program(Who::Manager))
            .forbidden_to(Program(Who::Tester), 403)
            .audited_as("audit_read"),
        get("/api/v1/events/export")
            .by(Program(Who::Manager))
            .forbidden_to(Program(Who::Tester), 403)
            .audited_as("audit_exported"),
        get("/api/v1/events/verify")
            .by(Program(Who::Manager))
            .forbidden_to(Program(Who::Tester), 403)
            .not_audited(READS),
        get("/api/v1/people")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .not_audited(READS),
        post("/api/v1/people")
            .by(Program(Who::Admin))
            .json(|stage| json!({ "login": stage.new_service, "role": "tester" }))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("person_added"),
        get("/api/v1/people/{login}")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .not_audited(READS),
        Case::api(Method::PATCH, "/api/v1/people/{login}")
            .by(Program(Who::Admin))
            .json(|stage| json!({ "team": stage.new_team }))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("person_team_changed"),
        post("/api/v1/people/{login}/invitation")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("person_invited"),
        get("/api/v1/teams")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .not_audited(READS),
        post("/api/v1/teams")
            .by(Program(Who::Admin))
            .json(|stage| json!({ "slug": stage.new_service }))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("team_added"),
        get("/api/v1/teams/{slug}")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .not_audited(READS),
        Case::api(Method::PATCH, "/api/v1/teams/{slug}")
            .by(Program(Who::Admin))
            .json(|stage| json!({ "name": stage.new_service }))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("team_changed"),
        Case::api(Method::DELETE, "/api/v1/teams/{slug}")
            .by(Program(Who::Admin))
            .forbidden_to(Program(Who::Manager), 403)
            .audited_as("team_removed"),
        get("/api/v1/tokens").forbidden_to_nobody(OWN).not_audited(READS),
        post("/api/v1/tokens")
            .json(|_| json!({ "name": "n", "scopes": ["accounts:write"] }))
            .forbidden_to(Narrowed(Who::Admin, "accounts:read"), 403)
            .audited_as("token_issued"),
        Case::api(Method::DELETE, "/api/v1/tokens/{id}")
            .forbidden_to(Program(Who::SecondTester), 404)
            .audited_as("token_revoked"),
    ]
}

fn article() -> Vec<Case> {
    vec![
        Case::api(Method::POST, "/create")
            .json(|stage| json!({ "service_url": stage.sandbox }))
            .forbidden_to(Narrowed(Who::Admin, "accounts:read"), 403)
            .audited_as("account_requested"),
        Case::api(Method::POST, "/oauth/token")
            .form(|stage| {
                vec![
                    ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                    ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
                    ("subject_token", &stage.identity),
                ]
            })
            .anonymous(Anonymous::Welcome("the identity token is what lets a run in"))
            .forbidden_to_nobody("whoever has a run's identity token may")
            .audited_as("token_issued"),
        Case::api(Method::POST, "/cleanup")
            .forbidden_to(Narrowed(Who::Admin, "accounts:read"), 403)
            .audited_as("batch_started"),
    ]
}

fn pages() -> Vec<Case> {
    vec![
        Case::page("/")
            .anonymous(Anonymous::Welcome("it only leads on to the accounts"))
            .forbidden_to_nobody(OWN)
            .not_audited(READS),
        Case::page("/accounts").forbidden_to_nobody(OWN).not_audited(READS),
        Case::page("/accounts/new")
            .forbidden_to_nobody("everybody who signed in may ask for an account")
            .not_audited(READS),
        Case::page("/accounts/{id}").forbidden_to(Visitor(Who::SecondTester), 404).not_audited(READS),
        Case::page("/accounts/clean-up")
            .query("?mine=true")
            .forbidden_to_nobody("everybody cleans up what is their own")
            .not_audited(READS),
        Case::page("/approvals")
            .forbidden_to_nobody("everybody sees the requests that they may see")
            .not_audited(READS),
        Case::page("/batches").forbidden_to_nobody(OWN).not_audited(READS),
        Case::page("/batches/{id}").forbidden_to(Visitor(Who::SecondTester), 404).not_audited(READS),
        Case::page("/debt").forbidden_to_nobody(OWN).not_audited(READS),
        Case::page("/drift")
            .by(Visitor(Who::Manager))
            .forbidden_to(Visitor(Who::Tester), 403)
            .not_audited(READS),
        Case::page("/services").forbidden_to_nobody("everybody may name a service").not_audited(READS),
        Case::page("/services/new")
            .by(Visitor(Who::Admin))
            .forbidden_to(Visitor(Who::Manager), 403)
            .not_audited(READS),
        Case::page("/services/{slug}/edit")
            .by(Visitor(Who::Admin))
            .forbidden_to(Visitor(Who::Manager), 403)
            .not_audited(READS),
        Case::page("/services/{slug}").forbidden_to_nobody("everybody may name a service").not_audited(READS),
        Case::page("/audit")
            .by(Visitor(Who::Manager))
            .forbidden_to(Visitor(Who::Tester), 403)
            .audited_as("audit_read"),
        Case::page("/audit/export")
            .query("?format=csv")
            .anonymous(Anonymous::Refused)
            .by(Visitor(Who::Manager))
            .forbidden_to(Visitor(Who::Tester), 403)
            .audited_as("audit_exported"),
        Case::public("/sign-in/provider", "it is how one comes in"),
        Case::public("/sign-in/provider/callback", "it is how one comes in"),
        Case::page("/people")
            .by(Visitor(Who::Admin))
            .forbidden_to(Visitor(Who::Manager), 403)
            .not_audited(READS),
        Case::page("/people/{login}")
            .by(Visitor(Who::Admin))
            .forbidden_to(Visitor(Who::Manager), 403)
            .not_audited(READS),
        Case::page("/teams")
            .by(Visitor(Who::Admin))
            .forbidden_to(Visitor(Who::Manager), 403)
            .not_audited(READS),
        Case::public("/welcome", "the link is what lets somebody in").query("?code={code}"),
        Case::page("/tokens").forbidden_to_nobody(OWN).not_audited(READS),
        Case::page("/profile").forbidden_to_nobody(OWN).not_audited(READS),
        Case::page("/live")
            .query("?account={id}")
            .anonymous(Anonymous::Refused)
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .not_audited(READS),
    ]
}

fn actions() -> Vec<Case> {
    vec![
        Case::action("/actions/sign_in")
            .anonymous(Anonymous::Welcome("that is where one comes from"))
            .form(|_| vec![("login", Who::Tester.login()), ("password", Who::Tester.password())])
            .forbidden_to_nobody("whoever knows the password may")
            .audited_as("signed_in"),
        Case::action("/actions/sign_out")
            .anonymous(Anonymous::Welcome("who is not signed in is out already"))
            .form(|_| vec![])
            .forbidden_to_nobody("everybody may leave")
            .audited_as("signed_out"),
        Case::action("/actions/request_account")
            .form(|_| vec![("services[]", SANDBOX)])
            .forbidden_to_nobody("everybody who signed in may ask for an account")
            .audited_as("account_requested"),
        Case::action("/actions/reveal_account")
            .form(|stage| vec![("account", &stage.account)])
            .forbidden_to(Visitor(Who::Admin), 403)
            .audited_as("account_revealed"),
        Case::action("/actions/renew_account")
            .form(|stage| vec![("account", &stage.account), ("ttl", "2h")])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("account_renewed"),
        Case::action("/actions/revoke_account")
            .form(|stage| vec![("account", &stage.account)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("account_revoking"),
        Case::action("/actions/reset_account")
            .form(|stage| vec![("account", &stage.account)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("account_reset"),
        Case::action("/actions/hand_over_account")
            .form(|stage| vec![("account", &stage.account), ("to", Who::SecondTester.login())])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("account_handing_over"),
        Case::action("/actions/call_off_hand_over")
            .form(|stage| vec![("account", &stage.handed)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("account_hand_over_called_off"),
        Case::action("/actions/freeze_account")
            .form(|stage| vec![("account", &stage.account)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("account_frozen"),
        Case::action("/actions/unfreeze_account")
            .form(|stage| vec![("account", &stage.frozen)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("account_unfrozen"),
        Case::action("/actions/approve_account")
            .by(Visitor(Who::Manager))
            .form(|stage| vec![("account", &stage.request)])
            .forbidden_to(Visitor(Who::Tester), 403)
            .audited_as("account_approved"),
        Case::action("/actions/deny_account")
            .by(Visitor(Who::Manager))
            .form(|stage| vec![("account", &stage.request), ("reason", "not now")])
            .forbidden_to(Visitor(Who::Tester), 403)
            .audited_as("account_denied"),
        Case::action("/actions/retry_removal")
            .form(|stage| vec![("enrollment", &stage.debt)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("enrollment_hurried"),
        Case::action("/actions/retry_removals")
            .form(|_| vec![])
            .forbidden_to_nobody("everybody hurries what is their own")
            .audited_as("enrollment_hurried"),
        Case::action("/actions/sweep_service")
            .by(Visitor(Who::Admin))
            .form(|_| vec![("service", SANDBOX)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("service_swept"),
        Case::action("/actions/adopt_drift")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("drift", &stage.drift)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("drift_adopted"),
        Case::action("/actions/delete_drift")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("drift", &stage.drift)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("drift_deleted"),
        Case::action("/actions/ignore_drift")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("drift", &stage.drift)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("drift_ignored"),
        Case::action("/actions/approve_batch")
            .by(Visitor(Who::Manager))
            .form(|stage| vec![("batch", &stage.waiting_batch)])
            .forbidden_to(Visitor(Who::Tester), 403)
            .audited_as("account_approved"),
        Case::action("/actions/deny_batch")
            .by(Visitor(Who::Manager))
            .form(|stage| vec![("batch", &stage.waiting_batch), ("reason", "not now")])
            .forbidden_to(Visitor(Who::Tester), 403)
            .audited_as("account_denied"),
        Case::action("/actions/retry_batch")
            .form(|stage| vec![("batch", &stage.failed_batch)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("batch_retried"),
        Case::action("/actions/clean_up")
            .form(|_| vec![("run", "a run of nobody's")])
            .forbidden_to_nobody("everybody cleans up what is their own")
            .audited_as("batch_started"),
        Case::action("/actions/keep_run")
            .form(|stage| vec![("run", &stage.run), ("ttl", "2h")])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("run_kept"),
        Case::action("/actions/apply_service")
            .by(Visitor(Who::Admin))
            .form(|stage| {
                vec![
                    ("form[slug]", &stage.new_service),
                    ("form[environment]", "test"),
                    ("form[base_url]", &stage.sandbox),
                    ("form[connector]", "article"),
                ]
            })
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("service_registered"),
        Case::action("/actions/check_service")
            .by(Visitor(Who::Admin))
            .form(|_| vec![("service", SANDBOX)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("account_requested"),
        Case::action("/actions/seal_secret")
            .by(Visitor(Who::Admin))
            .form(|_| vec![("service", "guarded"), ("value", "s3rvice")])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("service_secret_sealed"),
        Case::action("/actions/pause_service")
            .by(Visitor(Who::Admin))
            .form(|_| vec![("service", IDLE)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("service_paused"),
        Case::action("/actions/resume_service")
            .by(Visitor(Who::Admin))
            .form(|_| vec![("service", PAUSED)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("service_resumed"),
        Case::action("/actions/retire_service")
            .by(Visitor(Who::Admin))
            .form(|_| vec![("service", IDLE)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("service_retired"),
        Case::action("/actions/accept_invitation")
            .anonymous(Anonymous::Welcome("the link is what lets somebody in"))
            .form(|stage| vec![("code", &stage.code), ("password", Who::Tester.password())])
            .forbidden_to_nobody("whoever has the link may")
            .audited_as("person_password_changed"),
        Case::action("/actions/end_session")
            .form(|stage| vec![("session", &stage.session)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("session_ended"),
        Case::action("/actions/change_own_password")
            .form(|_| vec![("current", Who::Tester.password()), ("password", Who::Tester.password())])
            .forbidden_to(Visitor(Who::SecondTester), 422)
            .audited_as("person_password_changed"),
        Case::action("/actions/issue_token")
            .form(|_| vec![("name", "n")])
            .forbidden_to_nobody(OWN)
            .audited_as("token_issued"),
        Case::action("/actions/revoke_token")
            .form(|stage| vec![("token", &stage.token)])
            .forbidden_to(Visitor(Who::SecondTester), 404)
            .audited_as("token_revoked"),
        Case::action("/actions/add_person")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("login", &stage.new_service), ("role", "tester")])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("person_added"),
        Case::action("/actions/change_person")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("login", &stage.somebody), ("team", &stage.new_team)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("person_team_changed"),
        Case::action("/actions/disable_person")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("login", &stage.somebody)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("person_disabled"),
        Case::action("/actions/enable_person")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("login", &stage.somebody_disabled)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("person_enabled"),
        Case::action("/actions/invite_person")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("login", &stage.somebody)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("person_invited"),
        Case::action("/actions/add_team")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("slug", &stage.new_service)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("team_added"),
        Case::action("/actions/change_team")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("team", &stage.new_team), ("name", &stage.new_service)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("team_changed"),
        Case::action("/actions/remove_team")
            .by(Visitor(Who::Admin))
            .form(|stage| vec![("team", &stage.new_team)])
            .forbidden_to(Visitor(Who::Manager), 403)
            .audited_as("team_removed"),
        Case::action("/actions/resume_expiry")
            .by(Visitor(Who::Admin))
            .form(|_| vec![])
            .forbidden_to(Visitor(Who::Tester), 403)
            .audited_as("expiry_resumed"),
    ]
}

fn public() -> Vec<Case> {
    [
        "/sign-in",
        "/healthz",
        "/readyz",
        "/metrics",
        "/assets/{hash}/{*file}",
        "/api/openapi.json",
        "/api/service-file.schema.json",
        "/api/docs",
        "/api/docs/",
        "/api/docs/{*file}",
    ]
    .map(|path| Case::public(path, FOR_ALL))
    .into()
}
