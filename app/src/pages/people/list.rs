//! Everybody, and the form that adds somebody.

use domain::{
    Problem,
    page::{Page, PageQuery},
    people::{AddPerson, Person},
    team::Team,
    text::Login,
};
use leptos::prelude::*;

use super::{roles, signs_in, team_choices};
use crate::{
    components::{Empty, ErrorSummary, Field, FieldErrors, Pagination, Section, Select, role_name},
    pages::frame::{Content, Query, Visitor, page},
    paths,
    visit::{Deed, Refused},
};

/// Everybody, newest first.
#[component]
pub(crate) fn PeoplePage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, .. } = visitor;
    let note = visit.take_note().await?;
    let cursor = PageQuery { cursor: Query::now().get("cursor"), limit: None };
    let people = portal.list_people(&caller, cursor).await?;
    let teams = portal.list_teams(&caller).await?;
    let refused = note.as_ref().and_then(|note| note.refused(&[Deed::AddPerson])).map(|(_, refused)| refused);
    let body = view! {
        <div class="headline">
            <h1>{text!("people-title")}</h1>
            <a class="button" href=paths::TEAMS>
                {text!("teams-title")}
            </a>
            <p class="lead">{text!("people-lead")}</p>
        </div>
        {add(&teams, refused)}
        {list(people, &teams)}
    };
    Ok(Content {
        title: text!("people-title"),
        section: Section::People,
        lively: false,
        body: body.into_any(),
    })
}

/// The form for a new person; as it was typed, where that was refused.
fn add(teams: &[Team], refused: Option<Refused>) -> impl IntoView + use<> {
    let typed = refused.as_ref().and_then(|refused| serde_json::from_str::<AddPerson>(&refused.typed).ok());
    let errors = refused.as_ref().map(|refused| FieldErrors::of(&refused.problem)).unwrap_or_default();
    let (login, role, team) =
        typed.map(|typed| (typed.login, typed.role, typed.team.unwrap_or_default())).unwrap_or_default();
    let fields =
        vec![("login", text!("sign-in-login")), ("role", text!("field-role")), ("team", text!("field-team"))];
    let (is_open, summary) = match refused {
        Some(refused) => (true, Some(view! { <ErrorSummary problem=refused.problem fields=fields /> })),
        None => (false, None),
    };
    view! {
        {summary}
        <details class="deed adding" open=is_open>
            <summary class="button primary">{text!("person-add-ask")}</summary>
            <form method="post" action="/actions/add_person">
                <Field
                    name="login"
                    label=text!("sign-in-login")
                    hint=text!("person-login-hint")
                    value=login
                    error=errors.on("login")
                    longest=Login::LONGEST
                    verbatim=true
                />
                <Select
                    name="role"
                    label=text!("field-role")
                    none=text!("choose-role")
                    choices=roles()
                    value=role
                    error=errors.on("role")
                />
                <Select
                    name="team"
                    label=text!("field-team")
                    none=text!("choose-default-team")
                    choices=team_choices(teams)
                    value=team
                    error=errors.on("team")
                />
                <p class="hint">{text!("person-add-next")}</p>
                <div class="actions">
                    <button class="button primary">{text!("person-add")}</button>
                </div>
            </form>
        </details>
    }
}

fn list(page: Page<Person>, teams: &[Team]) -> AnyView {
    if page.items.is_empty() {
        return view! { <Empty title=text!("people-empty-title") text=text!("people-empty-text") /> }
            .into_any();
    }
    let rows = page.items.into_iter().map(|person| row(person, teams)).collect_view();
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("people-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("sign-in-login")}</th>
                    <th scope="col">{text!("field-role")}</th>
                    <th scope="col">{text!("field-team")}</th>
                    <th scope="col">{text!("column-signs-in")}</th>
                    <th scope="col">{text!("column-state")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <Pagination path=paths::PEOPLE.to_owned() next=page.next />
    }
    .into_any()
}

fn row(person: Person, teams: &[Team]) -> impl IntoView + use<> {
    let team = teams.iter().find(|team| team.slug.as_str() == person.team);
    let team = team.map_or_else(|| person.team.clone(), |team| team.name.to_string());
    let (state, label) = match person.disabled_at {
        None => ("active", text!("person-active")),
        Some(_) => ("revoked", text!("person-disabled")),
    };
    view! {
        <tr>
            <th scope="row" data-label=text!("sign-in-login")>
                <a href=paths::person(&person.login)>{person.login.to_string()}</a>
            </th>
            <td data-label=text!("field-role")>{role_name(person.role)}</td>
            <td data-label=text!("field-team")>{team}</td>
            <td data-label=text!("column-signs-in")>{signs_in(&person)}</td>
            <td data-label=text!("column-state")>
                <span class="badge" data-state=state>
                    {label}
                </span>
            </td>
        </tr>
    }
}
