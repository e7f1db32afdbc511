//! The browser bundle: `app` compiled to wasm, made loadable by wasm-bindgen
//! and put where the server embeds it from.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::build::Profile;
use crate::process::{run, say};
use crate::publish::{files, publish, remove_folder, rename};
use crate::workspace::Workspace;

/// The target triple of code that runs in browsers.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// What selects `app` as browsers run it, in any of cargo's commands. Never
/// build it together with the server, which wants the opposite features.
pub const APP_FOR_BROWSERS: [&str; 7] =
    ["--package", "app", "--no-default-features", "--features", "hydrate", "--target", WASM_TARGET];

/// A small download matters more than a quick build. Set in the environment,
/// it leaves the server's own release profile alone. Nothing is stripped here,
/// for wasm-bindgen reads what stripping removes, and then strips by itself.
const SMALL_RELEASE: [(&str, &str); 6] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "none"),
];

/// Builds the bundle and has the server embed it.
pub fn make(workspace: &Workspace, profile: Profile) -> Result<()> {
    let wasm = compile(workspace, profile)?;
    let bundle = bind(workspace, profile, &wasm)?;
    publish(workspace, &bundle)
}

fn compile(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    say("building the browser bundle (the first time takes some minutes)");
    let mut cargo = workspace.cargo(["build"]);
    cargo.args(APP_FOR_BROWSERS).args(profile.flag());
    if profile == Profile::Release {
        cargo.envs(SMALL_RELEASE);
    }
    run(&mut cargo)?;
    Ok(workspace.target.join(WASM_TARGET).join(profile.folder()).join("app.wasm"))
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
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
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

fn modified(path: &Path) -> Result<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot read {}", path.display()))
}
