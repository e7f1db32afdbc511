//! The banner of a pause of expiry, which stands on every page.

use std::time::Duration;

use tests::{Database::Sqlite, TestPortal, Who, eventually, field_names};

const RESUME: &str = "/actions/resume_expiry";

/// Sets the clock forward, and waits until the portal has noticed.
pub async fn pause_expiry(portal: &TestPortal) {
    portal.clock.jump_secs(6 * 60);
    eventually("the jump was noticed", async || {
        portal.clock.advance(Duration::from_secs(1));
        portal.events("action=expiry_paused").await.pop()
    })
    .await;
}

#[tokio::test]
async fn all_pages_say_that_leases_do_not_end_and_an_admin_can_change_it() {
    let portal = TestPortal::start(Sqlite).await;
    pause_expiry(&portal).await;
    let tester = portal.signed_in(Who::Tester).await;
    for path in ["/accounts", "/accounts/new", "/services", "/nowhere"] {
        let page = tester.open(path).await;
        assert!(page.text.contains("No lease ends before "), "{path}");
        assert!(field_names(&page.text, RESUME).is_empty(), "{path}");
    }
    assert!(!portal.browser().open("/sign-in").await.text.contains("No lease ends before "));
    let refused = tester.submit(RESUME, &[("then", "/services")]).await;
    assert_eq!(refused.status, 403, "no page has room for it, so it has one of its own");

    let admin = portal.signed_in(Who::Admin).await;
    assert_eq!(field_names(&admin.open("/services").await.text, RESUME), ["then"]);
    let page = admin.submit_and_follow(RESUME, &[("then", "/services")]).await;
    assert!(page.text.contains("<h1>Services") && !page.text.contains("No lease ends before "));
    let audit = admin.open("/audit").await;
    assert!(audit.text.contains("Let leases end again") && audit.text.contains("The clock jumped"));
}
