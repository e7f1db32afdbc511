//! What a cleanup would take away.

use domain::batch::CleanUpPreview;
use leptos::prelude::*;

use crate::{
    components::{AccountBadge, Empty},
    paths,
    visit::CleanUpForm,
};

/// What would be taken away, and the button that does it.
pub(super) fn blast_radius(form: &CleanUpForm, preview: CleanUpPreview) -> impl IntoView + use<> {
    let nothing = preview.matched == 0;
    let kept = (preview.kept > 0).then(|| {
        let said = match nothing {
            true => text!("clean-up-kept-all", count = preview.kept),
            false => text!("clean-up-kept", count = preview.kept),
        };
        view! { <p>{said}</p> }
    });
    let ending = (preview.ending > 0).then(|| {
        let said = match preview.ending == preview.matched {
            true => text!("clean-up-ending-all"),
            false => text!("clean-up-ending", count = preview.ending),
        };
        view! { <p>{said}</p> }
    });
    if nothing {
        return view! {
            <Empty title=text!("clean-up-none-title") text=text!("clean-up-none-text")>
                {kept}
            </Empty>
        }
        .into_any();
    }
    let by_service = preview
        .by_service
        .iter()
        .map(|(service, count)| {
            let on = text!("clean-up-on", service = service.to_string(), count = count.to_string());
            view! {
                <li>
                    <span class="tag">{on}</span>
                </li>
            }
        })
        .collect_view();
    let shown = preview.sample.len() as u64;
    let rest = preview.matched.saturating_sub(shown);
    let sample = preview
        .sample
        .into_iter()
        .map(|account| {
            view! {
                <tr>
                    <th scope="row" data-label=text!("column-account")>
                        <a href=paths::account(account.id)>{account.username}</a>
                        {account.purpose.map(|purpose| view! { <p class="aside">{purpose}</p> })}
                    </th>
                    <td data-label=text!("column-state")>
                        <AccountBadge state=account.state />
                    </td>
                    <td data-label=text!("column-holder")>{account.holder.to_string()}</td>
                    <td data-label=text!("account-run")>{account.run}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="blast" aria-labelledby="blast">
            <h2 id="blast">{text!("clean-up-blast", count = preview.matched)}</h2>
            <ul class="tags">{by_service}</ul>
            {ending}
            {kept}
            <form method="post" action="/actions/clean_up">
                {hidden(form)} <p>{text!("clean-up-what")}</p> <div class="actions">
                    <button class="button danger">
                        {text!("clean-up-confirm", count = preview.matched)}
                    </button>
                </div>
            </form>
            <table class="stacks">
                <caption class="unseen">{text!("clean-up-caption")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text!("column-account")}</th>
                        <th scope="col">{text!("column-state")}</th>
                        <th scope="col">{text!("column-holder")}</th>
                        <th scope="col">{text!("account-run")}</th>
                    </tr>
                </thead>
                <tbody>{sample}</tbody>
            </table>
            {(rest > 0).then(|| view! { <p class="hint">{text!("clean-up-rest", count = rest)}</p> })}
        </section>
    }
    .into_any()
}

/// What was looked at is what is sent.
fn hidden(form: &CleanUpForm) -> impl IntoView + use<> {
    let fields = [
        ("run", form.run.clone()),
        ("service", form.service.clone()),
        ("labels", form.labels.clone()),
        ("requested_by", form.requested_by.clone()),
        ("username_prefix", form.username_prefix.clone()),
        ("mine", form.mine.to_string()),
    ];
    fields.map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
}
