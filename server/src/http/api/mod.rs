//! The JSON API and its description, made from the same routes.

mod description;
pub mod v1;

use axum::middleware::{from_fn, map_response};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::description::describe;
use super::{Shared, compat, health, oauth, retry_key, token};

/// Every route that the description tells of.
pub fn routes() -> OpenApiRouter<Shared> {
    let by_token = OpenApiRouter::new()
        .nest("/api/v1", v1::routes())
        .routes(routes!(compat::create))
        .routes(routes!(compat::cleanup))
        .layer(from_fn(retry_key::read))
        .layer(map_response(token::challenge));
    OpenApiRouter::with_openapi(description::frame())
        .merge(by_token)
        .merge(oauth::routes())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}
