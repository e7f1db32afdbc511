//! Forgetting: a person who is erased, and details that are old enough. What
//! the audit's chain is made of stays, so it can be checked as before.

use domain::{Timestamp, people::Person, text::Login};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, LikeExpr, Query, SimpleExpr},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    entities::{account, account_label, batch, event, event_detail, person, retry_key, token},
    rows::ROWS_AT_ONCE,
};
use crate::audit::{actor_hash, subject_hash};

/// Where logins stand beside the person's own row and the audit.
const LOGINS: [(&str, &str); 7] = [
    ("accounts", "requested_by_login"),
    ("accounts", "holder"),
    ("accounts", "approved_by"),
    ("accounts", "frozen_by"),
    ("accounts", "handing_to"),
    ("enrollments", "holder"),
    ("batches", "requested_by_login"),
];

/// Where names of tokens stand beside whose they are.
const TOKENS: [&str; 2] = ["accounts", "batches"];

/// What people write about an account that they ask for.
const WRITTEN: [&str; 4] = ["purpose", "ticket", "labels", "attributes"];

/// The actions whose subject is a token.
const OF_TOKENS: [&str; 2] = ["token_issued", "token_revoked"];

/// The fields of details and of commands that hold logins, also as what was
/// looked for.
const HOLD_LOGINS: [&str; 9] =
    ["from", "to", "owner", "holder", "requested_by", "login", "actor", "subject", "q"];

/// What was erased of the audit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedNames {
    /// In how many events a name was erased.
    pub erased: u64,
    /// How many still have it: they were sealed before names could be erased.
    pub kept: u64,
}

impl UnitOfWork {
    /// Whether somebody holds accounts that have not ended, or is to hold some.
    ///
    /// # Errors
    /// The database failed.
    pub async fn holds_accounts(&self, login: &Login) -> Result<bool, StoreError> {
        let held =
            account::Column::Holder.eq(login.as_str()).or(account::Column::HandingTo.eq(login.as_str()));
        let living = account::Entity::find().filter(account::Column::EndedAt.is_null()).filter(held);
        Ok(living.one(&self.tx).await?.is_some())
    }

    /// Takes away all that is known of a person, and puts another name in the
    /// place of theirs; the audit is left as it is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn erase_person(&self, person: &Person, name: &Login) -> Result<(), StoreError> {
        self.end_sessions_of(person.id, None).await?;
        self.delete_invitations(Some(person.id)).await?;
        let row = person::ActiveModel {
            id: Set(person.id.0),
            login: Set(name.to_string()),
            password_hash: Set(None),
            provider: Set(None),
            provider_subject: Set(None),
            ..Default::default()
        };
        person::Entity::update(row).exec(&self.tx).await?;
        let now = self.world.now().as_millis();
        token::Entity::update_many()
            .col_expr(token::Column::Name, Expr::value(name.as_str()))
            .col_expr(token::Column::RevokedAt, Expr::col(token::Column::RevokedAt).if_null(now))
            .filter(token::Column::OwnerId.eq(person.id.0))
            .exec(&self.tx)
            .await?;
        for (table, column) in LOGINS {
            let mut rename = Query::update();
            rename.table(table).value(column, name.as_str());
            self.tx.execute(rename.and_where(Expr::col(column).eq(person.login.as_str()))).await?;
        }
        self.rename_in_commands(person, name).await?;
        // A request on them that may be repeated has their login in its path.
        let path = format!("%/people/{}", escaped(&person.login));
        let like =
            |pattern: String| Expr::col(retry_key::Column::Target).like(LikeExpr::new(pattern).escape('\\'));
        retry_key::Entity::delete_many()
            .filter(like(path.clone()).or(like(format!("{path}/%"))))
            .exec(&self.tx)
            .await?;
        for table in TOKENS {
            let mut forget = Query::update();
            forget.table(table).value("requested_by_token", Option::<String>::None);
            self.tx.execute(forget.and_where(Expr::col("requested_by_person_id").eq(person.id.0))).await?;
        }
        Ok(())
    }
}

impl UnitOfWork {
    /// Cleanups say whose accounts are meant.
    async fn rename_in_commands(&self, person: &Person, name: &Login) -> Result<(), StoreError> {
        let mentioned = LikeExpr::new(format!("%\"{}\"%", escaped(&person.login))).escape('\\');
        let mention = batch::Entity::find().filter(Expr::col(batch::Column::Command).like(mentioned));
        for row in mention.all(&self.tx).await? {
            let Ok(Value::Object(mut command)) = serde_json::from_str(&row.command) else { continue };
            for (field, value) in &mut command {
                if HOLD_LOGINS.contains(&field.as_str()) && *value == person.login.as_str() {
                    *value = Value::from(name.as_str());
                }
            }
            let command = Set(Value::Object(command).to_string());
            let row = batch::ActiveModel { id: Set(row.id), command, ..Default::default() };
            batch::Entity::update(row).exec(&self.tx).await?;
        }
        Ok(())
    }
}

impl Store {
    /// Puts another name in the place of a person's in all events, and erases
    /// the details that name them. Some at a time, as it may be many: what was
    /// cut off goes on when it is asked for again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn erase_from_audit(&self, person: &Person, name: &Login) -> Result<ErasedNames, StoreError> {
        let tokens = self.names_of_tokens(person).await?;
        let acted = event::Column::ActorLogin
            .eq(person.login.as_str())
            .and(event::Column::ActorPersonId.eq(person.id.0));
        let concerned = event::Column::Subject
            .eq(person.login.as_str())
            .or(event::Column::Subject.is_in(tokens).and(is_of_token_of(person)));
        let by_them = acted.clone().and(event::Column::ActorSalt.is_not_null());
        let of_them = concerned.clone().and(event::Column::SubjectSalt.is_not_null());
        let erased = self.erase_names(by_them, |row| without_actor(name, row)).await?
            + self.erase_names(of_them, |row| without_subject(name, row)).await?;
        self.erase_details_that_name(&person.login).await?;
        let sealed_as_it_is = Condition::any()
            .add(acted.and(event::Column::ActorHash.is_null()))
            .add(concerned.and(event::Column::SubjectHash.is_null()));
        let kept = event::Entity::find().filter(sealed_as_it_is).count(&self.read).await?;
        Ok(ErasedNames { erased, kept })
    }

    async fn erase_names(
        &self,
        which: SimpleExpr,
        without: impl Fn(event::Model) -> event::ActiveModel,
    ) -> Result<u64, StoreError> {
        let mut erased = 0;
        loop {
            let some = event::Entity::find().filter(which.clone()).limit(ROWS_AT_ONCE as u64);
            let rows = some.all(&self.read).await?;
            if rows.is_empty() {
                return Ok(erased);
            }
            erased += rows.len() as u64;
            let work = self.begin().await?;
            for row in rows {
                event::Entity::update(without(row)).exec(&work.tx).await?;
            }
            work.tx.commit().await?;
        }
    }

    async fn erase_details_that_name(&self, login: &Login) -> Result<(), StoreError> {
        let mentioned = LikeExpr::new(format!("%{}%", escaped(login))).escape('\\');
        let mut after = Uuid::nil();
        loop {
            let some = event_detail::Entity::find()
                .filter(event_detail::Column::EventId.gt(after))
                .filter(Expr::col(event_detail::Column::Details).like(mentioned.clone()))
                .order_by_asc(event_detail::Column::EventId)
                .limit(ROWS_AT_ONCE as u64)
                .all(&self.read)
                .await?;
            let Some(last) = some.last() else { return Ok(()) };
            after = last.event_id;
            let names_them = |row: &event_detail::Model| {
                serde_json::from_str(&row.details).is_ok_and(|details: Value| names(&details, login))
            };
            let named: Vec<Uuid> =
                some.iter().filter(|row| names_them(row)).map(|row| row.event_id).collect();
            event_detail::Entity::delete_many()
                .filter(event_detail::Column::EventId.is_in(named))
                .exec(&self.write)
                .await?;
        }
    }

    async fn names_of_tokens(&self, person: &Person) -> Result<Vec<String>, StoreError> {
        let names = token::Entity::find().select_only().column(token::Column::Name).distinct();
        Ok(names.filter(token::Column::OwnerId.eq(person.id.0)).into_tuple().all(&self.read).await?)
    }

    /// Erases the details of events that are older than that; says of how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_event_details(&self, before: Timestamp) -> Result<u64, StoreError> {
        // Ids begin with the time, so the oldest come first.
        let first_after = Uuid::from_u128(u128::from(before.as_millis().unsigned_abs()) << 80);
        let mut forgotten = 0;
        loop {
            let some: Vec<Uuid> = event_detail::Entity::find()
                .select_only()
                .column(event_detail::Column::EventId)
                .filter(event_detail::Column::EventId.lt(first_after))
                .order_by_asc(event_detail::Column::EventId)
                .limit(ROWS_AT_ONCE as u64)
                .into_tuple()
                .all(&self.read)
                .await?;
            if some.is_empty() {
                return Ok(forgotten);
            }
            let erase = event_detail::Entity::delete_many().filter(event_detail::Column::EventId.is_in(some));
            forgotten += erase.exec(&self.write).await?.rows_affected;
        }
    }

    /// Forgets what people wrote about accounts that ended before that: what
    /// they were for, ticket, labels, attributes, and why they were approved or
    /// denied; says of how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_accounts(&self, before: Timestamp) -> Result<u64, StoreError> {
        let written = Condition::any()
            .add(account::Column::Purpose.is_not_null())
            .add(account::Column::Ticket.is_not_null())
            .add(account::Column::DecisionReason.is_not_null())
            .add(account::Column::Labels.ne("{}"))
            .add(account::Column::Attributes.ne("{}"));
        let mut forgotten = 0;
        loop {
            let some: Vec<Uuid> = account::Entity::find()
                .select_only()
                .column(account::Column::Id)
                .filter(account::Column::EndedAt.lt(before.as_millis()))
                .filter(written.clone())
                .limit(ROWS_AT_ONCE as u64)
                .into_tuple()
                .all(&self.read)
                .await?;
            if some.is_empty() {
                return Ok(forgotten);
            }
            let work = self.begin().await?;
            account_label::Entity::delete_many()
                .filter(account_label::Column::AccountId.is_in(some.iter().copied()))
                .exec(&work.tx)
                .await?;
            let nothing = Expr::value(Option::<String>::None);
            let forget = account::Entity::update_many()
                .col_expr(account::Column::Purpose, nothing.clone())
                .col_expr(account::Column::Ticket, nothing.clone())
                .col_expr(account::Column::DecisionReason, nothing)
                .col_expr(account::Column::Labels, Expr::value("{}"))
                .col_expr(account::Column::Attributes, Expr::value("{}"))
                .filter(account::Column::Id.is_in(some));
            forgotten += forget.exec(&work.tx).await?.rows_affected;
            work.tx.commit().await?;
        }
    }

    /// The same for batches all of whose accounts ended before that.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_batches(&self, before: Timestamp) -> Result<(), StoreError> {
        let writes = |key: &str| batch::Column::Command.contains(format!("\"{key}\":"));
        let written = WRITTEN.into_iter().map(writes).fold(Condition::any(), Condition::add);
        let not_over = Condition::any()
            .add(account::Column::EndedAt.is_null())
            .add(account::Column::EndedAt.gte(before.as_millis()));
        let of_batch =
            Expr::col((account::Entity, account::Column::BatchId)).equals((batch::Entity, batch::Column::Id));
        let not_over = Query::select()
            .expr(Expr::value(1))
            .from(account::Entity)
            .and_where(of_batch)
            .cond_where(not_over)
            .to_owned();
        let over = batch::Entity::find()
            .filter(batch::Column::CreatedAt.lt(before.as_millis()))
            .filter(written)
            .filter(Expr::exists(not_over).not());
        for row in over.all(&self.read).await? {
            let Ok(Value::Object(mut command)) = serde_json::from_str(&row.command) else { continue };
            command.retain(|key, _| !WRITTEN.contains(&key.as_str()));
            let command = Set(Value::Object(command).to_string());
            let row = batch::ActiveModel { id: Set(row.id), command, ..Default::default() };
            batch::Entity::update(row).exec(&self.write).await?;
        }
        Ok(())
    }
}

/// That an event is about a token of that person's, as its details say.
fn is_of_token_of(person: &Person) -> SimpleExpr {
    let owned = LikeExpr::new(format!("%\"owner\":\"{}\"%", escaped(&person.login))).escape('\\');
    let details = Query::select()
        .expr(Expr::value(1))
        .from(event_detail::Entity)
        .and_where(
            Expr::col((event_detail::Entity, event_detail::Column::EventId))
                .equals((event::Entity, event::Column::Id)),
        )
        .and_where(Expr::col((event_detail::Entity, event_detail::Column::Details)).like(owned))
        .to_owned();
    event::Column::Action.is_in(OF_TOKENS).and(Expr::exists(details))
}

/// The login as a pattern of SQL; JSON has no need to escape any of it.
fn escaped(login: &Login) -> String {
    login.as_str().replace('_', "\\_")
}

/// Whether details name somebody: in a field that holds logins, or as a word of
/// what was written.
fn names(details: &Value, login: &Login) -> bool {
    let is_login = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()) == login.as_str();
    match details {
        Value::Object(fields) => fields.iter().any(|(field, value)| match value.as_str() {
            Some(text) if text.contains(char::is_whitespace) => text.split_whitespace().any(is_login),
            Some(text) => HOLD_LOGINS.contains(&field.as_str()) && text == login.as_str(),
            None => names(value, login),
        }),
        Value::Array(items) => items.iter().any(|item| names(item, login)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The event with the other name as who acted, and with the hash of theirs, by
/// which it stays sealed.
fn without_actor(name: &Login, row: event::Model) -> event::ActiveModel {
    let salt = row.actor_salt.unwrap_or_default();
    event::ActiveModel {
        id: Set(row.id),
        actor_hash: Set(Some(actor_hash(&salt, &row.actor_login, row.actor_token.as_deref()))),
        actor_salt: Set(None),
        actor_login: Set(name.to_string()),
        actor_token: Set(None),
        ..Default::default()
    }
}

/// The same where they, or a token of theirs, are the subject.
fn without_subject(name: &Login, row: event::Model) -> event::ActiveModel {
    let (salt, subject) = (row.subject_salt.unwrap_or_default(), row.subject.unwrap_or_default());
    event::ActiveModel {
        id: Set(row.id),
        subject_hash: Set(Some(subject_hash(&salt, &subject))),
        subject_salt: Set(None),
        subject: Set(Some(name.to_string())),
        ..Default::default()
    }
}
