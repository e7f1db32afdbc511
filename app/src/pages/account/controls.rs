//! What who holds an account, or answers for it, can do with it.

use domain::{AccountState, account::AccountView, text::Login};
use leptos::prelude::*;

use crate::{
    components::{AskFirst, Decide, Field, FieldErrors, ReasonField, Undecided},
    paths,
    visit::{Deed, Refused},
};

/// What the visitor is to the account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Whether they hold it.
    pub holds: bool,
    /// Whether they may change it.
    pub controls: bool,
    /// Whether they may decide on the request for it.
    pub decides: bool,
    /// Whether they may enable it again, of what they may change.
    pub unfreezes: bool,
    /// Whether all its services can disable it for a while.
    pub can_freeze: bool,
}

/// The forms for what the account's state and the visitor's standing allow.
pub(super) fn controls(account: &AccountView, standing: Standing, refused: Option<Refused>) -> AnyView {
    let Standing { holds, controls, decides, unfreezes, can_freeze } = standing;
    let tried = |deed: Deed| refused.clone().filter(|refused| refused.deed == deed);
    let (renewable, deeds) = match account.state {
        AccountState::Requested if decides => (false, vec![decide(account, refused.clone())]),
        AccountState::Requested if holds => (false, vec![withdraw(account)]),
        AccountState::Provisioning if controls => (false, vec![revoke(account, holds)]),
        AccountState::Active if controls => {
            let mut deeds = match &account.handing_to {
                Some(to) => vec![call_off(account, to)],
                None => vec![reset(account), hand_over(account, tried(Deed::HandOver))],
            };
            deeds.extend(can_freeze.then(|| freeze(account, tried(Deed::Freeze))));
            deeds.push(revoke(account, holds));
            (true, deeds)
        }
        AccountState::Frozen if controls => {
            let mut deeds = Vec::new();
            if unfreezes {
                deeds.push(unfreeze(account, tried(Deed::Unfreeze)));
                let others = account.frozen_by.as_deref().filter(|login| *login == account.holder.as_str());
                let others = others.filter(|_| !holds);
                deeds.extend(others.map(|login| take_over(account, login, tried(Deed::Freeze))));
            }
            deeds.push(revoke(account, holds));
            (true, deeds)
        }
        AccountState::Requested
        | AccountState::Provisioning
        | AccountState::Active
        | AccountState::Frozen
        | AccountState::Revoking
        | AccountState::Revoked
        | AccountState::Denied
        | AccountState::Withdrawn
        | AccountState::Lapsed
        | AccountState::Failed => return ().into_any(),
    };
    let others_freeze = account.state == AccountState::Frozen && !unfreezes;
    let heading = if account.state == AccountState::Requested {
        text!("account-decision")
    } else {
        text!("account-lease")
    };
    view! {
        <section class="card" aria-labelledby="manage">
            <h2 id="manage">{heading}</h2>
            {renewable.then(|| renew(account, tried(Deed::Renew)))}
            {others_freeze.then(|| frozen_by(account))}
            <div class="deeds">{deeds}</div>
        </section>
    }
    .into_any()
}

fn of(account: &AccountView) -> Vec<(&'static str, String)> {
    vec![("account", account.id.to_string())]
}

fn decide(account: &AccountView, refused: Option<Refused>) -> AnyView {
    view! { <Decide on=Undecided::Account(account.id) then=paths::account(account.id) refused=refused /> }
        .into_any()
}

fn withdraw(account: &AccountView) -> AnyView {
    view! {
        <AskFirst
            ask=text!("account-withdraw-ask")
            action="/actions/revoke_account"
            sends=of(account)
            confirm=text!("account-withdraw-confirm")
            danger=true
        >
            <p>{text!("account-withdraw-what")}</p>
        </AskFirst>
    }
    .into_any()
}

fn renew(account: &AccountView, refused: Option<Refused>) -> impl IntoView {
    let error = refused.as_ref().and_then(|refused| FieldErrors::of(&refused.problem).on("ttl"));
    view! {
        <form class="inline" method="post" action="/actions/renew_account">
            <input type="hidden" name="account" value=account.id.to_string() />
            <Field
                name="ttl"
                label=text!("account-renew-ttl")
                hint=text!("account-renew-hint")
                value=refused.map(|refused| refused.typed).unwrap_or_default()
                error=error
                verbatim=true
            />
            <button class="button">{text!("account-renew")}</button>
        </form>
    }
}

fn reset(account: &AccountView) -> AnyView {
    view! {
        <AskFirst
            ask=text!("account-reset-ask")
            action="/actions/reset_account"
            sends=of(account)
            confirm=text!("account-reset-confirm")
        >
            <p>{text!("account-reset-what")}</p>
        </AskFirst>
    }
    .into_any()
}

fn hand_over(account: &AccountView, refused: Option<Refused>) -> AnyView {
    let error = refused.as_ref().and_then(|refused| FieldErrors::of(&refused.problem).on("to"));
    view! {
        <AskFirst
            ask=text!("account-hand-over-ask")
            action="/actions/hand_over_account"
            sends=of(account)
            confirm=text!("account-hand-over-confirm")
            open=refused.is_some()
        >
            <p>{text!("account-hand-over-what")}</p>
            <Field
                name="to"
                label=text!("account-hand-over-to")
                hint=text!("account-hand-over-hint")
                value=refused.map(|refused| refused.typed).unwrap_or_default()
                error=error
                verbatim=true
            />
        </AskFirst>
    }
    .into_any()
}

fn call_off(account: &AccountView, to: &Login) -> AnyView {
    let what = text!("account-call-off-what", to = to.to_string(), holder = account.holder.to_string());
    view! {
        <AskFirst
            ask=text!("account-call-off-ask")
            action="/actions/call_off_hand_over"
            sends=of(account)
            confirm=text!("account-call-off-confirm")
        >
            <p>{what}</p>
        </AskFirst>
    }
    .into_any()
}

/// Makes what somebody else froze one's own freeze.
fn take_over(account: &AccountView, frozen_by: &str, refused: Option<Refused>) -> AnyView {
    let what = text!("account-take-over-what", login = frozen_by.to_owned());
    view! {
        <AskFirst
            ask=text!("account-take-over-ask")
            action="/actions/freeze_account"
            sends=of(account)
            confirm=text!("account-take-over-confirm")
            open=refused.is_some()
        >
            <p>{what}</p>
            <ReasonField id="freeze-reason".to_owned() hint=text!("field-reason-hint") refused=refused />
        </AskFirst>
    }
    .into_any()
}

fn freeze(account: &AccountView, refused: Option<Refused>) -> AnyView {
    view! {
        <AskFirst
            ask=text!("account-freeze-ask")
            action="/actions/freeze_account"
            sends=of(account)
            confirm=text!("account-freeze-confirm")
            open=refused.is_some()
        >
            <p>{text!("account-freeze-what")}</p>
            <ReasonField id="reason".to_owned() hint=text!("field-reason-hint") refused=refused />
        </AskFirst>
    }
    .into_any()
}

fn unfreeze(account: &AccountView, refused: Option<Refused>) -> AnyView {
    view! {
        <AskFirst
            ask=text!("account-unfreeze-ask")
            action="/actions/unfreeze_account"
            sends=of(account)
            confirm=text!("account-unfreeze-confirm")
            open=refused.is_some()
        >
            <p>{text!("account-unfreeze-what")}</p>
            <ReasonField id="reason".to_owned() hint=text!("field-reason-hint") refused=refused />
        </AskFirst>
    }
    .into_any()
}

/// Who can enable it again, where the visitor cannot.
fn frozen_by(account: &AccountView) -> impl IntoView + use<> {
    let said = match &account.frozen_by {
        Some(login) => text!("account-frozen-by-other", login = login.clone()),
        None => text!("account-frozen-by-unknown"),
    };
    view! { <p class="hint">{said}</p> }
}

fn revoke(account: &AccountView, holds: bool) -> AnyView {
    let holder = (!holds).then(|| text!("account-revoke-who", holder = account.holder.to_string()));
    view! {
        <AskFirst
            ask=text!("account-revoke-ask")
            action="/actions/revoke_account"
            sends=of(account)
            confirm=text!("account-revoke-confirm")
            danger=true
        >
            <p>{text!("account-revoke-what")}</p>
            {holder.map(|holder| view! { <p>{holder}</p> })}
        </AskFirst>
    }
    .into_any()
}
