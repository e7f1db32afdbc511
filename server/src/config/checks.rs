//! What the settings file may say: nonsense is refused when the portal starts
//! and not where it would first be missed.

use std::net::IpAddr;

use domain::{Ttl, service::normalise_base_url};

use super::{ConfigError, SettingsFile, VaultTable};
use crate::connectors::{SecretReference, VaultSettings};

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
        check(&toml::from_str(settings).unwrap()).err().map(|error| error.to_string())
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
        ] {
            let said =
                refused(&format!("{setting} = {value}")).unwrap_or_else(|| panic!("{setting} = {value}"));
            assert!(said.contains(setting) && !said.contains("hunter2"), "{said}");
        }
    }
}
