//! The program while it serves.

use std::{
    os::unix::process::ExitStatusExt,
    sync::{Arc, Mutex},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

use crate::{Finished, eventually};

/// The program while it serves; killed when dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub url: String,
    process: Process,
}

impl Running {
    /// Starts it, and waits until it says where it listens.
    pub(crate) async fn start(command: &mut Command) -> Self {
        let started = Process::start(command).listening().await;
        started.unwrap_or_else(|ended| panic!("it ended: {ended:?}"))
    }

    /// What it has answered so far.
    pub fn stdout(&self) -> String {
        self.process.stdout()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.child.id().unwrap()
    }

    /// What it has said so far.
    pub fn stderr(&self) -> String {
        self.process.stderr()
    }

    /// The line that it has said with these words, once it has.
    pub async fn told(&self, words: &str) -> String {
        let what = format!("it says {words:?}");
        eventually(&what, async || self.stderr().lines().find(|line| line.contains(words)).map(str::to_owned))
            .await
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    /// Waits until it has ended.
    pub async fn finished(self) -> Finished {
        self.process.finished().await
    }

    /// Asks it to stop, as service managers do, and waits until it has.
    pub async fn stop(self) -> Finished {
        self.process.signal(Signal::TERM);
        self.process.finished().await
    }

    /// Ends it without any warning.
    pub async fn kill(self) {
        self.process.kill().await;
    }
}

/// The program while it runs; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdout: Gathered,
    stderr: Gathered,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = Gathered::from(child.stdout.take().unwrap());
        let stderr = Gathered::from(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// What it has answered so far.
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it has said so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until it says where it listens.
    ///
    /// # Errors
    /// It has ended before.
    pub async fn listening(mut self) -> Result<Running, Finished> {
        let begun = eventually("the program says where it listens, or ends", async || {
            let ended = self.has_ended();
            let said = self.stdout();
            let url = said.lines().find_map(|line| line.strip_prefix("listening on ")).map(str::to_owned);
            (ended || url.is_some()).then_some(url)
        });
        match begun.await {
            Some(url) => Ok(Running { url, process: self }),
            None => Err(self.finished().await),
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it without any warning.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits until it has answered that line.
    pub async fn answers(&self, line: &str) {
        let what = format!("it answers {line:?}");
        eventually(&what, async || self.stdout().lines().any(|said| said == line).then_some(())).await;
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Waits until it has ended.
    pub async fn finished(mut self) -> Finished {
        let status = self.child.wait().await.unwrap();
        let (code, signal) = (status.code().unwrap_or(-1), status.signal());
        Finished { code, signal, stdout: self.stdout.all().await, stderr: self.stderr.all().await }
    }
}

/// What comes over a pipe, gathered as it comes.
#[derive(Debug)]
struct Gathered {
    text: Arc<Mutex<String>>,
    reading: JoinHandle<()>,
}

impl Gathered {
    fn from(pipe: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let text: Arc<Mutex<String>> = Arc::default();
        let sink = text.clone();
        let reading = tokio::spawn(async move {
            let mut lines = BufReader::new(pipe).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut text = sink.lock().unwrap();
                text.push_str(&line);
                text.push('\n');
            }
        });
        Self { text, reading }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    async fn all(self) -> String {
        let _ = self.reading.await;
        self.text.lock().unwrap().clone()
    }
}
