//! How the portal shows a service who it is.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::AUTHORIZATION;

use super::{
    super::definition::table::Table,
    fields::{Headers, SECRET_IN_PLACE, carries_secret, header_value, read_pairs, render_pairs},
    login::Login,
    request::Prepared,
    template::{Place, Template, TemplateError},
    values::{Scope, Values},
};

/// What goes with a request, and where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Auth {
    /// What goes with the request.
    pub credentials: Credentials,
    /// How the portal signs in first, if it has to.
    pub login: Option<Login>,
}

/// Credentials that go with a request.
#[derive(Clone, Debug, Default)]
pub enum Credentials {
    /// None.
    #[default]
    None,
    /// `Authorization: Bearer …`, or with another word in its place.
    Bearer {
        /// The word.
        scheme: String,
        /// The token.
        token: Template,
    },
    /// `Authorization: Basic …`.
    Basic {
        /// The user name.
        username: Template,
        /// The password.
        password: Template,
    },
    /// Headers of any name.
    Headers(Headers),
    /// Parameters of the query.
    Query(Vec<(String, Template)>),
}

/// The kinds of credentials, of which a table holds one.
const KINDS: [&str; 4] = ["bearer", "basic", "headers", "query"];

impl Auth {
    /// Reads the field `auth` of the table; `None` where it is not given.
    pub fn read(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let value = table.take("auth")?;
        match value.as_str() {
            Some("none") => Some(Self::default()),
            Some(_) => {
                let kinds = KINDS.join("`, `");
                table.note(
                    "auth",
                    format!("must be `none`, or a table with one of `{kinds}`, `login`, `oauth2`"),
                );
                None
            }
            None => {
                let mut auth = table.inner("auth", value)?;
                let read = Self::read_table(&mut auth, scope);
                auth.close();
                read
            }
        }
    }

    fn read_table(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        if table.has("oauth2") {
            let login = Login::read_oauth2(table, &scope.without_account())?;
            let scope = scope.clone().and(login.names());
            let bearer = Template::parse("{{ access_token }}", Place::Line, &scope).ok()?;
            let credentials = Credentials::Bearer { scheme: "Bearer".to_owned(), token: bearer };
            return Some(Self { credentials, login: Some(login) });
        }
        let login = if table.has("login") {
            let login = Login::read(table, &scope.without_account());
            if login.is_none() {
                Credentials::pass_over(table);
            }
            Some(login?)
        } else {
            None
        };
        let captured = login.iter().flat_map(Login::names);
        let scope = scope.clone().and(captured).and(["request"]);
        Some(Self { credentials: Credentials::read(table, &scope)?, login })
    }

    /// All templates in it.
    pub fn templates(&self) -> Vec<&Template> {
        let login = self.login.iter().flat_map(Login::templates);
        self.credentials.templates().into_iter().chain(login).collect()
    }
}

impl Credentials {
    fn read(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let kind = table.optional::<String>("scheme");
        let given: Vec<_> = KINDS.into_iter().filter(|kind| table.has(kind)).collect();
        if kind.is_some() && !given.contains(&"bearer") {
            table.note("scheme", "belongs to `bearer`");
        }
        let [given] = given.as_slice() else {
            table.note("", format!("must hold exactly one of `{}`", KINDS.join("`, `")));
            Self::pass_over(table);
            return None;
        };
        match *given {
            "bearer" => Self::read_bearer(table, kind, scope),
            "basic" => {
                let mut basic = table.table("basic")?;
                let username = read_text(&mut basic, "username", scope);
                let password = read_secret(&mut basic, "password", Place::Text, scope);
                basic.close();
                Some(Self::Basic { username: username?, password: password? })
            }
            "headers" => {
                let headers = Headers::read(table, "headers", scope)?;
                if !headers.templates().any(carries_secret) {
                    table.note("headers", SECRET_IN_PLACE);
                }
                Some(Self::Headers(headers))
            }
            _ => {
                let pairs = read_pairs(table, "query", Place::Text, scope)?;
                if !pairs.iter().any(|(_, template)| carries_secret(template)) {
                    table.note("query", SECRET_IN_PLACE);
                }
                Some(Self::Query(pairs))
            }
        }
    }

    /// Asks for all that there could be, so that none of it counts as unknown
    /// where something else is wrong.
    fn pass_over(table: &mut Table<'_>) {
        for name in KINDS.into_iter().chain(["scheme"]) {
            table.take(name);
        }
    }

    fn read_bearer(table: &mut Table<'_>, scheme: Option<String>, scope: &Scope) -> Option<Self> {
        let token = read_secret(table, "bearer", Place::Line, scope);
        let scheme = scheme.unwrap_or_else(|| "Bearer".to_owned());
        if !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
            table.note("scheme", "must be one word, such as `Bearer` or `token`");
        }
        Some(Self::Bearer { scheme, token: token? })
    }

    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::None => Vec::new(),
            Self::Bearer { token, .. } => vec![token],
            Self::Basic { username, password } => vec![username, password],
            Self::Headers(headers) => headers.templates().collect(),
            Self::Query(pairs) => pairs.iter().map(|(_, template)| template).collect(),
        }
    }

    /// Adds the credentials to a request, which they may sign.
    ///
    /// # Errors
    /// A value is not known, or cannot stand where it should.
    pub fn apply(&self, values: &Values, request: &mut Prepared) -> Result<(), TemplateError> {
        match self {
            Self::None => {}
            Self::Bearer { scheme, token } => {
                let text = format!("{scheme} {}", token.render(values)?);
                request.headers.insert(AUTHORIZATION, header_value(&text, token)?);
            }
            Self::Basic { username, password } => {
                let name = username.render(values)?;
                // RFC 7617: what follows the first colon is the password.
                if name.contains(':') {
                    let why = format!("`{}` gives a user name with a colon in it", username.source());
                    return Err(TemplateError::new(why));
                }
                let pair = STANDARD.encode(format!("{name}:{}", password.render(values)?));
                request.headers.insert(AUTHORIZATION, header_value(&format!("Basic {pair}"), password)?);
            }
            Self::Headers(given) => {
                given.render_beside(&with_request(values, request), &mut request.headers)?;
            }
            Self::Query(pairs) => {
                let pairs = render_pairs(pairs, &with_request(values, request))?;
                request.url.query_pairs_mut().extend_pairs(pairs);
            }
        }
        Ok(())
    }
}

/// With what a signature is made over.
fn with_request(values: &Values, request: &Prepared) -> Values {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut values = values.clone();
    let about = [
        ("method", request.method.as_str().to_owned()),
        ("path", format!("{}{query}", request.url.path())),
        ("body", request.body.clone().unwrap_or_default()),
    ];
    values.set("request", minijinja::Value::from_pairs(about));
    values
}

fn read_text(table: &mut Table<'_>, name: &'static str, scope: &Scope) -> Option<Template> {
    let text = table.required::<String>(name)?;
    let parsed = Template::parse(&text, Place::Text, scope);
    table.check(name, parsed)
}

fn read_secret(table: &mut Table<'_>, name: &'static str, place: Place, scope: &Scope) -> Option<Template> {
    let text = table.required::<String>(name)?;
    let parsed = Template::parse(&text, place, scope);
    let template = table.check(name, parsed)?;
    if !carries_secret(&template) {
        table.note(name, SECRET_IN_PLACE);
        return None;
    }
    Some(template)
}
