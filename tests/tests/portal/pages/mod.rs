//! Pages over plain HTTP, without any script.

mod account;
mod everywhere;
mod lists;
mod live;
mod request;
mod sign_in;
