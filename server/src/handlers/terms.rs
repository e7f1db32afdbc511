//! On which terms several services give out one account: of everything the
//! strictest.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    Account, Problem, ProblemKind, Timestamp, Ttl,
    actor::Caller,
    command::AccountRequest,
    policy,
    problem::{Checks, pointer_token},
    secret::Secret,
    service::{Approval, Capability, Policy},
    text::{Login, Slug},
};

use super::Handlers;
use crate::{connectors::Objection, directory::Target, secrets::account_password, store::UnitOfWork};

/// The services on which an account is to be, and what they have agreed on.
pub(super) struct Terms {
    /// The services, in the order in which they were asked for.
    pub targets: Vec<Arc<Target>>,
    /// How long to lease it.
    pub ttl: Ttl,
    /// Whether a manager has to agree.
    pub approval: Approval,
    /// How long to wait for a manager.
    pub request_for: Ttl,
    /// How long to try to create it.
    pub provision_within: Ttl,
}

impl Terms {
    /// What these services agree on. They stay as they are until the unit of
    /// work is committed.
    pub async fn of(portal: &Handlers, work: &UnitOfWork, services: &[Slug]) -> Result<Self, Problem> {
        Self::agreed(find_targets(portal, work, services, |_| true).await?, None)
    }

    /// The same for new accounts, which not every service gives out at all
    /// times nor to everybody, with a lease of that length if it was asked for.
    pub async fn of_new(
        portal: &Handlers,
        by: &Caller,
        work: &UnitOfWork,
        services: &[Slug],
        ttl: Option<Ttl>,
    ) -> Result<Self, Problem> {
        let uses = |target: &Target| policy::uses(&by.actor, &target.service);
        let targets = find_targets(portal, work, services, uses).await?;
        let closed: Vec<String> = targets.iter().filter_map(|target| target.service.closed()).collect();
        if closed.is_empty() {
            return Self::agreed(targets, ttl);
        }
        Err(Problem::new(ProblemKind::Conflict, closed.join(" ")))
    }

    fn agreed(targets: Vec<Arc<Target>>, ttl: Option<Ttl>) -> Result<Self, Problem> {
        let policies: Vec<&Policy> = targets.iter().map(|target| &target.service.policy).collect();
        let shortest = |of: fn(&Policy) -> Ttl| {
            policies.iter().map(|policy| of(policy)).min().ok_or_else(Problem::internal)
        };
        let longest = shortest(|policy| policy.max_ttl)?;
        let ttl = match ttl {
            None => shortest(|policy| policy.default_ttl)?.min(longest),
            Some(ttl) if ttl <= longest => ttl,
            Some(_) => {
                return Err(Problem::invalid("/ttl", format!("must be at most {longest} on these services")));
            }
        };
        let approval = policies.iter().map(|policy| policy.approval).max().unwrap_or_default();
        let request_for = shortest(|policy| policy.request_for)?;
        let provision_within = shortest(|policy| policy.provision_within)?;
        Ok(Self { ttl, approval, request_for, provision_within, targets })
    }

    /// What an account has that is asked for so, on all of the services; they
    /// must not want different things of it, nor lack any.
    pub fn attributes(&self, request: &AccountRequest) -> Result<BTreeMap<String, String>, Problem> {
        let mut checks = Checks::new();
        if let Some(persona) = &request.persona {
            let personas = || self.targets.iter().flat_map(|target| &target.service.traits.personas);
            if !personas().any(|known| known.name == *persona) {
                let known: Vec<&str> = personas().map(|known| known.name.as_str()).collect();
                checks.note(
                    "/persona",
                    match known.as_slice() {
                        [] => "is not known: these services have no personas".to_owned(),
                        known => format!("is not known; there are: {}", known.join(", ")),
                    },
                );
            }
        }
        let mut agreed = BTreeMap::new();
        for target in &self.targets {
            let service = &target.service;
            let wanted = service.traits.resolve(request.persona.as_ref(), &request.attributes);
            for (name, objection) in target.connector.objections(&wanted) {
                let slug = &service.slug;
                let why = match objection {
                    Objection::Missing => format!("is needed by {slug}"),
                    Objection::Unusable(why) => format!("cannot be used on {slug}: {why}"),
                };
                checks.note(format!("/attributes/{}", pointer_token(&name)), why);
            }
            for (name, value) in wanted {
                let before = agreed.insert(name.clone(), value.clone());
                if before.is_some_and(|before| before != value) {
                    let why = "is wanted differently by these services; say which, or ask for them apart";
                    checks.note(format!("/attributes/{}", pointer_token(&name)), why);
                }
            }
        }
        checks.finish()?;
        Ok(agreed)
    }

    /// Checks that every service can give an account another password, if only
    /// by making it again.
    pub fn check_reset(&self) -> Result<(), Problem> {
        let cannot = |target: &&Arc<Target>| {
            let connector = &target.connector;
            !connector.capabilities().contains(&Capability::Reset) && !connector.can_create_again()
        };
        let Some(target) = self.targets.iter().find(cannot) else { return Ok(()) };
        let detail = format!(
            "{} cannot give an account another password, and never gives a name twice. Revoke the account, and ask \
             for another one.",
            target.service.slug
        );
        Err(Problem::new(ProblemKind::Conflict, detail))
    }

    /// Lets the account begin its life: at once, or when a manager agrees.
    pub fn begin(&self, account: &mut Account, now: Timestamp) {
        match self.approval {
            Approval::Auto => account.provision(self.provision_within, now),
            Approval::Manager => account.decide_by = Some(now.plus(self.request_for)),
        }
    }

    /// A password that satisfies every service.
    pub fn password(&self, portal: &Handlers) -> Result<Secret, Problem> {
        let policies: Vec<_> = self.targets.iter().map(|target| &target.service.policy.password).collect();
        account_password::generate(&policies, &mut portal.world.rng()).ok_or_else(|| {
            Problem::invalid("/services", "want passwords that contradict each other; ask for them apart")
        })
    }

    /// Checks that people of that team may hold accounts on every service.
    pub fn check_open_to(&self, team: &str) -> Result<(), Problem> {
        let is_closed = |target: &&Arc<Target>| !target.service.is_open_to(team);
        match self.targets.iter().find(is_closed) {
            None => Ok(()),
            Some(target) => {
                let slug = &target.service.slug;
                Err(Problem::invalid("/to", format!("is of the team {team}, to which {slug} is not open")))
            }
        }
    }

    /// Checks that somebody may hold so many more accounts on each service.
    pub async fn check_quota(&self, work: &UnitOfWork, holder: &Login, more: u64) -> Result<(), Problem> {
        work.lock_person(holder).await?;
        for target in &self.targets {
            let most = u64::from(target.service.policy.max_active_per_person);
            let held = work.count_held(holder, target.service.id).await?;
            if held + more > most {
                let slug = &target.service.slug;
                let advice = match most.saturating_sub(held) {
                    _ if more > most => format!("Ask for {most} at the most."),
                    0 => "Some have to be given back first.".to_owned(),
                    left => format!("Ask for {left} at the most, or give some back first."),
                };
                let detail = format!(
                    "{slug} lets a person hold {most} at a time. {holder} holds {held}, and {more} more were asked for. {advice}"
                );
                // Leases end at any moment, so a minute is as good a guess as any.
                let retry_after = Ttl::from_secs(60);
                return Err(Problem { retry_after, ..Problem::new(ProblemKind::QuotaExceeded, detail) });
            }
        }
        Ok(())
    }
}

async fn find_targets(
    portal: &Handlers,
    work: &UnitOfWork,
    slugs: &[Slug],
    is_seen: impl Fn(&Target) -> bool,
) -> Result<Vec<Arc<Target>>, Problem> {
    let mut known = portal.directory.in_hand(work, slugs).await?;
    known.retain(|target| is_seen(target));
    let mut checks = Checks::new();
    let mut targets = Vec::new();
    for (at, slug) in slugs.iter().enumerate() {
        let target = known.iter().find(|target| target.service.slug == *slug).cloned();
        targets.extend(checks.field(format!("/services/{at}"), target.ok_or("is not a registered service")));
    }
    checks.finish()?;
    Ok(targets)
}
