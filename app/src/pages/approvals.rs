//! Requests that wait for a manager.

use domain::{
    Portal, Problem, Timestamp,
    account::AccountView,
    actor::{Actor, Caller},
    batch::Waiting,
    page::PageQuery,
    policy,
};
use leptos::prelude::*;

use crate::{
    components::{
        Ago, Decide, Empty, ErrorSummary, Notice, NoticeKind, Pagination, Section, Stamp, Undecided,
        reason_id, who,
    },
    pages::frame::{Content, Query, Visitor, page},
    paths,
    visit::{Deed, Refused},
};

/// What is decided here.
const DECISIONS: [Deed; 4] = [Deed::Approve, Deed::Deny, Deed::ApproveBatch, Deed::DenyBatch];

/// The requests that one sees, each with the buttons to decide on it.
#[component]
pub(crate) fn ApprovalsPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let note = visit.take_note().await?;
    let cursor = PageQuery { cursor: Query::now().get("cursor"), limit: None };
    let waiting = portal.list_waiting(&caller, cursor).await?;
    let refused = note.as_ref().and_then(|note| note.refused(&DECISIONS));
    let decided = match note.as_ref().and_then(|note| note.done(&DECISIONS)) {
        Some((deed, to)) => decided(&*portal, &caller, deed, to).await?,
        None => None,
    };
    let summary = refused.as_ref().map(|(to, refused)| {
        let id = Some(reason_id(to));
        let fields = vec![("reason", text!("field-reason"))];
        view! { <ErrorSummary problem=refused.problem.clone() fields=fields id=id /> }
    });
    let list = if waiting.items.is_empty() {
        view! { <Empty title=text!("approvals-empty-title") text=text!("approvals-empty-text") /> }.into_any()
    } else {
        let card = |waiting| {
            let card = Card::of(waiting, &caller.actor);
            let of_this = refused.as_ref().filter(|(to, _)| *to == card.name());
            card.view(of_this.map(|(_, refused)| refused.clone()), now)
        };
        let cards = waiting.items.into_iter().map(card).collect_view();
        view! {
            <ul class="requests">{cards}</ul>
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
        {decided}
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
async fn decided(
    portal: &dyn Portal,
    caller: &Caller,
    deed: Deed,
    to: &str,
) -> Result<Option<AnyView>, Problem> {
    let approved = matches!(deed, Deed::Approve | Deed::ApproveBatch);
    let said = if matches!(deed, Deed::ApproveBatch | Deed::DenyBatch) {
        let said = if approved { text!("decide-approved-all") } else { text!("decide-denied-all") };
        to.parse().ok().map(|id| (said, paths::batch(id)))
    } else if let Ok(id) = to.parse() {
        let account = portal.show_account(caller, id).await?.username;
        let said = match approved {
            true => text!("decide-approved", account = account),
            false => text!("decide-denied", account = account),
        };
        Some((said, paths::account(id)))
    } else {
        None
    };
    Ok(said.map(|(said, at)| {
        view! {
            <Notice kind=NoticeKind::Done>
                <p>{said} " " <a href=at>{text!("decide-look")}</a></p>
            </Notice>
        }
        .into_any()
    }))
}

/// One request, or those of one batch.
struct Card {
    on: Undecided,
    title: String,
    address: String,
    decides: bool,
    /// A request that is like all of them.
    request: AccountView,
}

impl Card {
    fn of(Waiting { account: request, batch }: Waiting, actor: &Actor) -> Self {
        let (decides, on, title, address) = match batch {
            Some(batch) => (
                policy::decides_batch(actor, &batch),
                Undecided::Batch { id: batch.id, waiting: batch.waiting },
                text!("approvals-batch", count = batch.waiting),
                paths::batch(batch.id),
            ),
            None => (
                policy::decides(actor, &request),
                Undecided::Account(request.id),
                request.username.clone(),
                paths::account(request.id),
            ),
        };
        Self { on, title, address, decides, request }
    }

    fn name(&self) -> String {
        self.on.named().1
    }

    fn view(self, refused: Option<Refused>, now: Timestamp) -> impl IntoView {
        let Self { on, title, address, decides, request } = self;
        let services = request.services.iter().map(|leg| leg.service.to_string());
        let tags = [
            Some(services.collect::<Vec<_>>().join(", ")),
            Some(text!("approvals-lease", ttl = request.ttl.to_string())),
            request.ticket,
            request.run,
        ];
        let tags = tags
            .into_iter()
            .flatten()
            .map(|tag| view! { <li><span class="tag">{tag}</span></li> })
            .collect_view();
        let decision = if decides {
            view! { <Decide on=on then=paths::APPROVALS.to_owned() refused=refused /> }.into_any()
        } else {
            view! { <p class="hint">{text!("approvals-own")}</p> }.into_any()
        };
        view! {
            <li class="card">
                <div class="headline">
                    <h2>
                        <a href=address>{title}</a>
                    </h2>
                    <p class="hint">
                        {text!("approvals-by", who = who(&request.requested_by))} ", "
                        <Ago at=request.created_at now=now />
                        {request
                            .decide_by
                            .map(|until| {
                                view! { " · " {text!("approvals-until")} " " <Stamp at=until /> }
                            })}
                    </p>
                </div>
                <p>{request.purpose.unwrap_or_else(|| text!("approvals-no-purpose"))}</p>
                <ul class="tags">{tags}</ul>
                {decision}
            </li>
        }
    }
}
