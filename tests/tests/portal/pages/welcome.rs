//! `/welcome`: setting the portal up

use rstest::rstest;
use tests::{
    Browser,
    Database::{self, Postgres, Sqlite},
    Program, TestPortal,
};

#[rstest]
#[tokio::test]
async fn whoever_has_the_link_of_an_empty_portal_becomes_its_first_admin(
    #[values(Sqlite, Postgres)] database: Database,
) {
    let program = Program::new(database).await;
    let running = program.serve().await;
    let told = running.told("To become the first admin, open ").await;
    let path = told.split_once(&running.url).unwrap().1.trim().to_owned();
    let browser = Browser::new(&running.url);
    let page = browser.open(&path).await;
    assert!(page.text.contains("You become the first admin"), "{}", page.text);
    let code = path.split_once("code=").unwrap().1;
    let accept = |login| [("code", code), ("login", login), ("password", "several words of mine")];
    let refused = browser.submit("/actions/accept_invitation", &accept("The Boss")).await;
    let page = browser.open(refused.header("location")).await;
    assert!(page.text.contains("lower-case letters"), "{}", page.text);
    let accepted = browser.submit("/actions/accept_invitation", &accept("boss")).await;
    assert_eq!(accepted.header("location"), "/accounts");
    assert!(browser.open("/people").await.text.contains("boss"));
    assert_eq!(Browser::new(&running.url).open(&path).await.status, 404, "it is good once");
    assert_eq!(program.run(&["person", "list"]).await.success(), "boss\tadmin\tdefault\tactive");
}

#[tokio::test]
async fn there_is_no_such_link_once_somebody_is_there() {
    let portal = TestPortal::start(Sqlite).await;
    assert_eq!(portal.set_up_link().await, None);
}
