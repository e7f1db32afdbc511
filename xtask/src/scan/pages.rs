//! The pages: wapiti, which follows every link and attacks every form.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::portal::{PASSWORD, Portal};
use crate::process::{run, say};
use crate::real::private;

/// Its attacks that can be carried out without the network. Not among them is
/// `csrf`, which looks for a token in each form: here a form that another site
/// sends is refused by what the browser says of it, and comes without cookie.
const ATTACKS: [&str; 11] = [
    "cookieflags",
    "crlf",
    "csp",
    "exec",
    "file",
    "http_headers",
    "permanentxss",
    "redirect",
    "sql",
    "upload",
    "xss",
];

/// What it takes for a finding, and why that is none.
const NO_FINDINGS: [(&str, &str); 2] = [
    (
        "Clickjacking Protection",
        "`frame-ancestors 'none'` forbids it, beside which X-Frame-Options is ignored",
    ),
    ("Secure Flag cookie", "the scan comes without TLS, and so `secure_cookies` is not set"),
];

/// What would end the session of the scan.
const LEFT_OUT: [&str; 3] = ["sign_out", "end_session", "change_own_password"];

/// Without a session it finds a dozen. What it says itself of its sign-in does
/// not count: the word “failed” anywhere on the next page is a failure to it.
const FEWEST_PAGES: u64 = 60;

const CRAWL_AT_MOST: &str = "120";
const ATTACK_AT_MOST: &str = "60";

/// Tries the pages as an admin sees them; whether nothing was found.
pub fn scan(programs: &Path, portal: &Portal) -> Result<bool> {
    let (url, folder) = (&portal.url, portal.folder());
    // Pages with accounts on them have more to attack.
    let token = portal.token("admin", "accounts")?;
    portal.call_with(&token, &["account", "request", "--service", "user-service", "--count", "4"])?;

    let mut wapiti = private(&programs.join("wapiti"), folder)?;
    wapiti
        .args(["--url", &format!("{url}/"), "--scope", "folder", "--module", &ATTACKS.join(",")])
        .args(["--form-url", &format!("{url}/sign-in"), "--form-user", "admin", "--form-password", PASSWORD])
        .args(LEFT_OUT.iter().flat_map(|action| ["--exclude".to_owned(), format!("{url}/actions/{action}*")]))
        .args(["--max-scan-time", CRAWL_AT_MOST, "--max-attack-time", ATTACK_AT_MOST, "--tasks", "4"])
        // Unless told otherwise, it looks for its authors' servers.
        .args(["--dns-endpoint", "localhost", "--endpoint", "http://127.0.0.1:1/", "--no-bugreport"])
        .args(["--store-session", "wapiti", "--store-config", "wapiti"])
        .args(["--format", "json", "--output", "wapiti.json"]);
    run(&mut wapiti)?;

    let report = fs::read_to_string(folder.join("wapiti.json")).context("wapiti's report is missing")?;
    let report: Value = serde_json::from_str(&report).context("wapiti's report is no JSON")?;
    let pages = report["infos"]["crawled_pages_nbr"].as_u64().unwrap_or_default();
    ensure!(pages >= FEWEST_PAGES, "wapiti has found {pages} pages and forms only: it was not signed in");
    let found = findings(&report);
    say(format!("wapiti has tried {pages} pages and forms; found: {}", found.len()));
    for finding in &found {
        eprintln!("{finding}");
    }
    Ok(found.is_empty())
}

/// What it has found, but for what is none.
fn findings(report: &Value) -> Vec<String> {
    let kinds = ["vulnerabilities", "anomalies"].into_iter().filter_map(|kind| report[kind].as_object());
    kinds
        .flatten()
        .filter(|(name, _)| !NO_FINDINGS.iter().any(|(none, _)| none == name))
        .filter_map(|(name, found)| Some((name, found.as_array()?)))
        .flat_map(|(name, found)| {
            let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            found
                .iter()
                .map(move |one| format!("{name}: {}\n    {}", text(one, "info"), text(one, "curl_command")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn findings_are_told_with_how_to_repeat_them() {
        let report = json!({
            "vulnerabilities": {
                "SQL Injection": [{ "info": "through q", "curl_command": "curl \"http://a/?q='\"" }],
                "Clickjacking Protection": [{ "info": "X-Frame-Options is not set" }],
                "Open Redirect": [],
            },
            "anomalies": { "Internal Server Error": [{ "info": "in form", "curl_command": "curl b" }] },
            "additionals": { "HTTP Methods": [{ "info": "GET" }] },
        });
        assert_eq!(
            findings(&report),
            [
                "SQL Injection: through q\n    curl \"http://a/?q='\"",
                "Internal Server Error: in form\n    curl b"
            ]
        );
    }
}
