//! The API's description, a page to browse it with, and the schema of service
//! files: all from this program, nothing from any network.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::{Path, State},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use utoipa_swagger_ui::Config;

use super::Shared;

/// Where the description is.
pub const DOCUMENT: &str = "/api/openapi.json";

/// Where the JSON Schema of service files is.
pub const SERVICE_FILE: &str = "/api/service-file.schema.json";

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Understudy API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="stylesheet" href="/api/docs/index.css">
<link rel="icon" href="/api/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<noscript><p>This page needs JavaScript. The API's description can be read without: <a href="/api/openapi.json">openapi.json</a>.</p></noscript>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/swagger-ui-standalone-preset.js"></script>
<script src="/api/docs/swagger-initializer.js"></script>
</body>
</html>
"#;

/// The page writes style attributes and inlines its icons; its scripts are
/// files of ours.
const POLICY: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const REVALIDATED: (HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| Arc::new(Config::from(DOCUMENT)));

/// `GET /api/openapi.json`
pub async fn document(State(shared): State<Shared>) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), REVALIDATED], shared.openapi.clone()).into_response()
}

/// `GET /api/service-file.schema.json`
pub async fn service_file() -> Response {
    let schema = include_str!("../connectors/service-file.schema.json");
    ([(header::CONTENT_TYPE, "application/schema+json"), REVALIDATED], schema).into_response()
}

/// `GET /api/docs`
pub async fn page() -> Response {
    ([POLICY, REVALIDATED], Html(PAGE)).into_response()
}

/// `GET /api/docs/{*file}`
pub async fn file(Path(file): Path<String>) -> Response {
    match utoipa_swagger_ui::serve(&file, CONFIG.clone()) {
        Ok(Some(file)) => {
            let encoding = file.gzpipped.then_some([(header::CONTENT_ENCODING, "gzip")]);
            let media_type = [(header::CONTENT_TYPE, file.content_type)];
            ([POLICY, REVALIDATED], media_type, encoding, file.bytes.into_owned()).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file of the API's page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
