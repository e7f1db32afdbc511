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
            deeds.extend(can_freeze.then(|| switch(account, Switch::Freeze, tried(Deed::Freeze))));
            deeds.push(revoke(account, holds));
            (true, deeds)
        }
        AccountState::Frozen if controls => {
            let mut deeds = Vec::new();
            if unfreezes {
                deeds.push(switch(account, Switch::Unfreeze, tried(Deed::Unfreeze)));
                let others = account.frozen_by.as_deref().filter(|login| *login == account.holder.as_str());
                let others = others.filter(|_| !holds);
                let take_over = |login| switch(account, Switch::TakeOver(login), tried(Deed::Freeze));
                deeds.extend(others.map(take_over));
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

/// Disabling the account on every service, or enabling it there again.
fn switch(account: &AccountView, which: Switch<'_>, refused: Option<Refused>) -> AnyView {
    let [ask, what, confirm] = which.words();
    let (action, id) = (which.action(), which.reason().to_owned());
    view! {
        <AskFirst
            ask=ask
            action=action
            sends=of(account)
            confirm=confirm
            open=refused.is_some()
        >
            <p>{what}</p>
            <ReasonField id=id hint=text!("field-reason-hint") refused=refused />
        </AskFirst>
    }
    .into_any()
}

/// Which way it is switched.
#[derive(Clone, Copy)]
enum Switch<'a> {
    Freeze,
    Unfreeze,
    /// What this login froze becomes one's own freeze.
    TakeOver(&'a str),
}

impl Switch<'_> {
    const fn action(self) -> &'static str {
        match self {
            Self::Freeze | Self::TakeOver(_) => "/actions/freeze_account",
            Self::Unfreeze => "/actions/unfreeze_account",
        }
    }

    /// The id of the field for why.
    const fn reason(self) -> &'static str {
        match self {
            Self::Freeze | Self::Unfreeze => "reason",
            // It stands beside the one for unfreezing.
            Self::TakeOver(_) => "freeze-reason",
        }
    }

    /// What the button says, what it means, and what the button says that
    /// does it.
    fn words(self) -> [String; 3] {
        match self {
            Self::Freeze => {
                [text!("account-freeze-ask"), text!("account-freeze-what"), text!("account-freeze-confirm")]
            }
            Self::Unfreeze => [
                text!("account-unfreeze-ask"),
                text!("account-unfreeze-what"),
                text!("account-unfreeze-confirm"),
            ],
            Self::TakeOver(login) => [
                text!("account-take-over-ask"),
                text!("account-take-over-what", login = login.to_owned()),
                text!("account-take-over-confirm"),
            ],
        }
    }
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
