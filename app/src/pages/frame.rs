//! What all pages for people who are signed in have in common.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Portal, Problem, ProblemKind, Timestamp, actor::Caller, service::Service};
use leptos::prelude::*;

use crate::{
    components::{Choice, Filter, Layout, Section, SignedIn},
    exchange::{self, Context},
    pages::problem::explain,
    paths,
    visit::{Visit, is_anonymous},
};

/// What a page may use to find out what it shows.
#[derive(Clone)]
pub(super) struct Visitor {
    pub portal: Arc<dyn Portal>,
    pub visit: Arc<dyn Visit>,
    pub caller: Caller,
    pub now: Timestamp,
}

/// What a page shows.
pub(super) struct Content {
    pub title: String,
    pub section: Section,
    /// Whether it has islands.
    pub lively: bool,
    pub body: AnyView,
}

/// A page for somebody who is signed in. Others are sent to sign in; a
/// problem is explained in the page's place.
pub(super) fn page<Made>(make: impl FnOnce(Visitor) -> Made + Send + 'static) -> impl IntoView
where
    Made: Future<Output = Result<Content, Problem>> + Send + 'static,
{
    Suspend::new(async move {
        let Some(Context { portal, visit, now, .. }) = use_context() else {
            return explain(None, Problem::internal()).into_any();
        };
        let caller = match visit.caller().await {
            Ok(caller) => caller,
            Err(problem) if is_anonymous(&problem) => {
                exchange::see_other(&paths::sign_in_then(&exchange::here()));
                return ().into_any();
            }
            Err(problem) => return explain(None, problem).into_any(),
        };
        let signed_in = Some(SignedIn::of(&*portal, &caller).await);
        match make(Visitor { portal, visit, caller, now }).await {
            Ok(Content { title, section, lively, body }) => view! {
                <Layout title=title signed_in=signed_in section=Some(section) lively=lively>
                    {body}
                </Layout>
            }
            .into_any(),
            Err(problem) => explain(signed_in, problem).into_any(),
        }
    })
}

/// A list as it was found; where its filters cannot be accepted, the problem
/// with them, which the page shows in the list's place.
pub(super) fn filtered<T>(found: Result<T, Problem>) -> Result<Result<T, Problem>, Problem> {
    match found {
        Err(problem) if problem.kind == ProblemKind::Invalid => {
            exchange::set_status_of(&problem);
            Ok(Err(problem))
        }
        Err(problem) => Err(problem),
        Ok(list) => Ok(Ok(list)),
    }
}

/// The filter of lists by service.
pub(super) fn service_filter(value: Option<String>, services: Vec<Service>) -> Filter {
    let services = services
        .into_iter()
        .map(|service| Choice { value: service.slug.to_string(), label: service.name.to_string() })
        .collect();
    Filter::choice("service", text!("field-service"), value, text!("any-service"), services)
}

/// What changes by itself is asked for again where no island follows it.
#[component]
pub(super) fn RefreshWithoutScript() -> impl IntoView {
    view! {
        <noscript>
            <meta http-equiv="refresh" content="5" />
        </noscript>
    }
}

/// The same where a form may be being filled in, of which that would make
/// nothing: the visitor says when.
#[component]
pub(super) fn LookAgainWithoutScript(path: String) -> impl IntoView {
    view! {
        <noscript>
            <p>
                <a href=path>{text!("look-again")}</a>
            </p>
        </noscript>
    }
}

/// The fields of the address, by name; of several of one name, the last.
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    /// That of the present request.
    pub fn now() -> Self {
        Self(exchange::query().into_iter().collect())
    }

    /// A field that has a value.
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }
}
