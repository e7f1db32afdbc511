//! Which request to send, as a template.

use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
};
use url::{Url, form_urlencoded};

use super::{
    super::definition::table::Table,
    fields::{Headers, JsonTemplate, read_pairs, render_pairs},
    template::{Place, Template, TemplateError, Values, literally},
};

/// A request with places for values.
#[derive(Clone, Debug)]
pub struct RequestTemplate {
    method: Method,
    path: Template,
    query: Option<Template>,
    pairs: Vec<(String, Template)>,
    headers: Headers,
    body: Body,
}

/// What a request carries.
#[derive(Clone, Debug)]
enum Body {
    None,
    Json(JsonTemplate),
    Form(Vec<(String, Template)>),
}

impl Body {
    fn read(table: &mut Table<'_>) -> Option<Self> {
        let json = table.take("json");
        let form = read_pairs(table, "form", Place::Text)?;
        match (json, form.is_empty()) {
            (Some(_), false) => {
                table.note("form", "cannot be given beside `json`: a request has one body");
                None
            }
            (Some(json), true) => JsonTemplate::read(table, "json", json).map(Self::Json),
            (None, false) => Some(Self::Form(form)),
            (None, true) => Some(Self::None),
        }
    }
}

const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What a request line looks like, for those who wrote another one.
const LINE: &str = "must be a method and a path, such as `POST /users` or `DELETE /users/{{ username }}`";

impl RequestTemplate {
    /// Reads the request of an operation's table.
    pub fn read(table: &mut Table<'_>) -> Option<Self> {
        let line = table.required::<String>("request");
        let pairs = read_pairs(table, "query", Place::Text);
        let headers = Headers::read(table, "headers");
        let body = Body::read(table);
        let (method, path, query) = line.and_then(|line| {
            let parsed = parse_line(&line);
            table.check("request", parsed)
        })?;
        Some(Self { method, path, query, pairs: pairs?, headers: headers?, body: body? })
    }

    /// All templates of the request.
    pub fn templates(&self) -> Vec<&Template> {
        let body = match &self.body {
            Body::None => Vec::new(),
            Body::Json(json) => json.templates(),
            Body::Form(fields) => fields.iter().map(|(_, template)| template).collect(),
        };
        let pairs = self.pairs.iter().map(|(_, template)| template);
        [&self.path]
            .into_iter()
            .chain(&self.query)
            .chain(pairs)
            .chain(self.headers.templates())
            .chain(body)
            .collect()
    }

    /// Method and path for people to read: never the query, and no path that
    /// has a secret in it.
    pub fn summary(&self, values: &Values) -> String {
        let secret = self.path.uses("secret") || self.path.uses("password");
        let path = if secret { None } else { self.path.render(values).ok() };
        format!("{} {}", self.method, path.as_deref().unwrap_or(self.path.source()))
    }

    /// Fills the values in.
    ///
    /// # Errors
    /// A value is not known, or cannot stand where it should.
    pub fn prepare(&self, base: &Url, values: &Values) -> Result<reqwest::Request, TemplateError> {
        let path = self.path.render(values)?;
        let mut url = join(base, &path)
            .ok_or_else(|| TemplateError::new(format!("`{}` leaves its path", self.path.source())))?;
        let query = self.query.as_ref().map(|query| query.render(values)).transpose()?;
        let pairs = render_pairs(&self.pairs, values)?;
        url.set_query(query.as_deref());
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }

        let mut request = reqwest::Request::new(self.method.clone(), url);
        let (content_type, body) = match &self.body {
            Body::None => (None, None),
            Body::Json(json) => (Some("application/json"), Some(json.render(values)?.to_string())),
            Body::Form(fields) => {
                let fields = render_pairs(fields, values)?;
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                (Some("application/x-www-form-urlencoded"), Some(body))
            }
        };
        *request.body_mut() = body.map(Into::into);
        let headers: &mut HeaderMap = request.headers_mut();
        headers.extend(content_type.map(|media| (CONTENT_TYPE, HeaderValue::from_static(media))));
        self.headers.render(values, headers)?;
        Ok(request)
    }
}

/// The URL below the base; `None` where the path would not stay as it is
/// written, as with `..` in it.
fn join(base: &Url, path: &str) -> Option<Url> {
    let whole = format!("{}{path}", base.path().trim_end_matches('/'));
    let mut url = base.clone();
    url.set_path(&whole);
    (url.path() == whole).then_some(url)
}

fn parse_line(line: &str) -> Result<(Method, Template, Option<Template>), TemplateError> {
    let (method, target) = line.trim().split_once(' ').ok_or_else(|| TemplateError::new(LINE))?;
    let target = target.trim();
    let method =
        METHODS.into_iter().find(|known| known.as_str() == method).ok_or_else(|| TemplateError::new(LINE))?;

    let literal = literally(target, "1");
    let odd = |c: char| !c.is_ascii_graphic() || "\\#\"<>^`{|}".contains(c);
    if let Some(odd) = literal.chars().find(|c| odd(*c)) {
        return Err(TemplateError::new(format!("contains {odd:?}, which has to be percent-encoded")));
    }
    let (path, query) = split_query(target);
    let literal = literally(path, "1");
    let anywhere = Url::parse("http://localhost").ok();
    if !literal.starts_with('/') || anywhere.is_none_or(|base| join(&base, &literal).is_none()) {
        return Err(TemplateError::new(LINE));
    }
    let query = query.map(|query| Template::parse(query, Place::Query)).transpose()?;
    Ok((method, Template::parse(path, Place::Path)?, query))
}

/// Splits at the first question mark that is not part of an expression.
fn split_query(target: &str) -> (&str, Option<&str>) {
    let mut from = 0;
    loop {
        let rest = &target[from..];
        match (rest.find('?'), rest.find("{{")) {
            (Some(mark), expression) if expression.is_none_or(|start| mark < start) => {
                return (&target[..from + mark], Some(&target[from + mark + 1..]));
            }
            (Some(_), Some(start)) => match rest[start..].find("}}") {
                Some(end) => from += start + end + 2,
                None => return (target, None),
            },
            (Some(_) | None, _) => return (target, None),
        }
    }
}
