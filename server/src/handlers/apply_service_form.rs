//! Applying a service's table that was typed into a form.

use domain::{
    Problem, ProblemKind,
    actor::Caller,
    policy,
    portal::Applied,
    service::{ServiceDraft, ServiceForm},
    time::Timestamp,
};

use super::{Handlers, apply_service};
use crate::{
    connectors::{
        ServiceDefinition, preset,
        service_form::{FilledForm, fill_in},
    },
    store::ServiceRow,
};

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    form: &ServiceForm,
    seen: Option<Timestamp>,
) -> Result<Applied, Problem> {
    policy::write_services(&by.actor)?;
    let before = match seen {
        Some(seen) => Some(as_seen(portal.store.service(&form.slug).await?, seen)?),
        None => None,
    };
    let filled = FilledForm::read(form, before.as_ref().map(|row| &row.definition));
    let table = filled.table().clone();
    let checked = apply_service::check(portal, by, &table).await;
    let definition = filled.verdict(checked)?;
    // Looked at again: meanwhile, hosts were looked up.
    let work = portal.store.begin().await?;
    let there = work.service(definition.slug.as_str()).await?.filter(ServiceRow::is_there);
    match (seen, there) {
        (Some(seen), there) => drop(as_seen(there, seen)?),
        (None, None) => {}
        (None, Some(_)) => {
            let taken = "is a service's already. Change that on its page, or choose another";
            return FilledForm::read(form, None).verdict(Err(Problem::invalid("/slug", taken)));
        }
    }
    apply_service::commit(portal, by, work, definition, table).await
}

/// The service, if it is as it was when its form was made.
fn as_seen(row: Option<ServiceRow>, seen: Timestamp) -> Result<ServiceRow, Problem> {
    let row = row.ok_or_else(|| Problem::not_found("service"))?;
    if row.updated_at == seen {
        return Ok(row);
    }
    let detail =
        "Somebody changed the service since you opened it here. What you typed is below, and not saved.";
    Err(Problem::new(ProblemKind::Stale, detail))
}

pub(super) async fn draft(
    portal: &Handlers,
    by: &Caller,
    slug: Option<&str>,
) -> Result<ServiceDraft, Problem> {
    policy::write_services(&by.actor)?;
    let blank = ServiceDraft {
        form: ServiceForm::default(),
        seen: None,
        problem: None,
        teams: portal.store.teams().await?,
        environments: portal.directory.environments().to_vec(),
        presets: preset::names().filter(|name| *name != preset::NONE).collect(),
    };
    let Some(slug) = slug else { return Ok(blank) };
    let row = portal.store.service(slug).await?.ok_or_else(|| Problem::not_found("service"))?;
    // A table that was written by hand may have lost it.
    let form = ServiceForm { slug: row.slug.to_string(), ..fill_in(&row.definition)? };
    let read = ServiceDefinition::restore(&row.definition);
    let problem = FilledForm::read(&form, Some(&row.definition)).verdict(read).err();
    Ok(ServiceDraft { form, seen: Some(row.updated_at), problem, ..blank })
}
