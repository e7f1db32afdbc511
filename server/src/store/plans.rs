//! How the database goes about the queries that run by themselves or for
//! every list: for the test which sees to it that none of them grows with
//! history.

use domain::{
    AccountState,
    command::AccountFilter,
    id::ServiceId,
    page::PageRequest,
    policy::Visibility,
    text::{Login, Slug},
};
use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement};

use super::{
    Store, StoreError,
    accounts::{Overdue, held, overdue, pages_of_accounts},
    batches::page_of_batches,
    drift::{page_of_drift, standing},
    ledger::{living, named},
    queue::due,
    retirements::requests_on,
    upkeep::page_of_debt,
};

impl Store {
    /// The plans, each with what its query is for.
    ///
    /// # Errors
    /// The database failed.
    pub async fn plans(&self) -> Result<Vec<(&'static str, String)>, StoreError> {
        let (now, page, all) = (self.world.now(), PageRequest::default(), AccountFilter::default());
        let tester: Login = "tester".parse().map_err(|_| StoreError::Stale)?;
        let slug: Slug = "orders".parse().map_err(|_| StoreError::Stale)?;
        let service = ServiceId(self.world.new_id());
        let own = Visibility::Own(tester.clone());
        let team = Visibility::Team("default".to_owned(), tester.clone());
        let on = self.backend();
        let lists = |of, visible: &Visibility| {
            pages_of_accounts(visible, &all, page).into_iter().map(move |query| (of, query.build(on)))
        };
        let mut statements = vec![
            ("what is due", due(now, &[], &[]).build(on)),
            ("leases that ran out", overdue(Overdue::Lease, now, 100).build(on)),
            ("creations that took too long", overdue(Overdue::Creation, now, 100).build(on)),
            ("requests that lapsed", overdue(Overdue::Request, now, 100).build(on)),
            ("what somebody holds", held(&tester, service).build(on)),
            ("what should be gone", page_of_debt(&Visibility::All, None, page).build(on)),
            ("requests on a service", requests_on(&slug, 100).build(on)),
            ("batches", page_of_batches(&Visibility::All, page).build(on)),
            ("what lives on a service", living(service).build(on)),
            ("who bears a name on a service", named(service, &["test_a", "test_b"]).build(on)),
            ("what a sweep saw before", standing(service).build(on)),
            ("drift", page_of_drift(&Visibility::All, &[], None, page).build(on)),
            ("a team's drift", page_of_drift(&team, &[service], None, page).build(on)),
        ];
        statements.extend(lists("everybody's accounts", &Visibility::All));
        statements.extend(lists("a tester's accounts", &own));
        statements.extend(lists("a team's accounts", &team));
        let waiting = AccountFilter { state: Some(AccountState::Requested), one_per_batch: true, ..all };
        for visible in [&Visibility::All, &team, &own] {
            let waiting = pages_of_accounts(visible, &waiting, page);
            statements.extend(waiting.into_iter().map(|query| ("requests that wait", query.build(on))));
        }
        let mut plans = Vec::new();
        for (of, statement) in statements {
            plans.push((of, self.explain(&statement).await?));
        }
        Ok(plans)
    }

    async fn explain(&self, statement: &Statement) -> Result<String, StoreError> {
        let (explain, column) = match self.backend() {
            DbBackend::Postgres => ("EXPLAIN", 0),
            DbBackend::Sqlite | DbBackend::MySql => ("EXPLAIN QUERY PLAN", 3),
            _ => ("EXPLAIN", 0),
        };
        let sql = format!("{explain} {statement}");
        let rows = self.read.query_all_raw(Statement::from_string(self.backend(), sql)).await?;
        let lines: Result<Vec<String>, _> =
            rows.into_iter().map(|row| row.try_get_by_index(column)).collect();
        Ok(lines?.join("\n"))
    }
}
