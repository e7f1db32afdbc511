//! Who may do what: every route and server function, for everybody whom it
//! could concern: whoever it belongs to, their team, and others.

use tests::{
    Database::Sqlite,
    Who::{self, Admin, Manager, OtherManager, OtherTester, SecondTester, Tester},
};

use super::{
    case::{Case, Stage},
    table,
};

/// How far a route reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Everybody has their own, or it says nothing of anybody.
    Everybody,
    /// Those who answer for others.
    Managers,
    /// Who looks after the portal.
    Admins,
    /// Who holds it or started it, the team's managers, admins.
    TheTeamS,
    /// Who holds it, and nobody else.
    HolderS,
    /// The team's managers and admins, of what is not their own.
    Decided,
    /// The same of a whole batch: that is for managers in any case.
    DecidedAsOne,
    /// The managers of the service's team, admins.
    Operated,
    /// The people of the service's team, admins.
    Used,
    /// Whose it is, and admins.
    OwnerS,
    /// Whose it is.
    Own,
}

/// What comes of it for each: everything goes, 403, or 404.
type Outcomes = [(Who, u16); 6];

impl Reach {
    fn outcomes(self) -> Outcomes {
        let [holder, mate, manager, other_tester, other_manager, admin] = match self {
            Self::Everybody => [200, 200, 200, 200, 200, 200],
            Self::Managers => [403, 403, 200, 403, 200, 200],
            Self::Admins => [403, 403, 403, 403, 403, 200],
            Self::TheTeamS => [200, 404, 200, 404, 404, 200],
            Self::HolderS => [200, 404, 403, 404, 404, 403],
            Self::Decided => [403, 404, 200, 404, 404, 200],
            Self::DecidedAsOne => [403, 403, 200, 403, 404, 200],
            Self::Operated => [403, 403, 200, 403, 404, 200],
            Self::Used => [200, 200, 200, 404, 404, 200],
            Self::OwnerS => [200, 404, 404, 404, 404, 200],
            Self::Own => [200, 404, 404, 404, 404, 404],
        };
        [
            (Tester, holder),
            (SecondTester, mate),
            (Manager, manager),
            (OtherTester, other_tester),
            (OtherManager, other_manager),
            (Admin, admin),
        ]
    }
}

/// How far each route reaches; `None` for what concerns no role, with the
/// reason.
fn reach_of(case: &Case) -> Result<Reach, &'static str> {
    let (method, path) = case.route();
    let path = path.strip_prefix("/api/v1").unwrap_or(&path);
    Ok(match (method.as_str(), path) {
        (
            _,
            "/actions/sign_in"
            | "/actions/sign_out"
            | "/actions/accept_invitation"
            | "/welcome"
            | "/oauth/token",
        ) => {
            return Err("it is how one comes and goes");
        }
        (_, path) if path.starts_with("/sign-in/provider") => return Err("it is how one comes in"),
        (_, "/actions/change_own_password") => return Err("it asks for one's own password"),
        ("GET", "/sign-in" | "/healthz" | "/readyz" | "/metrics" | "/assets/{hash}/{*file}") => {
            return Err("it is for those who have not signed in, too");
        }
        ("GET", path) if path.starts_with("/api/") => return Err("it describes the API to everybody"),
        ("POST", "/create") => return Err("it takes whichever service at that address one may use"),
        ("POST", "/actions/request_account" | "/accounts") => Reach::Used,
        (_, "/me" | "/tokens" | "/expiry" | "/" | "/profile") => Reach::Everybody,
        (_, "/accounts" | "/accounts/new" | "/accounts/clean-up" | "/approvals" | "/batches" | "/debt") => {
            Reach::Everybody
        }
        (_, "/cleanups" | "/cleanup" | "/actions/clean_up" | "/actions/issue_token") => Reach::Everybody,
        (_, "/debt/retry" | "/actions/retry_removals") => Reach::Everybody,
        ("GET", "/services") => Reach::Everybody,
        (_, "/accounts/{id}/reveal" | "/actions/reveal_account") => Reach::HolderS,
        (_, "/accounts/{id}/approve" | "/accounts/{id}/deny") => Reach::Decided,
        (_, "/actions/approve_account" | "/actions/deny_account") => Reach::Decided,
        (_, "/batches/{id}/approve" | "/batches/{id}/deny") => Reach::DecidedAsOne,
        (_, "/actions/approve_batch" | "/actions/deny_batch") => Reach::DecidedAsOne,
        (_, path) if path.starts_with("/accounts/{id}") || path.starts_with("/batches/{id}") => {
            Reach::TheTeamS
        }
        (_, "/runs/{run}/keep" | "/debt/{enrollment}/retry" | "/live") => Reach::TheTeamS,
        (
            _,
            "/actions/renew_account"
            | "/actions/revoke_account"
            | "/actions/reset_account"
            | "/actions/hand_over_account"
            | "/actions/call_off_hand_over"
            | "/actions/freeze_account"
            | "/actions/unfreeze_account"
            | "/actions/retry_removal"
            | "/actions/retry_batch"
            | "/actions/keep_run",
        ) => Reach::TheTeamS,
        ("GET", "/services/{slug}") => Reach::Used,
        (_, "/services/{slug}/sweep" | "/services/{slug}/pause" | "/services/{slug}/resume") => {
            Reach::Operated
        }
        (_, "/services/{slug}/check" | "/drift/{id}/adopt" | "/drift/{id}/delete") => Reach::Operated,
        (_, "/drift/{id}/ignore" | "/actions/sweep_service" | "/actions/adopt_drift") => Reach::Operated,
        (_, "/actions/delete_drift" | "/actions/ignore_drift" | "/actions/check_service") => Reach::Operated,
        (_, "/actions/pause_service" | "/actions/resume_service") => Reach::Operated,
        (_, "/drift" | "/events" | "/events/export" | "/events/verify" | "/audit" | "/audit/export") => {
            Reach::Managers
        }
        (_, "/tokens/{id}" | "/actions/revoke_token") => Reach::OwnerS,
        (_, "/actions/end_session") => Reach::Own,
        (_, path) if path.starts_with("/services") => Reach::Admins,
        (_, "/actions/apply_service" | "/actions/seal_secret" | "/actions/retire_service") => Reach::Admins,
        (_, path) if path.starts_with("/people") || path.starts_with("/teams") => Reach::Admins,
        (_, path) if path.ends_with("_person") || path.ends_with("_team") => Reach::Admins,
        (_, "/expiry/resume" | "/actions/resume_expiry") => Reach::Admins,
        (method, path) => panic!("who may {method} {path}?"),
    })
}

/// What a status means here: whatever is not refused goes.
fn outcome(status: u16) -> u16 {
    if status < 400 { 200 } else { status }
}

#[tokio::test]
async fn everybody_may_do_what_is_theirs_and_nothing_else() {
    let mut stage = Stage::set_of_teams(Sqlite).await;
    let mut wrong = Vec::new();
    for case in table::cases() {
        let Ok(reach) = reach_of(&case) else { continue };
        let mut outcomes = reach.outcomes();
        // What uses something up comes last.
        outcomes.sort_by_key(|(_, outcome)| *outcome == 200);
        for (who, expected) in outcomes {
            let answer = case.send(&stage, Some(case.through_the_same_door(who))).await;
            // Asked for by somebody who does not see the service, it is a field that is wrong.
            let is_unseen = reach == Reach::Used && !case.only_reads() && answer.status == 422;
            let came = if is_unseen { 404 } else { outcome(answer.status) };
            if came != expected {
                wrong.push(format!("{:?} as {who:?} ({reach:?}): {came}, not {expected}", case.route()));
            }
            if came == 200 && !case.only_reads() {
                stage.renew(&case).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
