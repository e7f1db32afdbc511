//! `[oidc]` and `[[ci]]`: who else vouches for people and for CI runs.

use std::{collections::BTreeMap, env, fs};

use domain::{
    Ttl,
    people::Role,
    secret::Secret,
    text::{Login, Slug},
    token::Scope,
};
use openidconnect::IssuerUrl;
use serde::Deserialize;
use url::Url;

use super::ConfigError;
use crate::{
    connectors::SecretReference,
    identity::{CiIssuer, CiRule, ProviderSettings},
};

/// No token of a CI run is good for longer.
const LONGEST_RUN: Ttl = Ttl::days(1);

/// `[oidc]`: the organisation's own provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcTable {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    public_url: Url,
    name: Option<String>,
    scopes: Option<Vec<String>>,
    login_claim: Option<String>,
    role_claim: Option<String>,
    #[serde(default)]
    roles: BTreeMap<String, Role>,
    default_role: Option<Role>,
    team_claim: Option<String>,
    #[serde(default)]
    teams: BTreeMap<String, String>,
}

/// `[[ci]]`: a CI provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CiTable {
    issuer: String,
    audience: String,
    run: Option<String>,
    #[serde(default)]
    rule: Vec<RuleTable>,
}

/// `[[ci.rule]]`: which runs get what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleTable {
    #[serde(rename = "match")]
    matches: BTreeMap<String, String>,
    team: String,
    #[serde(rename = "as")]
    acts_as: Option<String>,
    #[serde(default)]
    services: Vec<String>,
    quota: Option<u32>,
    scopes: Option<Vec<String>>,
    ttl: Option<Ttl>,
}

fn wrong(setting: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Nonsense { setting, why: why.into() }
}

/// Only TLS keeps what is asked and answered from being changed on its way;
/// this machine itself needs none.
fn issuer(setting: &'static str, text: &str) -> Result<IssuerUrl, ConfigError> {
    let url = Url::parse(text).map_err(|_| wrong(setting, format!("issuer `{text}` is no URL")))?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "https" && !is_here {
        return Err(wrong(setting, format!("issuer `{text}` must begin with https://")));
    }
    IssuerUrl::new(text.to_owned()).map_err(|_| wrong(setting, format!("issuer `{text}` is no URL")))
}

/// Checks what is said of the organisation's provider.
pub(super) fn oidc(table: &OidcTable) -> Result<ProviderSettings, ConfigError> {
    const OIDC: &str = "oidc";
    if table.roles.is_empty() && table.default_role.is_none() {
        let why = "nobody would be let in: give `default_role`, or `roles` for values of the role claim";
        return Err(wrong(OIDC, why));
    }
    let teams = table.teams.iter().map(|(value, team)| match team.parse::<Slug>() {
        Ok(team) => Ok((value.clone(), team)),
        Err(error) => Err(wrong(OIDC, format!("the team `{team}` {error}"))),
    });
    let usual = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
    let scopes = table.scopes.clone();
    Ok(ProviderSettings {
        issuer: issuer(OIDC, &table.issuer)?,
        name: usual(&table.name, "single sign-on"),
        client_id: table.client_id.clone(),
        client_secret: table.client_secret.as_deref().map(secret).transpose()?,
        public_url: table.public_url.clone(),
        scopes: scopes.unwrap_or_else(|| ["profile", "email"].map(str::to_owned).into()),
        login_claim: usual(&table.login_claim, "preferred_username"),
        role_claim: usual(&table.role_claim, "groups"),
        roles: table.roles.clone(),
        default_role: table.default_role,
        team_claim: usual(&table.team_claim, "groups"),
        teams: teams.collect::<Result<_, _>>()?,
    })
}

/// The client secret, which stands in a variable or a file.
fn secret(reference: &str) -> Result<Secret, ConfigError> {
    const SECRET: &str = "oidc.client_secret";
    let text = match reference.parse() {
        Ok(SecretReference::Env(name)) => {
            env::var(&name).map_err(|_| wrong(SECRET, format!("the variable {name} is not set")))?
        }
        Ok(SecretReference::File(path)) => fs::read_to_string(&path)
            .map_err(|error| wrong(SECRET, format!("the file {} cannot be read: {error}", path.display())))?,
        Ok(SecretReference::Vault { .. } | SecretReference::Sealed) | Err(_) => {
            return Err(wrong(SECRET, "must say where it is: env:NAME, or file:/absolute/path"));
        }
    };
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Checks what is said of a CI provider.
pub(super) fn ci(table: &CiTable) -> Result<CiIssuer, ConfigError> {
    let rules: Vec<CiRule> = table.rule.iter().map(rule).collect::<Result<_, _>>()?;
    if table.audience.trim().is_empty() || rules.is_empty() {
        return Err(wrong(
            "ci",
            "needs an `audience`, and a `[[ci.rule]]` for each kind of run that gets something",
        ));
    }
    if let Some(run) = table.run.as_deref().filter(|run| !run.contains('{')) {
        return Err(wrong("ci", format!("run `{run}` calls all runs the same: name claims in braces")));
    }
    Ok(CiIssuer {
        issuer: issuer("ci", &table.issuer)?,
        audience: table.audience.clone(),
        run: table.run.clone(),
        rules,
    })
}

fn rule(table: &RuleTable) -> Result<CiRule, ConfigError> {
    const RULE: &str = "ci.rule";
    // Anybody may run something at a public CI provider.
    if table.matches.values().all(|wanted| wanted.trim_matches('*').is_empty()) {
        return Err(wrong(RULE, "would let every run in: `match` has to name a claim, such as repository"));
    }
    let team: Slug = table.team.parse().map_err(|error| wrong(RULE, format!("team {error}")))?;
    let acts_as = table.acts_as.clone().unwrap_or_else(|| format!("ci-{team}"));
    let acts_as: Login = acts_as.parse().map_err(|error| wrong(RULE, format!("as {error}")))?;
    let services = table.services.iter().map(|slug| {
        slug.parse::<Slug>().map_err(|error| wrong(RULE, format!("the service `{slug}` {error}")))
    });
    let usual = [Scope::AccountsRead, Scope::AccountsWrite, Scope::ServicesRead];
    let scopes = match &table.scopes {
        None => usual.into(),
        Some(scopes) => scopes
            .iter()
            .map(|scope| scope.parse().map_err(|_| wrong(RULE, format!("`{scope}` is no scope"))))
            .collect::<Result<Vec<Scope>, _>>()?,
    };
    let ttl = table.ttl.unwrap_or(Ttl::hours(1));
    if ttl > LONGEST_RUN {
        return Err(wrong(RULE, format!("ttl is {ttl}; it must be at most {LONGEST_RUN}")));
    }
    Ok(CiRule {
        matches: table.matches.clone(),
        team,
        acts_as,
        services: services.collect::<Result<_, _>>()?,
        quota: table.quota,
        scopes,
        ttl,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused<T: for<'de> Deserialize<'de>, R>(
        check: impl Fn(&T) -> Result<R, ConfigError>,
        text: &str,
    ) -> Option<String> {
        check(&toml::from_str(text).unwrap()).err().map(|error| error.to_string())
    }

    const OIDC: &str = "issuer = \"https://login.example.com\"\nclient_id = \"understudy\"\n\
                        public_url = \"https://understudy.example.com\"\n";
    const CI: &str = "issuer = \"https://ci.example.com\"\naudience = \"understudy\"\n";

    #[test]
    fn what_makes_sense_is_taken() {
        for more in [
            "default_role = \"tester\"",
            "[roles]\nadmins = \"admin\"",
            "default_role = \"tester\"\n[teams]\nx = \"pay\"",
        ] {
            assert_eq!(refused(oidc, &format!("{OIDC}{more}")), None, "{more}");
        }
        for rule in [
            "match = { repository = \"acme/shop\" }\nteam = \"pay\"",
            "match = { sub = \"a*\" }\nteam = \"pay\"\nttl = \"2h\"\nquota = 3",
        ] {
            assert_eq!(refused(ci, &format!("{CI}[[rule]]\n{rule}")), None, "{rule}");
        }
    }

    #[test]
    fn what_would_let_everybody_or_nobody_in_is_refused() {
        for (more, said) in [
            ("", "nobody would be let in"),
            ("default_role = \"tester\"\nclient_secret = \"hunter2\"", "must say where it is"),
            ("default_role = \"tester\"\nclient_secret = \"env:NOT_SET_ANYWHERE\"", "is not set"),
            ("default_role = \"tester\"\n[teams]\nx = \"A B\"", "the team"),
        ] {
            let told = refused(oidc, &format!("{OIDC}{more}")).unwrap();
            assert!(told.contains(said) && !told.contains("hunter2"), "{told}");
        }
        for (rule, said) in [
            ("", "[[ci.rule]]"),
            ("[[rule]]\nmatch = {}\nteam = \"pay\"", "every run"),
            ("[[rule]]\nmatch = { repository = \"*\" }\nteam = \"pay\"", "every run"),
            ("[[rule]]\nmatch = { repository = \"a\" }\nteam = \"A B\"", "team"),
            ("[[rule]]\nmatch = { repository = \"a\" }\nteam = \"pay\"\nttl = \"2d\"", "at most"),
            ("[[rule]]\nmatch = { repository = \"a\" }\nteam = \"pay\"\nscopes = [\"all\"]", "no scope"),
        ] {
            let told = refused(ci, &format!("{CI}{rule}")).unwrap();
            assert!(told.contains(said), "{told}");
        }
        let plain = refused(ci, &CI.replace("https", "http")).unwrap();
        assert!(plain.contains("[[ci.rule]]") || plain.contains("https"), "{plain}");
    }
}
