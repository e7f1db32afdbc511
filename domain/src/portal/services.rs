//! Use cases on services.

use async_trait::async_trait;

use crate::{
    actor::Caller,
    check::ServiceCheck,
    command::WithReason,
    problem::Problem,
    secret::Secret,
    service::{RetireService, Service, ServiceDraft, ServiceForm},
    time::Timestamp,
};

/// Use cases on services.
#[async_trait]
pub trait Services: Send + Sync {
    /// Registers the service that the table describes, or changes the one
    /// with its slug. The table is that of a service file, as JSON.
    async fn apply_service(&self, by: &Caller, table: serde_json::Value) -> Result<Applied, Problem>;

    /// The same for each table of a service file, which is TOML: all of them
    /// are applied, or none. What is wrong is told with its line.
    async fn apply_service_file(&self, by: &Caller, text: &str) -> Result<Vec<Applied>, Problem>;

    /// The same as a form says it. It registers a new service, or changes the one
    /// with its slug as it was `seen` last; what was not touched of that stays as
    /// it is written. What is wrong is told by field, and of the text by line.
    async fn apply_service_form(
        &self,
        by: &Caller,
        form: ServiceForm,
        seen: Option<Timestamp>,
    ) -> Result<Applied, Problem>;

    /// The form of the service with that slug, also where the portal cannot use
    /// its table any more; without one, that of a new service.
    async fn draft_service(&self, by: &Caller, slug: Option<&str>) -> Result<ServiceDraft, Problem>;

    /// All services, by slug.
    async fn list_services(&self, by: &Caller) -> Result<Vec<Service>, Problem>;

    /// One service.
    async fn show_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem>;

    /// Gives the portal a service's own secret, in place of the one that it had;
    /// it never comes back. The service's definition has to say that the portal
    /// keeps it.
    async fn seal_service_secret(&self, by: &Caller, slug: &str, secret: Secret) -> Result<Service, Problem>;

    /// Tries a service out, on the service itself, with an account that is made
    /// for that and does not stay. What the definition declares and the service
    /// does not do is not relied on from then on.
    async fn check_service(&self, by: &Caller, slug: &str) -> Result<ServiceCheck, Problem>;

    /// Lets the service give no new accounts out; what is there goes on.
    async fn pause_service(&self, by: &Caller, slug: &str, command: WithReason) -> Result<Service, Problem>;

    /// Lets a paused service give accounts out again.
    async fn resume_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem>;

    /// Does away with a service that holds nothing; one that does is retiring
    /// until all of that is gone, if the command says so.
    async fn retire_service(
        &self,
        by: &Caller,
        slug: &str,
        command: RetireService,
    ) -> Result<Service, Problem>;

    /// The first service with that base URL (compared normalised): by slug,
    /// those that give accounts out before others.
    async fn find_service_by_url(&self, by: &Caller, base_url: &str) -> Result<Service, Problem>;
}

/// What applying a service file did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// There is a new service.
    Registered(Service),
    /// The service is not as it was.
    Changed(Service),
    /// It was so already.
    Unchanged(Service),
}
