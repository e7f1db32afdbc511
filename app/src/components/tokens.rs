//! API tokens in a table.

use domain::{Timestamp, page::Page, token::Token};
use leptos::prelude::*;

use crate::components::{Pagination, Stamp};

/// The tokens, each with the button that makes it worthless.
#[component]
pub(crate) fn TokenTable(
    page: Page<Token>,
    /// The page that it stands on.
    path: String,
    now: Timestamp,
    /// What to say where there is none.
    empty: String,
) -> impl IntoView {
    if page.items.is_empty() {
        return view! { <p class="quiet">{empty}</p> }.into_any();
    }
    let rows = page.items.into_iter().map(|token| row(token, now, path.clone())).collect_view();
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("tokens-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("token-name")}</th>
                    <th scope="col">{text!("token-scopes")}</th>
                    <th scope="col">{text!("token-expires")}</th>
                    <th scope="col">{text!("token-used")}</th>
                    <th scope="col">{text!("column-state")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <Pagination path=path next=page.next />
    }
    .into_any()
}

fn row(token: Token, now: Timestamp, then: String) -> impl IntoView {
    let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    let scopes = if scopes.is_empty() { text!("token-all-scopes") } else { scopes.join(", ") };
    let (state, label) = match token.revoked_at {
        Some(_) => ("revoked", text!("token-state-revoked")),
        None if token.expires_at <= now => ("lapsed", text!("token-state-expired")),
        None => ("active", text!("token-state-good")),
    };
    let revoke = (state == "active").then(|| {
        view! {
            <form method="post" action="/actions/revoke_token">
                <input type="hidden" name="token" value=token.id.to_string() />
                <input type="hidden" name="then" value=then />
                <button class="button small danger">{text!("token-revoke")}</button>
            </form>
        }
    });
    let used = token.used_at.map(|at| view! { <Stamp at=at /> });
    let used = used.map_or_else(|| text!("token-never-used").into_any(), IntoAny::into_any);
    view! {
        <tr>
            <th scope="row" data-label=text!("token-name")>
                {token.name.to_string()}
            </th>
            <td data-label=text!("token-scopes")>{scopes}</td>
            <td data-label=text!("token-expires")>
                <Stamp at=token.expires_at />
            </td>
            <td data-label=text!("token-used")>{used}</td>
            <td data-label=text!("column-state")>
                <span class="badge" data-state=state>
                    {label}
                </span>
                {revoke}
            </td>
        </tr>
    }
}
