mod delete;
mod get;
mod history;
mod renew;
mod reveal;
