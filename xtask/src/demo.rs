//! `cargo xtask demo`: from a fresh checkout to a running portal.

use std::env;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;

use anyhow::{Result, bail};

use crate::build::{self, Profile};
use crate::process::{Running, interrupted, say, shown};
use crate::workspace::Workspace;

/// Builds and runs the demo until Ctrl-C. A debug build is ready in a third
/// of the time of a release build, and quick enough to look around in.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    find_free(&address(args, env::var("UNDERSTUDY_LISTEN").ok()))?;
    let understudy = build::portal(workspace, Profile::Debug)?;
    let mut demo = Command::new(understudy);
    demo.arg("demo").args(args).current_dir(&workspace.root);
    say("starting the demo (Ctrl-C ends it)");
    let status = Running::start(&mut demo)?.wait()?;
    if !status.success() && !interrupted() {
        bail!("`{}` failed ({status})", shown(&demo));
    }
    Ok(())
}

/// Where the demo will listen: as it reads its own arguments.
fn address(args: &[String], variable: Option<String>) -> String {
    let option = args.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix("--listen") {
        Some("") => args.get(at + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    option.or(variable).unwrap_or_else(|| "127.0.0.1:3000".to_owned())
}

/// Says before the build, not minutes later, that the address is taken. What
/// else is wrong with it, the demo says better.
fn find_free(address: &str) -> Result<()> {
    match TcpListener::bind(address) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("{address} is taken; choose another address: `cargo xtask demo --listen 127.0.0.1:3100`")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_of_the_demo() {
        let of = |args: &[&str], variable: Option<&str>| {
            let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
            address(&args, variable.map(str::to_owned))
        };
        assert_eq!(of(&[], None), "127.0.0.1:3000");
        assert_eq!(of(&["--sandbox-listen", "a:1"], Some("b:2")), "b:2");
        assert_eq!(of(&["--listen", "c:3"], Some("b:2")), "c:3");
        assert_eq!(of(&["--listen=c:3"], None), "c:3");
    }

    #[test]
    fn a_taken_address_is_refused_with_a_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        assert!(find_free(&address).unwrap_err().to_string().contains("--listen"));
        drop(taken);
        assert!(find_free(&address).is_ok());
    }
}
