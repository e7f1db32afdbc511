//! The terms on which a service gives accounts out, from its table.

use domain::{
    service::{CharacterClass, PasswordPolicy, Policy},
    text::MintedPrefix,
    time::Ttl,
};

use super::table::Table;

/// Reads the table `policy`; whatever is left out has its default.
pub fn read(table: &mut Table<'_>) -> Option<Policy> {
    let default = Policy::default();
    if !table.has("policy") {
        table.take("policy");
        return Some(default);
    }
    let mut policy = table.table("policy")?;
    let max_ttl = policy.optional("max_ttl").unwrap_or(default.max_ttl);
    let read = Policy {
        default_ttl: read_default_ttl(&mut policy, max_ttl, default.default_ttl),
        max_ttl,
        approval: policy.optional("approval").unwrap_or_default(),
        request_for: policy.optional("request_for").unwrap_or(default.request_for),
        provision_within: policy.optional("provision_within").unwrap_or(default.provision_within),
        max_active_per_person: policy
            .optional("max_active_per_person")
            .unwrap_or(default.max_active_per_person),
        username_prefix: read_username_prefix(&mut policy),
        password: read_password(&mut policy)?,
        concurrency: policy.optional("concurrency").unwrap_or(default.concurrency),
    };
    if read.max_active_per_person == 0 {
        policy.note("max_active_per_person", "must be at least 1");
    }
    if read.concurrency == 0 {
        policy.note("concurrency", "must be at least 1");
    }
    policy.close();
    Some(read)
}

fn read_default_ttl(policy: &mut Table<'_>, max_ttl: Ttl, default: Ttl) -> Ttl {
    let Some(given) = policy.optional::<Ttl>("default_ttl") else { return default.min(max_ttl) };
    if given > max_ttl {
        policy.note("default_ttl", format!("must not be longer than max_ttl, which is {max_ttl}"));
    }
    given
}

fn read_username_prefix(policy: &mut Table<'_>) -> MintedPrefix {
    let prefix: MintedPrefix = policy.optional("username_prefix").unwrap_or_default();
    let text = prefix.as_str();
    if text.len() < MintedPrefix::SHORTEST || !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let shortest = MintedPrefix::SHORTEST;
        policy.note(
            "username_prefix",
            format!("must begin with a letter, and have at least {shortest} characters"),
        );
    }
    prefix
}

fn read_password(policy: &mut Table<'_>) -> Option<PasswordPolicy> {
    let default = PasswordPolicy::default();
    if !policy.has("password") {
        policy.take("password");
        return Some(default);
    }
    let mut password = policy.table("password")?;
    let length = password.optional("length").unwrap_or(default.length);
    if !PasswordPolicy::LENGTHS.contains(&length) {
        let (shortest, longest) = (PasswordPolicy::LENGTHS.start(), PasswordPolicy::LENGTHS.end());
        password.note("length", format!("must be from {shortest} to {longest}"));
    }
    let mut classes: Vec<CharacterClass> = password.optional("classes").unwrap_or(default.classes);
    if classes.is_empty() {
        password.note("classes", "must name at least one class");
    }
    classes.sort_unstable();
    classes.dedup();
    password.close();
    Some(PasswordPolicy { length, classes })
}
