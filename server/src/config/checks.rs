//! What the settings file may say: nonsense is refused when the portal starts
//! and not where it would first be missed.

use std::{net::IpAddr, time::Duration};

use domain::{Ttl, service::normalise_base_url};
use ipnet::IpNet;

use super::{ConfigError, HttpSettings, HttpTable, SettingsFile, VaultTable};
use crate::{
    connectors::{SecretReference, VaultSettings},
    http::Limit,
};

/// What is forgotten sooner was hardly meant to be.
const KEPT_AT_LEAST: Ttl = Ttl::days(1);

/// Listing all accounts is work for a service.
const SWEEP_AT_MOST_EVERY: Ttl = Ttl::minutes(1);

/// Checks what is more than a number or a path.
pub(super) fn check(file: &SettingsFile) -> Result<(), ConfigError> {
    let wrong = |setting: &'static str, why: String| Err(ConfigError::Nonsense { setting, why });
    if let Some(environments) = &file.environments
        && (environments.is_empty() || environments.iter().any(|name| name.trim().is_empty()))
    {
        let why = "must name at least one environment, and none by an empty name; without it there are \
                   dev, test and staging";
        return wrong("environments", why.to_owned());
    }
    if let Some(entry) = file.allowed_hosts.iter().find(|entry| !is_host_pattern(entry)) {
        let why = format!(
            "`{entry}` is no host: write a name, an address, or *.NAME for all names below one, without \
             scheme, port or path"
        );
        return wrong("allowed_hosts", why);
    }
    let references = file.allowed_secrets.iter().zip(1..);
    for (entry, at) in references {
        if let Err(error) = entry.parse::<SecretReference>() {
            return wrong("allowed_secrets", format!("entry {at} {error}"));
        }
    }
    let kept = [file.retention.ended_accounts, file.retention.audit_details];
    if let Some(kept) = kept.into_iter().flatten().find(|kept| *kept < KEPT_AT_LEAST) {
        return wrong("retention", format!("{kept} is too short; it must be at least {KEPT_AT_LEAST}"));
    }
    if let Some(every) = file.sweep_every.filter(|every| *every < SWEEP_AT_MOST_EVERY) {
        let why = format!("{every} is too often; it must be at least {SWEEP_AT_MOST_EVERY}");
        return wrong("sweep_every", why);
    }
    match &file.email_domain {
        Some(domain) if !is_name(domain) => {
            wrong("email_domain", format!("`{domain}` is no domain such as test.example.com"))
        }
        _ => Ok(()),
    }
}

/// Checks where Vault is and how the portal is known there.
pub(super) fn vault(table: &VaultTable) -> Result<VaultSettings, ConfigError> {
    let wrong = |why: &str| ConfigError::Nonsense { setting: "vault", why: why.to_owned() };
    let address = normalise_base_url(&table.address).and_then(|address| address.parse().ok());
    let address =
        address.ok_or_else(|| wrong("address must be a URL such as https://vault.example.com:8200"))?;
    match table.token.parse() {
        Ok(token @ (SecretReference::Env(_) | SecretReference::File(_))) => {
            Ok(VaultSettings { address, token })
        }
        Ok(SecretReference::Vault { .. } | SecretReference::Sealed) | Err(_) => Err(wrong(
            "token must say where the token is: env:NAME for a variable, or file:/absolute/path for a file",
        )),
    }
}

/// Checks what is said of the doors.
pub(super) fn http(table: &HttpTable) -> Result<HttpSettings, ConfigError> {
    let wrong = |why: String| ConfigError::Nonsense { setting: "http", why };
    let proxy = |entry: &String| {
        let net = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
        net.map_err(|_| {
            wrong(format!(
                "trusted_proxies: `{entry}` is neither an address nor a network such as 10.0.0.0/8"
            ))
        })
    };
    let usual = HttpSettings::default();
    let numbers = [
        table.requests_per_minute,
        table.failed_sign_ins,
        table.failed_tokens_per_minute,
        table.max_connections.map(|n| n as u32),
    ];
    if numbers.contains(&Some(0)) {
        return Err(wrong("a limit of 0 would let nobody in; leave it out instead".to_owned()));
    }
    let within = Duration::from_secs(60);
    let mut limits = usual.limits;
    limits.requests = table.requests_per_minute.map(|times| Limit { times, within });
    limits.sign_ins.times = table.failed_sign_ins.unwrap_or(limits.sign_ins.times);
    limits.tokens.times = table.failed_tokens_per_minute.unwrap_or(limits.tokens.times);
    Ok(HttpSettings {
        trusted_proxies: table.trusted_proxies.iter().map(proxy).collect::<Result<_, _>>()?,
        max_connections: table.max_connections.unwrap_or(usual.max_connections),
        limits,
    })
}

fn is_host_pattern(entry: &str) -> bool {
    let entry = entry.trim();
    if let Some(name) = entry.strip_prefix("*.") {
        return is_name(name);
    }
    let address = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    address.parse::<IpAddr>().is_ok() || is_name(entry)
}

/// Whether it is a name of the DNS, as URLs hold it: no address, and what is
/// not ASCII is encoded.
fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label) && text.parse::<IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: &str) -> Option<String> {
        let file: SettingsFile = toml::from_str(settings).unwrap();
        check(&file).and_then(|()| http(&file.http)).err().map(|error| error.to_string())
    }

    #[test]
    fn what_makes_sense_is_taken() {
        for settings in [
            "",
            "environments = [\"qa\"]",
            "allowed_hosts = [\"Orders.example.com.\", \"*.staging.example.com\", \"10.0.0.9\", \"[fd00::1]\", \"fd00::1\", \"db_1\"]",
            "allowed_secrets = [\"env:TOKEN\", \"file:/run/secrets/token\"]",
            "email_domain = \"test.example.com\"",
            "email_domain = \"localhost\"",
            "sweep_every = \"1m\"",
            "[retention]\nended_accounts = \"1d\"\naudit_details = \"1095d\"",
            "[http]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\nmax_connections = 5\nrequests_per_minute = 600",
        ] {
            assert_eq!(refused(settings), None, "{settings}");
        }
    }

    #[test]
    fn nonsense_is_refused_by_the_settings_name() {
        for (setting, value) in [
            ("environments", "[]"),
            ("environments", "[\" \"]"),
            ("allowed_hosts", "[\"http://orders.example.com\"]"),
            ("allowed_hosts", "[\"orders.example.com:8080\"]"),
            ("allowed_hosts", "[\"orders.example.com/api\"]"),
            ("allowed_hosts", "[\"\"]"),
            ("allowed_hosts", "[\"*\"]"),
            ("allowed_hosts", "[\"*orders.example.com\"]"),
            ("allowed_hosts", "[\"*.10.0.0.9\"]"),
            ("allowed_hosts", "[\"two words\"]"),
            ("allowed_secrets", "[\"env:TOKEN\", \"hunter2\"]"),
            ("email_domain", "\"\""),
            ("email_domain", "\"me@example.com\""),
            ("email_domain", "\"exa mple.com\""),
            ("email_domain", "\"10.0.0.9\""),
            ("sweep_every", "\"59s\""),
            ("http.trusted_proxies", "[\"proxy.example.com\"]"),
            ("http.max_connections", "0"),
            ("retention.ended_accounts", "\"23h\""),
            ("retention.audit_details", "\"1m\""),
            ("http.requests_per_minute", "0"),
        ] {
            let said =
                refused(&format!("{setting} = {value}")).unwrap_or_else(|| panic!("{setting} = {value}"));
            let setting = setting.split('.').next().unwrap();
            assert!(said.contains(setting) && !said.contains("hunter2"), "{said}");
        }
    }
}
