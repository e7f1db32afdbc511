//! A real service that runs for the tests.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;
use tempfile::TempDir;

use super::Kind;
use crate::process::say;
use crate::server::{Server, Stop, tied_to_us};

/// None of them has anything to save.
pub const STOP: Stop = Stop::Group(&[Signal::KILL]);

const START_WITHIN: Duration = Duration::from_secs(90);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// A service that has been started and may not answer yet.
pub struct Launched {
    /// What a service file calls its base URL.
    pub base_url: String,
    /// Where it will listen.
    pub port: u16,
    /// A path, and what it answers there once it is ready.
    pub ready: (&'static str, u16),
    /// The service.
    pub server: Server,
    /// What runs beside it, and ends after it.
    pub _beside: Option<Server>,
}

/// A service with a folder and an admin's credential of its own. Dropping it
/// stops it and removes the folder.
pub struct Running {
    /// Which one.
    pub kind: Kind,
    secret: String,
    launched: Launched,
    folder: TempDir,
}

impl Running {
    /// Starts it, without waiting for it.
    pub fn launch(kind: Kind, programs: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(&format!("understudy-{}-", kind.name()))
            .tempdir()
            .context("cannot create a temporary folder")?;
        let secret = random_secret()?;
        let launched = kind.launch(programs, folder.path(), &secret)?;
        let running = Self { kind, secret, launched, folder };
        running.write_id()?;
        Ok(running)
    }

    /// Waits until it answers.
    pub fn wait(&mut self) -> Result<()> {
        let (port, (path, status)) = (self.launched.port, self.launched.ready);
        self.launched.server.wait_until(START_WITHIN, || status_of(port, path) == Some(status))
    }

    /// Starts it once more if it has ended: tests kill it.
    pub fn keep_up(&mut self) -> Result<()> {
        if self.launched.server.keep_up()? {
            say(format!("{} has ended and is started again", self.kind.name()));
            self.write_id()?;
        }
        Ok(())
    }

    /// The variables by which the tests find it.
    pub fn variables(&self) -> [(String, String); 3] {
        let name = format!("UNDERSTUDY_REAL_{}", self.kind.name().to_uppercase());
        [
            (format!("{name}_SECRET"), self.secret.clone()),
            (format!("{name}_PROCESS"), self.id_file().display().to_string()),
            (name, self.launched.base_url.clone()),
        ]
    }

    /// The file that says which process it is.
    fn id_file(&self) -> PathBuf {
        self.folder.path().join("process")
    }

    fn write_id(&self) -> Result<()> {
        let id = self.launched.server.id().context("it has no process id")?;
        fs::write(self.id_file(), id.to_string()).context("cannot write down the process id")
    }
}

/// The program within the folder, with nothing of our own environment that
/// could lead it elsewhere.
pub fn private(program: &Path, folder: &Path) -> Result<Command> {
    let path = std::env::var_os("PATH").context("PATH is not set")?;
    let mut command = tied_to_us(program, None, "TERM");
    command.env_clear().env("PATH", path).env("HOME", folder).env("LANG", "C.UTF-8").current_dir(folder);
    Ok(command)
}

fn random_secret() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("no randomness")?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}

/// The status that it answers a simple `GET` with, if it does.
fn status_of(port: u16, path: &str) -> Option<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_WITHIN).ok()?;
    stream.set_read_timeout(Some(ANSWER_WITHIN)).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    // A time-out after the first line is as good as the end.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn whether_somebody_answers_is_told_by_the_status() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let read = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 401 Unauthorized\r\n\r\n").unwrap();
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        assert_eq!(status_of(port, "/x"), Some(401));
        assert!(server.join().unwrap().starts_with("GET /x HTTP/1.0\r\n"));
        assert_eq!(status_of(port, "/x"), None, "nobody listens any more");
    }

    #[test]
    fn no_secret_comes_twice() {
        let secrets = [random_secret().unwrap(), random_secret().unwrap()];
        assert!(secrets.iter().all(|secret| secret.len() == 32) && secrets[0] != secrets[1], "{secrets:?}");
    }
}
