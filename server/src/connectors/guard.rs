//! What the operator allows the portal to call: asked when a service is
//! defined, before every call, and again about every address that a
//! connection is about to be made to.

use std::net::IpAddr;

use serde::Deserialize;
use url::{Host, Url};

use super::{
    ServiceDefinition,
    address::{is_loopback, never_allowed},
    secret_reference::SecretReference,
};

/// The operator's settings for the guard. They stand in the portal's own
/// configuration, never in a service's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuardSettings {
    /// The environments that count as test environments.
    pub environments: Vec<String>,
    /// Hosts that may be called beside this machine itself: a name, an
    /// address, or `*.example.org` for all names below one.
    pub allowed_hosts: Vec<String>,
    /// The references that services may name as their `secret`, word for
    /// word. Without this list a service could name the portal's own keys.
    pub allowed_secrets: Vec<String>,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self {
            environments: ["dev", "test", "staging"].map(str::to_owned).into(),
            allowed_hosts: Vec::new(),
            allowed_secrets: Vec::new(),
        }
    }
}

/// Refuses whatever the operator did not allow.
#[derive(Clone, Debug)]
pub struct Guard(GuardSettings);

/// What the guard objects to, and what an operator could do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

impl Guard {
    /// A guard that allows what the settings say.
    pub fn new(mut settings: GuardSettings) -> Self {
        for host in &mut settings.allowed_hosts {
            *host = plain_host(host);
        }
        Self(settings)
    }

    /// Whether the service may be called, as far as that can be told without
    /// looking up its host's addresses.
    ///
    /// # Errors
    /// Something about it is not allowed.
    pub fn admit(&self, service: &ServiceDefinition) -> Result<(), Refusal> {
        self.environment(&service.environment)?;
        let elsewhere = service.http.elsewhere();
        for url in [&service.base].into_iter().chain(elsewhere.into_iter().map(|(_, url)| url)) {
            if let Some(host) = url.host() {
                self.host(&host)?;
            }
        }
        service.secret.as_ref().map_or(Ok(()), |secret| self.secret(secret))
    }

    /// The operator's test environments.
    pub fn environments(&self) -> &[String] {
        &self.0.environments
    }

    /// Whether it is one of the operator's test environments.
    ///
    /// # Errors
    /// It is not.
    pub fn environment(&self, name: &str) -> Result<(), Refusal> {
        if self.0.environments.iter().any(|allowed| allowed == name) {
            return Ok(());
        }
        let allowed = self.0.environments.join(", ");
        Err(Refusal(format!(
            "`{name}` is not one of the test environments that the operator allows ({allowed})"
        )))
    }

    /// Whether the host may be called, as far as it can be told from its
    /// name. A literal address is settled here; a name only where it is
    /// looked up, by [`Guard::addresses`].
    ///
    /// # Errors
    /// It is an address that may not be called.
    pub fn host<S: AsRef<str>>(&self, host: &Host<S>) -> Result<(), Refusal> {
        match host {
            Host::Domain(_) => Ok(()),
            Host::Ipv4(address) => self.addresses(&address.to_string(), &[IpAddr::V4(*address)]),
            Host::Ipv6(address) => self.addresses(&address.to_string(), &[IpAddr::V6(*address)]),
        }
    }

    /// Whether a connection may be made to what the host resolves to. One bad
    /// address spoils the host: whoever controls the name chooses the order.
    ///
    /// # Errors
    /// One of the addresses may not be called.
    pub fn addresses(&self, host: &str, addresses: &[IpAddr]) -> Result<(), Refusal> {
        if let Some((address, why)) =
            addresses.iter().find_map(|address| Some((address, never_allowed(*address)?)))
        {
            let at = if host == address.to_string() { String::new() } else { format!("at {address}, ") };
            return Err(Refusal(format!("`{host}` is {at}{why}, which is never called")));
        }
        if addresses.iter().all(|address| is_loopback(*address)) || self.lists(host) {
            return Ok(());
        }
        Err(Refusal(format!(
            "`{host}` is not on this machine, so the operator has to list it in `allowed_hosts` first"
        )))
    }

    /// Whether the operator listed the host.
    pub fn lists(&self, host: &str) -> bool {
        let host = plain_host(host);
        self.0.allowed_hosts.iter().any(|allowed| match allowed.strip_prefix('*') {
            Some(suffix) => suffix.starts_with('.') && host.len() > suffix.len() && host.ends_with(suffix),
            None => *allowed == host,
        })
    }

    /// Whether services may name this secret.
    ///
    /// # Errors
    /// The operator did not list it.
    pub fn secret(&self, reference: &SecretReference) -> Result<(), Refusal> {
        // What was given to the portal for this service is no other's.
        if *reference == SecretReference::Sealed {
            return Ok(());
        }
        let name = reference.to_string();
        if self.0.allowed_secrets.contains(&name) {
            return Ok(());
        }
        Err(Refusal(format!("the operator has to list `{name}` in `allowed_secrets` first")))
    }
}

/// Whether the URL names no user. One would hide which host is called, as in
/// `http://orders.example.org@169.254.169.254`, and credentials belong elsewhere.
///
/// # Errors
/// It names one.
pub fn names_no_user(url: &Url) -> Result<(), Refusal> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    Err(Refusal(format!("it names a user of `{host}`; credentials belong in `auth`")))
}

/// Lower case, no brackets around an IPv6 address, no dot at the end.
fn plain_host(host: &str) -> String {
    let host = host.trim().trim_end_matches('.');
    host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(hosts: &[&str]) -> Guard {
        Guard::new(GuardSettings {
            allowed_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            ..GuardSettings::default()
        })
    }

    fn allows(guard: &Guard, host: &str, addresses: &[&str]) -> bool {
        let addresses: Vec<_> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        guard.addresses(host, &addresses).is_ok()
    }

    #[test]
    fn without_a_list_only_this_machine_may_be_called() {
        let guard = guard(&[]);
        assert!(allows(&guard, "localhost", &["127.0.0.1", "::1"]));
        assert!(!allows(&guard, "orders.example.org", &["10.0.0.1"]));
        assert!(!allows(&guard, "orders.example.org", &["127.0.0.1", "10.0.0.1"]));
    }

    #[test]
    fn a_listed_host_may_be_called_wherever_it_is_but_never_at_a_link_local_address() {
        let guard = guard(&["Orders.Example.org.", "*.staging.example.org", "10.0.0.9"]);
        assert!(allows(&guard, "orders.example.org", &["10.0.0.1"]));
        assert!(allows(&guard, "a.b.staging.example.org", &["10.0.0.1"]));
        assert!(allows(&guard, "10.0.0.9", &["10.0.0.9"]));
        assert!(!allows(&guard, "staging.example.org", &["10.0.0.1"]));
        assert!(!allows(&guard, "evilstaging.example.org", &["10.0.0.1"]));
        assert!(!allows(&guard, "orders.example.org", &["10.0.0.1", "169.254.169.254"]));
        assert!(!allows(&guard, "orders.example.org", &["::ffff:169.254.169.254"]));
    }

    #[test]
    fn only_listed_secrets_may_be_named() {
        let guard = Guard::new(GuardSettings {
            allowed_secrets: vec!["env:ORDERS_TOKEN".to_owned()],
            ..GuardSettings::default()
        });
        assert!(guard.secret(&"env:ORDERS_TOKEN".parse().unwrap()).is_ok());
        assert!(guard.secret(&"env:UNDERSTUDY_KEY".parse().unwrap()).is_err());
        assert!(guard.secret(&"file:/data/key".parse().unwrap()).is_err());
    }
}
