mod accounts;
mod authentication;
mod events;
mod me;
mod services;
mod tokens;
