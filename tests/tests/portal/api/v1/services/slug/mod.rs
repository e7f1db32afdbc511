mod check;
mod delete;
mod get;
mod pause;
mod put;
mod resume;
mod secret;
mod sweep;
