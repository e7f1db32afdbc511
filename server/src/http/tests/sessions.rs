//! Browsers' sessions.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use super::{
    Answer, House,
    fake_portal::{ACCOUNT, PASSWORD},
};
use crate::http::{COOKIE, Limit, Limits};

impl House {
    pub(super) async fn sign_in(&self, login: &str, password: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request =
            Request::post("/actions/sign_in").header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(format!("login={login}&password={password}"))).unwrap()).await
    }

    async fn visit(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()).await
    }
}

pub(super) fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn nothing_is_kept_of_anonymous_visits() {
    let house = House::new();
    let unknown = format!("{COOKIE}=AAAAAAAAAAAAAAAAAAAAAA");
    for cookie in ["", "other=1", &format!("{COOKIE}=nonsense"), &unknown] {
        for path in ["/", "/sign-in", "/nothing", "/healthz", "/api/v1/me", "/live"] {
            let answer = house.visit(path, cookie).await;
            // A cookie whose session is gone may be taken away, never given.
            let set = answer.header("set-cookie");
            assert!(set.is_empty() || set.contains("Max-Age=0"), "{path} {cookie}: {set}");
        }
    }
    assert_eq!(house.sign_in("tester", "wrong", &[]).await.header("set-cookie"), "");
    assert_eq!((house.sessions.writes(), house.sessions.count()), (0, 0));
}

#[tokio::test]
async fn signing_in_gives_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let house = House::new();
    let answer = house.sign_in("tester", PASSWORD, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let set = answer.header("set-cookie");
    assert!(set.starts_with("understudy_session="), "{set}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(attribute), "{attribute}: {set}");
    }
    assert_eq!(house.visit("/accounts", &cookie(&answer)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_without_a_script_is_sent_on_to_a_page() {
    let house = House::new();
    let by_form = [("accept", "text/html"), ("sec-fetch-site", "same-origin")];
    let wrong = house.sign_in("tester", "wrong", &by_form).await;
    assert_eq!(wrong.status, StatusCode::SEE_OTHER);
    assert_eq!(wrong.header("location"), "/sign-in?problem=wrong_credentials&login=tester");
    let right = house.sign_in("tester", PASSWORD, &by_form).await;
    assert_eq!((right.status, right.header("location")), (StatusCode::SEE_OTHER, "/accounts"));
    assert_eq!(house.visit("/accounts", &cookie(&right)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_site_may_link_to_a_page_and_nothing_in_the_page_is_run() {
    let house = House::new();
    let link = Request::get("/sign-in")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document");
    let page = house.send(link.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("cache-control"), "no-store");
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    for (at, _) in page.body.match_indices("<script") {
        assert!(
            page.body[at..].starts_with("<script type=\"module\" src=\"/assets/"),
            "{}",
            &page.body[at..]
        );
    }
    assert!(!page.body.contains(" style="), "{}", page.body);
}

#[tokio::test]
async fn visits_that_change_nothing_write_nothing() {
    let house = House::new();
    let cookie = cookie(&house.sign_in("tester", PASSWORD, &[]).await);
    let before = house.sessions.writes();
    for _ in 0..3 {
        assert_eq!(house.visit("/accounts", &cookie).await.header("set-cookie"), "");
    }
    assert_eq!(house.sessions.writes(), before);
}

#[tokio::test]
async fn signing_in_again_gives_a_new_id_and_ends_the_old_one() {
    let house = House::new();
    let first = cookie(&house.sign_in("tester", PASSWORD, &[]).await);
    let second = cookie(&house.sign_in("tester", PASSWORD, &[("cookie", &first)]).await);
    assert_ne!(first, second);
    assert_eq!(house.sessions.count(), 1);
    assert_eq!(house.visit("/accounts", &first).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.visit("/accounts", &second).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let house = House::new();
    let cookie = cookie(&house.sign_in("tester", PASSWORD, &[]).await);
    let sign_out = Request::post("/actions/sign_out").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert!(house.send(sign_out).await.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(house.sessions.count(), 0);
    assert_eq!(house.visit("/accounts", &cookie).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_session_does_not_open_the_api() {
    let house = House::new();
    let cookie = cookie(&house.sign_in("tester", PASSWORD, &[]).await);
    house.visit("/api/v1/me", &cookie).await.problem(401);
}

#[tokio::test]
async fn passwords_cannot_be_guessed_for_long() {
    let twice = Limit { times: 2, within: Duration::from_secs(300) };
    let house = House::with(Limits { sign_ins: twice, ..Limits::default() }, true);
    for _ in 0..2 {
        house.sign_in("tester", "wrong", &[]).await.problem(401);
    }
    let refused = house.sign_in("tester", PASSWORD, &[]).await;
    assert_eq!(refused.problem(429), "too_many_attempts");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 300);
    let form = house.sign_in("tester", "wrong&then=/audit?a", &[("accept", "text/html,*/*")]).await;
    assert_eq!(form.status, StatusCode::SEE_OTHER);
    assert_eq!(form.header("location"), "/sign-in?problem=too_many_attempts&then=%2Faudit%3Fa");
    assert_eq!(house.sign_in("manager", PASSWORD, &[]).await.status, StatusCode::OK, "others may go on");
}

#[tokio::test]
async fn a_sign_in_that_succeeds_is_no_guess() {
    let twice = Limit { times: 2, within: Duration::from_secs(300) };
    let limits = Limits { sign_ins: twice, sign_ins_of_address: twice, ..Limits::default() };
    let house = House::with(limits, true);
    for _ in 0..5 {
        assert_eq!(house.sign_in("tester", PASSWORD, &[]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_account_is_followed_live_until_the_portal_stops() {
    let house = House::new();
    let cookie = cookie(&house.sign_in("tester", PASSWORD, &[]).await);
    let stop = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        house.shutdown.cancel();
    };
    let path = format!("/live?account={ACCOUNT}");
    let (answer, ()) = tokio::join!(house.visit(&path, &cookie), stop);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert!(answer.body.starts_with("event: account\ndata: {\"id\":"), "{}", answer.body);

    house.visit("/live?account=none", &cookie).await.problem(422);
    house.visit("/live", &cookie).await.problem(422);
    house.visit("/live?account=0190b5a4-0000-7000-8000-000000000000", &cookie).await.problem(404);
    house.get("/live").await.problem(401);
}
