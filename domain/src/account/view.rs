//! An account as pages and the API show it: no secret in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Account, AccountState, EndReason, Enrollment, EnrollmentState};
use crate::{
    actor::ActorRef,
    id::{AccountId, BatchId, EnrollmentId},
    text::{Login, Slug},
    time::{Timestamp, Ttl},
};

/// A test account as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountView {
    /// The account's id.
    pub id: AccountId,
    /// The identity's name.
    pub username: String,
    /// The identity's e-mail address; nobody reads it.
    pub email: String,
    /// Where it stands.
    pub state: AccountState,
    /// Why it ended or is ending.
    pub end_reason: Option<EndReason>,
    /// Why it was asked for.
    pub purpose: Option<String>,
    /// The ticket it belongs to.
    pub ticket: Option<String>,
    /// Labels to find it by.
    pub labels: BTreeMap<String, String>,
    /// The CI run that owns it.
    pub run: Option<String>,
    /// The batch that it was asked for with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// Who asked for it.
    pub requested_by: ActorRef,
    /// Who holds it.
    pub holder: Login,
    /// The team that it belongs to: its holder's, when it became theirs.
    pub team: String,
    /// To whom it is going: theirs once every service has a new password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handing_to: Option<Login>,
    /// Who approved it, where that was needed.
    pub approved_by: Option<String>,
    /// Why it was approved or denied, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_reason: Option<String>,
    /// Who froze it, while it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_by: Option<String>,
    /// Until when somebody may decide on it; afterwards it lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decide_by: Option<Timestamp>,
    /// Where it stands on each service.
    pub services: Vec<EnrollmentView>,
    /// What the services are told of it.
    pub attributes: BTreeMap<String, String>,
    /// How long the lease lasts from when it begins.
    pub ttl: Ttl,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it became usable.
    pub active_at: Option<Timestamp>,
    /// When the lease ends.
    pub expires_at: Option<Timestamp>,
    /// Until when cleanups spare it, for it is kept with its run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<Timestamp>,
    /// When it came to rest.
    pub ended_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: u32,
}

/// Where an account stands on one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrollmentView {
    /// The enrollment's id.
    pub id: EnrollmentId,
    /// The service's slug.
    pub service: Slug,
    /// The username there.
    pub username: String,
    /// Where it stands.
    pub state: EnrollmentState,
    /// The service's own id for the account.
    pub remote_id: Option<String>,
    /// Whether the service does not have the newest password yet.
    #[serde(default)]
    pub reset_pending: bool,
    /// Whether the service has it disabled.
    #[serde(default)]
    pub disabled: bool,
    /// How often it was attempted since the last change of direction: after a
    /// creation that was given up it counts the removal's attempts, from 0.
    pub attempts: u32,
    /// When the next attempt is due.
    pub next_attempt_at: Option<Timestamp>,
    /// Why the last attempt did not succeed; of one that is gone, why it was
    /// given up.
    pub last_error: Option<String>,
    /// Why its creation was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Since when it is to be gone.
    #[serde(default)]
    pub removing_since: Option<Timestamp>,
    /// When it was proven gone.
    pub removed_at: Option<Timestamp>,
    /// What proves that.
    pub proof: Option<String>,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            username: account.username,
            email: account.email,
            state: account.state,
            end_reason: account.end_reason,
            purpose: account.purpose,
            ticket: account.ticket,
            labels: account.labels,
            run: account.run,
            batch: account.batch,
            requested_by: account.requested_by,
            holder: account.holder,
            team: account.team,
            handing_to: account.handing_to,
            approved_by: account.approved_by,
            decision_reason: account.decision_reason,
            frozen_by: account.frozen_by,
            decide_by: account.decide_by,
            services: account
                .enrollments
                .into_iter()
                .map(|enrollment| EnrollmentView::of(enrollment, account.password_generation))
                .collect(),
            attributes: account.attributes,
            ttl: account.ttl,
            created_at: account.created_at,
            active_at: account.active_at,
            expires_at: account.expires_at,
            kept_until: account.kept_until,
            ended_at: account.ended_at,
            version: account.version,
        }
    }
}

impl EnrollmentView {
    /// The enrollment of an account whose services are to have that password.
    pub fn of(enrollment: Enrollment, wanted_generation: u32) -> Self {
        Self {
            reset_pending: enrollment.state == EnrollmentState::Active
                && enrollment.password_generation != Some(wanted_generation),
            disabled: enrollment.disabled != Some(false),
            removing_since: enrollment.removing_since,
            id: enrollment.id,
            service: enrollment.service,
            username: enrollment.username,
            state: enrollment.state,
            remote_id: enrollment.remote_id,
            attempts: enrollment.attempts,
            next_attempt_at: enrollment.next_attempt_at,
            last_error: enrollment.last_error,
            failure: enrollment.failure,
            removed_at: enrollment.removed_at,
            proof: enrollment.proof,
        }
    }
}
