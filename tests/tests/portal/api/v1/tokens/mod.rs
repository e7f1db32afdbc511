mod get;
mod id;
mod post;

/// What the API says of a token.
const TOKEN: [&str; 7] = ["id", "name", "owner", "scopes", "created_at", "expires_at", "revoked_at"];
