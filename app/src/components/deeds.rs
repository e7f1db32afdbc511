//! Buttons that do something, and the questions before it is done.

use domain::{id::AccountId, text::Reason};
use leptos::prelude::*;

use crate::{
    components::{Field, FieldErrors},
    visit::{Deed, Refused},
};

/// A button that asks first; what it asks is in its children.
#[component]
pub(crate) fn AskFirst(
    /// What the button says.
    ask: String,
    action: &'static str,
    /// What the form sends along.
    sends: Vec<(&'static str, String)>,
    /// What the button says that does it.
    confirm: String,
    /// Whether it takes something away.
    #[prop(optional)]
    danger: bool,
    /// Whether it is asked already, since an answer was refused.
    #[prop(optional)]
    open: bool,
    children: Children,
) -> impl IntoView {
    let sends = sends
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <details class="deed" class:danger=danger open=open>
            <summary class="button">{ask}</summary>
            <form method="post" action=action>
                {sends} {children()} <div class="actions">
                    <button class="button" class:danger=danger class:primary=!danger>
                        {confirm}
                    </button>
                </div>
            </form>
        </details>
    }
}

/// The field for why somebody does it.
#[component]
pub(crate) fn ReasonField(
    id: String,
    hint: String,
    /// What was typed before and refused.
    refused: Option<Refused>,
) -> impl IntoView {
    let error = refused.as_ref().and_then(|refused| FieldErrors::of(&refused.problem).on("reason"));
    view! {
        <Field
            name="reason"
            id=id
            label=text!("field-reason")
            hint=hint
            value=refused.map(|refused| refused.typed).unwrap_or_default()
            error=error
            longest=Reason::LONGEST
        />
    }
}

/// The buttons by which a manager decides on a request.
#[component]
pub(crate) fn Decide(
    account: AccountId,
    /// The page to come back to.
    then: String,
    /// What was tried before and refused.
    refused: Option<Refused>,
) -> impl IntoView {
    let denied = refused.filter(|refused| refused.deed == Deed::Deny);
    let sends = vec![("account", account.to_string()), ("then", then.clone())];
    view! {
        <div class="deeds">
            <form method="post" action="/actions/approve_account">
                <input type="hidden" name="account" value=account.to_string() />
                <input type="hidden" name="then" value=then />
                <button class="button primary">{text!("decide-approve")}</button>
            </form>
            <AskFirst
                ask=text!("decide-deny-ask")
                action="/actions/deny_account"
                sends=sends
                confirm=text!("decide-deny")
                danger=true
                open=denied.is_some()
            >
                <ReasonField id=reason_id(account) hint=text!("decide-reason-hint") refused=denied />
            </AskFirst>
        </div>
    }
}

/// The id of the field in which a denial says why.
pub(crate) fn reason_id(account: AccountId) -> String {
    format!("reason-{account}")
}
