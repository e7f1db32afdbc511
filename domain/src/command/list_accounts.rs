//! Looking for accounts.

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator;

use crate::{
    account::AccountState,
    audit::given,
    id::BatchId,
    problem::{Checks, Problem},
    text::{Key, Login, RunName, Slug, Ticket, Value},
};

/// Which accounts are asked for: not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ListAccounts {
    /// In this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// On this service, by slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Owned by this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// With this label, as `key:value` or `key=value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Asked for by this login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// Held by this login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Of this batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Whose username begins so, or whose ticket is this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// A checked [`ListAccounts`].
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// In this state.
    pub state: Option<AccountState>,
    /// On this service.
    pub service: Option<Slug>,
    /// Owned by this run.
    pub run: Option<RunName>,
    /// With this label.
    pub label: Option<(Key, Value)>,
    /// Asked for by this login.
    pub requested_by: Option<Login>,
    /// Held by this login.
    pub holder: Option<Login>,
    /// Of this batch.
    pub batch: Option<BatchId>,
    /// Whose username begins so, or whose ticket is this.
    pub q: Option<Ticket>,
    /// Of the requests of one batch, only the newest that waits.
    pub one_per_batch: bool,
}

impl ListAccounts {
    /// Checks the fields; empty ones count as left out, as forms send them.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<AccountFilter, Problem> {
        let mut checks = Checks::new();
        let states = || {
            let names: Vec<&str> = AccountState::iter().map(Into::into).collect();
            format!("is not a state; those are {}", names.join(", "))
        };
        let state = given(&self.state).map(|name| name.parse().map_err(|_| states()));
        let state = checks.optional("/state", state);
        let filter = AccountFilter {
            state,
            service: checks.optional("/service", given(&self.service).map(str::parse)),
            run: checks.optional("/run", given(&self.run).map(str::parse)),
            label: checks.optional("/label", given(&self.label).map(parse_label)),
            requested_by: checks.optional("/requested_by", given(&self.requested_by).map(str::parse)),
            holder: checks.optional("/holder", given(&self.holder).map(str::parse)),
            batch: checks.optional(
                "/batch",
                given(&self.batch).map(|id| id.parse().map_err(|_| "is not the id of a batch")),
            ),
            q: checks.optional("/q", given(&self.q).map(str::parse)),
            one_per_batch: false,
        };
        checks.finish()?;
        Ok(filter)
    }
}

fn parse_label(text: &str) -> Result<(Key, Value), String> {
    let (key, value) = text.split_once([':', '=']).ok_or("must be written as key:value or key=value")?;
    let key = key.parse::<Key>().map_err(|error| error.to_string())?;
    let value = value.parse::<Value>().map_err(|error| error.to_string())?;
    Ok((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_looked_for_by_key_and_value() {
        let list = ListAccounts { label: Some("suite:checkout:eu".to_owned()), ..ListAccounts::default() };
        let (key, value) = list.parse().unwrap().label.unwrap();
        assert_eq!((key.as_str(), value.as_str()), ("suite", "checkout:eu"));
        let list = ListAccounts {
            label: Some("suite".to_owned()),
            state: Some("gone".to_owned()),
            ..ListAccounts::default()
        };
        assert_eq!(list.parse().unwrap_err().errors.len(), 2);
    }
}
