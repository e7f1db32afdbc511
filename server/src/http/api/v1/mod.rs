//! `/api/v1`: each route resolves the caller, reads what is asked for, calls
//! the portal and shows what it answers.

mod accounts;
mod events;
mod me;
mod services;
mod tokens;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::Shared;

/// The routes, without the prefix.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(me::show))
        .merge(accounts::routes())
        .routes(routes!(services::list, services::apply))
        .routes(routes!(services::show, services::put))
        .routes(routes!(events::list))
        .routes(routes!(events::verify))
        .routes(routes!(tokens::list, tokens::issue))
        .routes(routes!(tokens::revoke))
}
