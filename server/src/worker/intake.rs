//! Where a request hands over the work that it was committed with: then
//! nobody has to look for it.

use std::sync::Arc;

use domain::{Account, Timestamp, id::ServiceId, secret::Secret};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Worker, attempt,
    attempt::AtHand,
    claims::{self, Claims, Hold},
    lanes::{Lanes, Place},
};
use crate::{directory::Target, store::Claim, world::World};

/// The worker's door for new work.
#[derive(Clone, Debug)]
pub struct Intake {
    pub(super) lanes: Lanes,
    pub(super) claims: Claims,
    pub(super) world: World,
    pub(super) sender: UnboundedSender<Taken>,
}

/// Places in the lanes of all services of a new account.
#[derive(Debug)]
pub struct Places {
    /// Until when claims last that are committed now.
    pub until: Timestamp,
    asked_at: Instant,
    places: Vec<(Place, Arc<Target>)>,
}

/// Work that was claimed when it came about.
pub(super) struct Taken {
    claim: Claim,
    hold: Hold,
    place: Place,
    at_hand: AtHand,
}

impl Intake {
    /// Places for a new account, if each of its services can take it now.
    pub fn places(&self, targets: &[Arc<Target>]) -> Option<Places> {
        let has_room = |target: &Arc<Target>| {
            let service = &target.service;
            self.lanes.has_room(service.id, service.policy.concurrency)
        };
        let enter = |target: &Arc<Target>| (self.lanes.enter(target.service.id), target.clone());
        targets.iter().all(has_room).then(|| Places {
            asked_at: Instant::now(),
            until: claims::run_out(self.world.now()),
            places: targets.iter().map(enter).collect(),
        })
    }

    /// Since when that service has not answered, if it does not.
    pub fn down_since(&self, service: ServiceId) -> Option<Timestamp> {
        self.lanes.down_since(service)
    }

    /// Has the new account, with that password, created on its services, for
    /// which the places are.
    pub fn start(&self, account: &Account, password: &Secret, places: Places) {
        for (claim, (place, target)) in Claim::first(account).zip(places.places) {
            let hold = self.claims.hold(&claim, places.asked_at);
            let at_hand = AtHand { password: password.clone(), target };
            // Where the worker has stopped, the claim runs out.
            let _ = self.sender.send(Taken { claim, hold, place, at_hand });
        }
    }
}

/// Starts what is handed over until it is told to stop.
pub(super) async fn run(
    worker: Worker,
    mut taken: UnboundedReceiver<Taken>,
    attempts: TaskTracker,
    stop: CancellationToken,
) {
    while let Some(Some(taken)) = stop.run_until_cancelled(taken.recv()).await {
        let Taken { claim, hold, place, at_hand } = taken;
        attempts.spawn(attempt::make(worker.clone(), claim, hold, place, Some(at_hand)));
    }
}
