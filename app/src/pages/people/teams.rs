//! The teams.

use domain::{
    Problem,
    team::{AddTeam, Team},
    text::{Name, Slug},
};
use leptos::prelude::*;

use crate::{
    components::{AskFirst, ErrorSummary, Field, FieldErrors, Notice, NoticeKind, Section},
    pages::frame::{Content, Visitor, page},
    paths,
    visit::{Deed, Note, Refused},
};

const DEEDS: [Deed; 3] = [Deed::AddTeam, Deed::ChangeTeam, Deed::RemoveTeam];

/// All teams, and the form that adds one.
#[component]
pub(crate) fn TeamsPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, .. } = visitor;
    let teams = portal.list_teams(&caller).await?;
    let note = visit.take_note().await?;
    let refused = note.as_ref().and_then(|note| note.refused(&DEEDS));
    let adding = refused.clone().map(|(_, refused)| refused).filter(|refused| refused.deed == Deed::AddTeam);
    let rows = teams.into_iter().map(|team| {
        let tried = refused.as_ref().filter(|(to, _)| *to == team.slug.as_str()).map(|(_, refused)| refused);
        row(team, tried)
    });
    let rows = rows.collect_view();
    let body = view! {
        <div class="headline">
            <p class="crumb">
                <a href=paths::PEOPLE>{text!("people-title")}</a>
            </p>
            <h1>{text!("teams-title")}</h1>
            <p class="lead">{text!("teams-lead")}</p>
        </div>
        {refused.map(|(_, refused)| problem(&refused))}
        {note.as_ref().and_then(done)}
        {add(adding)}
        <table class="stacks">
            <caption class="unseen">{text!("teams-title")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("team-slug")}</th>
                    <th scope="col">{text!("team-name")}</th>
                    <th scope="col">{text!("column-change")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    Ok(Content {
        title: text!("teams-title"),
        section: Section::People,
        lively: false,
        body: body.into_any(),
    })
}

fn problem(refused: &Refused) -> impl IntoView + use<> {
    let fields = vec![("slug", text!("team-slug")), ("name", text!("team-name"))];
    view! { <ErrorSummary problem=refused.problem.clone() fields=fields /> }
}

fn done(note: &Note) -> Option<impl IntoView + use<>> {
    let (deed, team) = note.done(&DEEDS)?;
    let team = team.to_owned();
    let said = if deed == Deed::AddTeam {
        text!("team-was-added", team = team)
    } else if deed == Deed::RemoveTeam {
        text!("team-was-removed", team = team)
    } else {
        text!("team-was-changed", team = team)
    };
    Some(view! { <Notice kind=NoticeKind::Done><p>{said}</p></Notice> })
}

fn add(refused: Option<Refused>) -> impl IntoView {
    let errors = refused.as_ref().map(|refused| FieldErrors::of(&refused.problem)).unwrap_or_default();
    let typed = refused.as_ref().and_then(|refused| serde_json::from_str::<AddTeam>(&refused.typed).ok());
    let (slug, name) = typed.map(|typed| (typed.slug, typed.name.unwrap_or_default())).unwrap_or_default();
    view! {
        <details class="deed adding" open=refused.is_some()>
            <summary class="button primary">{text!("team-add-ask")}</summary>
            <form method="post" action="/actions/add_team">
                <Field
                    name="slug"
                    label=text!("team-slug")
                    hint=text!("team-slug-hint")
                    value=slug
                    error=errors.on("slug")
                    longest=Slug::LONGEST
                    verbatim=true
                />
                <Field
                    name="name"
                    label=text!("team-name")
                    hint=text!("service-name-hint")
                    value=name
                    error=errors.on("name")
                    longest=Name::LONGEST
                />
                <div class="actions">
                    <button class="button primary">{text!("team-add")}</button>
                </div>
            </form>
        </details>
    }
}

fn row(team: Team, tried: Option<&Refused>) -> impl IntoView + use<> {
    let of = || vec![("team", team.slug.to_string())];
    let renaming = tried.filter(|refused| refused.deed == Deed::ChangeTeam);
    let name = renaming.map_or_else(|| team.name.to_string(), |refused| refused.typed.clone());
    let error = renaming.and_then(|refused| FieldErrors::of(&refused.problem).on("name"));
    let remove = (!team.is_default()).then(|| {
        view! {
            <AskFirst
                ask=text!("team-remove-ask")
                action="/actions/remove_team"
                sends=of()
                confirm=text!("team-remove")
                danger=true
            >
                <p>{text!("team-remove-what")}</p>
            </AskFirst>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label=text!("team-slug")>
                <code>{team.slug.to_string()}</code>
            </th>
            <td data-label=text!("team-name")>{team.name.to_string()}</td>
            <td data-label=text!("column-change")>
                <div class="deeds">
                    <AskFirst
                        ask=text!("team-rename-ask")
                        action="/actions/change_team"
                        sends=of()
                        confirm=text!("team-rename")
                        open=renaming.is_some()
                    >
                        <Field
                            name="name"
                            id=format!("name-{}", team.slug)
                            label=text!("team-name")
                            value=name
                            error=error
                            longest=Name::LONGEST
                        />
                    </AskFirst>
                    {remove}
                </div>
            </td>
        </tr>
    }
}
