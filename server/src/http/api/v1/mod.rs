//! `/api/v1`: each route resolves the caller, reads what is asked for, calls
//! the portal and shows what it answers.

mod accounts;
mod batches;
mod drift;
mod events;
mod me;
mod people;
mod services;
mod standings;
mod teams;
mod tokens;
mod upkeep;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::Shared;

/// The routes, without the prefix.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(me::show))
        .merge(accounts::routes())
        .merge(drift::routes())
        .routes(routes!(batches::clean_up))
        .routes(routes!(batches::list))
        .routes(routes!(batches::show))
        .routes(routes!(batches::watch))
        .routes(routes!(batches::waiting))
        .routes(routes!(batches::approve))
        .routes(routes!(batches::deny))
        .routes(routes!(batches::retry))
        .routes(routes!(batches::accounts))
        .routes(routes!(upkeep::list_debt))
        .routes(routes!(upkeep::retry_removals))
        .routes(routes!(upkeep::retry_removal))
        .routes(routes!(upkeep::keep_run))
        .routes(routes!(upkeep::show_expiry))
        .routes(routes!(upkeep::resume_expiry))
        .routes(routes!(services::list, services::apply))
        .routes(routes!(services::show, services::put, standings::retire))
        .routes(routes!(standings::pause))
        .routes(routes!(standings::resume))
        .routes(routes!(services::seal))
        .routes(routes!(services::check))
        .routes(routes!(events::list))
        .routes(routes!(events::export))
        .routes(routes!(events::verify))
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::show, people::change))
        .routes(routes!(people::invite))
        .routes(routes!(teams::list, teams::add))
        .routes(routes!(teams::show, teams::change, teams::remove))
        .routes(routes!(tokens::list, tokens::issue))
        .routes(routes!(tokens::revoke))
}
