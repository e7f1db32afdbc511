//! A shell that knows a running portal, with a token of a tester's.

use serde_json::{Value, json};
use tests::{Api, Database::Sqlite, Program, Running, Sandbox};

/// The login of the token's owner.
pub const OWNER: &str = "ann";

/// The program with `UNDERSTUDY_URL` and `UNDERSTUDY_TOKEN` set.
pub struct Shell {
    pub program: Program,
    pub sandbox: Sandbox,
    pub api: Api,
    running: Option<Running>,
}

impl Shell {
    pub async fn open() -> Self {
        let mut program = Program::new(Sqlite).await;
        let sandbox = Sandbox::start().await;
        program.add_person(OWNER, "tester", "secret-enough").await;
        program.apply_article_service(&sandbox.0.url()).await;
        let token = program.issue_token(OWNER).await;
        let running = program.serve().await;
        program.set("UNDERSTUDY_URL", &running.url);
        program.set("UNDERSTUDY_TOKEN", &token);
        let api = Api::new(&running.url, Some(token));
        Self { program, sandbox, api, running: Some(running) }
    }

    /// Registers or changes a service.
    pub async fn apply(&self, service: &Value) {
        let file =
            self.program.write("service.toml", &toml::to_string(&json!({ "service": [service] })).unwrap());
        self.program.run(&["service", "apply", &file]).await.success();
    }

    /// From now on nobody answers at the portal's address.
    pub async fn stop_portal(&mut self) {
        self.running.take().unwrap().stop().await.success();
    }

    /// Starts the portal again at its address.
    pub async fn start_portal(&mut self) {
        let address = self.api.base().trim_start_matches("http://").to_owned();
        self.running = Some(self.program.start(&["serve", "--listen", &address]).await);
    }
}
