//! Which accounts a list shows, as conditions that the indexes serve.

use domain::{command::AccountFilter, policy::Visibility};
use sea_orm::{ColumnTrait, Condition, sea_query::Query};

use crate::store::entities::{account, account_label, enrollment};

/// Only what somebody sees.
pub(super) fn within(visible: &Visibility) -> Condition {
    match visible {
        Visibility::All => Condition::all(),
        Visibility::Team(team) => Condition::all().add(account::Column::Team.eq(team)),
        Visibility::Own(login) => Condition::any()
            .add(account::Column::Holder.eq(login.as_str()))
            .add(account::Column::RequestedByLogin.eq(login.as_str())),
    }
}

/// Only what was asked for.
pub(super) fn matching(filter: &AccountFilter) -> Condition {
    let text = |column: account::Column, value: Option<&str>| value.map(|value| column.eq(value));
    let on_service = filter.service.as_ref().map(|service| {
        account::Column::Id.in_subquery(
            Query::select()
                .column(enrollment::Column::AccountId)
                .from(enrollment::Entity)
                .and_where(enrollment::Column::Service.eq(service.as_str()))
                .to_owned(),
        )
    });
    let labelled = filter.label.as_ref().map(|(key, value)| {
        account::Column::Id.in_subquery(
            Query::select()
                .column(account_label::Column::AccountId)
                .from(account_label::Entity)
                .and_where(account_label::Column::Key.eq(key.as_str()))
                .and_where(account_label::Column::Value.eq(value.as_str()))
                .to_owned(),
        )
    });
    let words = filter.q.as_ref().map(|q| {
        // A range instead of LIKE, so that the index on usernames serves.
        let from = q.as_str().to_lowercase();
        let to = format!("{from}\u{10ffff}");
        Condition::any()
            .add(account::Column::Username.between(from, to))
            .add(account::Column::Ticket.eq(q.as_str()))
    });
    Condition::all()
        .add_option(text(account::Column::State, filter.state.map(Into::into)))
        .add_option(text(account::Column::Run, filter.run.as_ref().map(|run| run.as_str())))
        .add_option(text(account::Column::RequestedByLogin, filter.requested_by.as_ref().map(|l| l.as_str())))
        .add_option(text(account::Column::Holder, filter.holder.as_ref().map(|l| l.as_str())))
        .add_option(on_service)
        .add_option(labelled)
        .add_option(words)
}
