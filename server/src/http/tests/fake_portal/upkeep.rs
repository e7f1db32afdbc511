//! One debt, and leases that end as ever.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    id::EnrollmentId,
    page::{Page, PageQuery},
    policy,
    portal::Upkeep,
    upkeep::{Debt, ExpiryPause, Hurried, KeepRun, ListDebt, Run},
};

use super::{ACCOUNT, ENROLLMENT, FakePortal, NOW};

fn debt() -> Debt {
    Debt {
        enrollment: ENROLLMENT,
        account: ACCOUNT,
        username: "test_orders".to_owned(),
        service: "orders".parse().unwrap(),
        holder: "tester".parse().unwrap(),
        team: "default".to_owned(),
        reason: None,
        since: NOW,
        attempts: 1,
        next_attempt_at: Some(NOW),
    }
}

#[async_trait]
impl Upkeep for FakePortal {
    async fn list_debt(&self, _: &Caller, which: ListDebt, page: PageQuery) -> Result<Page<Debt>, Problem> {
        which.parse()?;
        page.parse()?;
        Ok(Page { items: vec![debt()], next: None })
    }

    async fn retry_removal(&self, _: &Caller, enrollment: EnrollmentId) -> Result<Debt, Problem> {
        if enrollment == ENROLLMENT { Ok(debt()) } else { Err(Problem::not_found("enrollment")) }
    }

    async fn retry_removals(&self, by: &Caller, which: ListDebt) -> Result<Hurried, Problem> {
        policy::clean_up(&by.actor)?;
        which.parse()?;
        Ok(Hurried { hurried: 1 })
    }

    async fn keep_run(&self, _: &Caller, run: &str, command: KeepRun) -> Result<Run, Problem> {
        let kept = command.parse()?;
        self.kept.lock().unwrap().push(run.to_owned());
        let run = run.parse().map_err(|_| Problem::not_found("run"))?;
        Ok(Run { run, keep_until: NOW.plus(kept), accounts: 1 })
    }

    async fn expiry_pause(&self, _: &Caller) -> Result<Option<ExpiryPause>, Problem> {
        Ok(Some(ExpiryPause { jumped_by_secs: 172_800, since: NOW, until: NOW }))
    }

    async fn resume_expiry(&self, by: &Caller) -> Result<(), Problem> {
        policy::resume_expiry(&by.actor)
    }
}
