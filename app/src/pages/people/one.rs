//! One person: role and team, the ways in, and the tokens.

use domain::{Problem, page::PageQuery, people::Person, team::Team};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{roles, signs_in, team_choices};
use crate::{
    components::{
        AskFirst, ErrorSummary, FieldErrors, Notice, NoticeKind, Section, Select, Stamp, TokenTable,
        role_name,
    },
    pages::frame::{Content, Query, Visitor, page},
    paths,
    visit::{Deed, Note, Refused},
};

const DEEDS: [Deed; 5] =
    [Deed::ChangePerson, Deed::DisablePerson, Deed::EnablePerson, Deed::InvitePerson, Deed::RevokeToken];

/// The page of one person.
#[component]
pub(crate) fn PersonPage() -> impl IntoView {
    let login = use_params_map().read_untracked().get("login");
    page(move |visitor| content(visitor, login.unwrap_or_default()))
}

async fn content(visitor: Visitor, login: String) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let person = portal.show_person(&caller, &login).await?;
    let teams = portal.list_teams(&caller).await?;
    let cursor = PageQuery { cursor: Query::now().get("cursor"), limit: None };
    let tokens = portal.list_tokens_of(&caller, Some(person.login.as_str()), cursor).await?;
    let note = visit.take_note().await?;
    let refused = note.as_ref().and_then(|note| note.refused(&DEEDS)).map(|(_, refused)| refused);
    let title = person.login.to_string();
    let here = paths::person(&person.login);
    let body = view! {
        <div class="headline">
            <p class="crumb">
                <a href=paths::PEOPLE>{text!("people-title")}</a>
            </p>
            <h1>{title.clone()}</h1>
        </div>
        {refused.as_ref().map(problem)}
        {note.as_ref().and_then(done)}
        <div class="columns">
            <div>
                {change(&person, &teams, refused.as_ref())}
                {ways_in(&person)}
                <section class="card" aria-labelledby="tokens">
                    <h2 id="tokens">{text!("tokens-title")}</h2>
                    <TokenTable page=tokens path=here now=now empty=text!("person-no-tokens") />
                </section>
            </div>
            <aside aria-labelledby="facts">
                <h2 id="facts">{text!("account-facts")}</h2>
                {facts(&person)}
            </aside>
        </div>
    };
    Ok(Content { title, section: Section::People, lively: false, body: body.into_any() })
}

fn problem(refused: &Refused) -> impl IntoView + use<> {
    let fields = vec![("role", text!("field-role")), ("team", text!("field-team"))];
    view! { <ErrorSummary problem=refused.problem.clone() fields=fields /> }
}

fn done(note: &Note) -> Option<impl IntoView + use<>> {
    let (deed, login) = note.done(&DEEDS)?;
    let login = login.to_owned();
    let said = if deed == Deed::DisablePerson {
        text!("person-was-disabled", login = login)
    } else if deed == Deed::EnablePerson {
        text!("person-was-enabled", login = login)
    } else if deed == Deed::RevokeToken {
        text!("token-revoked")
    } else {
        text!("person-was-changed", login = login)
    };
    Some(view! { <Notice kind=NoticeKind::Done><p>{said}</p></Notice> })
}

fn change(person: &Person, teams: &[Team], refused: Option<&Refused>) -> impl IntoView + use<> {
    let errors = refused.map(|refused| FieldErrors::of(&refused.problem)).unwrap_or_default();
    view! {
        <section class="card" aria-labelledby="change">
            <h2 id="change">{text!("person-change-title")}</h2>
            <form method="post" action="/actions/change_person">
                <input type="hidden" name="login" value=person.login.to_string() />
                <Select
                    name="role"
                    label=text!("field-role")
                    none=text!("choose-role")
                    choices=roles()
                    value=person.role.to_string()
                    error=errors.on("role")
                />
                <Select
                    name="team"
                    label=text!("field-team")
                    hint=text!("person-team-hint")
                    none=text!("choose-team")
                    choices=team_choices(teams)
                    value=person.team.clone()
                    error=errors.on("team")
                />
                <div class="actions">
                    <button class="button">{text!("person-change")}</button>
                </div>
            </form>
        </section>
    }
}

fn ways_in(person: &Person) -> impl IntoView + use<> {
    let of = || vec![("login", person.login.to_string())];
    let deeds = if person.disabled_at.is_some() {
        view! {
            <form method="post" action="/actions/enable_person">
                <input type="hidden" name="login" value=person.login.to_string() />
                <button class="button primary">{text!("person-enable")}</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <AskFirst
                ask=text!("person-invite-ask")
                action="/actions/invite_person"
                sends=of()
                confirm=text!("person-invite")
            >
                <p>{text!("person-invite-what")}</p>
            </AskFirst>
            <AskFirst
                ask=text!("person-disable-ask")
                action="/actions/disable_person"
                sends=of()
                confirm=text!("person-disable")
                danger=true
            >
                <p>{text!("person-disable-what")}</p>
            </AskFirst>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="ways-in">
            <h2 id="ways-in">{text!("person-ways-in")}</h2>
            <div class="deeds">{deeds}</div>
        </section>
    }
}

fn facts(person: &Person) -> impl IntoView + use<> {
    let disabled =
        person.disabled_at.map(|at| fact(text!("person-disabled-since"), view! { <Stamp at=at /> }));
    view! {
        <dl class="facts">
            {fact(text!("field-role"), role_name(person.role))}
            {fact(text!("field-team"), person.team.clone())}
            {fact(text!("column-signs-in"), signs_in(person))}
            {fact(text!("person-added-at"), view! { <Stamp at=person.created_at /> })}
            {disabled}
        </dl>
    }
}

fn fact(name: String, value: impl IntoView) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
