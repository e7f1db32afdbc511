//! `understudy exec`

use std::{os::unix::fs::PermissionsExt, time::Duration};

use serde_json::Value;
use tests::{
    Process, Received, Reply, SANDBOX, Sandbox, ScriptedTarget, Signal, article_service, eventually,
    folder_of_understudy, python_with,
};
use tokio::time::sleep;

use super::shell::Shell;

/// Goes on until the test lets it go, or has ended and its folder with it.
const UNTIL_LET_GO: &str = "until [ -e go ] || [ ! -d data ]; do sleep 0.05; done";

/// Goes on for as long as the test does.
const FOR_EVER: &str = "while [ -d data ]; do sleep 0.05; done";

impl Shell {
    /// Starts `exec` with that script, and waits until the script is ready.
    async fn exec(&self, options: &[&str], script: &str) -> Process {
        let script = format!("echo ready; {script}");
        let args = [&["exec", "--service", SANDBOX], options, &["--", "sh", "-c", &script]].concat();
        let process = self.program.spawn(&args);
        process.answers("ready").await;
        process
    }

    fn let_go(&self) {
        self.program.write("go", "");
    }

    /// The only account that there is.
    async fn the_account(&self) -> Value {
        let accounts = self.api.get("/api/v1/accounts").await.items();
        assert_eq!(accounts.len(), 1, "{accounts:?}");
        accounts[0].clone()
    }

    /// Checks that the one account was given back.
    async fn nothing_is_left(&self) {
        assert!(self.sandbox.usernames().await.is_empty());
        let account = self.the_account().await;
        assert_eq!((&account["state"], &account["end_reason"]), (&"revoked".into(), &"revoked".into()));
    }
}

#[tokio::test]
async fn a_command_has_what_to_sign_in_with_for_as_long_as_it_runs() {
    let shell = Shell::open().await;
    let script = format!("env; {UNTIL_LET_GO}");
    let options = ["--run", "ci:7", "--label", "suite=checkout", "--purpose", "checkout test", "--ttl", "7m"];
    let process = shell.exec(&options, &format!("{script}; echo ended")).await;
    let variable = async |name: &str| {
        let value = async || {
            let said = process.stdout();
            said.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).map(str::to_owned)
        };
        eventually(&format!("{name} is set"), value).await
    };
    let username = variable("UNDERSTUDY_USER_SERVICE_USERNAME").await;
    let password = variable("UNDERSTUDY_USER_SERVICE_PASSWORD").await;
    assert_eq!(variable("UNDERSTUDY_RUN").await, "ci:7");
    assert!(shell.sandbox.accepts(&username, &password).await);
    let account = shell.the_account().await;
    assert_eq!((&account["run"], &account["purpose"]), (&"ci:7".into(), &"checkout test".into()));
    assert_eq!(account["labels"]["suite"], "checkout");
    shell.let_go();
    let finished = process.finished().await;
    assert!(finished.success().ends_with("ended"));
    assert!(finished.stderr.contains("ci:7") && !finished.stderr.contains(&password), "{}", finished.stderr);
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn one_account_can_be_on_several_services() {
    let shell = Shell::open().await;
    let orders = Sandbox::start().await;
    shell.apply(&article_service("orders-2", &orders.0.url())).await;
    let script = "echo $UNDERSTUDY_USER_SERVICE_USERNAME; echo $UNDERSTUDY_ORDERS_2_USERNAME";
    for services in
        [vec!["--service", SANDBOX, "orders-2"], vec!["--service", SANDBOX, "--service", "orders-2"]]
    {
        let args = [vec!["exec"], services, vec!["--", "sh", "-c", script]].concat();
        let finished = shell.program.run(&args).await;
        let names: Vec<&str> = finished.success().lines().collect();
        assert!(names.len() == 2 && names[0] == names[1] && names[0].starts_with("test_"), "{names:?}");
    }
    assert!(shell.sandbox.usernames().await.is_empty() && orders.usernames().await.is_empty());
}

#[tokio::test]
async fn what_goes_in_and_out_and_the_exit_status_are_the_commands() {
    let shell = Shell::open().await;
    let args = ["exec", "--service", SANDBOX, "--", "sh", "-c", "cat; exit 3"];
    let finished = shell.program.run_with_input(&args, "as it is\n").await;
    assert_eq!((finished.code, &*finished.stdout), (3, "as it is\n"));
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn the_account_of_a_command_that_failed_can_be_kept_for_a_while() {
    let shell = Shell::open().await;
    let exec = async |script: &str| {
        let options = ["--run", "github:acme/shop:7:1", "--ttl", "1m", "--keep-failed", "30m"];
        let args = [&["exec", "--service", SANDBOX], &options[..], &["--", "sh", "-c", script]].concat();
        shell.program.run(&args).await
    };
    exec("exit 0").await.success();
    shell.nothing_is_left().await;

    let failed = exec("exit 3").await;
    let said = failed.failure(3);
    assert!(said.contains("the command failed, so account") && said.contains("is kept"), "{said}");
    let account = shell.api.get("/api/v1/accounts?state=active").await.items()[0].clone();
    let moment = |name: &str| account[name].as_str().unwrap().parse::<domain::Timestamp>().unwrap();
    let lease = moment("expires_at").millis_since(moment("active_at"));
    assert!((1_800_000..1_830_000).contains(&lease), "{lease}");
    shell.program.run(&["cleanup", "--run", "github:acme/shop:7:1"]).await.success();
    assert_eq!(shell.sandbox.usernames().await, [account["username"].as_str().unwrap()]);

    let keep_for = async |long: &str| {
        let args = ["exec", "--service", SANDBOX, "--keep-failed", long, "--", "false"];
        shell.program.run(&args).await
    };
    let too_long = keep_for("20d").await;
    let said = too_long.failure(1);
    assert!(said.contains("cannot be kept for 20d, its lease ends at 20"), "{said}");
    let before = shell.sandbox.usernames().await;
    let never = keep_for("90d").await;
    assert!(never.failure(2).contains("must be at most 30d"), "nothing is begun that cannot be kept");
    assert_eq!(shell.sandbox.usernames().await, before);
}

#[tokio::test]
async fn who_stops_a_command_does_not_want_its_account_kept() {
    let shell = Shell::open().await;
    let process = shell.exec(&["--keep-failed", "30m"], "exec sleep 60").await;
    process.signal(Signal::TERM);
    assert_eq!(process.finished().await.code, 128 + Signal::TERM.as_raw());
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn a_command_that_cannot_be_run_is_said_as_shells_say_it() {
    let shell = Shell::open().await;
    let nothing = shell.program.run(&["exec", "--service", SANDBOX, "--", "no-such-command"]).await;
    assert!(nothing.failure(127).contains("no-such-command cannot be run"), "{}", nothing.stderr);
    shell.nothing_is_left().await;
    let file = shell.program.write("script", "#!/bin/sh\n");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let forbidden = shell.program.run(&["exec", "--service", SANDBOX, "--", &file]).await;
    assert!(forbidden.failure(126).contains("cannot be run"), "{}", forbidden.stderr);
    assert!(shell.sandbox.usernames().await.is_empty());
}

#[tokio::test]
async fn every_signal_that_asks_to_stop_is_handed_on_and_the_account_goes() {
    for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM] {
        let shell = Shell::open().await;
        let process = shell.exec(&[], "exec sleep 60").await;
        process.signal(signal);
        assert_eq!(process.finished().await.code, 128 + signal.as_raw(), "{signal:?}");
        shell.nothing_is_left().await;
    }
}

#[tokio::test]
async fn a_command_may_take_its_time_to_stop_and_say_how_it_went() {
    let shell = Shell::open().await;
    let process = shell.exec(&[], &format!("trap 'sleep 0.5; echo tidied; exit 9' TERM; {FOR_EVER}")).await;
    // As `timeout` does it: once to the process, once to its group.
    process.signal(Signal::TERM);
    process.signal(Signal::TERM);
    let finished = process.finished().await;
    assert_eq!((finished.code, &*finished.stdout), (9, "ready\ntidied\n"));
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn what_the_command_has_started_is_told_too() {
    let shell = Shell::open().await;
    let inner = format!("trap 'echo told > told; exit' TERM; echo > inner; {FOR_EVER}");
    let process = shell.exec(&[], &format!("({inner}) & wait")).await;
    let there = |name: &str| shell.program.folder().join(name).exists().then_some(());
    eventually("the inner command runs", async || there("inner")).await;
    process.signal(Signal::TERM);
    process.finished().await;
    eventually("the inner command was told", async || there("told")).await;
}

#[tokio::test]
async fn who_asks_twice_has_the_command_killed() {
    let shell = Shell::open().await;
    let process = shell.exec(&[], &format!("trap 'echo told' TERM; {FOR_EVER}")).await;
    process.signal(Signal::TERM);
    process.answers("told").await;
    sleep(Duration::from_millis(1_200)).await;
    process.signal(Signal::TERM);
    assert_eq!(process.finished().await.code, 128 + Signal::KILL.as_raw());
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn a_signal_while_the_account_is_being_made_takes_it_back() {
    let shell = Shell::open().await;
    let slow = ScriptedTarget::start(|call| {
        let takes = if call.is_create() { 3 } else { 0 };
        Reply::status(200).after(Duration::from_secs(takes))
    });
    let slow = slow.await;
    shell.apply(&article_service("slow", &slow.target.url())).await;
    let process = shell.program.spawn(&["exec", "--service", "slow", "--", "echo", "started"]);
    let asked = async || slow.received().iter().any(Received::is_create).then_some(());
    eventually("the service is asked", asked).await;
    process.signal(Signal::INT);
    let finished = process.finished().await;
    assert_eq!((finished.code, &*finished.stdout), (128 + Signal::INT.as_raw(), ""));
    shell.api.account_once("revoked", &shell.the_account().await["id"]).await;
}

#[tokio::test]
async fn the_lease_is_renewed_while_the_command_runs() {
    let shell = Shell::open().await;
    let process = shell.exec(&["--ttl", "2s"], UNTIL_LET_GO).await;
    sleep(Duration::from_secs(5)).await;
    let account = shell.the_account().await;
    assert_eq!(account["state"], "active");
    assert!(shell.sandbox.usernames().await.contains(&account["username"].as_str().unwrap().to_owned()));
    shell.let_go();
    process.finished().await.success();
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn when_exec_itself_is_killed_the_lease_ends_the_account() {
    let shell = Shell::open().await;
    let process = shell.exec(&["--ttl", "2s"], UNTIL_LET_GO).await;
    process.signal(Signal::KILL);
    let account = shell.api.account_once("revoked", &shell.the_account().await["id"]).await;
    assert_eq!(account["end_reason"], "expired");
    assert!(shell.sandbox.usernames().await.is_empty());
    shell.let_go();
    assert_eq!(process.finished().await.code, -1);
}

#[tokio::test]
async fn what_cannot_be_had_is_1_and_the_command_is_not_run() {
    let shell = Shell::open().await;
    let refusing =
        ScriptedTarget::start(|call| Reply::status(if call.is_create() { 400 } else { 404 })).await;
    shell.apply(&article_service("strict", &refusing.target.url())).await;
    for (service, said) in [
        ("nobodys", "--service: is not a registered service"),
        ("strict", "POST /create_account answered 400"),
    ] {
        let failed = shell.program.run(&["exec", "--service", service, "--", "echo", "started"]).await;
        assert!(failed.failure(1).contains(said), "{}", failed.stderr);
        assert!(failed.stdout.is_empty());
    }
}

#[tokio::test]
async fn a_portal_that_is_not_there_is_waited_for_but_not_for_ever() {
    let mut shell = Shell::open().await;
    shell.stop_portal().await;
    let args = ["exec", "--service", SANDBOX, "--", "echo", "started"];
    let (interrupted, patient) = (shell.program.spawn(&args), shell.program.spawn(&args));
    for process in [&interrupted, &patient] {
        let said = async || process.stderr().contains("trying again").then_some(());
        eventually("it says that it tries again", said).await;
    }
    interrupted.signal(Signal::INT);
    assert_eq!(interrupted.finished().await.code, 128 + Signal::INT.as_raw());
    let failed = patient.finished().await;
    assert!(failed.failure(1).lines().last().unwrap().contains("cannot be reached"), "{}", failed.stderr);
    assert!(failed.stdout.is_empty());
}

#[tokio::test]
async fn a_portal_that_comes_back_in_time_is_enough() {
    let mut shell = Shell::open().await;
    shell.stop_portal().await;
    let process = shell.program.spawn(&["exec", "--service", SANDBOX, "--", "echo", "started"]);
    eventually("it says so", async || process.stderr().contains("trying again").then_some(())).await;
    shell.start_portal().await;
    assert_eq!(process.finished().await.success(), "started");
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn a_portal_that_restarts_meanwhile_is_only_warned_about() {
    let mut shell = Shell::open().await;
    let process = shell.exec(&["--ttl", "6s"], UNTIL_LET_GO).await;
    shell.stop_portal().await;
    eventually("it warns", async || process.stderr().contains("cannot renew the lease").then_some(())).await;
    shell.start_portal().await;
    eventually("it says so", async || process.stderr().contains("renewed again").then_some(())).await;
    shell.let_go();
    process.finished().await.success();
    shell.nothing_is_left().await;
}

#[tokio::test]
async fn a_portal_that_is_gone_in_the_end_leaves_it_to_the_lease() {
    let mut shell = Shell::open().await;
    let process = shell.exec(&[], &format!("{UNTIL_LET_GO}; exit 4")).await;
    shell.stop_portal().await;
    shell.let_go();
    let finished = process.finished().await;
    let complaint = finished.failure(4);
    assert!(complaint.contains("could not be given back, its lease ends at 20"), "{complaint}");
}

/// Types at a terminal of its own: a line for the command to read, then Ctrl-C.
const TYPIST: &str = r#"
import os, pty, sys

process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown = b""
keys = {b"ready": b"hello\n", b"read hello": b"\x03"}
while True:
    try:
        shown += os.read(terminal, 4096)
    except OSError:
        break
    for cue in [cue for cue in keys if cue in shown]:
        os.write(terminal, keys.pop(cue))
print(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
"#;

#[tokio::test]
async fn at_a_terminal_a_command_reads_what_is_typed_and_ctrl_c_reaches_it_once() {
    let shell = Shell::open().await;
    let typist = shell.program.write("typist.py", TYPIST);
    let understudy = folder_of_understudy().join("understudy").display().to_string();
    let script = "trap 'echo interrupted; count=$((count + 1))' INT; echo ready; read line; echo read $line; \
        n=0; while [ $n -lt 40 ]; do sleep 0.05; n=$((n + 1)); done; exit $((40 + count))";
    let options = ["--service", SANDBOX, "--keep-failed", "30m", "--", "sh", "-c", script];
    let args = [&[&*typist, &*understudy, "exec"], &options[..]].concat();
    let finished = shell.program.run_other(python_with("pty"), &args).await;
    assert_eq!(finished.code, 41, "{}{}", finished.stdout, finished.stderr);
    shell.nothing_is_left().await;
}
