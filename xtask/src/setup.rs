//! What must be on the machine: found, or installed where that is allowed.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::bundle::WASM_TARGET;
use crate::postgres;
use crate::process::{output, run, say, shown};
use crate::workspace::{Workspace, on_path};

/// Makes sure that code for browsers can be compiled.
pub fn wasm_target() -> Result<()> {
    if wasm_is_installed()? {
        return Ok(());
    }
    ensure!(
        on_path("rustup").is_some(),
        "the Rust target {WASM_TARGET} is missing, and without rustup it cannot be installed from here"
    );
    say(format!("installing the Rust target {WASM_TARGET}"));
    run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
        .with_context(|| format!("the Rust target {WASM_TARGET} is missing and could not be installed"))?;
    ensure!(wasm_is_installed()?, "rustup has added {WASM_TARGET}, but not to the toolchain in use");
    Ok(())
}

/// Asks the compiler in use, which need not have come from rustup.
fn wasm_is_installed() -> Result<bool> {
    let folder = output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    Ok(PathBuf::from(folder.trim()).is_dir())
}

/// Makes sure that rustfmt and clippy are there: a minimal Rust has neither.
pub fn lint_tools(workspace: &Workspace) -> Result<()> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if output(&mut workspace.cargo([command, "--version"])).is_ok() {
            continue;
        }
        ensure!(
            on_path("rustup").is_some(),
            "`cargo {command}` is missing, and without rustup it cannot be installed from here"
        );
        say(format!("installing {component}"));
        run(Command::new("rustup").args(["component", "add", component]))?;
    }
    Ok(())
}

/// Something that the tests run, and the Debian packages that bring it.
struct Need {
    name: &'static str,
    packages: &'static [&'static str],
    is_met: fn() -> bool,
}

/// A recommended package of Chromium's is named too: without any font, pages
/// show boxes for letters.
const CHROMIUM: Need = Need {
    name: "Chromium",
    packages: &["chromium", "fonts-liberation"],
    is_met: || on_path("chromium").is_some(),
};

const CHROMEDRIVER: Need = Need {
    name: "ChromeDriver",
    packages: &["chromium-driver"],
    is_met: || on_path("chromedriver").is_some(),
};

const POSTGRES: Need = Need {
    name: "PostgreSQL's server",
    packages: &["postgresql"],
    is_met: || postgres::programs().is_some(),
};

/// For the script that people use today, which has to keep working.
const PYTHON_REQUESTS: Need = Need {
    name: "Python with `requests`",
    packages: &["python3-requests"],
    is_met: || python_has("requests"),
};

/// For the example of a fixture.
const PYTEST: Need =
    Need { name: "Python with `pytest`", packages: &["python3-pytest"], is_met: || python_has("pytest") };

/// For the recipes of CI systems that are written in YAML.
const PYTHON_YAML: Need =
    Need { name: "Python with `yaml`", packages: &["python3-yaml"], is_met: || python_has("yaml") };

/// For the example in JavaScript.
const NODE: Need = Need { name: "Node.js", packages: &["nodejs"], is_met: || on_path("node").is_some() };

/// For services that come as Python packages.
const PYTHON_ENVIRONMENTS: Need = Need {
    name: "Python with `venv`",
    packages: &["python3-venv"],
    is_met: || python_with("ensurepip, venv").is_some(),
};

fn python_has(module: &str) -> bool {
    python_with(module).is_some()
}

/// A Python that can import these.
fn python_with(modules: &str) -> Option<&'static str> {
    let import = format!("import {modules}");
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| output(Command::new(python).args(["-c", &import])).is_ok())
}

/// Makes sure that a browser can be driven.
pub fn browser(workspace: &Workspace) -> Result<()> {
    meet(workspace, &[CHROMIUM, CHROMEDRIVER])
}

/// Makes sure of all that the tests run, but for a database cluster where
/// somebody provides one.
pub fn tests(workspace: &Workspace, cluster_too: bool) -> Result<()> {
    let mut needs = vec![CHROMIUM, CHROMEDRIVER, PYTHON_REQUESTS, PYTEST, PYTHON_YAML, NODE];
    if cluster_too {
        needs.push(POSTGRES);
    }
    meet(workspace, &needs)
}

/// What a private PostgreSQL needs.
pub fn postgres(workspace: &Workspace) -> Result<()> {
    meet(workspace, &[POSTGRES])
}

/// Makes sure of a Python that can make environments, and names it.
pub fn python_with_environments(workspace: &Workspace) -> Result<&'static str> {
    meet(workspace, &[PYTHON_ENVIRONMENTS])?;
    python_with("ensurepip, venv").context("Python is missing")
}

/// Asks Debian's archive which packages there are now.
pub fn update_package_lists(workspace: &Workspace) -> Result<()> {
    let apt_get = apt_get().context("this user may not update the lists of Debian's packages")?;
    call_apt(workspace, &apt_get, &["update"])
}

fn meet(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.is_met)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    let Some(apt_get) = apt_get() else {
        bail!(
            "missing: {}; on Debian, install what is needed with `sudo apt-get install {}`",
            missing.iter().map(|need| need.name).collect::<Vec<_>>().join(", "),
            packages.join(" ")
        );
    };
    say(format!("installing the Debian packages {}", packages.join(", ")));
    install(workspace, &apt_get, &packages)?;
    for need in missing {
        ensure!(
            (need.is_met)(),
            "{} is still missing after installing {}",
            need.name,
            need.packages.join(", ")
        );
    }
    Ok(())
}

/// The words of an `apt-get` call that needs no answer from anybody, if this
/// machine and this user can have one.
fn apt_get() -> Option<Vec<&'static str>> {
    on_path("apt-get")?;
    let unattended = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes"];
    if rustix::process::geteuid().is_root() {
        return Some(unattended.to_vec());
    }
    output(Command::new("sudo").args(["-n", "true"])).ok()?;
    Some(["sudo", "-n"].into_iter().chain(unattended).collect())
}

/// Only a failure shows what apt said, and where to find all of it.
fn install(workspace: &Workspace, apt_get: &[&str], packages: &[&str]) -> Result<()> {
    call_apt(workspace, apt_get, &["update"])?;
    let install = ["install", "--no-install-recommends"];
    call_apt(workspace, apt_get, &[&install, packages].concat())
}

fn call_apt(workspace: &Workspace, apt_get: &[&str], args: &[&str]) -> Result<()> {
    let wait_for_others = ["-o", "DPkg::Lock::Timeout=120"];
    let words = [apt_get, &wait_for_others, args].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{}`", shown(&command)))?;
    if output.status.success() {
        return Ok(());
    }
    let log = workspace.cache().join("apt.log");
    fs::create_dir_all(workspace.cache())?;
    fs::write(&log, [output.stdout, output.stderr.clone()].concat())
        .with_context(|| format!("cannot write {}", log.display()))?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    bail!(
        "`{}` failed: {} (all that it said is in {})",
        shown(&command),
        complaints.lines().last().unwrap_or_default(),
        log.display()
    )
}
