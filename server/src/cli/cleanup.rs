//! `understudy cleanup`

use std::time::Duration;

use clap::Args;
use domain::batch::{Batch, BatchState, CleanUp, CleanUpPreview};

use super::{
    CliError,
    account::{line, say},
    arguments::{Pair, each_once, parse_pair},
    batch,
    client::{Api, ApiArgs, PATIENCE},
    tell,
};

/// How long the first answer may take: small cleanups are done by then.
const FIRST_WAIT: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(super) struct Cleanup {
    #[command(flatten)]
    api: ApiArgs,
    #[command(flatten)]
    which: Selector,
    /// Say what would go, and leave it.
    #[arg(long)]
    dry_run: bool,
    /// Answer with the batch's id, and do not wait until all is gone.
    #[arg(long, conflicts_with = "dry_run")]
    no_wait: bool,
    /// How long to wait at the most; the portal goes on without you [default: until all is gone].
    #[arg(long, value_name = "SECONDS", conflicts_with_all = ["dry_run", "no_wait"])]
    wait: Option<u64>,
    /// Print the API's answer as JSON.
    #[arg(long)]
    json: bool,
}

/// Which accounts are to go: those that fit all that is given.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Selector {
    /// Those of this run.
    #[arg(long)]
    run: Option<String>,
    /// Those on this service, by slug.
    #[arg(long, value_name = "SLUG")]
    service: Option<String>,
    /// Those with this label; can be given several times.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = parse_pair)]
    labels: Vec<Pair>,
    /// Those that this login asked for.
    #[arg(long, value_name = "LOGIN")]
    requested_by: Option<String>,
    /// Those whose username begins so.
    #[arg(long, value_name = "PREFIX")]
    username_prefix: Option<String>,
    /// All that you hold; stands alone.
    #[arg(long, conflicts_with_all = ["run", "service", "labels", "requested_by", "username_prefix"])]
    mine: bool,
}

impl Selector {
    fn into_command(self) -> CleanUp {
        CleanUp {
            run: self.run,
            service: self.service,
            labels: each_once("--label", self.labels),
            requested_by: self.requested_by,
            username_prefix: self.username_prefix,
            mine: self.mine,
        }
    }
}

impl Cleanup {
    pub async fn run(self) -> Result<(), CliError> {
        let command = self.which.into_command();
        let api = Api::new(self.api)?.patient(PATIENCE);
        if self.dry_run {
            let preview: CleanUpPreview = api.post("/cleanups?dry_run=true", &command).await?;
            say(&preview, self.json, preview_lines);
            return Ok(());
        }
        // So the batch's id is known early, however long the services take.
        let at_first = if self.no_wait { Duration::ZERO } else { FIRST_WAIT };
        let mut batch: Batch = api.waiting(at_first).post("/cleanups", &command).await?;
        if self.no_wait {
            say(&batch, self.json, |batch| batch.id.to_string());
            return Ok(());
        }
        if batch.state == BatchState::Running {
            tell(&format!("cleaning up as batch {}; it goes on without you, too", batch.id));
            batch = batch::until_finished(&api, batch, self.wait.map(Duration::from_secs)).await?;
        }
        say(&batch, self.json, batch::line);
        batch::succeeded(&batch)
    }
}

fn preview_lines(preview: &CleanUpPreview) -> String {
    let counts = [format!("matched\t{}", preview.matched), format!("kept\t{}", preview.kept)];
    let ending = (preview.ending > 0).then(|| format!("ending\t{}", preview.ending));
    let by_service = preview.by_service.iter().map(|(service, count)| format!("{service}\t{count}"));
    let lines = counts.into_iter().chain(ending).chain(by_service).chain(preview.sample.iter().map(line));
    lines.collect::<Vec<_>>().join("\n")
}
