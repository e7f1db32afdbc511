//! How the portal shows a service who it is.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::{AUTHORIZATION, HeaderMap};

use super::{
    super::definition::table::Table,
    fields::{Headers, SECRET_IN_PLACE, carries_secret, header_value},
    template::{Place, Template, TemplateError, Values},
};

/// Credentials that go with a request.
#[derive(Clone, Debug, Default)]
pub enum Auth {
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
}

impl Auth {
    /// Reads the field `auth` of the table; `None` where it is not given.
    pub fn read(table: &mut Table<'_>) -> Option<Self> {
        let value = table.take("auth")?;
        match value.as_str() {
            Some("none") => Some(Self::None),
            Some(_) => {
                table.note("auth", "must be `none`, or a table with one of `bearer`, `basic`, `headers`");
                None
            }
            None => {
                let mut auth = table.inner("auth", value)?;
                let read = Self::read_kind(&mut auth);
                auth.close();
                read
            }
        }
    }

    fn read_kind(table: &mut Table<'_>) -> Option<Self> {
        let scheme = table.optional::<String>("scheme");
        let bearer = table.has("bearer");
        if scheme.is_some() && !bearer {
            table.note("scheme", "belongs to `bearer`");
        }
        let given = [bearer, table.has("basic"), table.has("headers")];
        if given.iter().filter(|given| **given).count() != 1 {
            table.note("", "must hold exactly one of `bearer`, `basic`, `headers`");
            // Asked for, so that they do not count as unknown as well.
            for name in ["bearer", "basic", "headers"] {
                table.take(name);
            }
            return None;
        }
        if bearer {
            let token = read_secret(table, "bearer", Place::Header);
            let scheme = scheme.unwrap_or_else(|| "Bearer".to_owned());
            if !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
                table.note("scheme", "must be one word, such as `Bearer` or `token`");
            }
            return Some(Self::Bearer { scheme, token: token? });
        }
        if let Some(mut basic) = table.table("basic") {
            let username = read_text(&mut basic, "username");
            let password = read_secret(&mut basic, "password", Place::Text);
            basic.close();
            return Some(Self::Basic { username: username?, password: password? });
        }
        let headers = Headers::read(table, "headers")?;
        if !headers.templates().any(carries_secret) {
            table.note("headers", SECRET_IN_PLACE);
        }
        Some(Self::Headers(headers))
    }

    /// All templates in it.
    pub fn templates(&self) -> Vec<&Template> {
        match self {
            Self::None => Vec::new(),
            Self::Bearer { token, .. } => vec![token],
            Self::Basic { username, password } => vec![username, password],
            Self::Headers(headers) => headers.templates().collect(),
        }
    }

    /// Adds the credentials to the headers of a request.
    ///
    /// # Errors
    /// A value is not known, or cannot stand where it should.
    pub fn apply(&self, values: &Values, headers: &mut HeaderMap) -> Result<(), TemplateError> {
        match self {
            Self::None => {}
            Self::Bearer { scheme, token } => {
                let text = format!("{scheme} {}", token.render(values)?);
                headers.insert(AUTHORIZATION, header_value(&text, token)?);
            }
            Self::Basic { username, password } => {
                let name = username.render(values)?;
                // RFC 7617: what follows the first colon is the password.
                if name.contains(':') {
                    let why = format!("`{}` gives a user name with a colon in it", username.source());
                    return Err(TemplateError::new(why));
                }
                let pair = STANDARD.encode(format!("{name}:{}", password.render(values)?));
                headers.insert(AUTHORIZATION, header_value(&format!("Basic {pair}"), password)?);
            }
            Self::Headers(given) => given.render(values, headers)?,
        }
        Ok(())
    }
}

fn read_text(table: &mut Table<'_>, name: &'static str) -> Option<Template> {
    let text = table.required::<String>(name)?;
    let parsed = Template::parse(&text, Place::Text);
    table.check(name, parsed)
}

fn read_secret(table: &mut Table<'_>, name: &'static str, place: Place) -> Option<Template> {
    let text = table.required::<String>(name)?;
    let parsed = Template::parse(&text, place);
    let template = table.check(name, parsed)?;
    if !carries_secret(&template) {
        table.note(name, SECRET_IN_PLACE);
        return None;
    }
    Some(template)
}
