//! The audit trail: writing and reading events.

use domain::{
    Account, AccountState, Timestamp,
    actor::{ActorRef, Caller, RetryKey},
    audit::{AccountReference, Action, Event, EventFilter},
    id::{AccountId, BatchId, EventId, PersonId},
    page::{Page, PageRequest},
    people::Person,
    policy::Visibility,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Change, ServiceRow, Store, StoreError, UnitOfWork,
    entities::{event, event_detail, new_event},
    rows::{ActorColumns, ROWS_AT_ONCE, Row, cut_to_page, like, there_is},
};
use crate::{audit::salted_hash, crash, secrets::token_text::hex, world::World};

/// An event that is about to be written. Its id and time are those of the
/// commit.
#[derive(Clone, Debug)]
pub struct NewEvent {
    action: Action,
    pub(super) actor: ActorRef,
    pub(super) request_id: Option<String>,
    pub(super) retry_key: Option<RetryKey>,
    pub(super) made: Option<Uuid>,
    team: Option<String>,
    subject: Option<String>,
    subject_person: Option<PersonId>,
    pub(super) account: Option<AccountId>,
    username: Option<String>,
    service: Option<String>,
    run: Option<String>,
    details: Value,
}

impl NewEvent {
    /// Somebody did something.
    pub fn new(action: Action, by: &Caller) -> Self {
        Self {
            action,
            actor: by.actor.reference(),
            request_id: by.request_id.clone(),
            retry_key: by.retry_key.clone(),
            made: None,
            team: by.actor.person().map(|person| person.team.clone()),
            subject: None,
            subject_person: None,
            account: None,
            username: None,
            service: None,
            run: None,
            details: Value::Object(serde_json::Map::new()),
        }
    }

    /// An account that was in the state `before` is taken away: where it still
    /// waited for approval, the request is taken back.
    pub fn of_revocation(before: AccountState, by: &Caller) -> Self {
        let action = if before == AccountState::Requested {
            Action::AccountWithdrawn
        } else {
            Action::AccountRevoking
        };
        Self::new(action, by)
    }

    /// What it means that the account was in the state `before` and is in
    /// another now, where that is news of its own.
    pub fn of_arrival(before: AccountState, account: &Account, by: &Caller) -> Option<Self> {
        let action = if account.state == before {
            return None;
        } else if account.state == AccountState::Active {
            Action::AccountActivated
        } else if account.state.is_final() {
            Action::AccountEnded
        } else {
            return None;
        };
        let details = json!({ "state": account.state, "end_reason": account.end_reason, "expires_at": account.expires_at });
        Some(Self::new(action, by).account(account).details(details))
    }

    /// To that account.
    pub fn account(mut self, account: &Account) -> Self {
        self.account = Some(account.id);
        self.username = Some(account.username.clone());
        self.run.clone_from(&account.run);
        self.team = Some(account.team.clone());
        self
    }

    /// This is what the request made: whoever repeats it gets the same again.
    pub const fn made(mut self, id: Uuid) -> Self {
        self.made = Some(id);
        self
    }

    /// A repetition of the request is to be carried out anew.
    pub fn repeatable(mut self) -> Self {
        self.retry_key = None;
        self
    }

    /// Of that batch.
    pub fn batch(self, id: BatchId) -> Self {
        self.subject(format!("batch {id}"))
    }

    /// To that person, token or other thing.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// To that person: an event of their team's, whoever acts.
    pub fn about(self, person: &Person) -> Self {
        self.named(person.login.as_str(), person.id).team(&person.team)
    }

    /// To somebody, or something of theirs, whose name goes when they are erased.
    pub fn named(mut self, name: impl Into<String>, person: PersonId) -> Self {
        self.subject_person = Some(person);
        self.subject(name)
    }

    /// To something of that team's, whoever acts.
    pub fn team(mut self, team: &str) -> Self {
        self.team = Some(team.to_owned());
        self
    }

    /// In that run.
    pub fn run(mut self, run: impl ToString) -> Self {
        self.run = Some(run.to_string());
        self
    }

    /// On that service.
    pub fn service(mut self, slug: impl ToString) -> Self {
        self.service = Some(slug.to_string());
        self
    }

    /// On that service, of its team, whoever acts.
    pub fn on(self, service: &ServiceRow) -> Self {
        self.service(&service.slug).team(service.team())
    }

    /// What more there is to say; never a secret.
    pub fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

/// The events of one commit: never none.
#[derive(Clone, Debug)]
pub struct Events(Vec<NewEvent>);

impl Events {
    /// This one, and those that follow from it.
    pub fn with(mut self, more: impl IntoIterator<Item = NewEvent>) -> Self {
        self.0.extend(more);
        self
    }

    /// These, and those that are known to follow, if any.
    pub fn and(self, more: Option<Self>) -> Self {
        self.with(more.into_iter().flat_map(|more| more.0))
    }

    /// All of these; `None` where there is none.
    pub fn all(events: Vec<NewEvent>) -> Option<Self> {
        (!events.is_empty()).then_some(Self(events))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &NewEvent> {
        self.0.iter()
    }
}

impl From<NewEvent> for Events {
    fn from(event: NewEvent) -> Self {
        Self(vec![event])
    }
}

impl UnitOfWork {
    pub(super) async fn insert_events(&self, events: Events) -> Result<(), StoreError> {
        let at = self.world.now().as_millis();
        let row = |new| {
            let message = self.changes.message(&self.change(&new));
            to_row(new, &self.world, at, message)
        };
        let rows: Vec<_> = events.0.into_iter().map(row).collect();
        for some in rows.chunks(ROWS_AT_ONCE) {
            new_event::Entity::insert_many(some.to_vec()).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}

impl Store {
    /// Writes down what changes nothing else: that something was seen, or
    /// refused.
    ///
    /// # Errors
    /// The database did not take it; it is not on record.
    pub async fn record(&self, event: NewEvent) -> Result<(), StoreError> {
        debug_assert!(event.retry_key.is_none(), "what may be repeated belongs to a unit of work");
        let of_account = |id| Change::Account { id, saved: None, work: false };
        let change = event.account.map_or(Change::Record, of_account);
        let row = to_row(event, &self.world, self.world.now().as_millis(), None);
        crash::point("commit-before");
        new_event::Entity::insert(row).exec_without_returning(&self.write).await?;
        crash::point("commit-after");
        self.changes.tell([change]);
        Ok(())
    }

    /// One page of the events that somebody may read, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn events(
        &self,
        visible: &Visibility,
        filter: &EventFilter,
        page: PageRequest,
    ) -> Result<Page<Event>, StoreError> {
        let mut query = event::Entity::find()
            .filter(within(visible))
            .filter(matching(filter))
            .order_by_desc(event::Column::Id)
            .limit(u64::from(page.limit) + 1);
        if let Some(before) = page.before {
            query = query.filter(event::Column::Id.lt(before));
        }
        let mut rows = query.all(&self.read).await?;
        let more = cut_to_page(&mut rows, page);
        let details = event_detail::Entity::find()
            .filter(event_detail::Column::EventId.is_in(rows.iter().map(|row| row.id)))
            .all(&self.read)
            .await?;
        let mut details: std::collections::HashMap<_, _> =
            details.into_iter().map(|row| (row.event_id, row.details)).collect();
        let items = rows
            .into_iter()
            .map(|row| {
                let details = details.remove(&row.id);
                from_row(row, details)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| more).map(|event| event.id.to_string());
        Ok(Page { items, next })
    }
}

fn to_row(new: NewEvent, world: &World, at: i64, message: Option<String>) -> new_event::ActiveModel {
    let new_salt = || hex(&world.random_bytes::<16>());
    let salt = new_salt();
    // Objects of serde_json are sorted by key, so equal details have equal text.
    let details = new.details.to_string();
    let by = ActorColumns::from(&new.actor);
    new_event::ActiveModel {
        id: Set(world.new_id()),
        at: Set(at),
        action: Set(new.action.to_string()),
        actor_kind: Set(by.kind),
        actor_login: Set(by.login),
        actor_token: Set(by.token),
        actor_person_id: Set(by.person_id),
        actor_token_id: Set(by.token_id),
        team: Set(new.team),
        actor_salt: Set(Some(new_salt())),
        subject_salt: Set(new.subject.is_some().then(new_salt)),
        subject_person_id: Set(new.subject_person.map(|id| id.0)),
        subject: Set(new.subject),
        account_id: Set(new.account.map(|id| id.0)),
        username: Set(new.username),
        service: Set(new.service),
        run: Set(new.run),
        request_id: Set(new.request_id),
        details_hash: Set(salted_hash(&salt, &details)),
        salt: Set(salt),
        details: Set(details),
        message: Set(message),
    }
}

pub(super) fn within(visible: &Visibility) -> Condition {
    match visible {
        Visibility::All => Condition::all(),
        Visibility::Team(team, _) => Condition::all().add(event::Column::Team.eq(team)),
        Visibility::Own(login) => Condition::all().add(event::Column::ActorLogin.eq(login.as_str())),
        Visibility::Run(login, run, _) => Condition::all()
            .add(event::Column::ActorLogin.eq(login.as_str()))
            .add(event::Column::Run.eq(run.as_str())),
    }
}

pub(super) fn matching(filter: &EventFilter) -> Condition {
    let text = |column: event::Column, value: &Option<String>| value.as_ref().map(|value| column.eq(value));
    let account = filter.account.as_ref().map(|account| match account {
        AccountReference::Id(id) => event::Column::AccountId.eq(id.0),
        AccountReference::Username(name) => event::Column::Username.eq(name),
    });
    Condition::all()
        .add_option(text(event::Column::ActorLogin, &filter.actor))
        .add_option(filter.action.map(|action| event::Column::Action.eq(action.to_string())))
        .add_option(text(event::Column::Subject, &filter.subject))
        .add_option(account)
        .add_option(text(event::Column::Service, &filter.service))
        .add_option(text(event::Column::Run, &filter.run))
        .add_option(filter.from.map(|from| event::Column::At.gte(from.as_millis())))
        .add_option(filter.to.map(|to| event::Column::At.lt(to.as_millis())))
        .add(filter.words.iter().map(|word| saying(word)).fold(Condition::all(), Condition::add))
}

/// Only what says that word somewhere. No index serves that: it is for those
/// who look at what the other filters leave.
fn saying(word: &str) -> Condition {
    let says = |column: SimpleExpr| Func::lower(column).like(like("%", word, "%"));
    let envelope = [
        event::Column::Action,
        event::Column::ActorLogin,
        event::Column::ActorToken,
        event::Column::Subject,
        event::Column::Username,
        event::Column::Service,
        event::Column::Run,
    ];
    let of_this_event = Expr::col((event_detail::Entity, event_detail::Column::EventId))
        .equals((event::Entity, event::Column::Id));
    let in_details = says(Expr::col((event_detail::Entity, event_detail::Column::Details)));
    let in_envelope = envelope.map(|column| says(Expr::col((event::Entity, column))));
    let anywhere = in_envelope.into_iter().fold(Condition::any(), Condition::add);
    anywhere.add(there_is(event_detail::Entity, of_this_event.and(in_details)))
}

pub(super) fn from_row(row: event::Model, details: Option<String>) -> Result<Event, StoreError> {
    let id = row.id;
    let at = Row { table: "events", id: &id };
    let details =
        details.map(|text| Row { table: "event_details", id: &id }.json("details", &text)).transpose()?;
    Ok(Event {
        id: EventId(row.id),
        at: Timestamp::from_millis(row.at),
        action: at.parse("action", &row.action)?,
        actor: at.actor(ActorColumns {
            kind: row.actor_kind,
            login: row.actor_login,
            token: row.actor_token,
            person_id: row.actor_person_id,
            token_id: row.actor_token_id,
        })?,
        subject: row.subject,
        account: row.account_id.map(AccountId),
        username: row.username,
        service: row.service,
        run: row.run,
        request_id: row.request_id,
        details,
    })
}
