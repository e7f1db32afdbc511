//! Pages, one file each. A page asks the portal, and shows what it answers.

mod account;
mod accounts;
mod approvals;
mod audit;
mod batches;
mod clean_up;
mod debt;
mod drift;
mod frame;
mod home;
mod problem;
mod request;
mod services;
mod sign_in;

pub(crate) use account::AccountPage;
pub(crate) use accounts::AccountsPage;
pub(crate) use approvals::ApprovalsPage;
pub(crate) use audit::AuditPage;
pub(crate) use batches::{BatchPage, BatchesPage};
pub(crate) use clean_up::CleanUpPage;
pub(crate) use debt::DebtPage;
pub(crate) use drift::DriftPage;
pub(crate) use home::HomePage;
pub(crate) use problem::{MissingPage, ProblemPage};
pub(crate) use request::RequestPage;
pub(crate) use services::{EditServicePage, NewServicePage, ServicePage, ServicesPage};
pub(crate) use sign_in::SignInPage;
