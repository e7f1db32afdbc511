//! Secrets that a command is given: asked for, or read from standard input,
//! and never an argument, which everybody on the machine could see.

use std::io::{BufRead, IsTerminal};

use domain::secret::Secret;

use super::CliError;

/// Reads the secret of that name; `option` is how to say that it comes from
/// standard input.
pub(super) fn read(name: &str, option: &str, from_stdin: bool) -> Result<Secret, CliError> {
    if from_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        return Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    if !std::io::stdin().is_terminal() {
        let name = name.to_lowercase();
        return Err(CliError::Other(format!("there is no terminal to ask for the {name}; use {option}")));
    }
    Ok(Secret::new(rpassword::prompt_password(format!("{name}: "))?))
}
