//! Recognising repeated requests: a client that did not hear the answer asks
//! again with the same `Idempotency-Key`, and gets the same once more.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    Problem, ProblemKind,
    actor::{Caller, RetryKey},
    id::TokenId,
};
use uuid::Uuid;

use super::Handlers;

/// The requests with a key that this process is carrying out.
#[derive(Clone, Debug, Default)]
pub struct RunningRequests(Arc<Mutex<HashSet<(TokenId, RetryKey)>>>);

impl RunningRequests {
    fn begin(&self, token: TokenId, key: &RetryKey) -> Option<RunningRequest> {
        // The same key with another body is another request.
        let request = (token, key.clone());
        self.all().insert(request.clone()).then(|| RunningRequest { all: self.clone(), request })
    }

    fn all(&self) -> MutexGuard<'_, HashSet<(TokenId, RetryKey)>> {
        // Each change is a single step, so a panic elsewhere left none half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct RunningRequest {
    all: RunningRequests,
    request: (TokenId, RetryKey),
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        self.all.all().remove(&self.request);
    }
}

impl Handlers {
    /// Carries a request out; where it was carried out before, does `again`
    /// instead with what it made then.
    pub(super) async fn once<T, F>(
        &self,
        by: &Caller,
        work: impl Future<Output = Result<T, Problem>> + Send,
        again: impl FnOnce(Option<Uuid>) -> F + Send,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>> + Send,
    {
        let (Some(key), Some(token)) = (&by.retry_key, by.actor.token()) else { return work.await };
        let Some(_running) = self.running.begin(token.id, key) else {
            return Err(crate::store::StoreError::KeyTaken.into());
        };
        match self.store.remembered_request(token.id, key).await? {
            None => work.await,
            Some(first) if first.body_hash == key.body_hash => again(first.made).await,
            Some(_) => Err(Problem::new(
                ProblemKind::KeyReused,
                "This Idempotency-Key came with another body before. Use a new key for a new request.",
            )),
        }
    }
}
