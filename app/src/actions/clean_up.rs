//! Takes many accounts away.

use domain::batch::Batch;
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{
    actions::call::{Call, Next},
    paths,
    visit::{CleanUpForm, Deed, Note},
};

/// Takes away what is selected now, and nothing that is made later; a plain
/// form goes on to the page that shows how far that is.
///
/// # Errors
/// Nothing is selected, or what is selected by cannot be meant.
#[server(prefix = "/actions", endpoint = "clean_up")]
pub async fn clean_up(
    /// Those of this run.
    #[server(default)]
    run: String,
    /// Those on this service, by slug.
    #[server(default)]
    service: String,
    /// Those with these labels, one `key=value` on each line.
    #[server(default)]
    labels: String,
    /// Those that this login asked for.
    #[server(default)]
    requested_by: String,
    /// Those whose username begins so.
    #[server(default)]
    username_prefix: String,
    /// All that the caller holds.
    #[server(default)]
    mine: bool,
) -> Result<Batch, ActionError> {
    let call = Call::now()?;
    let form = CleanUpForm { run, service, labels, requested_by, username_prefix, mine };
    let result = async {
        let caller = call.caller().await?;
        // Not much longer than small cleanups take: the page shows how far it is.
        call.portal.clean_up(&caller, form.read()?, domain::command::Wait::seconds(1)).await
    }
    .await;
    call.answer(result, |result| match result {
        Ok(batch) => Next::page(paths::batch(batch.id)),
        Err(problem) => Next::page(form.address()).with(Note::Refused {
            deed: Deed::CleanUp,
            to: String::new(),
            typed: String::new(),
            problem: problem.document(None),
        }),
    })
    .await
}
