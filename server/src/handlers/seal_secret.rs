//! Giving the portal a service's own secret, to keep it sealed.

use domain::{Problem, ProblemKind, actor::Caller, audit::Action, policy, secret::Secret, service::Service};

use super::{Handlers, pause_service};
use crate::{
    connectors::{SecretReference, ServiceDefinition},
    secrets::service_secret,
    store::{NewEvent, ServiceRow},
};

/// No token or key is longer; whatever is, was not meant.
const LONGEST: usize = 64 * 1024;

pub(super) async fn run(
    portal: &Handlers,
    by: &Caller,
    slug: &str,
    secret: &Secret,
) -> Result<Service, Problem> {
    policy::write_services(&by.actor)?;
    let text = secret.expose();
    if text.is_empty() || text.len() > LONGEST || text.contains('\0') {
        return Err(Problem::invalid("/value", format!("must be a text of 1 to {LONGEST} bytes")));
    }
    let work = portal.store.begin().await?;
    let row = pause_service::take(&work, slug).await?;
    let definition = ServiceDefinition::restore(&row.definition)?;
    if definition.secret != Some(SecretReference::Sealed) {
        let place =
            definition.secret.map_or_else(|| "no secret".to_owned(), |reference| format!("`{reference}`"));
        let detail = format!(
            "The service's definition names {place}. To have the portal keep the secret, let it say `secret = \"sealed\"` first."
        );
        return Err(Problem::new(ProblemKind::Conflict, detail));
    }
    let sealed_secret = Some(service_secret::seal(&portal.keyring, row.id, secret));
    let row = ServiceRow { sealed_secret, ..row };
    work.save_service(&row).await?;
    work.commit(NewEvent::new(Action::ServiceSecretSealed, by).on(&row).into()).await?;
    portal.directory.describe(&row)
}
