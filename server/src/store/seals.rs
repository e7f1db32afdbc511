//! The chain over the audit trail: sealing it, checking it, and reading it in
//! its order. Writers never wait for it: one sealer follows behind them.

use std::collections::HashMap;

use domain::{
    audit::{AuditVerdict, BadEvent, EventFilter, Seal, SealedEvent},
    id::{EventId, PersonId, TokenId},
    policy::Visibility,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef, Statement, TransactionOptions,
    TransactionTrait,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    Store, StoreError,
    connect::advisory_lock,
    entities::{event, event_detail, seal, unsealed_event},
    events::{from_row, matching, within},
    rows::there_is,
};
use crate::audit::{Chain, Envelope, Link, Name, Named, seal_hash};

/// How many events are sealed or checked at a time.
const BATCH: u64 = 500;

impl Store {
    /// Chains events that are not chained yet; says how many it chained.
    ///
    /// # Errors
    /// The database failed; what was chained before stays chained.
    pub async fn seal_pending(&self) -> Result<u64, StoreError> {
        if unsealed_event::Entity::find().one(&self.read).await?.is_none() {
            return Ok(0);
        }
        let mut sealed = 0;
        loop {
            let batch = self.seal_batch().await?;
            sealed += batch;
            if batch < BATCH {
                return Ok(sealed);
            }
        }
    }

    async fn seal_batch(&self) -> Result<u64, StoreError> {
        let work = self.begin().await?;
        if self.backend() == DbBackend::Postgres {
            let lock = format!("SELECT pg_advisory_xact_lock({})", advisory_lock::SEAL);
            work.tx.execute_raw(Statement::from_string(DbBackend::Postgres, lock)).await?;
        }
        let ids: Vec<Uuid> = unsealed_event::Entity::find()
            .select_only()
            .column(unsealed_event::Column::EventId)
            .order_by_asc(unsealed_event::Column::EventId)
            .limit(BATCH)
            .into_tuple()
            .all(&work.tx)
            .await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let envelopes = event::Entity::find()
            .filter(event::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(event::Column::Id)
            .all(&work.tx)
            .await?;
        let last = seal::Entity::find().order_by_desc(seal::Column::Seq).one(&work.tx).await?;
        let (mut seq, mut head) = last.map_or((0, None), |last| (last.seq, Some(last.hash)));
        let mut seals = Vec::with_capacity(envelopes.len());
        for envelope in &envelopes {
            seq += 1;
            let hash = seal_hash(head.as_deref(), &envelope.into()).map_err(|error| {
                StoreError::Location(format!("event {} has no canonical form: {error}", envelope.id))
            })?;
            seals.push(seal::ActiveModel {
                seq: Set(seq),
                event_id: Set(envelope.id),
                hash: Set(hash.clone()),
            });
            head = Some(hash);
        }
        seal::Entity::insert_many(seals).exec_without_returning(&work.tx).await?;
        let count = ids.len() as u64;
        unsealed_event::Entity::delete_many()
            .filter(unsealed_event::Column::EventId.is_in(ids))
            .exec(&work.tx)
            .await?;
        work.tx.commit().await?;
        Ok(count)
    }

    /// How many events the chain holds, and the last one's seal; `None` while
    /// it is empty.
    ///
    /// # Errors
    /// The database failed.
    pub async fn chain_head(&self) -> Result<Option<(u64, String)>, StoreError> {
        let last = seal::Entity::find().order_by_desc(seal::Column::Seq).one(&self.read).await?;
        Ok(last.map(|last| (last.seq.unsigned_abs(), last.hash)))
    }

    /// The event's seal at that place.
    ///
    /// # Errors
    /// The database failed.
    pub async fn seal_at(&self, seq: u64) -> Result<Option<String>, StoreError> {
        let seal = seal::Entity::find_by_id(i64::try_from(seq).unwrap_or(i64::MAX)).one(&self.read).await?;
        Ok(seal.map(|seal| seal.hash))
    }

    /// Some of the events that somebody may read, in the chain's order: those
    /// after one place in it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sealed_events(
        &self,
        visible: &Visibility,
        filter: &EventFilter,
        after: u64,
    ) -> Result<Vec<SealedEvent>, StoreError> {
        let event: RelationDef =
            seal::Entity::belongs_to(event::Entity).from(seal::Column::EventId).to(event::Column::Id).into();
        let links = seal::Entity::find()
            .join(JoinType::InnerJoin, event)
            .filter(seal::Column::Seq.gt(i64::try_from(after).unwrap_or(i64::MAX)))
            .filter(within(visible))
            .filter(matching(filter))
            .order_by_asc(seal::Column::Seq)
            .limit(BATCH)
            .all(&self.read)
            .await?;
        let (mut envelopes, mut details) = events_of(&self.read, &links).await?;
        let sealed = links.into_iter().filter_map(|link| {
            let envelope = envelopes.remove(&link.event_id)?;
            let details = details.remove(&link.event_id);
            Some(sealed_event(link, envelope, details))
        });
        sealed.collect()
    }

    /// Recomputes the chain from its beginning, and holds it against what is
    /// known of it from elsewhere.
    ///
    /// # Errors
    /// The database failed; that says nothing about the chain.
    pub async fn verify_chain(&self, chain: Chain) -> Result<AuditVerdict, StoreError> {
        // One snapshot, so that a sealer at work is not taken for a forger.
        let isolation_level =
            (self.backend() == DbBackend::Postgres).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        let snapshot = self.read.begin_with_options(options).await?;
        verify(&snapshot, chain).await
    }
}

fn sealed_event(
    link: seal::Model,
    envelope: event::Model,
    details: Option<event_detail::Model>,
) -> Result<SealedEvent, StoreError> {
    let (salt, details) = details.map(|row| (row.salt, row.details)).unzip();
    let seal = Seal {
        seq: link.seq.unsigned_abs(),
        hash: link.hash,
        person: envelope.actor_person_id.map(PersonId),
        token: envelope.actor_token_id.map(TokenId),
        team: envelope.team.clone(),
        actor_salt: envelope.actor_salt.clone(),
        actor_hash: envelope.actor_hash.clone(),
        subject_person: envelope.subject_person_id.map(PersonId),
        subject_salt: envelope.subject_salt.clone(),
        subject_hash: envelope.subject_hash.clone(),
        details_hash: envelope.details_hash.clone(),
        salt,
    };
    Ok(SealedEvent { event: from_row(envelope, details)?, seal })
}

async fn verify(db: &DatabaseTransaction, mut chain: Chain) -> Result<AuditVerdict, StoreError> {
    let mut checked: i64 = 0;
    loop {
        let links = seal::Entity::find()
            .filter(seal::Column::Seq.gt(checked))
            .order_by_asc(seal::Column::Seq)
            .limit(BATCH)
            .all(db)
            .await?;
        if links.is_empty() {
            break;
        }
        let (envelopes, details) = events_of(db, &links).await?;
        for link in &links {
            let details = details.get(&link.event_id);
            let checking = chain.check(Link {
                seq: link.seq.unsigned_abs(),
                event: EventId(link.event_id),
                hash: &link.hash,
                envelope: envelopes.get(&link.event_id).map(Into::into),
                details: details.map(|details| (details.salt.as_str(), details.details.as_str())),
            });
            if let Err(bad) = checking {
                let unsealed = unsealed_event::Entity::find().count(db).await?;
                return Ok(chain.ends_with(unsealed, Some(bad)));
            }
            checked = link.seq;
        }
    }
    let (unsealed, outside) = outside_the_chain(db).await?;
    Ok(match outside {
        None => chain.finish(unsealed),
        outside => chain.ends_with(unsealed, outside),
    })
}

async fn events_of(
    db: &impl ConnectionTrait,
    links: &[seal::Model],
) -> Result<(HashMap<Uuid, event::Model>, HashMap<Uuid, event_detail::Model>), StoreError> {
    let ids = || links.iter().map(|link| link.event_id);
    let envelopes = event::Entity::find().filter(event::Column::Id.is_in(ids())).all(db).await?;
    let details =
        event_detail::Entity::find().filter(event_detail::Column::EventId.is_in(ids())).all(db).await?;
    Ok((
        envelopes.into_iter().map(|row| (row.id, row)).collect(),
        details.into_iter().map(|row| (row.event_id, row)).collect(),
    ))
}

/// How many events wait for the sealer, and the first, if any, that has
/// neither a seal nor a place in the queue.
async fn outside_the_chain(db: &DatabaseTransaction) -> Result<(u64, Option<BadEvent>), StoreError> {
    let names_it = |table: &'static str| {
        there_is(table, Expr::col((table, "event_id")).equals((event::Entity, event::Column::Id)))
    };
    let stray = event::Entity::find()
        .filter(names_it("seals").not())
        .filter(names_it("seal_queue").not())
        .order_by_asc(event::Column::Id)
        .one(db)
        .await?;
    let unsealed = unsealed_event::Entity::find().count(db).await?;
    Ok((
        unsealed,
        stray.map(|event| BadEvent {
            seq: None,
            event: Some(EventId(event.id)),
            reason: "the event has no seal and is not waiting for one".to_owned(),
        }),
    ))
}

impl<'a> From<&'a event::Model> for Envelope<'a> {
    fn from(row: &'a event::Model) -> Self {
        Self {
            id: row.id,
            at: row.at,
            action: &row.action,
            actor_kind: &row.actor_kind,
            names: Named {
                actor: Name {
                    person: row.actor_person_id,
                    text: &row.actor_login,
                    salt: row.actor_salt.as_deref(),
                    hash: row.actor_hash.as_deref(),
                },
                token: row.actor_token.as_deref(),
                subject: row.subject.as_deref().map(|text| Name {
                    person: row.subject_person_id,
                    text,
                    salt: row.subject_salt.as_deref(),
                    hash: row.subject_hash.as_deref(),
                }),
            },
            actor_person_id: row.actor_person_id,
            subject_person_id: row.subject_person_id,
            actor_token_id: row.actor_token_id,
            team: row.team.as_deref(),
            account_id: row.account_id,
            username: row.username.as_deref(),
            service: row.service.as_deref(),
            run: row.run.as_deref(),
            request_id: row.request_id.as_deref(),
            details_hash: &row.details_hash,
        }
    }
}
