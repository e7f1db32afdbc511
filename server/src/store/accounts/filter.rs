//! Which accounts a list shows, as conditions that the indexes serve.

use std::iter;

use domain::{batch::Selection, command::AccountFilter, id::BatchId, policy::Visibility, text::Login};
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, Query, SelectStatement, SimpleExpr},
};

use crate::store::entities::{account, account_label, batch_item, enrollment};

/// Only what somebody sees.
pub(in crate::store) fn within(visible: &Visibility) -> Condition {
    ways_to_see(visible).into_iter().fold(Condition::any(), Condition::add)
}

/// What makes somebody see an account: any of these.
pub(super) fn ways_to_see(visible: &Visibility) -> Vec<Condition> {
    let because = |condition| Condition::all().add(condition);
    match visible {
        Visibility::All => vec![Condition::all()],
        Visibility::Team(team, login) => {
            let of_team = because(account::Column::Team.eq(team));
            iter::once(of_team).chain(own(login)).collect()
        }
        Visibility::Run(login, run, _) => {
            own(login).map(|own| own.add(account::Column::Run.eq(run.as_str()))).into()
        }
        Visibility::Own(login) => own(login).into(),
    }
}

fn own(login: &Login) -> [Condition; 2] {
    [account::Column::Holder, account::Column::RequestedByLogin]
        .map(|column| Condition::all().add(column.eq(login.as_str())))
}

/// Only what a cleanup meets: what has not ended.
pub(in crate::store) fn selected(selection: &Selection) -> Condition {
    let text = |column: account::Column, value: Option<&str>| value.map(|value| column.eq(value));
    let mut condition = Condition::all()
        .add(account::Column::EndedAt.is_null())
        .add_option(text(account::Column::Run, selection.run.as_ref().map(|run| run.as_str())))
        .add_option(text(account::Column::Holder, selection.holder.as_ref().map(|login| login.as_str())))
        .add_option(text(account::Column::Team, selection.team.as_deref()))
        .add_option(text(
            account::Column::RequestedByLogin,
            selection.requested_by.as_ref().map(|login| login.as_str()),
        ))
        .add_option(selection.token.map(|token| account::Column::RequestedByTokenId.eq(token.0)))
        .add_option(selection.username_prefix.as_ref().map(|prefix| begins_with(prefix.as_str())))
        .add_option(selection.service.as_ref().map(|service| living_on(service.as_str())));
    for (key, value) in &selection.labels {
        condition = condition.add(labelled(key, value));
    }
    condition
}

/// A range instead of LIKE, so that the index on usernames serves.
fn begins_with(prefix: &str) -> SimpleExpr {
    account::Column::Username.between(prefix.to_owned(), format!("{prefix}\u{10ffff}"))
}

fn on(service: &str) -> SelectStatement {
    Query::select()
        .column(enrollment::Column::AccountId)
        .from(enrollment::Entity)
        .and_where(enrollment::Column::Service.eq(service))
        .to_owned()
}

/// Whether it is, or may be, on that service.
pub(in crate::store) fn living_on(service: &str) -> SimpleExpr {
    let living = on(service).and_where(enrollment::Column::RemovedAt.is_null()).to_owned();
    account::Column::Id.in_subquery(living)
}

fn of_batch(batch: BatchId) -> SimpleExpr {
    account::Column::Id.in_subquery(
        Query::select()
            .column(batch_item::Column::AccountId)
            .from(batch_item::Entity)
            .and_where(batch_item::Column::BatchId.eq(batch.0))
            .to_owned(),
    )
}

fn labelled(key: &str, value: &str) -> SimpleExpr {
    account::Column::Id.in_subquery(
        Query::select()
            .column(account_label::Column::AccountId)
            .from(account_label::Entity)
            .and_where(account_label::Column::Key.eq(key))
            .and_where(account_label::Column::Value.eq(value))
            .to_owned(),
    )
}

/// Whether it waits, and no later request of its batch does; said as the
/// partial indexes say it.
fn stands_for_its_batch() -> SimpleExpr {
    Expr::cust(
        "accounts.state = 'requested' AND NOT EXISTS (SELECT 1 FROM accounts later WHERE later.batch_id = accounts.batch_id \
         AND later.id > accounts.id AND later.state = 'requested')",
    )
}

/// Only what was asked for.
pub(super) fn matching(filter: &AccountFilter) -> Condition {
    let text = |column: account::Column, value: Option<&str>| value.map(|value| column.eq(value));
    let on_service =
        filter.service.as_ref().map(|service| account::Column::Id.in_subquery(on(service.as_str())));
    let labelled = filter.label.as_ref().map(|(key, value)| labelled(key.as_str(), value.as_str()));
    let words = filter.q.as_ref().map(|q| {
        Condition::any()
            .add(begins_with(&q.as_str().to_lowercase()))
            .add(account::Column::Ticket.eq(q.as_str()))
    });
    Condition::all()
        .add_option(filter.one_per_batch.then(stands_for_its_batch))
        .add_option(text(account::Column::State, filter.state.map(Into::into)))
        .add_option(text(account::Column::Run, filter.run.as_ref().map(|run| run.as_str())))
        .add_option(text(account::Column::RequestedByLogin, filter.requested_by.as_ref().map(|l| l.as_str())))
        .add_option(text(account::Column::Holder, filter.holder.as_ref().map(|l| l.as_str())))
        .add_option(on_service)
        .add_option(filter.batch.map(of_batch))
        .add_option(labelled)
        .add_option(words)
}
