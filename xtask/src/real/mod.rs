//! `cargo xtask real-services`: the presets against the software that they
//! are for, and single sign-on against a provider.

mod debian;
mod jupyterhub;
mod mlflow;
mod oidc_provider;
mod rabbitmq;
mod running;
mod scim2;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use clap::ValueEnum;

pub use self::running::private;
use self::running::{Launched, Running};
use crate::build;
use crate::process::{interrupted, say, status};
use crate::workspace::Workspace;

/// A service that the tests can be run against.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Kind {
    /// RabbitMQ with its management API
    RabbitMq,
    /// scim2-server
    Scim2,
    /// JupyterHub
    JupyterHub,
    /// MLflow with its basic-auth app
    MlFlow,
    /// oidc-provider, through which people sign in
    OidcProvider,
}

/// Those that are small enough for every run of all tests.
pub const SMALL: [Kind; 2] = [Kind::RabbitMq, Kind::Scim2];

const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);

impl Kind {
    /// How it is called here, in the names of tests and of variables.
    fn name(self) -> &'static str {
        match self {
            Self::RabbitMq => "rabbitmq",
            Self::Scim2 => "scim2",
            Self::JupyterHub => "jupyterhub",
            Self::MlFlow => "mlflow",
            Self::OidcProvider => "oidc_provider",
        }
    }

    fn install(self, workspace: &Workspace) -> Result<PathBuf> {
        match self {
            Self::RabbitMq => rabbitmq::install(workspace),
            Self::Scim2 => scim2::install(workspace),
            Self::JupyterHub => jupyterhub::install(workspace),
            Self::MlFlow => mlflow::install(workspace),
            Self::OidcProvider => oidc_provider::install(workspace),
        }
    }

    fn launch(self, programs: &Path, folder: &Path, secret: &str) -> Result<Launched> {
        match self {
            Self::RabbitMq => rabbitmq::launch(programs, folder, secret),
            Self::Scim2 => scim2::launch(programs, folder, secret),
            Self::JupyterHub => jupyterhub::launch(programs, folder, secret),
            Self::MlFlow => mlflow::launch(programs, folder, secret),
            Self::OidcProvider => oidc_provider::launch(programs, folder, secret),
        }
    }
}

/// Which services' programs are there, and why the others' are not.
pub struct Installed(Vec<(Kind, Result<PathBuf>)>);

/// Makes sure that the services' programs are there, as far as that goes.
pub fn install(workspace: &Workspace, kinds: &[Kind]) -> Installed {
    Installed(kinds.iter().map(|kind| (*kind, kind.install(workspace))).collect())
}

/// The services that run, and why others do not.
pub struct Services {
    running: Vec<Running>,
    skipped: Vec<(Kind, String)>,
}

impl Services {
    /// Starts all that are installed, without waiting for them. They live no
    /// longer than the thread that does it.
    pub fn launch(installed: Installed) -> Self {
        let mut services = Self { running: Vec::new(), skipped: Vec::new() };
        for (kind, programs) in installed.0 {
            match programs.and_then(|programs| Running::launch(kind, &programs)) {
                Ok(running) => services.running.push(running),
                Err(error) => services.skip(kind, &error),
            }
        }
        services
    }

    /// Runs the tests of those that answer; whether all of them passed.
    pub fn test(&mut self, workspace: &Workspace, filters: &[String]) -> Result<bool> {
        for mut service in std::mem::take(&mut self.running) {
            match service.wait() {
                Ok(()) => self.running.push(service),
                Err(error) => self.skip(service.kind, &error),
            }
        }
        if interrupted() {
            bail!("interrupted");
        }
        if self.running.is_empty() {
            return Ok(true);
        }
        let names: Vec<_> = self.running.iter().map(|service| service.kind.name()).collect();
        say(format!("testing against {}", names.join(", ")));
        let mut tests = workspace.cargo(TESTS);
        tests.args(["--", "--include-ignored"]).args(filters);
        for missing in Kind::value_variants().iter().filter(|kind| !names.contains(&kind.name())) {
            tests.args(["--skip", &format!("{}::", missing.name())]);
        }
        tests.envs(self.running.iter().flat_map(Running::variables));
        Ok(self.beside(|| status(&mut tests))?.success())
    }

    /// Does something while the services run, and come back whenever a test
    /// has killed one.
    fn beside<T: Send>(&mut self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        thread::scope(|scope| {
            let work = scope.spawn(work);
            while !work.is_finished() {
                for service in &mut self.running {
                    service.keep_up()?;
                }
                thread::sleep(LOOK_AGAIN_AFTER);
            }
            work.join().map_err(|_| anyhow!("running the tests panicked"))?
        })
    }

    /// Says which services nothing was tested against; whether there are any.
    pub fn tell_skipped(&self) -> bool {
        let reasons: Vec<_> =
            self.skipped.iter().map(|(kind, reason)| format!("{} ({reason})", kind.name())).collect();
        if !reasons.is_empty() {
            eprintln!("SKIPPED: {}", reasons.join(", "));
        }
        !reasons.is_empty()
    }

    fn skip(&mut self, kind: Kind, error: &anyhow::Error) {
        say(format!("WITHOUT {}: {error:#}", kind.name()));
        self.skipped.push((kind, in_short(error)));
    }
}

/// What failed, and what was said last about it.
fn in_short(error: &anyhow::Error) -> String {
    let (what, all) = (error.to_string(), format!("{error:#}"));
    let what = what.lines().next().unwrap_or_default();
    match all.lines().last() {
        Some(last) if !last.starts_with(what) => format!("{} … {last}", what.trim_end_matches(':')),
        Some(_) | None => what.to_owned(),
    }
}

/// The whole workspace is named so that nothing is compiled twice.
const TESTS: [&str; 4] = ["test", "--workspace", "--test", "real"];

/// Tests against these services, or all; fails too where one cannot be had.
pub fn run(workspace: &Workspace, kinds: &[Kind], filters: &[String]) -> Result<ExitCode> {
    let kinds = if kinds.is_empty() { Kind::value_variants() } else { kinds };
    let mut services = Services::launch(install(workspace, kinds));
    // They start while everything else is compiled.
    build::beside_tests(workspace)?;
    let passed = services.test(workspace, filters)?;
    let skipped = services.tell_skipped();
    Ok(if passed && !skipped { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn why_a_service_is_skipped_stands_in_one_line() {
        let apt = anyhow!("`apt-get` failed: W: so what\nE: a\nE: no connection").context("cannot be had");
        assert_eq!(in_short(&apt), "cannot be had … E: no connection");
        assert_eq!(in_short(&anyhow!("it did not start:\nlog\nno port")), "it did not start … no port");
        assert_eq!(in_short(&anyhow!("no apt-get")), "no apt-get");
    }
}
