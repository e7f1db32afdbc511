//! Applying service files: each as a whole, or not at all.

use std::collections::HashMap;

use domain::{Problem, ProblemKind, actor::Caller, policy, portal::Applied, text::Slug};
use serde_json::Value;

use super::{
    Handlers,
    apply_service::{self, apply},
};
use crate::{
    connectors::{ServiceDefinition, ServiceFile, service_file::Faults},
    store::Events,
};

/// Why service files were not applied.
#[derive(Debug, thiserror::Error)]
pub enum NotApplied {
    /// Something is wrong with them.
    #[error("{0}")]
    Faults(Faults),
    /// For a reason that lies in none of them.
    #[error(transparent)]
    Problem(#[from] Problem),
}

impl From<NotApplied> for Problem {
    fn from(error: NotApplied) -> Self {
        match error {
            NotApplied::Faults(faults) => faults.into(),
            NotApplied::Problem(problem) => problem,
        }
    }
}

/// Applies the tables of a file: all of them, or none. Whoever sends it once
/// more finds that all is so already.
pub(super) async fn run(portal: &Handlers, by: &Caller, text: &str) -> Result<Vec<Applied>, Problem> {
    policy::write_services(&by.actor)?;
    let file = ServiceFile::parse("", text)?;
    Ok(run_all(portal, by, &[file]).await?)
}

/// The same with several files at once.
pub(super) async fn run_all(
    portal: &Handlers,
    by: &Caller,
    files: &[ServiceFile],
) -> Result<Vec<Applied>, NotApplied> {
    policy::write_services(&by.actor)?;
    let checked = check(portal, by, files).await.map_err(NotApplied::Faults)?;
    let slugs: Vec<_> = checked.iter().map(|(_, definition)| definition.slug.clone()).collect();
    let work = portal.store.begin().await.map_err(Problem::from)?;
    work.lock_services(&slugs).await.map_err(Problem::from)?;
    let mut changes = Vec::new();
    for (part, definition) in checked {
        let change = apply(portal, &work, definition, part.table().clone()).await;
        changes.push(change.map_err(|problem| part.not_applied(problem))?);
    }
    if let Some(events) = Events::all(changes.iter().filter_map(|change| change.event(by)).collect()) {
        work.commit(events).await.map_err(Problem::from)?;
    }
    Ok(changes.into_iter().map(|change| change.applied(portal)).collect::<Result<_, _>>()?)
}

/// One table of a file.
#[derive(Clone, Copy)]
struct Part<'a> {
    file: &'a ServiceFile,
    at: usize,
}

impl<'a> Part<'a> {
    fn all(files: &'a [ServiceFile]) -> impl Iterator<Item = Self> {
        files.iter().flat_map(|file| (0..file.tables().len()).map(move |at| Self { file, at }))
    }

    fn table(self) -> &'a Value {
        &self.file.tables()[self.at]
    }

    fn not_applied(self, problem: Problem) -> NotApplied {
        // A fault of the portal's own stands in no file.
        if problem.kind == ProblemKind::Internal {
            return problem.into();
        }
        NotApplied::Faults(self.file.faults(self.at, &problem))
    }
}

/// Checks all tables before the first is applied.
async fn check<'a>(
    portal: &Handlers,
    by: &Caller,
    files: &'a [ServiceFile],
) -> Result<Vec<(Part<'a>, ServiceDefinition)>, Faults> {
    let (mut checked, mut faults, mut found) = (Vec::new(), Vec::new(), HashMap::<Slug, Part<'_>>::new());
    for part in Part::all(files) {
        let definition = apply_service::check(portal, by, part.table()).await.and_then(|definition| {
            // Else the one that comes later would count, whichever that is.
            match found.insert(definition.slug.clone(), part) {
                None => Ok(definition),
                Some(before) => {
                    let place = before.file.place_of(before.at, "/slug");
                    Err(Problem::invalid("/slug", format!("stands twice: {place} has it too")))
                }
            }
        });
        match definition {
            Ok(definition) => checked.push((part, definition)),
            Err(problem) => faults.push(part.file.faults(part.at, &problem)),
        }
    }
    Faults::all(faults).map_or(Ok(checked), Err)
}
