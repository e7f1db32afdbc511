//! Requests that wait for a manager.

use domain::{
    AccountState, Problem, Timestamp, account::AccountView, command::ListAccounts, page::PageQuery, policy,
};
use leptos::prelude::*;

use crate::{
    components::{
        Ago, Decide, Empty, ErrorSummary, Notice, NoticeKind, Pagination, Section, Stamp, reason_id, who,
    },
    pages::frame::{Content, Query, Visitor, page},
    paths,
    visit::{Deed, Note, Refused},
};

/// The requests that one sees, each with the buttons to decide on it.
#[component]
pub(crate) fn ApprovalsPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let note = visit.take_note().await?;
    let requested: &str = AccountState::Requested.into();
    let which = ListAccounts { state: Some(requested.to_owned()), ..ListAccounts::default() };
    let cursor = PageQuery { cursor: Query::now().get("cursor"), limit: None };
    let waiting = portal.list_accounts(&caller, which, cursor).await?;
    let refused = note.as_ref().and_then(|note| note.refused(&[Deed::Approve, Deed::Deny]));
    let decided = match &note {
        Some(Note::Done { deed: deed @ (Deed::Approve | Deed::Deny), to, .. }) => match to.parse() {
            Ok(id) => Some((*deed, portal.show_account(&caller, id).await?)),
            Err(_) => None,
        },
        Some(_) | None => None,
    };
    let summary = refused.as_ref().map(|(to, refused)| {
        let id = to.parse().ok().map(reason_id);
        let fields = vec![("reason", text!("field-reason"))];
        view! { <ErrorSummary problem=refused.problem.clone() fields=fields id=id /> }
    });
    let list = if waiting.items.is_empty() {
        view! { <Empty title=text!("approvals-empty-title") text=text!("approvals-empty-text") /> }.into_any()
    } else {
        let requests = waiting
            .items
            .into_iter()
            .map(|account| {
                let of_this = refused.as_ref().filter(|(to, _)| *to == account.id.to_string());
                let decides = policy::decides(&caller.actor, &account);
                request(account, decides, of_this.map(|(_, refused)| refused.clone()), now)
            })
            .collect_view();
        view! {
            <ul class="requests">{requests}</ul>
            <Pagination path=paths::APPROVALS.to_owned() next=waiting.next />
        }
        .into_any()
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("approvals-title")}</h1>
            <p class="lead">{text!("approvals-lead")}</p>
        </div>
        {summary}
        {decided.map(|(deed, account)| notice(deed, account))}
        {list}
    };
    Ok(Content {
        title: text!("approvals-title"),
        section: Section::Approvals,
        lively: false,
        body: body.into_any(),
    })
}

/// What has just been decided.
fn notice(deed: Deed, account: AccountView) -> impl IntoView {
    let said = if deed == Deed::Approve {
        text!("decide-approved", account = account.username)
    } else {
        text!("decide-denied", account = account.username)
    };
    view! {
        <Notice kind=NoticeKind::Done>
            <p>{said} " " <a href=paths::account(account.id)>{text!("decide-look")}</a></p>
        </Notice>
    }
}

fn request(account: AccountView, decides: bool, refused: Option<Refused>, now: Timestamp) -> impl IntoView {
    let services = account.services.iter().map(|leg| leg.service.to_string()).collect::<Vec<_>>().join(", ");
    let tags = [
        Some(services),
        Some(text!("approvals-lease", ttl = account.ttl.to_string())),
        account.ticket,
        account.run,
    ];
    let tags = tags
        .into_iter()
        .flatten()
        .map(|tag| view! { <li><span class="tag">{tag}</span></li> })
        .collect_view();
    let decision = if decides {
        view! { <Decide account=account.id then=paths::APPROVALS.to_owned() refused=refused /> }.into_any()
    } else {
        view! { <p class="hint">{text!("approvals-own")}</p> }.into_any()
    };
    view! {
        <li class="card">
            <div class="headline">
                <h2>
                    <a href=paths::account(account.id)>{account.username}</a>
                </h2>
                <p class="hint">
                    {text!("approvals-by", who = who(&account.requested_by))} ", " <Ago at=account.created_at now=now />
                    {account
                        .decide_by
                        .map(|until| view! { " · " {text!("approvals-until")} " " <Stamp at=until /> })}
                </p>
            </div>
            <p>{account.purpose.unwrap_or_else(|| text!("approvals-no-purpose"))}</p>
            <ul class="tags">{tags}</ul>
            {decision}
        </li>
    }
}
