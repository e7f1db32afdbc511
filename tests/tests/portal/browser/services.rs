//! A service on its way into the portal, with JavaScript on and off.

use rstest::rstest;
use tests::{Chromium, Database::Sqlite, JavaScript, TestPortal, Who};

const TOML: &str = "The rest, as TOML";

#[rstest]
#[tokio::test]
async fn a_service_is_registered_checked_and_changed(
    #[values(JavaScript::On, JavaScript::Off)] javascript: JavaScript,
) {
    let portal = TestPortal::start(Sqlite).await;
    let visitor = Chromium::start(portal.url(), javascript).await;
    visitor.open("/services").await;
    visitor.fill("Login", Who::Admin.login()).await;
    visitor.fill("Password", Who::Admin.password()).await;
    visitor.press("Sign in").await;
    visitor.press("Register a service").await;
    visitor.is_at("/services/new").await;
    let file = format!(
        "\n[[service]]\nenvironment = \"dev\"\nbase_url = \"{}\"\nconnector = article\n# <b> & </textarea>\n",
        portal.sandbox.0.url()
    );
    visitor.fill("Slug", "orders").await;
    visitor.fill(TOML, &file).await;
    visitor.press("Register it").await;
    visitor.shows("Line 5, column 13, `connector = article`: is no TOML").await;
    assert_eq!(visitor.field(TOML).await, file, "every line is where it was");
    assert_eq!(visitor.field("Slug").await, "orders");
    visitor.fill(TOML, &file.replace("= article", "= \"article\"")).await;
    visitor.press("Register it").await;
    visitor.is_at("/services/orders").await;
    visitor.shows("The service is registered.").await;

    visitor.press("Check it now").await;
    visitor.shows("Every step went as it should.").await;
    visitor.press("Edit").await;
    visitor.fill("Name", "Orders & more").await;
    visitor.press("Save").await;
    visitor.shows("The table is saved.").await;
    visitor.has_text("h1", "Orders & more").await;
    visitor.shows("It was not tried out since its table was last changed.").await;
    assert_eq!(visitor.complaints().await, Vec::<String>::new());
}
