//! The audit trail: what happened, for good.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::{
    actor::ActorRef,
    id::{AccountId, EventId, PersonId, TokenId},
    problem::{Checks, Problem},
    text::{Login, Value},
    time::Timestamp,
};

/// What happened.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// An account was asked for; nothing has been sent yet.
    AccountRequested,
    /// A manager agreed to a request.
    AccountApproved,
    /// A manager did not agree to a request.
    AccountDenied,
    /// A request was taken back.
    AccountWithdrawn,
    /// Nobody decided on a request in time.
    AccountLapsed,
    /// A service confirmed the account.
    EnrollmentCreated,
    /// The username was taken by a stranger; another one was minted.
    EnrollmentRenamed,
    /// An attempt on a service did not succeed; there will be another.
    EnrollmentPostponed,
    /// A service will not create the account.
    EnrollmentGivenUp,
    /// A service has the new password.
    EnrollmentReset,
    /// A service has disabled the account.
    EnrollmentDisabled,
    /// A service has enabled the account again.
    EnrollmentEnabled,
    /// The next attempt to remove it from a service was asked for at once.
    EnrollmentHurried,
    /// A service proved that the account is gone.
    EnrollmentRemoved,
    /// The account can be used; the lease began.
    AccountActivated,
    /// The password was shown to somebody.
    AccountRevealed,
    /// The lease was made longer.
    AccountRenewed,
    /// A new password was asked for.
    AccountReset,
    /// The account is to go to somebody else.
    AccountHandingOver,
    /// The account is not to go to somebody else after all.
    AccountHandOverCalledOff,
    /// The account went to somebody else.
    AccountHandedOver,
    /// The account is to be disabled.
    AccountFrozen,
    /// The account is to be enabled again.
    AccountUnfrozen,
    /// Cleanups spare the account for a while, with its run.
    AccountKept,
    /// The account is being taken away.
    AccountRevoking,
    /// The account is gone from every service.
    AccountEnded,
    /// Many accounts were asked for, or are to be taken away, as one.
    BatchStarted,
    /// What failed of a batch is tried once more.
    BatchRetried,
    /// A run's accounts are kept for a while.
    RunKept,
    /// The clock jumped; leases do not end for a while.
    ExpiryPaused,
    /// Leases end again.
    ExpiryResumed,
    /// A service was found to be down; it is asked now and then.
    ServiceDown,
    /// A service that was down answers again.
    ServiceUp,
    /// A service was compared with the ledger because somebody asked for it.
    ServiceSwept,
    /// A service and the ledger were seen to differ more than once.
    DriftFound,
    /// What a service and the ledger differ about became somebody's account,
    /// or is created there again.
    DriftAdopted,
    /// It was deleted from the service, or given up here.
    DriftDeleted,
    /// It may stay as it is.
    DriftIgnored,
    /// A service was registered.
    ServiceRegistered,
    /// A service was changed.
    ServiceChanged,
    /// The portal was given a service's own secret.
    ServiceSecretSealed,
    /// A service was tried out.
    ServiceChecked,
    /// The guard refused a call to a service: not a byte was sent.
    CallRefused,
    /// A service gives no new accounts out for the time being.
    ServicePaused,
    /// A service gives accounts out again.
    ServiceResumed,
    /// What a service holds is taken away; then it is retired.
    ServiceRetiring,
    /// A service is not there any more.
    ServiceRetired,
    /// A person was added.
    PersonAdded,
    /// A person may no longer sign in.
    PersonDisabled,
    /// A person may sign in again.
    PersonEnabled,
    /// A person has another role.
    PersonRoleChanged,
    /// A person belongs to another team.
    PersonTeamChanged,
    /// A person has another password.
    PersonPasswordChanged,
    /// A person's name was erased.
    PersonErased,
    /// What people wrote about accounts, or the details of events, was old enough
    /// to be forgotten.
    DetailsForgotten,
    /// A one-time link was made by which somebody chooses a password.
    PersonInvited,
    /// A team was added.
    TeamAdded,
    /// A team is called something else.
    TeamChanged,
    /// A team is there no more.
    TeamRemoved,
    /// A person signs in through the provider from now on.
    PersonLinked,
    /// A CI provider's identity token was not taken.
    ExchangeRefused,
    /// What is sealed was sealed anew, with another key.
    KeysRotated,
    /// Somebody ended one of their sessions.
    SessionEnded,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// A sign-in failed.
    SignInFailed,
    /// A token was issued.
    TokenIssued,
    /// A token was revoked.
    TokenRevoked,
    /// Somebody read the audit.
    AuditRead,
    /// Somebody took a copy of the audit.
    AuditExported,
    /// The operator made a copy of the database.
    BackupMade,
    /// Somebody was refused what they asked for.
    Refused,
}

/// One record of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub action: Action,
    /// Who did it.
    pub actor: ActorRef,
    /// To whom or what else: a login, a token's name.
    pub subject: Option<String>,
    /// To which account.
    pub account: Option<AccountId>,
    /// That account's username at the time.
    pub username: Option<String>,
    /// On which service.
    pub service: Option<String>,
    /// In which CI run.
    pub run: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// What more there is to say; null once it was erased.
    pub details: Option<serde_json::Value>,
}

/// What seals an event: with it, anybody can check that the event is the one
/// that was written, at its place in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seal {
    /// The event's place in the chain, from 1.
    pub seq: u64,
    /// SHA-256, in hex, over the seal before and the event's envelope in
    /// canonical JSON (RFC 8785).
    pub hash: String,
    /// Which person acted.
    pub person: Option<PersonId>,
    /// Which token.
    pub token: Option<TokenId>,
    /// Whose team's event it is.
    pub team: Option<String>,
    /// The salt of who acted: SHA-256 over it and `[login, token's name]` as
    /// JSON is sealed. Null once they were erased, and for events from before
    /// that was possible, whose names are sealed as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_salt: Option<String>,
    /// That hash, in hex, once they were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_hash: Option<String>,
    /// Who is the subject, or whose token is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_person: Option<PersonId>,
    /// The salt of the subject, which is sealed in the same way as a JSON string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_salt: Option<String>,
    /// Its hash, once it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_hash: Option<String>,
    /// SHA-256, in hex, over the salt and the details as sorted JSON.
    pub details_hash: String,
    /// The salt; null once the details were erased.
    pub salt: Option<String>,
}

/// An event with its seal, as exports hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SealedEvent {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// Its seal.
    pub seal: Seal,
}

/// Which events are asked for: not checked yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ListEvents {
    /// Whose doing, by login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What happened, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// To whom or what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// To which account, by id or username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// On which service, by slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// In which run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Not before this time (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Before this time (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Words, each of which stands somewhere in the event or its details; at
    /// most eight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

impl ListEvents {
    /// How many words can be looked for at the most.
    pub const MOST_WORDS: usize = 8;
}

/// In which form the audit is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ExportFormat {
    /// A line an event, as JSON, with its seal: this can be checked.
    #[default]
    Ndjson,
    /// A row an event, for spreadsheets.
    Csv,
}

/// How the audit is taken.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ExportAs {
    /// In which form; as NDJSON where nothing is said.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(inline))]
    pub format: ExportFormat,
}

/// A checked [`ListEvents`].
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Whose doing.
    pub actor: Option<String>,
    /// What happened.
    pub action: Option<Action>,
    /// To whom or what.
    pub subject: Option<String>,
    /// To which account.
    pub account: Option<AccountReference>,
    /// On which service.
    pub service: Option<String>,
    /// In which run.
    pub run: Option<String>,
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// What stands somewhere in it, whatever its case.
    pub words: Vec<String>,
}

/// For how long somebody held an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tenure {
    /// Who.
    pub holder: Login,
    /// From when on.
    pub from: Timestamp,
    /// Until when; null while they hold it.
    pub until: Option<Timestamp>,
}

/// An account as somebody names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountReference {
    /// By its id.
    Id(AccountId),
    /// By its username.
    Username(String),
}

impl ListEvents {
    /// Checks the fields; empty ones count as left out, as forms send them.
    ///
    /// # Errors
    /// A problem that names every field that cannot be accepted.
    pub fn parse(&self) -> Result<EventFilter, Problem> {
        let mut checks = Checks::new();
        let action = checks.optional(
            "/action",
            given(&self.action).map(|name| name.parse().map_err(|_| "is not the name of an action")),
        );
        let filter = EventFilter {
            actor: text(&mut checks, "/actor", &self.actor),
            action,
            subject: text(&mut checks, "/subject", &self.subject),
            account: text(&mut checks, "/account", &self.account).map(AccountReference::from),
            service: text(&mut checks, "/service", &self.service),
            run: text(&mut checks, "/run", &self.run),
            from: checks.optional("/from", given(&self.from).map(str::parse)),
            to: checks.optional("/to", given(&self.to).map(str::parse)),
            words: text(&mut checks, "/q", &self.q)
                .map(|q| q.split_whitespace().map(str::to_lowercase).collect())
                .unwrap_or_default(),
        };
        if filter.words.len() > Self::MOST_WORDS {
            checks.note("/q", format!("must be at most {} words", Self::MOST_WORDS));
        }
        checks.finish()?;
        Ok(filter)
    }
}

/// A text to look for. What no record can hold is refused, since not every
/// database can even be asked for it.
fn text(checks: &mut Checks, pointer: &str, field: &Option<String>) -> Option<String> {
    checks.optional(pointer, given(field).map(str::parse::<Value>)).map(Value::into_string)
}

impl From<String> for AccountReference {
    fn from(text: String) -> Self {
        text.parse().map_or(Self::Username(text), Self::Id)
    }
}

/// A field that was filled in.
pub(crate) fn given(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// Whether the history is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerdict {
    /// Whether nothing was found to be changed, removed or reordered.
    pub ok: bool,
    /// How many events the chain holds.
    pub events: u64,
    /// How many events are recorded but not chained yet.
    pub unsealed: u64,
    /// The chain's last hash, in hex; null while it is empty.
    pub head: Option<String>,
    /// Up to which event a head that was signed and kept outside the database
    /// vouches for the chain; null where none does.
    #[serde(default)]
    pub signed: Option<u64>,
    /// The first event that does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_bad: Option<BadEvent>,
}

impl AuditVerdict {
    /// Nothing could be checked, since what it is held against does not fit.
    pub const fn of_nothing(bad: BadEvent) -> Self {
        Self { ok: false, events: 0, unsealed: 0, head: None, signed: None, first_bad: Some(bad) }
    }
}

/// Where the history stops being whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BadEvent {
    /// Its place in the chain, from 1; null for an event outside it.
    pub seq: Option<u64>,
    /// The event.
    pub event: Option<EventId>,
    /// What does not fit.
    pub reason: String,
}
