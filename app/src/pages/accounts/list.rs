//! Accounts, one in a row.

use domain::{Timestamp, account::AccountView, page::Page};
use leptos::prelude::*;

use crate::{
    components::{AccountBadge, Ago, Empty, Pagination},
    islands::Countdown,
    paths, words,
};

/// A page of accounts, or what to do where there is none.
pub(super) fn list(
    page: Page<AccountView>,
    filtered: bool,
    with_holder: bool,
    now: Timestamp,
) -> impl IntoView {
    if page.items.is_empty() && filtered {
        return view! {
            <Empty title=text!("accounts-none-match-title") text=text!("accounts-none-match-text")>
                <a class="button" href=paths::ACCOUNTS>
                    {text!("filter-clear")}
                </a>
            </Empty>
        }
        .into_any();
    }
    if page.items.is_empty() {
        return view! {
            <Empty title=text!("accounts-empty-title") text=text!("accounts-empty-text")>
                <a class="button primary" href=paths::REQUEST>
                    {text!("accounts-request")}
                </a>
            </Empty>
        }
        .into_any();
    }
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("accounts-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-account")}</th>
                    <th scope="col">{text!("column-state")}</th>
                    <th scope="col">{text!("column-services")}</th>
                    {with_holder.then(|| view! { <th scope="col">{text!("column-holder")}</th> })}
                    <th scope="col">{text!("column-time-left")}</th>
                    <th scope="col">{text!("column-requested")}</th>
                </tr>
            </thead>
            <tbody>
                {page.items.into_iter().map(|account| row(account, with_holder, now)).collect_view()}
            </tbody>
        </table>
        <Pagination path=paths::ACCOUNTS.to_owned() next=page.next />
    }
    .into_any()
}

fn row(account: AccountView, with_holder: bool, now: Timestamp) -> impl IntoView {
    let services =
        account.services.iter().map(|leg| view! { <li>{leg.service.to_string()}</li> }).collect_view();
    let left = words::leased_until(&account);
    view! {
        <tr>
            <th scope="row" data-label=text!("column-account")>
                <a href=paths::account(account.id)>{account.username}</a>
                {account.ticket.map(|ticket| view! { " " <span class="tag">{ticket}</span> })}
                {account.purpose.map(|purpose| view! { <p class="aside">{purpose}</p> })}
            </th>
            <td data-label=text!("column-state")>
                <AccountBadge state=account.state />
            </td>
            <td data-label=text!("column-services")>
                <ul class="commas">{services}</ul>
            </td>
            {with_holder
                .then(|| {
                    view! { <td data-label=text!("column-holder")>{account.holder.to_string()}</td> }
                })}
            <td data-label=text!("column-time-left")>
                {left.map(|until| view! { <Countdown until=until now=now /> })}
            </td>
            <td data-label=text!("column-requested")>
                <Ago at=account.created_at now=now />
            </td>
        </tr>
    }
}
