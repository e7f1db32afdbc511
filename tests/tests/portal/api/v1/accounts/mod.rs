mod bad_input;
mod get;
mod id;
mod personas;
mod post;

/// What the API's page says of an account.
const ACCOUNT: [&str; 19] = [
    "id",
    "username",
    "email",
    "state",
    "end_reason",
    "purpose",
    "ticket",
    "labels",
    "run",
    "requested_by",
    "holder",
    "approved_by",
    "services",
    "attributes",
    "created_at",
    "active_at",
    "expires_at",
    "ended_at",
    "version",
];

/// What it says of an account's place on a service.
const ENROLLMENT: [&str; 7] =
    ["service", "state", "remote_id", "attempts", "next_attempt_at", "last_error", "removed_at"];
