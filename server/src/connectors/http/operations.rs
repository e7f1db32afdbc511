//! The HTTP part of a service's definition: its operations.

use std::collections::BTreeMap;

use domain::service::Capability;

use super::{super::definition::table::Table, auth::Auth, step::Step};

/// The HTTP part of a service's definition.
#[derive(Clone, Debug)]
pub struct HttpDefinition {
    auth: Auth,
    operations: BTreeMap<Capability, Step>,
}

impl HttpDefinition {
    /// What can be declared, by the name under which it is.
    const OPERATIONS: [(&'static str, Capability); 3] =
        [("create", Capability::Create), ("verify", Capability::Verify), ("delete", Capability::Delete)];

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
        for (name, operation) in Self::OPERATIONS {
            let Some(mut step) = table.table(name) else { continue };
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
        for (name, operation) in Self::OPERATIONS {
            let Some(step) = self.operations.get(&operation) else { continue };
            let uses = |value| step.uses(value, &self.auth);
            let mut note = |why: &str| table.note(&format!("{name}/request"), why);
            let names_account = ["username", "email", "account_id", "remote_id"].into_iter().any(uses);
            if !names_account {
                note("names no account: it has to use `{{ username }}`, `{{ email }}` or `{{ remote_id }}`");
            }
            if operation == Capability::Verify && !uses("password") {
                note("checks no login: it has to use `{{ password }}`");
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
