//! `/services` and what is under it.

mod check;
mod edit;
mod new;
mod secret;
mod slug;

/// Where both forms of a service are sent.
const APPLY: &str = "/actions/apply_service";

/// What somebody may type who means no good.
const SCRIPT: &str = "</textarea></title><script>alert(1)</script>";
