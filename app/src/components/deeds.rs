//! Buttons that do something, and the questions before it is done.

use domain::{
    id::{AccountId, BatchId},
    text::Reason,
};
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

/// On what a manager decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undecided {
    /// One request.
    Account(AccountId),
    /// All of a batch that wait.
    Batch {
        /// Which batch.
        id: BatchId,
        /// How many of it wait.
        waiting: u64,
    },
}

impl Undecided {
    /// The field that names it, and its name.
    pub fn named(self) -> (&'static str, String) {
        match self {
            Self::Account(id) => ("account", id.to_string()),
            Self::Batch { id, .. } => ("batch", id.to_string()),
        }
    }

    /// Where it is agreed to, and where it is not.
    const fn actions(self) -> (&'static str, &'static str) {
        match self {
            Self::Account(_) => ("/actions/approve_account", "/actions/deny_account"),
            Self::Batch { .. } => ("/actions/approve_batch", "/actions/deny_batch"),
        }
    }

    /// What the buttons say: the one that agrees, the one that asks why not,
    /// and the one that does not agree.
    fn words(self) -> [String; 3] {
        match self {
            Self::Account(_) => [text!("decide-approve"), text!("decide-deny-ask"), text!("decide-deny")],
            Self::Batch { waiting, .. } => [
                text!("decide-approve-all", count = waiting),
                text!("decide-deny-all-ask", count = waiting),
                text!("decide-deny-all", count = waiting),
            ],
        }
    }
}

/// The buttons by which a manager decides on requests.
#[component]
pub(crate) fn Decide(
    on: Undecided,
    /// The page to come back to.
    then: String,
    /// What was tried before and refused.
    refused: Option<Refused>,
) -> impl IntoView {
    let denied = refused.filter(|refused| matches!(refused.deed, Deed::Deny | Deed::DenyBatch));
    let ((field, name), (approve, deny), [agree, ask, disagree]) = (on.named(), on.actions(), on.words());
    let sends = vec![(field, name.clone()), ("then", then.clone())];
    view! {
        <div class="deeds">
            <form method="post" action=approve>
                <input type="hidden" name=field value=name.clone() />
                <input type="hidden" name="then" value=then />
                <button class="button primary">{agree}</button>
            </form>
            <AskFirst
                ask=ask
                action=deny
                sends=sends
                confirm=disagree
                danger=true
                open=denied.is_some()
            >
                <ReasonField id=reason_id(&name) hint=text!("decide-reason-hint") refused=denied />
            </AskFirst>
        </div>
    }
}

/// The id of the field in which a denial of that says why.
pub(crate) fn reason_id(name: &str) -> String {
    format!("reason-{name}")
}
