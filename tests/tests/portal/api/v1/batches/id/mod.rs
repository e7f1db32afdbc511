mod accounts;
mod approve;
mod deny;
mod events;
mod get;
mod retry;
