//! Figures for the metrics. All of them are read off what lives, so they cost
//! no more when history grows.

use domain::Timestamp;
use sea_orm::{FromQueryResult, Statement};

use super::{Store, StoreError};

/// What the metrics tell.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// How many accounts that have not ended are on each service, by state.
    pub accounts: Vec<(String, String, i64)>,
    /// How many should be gone from each service, and since when the oldest.
    pub debt: Vec<(String, i64, Option<Timestamp>)>,
    /// How many enrollments have work that is due.
    pub due: i64,
    /// How many have work that is due later.
    pub waiting: i64,
    /// How many events are not chained yet.
    pub unsealed: i64,
    /// When the oldest of them was written.
    pub oldest_unsealed: Option<Timestamp>,
}

const ACCOUNTS: &str = "SELECT e.service, a.state, count(*) AS number FROM enrollments e \
    JOIN accounts a ON a.id = e.account_id WHERE e.removed_at IS NULL GROUP BY e.service, a.state";

const DEBT: &str = "SELECT service, count(*) AS number, min(removing_since) AS oldest FROM enrollments \
    WHERE state = 'removing' GROUP BY service";

const UNSEALED: &str = "SELECT count(*) AS number, min(e.at) AS oldest FROM seal_queue u \
    JOIN events e ON e.id = u.event_id";

#[derive(FromQueryResult)]
struct Accounts {
    service: String,
    state: String,
    number: i64,
}

#[derive(FromQueryResult)]
struct Debt {
    service: String,
    number: i64,
    oldest: Option<i64>,
}

#[derive(FromQueryResult)]
struct Queue {
    due: i64,
    waiting: i64,
}

#[derive(FromQueryResult)]
struct Unsealed {
    number: i64,
    oldest: Option<i64>,
}

impl Store {
    /// Measures how things stand.
    ///
    /// # Errors
    /// The database failed.
    pub async fn measure(&self) -> Result<Measured, StoreError> {
        let plain = |sql: &str| Statement::from_string(self.backend(), sql);
        let accounts = Accounts::find_by_statement(plain(ACCOUNTS)).all(&self.read).await?;
        let debt = Debt::find_by_statement(plain(DEBT)).all(&self.read).await?;
        let unsealed = Unsealed::find_by_statement(plain(UNSEALED)).one(&self.read).await?;
        let now = self.world.now().as_millis();
        // One statement, as what is claimed between two would be counted by both.
        let queue = plain(&format!(
            "SELECT count(CASE WHEN next_attempt_at <= {now} THEN 1 END) AS due, \
             count(CASE WHEN next_attempt_at > {now} THEN 1 END) AS waiting \
             FROM enrollments WHERE next_attempt_at IS NOT NULL"
        ));
        let queue = Queue::find_by_statement(queue).one(&self.read).await?;
        Ok(Measured {
            accounts: accounts.into_iter().map(|row| (row.service, row.state, row.number)).collect(),
            debt: debt
                .into_iter()
                .map(|row| (row.service, row.number, row.oldest.map(Timestamp::from_millis)))
                .collect(),
            due: queue.as_ref().map_or(0, |queue| queue.due),
            waiting: queue.as_ref().map_or(0, |queue| queue.waiting),
            unsealed: unsealed.as_ref().map_or(0, |row| row.number),
            oldest_unsealed: unsealed.and_then(|row| row.oldest).map(Timestamp::from_millis),
        })
    }
}
