//! Asks for an account, or for many.

use domain::{account::AccountView, batch::Batch};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    labels, paths,
    visit::{Note, RequestForm},
};

/// What was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Requested {
    /// One account.
    Account(Box<AccountView>),
    /// Many at once.
    Batch(Box<Batch>),
}

/// Asks for accounts on the chosen services.
///
/// # Errors
/// What the form says cannot be accepted, or the portal refuses.
#[server(prefix = "/actions", endpoint = "request_account")]
pub async fn request_account(
    /// The services, by slug.
    #[server(default)]
    services: Vec<String>,
    /// Why.
    #[server(default)]
    purpose: String,
    /// The ticket.
    #[server(default)]
    ticket: String,
    /// How long.
    #[server(default)]
    ttl: String,
    /// Labels, one `key=value` on each line.
    #[server(default)]
    labels: String,
    /// What to recognise in the username.
    #[server(default)]
    hint: String,
    /// How many accounts; one, where that is not said.
    #[server(default)]
    count: String,
) -> Result<Requested, ActionError> {
    let call = Call::now()?;
    let form = RequestForm { services, purpose, ticket, ttl, labels, hint, count };
    let result = request(&call, &form).await;
    call.answer(result, |result| match result {
        Ok(Requested::Account(account)) => {
            Next::page(paths::account(account.id)).with(Note::Requested { account: account.id })
        }
        Ok(Requested::Batch(batch)) => Next::page(paths::batch(batch.id)),
        Err(problem) => Next::page(paths::REQUEST)
            .with(Note::RequestRefused { typed: form, problem: problem.document(None) }),
    })
    .await
}

#[cfg(feature = "ssr")]
async fn request(call: &Call, form: &RequestForm) -> Result<Requested, domain::Problem> {
    let caller = call.caller().await?;
    let command = read(form)?;
    if command.is_batch() {
        return call.portal.request_batch(&caller, command).await.map(Box::new).map(Requested::Batch);
    }
    let account = call.portal.request_account(&caller, command, Default::default()).await?;
    Ok(Requested::Account(Box::new(account)))
}

/// The command that the form means. Unreadable labels are reported together
/// with whatever else is wrong.
#[cfg(feature = "ssr")]
fn read(form: &RequestForm) -> Result<domain::command::RequestAccount, domain::Problem> {
    use domain::time::TtlText;

    let labels = labels::parse(&form.labels);
    let count = form.count.trim();
    let command = domain::command::RequestAccount {
        services: form.services.clone(),
        purpose: Some(form.purpose.clone()),
        ticket: Some(form.ticket.clone()),
        ttl: Some(TtlText::Text(form.ttl.clone())),
        labels: labels.clone().unwrap_or_default(),
        hint: Some(form.hint.to_lowercase()),
        // What is no number is none that can be asked for.
        count: (!count.is_empty()).then(|| count.parse().unwrap_or(0)),
        ..Default::default()
    };
    labels::with_errors(labels, || command.parse().map(drop))?;
    Ok(command)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_with_a_form_is_said_at_once() {
        let form =
            RequestForm { ttl: "soon".to_owned(), labels: "suite".to_owned(), ..RequestForm::default() };
        let problem = read(&form).unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/services", "/ttl", "/labels"]);
    }
}
