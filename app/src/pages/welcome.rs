//! Where a one-time link leads: to the choice of a password.

use domain::{Problem, ProblemKind, access::Invitee, secret::Secret};
use leptos::prelude::*;

use crate::{
    components::{Field, Layout},
    exchange::Context,
    pages::{frame::Query, problem::explain, profile::PasswordField},
    problems::problem_words,
};

/// The form by which whoever has the link chooses a password.
#[component]
pub(crate) fn WelcomePage() -> impl IntoView {
    Suspend::new(async move {
        let query = Query::now();
        let Some(Context { portal, .. }) = use_context() else {
            return explain(None, Problem::internal()).into_any();
        };
        let code = Secret::new(query.get("code").unwrap_or_default());
        match portal.show_invitation(&code).await {
            Ok(invitee) => form(code, invitee, &query).into_any(),
            Err(problem) => explain(None, problem).into_any(),
        }
    })
}

fn form(code: Secret, invitee: Invitee, query: &Query) -> impl IntoView + use<> {
    // The address can be forged, so it only chooses among our own texts.
    let problem = query.get("problem").and_then(|code| code.parse::<ProblemKind>().ok());
    let wrong = query.get("fields").unwrap_or_default();
    let is_wrong = |field: &str| problem.is_some() && wrong.split(',').any(|wrong| wrong == field);
    let general = problem.filter(|_| !is_wrong("login") && !is_wrong("password")).map(|kind| {
        let words = problem_words(kind);
        view! {
            <div class="notice" data-kind="problem" role="alert">
                <h2>{words.title}</h2>
                <p>{words.next}</p>
            </div>
        }
    });
    let (lead, login) = match &invitee {
        Invitee::FirstAdmin => {
            let error = is_wrong("login").then(|| text!("welcome-login-wrong"));
            let field = view! {
                <Field
                    name="login"
                    label=text!("sign-in-login")
                    hint=text!("welcome-login-hint")
                    value=query.get("login").unwrap_or_default()
                    error=error
                    verbatim=true
                />
            };
            (text!("welcome-lead-first"), Some(field))
        }
        Invitee::Person(login) => (text!("welcome-lead", login = login.to_string()), None),
    };
    let error = is_wrong("password").then(|| text!("welcome-password-wrong"));
    view! {
        <Layout title=text!("welcome-title") signed_in=None section=None lively=false>
            <div class="entrance">
                <h1>{text!("welcome-title")}</h1>
                <p class="lead">{lead}</p>
                {general}
                <form
                    class="card"
                    method="post"
                    action="/actions/accept_invitation"
                    aria-label=text!("welcome-title")
                >
                    <input type="hidden" name="code" value=code.expose().to_owned() />
                    {login}
                    <PasswordField
                        name="password"
                        label=text!("sign-in-password")
                        autocomplete="new-password"
                        hint=text!("password-hint")
                        error=error
                    />
                    <div class="actions">
                        <button class="button primary">{text!("welcome-submit")}</button>
                    </div>
                </form>
            </div>
        </Layout>
    }
}
