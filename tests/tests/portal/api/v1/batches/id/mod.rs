mod accounts;
mod events;
mod get;
mod retry;
