mod get;
mod post;
mod slug;

/// What the API says of a service.
const SERVICE: [&str; 10] = [
    "id",
    "slug",
    "name",
    "environment",
    "base_url",
    "connector",
    "policy",
    "capabilities",
    "created_at",
    "updated_at",
];
