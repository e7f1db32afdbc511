//! Services that a portal calls, which can go down and come back.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use server::sandbox::{self, SandboxOptions};
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{api::http_client, wait::eventually};

/// A service at an address that stays its own while it is down. What it knows
/// outlives that too.
#[derive(Debug)]
pub struct Target {
    router: Router,
    address: SocketAddr,
    // All of its connections live on a runtime of its own, so that going down
    // ends them as well.
    running: Option<Runtime>,
}

impl Target {
    /// Starts it at a free port.
    pub async fn start(router: Router) -> Self {
        let mut target = Self { router, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), running: None };
        target.come_back().await;
        target
    }

    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on nobody answers.
    pub fn go_down(&mut self) {
        if let Some(runtime) = self.running.take() {
            runtime.shutdown_background();
        }
    }

    /// From now on it answers again.
    pub async fn come_back(&mut self) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (address, router) = (self.address, self.router.clone());
        let listener = eventually("the target's port is free again", async || {
            runtime.spawn(TcpListener::bind(address)).await.unwrap().ok()
        });
        let listener = listener.await;
        self.address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        self.running = Some(runtime);
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.go_down();
    }
}

/// The sandbox service, as the product ships it.
#[derive(Debug)]
pub struct Sandbox(pub Target);

impl Sandbox {
    /// An empty one.
    pub async fn start() -> Self {
        Self(Target::start(sandbox::router(SandboxOptions::default())).await)
    }

    /// The names of the accounts that exist there.
    pub async fn usernames(&self) -> Vec<String> {
        let answer = http_client().get(format!("{}/accounts", self.0.url())).send().await.unwrap();
        let list: serde_json::Value = answer.json().await.unwrap();
        serde_json::from_value(list["accounts"].clone()).unwrap()
    }

    /// Somebody creates an account there, past the portal.
    pub async fn create(&self, username: &str, password: &str) {
        let login = serde_json::json!({ "username": username, "password": password });
        let call = http_client().post(format!("{}/create_account", self.0.url())).json(&login);
        assert!(call.send().await.unwrap().status().is_success());
    }

    /// Somebody deletes an account there, past the portal.
    pub async fn delete(&self, username: &str) {
        let call = http_client().delete(format!("{}/delete_account/{username}", self.0.url()));
        assert!(call.send().await.unwrap().status().is_success());
    }

    /// Whether somebody can sign in there with these.
    pub async fn accepts(&self, username: &str, password: &str) -> bool {
        let login = serde_json::json!({ "username": username, "password": password });
        let answer = http_client().post(format!("{}/login", self.0.url())).json(&login).send().await.unwrap();
        answer.status().is_success()
    }
}
