//! Keeps the accounts of the run that is looked at from cleanups.

use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, Field, FieldErrors, Notice, NoticeKind},
    visit::{Deed, Note},
    words,
};

/// The form, and how it went that it was sent.
pub(super) fn keep_run(run: String, note: Option<&Note>) -> impl IntoView + use<> {
    let refused = note.and_then(|note| note.refused(&[Deed::KeepRun])).filter(|(to, _)| *to == run);
    let refused = refused.map(|(_, refused)| refused);
    let kept = match note {
        Some(Note::Done { deed: Deed::KeepRun, to, until: Some(until) }) if *to == run => {
            let said = text!("keep-done", run = run.clone(), when = words::to_the_second(*until));
            Some(view! { <Notice kind=NoticeKind::Done><p>{said}</p></Notice> })
        }
        Some(_) | None => None,
    };
    let error = refused.as_ref().and_then(|refused| FieldErrors::of(&refused.problem).on("for"));
    let summary = refused.clone().map(|refused| {
        let fields = vec![("for", text!("keep-for"))];
        view! { <ErrorSummary problem=refused.problem fields=fields id=Some("ttl".to_owned()) /> }
    });
    view! {
        {summary}
        {kept}
        <form class="inline card" method="post" action="/actions/keep_run">
            <input type="hidden" name="run" value=run />
            <Field
                name="ttl"
                label=text!("keep-for")
                hint=text!("keep-hint")
                value=refused.map(|refused| refused.typed).unwrap_or_default()
                error=error
                verbatim=true
            />
            <button class="button">{text!("keep-submit")}</button>
        </form>
    }
}
