//! What a server function left to say about an account.

use domain::{AccountState, account::AccountView};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, Notice, NoticeKind, reason_id},
    visit::{Deed, Note, Refused},
    words,
};

/// What can be done to one account.
const DEEDS: [Deed; 10] = [
    Deed::Renew,
    Deed::Reset,
    Deed::HandOver,
    Deed::CallOff,
    Deed::Freeze,
    Deed::Unfreeze,
    Deed::Revoke,
    Deed::Approve,
    Deed::Deny,
    Deed::RetryRemoval,
];

/// Whether the note is about that account. One about a service of it names
/// that, and is only ever left for the account's page.
pub(super) fn is_about(note: &Note, account: &str) -> bool {
    match note {
        Note::Requested { account: id } | Note::Reveal { account: id } => id.to_string() == account,
        Note::Done { deed, to, .. } | Note::Refused { deed, to, .. } => {
            DEEDS.contains(deed) && (to == account || *deed == Deed::RetryRemoval)
        }
        Note::RequestRefused { .. } | Note::ServiceRefused { .. } => false,
    }
}

/// What was refused.
pub(super) fn refused(note: &Note) -> Option<Refused> {
    note.refused(&DEEDS).map(|(_, refused)| refused)
}

/// How the thing went that was just done to the account.
#[component]
pub(super) fn NoteNotice(note: Note, account: AccountView) -> impl IntoView {
    if let Some(Refused { deed, problem, .. }) = refused(&note) {
        let fields = vec![
            ("ttl", text!("account-renew-ttl")),
            ("to", text!("account-hand-over-to")),
            ("reason", text!("field-reason")),
        ];
        let id = (deed == Deed::Deny).then(|| reason_id(&account.id.to_string()));
        return view! { <ErrorSummary problem=problem fields=fields id=id /> }.into_any();
    }
    done(&note, &account)
        .map(|(kind, said)| {
            view! {
                <Notice kind=kind>
                    <p>{said}</p>
                </Notice>
            }
        })
        .into_any()
}

fn done(note: &Note, account: &AccountView) -> Option<(NoticeKind, String)> {
    let until = account.expires_at.map(words::to_the_second);
    let went = |done: String, going: String| match words::is_moving(account) {
        false => (NoticeKind::Done, done),
        true => (NoticeKind::Going, going),
    };
    let said = match note {
        Note::Requested { .. } => match account.state {
            AccountState::Active => (NoticeKind::Done, text!("account-requested-done", when = until?)),
            AccountState::Provisioning => (NoticeKind::Going, text!("account-requested-going")),
            AccountState::Requested => (NoticeKind::Going, text!("account-requested-waits")),
            // Whatever went wrong since stands in the account's state.
            AccountState::Frozen
            | AccountState::Revoking
            | AccountState::Revoked
            | AccountState::Denied
            | AccountState::Withdrawn
            | AccountState::Lapsed
            | AccountState::Failed => return None,
        },
        Note::Done { deed, .. } => match deed {
            Deed::Renew => (NoticeKind::Done, text!("account-renewed", when = until?)),
            Deed::Reset => went(text!("account-reset-done"), text!("account-reset-going")),
            Deed::HandOver => went(
                text!("account-handed-over", holder = account.holder.to_string()),
                text!("account-handing-over"),
            ),
            Deed::CallOff => went(text!("account-called-off"), text!("account-calling-off")),
            Deed::Freeze => went(text!("account-frozen"), text!("account-freezing")),
            Deed::Unfreeze => went(text!("account-unfrozen"), text!("account-unfreezing")),
            Deed::Revoke if account.state == AccountState::Withdrawn => {
                (NoticeKind::Done, text!("account-withdrawn"))
            }
            Deed::Revoke => went(text!("account-revoked-done"), text!("account-revoke-going")),
            Deed::Approve => (NoticeKind::Done, text!("decide-approved", account = account.username.clone())),
            Deed::Deny => (NoticeKind::Done, text!("decide-denied", account = account.username.clone())),
            Deed::RetryRemoval => (NoticeKind::Going, text!("try-now-going")),
            Deed::RetryRemovals
            | Deed::CleanUp
            | Deed::ApproveBatch
            | Deed::DenyBatch
            | Deed::RetryBatch
            | Deed::KeepRun
            | Deed::PauseService
            | Deed::ResumeService
            | Deed::RetireService
            | Deed::AdoptDrift
            | Deed::DeleteDrift
            | Deed::IgnoreDrift
            | Deed::SweepService
            | Deed::RegisterService
            | Deed::ChangeService
            | Deed::CheckService
            | Deed::SealSecret
            | Deed::AddPerson
            | Deed::ChangePerson
            | Deed::DisablePerson
            | Deed::EnablePerson
            | Deed::InvitePerson
            | Deed::AddTeam
            | Deed::ChangeTeam
            | Deed::RemoveTeam
            | Deed::IssueToken
            | Deed::RevokeToken
            | Deed::EndSession
            | Deed::ChangeOwnPassword => return None,
        },
        Note::Reveal { .. }
        | Note::RequestRefused { .. }
        | Note::ServiceRefused { .. }
        | Note::Refused { .. } => return None,
    };
    Some(said)
}
