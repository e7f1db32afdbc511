//! How an account stands, as it changes.

use domain::{
    EnrollmentState, Timestamp,
    account::{AccountView, EnrollmentView},
};
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use super::follow::follow;
use super::tick::ticking;
use crate::words;

/// The account's state, its lease, and where it stands on each service.
///
/// What can be done with it depends on its state, on who holds it, and on
/// whether something is still under way.
#[island]
pub(crate) fn LiveAccount(
    account: AccountView,
    now: Timestamp,
    /// Whether the visitor may have a removal tried again.
    controls: bool,
) -> impl IntoView {
    let now = ticking(now);
    let legs = account.services.len();
    let account = RwSignal::new(account);
    #[cfg(feature = "hydrate")]
    if account.with_untracked(|account| !account.state.is_final()) {
        let address = account.with_untracked(|account| format!("/live?account={}", account.id));
        follow(&address, "account", account, |account| {
            (account.state, account.holder.clone(), account.handing_to.clone(), words::is_moving(account))
        });
    }
    let state = move || -> &'static str { account.with(|account| account.state.into()) };
    let lease_left = move || {
        let until = account.with(words::leased_until);
        until.map(|until| words::time_left(until, now.get())).unwrap_or_default()
    };
    view! {
        <section class="live" aria-live="polite" aria-atomic="false">
            <p class="stands">
                <span class="badge" data-state=state>
                    {move || account.with(|account| words::account_state(account.state))}
                </span>
                <span>{move || account.with(words::account_stands)}</span>
                <b class="countdown" aria-live="off">
                    {lease_left}
                </b>
            </p>
            <table class="stacks">
                <caption class="unseen">{text!("account-services-caption")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text!("column-service")}</th>
                        <th scope="col">{text!("column-state")}</th>
                        <th scope="col">{text!("column-details")}</th>
                    </tr>
                </thead>
                <tbody>
                    {(0..legs).map(|at| view! { <Leg account=account at=at now=now controls=controls /> }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}

/// One service. The services of an account never change, so each keeps its
/// row, and only the words in it do.
#[component]
fn Leg(
    account: RwSignal<AccountView>,
    at: usize,
    now: ReadSignal<Timestamp>,
    controls: bool,
) -> impl IntoView {
    fn of<T: Default>(account: &AccountView, at: usize, say: impl FnOnce(&EnrollmentView) -> T) -> T {
        account.services.get(at).map(say).unwrap_or_default()
    }
    let service = account.with_untracked(|account| of(account, at, |leg| leg.service.to_string()));
    let badge = move || account.with(|account| of(account, at, words::leg_badge));
    let stands = move || {
        account.with(|account| of(account, at, |leg| words::leg_stands(account.state, leg, now.get())))
    };
    let page = account.with_untracked(|account| format!("/accounts/{}", account.id));
    let enrollment = account.with_untracked(|account| of(account, at, |leg| leg.id.to_string()));
    let can_hurry = Memo::new(move |_| {
        let fails = |leg: &EnrollmentView| leg.state == EnrollmentState::Removing && leg.last_error.is_some();
        controls && account.with(|account| of(account, at, fails))
    });
    let try_now =
        move || can_hurry.get().then(|| view! { <TryNow enrollment=enrollment.clone() then=page.clone() /> });
    let name = move || {
        account.with(|account| {
            of(account, at, |leg| {
                let other = leg.username != account.username && leg.state != EnrollmentState::Removed;
                other.then(|| text!("leg-other-name", username = leg.username.clone()))
            })
        })
    };
    view! {
        <tr>
            <th scope="row" data-label=text!("column-service")>
                {service}
            </th>
            <td data-label=text!("column-state")>
                <span class="badge" data-state=move || badge().0>
                    {move || badge().1}
                </span>
            </td>
            <td data-label=text!("column-details")>
                <span aria-live="off">{stands}</span>
                " "
                {name}
                {try_now}
            </td>
        </tr>
    }
}

/// Has the next attempt at a removal made now, and comes back to the page
/// `then`.
#[component]
pub(crate) fn TryNow(
    /// What is to be removed.
    enrollment: String,
    then: String,
) -> impl IntoView {
    view! {
        <form class="try-now" method="post" action="/actions/retry_removal">
            <input type="hidden" name="enrollment" value=enrollment />
            <input type="hidden" name="then" value=then />
            <button class="button small">{text!("try-now")}</button>
        </form>
    }
}
