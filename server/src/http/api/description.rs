//! What the description says beyond the routes themselves: who may call, and
//! which problems can come back.

use domain::problem::ProblemDocument;
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{
        Content, HeaderBuilder, HttpMethod, OpenApi as Document, Ref, RefOr, Required, Response,
        ResponseBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::http::problem::MEDIA_TYPE;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Understudy",
        description = "Test accounts on your services: request, reveal, renew, revoke, and all of it audited. \
                       Every error is a problem document (RFC 9457), whose `instance` is the request's id.",
    ),
    security(("bearer" = []), ("basic" = [])),
    tags(
        (name = "accounts", description = "Test accounts and their leases"),
        (name = "batches", description = "Many accounts asked for, or taken away, as one"),
        (name = "upkeep", description = "What should be gone and is not, runs that are kept, and whether leases end"),
        (name = "drift", description = "Where services and the ledger differ"),
        (name = "services", description = "Where accounts can be created"),
        (name = "people", description = "Who can sign in, and the teams to which they belong"),
        (name = "events", description = "The audit trail"),
        (name = "tokens", description = "API tokens, and whose one is"),
        (name = "article", description = "The two calls that scripts made before there was a portal"),
        (name = "health", description = "For whoever watches over the portal"),
    ),
)]
struct Frame;

/// The description without any route.
pub fn frame() -> Document {
    let mut frame = Frame::openapi();
    let components = frame.components.get_or_insert_default();
    let scheme = |scheme, text| {
        SecurityScheme::Http(HttpBuilder::new().scheme(scheme).description(Some(text)).build())
    };
    components.add_security_scheme("bearer", scheme(HttpAuthScheme::Bearer, "An API token"));
    components.add_security_scheme(
        "basic",
        scheme(HttpAuthScheme::Basic, "The same token as the password, with any user name"),
    );
    let mut schemas = vec![(ProblemDocument::name().into_owned(), ProblemDocument::schema())];
    ProblemDocument::schemas(&mut schemas);
    components.schemas.extend(schemas);
    frame
}

/// Adds to each operation the problems that its parts can cause, and words
/// for the answers that need none.
pub fn describe(document: &mut Document) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Delete, &mut item.delete),
            (HttpMethod::Patch, &mut item.patch),
        ];
        let offered =
            operations.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)));
        for (method, operation) in offered {
            // What needs no token says so by naming its own security.
            if operation.security.is_none() {
                if method == HttpMethod::Post {
                    let parameters = operation.parameters.get_or_insert_default();
                    parameters.push(RefOr::T(retry_key()));
                    add(operation, "409", KEY_IN_USE);
                    add(operation, "422", KEY_REUSED);
                    add(
                        operation,
                        "404",
                        "What is meant, or what the first request with this key made, is not there",
                    );
                } else if method != HttpMethod::Get {
                    add(operation, "409", "The present state does not allow it");
                }
                add_problems(path, operation);
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    "Done".clone_into(&mut response.description);
                }
            }
        }
    }
}

const KEY_IN_USE: &str =
    "The first request with this `Idempotency-Key` is still running, or the present state does not allow it";
const KEY_REUSED: &str = "Fields cannot be accepted, `errors` points at them; or the `Idempotency-Key` is no key, or belongs to a request with another body";

fn retry_key() -> Parameter {
    let text = "By what a repetition of this request is recognised: 1 to 255 visible ASCII characters, such as a UUID. \
                For 24 hours the same key and body get the first answer again, and nothing is done twice.";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(String::schema()))
        .example(Some("8e03978e-40d5-43dd-bc93-6894a57f9324".into()))
        .build()
}

fn add_problems(path: &str, operation: &mut Operation) {
    add(operation, "401", "No token, or one that is not valid");
    add(operation, "403", "The role or the token does not allow it, or another site sent the request");
    add(operation, "429", "Too many failed attempts, or as many accounts as the policy allows");
    add(operation, "500", "A fault of the portal's own; tell its operators the request's id");
    if path.contains('{') {
        add(operation, "404", "It does not exist, or one may not see it");
    }
    if operation.request_body.is_some() {
        add(operation, "400", "The body is not JSON");
        add(operation, "413", "The body is longer than 1 MiB");
        add(operation, "415", "The body's media type is not JSON");
    }
    let has_query = operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
        RefOr::Ref(_) => false,
    });
    if has_query || operation.request_body.is_some() {
        add(operation, "422", "Fields cannot be accepted; `errors` points at them");
    }
    add(operation, "default", "Any other problem");
}

fn add(operation: &mut Operation, status: &str, description: &str) {
    let responses = &mut operation.responses.responses;
    responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(status, description)));
}

fn problem(status: &str, description: &str) -> Response {
    let schema = Ref::from_schema_name(ProblemDocument::name());
    let response = ResponseBuilder::new()
        .description(description)
        .content(MEDIA_TYPE, Content::builder().schema(Some(schema)).build())
        .header("x-request-id", header("The request's id"));
    match status {
        "401" => response.header("WWW-Authenticate", header("How to authenticate")),
        "429" => response.header("Retry-After", header("After how many seconds to try again")),
        _ => response,
    }
    .build()
}

fn header(description: &str) -> utoipa::openapi::Header {
    HeaderBuilder::new().schema(Some(String::schema())).description(Some(description)).build()
}
