//! Talks to a service as its definition says.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use domain::service::Capability;
use tokio::time::Instant;

use super::{
    super::{
        Answer, Call, CallTimes, Change, Connector, ConnectorError, Creation, Guard, Identity, Listing, Name,
        Objection, Presence, Removal, SecretOf, ServiceSecrets, Verification,
    },
    Registered,
    client::GuardedClient,
    judged::{self, Judged},
    listing::{LONGEST, ListTemplate, PAGE, PREFIX},
    pages::Turn,
    rules::Verdict,
    seen::Seen,
    step::Step,
    values::Values,
};
use crate::world::World;

/// Talks to one service as its definition says.
pub struct HttpConnector {
    pub service: Registered,
    pub guard: Arc<Guard>,
    pub client: Arc<GuardedClient>,
    pub secrets: Arc<ServiceSecrets>,
    pub times: CallTimes,
    pub world: World,
}

impl HttpConnector {
    /// Whether the service may be called for that at all: the guard allows
    /// it, and the service says itself that it is a test target.
    pub(super) async fn admit(&self, operation: Capability) -> Result<(), ConnectorError> {
        self.guard
            .admit(&self.service.definition)
            .map_err(|refusal| ConnectorError::Guarded { operation, why: refusal.to_string() })?;
        let Some(attestation) = &self.service.definition.http.attestation else { return Ok(()) };
        if operation == Capability::Attest {
            return Ok(());
        }
        let ask = async || self.ask_whether_it_is_a_test_target(&attestation.steps).await.map(|_| ());
        attestation.is_given(ask).await.map_err(|error| error.before(operation))
    }

    async fn ask_whether_it_is_a_test_target(&self, steps: &[Step]) -> Result<Call, ConnectorError> {
        let operation = Capability::Attest;
        let mut values = Values::of_service(&self.service.definition.http.constants);
        self.add_secret(operation, steps, &mut values).await?;
        let mut last = None;
        for step in steps {
            if !step.is_due(operation, &values)? {
                continue;
            }
            let exchange = self.exchange(operation, step, &values, |_| {}).await?;
            let (verdict, call) = (exchange.decision.verdict, exchange.call);
            match verdict {
                Verdict::Ok | Verdict::Created | Verdict::Updated | Verdict::Exists => {}
                Verdict::Retry | Verdict::Denied => {
                    return Err(Judged::of(verdict, call).with(&exchange.reply).error());
                }
                Verdict::Absent | Verdict::Rejected | Verdict::Unknown => {
                    let why = format!("the service does not say that it is a test target: {call}");
                    return Err(ConnectorError::Guarded { operation, why });
                }
            }
            let kept = step.captures.keep(&exchange.reply, &mut values);
            kept.map_err(|why| ConnectorError::Unprepared { call: call.clone(), why })?;
            last = Some(call);
        }
        last.ok_or(ConnectorError::NotOffered(operation))
    }

    /// Reads the service's secret, where a step needs it.
    pub(super) async fn add_secret(
        &self,
        operation: Capability,
        steps: &[Step],
        values: &mut Values,
    ) -> Result<(), ConnectorError> {
        let usual = &self.service.definition.http.auth;
        let is_used = |step: &Step| {
            step.uses("secret", usual) || step.undo.as_ref().is_some_and(|undo| undo.uses("secret", usual))
        };
        if let Some(reference) = &self.service.definition.secret
            && !values.know("secret")
            && steps.iter().any(is_used)
        {
            let secret =
                SecretOf { service: self.service.id, reference, sealed: self.service.sealed.as_ref() };
            let secret = self.secrets.read(secret).await.map_err(|error| {
                if error.is_passing() {
                    let call = Call::begun(operation, format!("Reading {reference}"));
                    return ConnectorError::Unprepared { call, why: error.to_string() };
                }
                ConnectorError::misconfigured(operation, error)
            })?;
            values.set_secret("secret", &secret);
        }
        Ok(())
    }

    fn list_template(&self) -> Result<&ListTemplate, ConnectorError> {
        self.service.definition.http.list.as_ref().ok_or(ConnectorError::NotOffered(Capability::List))
    }

    /// All that the service lists, one page after the other.
    pub(super) async fn pages(&self, prefix: &str) -> Result<Listing, ConnectorError> {
        let operation = Capability::List;
        let list = self.list_template()?;
        let mut values = Values::of_service(&self.service.definition.http.constants);
        values.set(PREFIX, prefix);
        self.add_secret(operation, std::slice::from_ref(&list.step), &mut values).await?;
        let mut seen = Seen::new(prefix);
        let mut next: Option<Turn> = None;
        let begun = Instant::now();
        loop {
            let turn = |request: &mut super::request::Prepared| match &next {
                None | Some(Turn::With(_)) => list.first_page(request),
                Some(Turn::To(url)) => request.url = url::Url::clone(url),
            };
            let place = match &next {
                None => list.first(),
                Some(Turn::With(place)) => Some(place.clone()),
                Some(Turn::To(_)) => None,
            };
            values.set(PAGE, place);
            let exchange = self.exchange(operation, &list.step, &values, turn).await?;
            let (verdict, call) = (exchange.decision.verdict, exchange.call);
            if verdict == Verdict::Absent {
                // Some have no list where it would be empty.
                return Ok(Listing { accounts: seen.into_accounts(), call });
            }
            if verdict != Verdict::Ok {
                return Err(Judged::of(verdict, call).with(&exchange.reply).error());
            }
            let broken = |why: String| ConnectorError::Unknown { call: call.clone(), why };
            if exchange.reply.is_cut() {
                return Err(broken(
                    "the list is too long to be read to its end; `pages` would divide it".to_owned(),
                ));
            }
            let page = list.page(&exchange.reply);
            seen.add(
                page.ok_or_else(|| broken(format!("there is no list of accounts at {}", list.place())))?,
            );
            next = list.next_page(&exchange.url, &exchange.reply, &mut seen).map_err(&broken)?;
            if next.is_none() {
                return Ok(Listing { accounts: seen.into_accounts(), call });
            }
            seen.check_size().map_err(&broken)?;
            if begun.elapsed() > LONGEST {
                let minutes = LONGEST.as_secs() / 60;
                return Err(broken(format!("the list has not ended after {minutes} minutes")));
            }
        }
    }
}

#[async_trait]
impl Connector for HttpConnector {
    fn capabilities(&self) -> Vec<Capability> {
        let is_left = |capability: &Capability| !self.service.disproved.contains(capability);
        self.service.definition.capabilities().into_iter().filter(is_left).collect()
    }

    fn objections(&self, attributes: &BTreeMap<String, String>) -> BTreeMap<String, Objection> {
        let templates = self.service.definition.http.templates();
        templates.into_iter().flat_map(|template| template.objections(attributes)).collect()
    }

    fn sign_in_as(&self, who: &Identity) -> String {
        let http = &self.service.definition.http;
        let values = Values::of_service(&http.constants).of_account(who);
        let named = http.sign_in_as.as_ref().and_then(|template| template.render(&values).ok());
        named.unwrap_or_else(|| who.username.clone())
    }

    fn can_create_again(&self) -> bool {
        !self.service.definition.http.names_once
    }

    async fn create(&self, who: &Identity, name: Name) -> Result<Answer<Creation>, ConnectorError> {
        self.run(Capability::Create, who, name).await?.answer(judged::creation)
    }

    async fn verify(&self, who: &Identity) -> Result<Answer<Verification>, ConnectorError> {
        self.run(Capability::Verify, who, Name::Ours).await?.answer(judged::verification)
    }

    async fn reset(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError> {
        self.run(Capability::Reset, who, Name::Ours).await?.answer(judged::change)
    }

    async fn disable(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError> {
        self.run(Capability::Disable, who, Name::Ours).await?.answer(judged::change)
    }

    async fn enable(&self, who: &Identity) -> Result<Answer<Change>, ConnectorError> {
        self.run(Capability::Enable, who, Name::Ours).await?.answer(judged::change)
    }

    async fn delete(&self, who: &Identity) -> Result<Answer<Removal>, ConnectorError> {
        self.run(Capability::Delete, who, Name::Ours).await?.answer(judged::removal)
    }

    async fn gone(&self, who: &Identity) -> Result<Answer<Presence>, ConnectorError> {
        self.run(Capability::Gone, who, Name::Ours).await?.answer(judged::presence)
    }

    async fn list(&self, prefix: &str) -> Result<Listing, ConnectorError> {
        self.list_template()?;
        self.admit(Capability::List).await?;
        let mut listing = self.pages(prefix).await?;
        listing.accounts.sort_by(|one, other| one.username.cmp(&other.username));
        Ok(listing)
    }

    async fn attest(&self) -> Result<Call, ConnectorError> {
        let attestation = self.service.definition.http.attestation.as_ref();
        let attestation = attestation.ok_or(ConnectorError::NotOffered(Capability::Attest))?;
        self.admit(Capability::Attest).await?;
        attestation.given_now(async || self.ask_whether_it_is_a_test_target(&attestation.steps).await).await
    }
}
