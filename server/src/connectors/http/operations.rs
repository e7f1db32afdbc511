//! The HTTP part of a service's definition: its operations.

use std::collections::BTreeMap;

use domain::service::Capability;
use strum::VariantArray;

use super::{super::definition::table::Table, auth::Auth, step::Step};

/// The HTTP part of a service's definition.
#[derive(Clone, Debug)]
pub struct HttpDefinition {
    auth: Auth,
    operations: BTreeMap<Capability, Step>,
}

impl HttpDefinition {
    /// Reads the table `http`. Whether it may name a secret is for the
    /// service to say.
    pub fn read(table: &mut Table<'_>, has_secret: bool) -> Self {
        let auth = Auth::read(table).unwrap_or_default();
        for name in ["create", "delete"] {
            if !table.has(name) {
                table.note(name, "is missing: an account has to be created, and deleted again");
            }
        }
        let mut operations = BTreeMap::new();
        for &operation in Capability::VARIANTS {
            let Some(mut step) = table.table(operation.into()) else { continue };
            let read = Step::read(&mut step, operation);
            step.close();
            operations.extend(read.map(|step| (operation, step)));
        }
        let http = Self { auth, operations };
        http.check(table, has_secret);
        http
    }

    /// What the definition offers.
    pub fn capabilities(&self) -> Vec<Capability> {
        self.operations.keys().copied().collect()
    }

    /// The request of that operation, where it is declared.
    pub fn step(&self, operation: Capability) -> Option<&Step> {
        self.operations.get(&operation)
    }

    /// The credentials that go with each request that has none of its own.
    pub const fn auth(&self) -> &Auth {
        &self.auth
    }

    /// Looks for what each part allows by itself and what would do harm.
    fn check(&self, table: &mut Table<'_>, has_secret: bool) {
        let captured =
            self.operations.get(&Capability::Create).is_none_or(|step| step.capture.remote_id.is_some());
        for (&operation, step) in &self.operations {
            let name: &str = operation.into();
            let uses = |value| step.uses(value, &self.auth);
            let mut note = |why: &str| table.note(&format!("{name}/request"), why);
            let names_account = ["username", "email", "account_id", "remote_id"].into_iter().any(uses);
            if !names_account {
                note("names no account: it has to use `{{ username }}`, `{{ email }}` or `{{ remote_id }}`");
            }
            if operation == Capability::Verify && !uses("password") {
                note("checks no login: it has to use `{{ password }}`");
            }
            if operation == Capability::Reset && !uses("password") {
                note("sets no password: it has to use `{{ password }}`, which is the new one");
            }
            if uses("remote_id") && operation == Capability::Create {
                note("uses `{{ remote_id }}`, which is only known once the account is created");
            } else if uses("remote_id") && !captured {
                note("uses `{{ remote_id }}`, which `create` has to tell by `capture = { remote_id = … }`");
            }
            if uses("secret") && !has_secret {
                note("uses `{{ secret }}`, so the service has to say where its `secret` is");
            }
        }
    }
}
