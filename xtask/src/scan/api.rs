//! The API: schemathesis, which makes requests up from the description.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::portal::Portal;
use crate::process::status;
use crate::real::private;

/// It comes last, and alone: the scan may thereby revoke its own token.
const LAST: &str = "DELETE /api/v1/tokens/{id}";

/// Tries every operation with a token of somebody of that role; whether
/// nothing was found.
pub fn scan(programs: &Path, portal: &Portal, role: &str, seed: u64) -> Result<bool> {
    write_dictionaries(portal, role)?;
    let mut description = portal.description()?;
    leave_nothing_open(&mut description);
    let write = |name: &str, text: &str| {
        fs::write(portal.folder().join(name), text).with_context(|| format!("cannot write {name}"))
    };
    write("openapi.json", &description.to_string())?;
    write("schemathesis.toml", include_str!("schemathesis.toml"))?;

    let token = portal.token(role, "scan")?;
    let try_out = |filter: &str| {
        let mut schemathesis = private(&programs.join("schemathesis"), portal.folder())?;
        schemathesis
            .args(["--config-file", "schemathesis.toml", "run", "openapi.json", "--url", &portal.url])
            .args(["--seed", &seed.to_string(), filter, LAST])
            .env("UNDERSTUDY_TOKEN", &token);
        Ok::<_, anyhow::Error>(status(&mut schemathesis)?.success())
    };
    let most = try_out("--exclude-name")?;
    portal.call_with(&token, &["account", "list"]).context("the scan has lost its token on the way")?;
    let last = try_out("--include-name")?;
    Ok(most && last)
}

/// Has accounts made, and writes down by which ids there is something.
fn write_dictionaries(portal: &Portal, role: &str) -> Result<()> {
    // By another token than the scan's: `POST /cleanup` takes away what belongs to that.
    let token = portal.token(role, "dictionaries")?;
    let request =
        ["account", "request", "--service", "user-service", "--run", "nightly", "--count", "8", "--json"];
    let accounts: Value = serde_json::from_str(&portal.call_with(&token, &request)?)?;
    let accounts = accounts.as_array().context("there are no accounts")?;
    let services = accounts.iter().filter_map(|account| account["services"].as_array()).flatten();
    let tokens = portal.call(&["token", "list", role])?;
    let ids = [
        ("accounts", accounts.iter().filter_map(|account| account["id"].as_str()).collect()),
        ("batches", accounts.iter().filter_map(|account| account["batch"].as_str()).take(1).collect()),
        ("enrollments", services.filter_map(|service| service["id"].as_str()).collect()),
        ("tokens", tokens.lines().filter_map(|line| line.split_whitespace().next()).collect::<Vec<_>>()),
    ];
    for (name, ids) in ids {
        let lines: String = ids.iter().map(|id| format!("\"{id}\"\n")).collect();
        fs::write(portal.folder().join(format!("{name}.dict")), lines)?;
    }
    Ok(())
}

/// Takes away the answers called `default`, any other problem: beside them no
/// status would be undocumented.
fn leave_nothing_open(description: &mut Value) {
    let items = description.get_mut("paths").and_then(Value::as_object_mut).into_iter();
    let operations = items.flat_map(|items| items.values_mut().filter_map(Value::as_object_mut));
    for operation in operations.flat_map(|operations| operations.values_mut()) {
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            responses.remove("default");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_answers_that_stand_for_any_other_are_taken_away() {
        let mut description = json!({ "paths": { "/me": {
            "parameters": [],
            "get": { "responses": { "200": {}, "default": {} } },
        } } });
        leave_nothing_open(&mut description);
        assert_eq!(
            description,
            json!({ "paths": { "/me": { "parameters": [], "get": { "responses": { "200": {} } } } } })
        );
    }
}
