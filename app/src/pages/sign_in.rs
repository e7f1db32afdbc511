//! Where one signs in.

use domain::{Problem, ProblemKind, text::Login};
use leptos::prelude::*;

use crate::{
    components::Layout,
    exchange::{self, Context},
    pages::{frame::Query, problem::explain},
    paths,
    problems::problem_words,
    visit::is_anonymous,
};

/// The form to sign in. Who is signed in already goes on at once.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    Suspend::new(async move {
        let query = Query::now();
        let then = query.get("then");
        let Some(Context { visit, portal, .. }) = use_context() else {
            return explain(None, Problem::internal()).into_any();
        };
        match visit.caller().await {
            Ok(_) => {
                exchange::see_other(paths::local(then.as_deref()));
                ().into_any()
            }
            Err(problem) if is_anonymous(&problem) => {
                // The address can be forged, so it only chooses among our own texts.
                let problem = query.get("problem").and_then(|code| code.parse::<ProblemKind>().ok());
                let login = query.get("login").and_then(|login| login.parse::<Login>().ok());
                form(then.unwrap_or_default(), login, problem, portal.provider_name()).into_any()
            }
            Err(problem) => explain(None, problem).into_any(),
        }
    })
}

fn form(
    then: String,
    login: Option<Login>,
    problem: Option<ProblemKind>,
    provider: Option<String>,
) -> impl IntoView {
    let provider = provider.map(|name| {
        view! {
            <p class="actions">
                <a class="button primary" href=paths::with_query(paths::PROVIDER, &[("then", Some(&then))])>
                    {text!("sign-in-provider", name = name)}
                </a>
            </p>
            <p class="hint">{text!("sign-in-or")}</p>
        }
    });
    let described = problem.is_some().then_some("problem");
    let problem = problem.map(|kind| {
        let words = problem_words(kind);
        view! {
            <div class="notice" data-kind="problem" role="alert" id="problem">
                <h2>{words.title}</h2>
                <p>{words.next}</p>
            </div>
        }
    });
    view! {
        <Layout title=text!("sign-in-title") signed_in=None section=None lively=false>
            <div class="entrance">
                <h1>{text!("sign-in-title")}</h1>
                <p class="lead">{text!("sign-in-lead")}</p>
                {problem}
                {provider}
                <form class="card" method="post" action="/actions/sign_in" aria-label=text!("sign-in-title")>
                    <input type="hidden" name="then" value=then />
                    <div class="field">
                        <label for="login">{text!("sign-in-login")}</label>
                        <input
                            id="login"
                            name="login"
                            autocomplete="username"
                            autocapitalize="none"
                            spellcheck="false"
                            required
                            autofocus=login.is_none()
                            value=login.as_ref().map(ToString::to_string)
                            aria-describedby=described
                        />
                    </div>
                    <div class="field">
                        <label for="password">{text!("sign-in-password")}</label>
                        <input
                            id="password"
                            name="password"
                            type="password"
                            autocomplete="current-password"
                            required
                            autofocus=login.is_some()
                            aria-describedby=described
                        />
                    </div>
                    <div class="actions">
                        <button class="button primary">{text!("sign-in-submit")}</button>
                    </div>
                </form>
                <p class="hint">{text!("sign-in-help")}</p>
            </div>
        </Layout>
    }
}
