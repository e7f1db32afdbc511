//! What who holds an account, or answers for it, can do with it.

use domain::{AccountState, account::AccountView};
use leptos::prelude::*;

use super::notes::RenewTry;
use crate::components::Field;

/// The forms to renew and to revoke, where the account's state allows it.
#[component]
pub(super) fn Controls(
    account: AccountView,
    /// Whether the visitor holds it.
    holds: bool,
    /// What was tried last.
    renew: RenewTry,
) -> impl IntoView {
    let (renewable, revocable) = match account.state {
        AccountState::Active | AccountState::Frozen => (true, true),
        AccountState::Provisioning => (false, true),
        AccountState::Requested
        | AccountState::Revoking
        | AccountState::Revoked
        | AccountState::Denied
        | AccountState::Withdrawn
        | AccountState::Lapsed
        | AccountState::Failed => (false, false),
    };
    let id = account.id.to_string();
    let holder = (!holds).then(|| text!("account-revoke-who", holder = account.holder.to_string()));
    let revoke = view! {
        <details class="danger">
            <summary class="button">{text!("account-revoke-ask")}</summary>
            <form method="post" action="/actions/revoke_account">
                <input type="hidden" name="account" value=id.clone() />
                <p>{text!("account-revoke-what")}</p>
                {holder.map(|holder| view! { <p>{holder}</p> })}
                <div class="actions">
                    <button class="button danger">{text!("account-revoke-confirm")}</button>
                </div>
            </form>
        </details>
    };
    let renew = view! {
        <form class="inline" method="post" action="/actions/renew_account">
            <input type="hidden" name="account" value=id />
            <Field
                name="ttl"
                label=text!("account-renew-ttl")
                hint=text!("account-renew-hint")
                value=renew.ttl
                error=renew.error
                verbatim=true
            />
            <button class="button">{text!("account-renew")}</button>
        </form>
    };
    revocable.then(|| {
        view! {
            <section class="card" aria-labelledby="lease">
                <h2 id="lease">{text!("account-lease")}</h2>
                {renewable.then_some(renew)}
                {revoke}
            </section>
        }
    })
}
