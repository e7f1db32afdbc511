//! Talks to a service as its definition says.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{secret::Secret, service::Capability};
use tokio::time::Instant;

use super::{
    super::{
        Answer, Call, CallTimes, Change, Connector, ConnectorError, Creation, Guard, Identity, Presence,
        Removal, ServiceDefinition, Verification,
    },
    client::{GuardedClient, SendError},
    judged::{self, Judged, unclear},
    redaction::Redaction,
    step::{Step, finding},
    template::{TemplateError, Values},
};

/// Talks to one service as its definition says.
pub struct HttpConnector {
    pub definition: Arc<ServiceDefinition>,
    pub guard: Arc<Guard>,
    pub client: Arc<GuardedClient>,
    pub times: CallTimes,
}

impl HttpConnector {
    #[tracing::instrument(skip_all, fields(service = %self.definition.slug, ?operation))]
    async fn call(&self, operation: Capability, who: &Identity) -> Result<Judged, ConnectorError> {
        let judged = self.judge(operation, who).await;
        let (outcome, call) = match &judged {
            Ok(judged) => (judged.verdict.into(), Some(&judged.call)),
            Err(error) => (error.name(), error.call()),
        };
        if let Some(call) = call {
            self.times.observe(&self.definition.slug, operation, outcome, call.took);
        }
        judged
    }

    async fn judge(&self, operation: Capability, who: &Identity) -> Result<Judged, ConnectorError> {
        let http = &self.definition.http;
        let step = http.step(operation).ok_or(ConnectorError::NotOffered(operation))?;
        self.guard
            .admit(&self.definition)
            .map_err(|refusal| ConnectorError::Guarded { operation, why: refusal.to_string() })?;
        let misconfigured = |why: String| ConnectorError::Misconfigured { operation, why };

        let secret = self.secret(step).await.map_err(misconfigured)?;
        let values = Values::new(who, secret.as_ref());
        let what = step.request.summary(&values);
        let prepare = || {
            let mut request = step.request.prepare(&self.definition.base, &values)?;
            step.auth(http.auth()).apply(&values, request.headers_mut())?;
            Ok(request)
        };
        let request = prepare().map_err(|error: TemplateError| misconfigured(error.to_string()))?;

        let started = Instant::now();
        let sent = self.client.send(request).await;
        let call = Call { operation, what, status: None, finding: None, took: started.elapsed() };
        let reply = sent.map_err(|error| failed(call.clone(), error))?;

        let redaction = Redaction::of([&who.password].into_iter().chain(&secret));
        let decision = step.rules.decide(&reply);
        Ok(Judged {
            verdict: decision.verdict,
            call: Call {
                status: Some(reply.status.as_u16()),
                finding: finding(&decision, &reply, &redaction),
                ..call
            },
            unclear: unclear(&reply),
            retry_after: reply.retry_after(),
            remote_id: step.capture.remote_id(&reply, &redaction),
        })
    }

    async fn secret(&self, step: &Step) -> Result<Option<Secret>, String> {
        match &self.definition.secret {
            Some(reference) if step.uses("secret", self.definition.http.auth()) => {
                reference.read().await.map(Some).map_err(|error| error.to_string())
            }
            Some(_) | None => Ok(None),
        }
    }
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

#[async_trait]
impl Connector for HttpConnector {
    fn capabilities(&self) -> Vec<Capability> {
        self.definition.capabilities()
    }

    async fn create(&self, who: &Identity) -> Result<Answer<Creation>, ConnectorError> {
        self.call(Capability::Create, who).await?.answer(judged::creation)
    }

    async fn verify(&self, who: &Identity) -> Result<Answer<Verification>, ConnectorError> {
        self.call(Capability::Verify, who).await?.answer(judged::verification)
    }

    async fn reset(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError> {
        self.call(Capability::Reset, who).await?.answer(judged::change)
    }

    async fn disable(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError> {
        self.call(Capability::Disable, who).await?.answer(judged::change)
    }

    async fn enable(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError> {
        self.call(Capability::Enable, who).await?.answer(judged::change)
    }

    async fn delete(&self, who: &Identity) -> Result<Answer<Removal>, ConnectorError> {
        self.call(Capability::Delete, who).await?.answer(judged::removal)
    }

    async fn gone(&self, who: &Identity) -> Result<Answer<Presence>, ConnectorError> {
        self.call(Capability::Gone, who).await?.answer(judged::presence)
    }
}
