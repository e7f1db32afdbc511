//! How an account stands, as it changes.

use domain::{
    EnrollmentState, Timestamp,
    account::{AccountView, EnrollmentView},
};
use leptos::prelude::*;

use super::tick::ticking;
use crate::words;

/// The account's state, its lease, and where it stands on each service.
#[island]
pub(crate) fn LiveAccount(account: AccountView, now: Timestamp) -> impl IntoView {
    let now = ticking(now);
    let legs = account.services.len();
    let account = RwSignal::new(account);
    #[cfg(feature = "hydrate")]
    follow(account);
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
                    {(0..legs).map(|at| view! { <Leg account=account at=at now=now /> }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}

/// One service. The services of an account never change, so each keeps its
/// row, and only the words in it do.
#[component]
fn Leg(account: RwSignal<AccountView>, at: usize, now: ReadSignal<Timestamp>) -> impl IntoView {
    fn of<T: Default>(account: &AccountView, at: usize, say: impl FnOnce(&EnrollmentView) -> T) -> T {
        account.services.get(at).map(say).unwrap_or_default()
    }
    let service = account.with_untracked(|account| of(account, at, |leg| leg.service.to_string()));
    let state = move || -> &'static str { account.with(|account| of(account, at, |leg| leg.state.into())) };
    let state_word = move || account.with(|account| of(account, at, |leg| words::leg_state(leg.state)));
    let stands = move || account.with(|account| of(account, at, |leg| words::leg_stands(leg, now.get())));
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
                <span class="badge" data-state=state>
                    {state_word}
                </span>
            </td>
            <td data-label=text!("column-details")>
                <span aria-live="off">{stands}</span>
                " "
                {name}
            </td>
        </tr>
    }
}

/// Follows the account for as long as it can change. What can be done with it
/// depends on its state, so once that changes the page is asked for again:
/// unless it is being left, since that would call off where the visitor goes,
/// such as to the answer of the form by which they changed it themselves.
#[cfg(feature = "hydrate")]
fn follow(account: RwSignal<AccountView>) {
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{EventSource, MessageEvent};

    let (id, state) = account.with_untracked(|account| (account.id, account.state));
    if state.is_final() {
        return;
    }
    let Ok(source) = EventSource::new(&format!("/live?account={id}")) else { return };
    let leaving = StoredValue::new(false);
    window_event_listener(leptos::ev::beforeunload, move |_| leaving.set_value(true));
    let heard = {
        let source = source.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let text = message.data().as_string().unwrap_or_default();
            let Ok(view) = serde_json::from_str::<AccountView>(&text) else { return };
            let changed = view.state != state;
            account.set(view);
            if changed && !leaving.get_value() {
                source.close();
                let _ = window().location().reload();
            }
        })
    };
    let _ = source.add_event_listener_with_callback("account", heard.as_ref().unchecked_ref());
    // The page listens until it is left.
    heard.forget();
}
