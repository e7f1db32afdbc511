//! `understudy demo`

use serde_json::json;
use tests::{Api, Browser, Database::Sqlite, Program};

#[tokio::test]
async fn prints_all_that_a_newcomer_needs_and_throws_it_away_afterwards() {
    let program = Program::new(Sqlite).await;
    let addresses = ["--listen", "127.0.0.1:0", "--sandbox-listen", "127.0.0.1:0"];
    let running = program.start(&[&["demo"], &addresses[..]].concat()).await;
    let said = running.stdout();
    for needed in ["Portal", &running.url, "tester, manager or admin", "Sandbox", "/api/docs", "curl"] {
        assert!(said.contains(needed), "{needed} in {said}");
    }
    for login in ["tester", "manager", "admin"] {
        let fields = [("login", login), ("password", login), ("then", "")];
        let answer = Browser::new(&running.url).submit("/actions/sign_in", &fields).await;
        assert_eq!(answer.header("location"), "/accounts", "{login}");
    }
    let token = said.lines().find_map(|line| line.trim().strip_prefix("token of tester: ")).unwrap();
    let api = Api::new(&running.url, Some(token.to_owned()));
    let account = api.new_account().await;
    let sandbox = said.lines().find_map(|line| line.trim().strip_prefix("Sandbox  ")).unwrap();
    let credentials = &account["credentials"];
    let login = json!({ "username": credentials["username"], "password": credentials["password"] });
    Api::new(sandbox, None).post("/login", &login).await.expect(200);

    running.stop().await.success();
    let kept: Vec<_> =
        std::fs::read_dir(program.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(kept, ["data"], "nothing of it in the visitor's folder");
    assert!(program.files().is_empty());
}
