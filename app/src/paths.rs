//! Addresses of pages.

use domain::{
    Problem,
    id::{AccountId, BatchId},
    secret::Secret,
    text::{Login, Slug},
};

/// The list of accounts.
pub(crate) const ACCOUNTS: &str = "/accounts";
/// The form that asks for an account.
pub(crate) const REQUEST: &str = "/accounts/new";
/// The form that chooses accounts to take away.
pub(crate) const CLEAN_UP: &str = "/accounts/clean-up";
/// The requests that wait for a manager.
pub(crate) const APPROVALS: &str = "/approvals";
/// The list of batches.
pub(crate) const BATCHES: &str = "/batches";
/// What should be gone and is not.
pub(crate) const DEBT: &str = "/debt";
/// Where services and the ledger differ.
pub(crate) const DRIFT: &str = "/drift";
/// The list of services.
pub(crate) const SERVICES: &str = "/services";
/// The form that registers a service.
pub(crate) const REGISTER: &str = "/services/new";
/// The audit.
pub(crate) const AUDIT: &str = "/audit";
pub(crate) const AUDIT_EXPORT: &str = "/audit/export";
/// Everybody.
pub(crate) const PEOPLE: &str = "/people";
/// The teams.
pub(crate) const TEAMS: &str = "/teams";
/// One's own tokens.
pub(crate) const TOKENS: &str = "/tokens";
/// One's own sessions and password.
pub(crate) const PROFILE: &str = "/profile";
/// Where a one-time link leads to.
pub(crate) const WELCOME: &str = "/welcome";
/// Where one is sent on to the provider, to sign in there.
pub(crate) const PROVIDER: &str = "/sign-in/provider";
/// Where one signs in.
pub(crate) const SIGN_IN: &str = "/sign-in";

/// The page of one person.
pub(crate) fn person(login: &Login) -> String {
    format!("{PEOPLE}/{login}")
}

/// The page of a one-time link, after what was typed there was refused: the
/// address says why, by the problem's kind and fields.
pub(crate) fn welcome_again(code: &Secret, login: &str, problem: &Problem) -> String {
    let login = login.trim().to_lowercase().parse::<Login>().ok();
    let fields: Vec<&str> =
        problem.errors.iter().map(|error| error.pointer.trim_start_matches('/')).collect();
    with_query(
        WELCOME,
        &[
            ("code", Some(code.expose())),
            ("login", login.as_ref().map(|login| login.as_str())),
            ("problem", Some(problem.kind.code())),
            ("fields", Some(&fields.join(","))),
        ],
    )
}

/// The page of one account.
pub(crate) fn account(id: AccountId) -> String {
    format!("{ACCOUNTS}/{id}")
}

/// The page of one batch.
pub(crate) fn batch(id: BatchId) -> String {
    format!("{BATCHES}/{id}")
}

/// The page of one service.
pub(crate) fn service(slug: &Slug) -> String {
    format!("{SERVICES}/{slug}")
}

/// The form that changes one service.
pub(crate) fn edit_service(slug: &Slug) -> String {
    format!("{SERVICES}/{slug}/edit")
}

/// The accounts of one batch.
pub(crate) fn accounts_of_batch(id: BatchId) -> String {
    with_query(ACCOUNTS, &[("batch", Some(&id.to_string()))])
}

/// The accounts of one run.
pub(crate) fn run(run: &str) -> String {
    with_query(ACCOUNTS, &[("run", Some(run))])
}

/// The sign-in page that goes on to `then`.
pub(crate) fn sign_in_then(then: &str) -> String {
    with_query(SIGN_IN, &[("then", Some(then))])
}

/// Where to go on to: `then` if it is an address of this site, else the
/// accounts.
///
/// Browsers read `//host` and `/\host` as addresses of other sites, and
/// ignore control characters while they do so.
pub(crate) fn local(then: Option<&str>) -> &str {
    then.filter(|then| is_local(then)).unwrap_or(ACCOUNTS)
}

/// The same, where something else is nearer than the accounts.
pub(crate) fn local_or(then: &str, otherwise: String) -> String {
    if is_local(then) { then.to_owned() } else { otherwise }
}

fn is_local(then: &str) -> bool {
    let mut bytes = then.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && then.bytes().all(|b| b.is_ascii_graphic())
}

/// The path with those of the fields that have a value.
pub(crate) fn with_query(path: &str, fields: &[(&str, Option<&str>)]) -> String {
    let given: Vec<(&str, &str)> = fields
        .iter()
        .filter_map(|(name, value)| value.filter(|v| !v.is_empty()).map(|value| (*name, value)))
        .collect();
    match serde_urlencoded::to_string(given) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_stays_on_this_site() {
        for good in ["/", "/accounts", "/accounts?state=active&q=a%20b", "/accounts/new"] {
            assert_eq!(local(Some(good)), good);
        }
        for bad in
            ["", "accounts", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "/a b"]
        {
            assert_eq!(local(Some(bad)), ACCOUNTS, "{bad:?}");
        }
        assert_eq!(local(None), ACCOUNTS);
    }

    #[test]
    fn empty_fields_stay_out_of_addresses() {
        let address =
            with_query("/accounts", &[("state", Some("active")), ("q", Some("")), ("service", None)]);
        assert_eq!(address, "/accounts?state=active");
        assert_eq!(with_query("/accounts", &[("q", None)]), "/accounts");
        assert_eq!(sign_in_then("/accounts?q=a&b"), "/sign-in?then=%2Faccounts%3Fq%3Da%26b");
    }
}
