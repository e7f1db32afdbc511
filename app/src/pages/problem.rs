//! Pages that say what happened and what to do next.

use domain::{Problem, ProblemKind};
use leptos::prelude::*;

use crate::{
    components::{Layout, SignedIn},
    exchange::{self, Context},
    paths,
    problems::problem_words,
};

/// A page that explains a problem.
#[component]
pub(crate) fn ProblemPage(problem: Problem) -> impl IntoView {
    Suspend::new(async move {
        let signed_in = match use_context::<Context>() {
            Some(Context { portal, visit, .. }) => match visit.caller().await {
                Ok(caller) => Some(SignedIn::of(&*portal, &caller).await),
                Err(_) => None,
            },
            None => None,
        };
        explain(signed_in, problem)
    })
}

/// The page where there is none.
#[component]
pub(crate) fn MissingPage() -> impl IntoView {
    let problem = Problem::new(ProblemKind::NotFound, text!("problem-page-missing"));
    view! { <ProblemPage problem=problem /> }
}

/// Explains the problem to whoever is signed in, and answers with its status.
pub(super) fn explain(signed_in: Option<SignedIn>, problem: Problem) -> impl IntoView {
    exchange::set_status_of(&problem);
    let words = problem_words(problem.kind);
    let request_id = use_context::<Context>().and_then(|context| context.visit.request_id());
    let detail = has_more_to_say(problem.kind).then_some(problem.detail);
    let (way, label) = match signed_in {
        Some(_) => (paths::ACCOUNTS, text!("problem-to-accounts")),
        None => (paths::SIGN_IN, text!("problem-to-sign-in")),
    };
    view! {
        <Layout title=words.title.clone() signed_in=signed_in section=None lively=false>
            <article class="problem">
                <p class="status" aria-hidden="true">
                    {problem.kind.status()}
                </p>
                <h1>{words.title}</h1>
                {detail.map(|detail| view! { <p>{detail}</p> })}
                <p>{words.next}</p>
                <p class="actions">
                    <a class="button" href=way>
                        {label}
                    </a>
                </p>
                {request_id
                    .map(|id| {
                        view! {
                            <p class="hint">
                                {text!("problem-request-id")} ": " <code>{id}</code>
                            </p>
                        }
                    })}
            </article>
        </Layout>
    }
}

/// Whether the detail adds something to the words for the kind: to some, it
/// says the same to whoever writes a program.
fn has_more_to_say(kind: ProblemKind) -> bool {
    !matches!(
        kind,
        ProblemKind::CrossSite
            | ProblemKind::MethodNotAllowed
            | ProblemKind::UnsupportedMediaType
            | ProblemKind::Internal
    )
}
