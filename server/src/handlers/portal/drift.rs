//! Use cases on where services and the ledger differ.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    command::Wait,
    drift::{DriftEntry, ListDrift, Sweep},
    id::DriftId,
    page::{Page, PageQuery},
    portal::Drift,
};

use crate::handlers::{Handlers, adopt_drift, drift, sweep_service};

#[async_trait]
impl Drift for Handlers {
    async fn sweep_service(&self, by: &Caller, slug: &str, dry_run: bool) -> Result<Sweep, Problem> {
        let (portal, caller, slug) = (self.clone(), by.clone(), slug.to_owned());
        let work = Self::seen_through(async move {
            let again = |_| sweep_service::again(&portal, &caller, &slug);
            portal.once(&caller, sweep_service::run(&portal, &caller, &slug, dry_run), again).await
        });
        self.refusals_noted(by, "sweep_service", work).await
    }

    async fn list_drift(
        &self,
        by: &Caller,
        which: ListDrift,
        page: PageQuery,
    ) -> Result<Page<DriftEntry>, Problem> {
        self.refusals_noted(by, "list_drift", drift::list(self, by, &which, &page)).await
    }

    async fn adopt_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem> {
        let again = |_| drift::again(self, by, id);
        let work = self.once(by, adopt_drift::run(self, by, id, wait), again);
        self.refusals_noted(by, "adopt_drift", work).await
    }

    async fn delete_drift(&self, by: &Caller, id: DriftId, wait: Wait) -> Result<DriftEntry, Problem> {
        let (portal, caller) = (self.clone(), by.clone());
        let work = Self::seen_through(async move {
            let again = |_| drift::again(&portal, &caller, id);
            portal.once(&caller, drift::delete(&portal, &caller, id, wait), again).await
        });
        self.refusals_noted(by, "delete_drift", work).await
    }

    async fn ignore_drift(&self, by: &Caller, id: DriftId) -> Result<DriftEntry, Problem> {
        let again = |_| drift::again(self, by, id);
        let work = self.once(by, drift::ignore(self, by, id), again);
        self.refusals_noted(by, "ignore_drift", work).await
    }
}
