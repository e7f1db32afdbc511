//! Which request to send, as a template.

use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue},
};
use url::{Url, form_urlencoded};

use super::{
    super::definition::table::Table,
    fields::{Headers, JsonTemplate, read_pairs, render_pairs},
    template::{Place, Template, TemplateError, literally},
    values::{Scope, Values},
};

/// A request with places for values.
#[derive(Clone, Debug)]
pub struct RequestTemplate {
    method: Method,
    elsewhere: Option<Url>,
    path: Template,
    query: Option<Template>,
    pairs: Vec<(String, Template)>,
    headers: Headers,
    body: Body,
}

/// A request whose values are filled in.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<String>,
}

impl From<Prepared> for reqwest::Request {
    fn from(prepared: Prepared) -> Self {
        let mut request = Self::new(prepared.method, prepared.url);
        *request.headers_mut() = prepared.headers;
        *request.body_mut() = prepared.body.map(Into::into);
        request
    }
}

/// What a request carries.
#[derive(Clone, Debug)]
enum Body {
    None,
    Json(JsonTemplate),
    Form(Vec<(String, Template)>),
    Text(Template),
    Xml(Template),
}

impl Body {
    fn read(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let json = table.take("json");
        let form = read_pairs(table, "form", Place::Text, scope)?;
        let text = table.optional::<String>("text");
        let xml = table.optional::<String>("xml");
        let given = [
            ("json", json.is_some()),
            ("form", !form.is_empty()),
            ("text", text.is_some()),
            ("xml", xml.is_some()),
        ];
        let mut given = given.into_iter().filter_map(|(name, is_given)| is_given.then_some(name));
        if let (Some(first), Some(second)) = (given.next(), given.next()) {
            table.note(second, format!("cannot be given beside `{first}`: a request has one body"));
            return None;
        }
        let mut parse = |name, source: &str, place| {
            let parsed = Template::parse(source, place, scope);
            table.check(name, parsed)
        };
        match (json, text, xml) {
            (_, Some(text), _) if !literally(text.trim(), "").is_empty() => {
                table.note("text", ONE_VALUE);
                None
            }
            (_, _, Some(xml)) if xml.contains("<![CDATA[") => {
                table.note("xml", "must not hold CDATA: values are escaped, which means nothing there");
                None
            }
            (_, Some(text), _) => parse("text", text.trim(), Place::Line).map(Self::Text),
            (_, _, Some(xml)) => parse("xml", &xml, Place::Xml).map(Self::Xml),
            (Some(json), ..) => JsonTemplate::read(table, "json", json, scope).map(Self::Json),
            (None, ..) if form.is_empty() => Some(Self::None),
            (None, ..) => Some(Self::Form(form)),
        }
    }

    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::None => Vec::new(),
            Self::Json(json) => json.templates(),
            Self::Form(fields) => fields.iter().map(|(_, template)| template).collect(),
            Self::Text(template) | Self::Xml(template) => vec![template],
        }
    }

    /// Its media type and its text.
    fn render(&self, values: &Values) -> Result<Option<(&'static str, String)>, TemplateError> {
        Ok(match self {
            Self::None => None,
            Self::Json(json) => Some(("application/json", json.render(values)?.to_string())),
            Self::Form(fields) => {
                let fields = render_pairs(fields, values)?;
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                Some(("application/x-www-form-urlencoded", body))
            }
            Self::Text(template) => Some(("text/plain; charset=utf-8", template.render(values)?)),
            Self::Xml(template) => Some(("application/xml", template.render(values)?)),
        })
    }
}

const ONE_VALUE: &str = "must be one expression such as `{{ password }}` and nothing else: a value could imitate what stands around it";

const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What a request line looks like, for those who wrote another one.
const LINE: &str = "must be a method and a path, such as `POST /users` or `DELETE /users/{{ username }}`";

/// What may be seen of an account by whoever may read its history.
const PLAIN: [&str; 7] = ["username", "email", "attributes", "account_id", "remote_id", "prefix", "values"];

impl RequestTemplate {
    /// Reads the request of a step's table.
    pub fn read(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let line = table.required::<String>("request");
        let pairs = read_pairs(table, "query", Place::Text, scope);
        let headers = Headers::read(table, "headers", scope);
        let body = Body::read(table, scope);
        let line = line.and_then(|line| {
            let parsed = Line::parse(&line, scope);
            table.check("request", parsed)
        })?;
        let Line { method, elsewhere, path, query } = line;
        Some(Self { method, elsewhere, path, query, pairs: pairs?, headers: headers?, body: body? })
    }

    /// All templates of the request.
    pub fn templates(&self) -> Vec<&Template> {
        let pairs = self.pairs.iter().map(|(_, template)| template);
        [&self.path]
            .into_iter()
            .chain(&self.query)
            .chain(pairs)
            .chain(self.headers.templates())
            .chain(self.body.templates())
            .collect()
    }

    /// Where it goes, if that is not the service's own base URL.
    pub const fn elsewhere(&self) -> Option<&Url> {
        self.elsewhere.as_ref()
    }

    /// Whether its path holds one of these values.
    pub fn path_uses(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.path.uses(name))
    }

    /// Whether it only looks.
    pub fn is_a_look(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    /// Method and path for people to read: never the query, and no path that
    /// has a secret in it.
    pub fn summary(&self, values: &Values) -> String {
        let is_plain = self.path.first_names().all(|name| PLAIN.contains(&name));
        let path = if is_plain { self.path.render(values).ok() } else { None };
        let path = path.as_deref().unwrap_or(self.path.source());
        let origin = self.elsewhere.as_ref().map(|url| url.origin().ascii_serialization());
        format!("{} {}{path}", self.method, origin.unwrap_or_default())
    }

    /// Fills the values in.
    ///
    /// # Errors
    /// A value is not known, or cannot stand where it should.
    pub fn prepare(&self, base: &Url, values: &Values) -> Result<Prepared, TemplateError> {
        let path = self.path.render(values)?;
        let mut url = join(self.elsewhere.as_ref().unwrap_or(base), &path)
            .ok_or_else(|| TemplateError::new(format!("`{}` leaves its path", self.path.source())))?;
        let query = self.query.as_ref().map(|query| query.render(values)).transpose()?;
        let pairs = render_pairs(&self.pairs, values)?;
        url.set_query(query.as_deref());
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
        }

        let (content_type, body) = self.body.render(values)?.unzip();
        let mut headers = HeaderMap::new();
        headers.extend(content_type.map(|media| (CONTENT_TYPE, HeaderValue::from_static(media))));
        self.headers.render(values, &mut headers)?;
        Ok(Prepared { method: self.method.clone(), url, headers, body })
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

struct Line {
    method: Method,
    elsewhere: Option<Url>,
    path: Template,
    query: Option<Template>,
}

impl Line {
    fn parse(line: &str, scope: &Scope) -> Result<Self, TemplateError> {
        let (method, target) = line.trim().split_once(' ').ok_or_else(|| TemplateError::new(LINE))?;
        let method = METHODS.into_iter().find(|known| known.as_str() == method);
        let method = method.ok_or_else(|| TemplateError::new(LINE))?;
        let (elsewhere, target) = split_origin(target.trim())?;

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
        let query = query.map(|query| Template::parse(query, Place::Query, scope)).transpose()?;
        Ok(Self { method, elsewhere, path: Template::parse(path, Place::Path, scope)?, query })
    }
}

/// Splits scheme and host off a target that is a whole URL. No value can
/// stand in them.
fn split_origin(target: &str) -> Result<(Option<Url>, &str), TemplateError> {
    let Some(after) = ["http://", "https://"].iter().find_map(|scheme| target.strip_prefix(scheme)) else {
        return Ok((None, target));
    };
    let path_at = target.len() - after.len() + after.find('/').unwrap_or(after.len());
    let (origin, path) = target.split_at(path_at);
    let fault = "must name a host that is written out, without a user, before its path";
    let url = Url::parse(origin).map_err(|_| TemplateError::new(fault))?;
    let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if origin.contains("{{") || origin.contains('#') || !is_bare {
        return Err(TemplateError::new(fault));
    }
    Ok((Some(url), path))
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
