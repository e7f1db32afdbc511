mod get;
mod login;
mod post;

/// What the API says of a person.
const PERSON: [&str; 7] = ["id", "login", "role", "team", "signs_in_by", "created_at", "disabled_at"];
