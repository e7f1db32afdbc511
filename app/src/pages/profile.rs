//! One's own ways in: sessions and password.

use domain::{Problem, Timestamp, access::Session, id::SessionId, people::SignInBy};
use leptos::prelude::*;

use crate::{
    components::{
        Ago, ErrorSummary, FieldErrors, FieldNotes, Notice, NoticeKind, Section, described_by, role_name,
    },
    pages::frame::{Content, Visitor, page},
    visit::{Deed, Note, Refused},
};

const DEEDS: [Deed; 2] = [Deed::ChangeOwnPassword, Deed::EndSession];

/// The visitor's own sessions and password.
#[component]
pub(crate) fn ProfilePage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let sessions = portal.list_sessions(&caller).await?;
    let here = visit.session().await?;
    let note = visit.take_note().await?;
    let refused = note.as_ref().and_then(|note| note.refused(&DEEDS)).map(|(_, refused)| refused);
    let person = caller.actor.person();
    let by_password = person.is_some_and(|person| person.signs_in_by.contains(&SignInBy::Password));
    let lead = person.map(|person| {
        let login = person.login.to_string();
        text!("profile-lead", login = login, role = role_name(person.role), team = person.team.clone())
    });
    let password = by_password.then(|| password(refused.as_ref()));
    let body = view! {
        <div class="headline">
            <h1>{text!("profile-title")}</h1>
            <p class="lead">{lead}</p>
        </div>
        {refused.map(|refused| problem(&refused))}
        {note.as_ref().and_then(done)}
        <section class="card" aria-labelledby="sessions">
            <h2 id="sessions">{text!("sessions-title")}</h2>
            {list(sessions, here, now)}
        </section>
        {password}
    };
    Ok(Content {
        title: text!("profile-title"),
        section: Section::Profile,
        lively: false,
        body: body.into_any(),
    })
}

fn problem(refused: &Refused) -> impl IntoView + use<> {
    let fields = vec![("current", text!("password-current")), ("password", text!("password-new"))];
    view! { <ErrorSummary problem=refused.problem.clone() fields=fields /> }
}

fn done(note: &Note) -> Option<impl IntoView + use<>> {
    let (deed, _) = note.done(&DEEDS)?;
    let said =
        if deed == Deed::EndSession { text!("session-was-ended") } else { text!("password-was-changed") };
    Some(view! { <Notice kind=NoticeKind::Done><p>{said}</p></Notice> })
}

fn list(sessions: Vec<Session>, here: Option<SessionId>, now: Timestamp) -> impl IntoView {
    let rows = sessions.into_iter().map(|session| row(session, here, now)).collect_view();
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("sessions-title")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("session-browser")}</th>
                    <th scope="col">{text!("session-begun")}</th>
                    <th scope="col">{text!("session-used")}</th>
                    <th scope="col">{text!("column-change")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(session: Session, here: Option<SessionId>, now: Timestamp) -> impl IntoView {
    let browser = if session.browser.is_empty() { text!("session-unknown-browser") } else { session.browser };
    let end = if here == Some(session.id) {
        view! { <span class="tag">{text!("session-this")}</span> }.into_any()
    } else {
        view! {
            <form method="post" action="/actions/end_session">
                <input type="hidden" name="session" value=session.id.to_string() />
                <button class="button small">{text!("session-end")}</button>
            </form>
        }
        .into_any()
    };
    view! {
        <tr>
            <th scope="row" data-label=text!("session-browser")>
                {browser}
            </th>
            <td data-label=text!("session-begun")>
                <Ago at=session.begun_at now=now />
            </td>
            <td data-label=text!("session-used")>
                <Ago at=session.used_at now=now />
            </td>
            <td data-label=text!("column-change")>{end}</td>
        </tr>
    }
}

fn password(refused: Option<&Refused>) -> impl IntoView + use<> {
    let errors = refused.map(|refused| FieldErrors::of(&refused.problem)).unwrap_or_default();
    view! {
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">{text!("password-title")}</h2>
            <p>{text!("password-what")}</p>
            <form method="post" action="/actions/change_own_password">
                <PasswordField
                    name="current"
                    label=text!("password-current")
                    autocomplete="current-password"
                    error=errors.on("current")
                />
                <PasswordField
                    name="password"
                    label=text!("password-new")
                    autocomplete="new-password"
                    hint=text!("password-hint")
                    error=errors.on("password")
                />
                <div class="actions">
                    <button class="button">{text!("password-change")}</button>
                </div>
            </form>
        </section>
    }
}

/// A field for a password that the browser may keep.
#[component]
pub(super) fn PasswordField(
    name: &'static str,
    label: String,
    autocomplete: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional_no_strip, into)] error: Option<String>,
) -> impl IntoView {
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <FieldNotes id=name hint=hint error=error />
            <input
                id=name
                name=name
                type="password"
                autocomplete=autocomplete
                required
                aria-invalid=invalid
                aria-describedby=described
            />
        </div>
    }
}
