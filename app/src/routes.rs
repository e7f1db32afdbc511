//! Which page answers at which address.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        AccountPage, AccountsPage, ApprovalsPage, AuditPage, BatchPage, BatchesPage, CleanUpPage, DebtPage,
        DriftPage, EditServicePage, HomePage, MissingPage, NewServicePage, PeoplePage, PersonPage,
        ProfilePage, RequestPage, ServicePage, ServicesPage, SignInPage, TeamsPage, TokensPage, WelcomePage,
    },
    shell::Shell,
};

/// Every page of the portal, in its document.
#[component]
pub fn App() -> impl IntoView {
    // Rendered whole before they are sent, so that no page needs a script.
    const WHOLE: SsrMode = SsrMode::Async;
    view! {
        <Shell>
            <Router>
                <Routes fallback=MissingPage>
                    <Route path=path!("/") view=HomePage ssr=WHOLE />
                    <Route path=path!("/sign-in") view=SignInPage ssr=WHOLE />
                    <Route path=path!("/accounts") view=AccountsPage ssr=WHOLE />
                    <Route path=path!("/accounts/new") view=RequestPage ssr=WHOLE />
                    <Route path=path!("/accounts/clean-up") view=CleanUpPage ssr=WHOLE />
                    <Route path=path!("/accounts/:id") view=AccountPage ssr=WHOLE />
                    <Route path=path!("/approvals") view=ApprovalsPage ssr=WHOLE />
                    <Route path=path!("/batches") view=BatchesPage ssr=WHOLE />
                    <Route path=path!("/batches/:id") view=BatchPage ssr=WHOLE />
                    <Route path=path!("/debt") view=DebtPage ssr=WHOLE />
                    <Route path=path!("/drift") view=DriftPage ssr=WHOLE />
                    <Route path=path!("/services") view=ServicesPage ssr=WHOLE />
                    <Route path=path!("/services/new") view=NewServicePage ssr=WHOLE />
                    <Route path=path!("/services/:slug/edit") view=EditServicePage ssr=WHOLE />
                    <Route path=path!("/services/:slug") view=ServicePage ssr=WHOLE />
                    <Route path=path!("/audit") view=AuditPage ssr=WHOLE />
                    <Route path=path!("/people") view=PeoplePage ssr=WHOLE />
                    <Route path=path!("/people/:login") view=PersonPage ssr=WHOLE />
                    <Route path=path!("/teams") view=TeamsPage ssr=WHOLE />
                    <Route path=path!("/tokens") view=TokensPage ssr=WHOLE />
                    <Route path=path!("/profile") view=ProfilePage ssr=WHOLE />
                    <Route path=path!("/welcome") view=WelcomePage ssr=WHOLE />
                </Routes>
            </Router>
        </Shell>
    }
}
