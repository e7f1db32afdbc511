//! Erasing a person. What the audit's chain is made of stays, so it can be
//! checked as before.

use domain::{people::Person, text::Login};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Func, Query, SimpleExpr},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Store, StoreError, UnitOfWork,
    entities::{account, batch, event, event_detail, person, retry_key, token},
    rows::{ROWS_AT_ONCE, like},
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

/// The fields of details and of commands that hold logins, also as what was
/// looked for.
const HOLD_LOGINS: [&str; 12] = [
    "from",
    "to",
    "owner",
    "holder",
    "requested_by",
    "login",
    "actor",
    "subject",
    "q",
    "reason",
    "purpose",
    "ticket",
];

/// What was erased of the audit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedNames {
    /// How many names were erased: an event has that of who acted, and of whom
    /// it is about.
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

    /// Notes that a person is being erased: nobody enables them again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_erasing(&self, person: &Person) -> Result<(), StoreError> {
        let now = self.world.now().as_millis();
        let row =
            person::ActiveModel { id: Set(person.id.0), erased_at: Set(Some(now)), ..Default::default() };
        person::Entity::update(row).exec(&self.tx).await?;
        Ok(())
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
        for table in TOKENS {
            let mut forget = Query::update();
            forget.table(table).value("requested_by_token", Option::<String>::None);
            self.tx.execute(forget.and_where(Expr::col("requested_by_person_id").eq(person.id.0))).await?;
        }
        self.rename_in_commands(&person.login, name).await?;
        // A request on them that may be repeated has their login in its path.
        let login = person.login.as_str();
        for written in [login.to_owned(), login.replace('@', "%40").replace('+', "%2B")] {
            let target =
                |behind| Expr::col(retry_key::Column::Target).like(like("%/people/", &written, behind));
            retry_key::Entity::delete_many().filter(target("").or(target("/%"))).exec(&self.tx).await?;
        }
        Ok(())
    }

    /// Cleanups say whose accounts are meant.
    async fn rename_in_commands(&self, login: &Login, name: &Login) -> Result<(), StoreError> {
        let mentioned = like("%\"", login.as_str(), "\"%");
        let mention = batch::Entity::find().filter(Expr::col(batch::Column::Command).like(mentioned));
        for row in mention.all(&self.tx).await? {
            let Ok(Value::Object(mut command)) = serde_json::from_str(&row.command) else { continue };
            for (field, value) in &mut command {
                if HOLD_LOGINS.contains(&field.as_str()) && *value == login.as_str() {
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
    /// Puts another name in the place of a person's, and of their tokens', in all
    /// events. Some at a time, as it may be many: what was cut off goes on when it
    /// is asked for again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn erase_from_audit(&self, person: &Person, name: &Login) -> Result<ErasedNames, StoreError> {
        let acted = event::Column::ActorPersonId.eq(person.id.0);
        let concerned = event::Column::SubjectPersonId.eq(person.id.0);
        // That they were erased says so by the other name already.
        let named = event::Column::Subject.ne(name.as_str());
        let by_them = acted.clone().and(event::Column::ActorSalt.is_not_null());
        let of_them = concerned.and(event::Column::SubjectSalt.is_not_null()).and(named);
        let erased = self.erase_names(by_them, |row| without_actor(name, row)).await?
            + self.erase_names(of_them, |row| without_subject(name, row)).await?;
        let sealed_as_it_is = Condition::any()
            .add(acted.and(event::Column::ActorSalt.is_null()).and(event::Column::ActorHash.is_null()))
            .add(
                event::Column::Subject
                    .eq(person.login.as_str())
                    .and(event::Column::SubjectPersonId.is_null()),
            );
        let kept = event::Entity::find().filter(sealed_as_it_is).count(&self.read).await?;
        Ok(ErasedNames { erased, kept })
    }

    async fn erase_names(
        &self,
        which: SimpleExpr,
        without: impl Fn(event::Model) -> event::ActiveModel,
    ) -> Result<u64, StoreError> {
        let (mut erased, mut after) = (0, Uuid::nil());
        loop {
            let some = event::Entity::find()
                .filter(event::Column::Id.gt(after))
                .filter(which.clone())
                .order_by_asc(event::Column::Id)
                .limit(ROWS_AT_ONCE as u64)
                .all(&self.read)
                .await?;
            let Some(last) = some.last() else { return Ok(erased) };
            after = last.id;
            erased += some.len() as u64;
            let work = self.begin().await?;
            for row in some {
                event::Entity::update(without(row)).exec(&work.tx).await?;
            }
            work.commit_bookkeeping().await?;
        }
    }

    /// Erases the details of events that name somebody.
    ///
    /// # Errors
    /// The database failed.
    pub async fn erase_details_that_name(&self, login: &Login) -> Result<(), StoreError> {
        let mentioned = like("%", login.as_str(), "%");
        let mut after = Uuid::nil();
        loop {
            let some = event_detail::Entity::find()
                .filter(event_detail::Column::EventId.gt(after))
                .filter(Func::lower(Expr::col(event_detail::Column::Details)).like(mentioned.clone()))
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
            if !named.is_empty() {
                let those = event_detail::Column::EventId.is_in(named);
                event_detail::Entity::delete_many().filter(those).exec(&self.write).await?;
            }
        }
    }
}

/// Whether details name somebody: in a field that holds logins, or as a word of
/// what was written.
fn names(details: &Value, login: &Login) -> bool {
    let is_login =
        |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case(login.as_str());
    let is_between = |c: char| !c.is_alphanumeric() && !"._@+-".contains(c);
    match details {
        Value::Object(fields) => fields.iter().any(|(field, value)| match value.as_str() {
            Some(text) => {
                let may_name = HOLD_LOGINS.contains(&field.as_str()) || text.contains(char::is_whitespace);
                may_name && (text == login.as_str() || text.split(is_between).any(is_login))
            }
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
