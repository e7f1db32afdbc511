//! One's own API tokens.

use domain::{
    Problem,
    page::PageQuery,
    text::Name,
    time::TtlText,
    token::{IssueToken, Scope, Token},
};
use leptos::prelude::*;
use strum::IntoEnumIterator;

use crate::{
    components::{ErrorSummary, Field, FieldErrors, FieldNotes, Notice, NoticeKind, Section, TokenTable},
    pages::frame::{Content, Query, Visitor, page},
    paths,
    visit::{Deed, Refused},
};

/// The visitor's tokens, and the form that issues one.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let Visitor { portal, visit, caller, now } = visitor;
    let cursor = PageQuery { cursor: Query::now().get("cursor"), limit: None };
    let tokens = portal.list_tokens(&caller, cursor).await?;
    let note = visit.take_note().await?;
    let refused = note.as_ref().and_then(|note| note.refused(&[Deed::IssueToken, Deed::RevokeToken]));
    let revoked = note.as_ref().and_then(|note| note.done(&[Deed::RevokeToken])).map(|_| {
        view! { <Notice kind=NoticeKind::Done><p>{text!("token-revoked")}</p></Notice> }
    });
    let body = view! {
        <div class="headline">
            <h1>{text!("tokens-title")}</h1>
            <p class="lead">{text!("tokens-lead")}</p>
        </div>
        {revoked}
        {issue(refused.map(|(_, refused)| refused))}
        <TokenTable page=tokens path=paths::TOKENS.to_owned() now=now empty=text!("tokens-none") />
    };
    Ok(Content {
        title: text!("tokens-title"),
        section: Section::Tokens,
        lively: false,
        body: body.into_any(),
    })
}

fn issue(refused: Option<Refused>) -> impl IntoView {
    let errors = refused.as_ref().map(|refused| FieldErrors::of(&refused.problem)).unwrap_or_default();
    let typed = refused.as_ref().and_then(|refused| serde_json::from_str::<IssueToken>(&refused.typed).ok());
    let typed = typed.unwrap_or(IssueToken { name: String::new(), scopes: Vec::new(), ttl: None });
    let ttl = match typed.ttl {
        Some(TtlText::Text(text)) => text,
        Some(TtlText::Seconds(seconds)) => seconds.to_string(),
        None => String::new(),
    };
    let fields =
        vec![("name", text!("token-name")), ("scopes", text!("token-scopes")), ("ttl", text!("token-ttl"))];
    let is_open = refused.is_some();
    let summary = refused.map(|refused| view! { <ErrorSummary problem=refused.problem fields=fields /> });
    let scopes = Scope::iter().map(|scope| {
        let name = scope.to_string();
        let chosen = typed.scopes.contains(&name);
        view! {
            <label class="tick">
                <input type="checkbox" name="scopes[]" value=name.clone() checked=chosen />
                <code>{name}</code>
            </label>
        }
    });
    view! {
        {summary}
        <details class="deed adding" open=is_open>
            <summary class="button primary">{text!("token-issue-ask")}</summary>
            <form method="post" action="/actions/issue_token">
                <Field
                    name="name"
                    label=text!("token-name")
                    hint=text!("token-name-hint")
                    value=typed.name.clone()
                    error=errors.on("name")
                    longest=Name::LONGEST
                />
                <fieldset class="scopes" aria-describedby="scopes-hint">
                    <legend>{text!("token-scopes")}</legend>
                    <FieldNotes id="scopes" hint=Some(text!("token-scopes-hint")) error=errors.on("scopes") />
                    {scopes.collect_view()}
                </fieldset>
                <Field
                    name="ttl"
                    label=text!("token-ttl")
                    hint=text!("token-ttl-hint", usual = Token::DEFAULT_TTL.to_string(), most = Token::MAX_TTL.to_string())
                    value=ttl
                    error=errors.on("ttl")
                    verbatim=true
                />
                <div class="actions">
                    <button class="button primary">{text!("token-issue")}</button>
                </div>
            </form>
        </details>
    }
}
