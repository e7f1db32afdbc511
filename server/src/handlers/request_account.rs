//! Asking for an account.

use std::sync::Arc;

use domain::{
    Account, AccountState, Enrollment, Problem, ProblemKind, Ttl,
    account::AccountView,
    actor::Caller,
    audit::Action,
    command::{AccountRequest, RequestAccount, Wait},
    id::{AccountId, EnrollmentId},
    people::DEFAULT_TEAM,
    policy,
    problem::Checks,
    secret::Secret,
    text::{Login, Slug},
};
use serde_json::json;

use super::{Handlers, waiting};
use crate::{
    directory::Target,
    secrets::account_password,
    store::{NewEvent, StoreError},
    usernames,
};

/// How often another name is minted when one is taken. With 40 random bits,
/// being unlucky twice means that something else is wrong.
const NAMES_TRIED: usize = 3;

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    command: &RequestAccount,
    wait: Wait,
) -> Result<AccountView, Problem> {
    let holder = policy::request_account(&by.actor)?;
    let request = command.parse()?;
    let targets = find_targets(portal, &request.services).await?;
    let ttl = agree_on_ttl(&targets, request.ttl)?;
    let password = make_password(portal, &targets)?;
    // Listening begins before the commit, so that no change is missed.
    let changes = portal.store.changes();
    let mut tried = 1;
    let id = loop {
        let account = draw_up(portal, by, &holder, &request, &targets, ttl);
        match commit(portal, by, &account, &password, &targets).await {
            Ok(()) => break account.id,
            Err(Refusal::NameTaken) if tried < NAMES_TRIED => tried += 1,
            Err(Refusal::NameTaken) => return Err(Problem::internal()),
            Err(Refusal::Problem(problem)) => return Err(problem),
        }
    };
    waiting::until(portal, changes, id, wait, |account| account.state != AccountState::Provisioning).await
}

async fn find_targets(portal: &Handlers, slugs: &[Slug]) -> Result<Vec<Arc<Target>>, Problem> {
    let mut checks = Checks::new();
    let mut targets = Vec::new();
    for (at, slug) in slugs.iter().enumerate() {
        let target = portal.directory.by_slug(slug.as_str()).await?;
        targets.extend(checks.field(format!("/services/{at}"), target.ok_or("is not a registered service")));
    }
    checks.finish()?;
    Ok(targets)
}

/// The shortest of what the services allow.
fn agree_on_ttl(targets: &[Arc<Target>], wanted: Option<Ttl>) -> Result<Ttl, Problem> {
    let policies = || targets.iter().map(|target| &target.service.policy);
    let longest = policies().map(|policy| policy.max_ttl).min().ok_or_else(Problem::internal)?;
    let usual = policies().map(|policy| policy.default_ttl).min().ok_or_else(Problem::internal)?;
    match wanted {
        None => Ok(usual.min(longest)),
        Some(ttl) if ttl <= longest => Ok(ttl),
        Some(_) => Err(Problem::invalid("/ttl", format!("must be at most {longest} on these services"))),
    }
}

fn make_password(portal: &Handlers, targets: &[Arc<Target>]) -> Result<Secret, Problem> {
    let policies: Vec<_> = targets.iter().map(|target| &target.service.policy.password).collect();
    account_password::generate(&policies, &mut portal.world.rng()).ok_or_else(|| {
        Problem::invalid("/services", "want passwords that contradict each other; ask for them apart")
    })
}

fn draw_up(
    portal: &Handlers,
    by: &Caller,
    holder: &Login,
    request: &AccountRequest,
    targets: &[Arc<Target>],
    ttl: Ttl,
) -> Account {
    let now = portal.world.now();
    let username = usernames::mint(&portal.world, request.hint.as_ref());
    let enroll = |target: &Arc<Target>| {
        let id = EnrollmentId(portal.world.new_id());
        Enrollment::pending(id, target.service.id, target.service.slug.clone(), username.clone(), now)
    };
    Account {
        id: AccountId(portal.world.new_id()),
        email: usernames::email(&username, &portal.email_domain),
        state: AccountState::Provisioning,
        end_reason: None,
        purpose: request.purpose.as_ref().map(ToString::to_string),
        ticket: request.ticket.as_ref().map(ToString::to_string),
        labels: request.labels.clone(),
        run: request.run.as_ref().map(ToString::to_string),
        attributes: request.attributes.clone(),
        requested_by: by.actor.reference(),
        holder: holder.clone(),
        team: by.actor.person().map_or(DEFAULT_TEAM, |person| &person.team).to_owned(),
        approved_by: None,
        ttl,
        created_at: now,
        active_at: None,
        expires_at: None,
        ended_at: None,
        version: 0,
        enrollments: targets.iter().map(enroll).collect(),
        username,
    }
}

enum Refusal {
    NameTaken,
    Problem(Problem),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

async fn commit(
    portal: &Handlers,
    by: &Caller,
    account: &Account,
    password: &Secret,
    targets: &[Arc<Target>],
) -> Result<(), Refusal> {
    let work = portal.store.begin().await?;
    work.lock_person(&account.holder).await?;
    for target in targets {
        let most = target.service.policy.max_active_per_person;
        if work.count_held(&account.holder, target.service.id).await? >= u64::from(most) {
            let detail = format!(
                "You hold {most} accounts on {}, which is its limit. Give some back first.",
                target.service.slug
            );
            // Leases end at any moment, so a minute is as good a guess as any.
            let retry_after = Ttl::from_secs(60);
            let problem = Problem { retry_after, ..Problem::new(ProblemKind::QuotaExceeded, detail) };
            return Err(Refusal::Problem(problem));
        }
    }
    work.insert_account(account, password, &portal.keyring)
        .await
        .map_err(|error| if error.is_taken() { Refusal::NameTaken } else { error.into() })?;
    let services: Vec<&str> = account.enrollments.iter().map(|e| e.service.as_str()).collect();
    let requested = NewEvent::new(Action::AccountRequested, by).account(account).details(json!({
        "services": services,
        "ttl": account.ttl,
        "purpose": account.purpose,
        "ticket": account.ticket,
        "labels": account.labels,
        "attributes": account.attributes,
    }));
    Ok(work.commit(requested.into()).await?)
}
