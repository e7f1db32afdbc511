//! A lane for each service: how much may be under way there, and whether it
//! answers at all. So one that is slow or dead never slows another.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Timestamp, id::ServiceId};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// After so many calls in a row that got no answer, a service counts as down.
const FAILURES_BORNE: u32 = 5;

/// So often it is seen whether a service that is down answers again.
const PROBE_EVERY: Duration = Duration::from_secs(5);

/// The lanes of all services.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    lanes: Arc<Mutex<HashMap<ServiceId, Lane>>>,
    freed: Arc<Notify>,
}

#[derive(Debug)]
struct Lane {
    concurrency: usize,
    calls: Arc<Semaphore>,
    in_hand: usize,
    /// Whether the last look for work found any for this service.
    sought: bool,
    breaker: Breaker,
}

/// Keeps calls from a service that does not answer.
#[derive(Debug)]
enum Breaker {
    Closed { failures: u32 },
    Open { since: Timestamp, probe_at: Instant },
}

/// News of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It does not answer any more.
    Down,
    /// It answers again.
    Up,
}

impl Lane {
    fn new(concurrency: usize) -> Self {
        Self {
            concurrency,
            calls: Arc::new(Semaphore::new(concurrency)),
            in_hand: 0,
            sought: false,
            breaker: Breaker::Closed { failures: 0 },
        }
    }

    /// How many more claims it can take: half as many again as the service
    /// bears calls, so that the next one is at hand when a call is done.
    fn room(&self) -> usize {
        match self.breaker {
            Breaker::Closed { .. } => {
                (self.concurrency + self.concurrency.div_ceil(2)).saturating_sub(self.in_hand)
            }
            Breaker::Open { .. } => 0,
        }
    }
}

/// The service's lane, as wide as its policy says today.
fn lane(lanes: &mut HashMap<ServiceId, Lane>, service: ServiceId, concurrency: u16) -> &mut Lane {
    let concurrency = usize::from(concurrency).max(1);
    let lane = lanes.entry(service).or_insert_with(|| Lane::new(concurrency));
    if lane.concurrency != concurrency {
        lane.concurrency = concurrency;
        lane.calls = Arc::new(Semaphore::new(concurrency));
    }
    lane
}

impl Lanes {
    /// A look for work begins.
    pub fn begin_look(&self) {
        self.all().values_mut().for_each(|lane| lane.sought = false);
    }

    /// How many more claims that service can take, for which a look has found
    /// work: if some is left over, a free place is news.
    pub fn seek(&self, service: ServiceId, concurrency: u16) -> usize {
        let mut lanes = self.all();
        let lane = lane(&mut lanes, service, concurrency);
        lane.sought = true;
        lane.room()
    }

    /// Whether that service, which bears so many calls at a time, can take
    /// another claim.
    pub fn has_room(&self, service: ServiceId, concurrency: u16) -> bool {
        lane(&mut self.all(), service, concurrency).room() > 0
    }

    /// The services that are down and of which it is time to see whether they
    /// answer again.
    pub fn to_probe(&self, now: Instant) -> Vec<ServiceId> {
        let due = |lane: &Lane| matches!(lane.breaker, Breaker::Open { probe_at, .. } if probe_at <= now);
        let lanes = self.all();
        lanes.iter().filter(|(_, lane)| due(lane) && lane.in_hand == 0).map(|(service, _)| *service).collect()
    }

    /// Nothing waits for that service, so nothing shows whether it answers: it
    /// does not count as down any more, unless the next call fails.
    pub fn give_a_chance(&self, service: ServiceId) {
        if let Some(lane) = self.all().get_mut(&service) {
            lane.breaker = Breaker::Closed { failures: FAILURES_BORNE - 1 };
        }
    }

    /// Since when that service counts as down, if it does.
    pub fn down_since(&self, service: ServiceId) -> Option<Timestamp> {
        match self.all().get(&service)?.breaker {
            Breaker::Closed { .. } => None,
            Breaker::Open { since, .. } => Some(since),
        }
    }

    /// Whether any service counts as down.
    pub fn any_down(&self) -> bool {
        self.all().values().any(|lane| matches!(lane.breaker, Breaker::Open { .. }))
    }

    /// Takes a place in the lane. Counted at once and not when the call
    /// begins: the next look for work may come before that.
    pub fn enter(&self, service: ServiceId) -> Place {
        let mut lanes = self.all();
        let lane = lanes.entry(service).or_insert_with(|| Lane::new(1));
        lane.in_hand += 1;
        Place { lanes: self.clone(), service, calls: lane.calls.clone() }
    }

    /// Notes whether the service answered a call; the time is now by both
    /// clocks.
    pub fn report(&self, service: ServiceId, answered: bool, now: Instant, at: Timestamp) -> Option<Turn> {
        let mut lanes = self.all();
        let lane = lanes.get_mut(&service)?;
        match (&mut lane.breaker, answered) {
            (Breaker::Closed { failures }, true) => {
                *failures = 0;
                None
            }
            (Breaker::Closed { failures }, false) => {
                *failures += 1;
                if *failures < FAILURES_BORNE {
                    return None;
                }
                lane.breaker = Breaker::Open { since: at, probe_at: now + PROBE_EVERY };
                Some(Turn::Down)
            }
            (Breaker::Open { .. }, true) => {
                lane.breaker = Breaker::Closed { failures: 0 };
                Some(Turn::Up)
            }
            (Breaker::Open { probe_at, .. }, false) => {
                *probe_at = now + PROBE_EVERY;
                None
            }
        }
    }

    /// Returns once a place has become free for which there may be work.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ServiceId, Lane>> {
        // Each change is a single step, so a panic elsewhere left none half done.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a service's lane.
#[derive(Debug)]
pub(super) struct Place {
    lanes: Lanes,
    service: ServiceId,
    calls: Arc<Semaphore>,
}

impl Place {
    /// Waits until the service may be called; says whether it had to wait.
    pub async fn turn(&self) -> (Option<OwnedSemaphorePermit>, bool) {
        match self.calls.clone().try_acquire_owned() {
            Ok(permit) => (Some(permit), false),
            // The semaphore is never closed.
            Err(_) => (self.calls.clone().acquire_owned().await.ok(), true),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(lane) = self.lanes.all().get_mut(&self.service) {
            lane.in_hand -= 1;
            if lane.sought {
                self.lanes.freed.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;
    use uuid::Uuid;

    use super::*;

    const T0: Timestamp = Timestamp::from_millis(1_000);

    const SERVICE: ServiceId = ServiceId(Uuid::from_u128(7));

    fn fail(lanes: &Lanes, times: u32, now: Instant) -> Option<Turn> {
        (0..times).fold(None, |_, _| lanes.report(SERVICE, false, now, T0))
    }

    #[test]
    fn a_service_that_does_not_answer_is_asked_every_five_seconds() {
        let (lanes, now) = (Lanes::default(), Instant::now());
        assert_eq!(lanes.seek(SERVICE, 16), 24);
        assert_eq!(fail(&lanes, 4, now), None);
        assert_eq!(lanes.report(SERVICE, true, now, T0), None, "an answer lets the count begin anew");
        assert_eq!(fail(&lanes, 5, now), Some(Turn::Down));
        assert_eq!((lanes.seek(SERVICE, 16), lanes.down_since(SERVICE)), (0, Some(T0)));
        assert!(lanes.to_probe(now).is_empty());
        let later = now + PROBE_EVERY;
        assert_eq!(lanes.to_probe(later), [SERVICE]);
        let probe = lanes.enter(SERVICE);
        assert!(lanes.to_probe(later).is_empty(), "one call is enough to see it");
        assert_eq!(lanes.report(SERVICE, false, later, T0), None);
        drop(probe);
        assert!(lanes.to_probe(later).is_empty());
        assert_eq!(lanes.to_probe(later + PROBE_EVERY), [SERVICE]);
        assert_eq!(lanes.report(SERVICE, true, later + PROBE_EVERY, T0), Some(Turn::Up));
        assert_eq!((lanes.seek(SERVICE, 16), lanes.down_since(SERVICE)), (24, None));
    }

    #[test]
    fn where_nothing_can_show_whether_a_service_answers_the_next_call_does() {
        let (lanes, now) = (Lanes::default(), Instant::now());
        lanes.seek(SERVICE, 2);
        assert_eq!(fail(&lanes, 5, now), Some(Turn::Down));
        lanes.give_a_chance(SERVICE);
        assert_eq!((lanes.down_since(SERVICE), lanes.seek(SERVICE, 2)), (None, 3));
        assert_eq!(fail(&lanes, 1, now), Some(Turn::Down), "one more failure is enough");
    }

    #[tokio::test]
    async fn a_free_place_is_news_while_there_is_work_for_it() {
        let is_news = async |lanes: &Lanes| timeout(Duration::ZERO, lanes.freed()).await.is_ok();
        let lanes = Lanes::default();
        assert!(lanes.has_room(SERVICE, 2));
        drop(lanes.enter(SERVICE));
        assert!(!is_news(&lanes).await, "nobody looked for a place");
        lanes.begin_look();
        lanes.seek(SERVICE, 2);
        let places: Vec<_> = (0..3).map(|_| lanes.enter(SERVICE)).collect();
        assert!(!lanes.has_room(SERVICE, 2));
        drop(places);
        assert!(is_news(&lanes).await);
        lanes.begin_look();
        drop(lanes.enter(SERVICE));
        assert!(!is_news(&lanes).await, "nothing was left for it");
    }

    #[tokio::test]
    async fn no_more_calls_are_made_at_a_time_than_a_service_bears() {
        let lanes = Lanes::default();
        assert_eq!(lanes.seek(SERVICE, 2), 3);
        let places: Vec<_> = (0..3).map(|_| lanes.enter(SERVICE)).collect();
        assert_eq!(lanes.seek(SERVICE, 2), 0);
        let first = places[0].turn().await;
        let second = places[1].turn().await;
        assert!(!first.1 && !second.1);
        let third = tokio::spawn(async move { places[2].turn().await.1 });
        tokio::task::yield_now().await;
        assert!(!third.is_finished());
        drop(first);
        assert!(third.await.unwrap(), "it had to wait");
    }
}
