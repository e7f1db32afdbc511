//! Heads of the chain, signed and kept outside the database: in a file, and
//! wherever else the operator's command takes them.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use crate::secrets::audit_key::{AuditKey, PublicKey};

/// How long the operator's command may take.
const LONGEST: Duration = Duration::from_secs(30);

/// What a chain came to at some time, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many events the chain held.
    pub seq: u64,
    /// The last one's seal.
    pub hash: String,
    /// When that was.
    pub at: Timestamp,
    /// The public key that says so.
    pub key: String,
    /// Its signature of all that, in base64.
    pub signature: String,
}

impl Head {
    fn signed(key: &AuditKey, seq: u64, hash: String, at: Timestamp) -> Self {
        let mut head = Self { seq, hash, at, key: key.public().to_string(), signature: String::new() };
        head.signature = key.sign(&head.message());
        head
    }

    /// Whether one of these keys says so.
    pub fn is_signed_by(&self, trusted: &[PublicKey]) -> bool {
        let message = self.message();
        trusted.iter().any(|key| key.to_string() == self.key && key.accepts(&message, &self.signature))
    }

    /// What is signed: canonical JSON (RFC 8785), whose fields are sorted and
    /// hold nothing that could be written in two ways.
    fn message(&self) -> Vec<u8> {
        let Self { seq, hash, at, key, signature: _ } = self;
        let said = json!({ "at": at, "hash": hash, "key": key, "seq": seq, "what": "understudy audit head" });
        said.to_string().into_bytes()
    }
}

/// Why heads cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum HeadsError {
    /// The file cannot be read or written.
    #[error("the file of signed heads {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A line of it is no head.
    #[error("line {line} of the file of signed heads {path} is none: {source}")]
    NotAHead {
        /// Which file.
        path: String,
        /// Which line.
        line: usize,
        /// Why not.
        source: serde_json::Error,
    },
    /// The operator's command did not take it.
    #[error("the command that takes signed heads {0}")]
    Command(String),
}

/// Signs heads and keeps them.
#[derive(Clone, Debug)]
pub struct Heads {
    key: AuditKey,
    path: PathBuf,
    command: Vec<String>,
}

impl Heads {
    /// Keeps them in that file, and hands each to that command if there is one.
    pub const fn new(key: AuditKey, path: PathBuf, command: Vec<String>) -> Self {
        Self { key, path, command }
    }

    /// The key with which they are signed.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// All that were kept, the oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or holds something else.
    pub fn kept(&self) -> Result<Vec<Head>, HeadsError> {
        read(&self.path)
    }

    /// Signs that the chain holds so many events at that time and ends so, and
    /// keeps that.
    ///
    /// # Errors
    /// It could not be kept in the file, or the command did not take it.
    pub async fn keep(&self, seq: u64, hash: String, at: Timestamp) -> Result<(), HeadsError> {
        let head = Head::signed(&self.key, seq, hash, at);
        let line = format!("{}\n", json!(head));
        append(&self.path, &line).map_err(|source| file_error(&self.path, source))?;
        let [program, arguments @ ..] = self.command.as_slice() else { return Ok(()) };
        match timeout(LONGEST, hand_over(program, arguments, &line)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(HeadsError::Command(why)),
            Err(_) => Err(HeadsError::Command(format!("took longer than {} s", LONGEST.as_secs()))),
        }
    }
}

/// Reads heads from a file; there are none where there is no file.
///
/// # Errors
/// It cannot be read, or holds something else.
fn read(path: &Path) -> Result<Vec<Head>, HeadsError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(file_error(path, source)),
    };
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(text, line)| {
            let path = path.display().to_string();
            serde_json::from_str(text).map_err(|source| HeadsError::NotAHead { path, line, source })
        })
        .collect()
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

async fn hand_over(program: &str, arguments: &[String], line: &str) -> Result<(), String> {
    let failed = |error: io::Error| format!("could not be run: {error}");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // Whether it wanted to read is told by how it ends.
        let _ = stdin.write_all(line.as_bytes()).await;
    }
    let status = child.wait().await.map_err(failed)?;
    if status.success() { Ok(()) } else { Err(format!("ended with {status}")) }
}

fn file_error(path: &Path, source: io::Error) -> HeadsError {
    HeadsError::File { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    fn heads(folder: &Path, command: &[&str]) -> Heads {
        let key = AuditKey::create(&folder.join("key"), &World::system()).unwrap();
        Heads::new(key, folder.join("heads"), command.iter().map(|word| (*word).to_owned()).collect())
    }

    #[tokio::test]
    async fn what_is_kept_is_signed_and_can_be_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        let heads = heads(folder.path(), &["tee", taken.to_str().unwrap()]);
        assert_eq!(heads.kept().unwrap(), []);
        for seq in 1..=2 {
            heads.keep(seq, format!("hash {seq}"), Timestamp::from_millis(7)).await.unwrap();
        }
        let kept = heads.kept().unwrap();
        assert_eq!(kept.iter().map(|head| head.seq).collect::<Vec<_>>(), [1, 2]);
        assert!(kept.iter().all(|head| head.is_signed_by(&[heads.public_key()])));
        let last: Head = serde_json::from_str(&fs::read_to_string(&taken).unwrap()).unwrap();
        assert_eq!(last, kept[1]);
        for forged in [Head { seq: 3, ..last.clone() }, Head { hash: "other".to_owned(), ..last.clone() }] {
            assert!(!forged.is_signed_by(&[heads.public_key()]));
        }
    }

    #[tokio::test]
    async fn a_command_that_fails_is_told_and_the_file_has_the_head_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let heads = heads(folder.path(), &["false"]);
        let error = heads.keep(1, "hash".to_owned(), Timestamp::from_millis(7)).await.unwrap_err();
        assert!(error.to_string().contains("ended with exit status: 1"), "{error}");
        assert_eq!(heads.kept().unwrap().len(), 1);
    }

    #[test]
    fn a_line_that_is_no_head_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let heads = heads(folder.path(), &[]);
        fs::write(&heads.path, "\n{}\n").unwrap();
        assert!(heads.kept().unwrap_err().to_string().contains("line 2"));
    }
}
