//! The services, and on which terms they give accounts out.

mod check;
mod controls;
mod edit;
mod facts;
mod list;
mod one;
mod secret;

pub(crate) use edit::{EditServicePage, NewServicePage};
pub(crate) use list::ServicesPage;
pub(crate) use one::ServicePage;

use domain::service::{Capability, Service};

/// What the connector can do there, each in a word or two.
fn capabilities(service: &Service) -> Vec<String> {
    service.capabilities.iter().copied().map(capability).collect()
}

fn capability(capability: Capability) -> String {
    match capability {
        Capability::Create => text!("capability-create"),
        Capability::Verify => text!("capability-verify"),
        Capability::Reset => text!("capability-reset"),
        Capability::Disable => text!("capability-disable"),
        Capability::Enable => text!("capability-enable"),
        Capability::Delete => text!("capability-delete"),
        Capability::Gone => text!("capability-gone"),
        Capability::List => text!("capability-list"),
        Capability::Attest => text!("capability-attest"),
    }
}
