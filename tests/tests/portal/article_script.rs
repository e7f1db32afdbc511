//! The script that the portal replaces runs unchanged against it.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
};

use tests::{Database::Sqlite, Program, Sandbox, python_with};

/// As its users run it: who they are stands in their `.netrc`.
const SCRIPT: &str = r#"
import sys
import requests

service_url = sys.argv[1]

response = requests.post('http://localhost:8080/create', json={'service_url': service_url})
response.raise_for_status()
account = response.json()
print(account['username'], account['status'])

response = requests.post('http://localhost:8080/create', json={'service_url': 'http://nowhere.example'})
print(response.status_code)

response = requests.post('http://localhost:8080/cleanup')
print(response.status_code, response.json()['status'])
"#;

#[tokio::test]
async fn the_articles_script_runs_unchanged() {
    let program = Program::new(Sqlite).await;
    let sandbox = Sandbox::start().await;
    program.add_person("ann", "tester", "secret-enough").await;
    program.apply_article_service(&sandbox.0.url()).await;
    let token = program.issue_token("ann").await;
    let netrc = program.write(".netrc", &format!("machine localhost login ci password {token}\n"));
    fs::set_permissions(netrc, Permissions::from_mode(0o600)).unwrap();
    let python = python_with("requests");

    let port = free_port();
    let running = program.start(&["serve", "--listen", &format!("127.0.0.1:{port}")]).await;
    let script = program.write("script.py", &SCRIPT.replace(":8080", &format!(":{port}")));
    let finished = program.run_other(python, &[&script, &sandbox.0.url()]).await;
    let lines: Vec<&str> = finished.success().lines().collect();
    assert!(lines[0].starts_with("test_") && lines[0].ends_with(" created"), "{lines:?}");
    assert_eq!(lines[1..], ["422", "200 all test accounts cleaned up"]);
    assert!(sandbox.usernames().await.is_empty());
    running.stop().await.success();
}

/// The script's own port, unless somebody else has it.
fn free_port() -> u16 {
    let wanted = TcpListener::bind(("127.0.0.1", 8080)).or_else(|_| TcpListener::bind(("127.0.0.1", 0)));
    wanted.unwrap().local_addr().unwrap().port()
}
