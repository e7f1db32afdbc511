//! Waiting for a batch.

use std::time::Duration;

use domain::batch::{Batch, BatchFailure, BatchState};
use tokio::time::{Instant, sleep};

use super::{CliError, client::Api, tell};

/// The first pause between two looks; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// No pause between two looks is longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How often to say how far it is.
const SAID_EVERY: Duration = Duration::from_secs(3);

/// Looks again and again until the batch is finished, and says how far it is;
/// for no longer than that, if it is said for how long.
///
/// # Errors
/// The time is over, or the portal cannot be asked.
pub(super) async fn until_finished(
    api: &Api,
    mut batch: Batch,
    longest: Option<Duration>,
) -> Result<Batch, CliError> {
    let began = Instant::now();
    let (mut pause, mut said) = (FIRST_PAUSE, began);
    while batch.state == BatchState::Running {
        if longest.is_some_and(|longest| began.elapsed() >= longest) {
            let (progress, reasons) = (progress(&batch), reasons(&batch));
            let what =
                format!("batch {} is not finished, it goes on without you: {progress}{reasons}", batch.id);
            return Err(CliError::Other(what));
        }
        sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
        batch = api.get(&format!("/batches/{}", batch.id), &()).await?;
        if said.elapsed() >= SAID_EVERY {
            said = Instant::now();
            tell(&format!("{}{}", progress(&batch), reasons(&batch)));
        }
    }
    Ok(batch)
}

/// A batch on one line.
pub(super) fn line(batch: &Batch) -> String {
    format!("{}\t{}\t{}", batch.id, batch.state, progress(batch))
}

/// An error that lists what failed, if anything did.
pub(super) fn succeeded(batch: &Batch) -> Result<(), CliError> {
    if batch.failed == 0 {
        return Ok(());
    }
    Err(CliError::Other(format!("{} of {} failed{}", batch.failed, batch.total, reasons(batch))))
}

fn progress(batch: &Batch) -> String {
    let more = [(batch.failed, "failed"), (batch.waiting, "waiting for a manager"), (batch.kept, "kept")];
    let more = more.into_iter().filter(|(count, _)| *count > 0);
    let more: String = more.map(|(count, what)| format!(", {count} {what}")).collect();
    format!("{} of {} done{more}", batch.done, batch.total)
}

fn reasons(batch: &Batch) -> String {
    let lines = |failure: &BatchFailure| {
        let username = failure.username.clone();
        let services = failure.reasons.clone().into_iter();
        services.map(move |(service, reason)| format!("\n  {username} on {service}: {reason}"))
    };
    batch.failures.iter().flat_map(lines).collect()
}
