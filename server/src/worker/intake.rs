//! Where a request hands over the work that it was committed with: then
//! nobody has to look for it.

use domain::{Account, Timestamp, secret::Secret, service::Service};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Worker, attempt,
    claims::{self, Claims, Hold},
    lanes::{Lanes, Place},
};
use crate::{store::Claim, world::World};

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
    places: Vec<Place>,
}

/// Work that was claimed when it came about.
pub(super) struct Taken {
    claim: Claim,
    hold: Hold,
    place: Place,
    password: Secret,
}

impl Intake {
    /// Places for a new account, if each of its services can take it now.
    pub fn places<'a>(&self, services: impl Iterator<Item = &'a Service> + Clone) -> Option<Places> {
        let has_room = |service: &Service| self.lanes.has_room(service.id, service.policy.concurrency);
        services.clone().all(has_room).then(|| Places {
            asked_at: Instant::now(),
            until: claims::run_out(self.world.now()),
            places: services.map(|service| self.lanes.enter(service.id)).collect(),
        })
    }

    /// Has the new account, with that password, created on its services, for
    /// which the places are.
    pub fn start(&self, account: &Account, password: &Secret, places: Places) {
        for (claim, place) in Claim::first(account).zip(places.places) {
            let hold = self.claims.hold(&claim, places.asked_at);
            // Where the worker has stopped, the claim runs out.
            let _ = self.sender.send(Taken { claim, hold, place, password: password.clone() });
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
        let Taken { claim, hold, place, password } = taken;
        attempts.spawn(attempt::make(worker.clone(), claim, hold, place, Some(password)));
    }
}
