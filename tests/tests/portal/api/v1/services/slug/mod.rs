mod check;
mod get;
mod put;
mod secret;
