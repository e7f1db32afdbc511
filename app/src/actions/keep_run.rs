//! Keeps a run's accounts from cleanups.

use domain::upkeep::Run;
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
    visit::{Deed, Note},
};

/// Keeps the run's accounts from cleanups for `ttl` from now.
///
/// # Errors
/// The time is none or too long, or the caller sees no account of such a run.
#[server(prefix = "/actions", endpoint = "keep_run")]
pub async fn keep_run(
    /// Which run.
    run: String,
    /// How long.
    #[server(default)]
    ttl: String,
) -> Result<Run, ActionError> {
    use domain::{time::TtlText, upkeep::KeepRun};

    let call = Call::now()?;
    let command = KeepRun { r#for: TtlText::Text(ttl.clone()) };
    let result = async { call.portal.keep_run(&call.caller().await?, &run, command).await }.await;
    call.answer(result, |result| {
        let (deed, to) = (Deed::KeepRun, run.clone());
        Next::page(paths::run(&run)).with(match result {
            Ok(kept) => Note::Done { deed, to, until: Some(kept.keep_until) },
            Err(problem) => Note::Refused { deed, to, typed: ttl, problem: problem.document(None) },
        })
    })
    .await
}
