//! Services that give no accounts out.

use domain::service::{Service, ServiceState};

use crate::words;

/// That the service gives no new accounts out, since when and why, if so.
pub(crate) fn closed(service: &Service) -> Option<String> {
    let since = service.state_since.map(words::to_the_second).unwrap_or_default();
    let said = match service.state {
        ServiceState::Active => return None,
        ServiceState::Paused => text!("service-stands-paused", when = since),
        ServiceState::Retiring | ServiceState::Retired => text!("service-stands-retiring", when = since),
    };
    Some(match &service.state_reason {
        Some(reason) => text!("service-stands-because", stands = said, reason = words::sentence(reason)),
        None => said,
    })
}
