//! What came of trying a service out, and the button that does so.

use domain::{
    check::{CheckStep, ServiceCheck},
    service::{Service, ServiceState},
};
use leptos::prelude::*;

use super::capability;
use crate::{components::Stamp, words};

/// The last check of the service; for who may, with the button for another.
pub(super) fn check_card(service: &Service, may_check: bool) -> impl IntoView + use<> {
    let told = match &service.check {
        Some(check) => result(check).into_any(),
        None => view! { <p>{text!("check-none")}</p> }.into_any(),
    };
    let button = (may_check && service.state != ServiceState::Retiring).then(|| {
        view! {
            <form class="check" method="post" action="/actions/check_service">
                <input type="hidden" name="service" value=service.slug.to_string() />
                <p class="hint">{text!("check-what")}</p>
                <div class="actions">
                    <button class="button">{text!("check-now")}</button>
                </div>
            </form>
        }
    });
    view! {
        <section class="card" aria-labelledby="check">
            <h2 id="check">{text!("check-title")}</h2>
            {told}
            {button}
        </section>
    }
}

fn result(check: &ServiceCheck) -> impl IntoView + use<> {
    let verdict = if check.ok { text!("check-ok") } else { text!("check-failed") };
    let disproved: Vec<_> = check.disproved.iter().copied().map(capability).collect();
    let disproved = (!disproved.is_empty()).then(|| {
        view! { <p class="warn">{text!("check-disproved", what = disproved.join(", "))}</p> }
    });
    view! {
        <p>{verdict} " " <span class="quiet"><Stamp at=check.at /></span></p>
        {disproved}
        <table class="stacks steps">
            <caption class="unseen">{text!("check-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("check-step")}</th>
                    <th scope="col">{text!("check-result")}</th>
                    <th scope="col">{text!("check-told")}</th>
                    <th scope="col">{text!("check-took")}</th>
                </tr>
            </thead>
            <tbody>{check.steps.iter().map(step).collect_view()}</tbody>
        </table>
    }
}

fn step(step: &CheckStep) -> impl IntoView + use<> {
    let (state, result) =
        if step.ok { ("passed", text!("check-step-ok")) } else { ("failed", text!("check-step-failed")) };
    view! {
        <tr>
            <th scope="row" data-label=text!("check-step")>
                {step_name(&step.name)}
            </th>
            <td data-label=text!("check-result")>
                <span class="badge" data-state=state>
                    {result}
                </span>
            </td>
            <td data-label=text!("check-told")>{words::sentence(&words::capitalised(&step.detail))}</td>
            <td class="took" data-label=text!("check-took")>
                {text!("check-ms", count = step.took_ms)}
            </td>
        </tr>
    }
}

/// What a step tries, in a few words.
fn step_name(name: &str) -> String {
    match name {
        "attest" => text!("check-step-attest"),
        "create" => text!("check-step-create"),
        "there" => text!("check-step-there"),
        "list" => text!("check-step-list"),
        "login" => text!("check-step-login"),
        "wrong_password" => text!("check-step-wrong-password"),
        "disable" => text!("check-step-disable"),
        "disabled_login" => text!("check-step-disabled-login"),
        "enable" => text!("check-step-enable"),
        "enabled_login" => text!("check-step-enabled-login"),
        "reset" => text!("check-step-reset"),
        "old_password" => text!("check-step-old-password"),
        "delete" => text!("check-step-delete"),
        "gone" => text!("check-step-gone"),
        "deleted_login" => text!("check-step-deleted-login"),
        other => words::capitalised(&other.replace('_', " ")),
    }
}
