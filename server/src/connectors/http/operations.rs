//! The HTTP part of a service's definition: its operations.

use std::collections::BTreeMap;

use domain::service::Capability;
use strum::VariantArray;
use url::Url;

use super::{
    super::definition::table::Table,
    attestation::Attestation,
    auth::Auth,
    capture::{PASSWORD, REMOTE_ID},
    listing::ListTemplate,
    rules::Purpose,
    step::{NAMES_OF_ACCOUNT, Step, read_steps},
    template::{Place, Template},
    values::{Constants, Scope},
};

/// The HTTP part of a service's definition.
#[derive(Clone, Debug)]
pub struct HttpDefinition {
    /// The credentials that go with each request that has none of its own.
    pub auth: Auth,
    operations: BTreeMap<Capability, Vec<Step>>,
    /// Names that the definition itself gives values.
    pub constants: Constants,
    /// Whether the service never gives a name again that it once gave.
    pub names_once: bool,
    /// As whom one signs in with an account, where that is not its name.
    pub sign_in_as: Option<Template>,
    /// How accounts are listed, where that is declared.
    pub list: Option<ListTemplate>,
    /// How the service says that it is a test target, where that is declared.
    pub attestation: Option<Attestation>,
}

/// The operations that are about one account.
const ON_ACCOUNTS: [Capability; 7] = [
    Capability::Create,
    Capability::Verify,
    Capability::Reset,
    Capability::Disable,
    Capability::Enable,
    Capability::Delete,
    Capability::Gone,
];

/// What may be shown of an account beside its password.
const SHOWN: [&str; 4] = ["username", "email", REMOTE_ID, "attributes"];

impl HttpDefinition {
    /// Reads the table `http`. Whether it may name a secret is for the
    /// service to say.
    pub fn read(table: &mut Table<'_>, has_secret: bool) -> Self {
        let constants = Constants::new(table.optional("values").unwrap_or_default());
        let (scope, of_account) = (
            Scope::of_service(Constants::clone(&constants)),
            Scope::of_account(Constants::clone(&constants)),
        );
        let auth = Auth::read(table, &scope).unwrap_or_default();
        for name in ["create", "delete"] {
            if !table.has(name) {
                table.note(name, "is missing: an account has to be created, and deleted again");
            }
        }
        let mut operations = BTreeMap::new();
        for operation in ON_ACCOUNTS {
            let Some(mut inner) = table.table(operation.into()) else { continue };
            let steps = read_steps(&mut inner, Purpose::Of(operation), &of_account);
            inner.close();
            operations.extend(steps.map(|steps| (operation, steps)));
        }
        let names_once = table.optional("names_once").unwrap_or_default();
        let sign_in_as = table.optional::<String>("sign_in_as").and_then(|text| {
            let known = Scope::of_service(Constants::clone(&constants)).and(SHOWN);
            table.check("sign_in_as", Template::parse(&text, Place::Text, &known))
        });
        let list = ListTemplate::read(table, &scope);
        let attestation = Attestation::read(table, &scope);
        let http = Self { auth, operations, constants, names_once, sign_in_as, list, attestation };
        http.check(table, has_secret);
        http
    }

    /// What the definition offers.
    pub fn capabilities(&self) -> Vec<Capability> {
        let offers = |operation: &Capability| match operation {
            Capability::List => self.list.is_some(),
            Capability::Attest => self.attestation.is_some(),
            Capability::Create
            | Capability::Verify
            | Capability::Reset
            | Capability::Disable
            | Capability::Enable
            | Capability::Delete
            | Capability::Gone => self.operations.contains_key(operation),
        };
        Capability::VARIANTS.iter().copied().filter(offers).collect()
    }

    /// The steps of that operation, where it is declared; of those alone that
    /// are about one account.
    pub fn steps(&self, operation: Capability) -> Option<&[Step]> {
        self.operations.get(&operation).map(Vec::as_slice)
    }

    /// Whether an account's id can be found by its name: by looking for it,
    /// or in a list of all.
    pub fn finds_ids(&self) -> bool {
        self.gone_tells_ids() || self.list.as_ref().is_some_and(ListTemplate::tells_ids)
    }

    /// Whether looking for an account tells its id, without needing that.
    pub fn gone_tells_ids(&self) -> bool {
        self.steps(Capability::Gone).is_some_and(|steps| {
            let tells = steps.iter().any(|step| step.captures.have(REMOTE_ID));
            tells && !steps[0].uses(REMOTE_ID, &self.auth)
        })
    }

    /// Every place that it calls beside the service's own base URL, and where
    /// in the table that stands.
    pub fn elsewhere(&self) -> Vec<(String, &Url)> {
        self.all_steps()
            .into_iter()
            .filter_map(|(place, step)| Some((place, step.request.elsewhere()?)))
            .collect()
    }

    /// The templates of all that is done on accounts.
    pub fn templates(&self) -> Vec<&Template> {
        self.operations.values().flatten().flat_map(Step::templates).collect()
    }

    /// All steps, each with its place in the table.
    fn all_steps(&self) -> Vec<(String, &Step)> {
        let mut all = Vec::new();
        for (&operation, steps) in &self.operations {
            add_steps(operation.into(), steps, &mut all);
        }
        if let Some(attestation) = &self.attestation {
            add_steps("attest", &attestation.steps, &mut all);
        }
        if let Some(list) = &self.list {
            add_steps("list", std::slice::from_ref(&list.step), &mut all);
        }
        if let Some(login) = &self.auth.login {
            add_steps("auth/login", &login.steps, &mut all);
        }
        all
    }

    /// Looks for what each part allows by itself and what would do harm.
    fn check(&self, table: &mut Table<'_>, has_secret: bool) {
        for (place, step) in self.all_steps() {
            let uses_secret = step.uses("secret", &self.auth)
                || step.undo.as_ref().is_some_and(|undo| undo.uses("secret", &self.auth));
            if uses_secret && !has_secret {
                let why = "uses `{{ secret }}`, so the service has to say where its `secret` is";
                table.note(&format!("{place}/request"), why);
            }
        }
        for (&operation, steps) in &self.operations {
            self.check_operation(table, operation, steps);
        }
    }

    fn check_operation(&self, table: &mut Table<'_>, operation: Capability, steps: &[Step]) {
        let name: &str = operation.into();
        let uses = |value: &str| steps.iter().any(|step| step.uses(value, &self.auth));
        let mut note = |at: usize, why: &str| {
            let place = if steps.len() == 1 { name.to_owned() } else { format!("{name}/steps/{at}") };
            table.note(&format!("{place}/request"), why);
        };
        let names_account =
            NAMES_OF_ACCOUNT.into_iter().any(uses) || (operation == Capability::Verify && uses(PASSWORD));
        if !names_account {
            note(0, "names no account: it has to use `{{ username }}`, `{{ email }}` or `{{ remote_id }}`");
        }
        let makes_password = steps.iter().any(|step| step.captures.have(PASSWORD));
        if operation == Capability::Verify && !uses(PASSWORD) {
            note(0, "checks no login: it has to use `{{ password }}`");
        }
        if operation == Capability::Reset && !uses(PASSWORD) && !makes_password {
            note(0, "sets no password: it has to use `{{ password }}`, which is the new one");
        }
        if makes_password && !matches!(operation, Capability::Create | Capability::Reset) {
            note(0, "captures a `password`, which only `create` and `reset` can");
        }
        let of_creation = self.steps(Capability::Create).unwrap_or_default();
        let tells_id = of_creation.iter().any(|step| step.captures.have(REMOTE_ID)) || self.finds_ids();
        let uses_id = |step: &Step| step.uses(REMOTE_ID, &self.auth);
        let Some(at) = steps.iter().position(uses_id) else { return };
        let told_before = steps[..at].iter().any(|step| step.captures.have(REMOTE_ID));
        if operation == Capability::Create && !told_before && !self.finds_ids() {
            note(at, "uses `{{ remote_id }}`, which is only known once the account is created");
        } else if !tells_id && !told_before {
            note(at, "uses `{{ remote_id }}`, which `create` has to tell by `capture = { remote_id = … }`");
        }
    }
}

fn add_steps<'a>(operation: &str, steps: &'a [Step], all: &mut Vec<(String, &'a Step)>) {
    for (at, step) in steps.iter().enumerate() {
        let place = if steps.len() == 1 { operation.to_owned() } else { format!("{operation}/steps/{at}") };
        if let Some(undo) = &step.undo {
            add_logins(&format!("{place}/undo"), undo, all);
            all.push((format!("{place}/undo"), undo));
        }
        add_logins(&place, step, all);
        all.push((place, step));
    }
}

/// How the portal signs in for that step alone.
fn add_logins<'a>(place: &str, step: &'a Step, all: &mut Vec<(String, &'a Step)>) {
    if let Some(login) = step.own_login() {
        add_steps(&format!("{place}/auth/login"), &login.steps, all);
    }
}
