//! Pages, one file each. A page asks the portal, and shows what it answers.

mod account;
mod accounts;
mod audit;
mod frame;
mod home;
mod problem;
mod request;
mod services;
mod sign_in;

pub(crate) use account::AccountPage;
pub(crate) use accounts::AccountsPage;
pub(crate) use audit::AuditPage;
pub(crate) use home::HomePage;
pub(crate) use problem::{MissingPage, ProblemPage};
pub(crate) use request::RequestPage;
pub(crate) use services::ServicesPage;
pub(crate) use sign_in::SignInPage;
