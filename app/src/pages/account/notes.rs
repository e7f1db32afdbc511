//! What a server function left to say about an account.

use domain::{AccountState, Problem, account::AccountView};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, FieldErrors, Notice, NoticeKind},
    visit::Note,
    words,
};

/// How the thing went that was just done to the account.
#[component]
pub(super) fn NoteNotice(note: Note, account: AccountView) -> impl IntoView {
    let (kind, said) = match note {
        Note::Requested { .. } => match (account.state, account.expires_at) {
            (AccountState::Active, Some(until)) => {
                (NoticeKind::Done, text!("account-requested-done", when = words::to_the_second(until)))
            }
            // Whatever went wrong since stands in the account's state.
            (AccountState::Provisioning, _) => (NoticeKind::Going, text!("account-requested-going")),
            (_, _) => return ().into_any(),
        },
        Note::Renewed { until: Some(until), .. } => {
            (NoticeKind::Done, text!("account-renewed", when = words::to_the_second(until)))
        }
        Note::Revoked { .. } if account.state.is_final() => (NoticeKind::Done, text!("account-revoked-done")),
        Note::Revoked { .. } => (NoticeKind::Going, text!("account-revoke-going")),
        Note::RenewRefused { problem, .. } | Note::RevokeRefused { problem, .. } => {
            let fields = vec![("ttl", text!("account-renew-ttl"))];
            return view! { <ErrorSummary problem=Problem::from(problem) fields=fields /> }.into_any();
        }
        Note::Renewed { until: None, .. } | Note::Reveal { .. } | Note::RequestRefused { .. } => {
            return ().into_any();
        }
    };
    view! {
        <Notice kind=kind>
            <p>{said}</p>
        </Notice>
    }
    .into_any()
}

/// What was typed to renew the lease, and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub(super) struct RenewTry {
    /// What was typed.
    pub ttl: String,
    /// What was wrong with it.
    pub error: Option<String>,
}

impl RenewTry {
    /// The one that the note tells of.
    pub fn of(note: Option<&Note>) -> Self {
        match note {
            Some(Note::RenewRefused { ttl, problem, .. }) => {
                Self { ttl: ttl.clone(), error: FieldErrors::of_document(problem).on("ttl") }
            }
            Some(_) | None => Self::default(),
        }
    }
}
