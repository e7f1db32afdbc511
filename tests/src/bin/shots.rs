//! The README's screenshots: real pages of the real program, in a real
//! browser. Takes the folder to write them into.
#![expect(clippy::unwrap_used, reason = "whatever goes wrong ends the program, and nothing is to be saved")]

use std::{env, fs, path::PathBuf};

use serde_json::{Value, json};
use tests::{
    Api, Chromium, Colours, Database::Sqlite, JavaScript, Program, Reply, Running, Sandbox, ScriptedTarget,
    Target, article_service, eventually, with_approval,
};

const PASSWORD: &str = "to-be-seen-by-nobody";
const WIDE: u32 = 1280;
const NARROW: u32 = 375;

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "docs/shots".into()));
    fs::create_dir_all(&folder).unwrap();
    let company = Company::start().await;
    let account = company.have_accounts().await;

    let browser = Chromium::start(&company.portal.url, JavaScript::On).await;
    let shoot = async |name: &str| {
        fs::write(folder.join(format!("{name}.png")), browser.picture().await).unwrap();
    };
    browser.prefer(Colours::Light).await;
    browser.resize(WIDE, 720).await;
    browser.open("/sign-in").await;
    shoot("sign-in").await;

    sign_in(&browser, "mira").await;
    browser.is_awake().await;
    shoot("accounts").await;
    // Opened anew, since a page fades from one to the other.
    browser.prefer(Colours::Dark).await;
    browser.open("/accounts").await;
    browser.is_awake().await;
    shoot("accounts-dark").await;
    browser.prefer(Colours::Light).await;

    browser.press("Request an account").await;
    browser.press("Web shop staging").await;
    browser.fill("Purpose", "Try the vouchers before the release").await;
    browser.fill("Ticket", "SHOP-431").await;
    browser.fill("Lease", "2h").await;
    shoot("request").await;

    browser.open(&format!("/accounts/{account}")).await;
    browser.is_awake().await;
    browser.press("Reveal").await;
    browser.shows("Hide").await;
    shoot("account").await;
    browser.resize(NARROW, 800).await;
    shoot("account-narrow").await;
    browser.resize(WIDE, 720).await;

    browser.open("/services").await;
    shoot("services").await;

    company.have_batches().await;
    browser.open("/batches").await;
    shoot("batches").await;
    company.have_debt().await;
    browser.open("/debt").await;
    shoot("debt").await;

    company.have_requests().await;
    browser.press("Sign out").await;
    sign_in(&browser, "olga").await;
    browser.open("/approvals").await;
    shoot("approvals").await;
    browser.open("/audit").await;
    shoot("audit").await;
    company.portal.stop().await.success();
}

async fn sign_in(browser: &Chromium, login: &str) {
    browser.fill("Login", login).await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Sign in").await;
    browser.is_at("/accounts").await;
}

/// People who work with a few services, and the portal between them.
struct Company {
    portal: Running,
    mira: Api,
    noah: Api,
    // What must go on for as long as the portal does.
    _services: (Sandbox, Sandbox, ScriptedTarget, ScriptedTarget, Target),
    _program: Program,
}

impl Company {
    async fn start() -> Self {
        let program = Program::new(Sqlite).await;
        for (login, role) in [("mira", "tester"), ("noah", "tester"), ("olga", "manager")] {
            program.add_person(login, role, PASSWORD).await;
        }
        let (users, shop) = (Sandbox::start().await, Sandbox::start().await);
        let ledger =
            ScriptedTarget::start(|call| Reply::status(if call.is_create() { 400 } else { 404 })).await;
        let archive =
            ScriptedTarget::start(|call| Reply::status(if call.is_delete() { 503 } else { 200 })).await;
        let mut mail = Target::start(axum::Router::new()).await;
        mail.go_down();
        let tables = [
            service("user-service", "User service", "dev", &users.0),
            service("shop", "Web shop", "staging", &shop.0),
            service("ledger", "Ledger", "staging", &ledger.target),
            service("mail", "Mail", "dev", &mail),
            service("archive", "Archive", "staging", &archive.target),
            with_approval(service("payroll", "Payroll", "staging", &users.0)),
        ];
        let file = program.write("services.toml", &toml::to_string(&json!({ "service": tables })).unwrap());
        program.run(&["service", "apply", &file]).await.success();
        let (mira, noah) = (program.issue_token("mira").await, program.issue_token("noah").await);
        let portal = program.serve().await;
        let [mira, noah] = [mira, noah].map(|token| Api::new(&portal.url, Some(token)));
        Self { portal, mira, noah, _services: (users, shop, ledger, archive, mail), _program: program }
    }

    /// Accounts in all kinds of states. Answers the id of one to look at.
    async fn have_accounts(&self) -> String {
        let nightly = json!({ "services": ["shop"], "purpose": "Nightly regression", "ticket": "SHOP-398" });
        let nightly = request(&self.mira, nightly).await;
        self.mira.account_once("active", &nightly["id"]).await;
        self.mira.delete(&format!("/api/v1/accounts/{}", nightly["id"].as_str().unwrap())).await.expect(200);
        let booking = json!({ "services": ["ledger"], "purpose": "Book a refund" });
        let booking = request(&self.mira, booking).await;
        self.mira.account_once("failed", &booking["id"]).await;
        let fault = json!({
            "services": ["user-service"], "ttl": "25m",
            "purpose": "Reproduce the lost session after a password change", "ticket": "AUTH-77",
        });
        let fault = request(&self.mira, fault).await;
        self.mira.account_once("active", &fault["id"]).await;
        let newsletter = json!({ "services": ["mail"], "purpose": "Read what the newsletter looks like" });
        request(&self.mira, newsletter).await;
        let of_another = request(&self.noah, json!({ "services": ["shop"], "purpose": "Load test" })).await;
        self.noah.account_once("active", &of_another["id"]).await;
        let checkout = json!({
            "services": ["user-service", "shop"], "ttl": "4h", "ticket": "SHOP-412", "hint": "checkout",
            "purpose": "See whether the discount survives a reload of the checkout",
            "labels": { "team": "shop", "suite": "checkout" },
        });
        let checkout = request(&self.mira, checkout).await;
        self.mira.account_once("active", &checkout["id"]).await;
        checkout["id"].as_str().unwrap().to_owned()
    }
}

impl Company {
    /// Batches that went well, in part, and backwards.
    async fn have_batches(&self) {
        let load = json!({ "services": ["shop"], "count": 24, "ticket": "SHOP-420", "run": "nightly:2041" });
        let load = request(&self.mira, load).await;
        self.mira.batch_once_finished(&load["id"]).await;
        let booking = json!({ "services": ["ledger"], "count": 3, "purpose": "Book refunds in parallel" });
        let booking = request(&self.mira, booking).await;
        self.mira.batch_once_finished(&booking["id"]).await;
        let cleanup = json!({ "run": "nightly:2041" });
        let cleanup = self.mira.post("/api/v1/cleanups", &cleanup).await.json();
        self.mira.batch_once_finished(&cleanup["id"]).await;
    }

    /// Accounts that their service does not let go of.
    async fn have_debt(&self) {
        for purpose in ["Read an old invoice", "Restore a deleted document"] {
            let account = request(&self.mira, json!({ "services": ["archive"], "purpose": purpose })).await;
            self.mira.account_once("active", &account["id"]).await;
            self.mira.revoke_later(&account["id"]).await;
        }
        eventually("both removals were tried", async || {
            let debt = self.mira.get("/api/v1/debt").await.items();
            let tried = debt.iter().filter(|debt| debt["reason"].is_string()).count();
            (tried == 2).then_some(())
        })
        .await;
    }

    /// Requests that wait for a manager.
    async fn have_requests(&self) {
        for (api, purpose, ticket) in [
            (&self.mira, "Check the payslip of somebody who left in March", "PAY-88"),
            (&self.noah, "Try the new overtime rules with a night shift", "PAY-91"),
        ] {
            let wanted =
                json!({ "services": ["payroll"], "purpose": purpose, "ticket": ticket, "ttl": "8h" });
            request(api, wanted).await;
        }
    }
}

async fn request(api: &Api, wanted: Value) -> Value {
    let call = api.call(http::Method::POST, "/api/v1/accounts").json(&wanted);
    call.header("prefer", "respond-async").send().await.expect(202)
}

fn service(slug: &str, name: &str, environment: &str, target: &Target) -> Value {
    let mut table = article_service(slug, &target.url());
    table["name"] = json!(name);
    table["environment"] = json!(environment);
    table
}
