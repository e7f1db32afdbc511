//! Makes right where services and the ledger differ.

use domain::{
    drift::{DriftEntry, Sweep},
    id::DriftId,
};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};
#[cfg(feature = "ssr")]
use domain::command::Wait;

/// Makes it right here: a stranger's account becomes the caller's, one that is
/// missing is created again.
///
/// # Errors
/// The caller may not, or it was dealt with already, or cannot be adopted.
#[server(prefix = "/actions", endpoint = "adopt_drift")]
pub async fn adopt_drift(
    /// What differs.
    drift: DriftId,
) -> Result<DriftEntry, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.adopt_drift(&call.caller().await?, drift, Wait::default()).await }.await;
    let account = result.as_ref().ok().and_then(|entry| entry.account);
    let to = account.map_or_else(|| drift.to_string(), |account| account.to_string());
    call.answer_deed(Deed::AdoptDrift, to, String::new(), paths::DRIFT.to_owned(), result).await
}

/// Makes it right there: deletes what should be gone, or takes away what is
/// missing.
///
/// # Errors
/// The caller may not, or it was dealt with already, or it is a stranger's.
#[server(prefix = "/actions", endpoint = "delete_drift")]
pub async fn delete_drift(
    /// What differs.
    drift: DriftId,
) -> Result<DriftEntry, ActionError> {
    let call = Call::now()?;
    let result =
        async { call.portal.delete_drift(&call.caller().await?, drift, Wait::default()).await }.await;
    let to = name(drift, &result);
    call.answer_deed(Deed::DeleteDrift, to, String::new(), paths::DRIFT.to_owned(), result).await
}

/// Leaves it as it is.
///
/// # Errors
/// The caller may not, or it was dealt with already.
#[server(prefix = "/actions", endpoint = "ignore_drift")]
pub async fn ignore_drift(
    /// What differs.
    drift: DriftId,
) -> Result<DriftEntry, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.ignore_drift(&call.caller().await?, drift).await }.await;
    let to = name(drift, &result);
    call.answer_deed(Deed::IgnoreDrift, to, String::new(), paths::DRIFT.to_owned(), result).await
}

/// Compares a service's accounts with the ledger now.
///
/// # Errors
/// The caller may not, the service cannot list its accounts, or does not answer.
#[server(prefix = "/actions", endpoint = "sweep_service")]
pub async fn sweep_service(
    /// Which service, by slug.
    service: String,
) -> Result<Sweep, ActionError> {
    use domain::drift::DriftState;
    let call = Call::now()?;
    let result = async { call.portal.sweep_service(&call.caller().await?, &service, false).await }.await;
    let left = result.as_ref().map_or(0, |sweep| {
        let all = sweep.unknown.iter().chain(&sweep.missing);
        all.filter(|found| found.state == DriftState::Open).count()
    });
    let to = if result.is_ok() { left.to_string() } else { service };
    call.answer_deed(Deed::SweepService, to, String::new(), paths::DRIFT.to_owned(), result).await
}

#[cfg(feature = "ssr")]
fn name(drift: DriftId, result: &Result<DriftEntry, domain::Problem>) -> String {
    result.as_ref().map_or_else(|_| drift.to_string(), |entry| entry.username.clone())
}
