//! The examples, against a demo.

use std::path::Path;

use tests::{Api, Database::Sqlite, Program, Running, eventually, python_with};

/// A demo, and a shell into which its `export` line was pasted.
pub struct Demo {
    pub program: Program,
    pub api: Api,
    running: Running,
}

impl Demo {
    pub async fn start() -> Self {
        let mut program = Program::new(Sqlite).await;
        let addresses = ["--listen", "127.0.0.1:0", "--sandbox-listen", "127.0.0.1:0"];
        let running = program.start(&[&["demo"], &addresses[..]].concat()).await;
        let said = running.stdout();
        let line = said.lines().find_map(|line| line.trim().strip_prefix("export ")).unwrap();
        let variables: Vec<_> = line.split(' ').map(|word| word.split_once('=').unwrap()).collect();
        for (name, value) in &variables {
            program.set(name, *value);
        }
        let (_, token) = variables.iter().find(|(name, _)| *name == "UNDERSTUDY_TOKEN").unwrap();
        let api = Api::new(&running.url, Some((*token).to_owned()));
        Self { program, api, running }
    }

    /// Checks that accounts of that run were there and go, also where nobody
    /// waited for that, and stops.
    pub async fn ends_with_nothing_left_of(self, run: &str) {
        let accounts = async || self.api.get("/api/v1/accounts?limit=200").await.items();
        let of_run = |account: &serde_json::Value| account["run"].as_str().unwrap().starts_with(run);
        assert!(accounts().await.iter().any(of_run), "{run}: {:?}", accounts().await);
        eventually("all of them are gone", async || {
            accounts().await.iter().all(|account| account["state"] == "revoked").then_some(())
        })
        .await;
        self.running.stop().await.success();
    }
}

fn example(path: &str) -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples");
    examples.join(path).display().to_string()
}

#[tokio::test]
async fn the_pytest_fixture_signs_in_and_gives_the_account_back() {
    let mut demo = Demo::start().await;
    // Nothing is to be left in the sources.
    demo.program.set("PYTHONDONTWRITEBYTECODE", "1");
    let args = ["-m", "pytest", "-p", "no:cacheprovider", &example("pytest")];
    let finished = demo.program.run_other(python_with("pytest"), &args).await;
    assert!(finished.success().contains("1 passed"), "{}", finished.stdout);
    demo.ends_with_nothing_left_of("pytest:").await;
}

#[tokio::test]
async fn the_javascript_helper_signs_in_and_gives_the_account_back() {
    let demo = Demo::start().await;
    let finished = demo.program.run_other("node", &["--test", &example("javascript/sign-in.test.mjs")]).await;
    assert!(finished.success().contains("pass 1"), "{}", finished.stdout);
    demo.ends_with_nothing_left_of("node:").await;
}
