//! The chain over the audit trail: sealing it, and checking it.
//!
//! Each seal's hash covers the seal before it and its event's envelope in
//! canonical JSON (RFC 8785), so an envelope that is changed, removed or
//! moved breaks the chain from there on. Writers never wait for it: one
//! sealer follows behind them.

use std::collections::HashMap;

use domain::{
    audit::{AuditVerdict, BadEvent},
    id::EventId,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    IsolationLevel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement, TransactionOptions,
    TransactionTrait,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Store, StoreError,
    connect::advisory_lock,
    entities::{event, event_detail, seal, unsealed_event},
    events::details_hash,
};
use crate::secrets::token_text::hex;

/// How many events are sealed or checked at a time.
const BATCH: u64 = 500;

/// What the first seal stands on.
const ROOT: &str = "";

fn seal_hash(previous: &str, envelope: &event::Model) -> Result<String, StoreError> {
    let canonical = serde_json_canonicalizer::to_vec(envelope).map_err(|error| {
        StoreError::Location(format!("event {} has no canonical form: {error}", envelope.id))
    })?;
    Ok(hex(&Sha256::new().chain_update(previous).chain_update(canonical).finalize()))
}

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
        let (mut seq, mut head) = last.map_or((0, ROOT.to_owned()), |last| (last.seq, last.hash));
        let mut seals = Vec::with_capacity(envelopes.len());
        for envelope in &envelopes {
            seq += 1;
            head = seal_hash(&head, envelope)?;
            seals.push(seal::ActiveModel {
                seq: Set(seq),
                event_id: Set(envelope.id),
                hash: Set(head.clone()),
            });
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

    /// Recomputes the chain from its beginning.
    ///
    /// # Errors
    /// The database failed; that says nothing about the chain.
    pub async fn verify_chain(&self) -> Result<AuditVerdict, StoreError> {
        // One snapshot, so that a sealer at work is not taken for a forger.
        let isolation_level =
            (self.backend() == DbBackend::Postgres).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        let snapshot = self.read.begin_with_options(options).await?;
        verify(&snapshot).await
    }
}

async fn verify(db: &DatabaseTransaction) -> Result<AuditVerdict, StoreError> {
    let mut head: Option<String> = None;
    let mut checked: i64 = 0;
    let verdict = |head: Option<String>, events: i64, unsealed: u64, first_bad: Option<BadEvent>| {
        AuditVerdict { ok: first_bad.is_none(), events: events.unsigned_abs(), unsealed, head, first_bad }
    };
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
        for link in links {
            let previous = head.as_deref().unwrap_or(ROOT);
            let bad = check_link(&link, checked + 1, previous, &envelopes, &details)?;
            if let Some(reason) = bad {
                let unsealed = unsealed_event::Entity::find().count(db).await?;
                let first_bad = BadEvent {
                    seq: Some(link.seq.unsigned_abs()),
                    event: Some(EventId(link.event_id)),
                    reason,
                };
                return Ok(verdict(head, checked, unsealed, Some(first_bad)));
            }
            checked = link.seq;
            head = Some(link.hash);
        }
    }
    let (unsealed, outside) = outside_the_chain(db).await?;
    Ok(verdict(head, checked, unsealed, outside))
}

async fn events_of(
    db: &DatabaseTransaction,
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
    use sea_orm::sea_query::{Expr, ExprTrait, Query};
    let names_it = |table: &'static str| {
        let of_this_event = Expr::col((table, "event_id")).equals((event::Entity, event::Column::Id));
        Expr::exists(Query::select().expr(Expr::value(1)).from(table).and_where(of_this_event).to_owned())
    };
    let stray = event::Entity::find()
        .filter(names_it("seals").not())
        .filter(names_it("unsealed_events").not())
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

fn check_link(
    link: &seal::Model,
    seq: i64,
    previous: &str,
    envelopes: &HashMap<Uuid, event::Model>,
    details: &HashMap<Uuid, event_detail::Model>,
) -> Result<Option<String>, StoreError> {
    if link.seq != seq {
        return Ok(Some(format!("seal {seq} is missing")));
    }
    let Some(envelope) = envelopes.get(&link.event_id) else {
        return Ok(Some("the event was removed".to_owned()));
    };
    if seal_hash(previous, envelope)? != link.hash {
        return Ok(Some("the event or its seal was changed".to_owned()));
    }
    // Details that are gone were erased, which is allowed.
    let fits = details
        .get(&link.event_id)
        .is_none_or(|details| details_hash(&details.salt, &details.details) == envelope.details_hash);
    Ok((!fits).then(|| "the event's details were changed".to_owned()))
}
