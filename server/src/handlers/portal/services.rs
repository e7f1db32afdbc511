//! Use cases on services.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    check::ServiceCheck,
    command::WithReason,
    portal::{Applied, Services},
    secret::Secret,
    service::{RetireService, Service, ServiceDraft, ServiceForm},
    time::Timestamp,
};

use crate::handlers::{
    Handlers, apply_service, apply_service_files, apply_service_form, check_service, find_service,
    pause_service, retire_service, seal_secret,
};

#[async_trait]
impl Services for Handlers {
    async fn apply_service(&self, by: &Caller, table: serde_json::Value) -> Result<Applied, Problem> {
        let again = |made| apply_service::again(self, by, &table, made);
        let work = self.once(by, apply_service::run(self, by, table.clone()), again);
        self.refusals_noted(by, "apply_service", work).await
    }

    async fn apply_service_file(&self, by: &Caller, text: &str) -> Result<Vec<Applied>, Problem> {
        self.refusals_noted(by, "apply_service", apply_service_files::run(self, by, text)).await
    }

    async fn apply_service_form(
        &self,
        by: &Caller,
        form: ServiceForm,
        seen: Option<Timestamp>,
    ) -> Result<Applied, Problem> {
        self.refusals_noted(by, "apply_service", apply_service_form::run(self, by, &form, seen)).await
    }

    async fn draft_service(&self, by: &Caller, slug: Option<&str>) -> Result<ServiceDraft, Problem> {
        self.refusals_noted(by, "edit_service", apply_service_form::draft(self, by, slug)).await
    }

    async fn list_services(&self, by: &Caller) -> Result<Vec<Service>, Problem> {
        self.refusals_noted(by, "list_services", find_service::list(self, by)).await
    }

    async fn show_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem> {
        self.refusals_noted(by, "show_service", find_service::by_slug(self, by, slug)).await
    }

    async fn seal_service_secret(&self, by: &Caller, slug: &str, secret: Secret) -> Result<Service, Problem> {
        self.refusals_noted(by, "seal_service_secret", seal_secret::run(self, by, slug, &secret)).await
    }

    async fn check_service(&self, by: &Caller, slug: &str) -> Result<ServiceCheck, Problem> {
        let again = |_| check_service::again(self, by, slug);
        let work = self.once(by, check_service::run(self, by, slug), again);
        self.refusals_noted(by, "check_service", work).await
    }

    async fn pause_service(&self, by: &Caller, slug: &str, command: WithReason) -> Result<Service, Problem> {
        let again = |_| pause_service::changed_before(self, by, slug);
        let work = self.once(by, pause_service::pause(self, by, slug, &command), again);
        self.refusals_noted(by, "pause_service", work).await
    }

    async fn resume_service(&self, by: &Caller, slug: &str) -> Result<Service, Problem> {
        let again = |_| pause_service::changed_before(self, by, slug);
        let work = self.once(by, pause_service::resume(self, by, slug), again);
        self.refusals_noted(by, "resume_service", work).await
    }

    async fn retire_service(
        &self,
        by: &Caller,
        slug: &str,
        command: RetireService,
    ) -> Result<Service, Problem> {
        self.refusals_noted(by, "retire_service", retire_service::run(self, by, slug, &command)).await
    }

    async fn find_service_by_url(&self, by: &Caller, base_url: &str) -> Result<Service, Problem> {
        self.refusals_noted(by, "find_service_by_url", find_service::by_url(self, by, base_url)).await
    }
}
