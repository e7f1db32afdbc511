//! A service's own secret, where the portal keeps it.

use domain::service::Service;
use leptos::prelude::*;

use crate::{
    components::{Field, FieldErrors, FieldKind},
    visit::Refused,
};

/// Says loudly that the secret is missing; who may give it is led to the field
/// for that.
pub(super) fn missing(service: &Service, may_seal: bool) -> Option<impl IntoView + use<>> {
    service.secret_missing.then(|| {
        let way = if may_seal {
            view! { <a href="#secret">{text!("secret-missing-seal")}</a> }.into_any()
        } else {
            text!("secret-missing-ask").into_any()
        };
        view! {
            <div class="notice" data-kind="problem">
                <h2>{text!("secret-missing-title")}</h2>
                <p>{text!("secret-missing")} " " {way}</p>
            </div>
        }
    })
}

/// The field for a secret that the portal keeps, or is to keep; none where it
/// comes from elsewhere.
pub(super) fn secret_card(
    service: &Service,
    is_sealed: bool,
    refused: Option<&Refused>,
) -> Option<impl IntoView + use<>> {
    if !service.secret_missing && !is_sealed {
        return None;
    }
    let (told, label, button) = if service.secret_missing {
        (text!("secret-first"), text!("secret-field"), text!("secret-seal"))
    } else {
        (text!("secret-kept"), text!("secret-new-field"), text!("secret-replace"))
    };
    let error = refused.and_then(|refused| FieldErrors::of(&refused.problem).on("value"));
    Some(view! {
        <section class="card" aria-labelledby="secret-title">
            <h2 id="secret-title">{text!("service-secret")}</h2>
            <p>{told}</p>
            <form class="inline" method="post" action="/actions/seal_secret">
                <input type="hidden" name="service" value=service.slug.to_string() />
                <Field
                    name="value"
                    id="secret"
                    label=label
                    kind=FieldKind::Secret
                    value=""
                    error=error
                    verbatim=true
                />
                <button class="button">{button}</button>
            </form>
        </section>
    })
}
