//! Files that only their owner can read.

use std::{fs, io, io::Write, os::unix::fs::MetadataExt, path::Path};

use rustix::process::getuid;
use tempfile::{NamedTempFile, PersistError};
use zeroize::Zeroizing;

/// Why such a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// It cannot be read or written.
    #[error("the file {path} cannot be used: {source}")]
    Unusable {
        /// Which file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Others than its owner can read it.
    #[error("the file {path} is open to others (mode {mode:03o}); close it with `chmod 600 {path}`")]
    OpenToOthers {
        /// Which file.
        path: String,
        /// Its mode.
        mode: u32,
    },
}

/// Reads a file that nobody else can read.
///
/// # Errors
/// It cannot be read, or is open to others.
pub fn read(path: &Path) -> Result<Zeroizing<String>, PrivateFileError> {
    let metadata = fs::metadata(path).map_err(|source| unusable(path, source))?;
    // As ssh does it: what another user owns, that one answers for.
    let mode = metadata.mode() & 0o777;
    if metadata.uid() == getuid().as_raw() && mode & 0o077 != 0 {
        return Err(PrivateFileError::OpenToOthers { path: path.display().to_string(), mode });
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(|source| unusable(path, source))
}

/// Writes one line into a new file that only its owner can read, whole or not
/// at all, and never over one that exists.
///
/// # Errors
/// It exists already or cannot be written.
pub fn create(path: &Path, line: &str) -> Result<(), PrivateFileError> {
    let place = |file: NamedTempFile| file.persist_noclobber(path).map(drop);
    write(path, line, place).map_err(|source| unusable(path, source))
}

/// The same in place of one that exists: whoever reads meanwhile sees the one
/// or the other.
///
/// # Errors
/// It cannot be written.
pub fn replace(path: &Path, text: &str) -> Result<(), PrivateFileError> {
    let place = |file: NamedTempFile| file.persist(path).map(drop);
    write(path, text, place).map_err(|source| unusable(path, source))
}

fn write(
    path: &Path,
    text: &str,
    place: impl FnOnce(NamedTempFile) -> Result<(), PersistError>,
) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Temporary files have mode 0600 from the start.
    let mut file = NamedTempFile::new_in(folder)?;
    writeln!(file, "{text}")?;
    file.as_file().sync_all()?;
    place(file)?;
    fs::File::open(folder)?.sync_all()
}

fn unusable(path: &Path, source: io::Error) -> PrivateFileError {
    PrivateFileError::Unusable { path: path.display().to_string(), source }
}
