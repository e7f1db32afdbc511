//! Chooses accounts to take away, and shows which that would be before it is
//! done.

mod blast_radius;
mod choice;

use domain::{
    Problem,
    policy::{self, Visibility},
    problem::FieldError,
};
use leptos::prelude::*;

use self::{blast_radius::blast_radius, choice::choice};
use crate::{
    components::Section,
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
        Visibility::Own(_) | Visibility::Run(..) => text!("clean-up-lead-own"),
        Visibility::Team(..) => text!("clean-up-lead-team"),
        Visibility::All => text!("clean-up-lead-all"),
    };
    let with_others = !matches!(visible, Visibility::Own(_) | Visibility::Run(..));
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
