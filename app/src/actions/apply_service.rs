//! Registers a service, or changes one, as a form says it.

use domain::{
    Timestamp,
    service::{Service, ServiceForm},
};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
    visit::{Deed, Note},
};

/// Registers the service that the form describes, or changes it.
///
/// # Errors
/// The caller may not, something is wrong with what was typed, or somebody
/// else changed the service meanwhile.
#[server(prefix = "/actions", endpoint = "apply_service")]
pub async fn apply_service(
    /// What was typed.
    form: ServiceForm,
    /// When the service was last changed, where one is to be changed.
    #[server(default)]
    seen: Option<Timestamp>,
) -> Result<Service, ActionError> {
    use domain::{ProblemKind, portal::Applied};

    let call = Call::now()?;
    let result = async {
        let applied = call.portal.apply_service_form(&call.caller().await?, form.clone(), seen).await?;
        Ok(match applied {
            Applied::Registered(service) => (Deed::RegisterService, service),
            Applied::Changed(service) | Applied::Unchanged(service) => (Deed::ChangeService, service),
        })
    };
    let answered = call.answer(result.await, |result| match result {
        Ok((deed, service)) => Next::page(paths::service(&service.slug)).with(Note::Done {
            deed: *deed,
            to: service.slug.to_string(),
            until: None,
        }),
        Err(problem) => {
            let form_page = Next::page(page_of(&form, seen));
            if matches!(problem.kind, ProblemKind::Forbidden | ProblemKind::NotFound) {
                return form_page;
            }
            form_page.with(Note::ServiceRefused { typed: form, seen, problem: problem.document(None) })
        }
    });
    answered.await.map(|(_, service)| service)
}

/// Where that form stands.
#[cfg(feature = "ssr")]
fn page_of(form: &ServiceForm, seen: Option<Timestamp>) -> String {
    let slug = seen.and_then(|_| form.slug.parse().ok());
    slug.map_or_else(|| paths::REGISTER.to_owned(), |slug| paths::edit_service(&slug))
}
