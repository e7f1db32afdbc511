//! The form by which accounts are chosen.

use domain::{Problem, service::Service};
use leptos::prelude::*;

use crate::{
    components::{Choice, ErrorSummary, Field, FieldErrors, FieldKind, FieldNotes, Select},
    paths,
    visit::CleanUpForm,
};

/// The form with what is chosen, and what is wrong with it.
pub(super) fn choice(
    form: &CleanUpForm,
    services: Vec<Service>,
    with_others: bool,
    problem: Option<Problem>,
) -> impl IntoView + use<> {
    let form = form.clone();
    let errors = problem.as_ref().map(FieldErrors::of).unwrap_or_default();
    let services = services
        .into_iter()
        .map(|service| Choice { value: service.slug.to_string(), label: service.name.to_string() })
        .collect();
    let summary = problem.map(|problem| {
        let fields = vec![
            ("run", text!("account-run")),
            ("service", text!("field-service")),
            ("labels", text!("request-labels")),
            ("requested_by", text!("account-requested-by")),
            ("username_prefix", text!("clean-up-prefix")),
            ("mine", text!("clean-up-mine")),
        ];
        view! { <ErrorSummary problem=problem fields=fields /> }
    });
    let requested_by = with_others.then(|| {
        view! {
            <Field
                name="requested_by"
                label=text!("account-requested-by")
                placeholder=Some(text!("field-login"))
                value=form.requested_by
                error=errors.on("requested_by")
                verbatim=true
            />
        }
    });
    view! {
        {summary}
        <form class="choose card" method="get" action=paths::CLEAN_UP aria-label=text!("clean-up-title")>
            <p class="hint">{text!("clean-up-hint")}</p>
            <Field
                name="run"
                label=text!("account-run")
                placeholder=Some(text!("clean-up-run-example"))
                value=form.run
                error=errors.on("run")
                verbatim=true
            />
            <Select
                name="service"
                label=text!("field-service")
                none=text!("any-service")
                choices=services
                value=form.service
                error=errors.on("service")
            />
            <Field
                name="username_prefix"
                label=text!("clean-up-prefix")
                value=form.username_prefix
                error=errors.on("username_prefix")
                verbatim=true
            />
            {requested_by}
            <Field
                name="labels"
                label=text!("request-labels")
                hint=text!("clean-up-labels-hint")
                kind=FieldKind::Lines
                value=form.labels
                error=errors.on("labels")
                verbatim=true
            />
            <div class="field">
                <label class="tick" for="mine">
                    <input type="checkbox" id="mine" name="mine" value="true" checked=form.mine />
                    {text!("clean-up-mine")}
                </label>
                <FieldNotes id="mine" hint=None error=errors.on("mine") />
            </div>
            <div class="actions">
                <button class="button primary">{text!("clean-up-look")}</button>
            </div>
        </form>
    }
}
