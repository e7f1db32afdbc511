//! A RabbitMQ with its management API, which leaves alone any other that the
//! machine runs: ports, node name, cookie and files are its own.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::debian;
use super::running::{Launched, STOP, private};
use crate::server::{Server, free_ports};
use crate::workspace::Workspace;

/// RabbitMQ and the parts of Erlang that it needs.
const PACKAGES: [&str; 15] = [
    "rabbitmq-server",
    "erlang-asn1",
    "erlang-base",
    "erlang-crypto",
    "erlang-eldap",
    "erlang-inets",
    "erlang-mnesia",
    "erlang-os-mon",
    "erlang-parsetools",
    "erlang-public-key",
    "erlang-runtime-tools",
    "erlang-ssl",
    "erlang-syntax-tools",
    "erlang-tools",
    "erlang-xmerl",
];

/// Makes sure that its programs are there.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    debian::unpacked(workspace, "rabbitmq", &PACKAGES)
}

/// Starts it.
pub fn launch(root: &Path, folder: &Path, secret: &str) -> Result<Launched> {
    let erlang = root.join("usr/lib/erlang");
    let runtime = only_child(&erlang, "erts-")?.join("bin");
    let scripts = only_child(&root.join("usr/lib/rabbitmq/lib"), "rabbitmq_server-")?.join("sbin");
    let [api, names, distribution] = free_ports()?;
    write_erl(&erlang, &runtime, &folder.join("bin"))?;
    fs::write(folder.join("plugins"), "[rabbitmq_management].")?;
    fs::write(
        folder.join("rabbitmq.conf"),
        format!(
            "listeners.tcp = none\n\
             management.tcp.ip = 127.0.0.1\n\
             management.tcp.port = {api}\n\
             default_user = understudy\n\
             default_pass = {secret}\n\
             log.console = true\n\
             log.file = false\n"
        ),
    )?;

    // Erlang would start its register of node names by itself, for good.
    let mut register = private(&runtime.join("epmd"), folder)?;
    register.args(["-address", "127.0.0.1", "-port", &names.to_string()]);
    let register = Server::start("Erlang's register of names", register, folder.join("epmd.log"), STOP)?;

    let mut broker = private(&scripts.join("rabbitmq-server"), folder)?;
    set_up(&mut broker, folder, names, distribution)?;
    let broker = Server::start("RabbitMQ", broker, folder.join("log"), STOP)?;
    Ok(Launched {
        base_url: format!("http://127.0.0.1:{api}"),
        port: api,
        // The management API is what starts last.
        ready: ("/api/whoami", 401),
        server: broker,
        _beside: Some(register),
    })
}

/// Where RabbitMQ would look in `/etc` and `/var`, it looks in the folder.
fn set_up(broker: &mut Command, folder: &Path, names: u16, distribution: u16) -> Result<()> {
    let path = env::var_os("PATH").context("PATH is not set")?;
    let path = env::join_paths([folder.join("bin")].into_iter().chain(env::split_paths(&path)))?;
    broker
        .env("PATH", path)
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("ERL_EPMD_PORT", names.to_string())
        .env("RABBITMQ_NODENAME", format!("understudy-{distribution}@localhost"))
        .env("RABBITMQ_DIST_PORT", distribution.to_string())
        .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}")
        .env("RABBITMQ_CONF_ENV_FILE", "/dev/null");
    for (variable, name) in [
        ("RABBITMQ_CONFIG_FILE", "rabbitmq.conf"),
        ("RABBITMQ_CONFIG_FILES", "conf.d"),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", "advanced.config"),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", "plugins"),
        ("RABBITMQ_MNESIA_BASE", "mnesia"),
        ("RABBITMQ_LOG_BASE", "logs"),
    ] {
        broker.env(variable, folder.join(name));
    }
    Ok(())
}

/// The `erl` of the package knows itself only where it gets installed.
fn write_erl(erlang: &Path, runtime: &Path, programs: &Path) -> Result<()> {
    fs::create_dir_all(programs)?;
    let erl = programs.join("erl");
    let script = format!(
        "#!/bin/sh\n\
         export ROOTDIR='{}' BINDIR='{}' EMU=beam PROGNAME=erl\n\
         exec \"$BINDIR/erlexec\" \"$@\"\n",
        erlang.display(),
        runtime.display()
    );
    fs::write(&erl, script)?;
    fs::set_permissions(&erl, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// The folder whose name goes on with a version.
fn only_child(parent: &Path, prefix: &str) -> Result<PathBuf> {
    fs::read_dir(parent)
        .with_context(|| format!("cannot read {}", parent.display()))?
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
        .with_context(|| format!("{} holds no {prefix}*", parent.display()))
}
