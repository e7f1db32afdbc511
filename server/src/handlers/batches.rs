//! Batches: many accounts asked for, or taken away, as one.

use std::time::Duration;

use domain::{
    AccountState, Problem, ProblemKind,
    account::{AccountView, IssuedAccount},
    actor::Caller,
    audit::Action,
    batch::{Batch, BatchKind, BatchState, Waiting},
    command::{AccountFilter, RequestAccount, Wait},
    id::{AccountId, BatchId},
    page::{Page, PageQuery},
    people::DEFAULT_TEAM,
    policy,
    text::Login,
};
use futures::{StreamExt, stream, stream::BoxStream};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use super::{
    Handlers, request_account,
    request_account::{Refusal, draw_up},
    reveal_account,
    terms::Terms,
};
use crate::store::{BatchRow, Events, NewEvent};

/// Progress is told at most so often.
const TELL_EVERY: Duration = Duration::from_millis(250);

pub(super) async fn request(
    portal: &Handlers,
    by: &Caller,
    command: &RequestAccount,
) -> Result<Batch, Problem> {
    let holder = policy::request_account(&by.actor)?;
    let request = request_account::bound(by, command.parse()?)?;
    let work = portal.store.begin().await?;
    let terms = Terms::of_new(portal, by, &work, &request.services, request.ttl).await?;
    let attributes = terms.attributes(&request)?;
    let row = draw_up_batch(portal, by, BatchKind::Create, json!(command));
    let drawn = (0..request.count)
        .map(|_| {
            let (mut account, password) = draw_up(portal, by, &holder, &request, &attributes, &terms)?;
            account.batch = Some(row.id);
            Ok((account, password))
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    work.insert_batch(&row).await?;
    let requested = request_account::add(portal, by, &work, &holder, &terms, &drawn, None).await?;
    work.insert_batch_items(row.id, drawn.iter().map(|(account, _)| account.id)).await?;
    let started = started(by, &row, drawn.len() as u64);
    let of_batch = requested.into_iter().map(|event| event.batch(row.id));
    work.commit(Events::from(started).with(of_batch)).await?;
    Ok(portal.store.progress(row).await?)
}

/// A batch that the caller starts now.
pub(super) fn draw_up_batch(
    portal: &Handlers,
    by: &Caller,
    kind: BatchKind,
    command: serde_json::Value,
) -> BatchRow {
    BatchRow {
        id: BatchId(portal.world.new_id()),
        kind,
        requested_by: by.actor.reference(),
        team: by.actor.person().map_or(DEFAULT_TEAM, |person| &person.team).to_owned(),
        command,
        kept: 0,
        created_at: portal.world.now(),
    }
}

/// That a batch was started.
pub(super) fn started(by: &Caller, row: &BatchRow, total: u64) -> NewEvent {
    let mut details = json!({ "kind": row.kind, "accounts": total, "command": row.command });
    if row.kept > 0 {
        details["kept"] = json!(row.kept);
    }
    NewEvent::new(Action::BatchStarted, by).batch(row.id).made(row.id.0).details(details)
}

/// The same request once more: nothing new is made.
pub(super) async fn again(portal: &Handlers, by: &Caller, made: Option<Uuid>) -> Result<Batch, Problem> {
    let id = BatchId(made.ok_or_else(Problem::internal)?);
    let row = seen(portal, by, id).await?;
    Ok(portal.store.progress(row).await?)
}

/// The same decision once more: nothing is decided again.
pub(super) async fn decided_before(portal: &Handlers, by: &Caller, id: BatchId) -> Result<Batch, Problem> {
    policy::decide(&by.actor)?;
    Ok(portal.store.progress(seen(portal, by, id).await?).await?)
}

pub(super) async fn list(portal: &Handlers, by: &Caller, page: &PageQuery) -> Result<Page<Batch>, Problem> {
    policy::read_accounts(&by.actor)?;
    let rows = portal.store.batches(&policy::visibility(&by.actor), page.parse()?).await?;
    let mut items = Vec::with_capacity(rows.items.len());
    for row in rows.items {
        items.push(portal.store.progress(row).await?);
    }
    Ok(Page { items, next: rows.next })
}

pub(super) async fn waiting(
    portal: &Handlers,
    by: &Caller,
    page: &PageQuery,
) -> Result<Page<Waiting>, Problem> {
    policy::read_accounts(&by.actor)?;
    let filter = AccountFilter {
        state: Some(AccountState::Requested),
        one_per_batch: true,
        ..AccountFilter::default()
    };
    let requests = portal.store.accounts(&policy::visibility(&by.actor), &filter, page.parse()?).await?;
    let mut items = Vec::with_capacity(requests.items.len());
    for account in requests.items {
        let row = match account.batch {
            Some(id) => portal.store.batch(id).await?,
            None => None,
        };
        let batch = match row {
            Some(row) => Some(portal.store.progress(row).await?),
            None => None,
        };
        items.push(Waiting { account: account.into(), batch });
    }
    Ok(Page { items, next: requests.next })
}

pub(super) async fn show(portal: &Handlers, by: &Caller, id: BatchId) -> Result<Batch, Problem> {
    policy::read_accounts(&by.actor)?;
    let row = seen(portal, by, id).await?;
    Ok(portal.store.progress(row).await?)
}

/// The batch, if it exists and the caller sees it.
pub(super) async fn seen(portal: &Handlers, by: &Caller, id: BatchId) -> Result<BatchRow, Problem> {
    let row = portal.store.batch(id).await?;
    row.filter(|row| policy::sees_batch(&by.actor, &row.requested_by, &row.team))
        .ok_or_else(|| Problem::not_found("batch"))
}

pub(super) async fn watch(
    portal: &Handlers,
    by: &Caller,
    id: BatchId,
) -> Result<BoxStream<'static, Batch>, Problem> {
    let first = show(portal, by, id).await?;
    let changes = portal.store.changes();
    let (portal, by) = (portal.clone(), by.clone());
    let later = stream::unfold(
        (portal, by, changes, first.clone()),
        move |(portal, by, mut changes, told)| async move {
            loop {
                if told.state == BatchState::Finished {
                    return None;
                }
                let next_look = Instant::now() + TELL_EVERY * 4;
                // Whatever ends the waiting, the batch is looked at again.
                let _ = timeout_at(next_look, changes.recv()).await;
                sleep(TELL_EVERY).await;
                changes = changes.resubscribe();
                // The stream ends when the batch cannot be read or seen any
                // more; whoever watches asks again and gets the reason.
                let now = show(&portal, &by, id).await.ok()?;
                if now != told {
                    return Some((now.clone(), (portal, by, changes, now)));
                }
            }
        },
    );
    Ok(stream::once(async { first }).chain(later).boxed())
}

/// Waits until the batch is finished or the time is over.
pub(super) async fn until_finished(portal: &Handlers, row: BatchRow, wait: Wait) -> Result<Batch, Problem> {
    let deadline = Instant::now() + wait.duration();
    let mut changes = portal.store.changes();
    loop {
        let batch = portal.store.progress(row.clone()).await?;
        if batch.state == BatchState::Finished || Instant::now() >= deadline {
            return Ok(batch);
        }
        let next_look = deadline.min(Instant::now() + TELL_EVERY);
        // Whatever ends the waiting, the batch is looked at again.
        let _ = timeout_at(next_look, changes.recv()).await;
        changes = changes.resubscribe();
    }
}

pub(super) async fn retry(portal: &Handlers, by: &Caller, id: BatchId) -> Result<Batch, Problem> {
    policy::write_accounts(&by.actor)?;
    let row = seen(portal, by, id).await?;
    let work = portal.store.begin().await?;
    let failed = match row.kind {
        BatchKind::Create => work.take_failed(id).await?,
        BatchKind::Cleanup => Vec::new(),
    };
    if failed.is_empty() {
        let detail = "Nothing of this batch has failed. What is still under way goes on by itself.";
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let holder: Login = failed[0].holder.clone();
    let is_forgotten = work.is_any_forgotten(failed.iter().map(|account| account.id)).await?;
    if is_forgotten || holder.is_of_erased() {
        let detail = "What was asked for then was forgotten meanwhile. Request the accounts anew.";
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let person = work.person_by_login(holder.as_str()).await?;
    if person.is_none_or(|row| row.person.disabled_at.is_some()) {
        let detail = format!("{holder}, who was to hold the accounts, is disabled.");
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let terms = Terms::of_new(portal, by, &work, &failed[0].services(), None).await?;
    let drawn = failed
        .iter()
        .map(|account| request_account::draw_up_again(portal, by, account, &terms))
        .collect::<Result<Vec<_>, _>>()?;
    let requested = request_account::add(portal, by, &work, &holder, &terms, &drawn, None).await;
    let requested = requested.map_err(|refusal: Refusal| Problem::from(refusal))?;
    work.insert_batch_items(id, drawn.iter().map(|(account, _)| account.id)).await?;
    let replaced: Vec<AccountId> = failed.iter().map(|account| account.id).collect();
    let retried = NewEvent::new(Action::BatchRetried, by)
        .batch(id)
        .made(id.0)
        .details(json!({ "accounts": replaced.len(), "in_place_of": replaced }));
    let of_batch = requested.into_iter().map(|event| event.batch(id));
    work.commit(Events::from(retried).with(of_batch)).await?;
    Ok(portal.store.progress(row).await?)
}

pub(super) async fn accounts(
    portal: &Handlers,
    by: &Caller,
    id: BatchId,
    page: &PageQuery,
) -> Result<Page<IssuedAccount>, Problem> {
    policy::read_accounts(&by.actor)?;
    let page = page.parse()?;
    seen(portal, by, id).await?;
    let accounts = portal.store.accounts_of_batch(id, page).await?;
    let may_reveal = policy::write_accounts(&by.actor).is_ok();
    let (mut items, mut revealed) = (Vec::new(), Vec::new());
    for account in accounts.items.into_iter().filter(|account| policy::sees(&by.actor, account)) {
        let credentials = if may_reveal && policy::reveal_account(&by.actor, &account).is_ok() {
            reveal_account::open(portal, &account, None).await?
        } else {
            None
        };
        if credentials.is_some() {
            revealed.push(reveal_account::revealed(by, &account));
        }
        items.push(IssuedAccount { account: AccountView::from(account), credentials });
    }
    // The events come first: what is not on record is not shown.
    if let Some(events) = Events::all(revealed) {
        portal.store.begin().await?.commit(events).await?;
    }
    Ok(Page { items, next: accounts.next })
}
