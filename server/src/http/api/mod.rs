//! The JSON API and its description, made from the same routes.

mod description;
pub mod v1;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::description::describe;
use super::{Shared, compat, health};

/// Every route that the description tells of.
pub fn routes() -> OpenApiRouter<Shared> {
    let by_token = OpenApiRouter::new()
        .nest("/api/v1", v1::routes())
        .routes(routes!(compat::create))
        .routes(routes!(compat::cleanup))
        .layer(axum::middleware::map_response(super::token::challenge));
    OpenApiRouter::with_openapi(description::frame())
        .merge(by_token)
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
}
