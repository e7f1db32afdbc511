//! Chooses accounts to take away, and shows which that would be before it is
//! done.

use domain::{
    Problem,
    batch::CleanUpPreview,
    policy::{self, Visibility},
    problem::FieldError,
    service::Service,
};
use leptos::prelude::*;

use crate::{
    components::{AccountBadge, Choice, Empty, ErrorSummary, Field, FieldErrors, FieldKind, Section, Select},
    exchange,
    pages::frame::{Content, Query, Visitor, filtered, page},
    paths,
    visit::{CleanUpForm, Deed},
};

/// The form; with something chosen, also what that would take away.
#[component]
pub(crate) fn CleanUpPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, .. } = visitor;
    let query = Query::now();
    let text = |name: &str| query.get(name).unwrap_or_default();
    let form = CleanUpForm {
        run: text("run"),
        service: text("service"),
        labels: text("labels"),
        requested_by: text("requested_by"),
        username_prefix: text("username_prefix"),
        mine: query.get("mine").is_some(),
    };
    let visible = policy::clean_up(&caller.actor)?;
    let services = portal.list_services(&caller).await?;
    let refused = visit.take_note().await?;
    let refused = refused.as_ref().and_then(|note| note.refused(&[Deed::CleanUp]));
    let preview = match form.read() {
        // Nothing is wrong with a form that nobody has sent yet.
        _ if exchange::query().is_empty() => None,
        Ok(command) => Some(portal.preview_cleanup(&caller, command).await),
        Err(problem) => Some(Err(problem)),
    };
    let (preview, problem) = match preview.map(filtered).transpose()? {
        Some(Ok(preview)) => (Some(preview), refused.map(|(_, refused)| refused.problem)),
        Some(Err(problem)) => (None, Some(in_words(problem))),
        None => (None, refused.map(|(_, refused)| refused.problem)),
    };
    let lead = match visible {
        Visibility::Own(_) => text!("clean-up-lead-own"),
        Visibility::Team(_) => text!("clean-up-lead-team"),
        Visibility::All => text!("clean-up-lead-all"),
    };
    let with_others = !matches!(visible, Visibility::Own(_));
    let body = view! {
        <div class="headline">
            <p class="crumb">
                <a href=paths::ACCOUNTS>{text!("accounts-title")}</a>
            </p>
            <h1>{text!("clean-up-title")}</h1>
            <p class="lead">{lead}</p>
        </div>
        {choice(&form, services, with_others, problem)}
        {preview.map(|preview| blast_radius(&form, preview))}
    };
    Ok(Content {
        title: text!("clean-up-title"),
        section: Section::Accounts,
        lively: false,
        body: body.into_any(),
    })
}

/// That nothing was chosen, in words for who fills in a form.
fn in_words(mut problem: Problem) -> Problem {
    let mut nothing = |error: &mut FieldError| {
        if error.pointer.is_empty() {
            error.detail = text!("clean-up-nothing-chosen");
            problem.detail.clone_from(&error.detail);
        }
    };
    problem.errors.iter_mut().for_each(&mut nothing);
    problem
}

fn choice(
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
                {errors.on("mine").map(|error| view! { <p class="error">{error}</p> })}
            </div>
            <div class="actions">
                <button class="button primary">{text!("clean-up-look")}</button>
            </div>
        </form>
    }
}

/// What would be taken away, and the button that does it.
fn blast_radius(form: &CleanUpForm, preview: CleanUpPreview) -> impl IntoView + use<> {
    let kept = (preview.kept > 0).then(|| view! { <p>{text!("clean-up-kept", count = preview.kept)}</p> });
    if preview.matched == 0 {
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
            view! {
                <li>
                    <span class="tag">{text!("clean-up-on", service = service.to_string(), count = count.to_string())}</span>
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
