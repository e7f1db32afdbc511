//! Puts a made browser bundle where the server embeds it from.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::Workspace;

/// Leaves the server without a bundle.
pub fn nothing(workspace: &Workspace) -> Result<()> {
    let nothing = workspace.cache().join("no-bundle");
    fs::create_dir_all(&nothing).with_context(|| format!("cannot create {}", nothing.display()))?;
    publish(workspace, &nothing)
}

/// Puts the bundle in the server's place, whole or not at all. An unchanged
/// one is left alone, for its new date would have the server built again.
pub fn publish(workspace: &Workspace, bundle: &Path) -> Result<()> {
    let place = workspace.bundle();
    if same_files(bundle, &place)? {
        return Ok(());
    }
    let (next, previous) = (place.with_extension("next"), place.with_extension("previous"));
    remove_folder(&next)?;
    remove_folder(&previous)?;
    for file in files(bundle)? {
        let copy = next.join(&file);
        fs::create_dir_all(copy.parent().unwrap_or(&next))?;
        fs::copy(bundle.join(&file), &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    }
    fs::create_dir_all(&next)?;
    if place.exists() {
        rename(&place, &previous)?;
    }
    rename(&next, &place)?;
    remove_folder(&previous)
}

fn same_files(left: &Path, right: &Path) -> Result<bool> {
    if !right.exists() || files(left)? != files(right)? {
        return Ok(false);
    }
    for file in files(left)? {
        if fs::read(left.join(&file))? != fs::read(right.join(&file))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The files of a folder and the folders in it, sorted, relative to it.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut unread = vec![PathBuf::new()];
    while let Some(inner) = unread.pop() {
        let path = folder.join(&inner);
        let entries = fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = inner.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                unread.push(name);
            } else {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Renames a folder.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

/// Removes a folder and all in it, if it is there.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(folder: &Path) -> Workspace {
        Workspace { root: folder.to_path_buf(), target: folder.join("target") }
    }

    fn write(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn publishing_replaces_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let made = folder.path().join("made");
        write(made.join("understudy.js"), "new");
        write(made.join("snippets/one.js"), "inner");
        write(workspace.bundle().join("understudy.js"), "old");
        write(workspace.bundle().join("gone.js"), "old");

        publish(&workspace, &made).unwrap();

        assert!(same_files(&made, &workspace.bundle()).unwrap());
        assert_eq!(
            files(&folder.path().join("server")).unwrap(),
            files(&made).unwrap().iter().map(|file| Path::new("bundle").join(file)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn publishing_the_same_again_touches_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let made = folder.path().join("made");
        write(made.join("understudy.js"), "same");
        publish(&workspace, &made).unwrap();
        let date = || workspace.bundle().metadata().unwrap().modified().unwrap();
        let before = date();

        publish(&workspace, &made).unwrap();

        assert_eq!(date(), before);
    }

    #[test]
    fn a_cleared_bundle_is_an_empty_folder() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        write(workspace.bundle().join("understudy.js"), "old");

        nothing(&workspace).unwrap();

        assert!(files(&workspace.bundle()).unwrap().is_empty());
    }
}
