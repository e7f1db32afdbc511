//! `POST /api/v1/drift/{id}/ignore`

use rstest::rstest;
use tests::{
    Database::{self, Postgres, Sqlite},
    TestPortal,
};

use crate::api::v1::drift::{DRIFT, come_back, decide, entry_after_two_sweeps, sweep, swept_by_itself};

#[rstest]
#[tokio::test]
async fn what_is_ignored_is_not_shown_again_while_it_stays_as_it_is(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    portal.sandbox.create("test_stranger", "secret").await;
    let entry = entry_after_two_sweeps(&portal).await;
    let path = format!("{DRIFT}/{}/ignore", entry["id"].as_str().unwrap());
    portal.manager().order(&path).await.problem(403, "forbidden");
    let ignore = || portal.admin().call(http::Method::POST, &path).key("once").send();
    let ignored = ignore().await.expect(200);
    assert_eq!(ignored["state"], "ignored");
    assert_eq!(ignore().await.expect(200), ignored);
    assert_eq!(portal.events("action=drift_ignored").await.len(), 1);
    for _ in 0..2 {
        assert_eq!(sweep(&portal).await["unknown"][0]["state"], "ignored");
        assert!(portal.admin().get(DRIFT).await.items().is_empty());
    }
    portal.sandbox.delete("test_stranger").await;
    sweep(&portal).await;
    portal.sandbox.create("test_stranger", "another's").await;
    let entry = entry_after_two_sweeps(&portal).await;
    assert_ne!(entry["id"], ignored["id"], "it is another one by now");
}

#[rstest]
#[tokio::test]
async fn what_is_ignored_is_spared_by_sweeps_also_where_it_was_minted_here(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let portal = TestPortal::start_listing(database).await;
    let username = come_back(&portal).await;
    swept_by_itself(&portal).await;
    swept_by_itself(&portal).await;
    let entry = portal.admin().get(DRIFT).await.items().remove(0);
    decide(&portal, &entry, "ignore").await.expect(200);
    assert_eq!(sweep(&portal).await["unknown"][0]["state"], "ignored");
    assert_eq!(portal.sandbox.usernames().await, [username]);
    decide(&portal, &entry, "delete").await.expect(200);
    assert!(portal.sandbox.usernames().await.is_empty(), "who changes their mind can still have it deleted");
}
