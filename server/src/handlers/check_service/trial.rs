//! The steps of a check, on the service itself.

use std::fmt::Display;

use domain::{
    Timestamp,
    check::{CheckStep, ServiceCheck},
    secret::Secret,
    service::Capability,
};
use tokio::time::Instant;

use super::{
    advice::advice,
    patient::{self, is_listed},
};
use crate::{
    connectors::{
        Answer, Call, Change, Class, Connector, ConnectorError, Creation, Identity, Name, Presence, Removal,
        Verification,
    },
    directory::Target,
};

/// What is left of the account on the service.
pub(super) enum Verdict {
    /// Nothing, as this proves.
    Gone(String),
    /// Something, perhaps.
    Left {
        /// Why.
        why: String,
        /// Whether something that was sent may still be done.
        unsettled: bool,
    },
}

/// How far a check has come with creating the account.
pub(super) enum Begun {
    /// The service is no test target, so nothing else was sent.
    Refused,
    /// The creation was sent.
    Sent {
        /// Whether the account is there.
        is_created: bool,
    },
}

/// A check that is under way.
pub(super) struct Trial<'a> {
    connector: &'a dyn Connector,
    declared: &'a [Capability],
    who: Identity,
    wrong: Secret,
    other: Secret,
    steps: Vec<CheckStep>,
    disproved: Vec<Capability>,
    /// Whether a call was made that may have created the account.
    sent: bool,
    unsettled: bool,
    /// What the guard refused.
    forbidden: Option<String>,
}

/// What a login came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Login {
    Works,
    Fails,
    /// Nobody knows: there was no answer, or none that proves anything.
    Unclear,
}

/// What a step came to, in words.
type Told = Result<String, String>;

impl<'a> Trial<'a> {
    pub fn new(target: &'a Target, who: Identity, [wrong, other]: [Secret; 2]) -> Self {
        Self {
            connector: target.connector.as_ref(),
            declared: &target.declared,
            who,
            wrong,
            other,
            steps: Vec::new(),
            disproved: Vec::new(),
            sent: false,
            unsettled: false,
            forbidden: None,
        }
    }

    /// Makes the steps up to the account's creation.
    pub async fn begin(&mut self) -> Begun {
        if self.offers(Capability::Attest) && !self.attest().await {
            return Begun::Refused;
        }
        Begun::Sent { is_created: self.create().await }
    }

    /// The service's own id for the account, if it told one.
    pub fn remote_id(&self) -> Option<String> {
        self.who.remote_id.clone()
    }

    /// What the guard refused to send, if it refused anything.
    pub fn forbidden(&self) -> Option<String> {
        self.forbidden.clone()
    }

    /// Makes the steps from there on.
    pub async fn go_on(&mut self, is_created: bool) -> Verdict {
        if is_created {
            self.look().await;
            let login = self.login("login").await;
            if login == Login::Works {
                self.refuse_wrong_password().await;
                self.freeze().await;
            }
            self.reset(login).await;
        }
        self.remove(is_created).await
    }

    /// The check took too long.
    pub fn cut_short(&mut self) -> Verdict {
        let why = "The check took too long and was ended. Answers may be slow, or cost a time-out each.";
        self.steps.push(CheckStep { name: "time".to_owned(), ok: false, detail: why.to_owned(), took_ms: 0 });
        Verdict::Left { why: why.to_owned(), unsettled: true }
    }

    /// What came of it all.
    pub fn finish(mut self, at: Timestamp, removal_is_left: bool) -> ServiceCheck {
        if removal_is_left && let Some(last) = self.steps.last_mut() {
            last.detail.push_str(
                " The account may still be there: it stands on the cleanup debt, and the portal goes on removing it.",
            );
        }
        let is_left = |capability: &Capability| !self.disproved.contains(capability);
        ServiceCheck {
            ok: self.steps.iter().all(|step| step.ok),
            capabilities: self.declared.iter().copied().filter(is_left).collect(),
            steps: self.steps,
            disproved: self.disproved,
            at,
        }
    }

    fn offers(&self, capability: Capability) -> bool {
        self.declared.contains(&capability) && !self.disproved.contains(&capability)
    }

    fn note(&mut self, name: &str, began: Instant, told: Told) -> bool {
        let ok = told.is_ok();
        let detail = told.unwrap_or_else(|fault| fault);
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.steps.push(CheckStep { name: name.to_owned(), ok, detail, took_ms });
        ok
    }

    /// What the service declares and does not do is not relied on. That a call
    /// failed for the time being disproves nothing.
    fn disprove(&mut self, capability: Capability) {
        if !self.disproved.contains(&capability) {
            self.disproved.push(capability);
        }
    }

    fn failed(&mut self, capability: Capability, error: &ConnectorError) -> String {
        if error.is_guarded() {
            self.forbidden.get_or_insert_with(|| error.what());
        }
        let is_final = match error {
            ConnectorError::Guarded { .. } | ConnectorError::Denied { .. } => false,
            ConnectorError::Unknown { call, .. } => call.status.is_some_and(|status| status < 500),
            ConnectorError::Misconfigured { .. }
            | ConnectorError::NotOffered(_)
            | ConnectorError::Unaddressable(_)
            | ConnectorError::Rejected { .. } => true,
            ConnectorError::Unreachable { .. }
            | ConnectorError::Unprepared { .. }
            | ConnectorError::TimedOut { .. }
            | ConnectorError::Retry { .. } => false,
        };
        let can_do_without = match capability {
            Capability::Reset
            | Capability::Disable
            | Capability::Enable
            | Capability::Gone
            | Capability::List => true,
            // Accounts are rather not handed out than handed out unseen.
            Capability::Create | Capability::Verify | Capability::Delete | Capability::Attest => false,
        };
        if is_final && can_do_without {
            self.disprove(capability);
        }
        format!("{} {}", error.what(), advice(capability, error))
    }

    async fn attest(&mut self) -> bool {
        let began = Instant::now();
        let told = match self.connector.attest().await {
            Ok(call) => Ok(format!("{call}: it is a test target.")),
            Err(error) => Err(self.failed(Capability::Attest, &error)),
        };
        self.note("attest", began, told)
    }

    async fn create(&mut self) -> bool {
        let began = Instant::now();
        let created = patient::ask(|| self.connector.create(&self.who, Name::New)).await;
        let told = match created {
            Ok(Answer { outcome, password, call, .. }) => {
                self.sent = true;
                self.who.remote_id = call.remote_id().cloned();
                self.who.own_secret = password;
                match outcome {
                    Creation::Created => Ok(told(&call)),
                    Creation::Updated | Creation::Exists => Err(format!(
                        "{call}: this is taken to mean that the name was there before, which nobody has used yet. If \
                         it means success, say so: add {{ status = {}, outcome = \"created\" }} to the `rules` of \
                         [service.http.create].",
                        call.status.unwrap_or_default()
                    )),
                }
            }
            Err(error) => {
                let wrote = error.left().is_some_and(|left| left.wrote);
                self.unsettled = error.may_land();
                // Whoever is not let in has done nothing.
                let is_let_in = !matches!(error, ConnectorError::Denied { .. });
                let is_answered = error.call().is_some() && error.class() != Class::Transient;
                self.sent = wrote || self.unsettled || (is_answered && is_let_in);
                self.who.remote_id = error.call().and_then(Call::remote_id).cloned();
                Err(self.failed(Capability::Create, &error))
            }
        };
        self.note("create", began, told)
    }

    /// That an account is gone only means something where it is seen while it
    /// is there.
    async fn look(&mut self) {
        if self.offers(Capability::Gone) {
            let began = Instant::now();
            let told = match patient::ask(|| self.connector.gone(&self.who)).await {
                Ok(Answer { outcome: Presence::Present, call, .. }) => Ok(told(&call)),
                Ok(Answer { outcome: Presence::Gone, call, .. }) => {
                    self.disprove(Capability::Gone);
                    Err(format!(
                        "{call}: `gone` does not see an account that is there. Its rules take too much for `absent`: \
                         look into the answer, for example by `pointer`."
                    ))
                }
                Err(error) => Err(self.failed(Capability::Gone, &error)),
            };
            self.note("there", began, told);
        }
        if self.offers(Capability::List) {
            let began = Instant::now();
            let told = match patient::list(self.connector, &self.who).await {
                Ok(listing) if is_listed(&self.who, &listing) => Ok(told(&listing.call)),
                Ok(listing) => {
                    self.disprove(Capability::List);
                    Err(format!(
                        "{}: the account is not in the list. Look at `items`, `username` and `pages` of \
                         [service.http.list].",
                        listing.call
                    ))
                }
                Err(error) => Err(self.failed(Capability::List, &error)),
            };
            self.note("list", began, told);
        }
    }

    async fn login(&mut self, name: &str) -> Login {
        if !self.offers(Capability::Verify) {
            return Login::Unclear;
        }
        let began = Instant::now();
        let (login, told) = match patient::login(self.connector, &self.who).await {
            Ok(Answer { outcome: Verification::Ok, call, .. }) => (Login::Works, Ok(told(&call))),
            Ok(Answer { outcome: Verification::Denied | Verification::Absent, call, .. }) => {
                let why = format!(
                    "{call}: the login of the account does not work. Either `create` sets another password than \
                     `{{{{ password }}}}`, or `verify` asks in another way than one signs in, or its rules take a \
                     success for a refusal."
                );
                (Login::Fails, Err(why))
            }
            Err(error) => (Login::Unclear, Err(self.failed(Capability::Verify, &error))),
        };
        self.note(name, began, told);
        login
    }

    /// Whether a login is refused that should not work; `fault` says what it
    /// means where it does.
    async fn refused(
        &mut self,
        name: &str,
        who: &Identity,
        disproves: Option<Capability>,
        fault: &str,
    ) -> bool {
        let began = Instant::now();
        let told = match patient::ask(|| self.connector.verify(who)).await {
            Ok(Answer { outcome: Verification::Denied | Verification::Absent, call, .. })
            | Err(ConnectorError::Rejected { call }) => Ok(told(&call)),
            Ok(Answer { outcome: Verification::Ok, call, .. }) => {
                disproves.into_iter().for_each(|capability| self.disprove(capability));
                Err(format!("{call}: {fault}"))
            }
            Err(error) => Err(self.failed(Capability::Verify, &error)),
        };
        self.note(name, began, told)
    }

    async fn refuse_wrong_password(&mut self) {
        let wrong = Identity { password: self.wrong.clone(), own_secret: None, ..self.who.clone() };
        let fault = "`verify` accepts a wrong password too, so it proves nothing. Look into the answer with a rule, for \
                     example { status = [200], pointer = \"/ok\", equals = true, outcome = \"ok\" }, or ask for \
                     something that only the account itself may see.";
        self.refused("wrong_password", &wrong, Some(Capability::Verify), fault).await;
    }

    async fn freeze(&mut self) {
        if !self.offers(Capability::Disable) || !self.offers(Capability::Verify) {
            return;
        }
        let began = Instant::now();
        let answer = patient::ask(|| self.connector.disable(&self.who)).await;
        let told = self.changed(Capability::Disable, answer);
        if !self.note("disable", began, told) {
            return;
        }
        let who = self.who.clone();
        let fault = "the account is disabled and can still sign in, so `disable` does not do what it says.";
        self.refused("disabled_login", &who, Some(Capability::Disable), fault).await;
        if self.offers(Capability::Enable) {
            let began = Instant::now();
            let answer = patient::ask(|| self.connector.enable(&self.who)).await;
            let told = self.changed(Capability::Enable, answer);
            if self.note("enable", began, told) && self.login("enabled_login").await == Login::Fails {
                self.disprove(Capability::Enable);
            }
        }
    }

    fn changed(&mut self, capability: Capability, answer: Result<Answer<Change>, ConnectorError>) -> Told {
        match answer {
            Ok(Answer { outcome: Change::Done, password, call, .. }) => {
                if capability == Capability::Reset {
                    self.who.own_secret = password;
                }
                Ok(told(&call))
            }
            Ok(Answer { outcome: Change::Absent, call, .. }) => {
                self.disprove(capability);
                let operation: &str = capability.into();
                Err(format!(
                    "{call}: the service says that there is no such account, though it was just created. Does \
                     [service.http.{operation}] name it as the service does?"
                ))
            }
            Err(error) => Err(self.failed(capability, &error)),
        }
    }

    async fn reset(&mut self, login_before: Login) {
        if !self.offers(Capability::Reset) {
            return;
        }
        let old = self.who.clone();
        self.who.password = self.other.clone();
        let began = Instant::now();
        let answer = patient::ask(|| self.connector.reset(&self.who)).await;
        let told = self.changed(Capability::Reset, answer);
        if !self.note("reset", began, told) || login_before != Login::Works {
            return;
        }
        if self.login("login").await == Login::Fails {
            self.disprove(Capability::Reset);
        }
        if self.offers(Capability::Verify) {
            let fault = "the password from before the reset still works, so `reset` does not replace it.";
            self.refused("old_password", &old, Some(Capability::Reset), fault).await;
        }
    }

    async fn remove(&mut self, is_created: bool) -> Verdict {
        let left = |why: &str, unsettled| Verdict::Left { why: why.to_owned(), unsettled };
        if !self.sent {
            return Verdict::Gone("nothing was ever done on the service".to_owned());
        }
        let began = Instant::now();
        let (told, deleted) = match patient::delete(self.connector, &self.who).await {
            Ok(Answer { outcome: Removal::Ok, call, .. }) => (Ok(told(&call)), Some(call)),
            Ok(Answer { outcome: Removal::Absent, call, .. }) if !is_created => (Ok(told(&call)), Some(call)),
            Ok(Answer { outcome: Removal::Absent, call, .. }) => {
                let why = format!(
                    "{call}: the service says that there is no such account, though it was just created. Does \
                     [service.http.delete] name it as the service does? Its id is `{{{{ remote_id }}}}`, if `create` \
                     captures it."
                );
                (Err(why), None)
            }
            // What was refused, and has no id, was never made.
            Err(ConnectorError::Unaddressable(_)) if !is_created && !self.unsettled => {
                return Verdict::Gone("the service refused to create it".to_owned());
            }
            Err(error) => (Err(self.failed(Capability::Delete, &error)), None),
        };
        let why = told.as_ref().err().cloned();
        self.note("delete", began, told);
        let Some(deleted) = deleted else { return left(&why.unwrap_or_default(), true) };
        let mut proof = vec![deleted];
        if let Err(why) = self.prove_gone(&mut proof).await {
            return left(&why, self.unsettled);
        }
        if self.unsettled {
            return left("what was sent may still be done on the service", true);
        }
        Verdict::Gone(proof.iter().map(Call::to_string).collect::<Vec<_>>().join("; "))
    }

    async fn prove_gone(&mut self, proof: &mut Vec<Call>) -> Result<(), String> {
        let began = Instant::now();
        let told = if self.offers(Capability::Gone) {
            match patient::gone(self.connector, &self.who).await {
                Ok(Answer { outcome: Presence::Gone, call, .. }) => {
                    let told = told(&call);
                    proof.push(call);
                    Ok(told)
                }
                Ok(Answer { outcome: Presence::Present, call, .. }) => Err(format!(
                    "{call}: the account was deleted and is still there. Does `delete` do it at once, and does `gone` \
                     look into the answer?"
                )),
                Err(error) => Err(self.failed(Capability::Gone, &error)),
            }
        } else {
            match self.connector.delete(&self.who).await {
                Ok(Answer { outcome: Removal::Absent, call, .. }) => {
                    let told = format!("{call}: deleted once more, it is not there.");
                    proof.push(call);
                    Ok(told)
                }
                Ok(Answer { outcome: Removal::Ok, call, .. }) => Ok(format!(
                    "{call}: the service deletes what is not there as well, so only a `gone` could prove it."
                )),
                Err(error) => Err(self.failed(Capability::Delete, &error)),
            }
        };
        let fault = told.as_ref().err().cloned();
        self.note("gone", began, told);
        if let Some(fault) = fault {
            return Err(fault);
        }
        if self.offers(Capability::Verify) {
            let who = self.who.clone();
            let fault = "the account was deleted and can still sign in.";
            if !self.refused("deleted_login", &who, None, fault).await {
                return Err(fault.to_owned());
            }
        }
        Ok(())
    }
}

fn told(call: &impl Display) -> String {
    format!("{call}.")
}
