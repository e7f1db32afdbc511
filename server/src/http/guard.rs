//! Refuses what another site makes a visitor's browser send.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Problem, ProblemKind};

use super::problem::ApiProblem;

/// Lets the request pass unless a browser says that another site sent it.
pub async fn same_site_only(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if is_foreign(&parts) {
        return ApiProblem(Problem::new(
            ProblemKind::CrossSite,
            "A browser sent this on behalf of another site. Open the portal itself and try there.",
        ))
        .into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Browsers say with `Sec-Fetch-Site` where a request comes from; programs
/// say nothing and pass. Following a link from another site to a page is the
/// one thing that another site may have somebody do: it changes nothing, and
/// the other site sees nothing of it.
///
/// `same-site` is another origin of the same domain, or another port of this
/// host: it may read what is public, and change nothing.
fn is_foreign(request: &Parts) -> bool {
    let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    match text(&request.headers, "sec-fetch-site") {
        Some("same-origin" | "none") => false,
        Some("same-site") => !reads,
        Some(_) => !follows_a_link_to_a_page(request),
        // Over plain http, browsers leave it out for hosts other than this
        // machine; they always say the origin of what may change something.
        None => !reads && has_foreign_origin(request),
    }
}

fn follows_a_link_to_a_page(request: &Parts) -> bool {
    request.method == Method::GET
        && text(&request.headers, "sec-fetch-mode") == Some("navigate")
        && text(&request.headers, "sec-fetch-dest") == Some("document")
        && !is_for_programs(&request.uri)
}

/// Whether the address is one that programs call, and no page.
pub fn is_for_programs(uri: &Uri) -> bool {
    const PROGRAMS: [&str; 10] = [
        "/api", "/oauth", "/actions", "/live", "/create", "/cleanup", "/assets", "/healthz", "/readyz",
        "/metrics",
    ];
    let path = uri.path();
    let is_under = |top| path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    PROGRAMS.into_iter().any(is_under) && !is_under("/api/docs")
}

fn has_foreign_origin(request: &Parts) -> bool {
    let Some(origin) = request.headers.get(header::ORIGIN) else {
        return false;
    };
    // The scheme is left out of it: behind a proxy that ends TLS, ours is not
    // the one that the browser sees.
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    let host = request.uri.authority().map(|host| host.as_str());
    let host = text(&request.headers, header::HOST.as_str()).or(host);
    match (origin, host) {
        (Some(origin), Some(host)) => !origin.eq_ignore_ascii_case(host),
        _ => true,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // One that cannot be read is present all the same, and matches nothing.
    headers.get(name).map(|value| value.to_str().unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(method: Method, uri: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_foreign(&request.body(()).unwrap().into_parts().0)
    }

    const LINK: [(&str, &str); 3] =
        [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];

    #[test]
    fn programs_and_the_portals_own_pages_pass() {
        assert!(!foreign(Method::POST, "/api/v1/accounts", &[]));
        for site in ["same-origin", "none"] {
            assert!(!foreign(Method::POST, "/actions/sign_in", &[("sec-fetch-site", site)]), "{site}");
        }
    }

    #[test]
    fn another_site_may_only_link_to_pages() {
        for path in ["/", "/accounts", "/sign-in?then=/accounts", "/api/docs/", "/created"] {
            assert!(!foreign(Method::GET, path, &LINK), "{path}");
            assert!(foreign(Method::GET, path, &LINK[..1]), "{path}");
            assert!(foreign(Method::POST, path, &LINK), "{path}");
        }
        for path in ["/api/v1/accounts", "/api/openapi.json", "/actions/sign_out", "/live", "/create"] {
            assert!(foreign(Method::GET, path, &LINK), "{path}");
        }
    }

    #[test]
    fn another_port_of_the_host_changes_nothing() {
        let headers = [("sec-fetch-site", "same-site")];
        assert!(foreign(Method::POST, "/actions/sign_in", &headers));
        assert!(!foreign(Method::GET, "/accounts", &headers));
    }

    #[test]
    fn what_is_not_understood_is_foreign() {
        assert!(foreign(Method::POST, "/cleanup", &[("sec-fetch-site", "")]));
        assert!(foreign(Method::GET, "/accounts", &[("sec-fetch-site", "same-origin, cross-site")]));
    }

    #[test]
    fn the_origin_decides_where_a_browser_says_nothing_else() {
        let from =
            |origin| foreign(Method::POST, "/actions/x", &[("host", "portal:3000"), ("origin", origin)]);
        assert!(!from("http://portal:3000"));
        assert!(!from("https://PORTAL:3000"));
        for origin in
            ["http://portal:3001", "http://evil.example", "null", "", "http://portal:3000.evil.example"]
        {
            assert!(from(origin), "{origin}");
        }
        assert!(
            foreign(Method::POST, "/actions/x", &[("origin", "http://portal:3000")]),
            "no host to compare"
        );
    }
}
