//! Asks for an account, or for many.

use domain::{account::AccountView, batch::Batch};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    pairs, paths,
    visit::Note,
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

/// The form that asks for an account, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestForm {
    /// The chosen services, by slug.
    pub services: Vec<String>,
    /// Why.
    pub purpose: String,
    /// The ticket.
    pub ticket: String,
    /// How long.
    pub ttl: String,
    /// Labels, one `key=value` on each line.
    pub labels: String,
    /// What kind of account.
    pub persona: String,
    /// What to tell the services of it, one `key=value` on each line.
    pub attributes: String,
    /// What to recognise in the username.
    pub hint: String,
    /// How many accounts.
    pub count: String,
}

/// Asks for accounts on the chosen services.
///
/// # Errors
/// What the form says cannot be accepted, or the portal refuses.
#[server(prefix = "/actions", endpoint = "request_account")]
pub async fn request_account(
    /// What was typed.
    #[server(flatten)]
    form: RequestForm,
) -> Result<Requested, ActionError> {
    let call = Call::now()?;
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

/// The command that the form means. Unreadable labels and attributes are
/// reported together with whatever else is wrong.
#[cfg(feature = "ssr")]
fn read(form: &RequestForm) -> Result<domain::command::RequestAccount, domain::Problem> {
    use domain::time::TtlText;

    let (labels, attributes) = (pairs::parse(&form.labels), pairs::parse(&form.attributes));
    let count = form.count.trim();
    let command = domain::command::RequestAccount {
        services: form.services.clone(),
        purpose: Some(form.purpose.clone()),
        ticket: Some(form.ticket.clone()),
        ttl: Some(TtlText::Text(form.ttl.clone())),
        labels: labels.clone().unwrap_or_default(),
        persona: Some(form.persona.clone()),
        attributes: attributes.clone().unwrap_or_default(),
        hint: Some(form.hint.to_lowercase()),
        // What is no number is none that can be asked for.
        count: (!count.is_empty()).then(|| count.parse().unwrap_or(0)),
        ..Default::default()
    };
    pairs::with_errors([("labels", labels), ("attributes", attributes)], || command.parse().map(drop))?;
    Ok(command)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_with_a_form_is_said_at_once() {
        let [ttl, labels, attributes] = ["soon", "suite", "plan"].map(str::to_owned);
        let form = RequestForm { ttl, labels, attributes, ..RequestForm::default() };
        let problem = read(&form).unwrap_err();
        let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/services", "/ttl", "/labels", "/attributes"]);
    }
}
