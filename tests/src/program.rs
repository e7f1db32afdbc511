//! The real program, in processes of its own.

use std::{
    env,
    ffi::OsStr,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};
use url::Url;

use crate::{Database, Process, Raw, Running, SANDBOX, article_service, database::OwnDatabase};

/// The program `understudy` with a folder and a database of its own.
#[derive(Debug)]
pub struct Program {
    environment: Vec<(String, String)>,
    database: OwnDatabase,
    folder: TempDir,
}

/// A process that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its exit code; -1 where a signal ended it.
    pub code: i32,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// What it answered.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl Finished {
    /// The answer of a process that succeeded, without the last line's end.
    #[track_caller]
    pub fn success(&self) -> &str {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout.trim_end()
    }

    /// The complaint of a process that failed with that code.
    #[track_caller]
    pub fn failure(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self.stderr.trim_end()
    }
}

impl Program {
    /// The program beside an empty database.
    pub async fn new(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let database = database.create(&data).await;
        let environment = [
            ("PATH", env::var("PATH").unwrap()),
            ("HOME", folder.path().display().to_string()),
            ("UNDERSTUDY_DATABASE", database.url().to_owned()),
            ("UNDERSTUDY_DATA_DIR", data.display().to_string()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self { environment, database, folder }
    }

    /// Its folder: home and working directory.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it keeps its keys.
    pub fn key_file(&self) -> PathBuf {
        self.folder().join("data/keys")
    }

    /// Writes a file into its folder.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Sets a variable of its environment.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.push((name.to_owned(), value.into()));
    }

    /// Where its database is.
    pub fn database_url(&self) -> Url {
        self.database.url().parse().unwrap()
    }

    /// The database itself.
    pub async fn raw(&self) -> Raw {
        self.database.raw().await
    }

    /// Runs it to its end.
    pub async fn run(&self, args: &[&str]) -> Finished {
        self.run_with_input(args, "").await
    }

    /// Runs it to its end with that on standard input.
    pub async fn run_with_input(&self, args: &[&str], input: &str) -> Finished {
        let mut child = self.command(understudy()).args(args).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // It may not care for its input and have closed it.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        finished(child.wait_with_output().await.unwrap())
    }

    /// Runs another program in the same folder and environment.
    pub async fn run_other(&self, program: impl AsRef<OsStr>, args: &[&str]) -> Finished {
        let mut command = self.command(program.as_ref());
        finished(command.args(args).stdin(Stdio::null()).output().await.unwrap())
    }

    /// Adds somebody with that password.
    pub async fn add_person(&self, login: &str, role: &str, password: &str) {
        let args = ["person", "add", login, "--role", role, "--password-stdin"];
        self.run_with_input(&args, password).await.success();
    }

    /// Issues a token and answers its text.
    pub async fn issue_token(&self, login: &str) -> String {
        self.run(&["token", "issue", login, "--name", "ci"]).await.success().to_owned()
    }

    /// Registers the sandbox service at that address.
    pub async fn apply_article_service(&self, base_url: &str) {
        self.apply_services(&[article_service(SANDBOX, base_url)]).await;
    }

    /// Registers services.
    pub async fn apply_services(&self, tables: &[Value]) {
        let file = self.write("services.toml", &toml::to_string(&json!({ "service": tables })).unwrap());
        self.run(&["service", "apply", &file]).await.success();
    }

    /// The content of every file that it keeps, but the keys'.
    pub fn files(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.folder().join("data")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| *path != self.key_file());
        paths.map(|path| std::fs::read(path).unwrap()).collect()
    }

    /// Starts a portal at a free port, and waits until it is ready.
    pub async fn serve(&self) -> Running {
        self.start(&["serve", "--listen", "127.0.0.1:0"]).await
    }

    /// Starts it, and waits until it says where it listens.
    pub async fn start(&self, args: &[&str]) -> Running {
        Running::start(self.command(understudy()).args(args)).await
    }

    /// Starts a portal at a free port that dies, or sleeps, where it is told
    /// to: as `FAILPOINTS` says it.
    pub fn serve_with_failpoints(&self, points: &str) -> Process {
        let mut command = self.command(understudy());
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("FAILPOINTS", points);
        Process::start(&mut command)
    }

    /// Starts it and lets it run, in a process group of its own: that of a
    /// terminal would get what is typed there.
    pub fn spawn(&self, args: &[&str]) -> Process {
        Process::start(self.command(understudy()).args(args).stdin(Stdio::null()).process_group(0))
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().cloned()).current_dir(self.folder());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }
}

/// A Python that has this module: the one that is meant by default, or Debian's.
pub fn python_with(module: &str) -> &'static str {
    let has_module = |python: &&str| {
        let import = std::process::Command::new(python).args(["-c", &format!("import {module}")]).output();
        import.is_ok_and(|output| output.status.success())
    };
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(has_module)
        .unwrap_or_else(|| panic!("there is no Python with `{module}`; `cargo xtask test` installs it"))
}

/// Where the program is, for a `PATH`.
pub fn folder_of_understudy() -> PathBuf {
    understudy().parent().unwrap().to_owned()
}

/// Beside the running program, or beside the folder of the running test.
fn understudy() -> PathBuf {
    let running = env::current_exe().unwrap();
    let mut folders = running.ancestors().skip(1).take(2);
    folders
        .find_map(|folder| Some(folder.join("understudy")).filter(|program| program.exists()))
        .unwrap_or_else(|| {
            panic!(
                "there is no `understudy` near {}: `cargo xtask test` and `cargo xtask shots` build it first",
                running.display()
            )
        })
}

fn finished(output: std::process::Output) -> Finished {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Finished {
        code: output.status.code().unwrap_or(-1),
        signal: output.status.signal(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}
