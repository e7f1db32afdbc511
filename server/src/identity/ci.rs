//! CI providers, and which of their runs get what.

use std::{collections::BTreeMap, fmt};

use domain::{
    text::{Login, RunName, Slug},
    time::Ttl,
    token::Scope,
};
use openidconnect::IssuerUrl;

use super::{
    claims::Claims,
    http::Http,
    keys::{Issuer, Unverified},
};

/// A CI provider whose identity tokens are taken.
#[derive(Clone, Debug)]
pub struct CiIssuer {
    /// Its issuer identifier.
    pub issuer: IssuerUrl,
    /// For whom its tokens have to be.
    pub audience: String,
    /// What a run is called, with claims in braces; where it is `None`, as
    /// GitHub's and GitLab's claims say it.
    pub run: Option<String>,
    /// Which runs get what: the first rule that fits counts.
    pub rules: Vec<CiRule>,
}

/// Which runs get what.
#[derive(Clone, Debug)]
pub struct CiRule {
    /// Claims and what they have to be; `*` stands for anything.
    pub matches: BTreeMap<String, String>,
    /// To which team what they ask for belongs.
    pub team: Slug,
    /// In whose name they act: somebody who cannot sign in.
    pub acts_as: Login,
    /// On which services they may ask for accounts; on all of the team's where
    /// it is empty.
    pub services: Vec<Slug>,
    /// How many accounts a run may hold at a time.
    pub quota: Option<u32>,
    /// What their tokens are narrowed to.
    pub scopes: Vec<Scope>,
    /// How long their tokens are good for.
    pub ttl: Ttl,
}

/// A run for which a CI provider vouches, and what it gets.
#[derive(Clone, Debug)]
pub struct RunClaims {
    /// Who vouches.
    pub issuer: String,
    /// What the provider calls the run's kind.
    pub subject: String,
    /// What the run is called here.
    pub run: RunName,
    /// What it gets.
    pub rule: CiRule,
}

/// Why a run gets nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// Its issuer is none of those that are taken.
    #[error("no identity token of that issuer is taken here")]
    UnknownIssuer,
    /// The token proves nothing.
    #[error(transparent)]
    Unverified(#[from] Unverified),
    /// The claims do not say what the run is called.
    #[error("its claims do not say what the run is called: {0} is missing")]
    NoRun(String),
    /// No rule fits.
    #[error("no rule gives {0} anything")]
    NoRule(String),
}

impl Unproven {
    /// Whether it may be another in a moment.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unverified(Unverified::NoKeys(..)))
    }
}

/// All CI providers whose identity tokens are taken.
pub struct RunIdentities(Vec<(CiIssuer, Issuer)>);

impl fmt::Debug for RunIdentities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunIdentities({})", self.0.len())
    }
}

impl RunIdentities {
    /// # Errors
    /// The system offers no working TLS.
    pub fn new(issuers: Vec<CiIssuer>) -> Result<Self, reqwest::Error> {
        let http = Http::new()?;
        let with_keys = |ci: CiIssuer| {
            let issuer = Issuer::new(ci.issuer.clone(), http.clone());
            (ci, issuer)
        };
        Ok(Self(issuers.into_iter().map(with_keys).collect()))
    }

    /// For which run the token vouches, and what it gets.
    ///
    /// # Errors
    /// For none that gets anything.
    pub async fn prove(&self, token: &str) -> Result<RunClaims, Unproven> {
        // Only to find whose keys to check it with: nothing else of it counts yet.
        let said = Claims::of_verified(token).and_then(|claims| claims.text("iss"));
        let is_said = |(ci, _): &&(CiIssuer, Issuer)| Some(ci.issuer.as_str()) == said.as_deref();
        let (ci, issuer) = self.0.iter().find(is_said).ok_or(Unproven::UnknownIssuer)?;
        let claims = issuer.verify(token, &ci.audience).await?;
        let subject = claims.text("sub").unwrap_or_default();
        let rule = ci.rules.iter().find(|rule| rule.fits(&claims));
        let rule = rule.ok_or_else(|| Unproven::NoRule(subject.clone()))?.clone();
        Ok(RunClaims { issuer: ci.issuer.to_string(), run: ci.run_of(&claims)?, subject, rule })
    }
}

impl CiIssuer {
    fn run_of(&self, claims: &Claims) -> Result<RunName, Unproven> {
        let has = |name| claims.text(name).is_some();
        let template = match &self.run {
            Some(template) => template,
            None if has("repository") && has("run_attempt") => "github:{repository}:{run_id}:{run_attempt}",
            None if has("project_path") => "gitlab:{project_path}:{job_id}",
            None => "ci:{sub}:{jti}",
        };
        let mut run = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            run.push_str(before);
            run.push_str(&claims.text(name).ok_or_else(|| Unproven::NoRun(name.to_owned()))?);
            rest = after;
        }
        run.push_str(rest);
        run.parse().map_err(|_| Unproven::NoRun(template.to_owned()))
    }
}

impl CiRule {
    fn fits(&self, claims: &Claims) -> bool {
        self.matches.iter().all(|(name, wanted)| claims.text(name).is_some_and(|is| fits(wanted, &is)))
    }
}

/// Whether the text is as the pattern says, in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn run(template: Option<&str>, claims: Value) -> Result<String, String> {
        let Value::Object(claims) = claims else { unreachable!() };
        let ci = CiIssuer {
            issuer: IssuerUrl::new("https://ci.example".to_owned()).unwrap(),
            audience: "understudy".to_owned(),
            run: template.map(str::to_owned),
            rules: Vec::new(),
        };
        ci.run_of(&Claims::from(claims)).map(RunName::into_string).map_err(|error| error.to_string())
    }

    #[test]
    fn runs_are_called_as_ci_itself_calls_them() {
        let github = json!({ "repository": "acme/shop", "run_id": "9123", "run_attempt": "2", "sub": "s" });
        assert_eq!(run(None, github.clone()).as_deref(), Ok("github:acme/shop:9123:2"));
        let gitlab = json!({ "project_path": "acme/shop", "job_id": "77", "sub": "s" });
        assert_eq!(run(None, gitlab).as_deref(), Ok("gitlab:acme/shop:77"));
        assert_eq!(run(Some("own:{run_id}!"), github).as_deref(), Ok("own:9123!"));
        assert!(run(None, json!({ "sub": "s" })).unwrap_err().contains("jti is missing"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text) in [("a", "a"), ("*", ""), ("refs/heads/*", "refs/heads/x/y"), ("a*c*e", "abcde")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "ab"), ("a", "A"), ("refs/heads/*", "refs/tags/1"), ("a*c*e", "aec"), ("aa*aa", "aaa")]
        {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
