//! One request and its answer.

use domain::{secret::Secret, service::Capability};
use reqwest::header::AUTHORIZATION;
use tokio::time::Instant;

use super::{
    super::{Call, ConnectorError},
    auth::Auth,
    client::SendError,
    connector::HttpConnector,
    judged::Judged,
    login::{EXPIRES_IN, Login, Ticket},
    redaction::Redaction,
    reply::Reply,
    request::Prepared,
    rules::{Decision, Verdict},
    step::Step,
    template::TemplateError,
    values::Values,
};

/// An answer, and what the step's rules make of it.
pub struct Exchange {
    /// The answer.
    pub reply: Reply,
    /// What the rules say.
    pub decision: Decision,
    /// The call.
    pub call: Call,
    /// Where it went, with its query.
    pub url: url::Url,
}

impl HttpConnector {
    /// Sends a step's request, as `adapt` wants it, and judges the answer. A
    /// login that is no longer accepted is made anew, once: what was refused
    /// was not done.
    pub(super) async fn exchange(
        &self,
        operation: Capability,
        step: &Step,
        values: &Values,
        adapt: impl Fn(&mut Prepared),
    ) -> Result<Exchange, ConnectorError> {
        let auth = step.auth(&self.service.definition.http.auth);
        let Some(login) = &auth.login else {
            return self.send(operation, step, auth, self.now(values), &adapt).await;
        };
        let ticket = self.ticket(operation, login, values).await?;
        let exchange = self.send(operation, step, auth, with(&ticket, self.now(values)), &adapt).await?;
        let refused = exchange.decision.verdict == Verdict::Denied && operation != Capability::Verify;
        if ticket.is_fresh || !(refused || exchange.reply.status == reqwest::StatusCode::UNAUTHORIZED) {
            return Ok(exchange);
        }
        login.forget(&ticket).await;
        let ticket = self.ticket(operation, login, values).await?;
        self.send(operation, step, auth, with(&ticket, self.now(values)), &adapt).await
    }

    /// The values with those of the moment.
    fn now(&self, values: &Values) -> Values {
        let mut values = values.clone();
        values.set("timestamp", self.world.now().as_millis() / 1000);
        values.set("nonce", data_encoding::HEXLOWER.encode(&self.world.random_bytes::<16>()));
        values
    }

    async fn ticket(
        &self,
        operation: Capability,
        login: &Login,
        values: &Values,
    ) -> Result<Ticket, ConnectorError> {
        let sign_in = async || {
            let mut given = Values::of_service(&self.service.definition.http.constants);
            if let Some(secret) = values.secret("secret") {
                given.set_secret("secret", &secret);
            }
            for step in &login.steps {
                if step.is_due(operation, &given)? {
                    self.sign_in_by(operation, step, &mut given).await?;
                }
            }
            Ok(given)
        };
        login.ticket(sign_in).await
    }

    async fn sign_in_by(
        &self,
        operation: Capability,
        step: &Step,
        given: &mut Values,
    ) -> Result<(), ConnectorError> {
        // A login's own requests carry no other login.
        let auth = step.auth(&NO_AUTH);
        let sent = self.send(operation, step, auth, self.now(given), &|_| {}).await;
        let Exchange { reply, decision, call, .. } = sent.map_err(|error| error.before(operation))?;
        if decision.verdict != Verdict::Ok {
            return Err(Judged::of(decision.verdict, call).with(&reply).error().before(operation));
        }
        let missing = |name: &str| format!("the login told no `{name}` at {}", step.captures.place(name));
        let kept = step.captures.keep(&reply, given);
        let needed = step.captures.names().filter(|name| *name != EXPIRES_IN);
        match needed.into_iter().find(|name| !given.know(name)) {
            Some(name) => Err(missing(name)),
            None => kept,
        }
        .map_err(|why| ConnectorError::Unprepared { call, why })
    }

    async fn send(
        &self,
        operation: Capability,
        step: &Step,
        auth: &Auth,
        values: Values,
        adapt: &impl Fn(&mut Prepared),
    ) -> Result<Exchange, ConnectorError> {
        let what = step.request.summary(&values);
        let prepare = || {
            let mut request = step.request.prepare(&self.service.definition.base, &values)?;
            adapt(&mut request);
            // From here one gets to the next page, to which credentials are added anew.
            let url = request.url.clone();
            auth.credentials.apply(&values, &mut request)?;
            Ok((request, url))
        };
        let (request, url) = prepare().map_err(|error: TemplateError| ConnectorError::Misconfigured {
            operation,
            why: error.to_string(),
        })?;
        let authorization = shown_authorization(&request);
        let started = Instant::now();
        let sent = self.client.send(request.into()).await;
        let call = Call { took: started.elapsed(), ..Call::begun(operation, what) };
        let exchange = sent.map_err(|error| failed(call.clone(), error)).map(|reply| {
            let decision = step.rules.decide(&reply);
            let values = with_captures(step, &reply, &values);
            let redaction = Redaction::of(values.secrets().iter().chain(&authorization));
            let finding = decision.by.as_ref().and_then(|rule| rule.finding(&reply, &redaction));
            let call = Call { status: Some(reply.status.as_u16()), finding, ..call };
            Exchange { reply, decision, call, url }
        });
        self.observe(operation, &exchange);
        exchange
    }

    fn observe(&self, operation: Capability, exchange: &Result<Exchange, ConnectorError>) {
        let (outcome, call) = match exchange {
            Ok(exchange) => (exchange.decision.verdict.into(), Some(&exchange.call)),
            Err(error) => (error.name(), error.call()),
        };
        if let Some(call) = call {
            self.times.observe(&self.service.definition.slug, operation, outcome, call.took);
        }
    }
}

static NO_AUTH: Auth = Auth { credentials: super::auth::Credentials::None, login: None };

fn with(ticket: &Ticket, mut values: Values) -> Values {
    ticket.show(&mut values);
    values
}

/// The values with what the answer tells by itself: credentials among them.
fn with_captures(step: &Step, reply: &Reply, values: &Values) -> Values {
    let mut values = values.clone();
    // What cannot be kept is not used either.
    let _ = step.captures.keep(reply, &mut values);
    values
}

/// What the request carries as credentials, which is no secret as it was given
/// but holds one.
fn shown_authorization(request: &Prepared) -> Option<Secret> {
    let header = request.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let credentials = header.split_once(' ').map_or(header, |(_, credentials)| credentials);
    Some(Secret::new(credentials.to_owned()))
}

/// What it means that there is no answer.
fn failed(call: Call, error: SendError) -> ConnectorError {
    let with_status = |status: Option<reqwest::StatusCode>| Call {
        status: status.map(|status| status.as_u16()),
        ..call.clone()
    };
    match error {
        SendError::Refused(refusal) => {
            ConnectorError::Guarded { operation: call.operation, why: refusal.to_string() }
        }
        SendError::Unreachable(why) => ConnectorError::Unreachable { call, why },
        SendError::TimedOut(status) => ConnectorError::TimedOut { call: with_status(status) },
        SendError::Broken(status, why) => ConnectorError::Unknown { call: with_status(status), why },
    }
}
