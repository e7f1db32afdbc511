//! The presets against the software that they are for, a file for each.
//! `cargo xtask real-services` starts it and says by variables where it is.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "whatever goes wrong in a test's helper fails the test"
)]
#![expect(clippy::print_stdout, reason = "what a real service made of its check is worth seeing")]

mod jupyterhub;
mod mlflow;
mod oidc_provider;
mod rabbitmq;
mod relay;
mod scim2;

use std::{env, fs, net::SocketAddr, time::Duration};

use http::Method;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tests::{Answer, Api, Call, Database, Program, TestPortal, Who, eventually};
use tokio::{net::TcpStream, sync::RwLock};
use url::Url;

use self::relay::Relay;

/// Whose end a service's secret has among the variables.
const SECRET: &str = "_SECRET";

/// The file that says which process it is.
const PROCESS: &str = "_PROCESS";

/// A portal, and a real service that it makes accounts on.
struct Real {
    portal: TestPortal,
    /// Nobody's client of the service.
    service: Api,
    /// The admin's credential there.
    secret: String,
    /// The service file by which the portal knows it.
    file: String,
    preset: &'static str,
    _turn: Box<dyn Send>,
}

/// Whoever kills a service has to be alone with it.
static TURNS: RwLock<()> = RwLock::const_new(());

impl Real {
    /// Starts a portal on which the service is registered by its preset, under
    /// the preset's name.
    async fn start(preset: &'static str) -> Self {
        Self::start_in(Box::new(TURNS.read().await), preset).await
    }

    /// The same, while no other test uses any service.
    async fn start_alone(preset: &'static str) -> Self {
        Self::start_in(Box::new(TURNS.write().await), preset).await
    }

    async fn start_in(turn: Box<dyn Send>, preset: &'static str) -> Self {
        let [url, secret] = ["", SECRET].map(|what| variable(preset, what));
        let reference = reference(preset);
        let allow =
            |config: &mut server::config::Config| config.guard.allowed_secrets.push(reference.clone());
        let portal = TestPortal::start_with(Database::Sqlite, allow).await;
        let file = format!(
            "[[service]]\nslug = \"{preset}\"\nname = \"{preset}\"\nenvironment = \"test\"\n\
             base_url = \"{url}\"\nconnector = \"{preset}\"\nsecret = \"{reference}\"\n"
        );
        let real = Self { portal, service: Api::new(url, None), secret, file, preset, _turn: turn };
        real.apply(&real.file).await;
        real
    }

    /// Has the portal know the service by this file from now on.
    async fn apply(&self, file: &str) {
        self.portal.apply_file(Who::Admin, file).await.unwrap();
    }

    /// Adds tables to the service file.
    async fn apply_with(&self, tables: &str) {
        self.apply(&format!("{}{tables}", self.file)).await;
    }

    fn address(&self) -> SocketAddr {
        Url::parse(self.service.base()).unwrap().socket_addrs(|| None).unwrap()[0]
    }

    /// From now on the service is killed when it has carried out one of these
    /// calls, each of them once, and the answer is lost.
    async fn kill_at(&self, calls: &[&'static str]) -> Relay {
        let preset = self.preset;
        let address = self.address();
        let relay = Relay::start(address, calls, move || kill(preset)).await;
        self.apply(&self.file.replace(&address.to_string(), &relay.address().to_string())).await;
        relay
    }

    /// Asks for an account, which is active at once.
    async fn new_account(&self) -> Value {
        let wanted = json!({ "services": [self.preset] });
        let account = self.portal.tester().post("/api/v1/accounts", &wanted).await.expect(201);
        assert_eq!(account["state"], "active", "{account:#}");
        account
    }

    /// The account, once it is in that state: after the service was killed at
    /// this call and has started again.
    async fn once_back(&self, relay: &Relay, call: &'static str, state: &str, id: &Value) -> Value {
        let killed = format!("the service is killed at {call}");
        eventually(&killed, async || (!relay.to_come().contains(&call)).then_some(())).await;
        eventually("it answers again", async || TcpStream::connect(self.address()).await.ok()).await;
        // The portal waits until nothing can still arrive of what it has sent.
        self.portal.clock.advance(Duration::from_secs(60));
        self.portal.tester().account_once(state, id).await
    }

    /// Does something with the account that ends well at once.
    async fn act(&self, account: &Value, what: &str) -> Value {
        self.portal.tester().act(&account["id"], what, &json!({})).await.expect(200)
    }

    /// Gives the account back, which is proven gone at once.
    async fn revoke(&self, account: &Value) {
        let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
        let revoked = self.portal.tester().delete(&path).await.expect(200);
        assert_eq!(revoked["state"], "revoked", "{revoked:#}");
        assert!(revoked["services"][0]["removed_at"].is_string(), "{revoked:#}");
    }

    /// Tries the service out as its page does.
    async fn assert_check_passes(&self) {
        let path = format!("/api/v1/services/{}/check", self.preset);
        let check = self.portal.admin().order(&path).await.expect(200);
        assert_eq!(check["ok"], true, "{check:#}");
        println!("POST {path}\n{check:#}");
    }

    /// Tries the service out as an operator does at a shell.
    async fn assert_check_passes_at_the_command_line(&self) {
        let mut program = Program::new(Database::Sqlite).await;
        program.write("understudy.toml", &format!("allowed_secrets = [\"{}\"]\n", reference(self.preset)));
        program.set(&name_of_variable(self.preset, SECRET), &self.secret);
        let file = program.write("service.toml", &self.file);
        program.run(&["service", "apply", &file]).await.success();
        let check = program.run(&["service", "check", self.preset]).await;
        let steps = check.success();
        assert!(!steps.is_empty() && steps.lines().all(|step| step.contains("\tok\t")), "{steps}");
        assert!(!steps.contains(&self.secret), "{steps}");
        println!("understudy service check {}\n{steps}", self.preset);
    }

    /// Whether accounts can be frozen there.
    async fn assert_cannot_freeze(&self, account: &Value) {
        let refused = self.portal.tester().act(&account["id"], "freeze", &json!({})).await;
        let problem = refused.problem(409, "conflict");
        assert!(problem["detail"].as_str().unwrap().contains(self.preset), "{problem}");
    }

    fn call(&self, method: &str, path: &str) -> Call {
        self.service.call(Method::from_bytes(method.as_bytes()).unwrap(), path)
    }
}

fn name_of_variable(preset: &str, what: &str) -> String {
    format!("UNDERSTUDY_REAL_{}{what}", preset.to_uppercase())
}

fn variable(preset: &str, what: &str) -> String {
    let name = name_of_variable(preset, what);
    env::var(&name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask real-services {preset}`"))
}

/// How a service file names the secret.
fn reference(preset: &str) -> String {
    format!("env:{}", name_of_variable(preset, SECRET))
}

/// Kills the service and all of its processes, without any warning. It is
/// started again at once, but takes its time.
fn kill(preset: &str) {
    let id = fs::read_to_string(variable(preset, PROCESS)).unwrap();
    kill_process_group(Pid::from_raw(id.parse().unwrap()).unwrap(), Signal::KILL).unwrap();
}

/// What somebody needs to sign in there: the name and the secret.
fn login_of(account: &Value) -> (&str, &str) {
    let login = &account["credentials"]["services"][0];
    (login["username"].as_str().unwrap(), login["secret"].as_str().unwrap())
}

/// What is asked of every service: that an account's secret opens it from its
/// creation to its end, and no other one does.
async fn live_through(real: &Real, sign_in: impl AsyncFn(&str, &str) -> Answer, refused: u16) {
    let account = real.new_account().await;
    let (username, first) = login_of(&account);
    assert_eq!(sign_in(username, first).await.status, 200);
    assert_eq!(sign_in(username, &wrong(first)).await.status, refused);

    let reset = real.act(&account, "reset").await;
    let (same, second) = login_of(&reset);
    assert_eq!(same, username);
    assert_ne!(second, first);
    assert_eq!(sign_in(username, second).await.status, 200);
    assert_eq!(sign_in(username, first).await.status, refused);

    real.revoke(&account).await;
    assert_eq!(sign_in(username, second).await.status, refused);
}

/// What is asked of every service that can freeze: that nobody gets in while
/// an account is frozen, and its holder does again afterwards.
async fn freeze_and_thaw(real: &Real, sign_in: impl AsyncFn(&str, &str) -> Answer, refused: u16) {
    let account = real.new_account().await;
    let (username, password) = login_of(&account);
    assert_eq!(real.act(&account, "freeze").await["services"][0]["disabled"], true);
    assert_eq!(sign_in(username, password).await.status, refused);
    assert_eq!(sign_in(username, "").await.status, refused);
    real.act(&account, "unfreeze").await;
    assert_eq!(sign_in(username, password).await.status, 200);
    real.revoke(&account).await;
}

/// Two at once: each has a secret of its own, and the end of one is not that
/// of the other.
async fn two_at_once(real: &Real, sign_in: impl AsyncFn(&str, &str) -> Answer, refused: u16) {
    let (one, other) = futures::join!(real.new_account(), real.new_account());
    let ((one_name, one_secret), (other_name, other_secret)) = (login_of(&one), login_of(&other));
    assert_ne!(one_name, other_name);
    assert_eq!(sign_in(one_name, one_secret).await.status, 200);
    assert_eq!(sign_in(other_name, other_secret).await.status, 200);
    real.revoke(&one).await;
    assert_eq!(sign_in(one_name, one_secret).await.status, refused);
    assert_eq!(sign_in(other_name, other_secret).await.status, 200);
    real.revoke(&other).await;
}

/// The secret with its first letter changed: as long, and as allowed.
fn wrong(secret: &str) -> String {
    let first = if secret.starts_with('a') { 'b' } else { 'a' };
    format!("{first}{}", &secret[1..])
}
