//! ChromeDriver and the Chromium that it starts, as processes.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process_group};

const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";

/// So often it is started.
const STARTED_AT_MOST: usize = 4;

/// A ChromeDriver of its own; it and its browser are killed when dropped.
#[derive(Debug)]
pub(super) struct Driver {
    /// Where it listens.
    pub url: String,
    process: Child,
}

impl Driver {
    /// Starts it at a free port. It looks for one by itself, and ends where
    /// somebody else takes that meanwhile: then it is started again.
    pub fn start() -> Self {
        for program in [CHROMEDRIVER, CHROMIUM] {
            assert!(Path::new(program).exists(), "{program} is missing: `cargo xtask test` installs it");
        }
        let started = (0..STARTED_AT_MOST).find_map(|_| Self::start_once());
        started.unwrap_or_else(|| panic!("{CHROMEDRIVER} did not say where it listens"))
    }

    fn start_once() -> Option<Self> {
        // In a process group of its own, so that the browser ends with it.
        let mut process = Command::new(CHROMEDRIVER)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{CHROMEDRIVER} does not start: {error}"));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut driver = Self { url: String::new(), process };
        let port = lines.by_ref().find_map(|line| {
            let port = line.unwrap().split_once("successfully on port ")?.1.trim_end_matches('.').to_owned();
            Some(port)
        })?;
        // Whatever else it says must not stop it at a full or closed pipe.
        std::thread::spawn(move || lines.for_each(drop));
        driver.url = format!("http://127.0.0.1:{port}");
        Some(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(group) = Pid::from_raw(self.process.id().cast_signed()) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.process.wait();
    }
}
