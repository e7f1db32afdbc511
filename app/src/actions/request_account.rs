//! Asks for an account.

use domain::account::AccountView;
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    labels, paths,
    visit::{Note, RequestForm},
};

/// Asks for an account on the chosen services.
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
) -> Result<AccountView, ActionError> {
    let call = Call::now()?;
    let form = RequestForm { services, purpose, ticket, ttl, labels, hint };
    let result = request(&call, &form).await;
    call.answer(result, |result| match result {
        Ok(account) => Next::page(paths::account(account.id)).with(Note::Requested { account: account.id }),
        Err(problem) => Next::page(paths::REQUEST)
            .with(Note::RequestRefused { typed: form, problem: problem.document(None) }),
    })
    .await
}

#[cfg(feature = "ssr")]
async fn request(call: &Call, form: &RequestForm) -> Result<AccountView, domain::Problem> {
    let caller = call.caller().await?;
    call.portal.request_account(&caller, read(form)?, Default::default()).await
}

/// The command that the form means. Unreadable labels are reported together
/// with whatever else is wrong.
#[cfg(feature = "ssr")]
fn read(form: &RequestForm) -> Result<domain::command::RequestAccount, domain::Problem> {
    use domain::{Problem, problem::FieldError, time::TtlText};

    let labels = labels::parse(&form.labels);
    let command = domain::command::RequestAccount {
        services: form.services.clone(),
        purpose: Some(form.purpose.clone()),
        ticket: Some(form.ticket.clone()),
        ttl: Some(TtlText::Text(form.ttl.clone())),
        labels: labels.clone().unwrap_or_default(),
        hint: Some(form.hint.clone()),
        ..Default::default()
    };
    match labels {
        Ok(_) => Ok(command),
        Err(detail) => {
            let mut errors = command.parse().err().map(|problem| problem.errors).unwrap_or_default();
            errors.push(FieldError { pointer: "/labels".to_owned(), detail });
            Err(Problem::invalid_fields(errors))
        }
    }
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
