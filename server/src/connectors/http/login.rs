//! Signing the portal in at a service, where credentials are not enough by
//! themselves.

use std::{sync::Arc, time::Duration};

use domain::{Ttl, secret::Secret};
use serde_json::json;
use tokio::{sync::Mutex, time::Instant};

use super::{
    super::definition::table::Table,
    fields::{SECRET_IN_PLACE, carries_secret},
    rules::Purpose,
    step::{Step, read_steps},
    template::{Place, Template},
    values::{Scope, Values},
};

/// Under this name a login tells for how many seconds it is good.
pub const EXPIRES_IN: &str = "expires_in";

/// How the portal signs in, and what that has given it last.
#[derive(Clone, Debug)]
pub struct Login {
    /// What to send.
    pub steps: Vec<Step>,
    valid_for: Duration,
    ticket: Arc<Mutex<Option<Ticket>>>,
}

/// What a login has given.
#[derive(Clone, Debug)]
pub struct Ticket {
    values: Vec<(String, Secret)>,
    until: Instant,
    /// Whether it was got for the request at hand.
    pub is_fresh: bool,
}

impl Ticket {
    /// Makes what it holds known.
    pub fn show(&self, values: &mut Values) {
        for (name, value) in &self.values {
            values.set_secret(name, value);
        }
    }
}

impl Login {
    /// Reads the field `login`.
    pub fn read(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let mut login = table.table("login")?;
        let valid_for = login.optional::<Ttl>("valid_for").unwrap_or(Ttl::minutes(10));
        let steps = read_steps(&mut login, Purpose::Auxiliary, scope);
        login.close();
        let login = Self::of(steps?, valid_for);
        if login.names().next().is_none() {
            table.note("login", "tells nothing: it has to `capture` what later requests carry");
        }
        Some(login)
    }

    /// Reads the field `oauth2`: client credentials (RFC 6749, section 4.4).
    pub fn read_oauth2(table: &mut Table<'_>, scope: &Scope) -> Option<Self> {
        let mut oauth2 = table.table("oauth2")?;
        let token_url = oauth2.required::<String>("token_url");
        let client_id = oauth2.required::<String>("client_id");
        let client_secret = oauth2.required::<String>("client_secret").and_then(|text| {
            let parsed = Template::parse(&text, Place::Text, scope);
            let template = oauth2.check("client_secret", parsed)?;
            if !carries_secret(&template) {
                oauth2.note("client_secret", SECRET_IN_PLACE);
            }
            Some(text)
        });
        let mut form = json!({ "grant_type": "client_credentials" });
        for name in ["scope", "audience", "resource"] {
            if let Some(value) = oauth2.optional::<String>(name) {
                form[name] = value.into();
            }
        }
        let in_body = oauth2.optional::<String>("client_auth").is_some_and(|way| match way.as_str() {
            "body" => true,
            "basic" => false,
            _ => {
                oauth2.note("client_auth", "must be `basic` or `body`");
                false
            }
        });
        oauth2.close();
        let (client_id, client_secret) = (client_id?, client_secret?);
        let auth = if in_body {
            form["client_id"] = client_id.into();
            form["client_secret"] = client_secret.into();
            json!("none")
        } else {
            json!({ "basic": { "username": client_id, "password": client_secret } })
        };
        let step = json!({
            "request": format!("POST {}", token_url?), "form": form, "auth": auth,
            "capture": { "access_token": "/access_token", EXPIRES_IN: "/expires_in" },
        });
        let mut step = table.inner("oauth2", step)?;
        let steps = read_steps(&mut step, Purpose::Auxiliary, scope);
        Some(Self::of(steps?, Ttl::hours(1)))
    }

    fn of(steps: Vec<Step>, valid_for: Ttl) -> Self {
        Self { steps, valid_for: Duration::from_secs(valid_for.as_secs()), ticket: Arc::default() }
    }

    /// The names of what it gives.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flat_map(|step| step.captures.names())
    }

    /// All templates in it.
    pub fn templates(&self) -> Vec<&Template> {
        self.steps.iter().flat_map(Step::templates).collect()
    }

    /// What the last login has given, or a new one gives: one at a time signs
    /// in, and the others wait for it.
    ///
    /// # Errors
    /// The portal could not sign in.
    pub async fn ticket<E>(&self, sign_in: impl AsyncFnOnce() -> Result<Values, E>) -> Result<Ticket, E> {
        let mut held = self.ticket.lock().await;
        if let Some(ticket) = held.as_ref().filter(|ticket| ticket.until > Instant::now()) {
            return Ok(Ticket { is_fresh: false, ..ticket.clone() });
        }
        let asked_at = Instant::now();
        let given = sign_in().await?;
        let values: Vec<_> =
            self.names().filter_map(|name| Some((name.to_owned(), given.secret(name)?))).collect();
        // A little less, as the way there takes time too.
        let told = values.iter().find(|(name, _)| name == EXPIRES_IN);
        let told = told.and_then(|(_, secs)| secs.expose().parse::<f64>().ok());
        let told = told.and_then(|secs| Duration::try_from_secs_f64(secs * 0.9).ok());
        let until = asked_at + told.map_or(self.valid_for, |told| told.min(self.valid_for));
        let ticket = Ticket { values, until, is_fresh: true };
        *held = Some(ticket.clone());
        Ok(ticket)
    }

    /// What that login has given is not accepted any more.
    pub async fn forget(&self, ticket: &Ticket) {
        let mut held = self.ticket.lock().await;
        if held.as_ref().is_some_and(|held| held.until == ticket.until) {
            *held = None;
        }
    }
}
