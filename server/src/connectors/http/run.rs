//! An operation on one account, step by step.

use domain::service::Capability;

use super::{
    super::{Call, ConnectorError, Identity, Left, Name},
    capture::{PASSWORD, REMOTE_ID},
    connector::HttpConnector,
    exchange::Exchange,
    judged::Judged,
    listing::{ListTemplate, Listed},
    rules::Verdict,
    step::Step,
    values::Values,
};

/// How far an operation has come.
struct Run<'a> {
    operation: Capability,
    name: Name,
    values: Values,
    /// Whether a step of this run has created the account.
    created: bool,
    /// What a creation met in place of nothing.
    met: Option<(Verdict, Call)>,
    /// What takes back what was done, in the order in which it was done.
    undo: Vec<&'a Step>,
    /// The call that stands for the whole.
    telling: Option<Call>,
    /// The last call that did more than look, and was carried out.
    written: Option<Call>,
    /// Whether the service made a credential itself.
    new_password: bool,
}

/// What follows from a step's answer.
enum Next {
    GoOn,
    End(Verdict),
}

/// Where an account's id was looked for.
pub(super) enum Located {
    /// It is this.
    Id(String),
    /// The service has no such account.
    Nowhere(Call),
    /// There is no way to find it.
    NoWay,
}

impl HttpConnector {
    /// Does what the operation is for, one step after the other.
    ///
    /// Where a step fails, what was done before is taken back, as far as the
    /// definition says how.
    #[tracing::instrument(skip_all, fields(service = %self.service.definition.slug, ?operation))]
    pub(super) async fn run(
        &self,
        operation: Capability,
        who: &Identity,
        name: Name,
    ) -> Result<Judged, ConnectorError> {
        let steps =
            self.service.definition.http.steps(operation).ok_or(ConnectorError::NotOffered(operation))?;
        self.admit(operation).await?;
        let mut values = Values::of_service(&self.service.definition.http.constants).of_account(who);
        self.add_secret(operation, steps, &mut values).await?;
        let (created, met, undo, telling, written) = (false, None, Vec::new(), None, None);
        let mut run =
            Run { operation, name, values, created, met, undo, telling, written, new_password: false };
        let judged = self.walk(steps, &mut run).await;
        let undone = self.take_back(&run).await;
        let left = Left {
            undone,
            remote_id: run.values.text(REMOTE_ID),
            wrote: run.written.is_some(),
            lost: run.written.is_some() && !run.values.know(REMOTE_ID) && self.removes_by_id(),
            guarded: judged.as_ref().is_err_and(ConnectorError::is_guarded),
        };
        match judged {
            Ok(mut judged) => {
                judged.call.left = Some(Box::new(left));
                Ok(judged)
            }
            Err(error) => Err(run.half_done(error).after(left)),
        }
    }

    async fn walk<'a>(&self, steps: &'a [Step], run: &mut Run<'a>) -> Result<Judged, ConnectorError> {
        let last = steps.len() - 1;
        for (at, step) in steps.iter().enumerate() {
            if !step.is_due(run.operation, &run.values)? {
                continue;
            }
            let needs_id = step.uses(REMOTE_ID, &self.service.definition.http.auth);
            if needs_id
                && !run.values.know(REMOTE_ID)
                && let Some(judged) = self.find_id(run).await?
            {
                return Ok(judged);
            }
            let sent = self.exchange(run.operation, step, &run.values, |_| {}).await;
            let exchange = match sent {
                Ok(exchange) => exchange,
                Err(ConnectorError::Misconfigured { .. }) if needs_id && !run.values.know(REMOTE_ID) => {
                    return Err(ConnectorError::Unaddressable(run.operation));
                }
                Err(error) => {
                    // What may have been done has to be taken back as well.
                    run.undo.extend(step.undo.as_deref().filter(|_| error.may_land()));
                    return Err(error);
                }
            };
            if let Next::End(verdict) = run.take(step, &exchange, at == last)? {
                return Ok(run.judged(verdict, exchange));
            }
        }
        run.finish()
    }

    /// Finds the id that the next step needs; an answer, where that settles
    /// the whole operation.
    async fn find_id(&self, run: &mut Run<'_>) -> Result<Option<Judged>, ConnectorError> {
        match self.locate(run.operation, &run.values).await? {
            Located::Id(id) => {
                run.values.set(REMOTE_ID, id);
                Ok(None)
            }
            // The step itself says what is missing.
            Located::NoWay => Ok(None),
            Located::Nowhere(call) if run.operation == Capability::Create => {
                let why = "the service says that the account exists, and does not show it".to_owned();
                Err(ConnectorError::Unknown { call, why })
            }
            Located::Nowhere(call) => Ok(Some(Judged::of(Verdict::Absent, call))),
        }
    }

    /// Finds the service's own id for an account by its name.
    pub(super) async fn locate(
        &self,
        operation: Capability,
        values: &Values,
    ) -> Result<Located, ConnectorError> {
        let http = &self.service.definition.http;
        let is_relied_on = |way| !self.service.disproved.contains(&way);
        if operation != Capability::Gone && http.gone_tells_ids() && is_relied_on(Capability::Gone) {
            let mut values = values.clone();
            let steps = http.steps(Capability::Gone).unwrap_or_default();
            self.add_secret(operation, steps, &mut values).await?;
            for step in steps {
                if !step.is_due(operation, &values)? {
                    continue;
                }
                let sent = self.exchange(Capability::Gone, step, &values, |_| {}).await;
                let exchange = sent.map_err(|error| error.before(operation))?;
                let call = Call { operation, ..exchange.call.clone() };
                let verdict = exchange.decision.verdict;
                if verdict == Verdict::Absent {
                    return Ok(Located::Nowhere(call));
                }
                if verdict != Verdict::Ok {
                    let judged = Judged::of(verdict, call).with(&exchange.reply);
                    return Err(judged.error().before(operation));
                }
                let username = values.text("username").unwrap_or_default();
                let kept = step
                    .check_addresses(Capability::Gone, &exchange.reply, &username)
                    .and_then(|()| step.captures.keep(&exchange.reply, &mut values));
                kept.map_err(|why| ConnectorError::Unprepared { call: call.clone(), why })?;
                if let Some(id) = values.text(REMOTE_ID) {
                    return Ok(Located::Id(id));
                }
            }
        }
        let list_tells = http.list.as_ref().is_some_and(ListTemplate::tells_ids);
        if !list_tells || !is_relied_on(Capability::List) {
            return Ok(Located::NoWay);
        }
        let username = values.text("username").unwrap_or_default();
        let listing = self.pages(&username).await.map_err(|error| error.before(operation))?;
        let call = Call { operation, ..listing.call };
        let ours = listing.accounts.into_iter().find(|listed| listed.username == username);
        Ok(match ours {
            Some(Listed { remote_id: Some(id), .. }) => Located::Id(id),
            Some(Listed { remote_id: None, .. }) => Located::NoWay,
            None => Located::Nowhere(call),
        })
    }

    fn removes_by_id(&self) -> bool {
        let http = &self.service.definition.http;
        let steps = http.steps(Capability::Delete).unwrap_or_default();
        steps.iter().any(|step| step.uses(REMOTE_ID, &http.auth))
    }

    /// Takes back what was done, the last first; says what came of it.
    async fn take_back(&self, run: &Run<'_>) -> Vec<String> {
        let mut undone = Vec::new();
        let told =
            |error: ConnectorError| error.call().map_or_else(|| error.to_string(), ToString::to_string);
        for step in run.undo.iter().rev() {
            match step.is_due(run.operation, &run.values) {
                Ok(false) => continue,
                Ok(true) => {}
                Err(error) => {
                    undone.push(told(error));
                    continue;
                }
            }
            let sent = self.exchange(run.operation, step, &run.values, |_| {}).await;
            undone.push(sent.map_or_else(told, |exchange| exchange.call.to_string()));
        }
        undone
    }
}

impl<'a> Run<'a> {
    /// Takes an answer in: what it tells, and what follows from it.
    fn take(&mut self, step: &'a Step, exchange: &Exchange, is_last: bool) -> Result<Next, ConnectorError> {
        let verdict = exchange.decision.verdict;
        let next = match verdict {
            Verdict::Created => {
                self.created = true;
                self.telling = Some(exchange.call.clone());
                Next::GoOn
            }
            Verdict::Ok => Next::GoOn,
            Verdict::Exists | Verdict::Updated if self.created => Next::GoOn,
            Verdict::Exists | Verdict::Updated => {
                self.note_met(verdict, &exchange.call);
                match self.name {
                    Name::Ours => Next::GoOn,
                    Name::New => Next::End(verdict),
                }
            }
            // What a step looks for and does not find, later ones cannot work on.
            Verdict::Absent if self.operation == Capability::Delete && !is_last => {
                if step.captures.is_empty() { Next::GoOn } else { Next::End(verdict) }
            }
            Verdict::Absent | Verdict::Denied | Verdict::Retry | Verdict::Rejected | Verdict::Unknown => {
                Next::End(verdict)
            }
        };
        if verdict == Verdict::Unknown {
            self.undo.extend(step.undo.as_deref());
        }
        if matches!(next, Next::GoOn) {
            self.keep(step, exchange)?;
            let did_it = matches!(verdict, Verdict::Ok | Verdict::Created | Verdict::Updated);
            if did_it && (verdict == Verdict::Created || !step.request.is_a_look()) {
                self.written = Some(exchange.call.clone());
            }
            self.undo.extend(step.undo.as_deref().filter(|_| did_it));
            if self.telling.is_none() || self.operation != Capability::Create {
                self.telling = Some(exchange.call.clone());
            }
        }
        Ok(next)
    }

    /// A step that was never sent ends the operation in the middle of it, where
    /// an earlier one was carried out.
    fn half_done(&self, error: ConnectorError) -> ConnectorError {
        match (&self.written, error.call()) {
            (Some(call), None) => {
                let why = format!("the next step was not sent: {}", error.what().trim_end_matches('.'));
                ConnectorError::Unknown { call: call.clone(), why }
            }
            (Some(_) | None, _) => error,
        }
    }

    fn note_met(&mut self, verdict: Verdict, call: &Call) {
        // That the password was set says more than that the account is there.
        if self.met.is_none() || verdict == Verdict::Updated {
            self.met = Some((verdict, call.clone()));
        }
    }

    /// Keeps what the answer tells. Without the id that it needs later, an
    /// account could not be addressed again: so a creation has to tell it.
    fn keep(&mut self, step: &'a Step, exchange: &Exchange) -> Result<(), ConnectorError> {
        let unknown = |why: String| ConnectorError::Unknown { call: exchange.call.clone(), why };
        let is_creation = exchange.decision.verdict == Verdict::Created;
        let before = self.values.know(REMOTE_ID);
        if !is_creation {
            let username = self.values.text("username").unwrap_or_default();
            step.check_addresses(self.operation, &exchange.reply, &username).map_err(unknown)?;
        }
        match step.captures.keep(&exchange.reply, &mut self.values) {
            Err(why) if is_creation => return Err(unknown(why)),
            Ok(()) | Err(_) => {}
        }
        if is_creation && !before && step.captures.have(REMOTE_ID) && !self.values.know(REMOTE_ID) {
            let place = step.captures.place(REMOTE_ID);
            let why = exchange.reply.unread().unwrap_or_default();
            return Err(unknown(format!("the account's id is missing at {place}{why}")));
        }
        if step.captures.have(PASSWORD) {
            let is_told = step.captures.found(PASSWORD, &exchange.reply);
            // Of one that is there already only a reset tells it.
            let is_there = matches!(exchange.decision.verdict, Verdict::Exists | Verdict::Updated);
            if !is_told && !is_there {
                let place = step.captures.place(PASSWORD);
                let why = exchange.reply.unread().unwrap_or_default();
                return Err(unknown(format!("the credential that it makes is missing at {place}{why}")));
            }
            self.new_password |= is_told;
        }
        Ok(())
    }

    /// All steps are done, and none is to be taken back.
    fn finish(&mut self) -> Result<Judged, ConnectorError> {
        self.undo.clear();
        let Some(call) = self.telling.take() else {
            let why = "none of its steps is to be sent for this account".to_owned();
            return Err(ConnectorError::Misconfigured { operation: self.operation, why });
        };
        let (verdict, call) = match (self.operation, self.met.take()) {
            (Capability::Create, Some((verdict, call))) => (verdict, call),
            (Capability::Create, None) => (Verdict::Created, call),
            (_, _) => (Verdict::Ok, call),
        };
        Ok(self.told(Judged::of(verdict, call)))
    }

    fn judged(&self, verdict: Verdict, exchange: Exchange) -> Judged {
        self.told(Judged::of(verdict, exchange.call).with(&exchange.reply))
    }

    /// With what the service has told by now.
    fn told(&self, mut judged: Judged) -> Judged {
        judged.password = if self.new_password { self.values.secret(PASSWORD) } else { None };
        judged
    }
}
