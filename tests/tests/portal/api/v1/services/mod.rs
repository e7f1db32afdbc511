mod get;
mod post;
mod slug;

/// What the API says of a service.
const SERVICE: [&str; 11] = [
    "id",
    "slug",
    "name",
    "environment",
    "base_url",
    "connector",
    "policy",
    "capabilities",
    "state",
    "created_at",
    "updated_at",
];
