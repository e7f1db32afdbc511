//! The browser bundle: `app` compiled to wasm, made loadable by wasm-bindgen
//! and put where the server embeds it from.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::build::Profile;
use crate::process::{run, say};
use crate::workspace::Workspace;

/// The target triple of code that runs in browsers.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// What has cargo compile `app` for the browser.
pub const APP_FOR_BROWSERS: [&str; 8] = [
    "--package",
    "app",
    "--lib",
    "--no-default-features",
    "--features",
    "hydrate",
    "--target",
    WASM_TARGET,
];

/// A small download matters more than a quick build. Set in the environment,
/// it leaves the server's own release profile alone.
const SMALL_RELEASE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "symbols"),
];

/// Builds the bundle and has the server embed it.
pub fn make(workspace: &Workspace, profile: Profile) -> Result<()> {
    let wasm = compile(workspace, profile)?;
    let bundle = bind(workspace, profile, &wasm)?;
    publish(workspace, &bundle)
}

/// Leaves the server without a bundle.
pub fn clear(workspace: &Workspace) -> Result<()> {
    let nothing = workspace.cache().join("no-bundle");
    fs::create_dir_all(&nothing).with_context(|| format!("cannot create {}", nothing.display()))?;
    publish(workspace, &nothing)
}

fn compile(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    say("building the browser bundle (the first time takes some minutes)");
    let mut cargo = workspace.cargo(["build"]);
    cargo.args(APP_FOR_BROWSERS).args(profile.flag());
    if profile == Profile::Release {
        cargo.envs(SMALL_RELEASE);
    }
    run(&mut cargo)?;
    Ok(workspace
        .target
        .join(WASM_TARGET)
        .join(profile.folder())
        .join("app.wasm"))
}

/// Turns the compiled module into what a browser can load. Each profile's
/// result is kept, since this takes a while and most builds change nothing.
fn bind(workspace: &Workspace, profile: Profile, wasm: &Path) -> Result<PathBuf> {
    let bundle = workspace.cache().join("bundle").join(profile.folder());
    let newest_input = modified(wasm)?.max(modified(&std::env::current_exe()?)?);
    if modified(&bundle).is_ok_and(|made| made > newest_input) {
        return Ok(bundle);
    }
    let unfinished = workspace.cache().join("bundle.unfinished");
    remove_folder(&unfinished)?;
    let release = profile == Profile::Release;
    Bindgen::new()
        .input_path(wasm)
        .out_name("understudy")
        .web(true)?
        .omit_default_module_path(false)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(&unfinished)
        .context("wasm-bindgen could not make the browser bundle")?;
    if release {
        compress(&unfinished)?;
    }
    remove_folder(&bundle)?;
    let parent = bundle.parent().unwrap_or(&workspace.target);
    fs::create_dir_all(parent)?;
    rename(&unfinished, &bundle)?;
    Ok(bundle)
}

/// Adds a `.br` beside each file, so that the server need not compress them
/// again for every visitor.
fn compress(folder: &Path) -> Result<()> {
    let best = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    for file in files(folder)? {
        let path = folder.join(&file);
        let plain = fs::read(&path)?;
        let mut compressed = Vec::new();
        brotli::BrotliCompress(&mut plain.as_slice(), &mut compressed, &best)
            .with_context(|| format!("cannot compress {}", path.display()))?;
        let mut name = path.into_os_string();
        name.push(".br");
        fs::write(name, compressed)?;
    }
    Ok(())
}

/// Puts the bundle in the server's place, whole or not at all. An unchanged
/// one is left alone, for its new date would have the server built again.
fn publish(workspace: &Workspace, bundle: &Path) -> Result<()> {
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
        fs::copy(bundle.join(&file), &copy)
            .with_context(|| format!("cannot write {}", copy.display()))?;
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
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut unread = vec![PathBuf::new()];
    while let Some(inner) = unread.pop() {
        let path = folder.join(&inner);
        let entries =
            fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
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

fn modified(path: &Path) -> Result<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot read {}", path.display()))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
        .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

fn remove_folder(path: &Path) -> Result<()> {
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
        Workspace {
            root: folder.to_path_buf(),
            target: folder.join("target"),
        }
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
            files(&made)
                .unwrap()
                .iter()
                .map(|file| Path::new("bundle").join(file))
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn publishing_the_same_again_touches_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let made = folder.path().join("made");
        write(made.join("understudy.js"), "same");
        publish(&workspace, &made).unwrap();
        let before = modified(&workspace.bundle()).unwrap();

        publish(&workspace, &made).unwrap();

        assert_eq!(modified(&workspace.bundle()).unwrap(), before);
    }

    #[test]
    fn a_cleared_bundle_is_an_empty_folder() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        write(workspace.bundle().join("understudy.js"), "old");

        clear(&workspace).unwrap();

        assert!(files(&workspace.bundle()).unwrap().is_empty());
    }
}
