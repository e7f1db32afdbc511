//! What is seen this once: the text of a token, and a one-time link.

use domain::{Problem, access::Invitation, people::AddedPerson, token::IssuedToken};
use leptos::prelude::*;

use crate::{
    components::{Notice, NoticeKind, Section},
    exchange::{self, Context},
    islands::Copy,
    pages::frame::{Content, Visitor, page},
    paths, words,
};

/// What a server function answered that no page can show again.
#[derive(Clone)]
pub(crate) enum ShownOnce {
    /// A token was issued.
    Token(IssuedToken),
    /// A link was made, by which somebody chooses a password.
    Link(Invitation),
}

impl ShownOnce {
    /// Whether the server function at that path answers such a thing.
    pub fn is_at(path: &str) -> bool {
        ["/actions/issue_token", "/actions/add_person", "/actions/invite_person"].contains(&path)
    }

    /// Reads what it answered.
    pub fn read(path: &str, answer: &[u8]) -> Option<Self> {
        match path {
            "/actions/issue_token" => serde_json::from_slice(answer).ok().map(Self::Token),
            "/actions/invite_person" => serde_json::from_slice(answer).ok().map(Self::Link),
            "/actions/add_person" => {
                serde_json::from_slice::<AddedPerson>(answer).ok()?.invitation.map(Self::Link)
            }
            _ => None,
        }
    }
}

/// The page with it.
#[component]
pub(crate) fn ShownOncePage(shown: ShownOnce) -> impl IntoView {
    page(async move |_: Visitor| match shown {
        ShownOnce::Token(issued) => token(issued),
        ShownOnce::Link(invitation) => Ok(link(&invitation)),
    })
}

fn token(issued: IssuedToken) -> Result<Content, Problem> {
    let text = issued.text.ok_or_else(Problem::internal)?;
    let until = words::to_the_second(issued.token.expires_at);
    let body = view! {
        <div class="headline">
            <h1>{text!("token-issued-title", name = issued.token.name.to_string())}</h1>
        </div>
        <Notice kind=NoticeKind::Done>
            <p>{text!("token-issued", until = until)}</p>
        </Notice>
        {shown(text!("token-text"), text.expose().to_owned())}
        <p class="hint">{text!("token-how")}</p>
        <p class="actions">
            <a class="button" href=paths::TOKENS>
                {text!("tokens-title")}
            </a>
        </p>
    };
    Ok(Content { title: text!("token-issue"), section: Section::Tokens, lively: true, body: body.into_any() })
}

fn link(invitation: &Invitation) -> Content {
    let until = words::to_the_second(invitation.expires_at);
    // Whoever asked reached the portal at this address, so others do as well.
    let origin = use_context::<Context>().and_then(|_| exchange::origin()).unwrap_or_default();
    let body = view! {
        <div class="headline">
            <h1>{text!("link-title")}</h1>
        </div>
        <Notice kind=NoticeKind::Done>
            <p>{text!("link-made", until = until)}</p>
        </Notice>
        {shown(text!("link-text"), format!("{origin}{}", invitation.path.expose()))}
        <p class="actions">
            <a class="button" href=paths::PEOPLE>
                {text!("people-title")}
            </a>
        </p>
    };
    Content { title: text!("link-title"), section: Section::People, lively: true, body: body.into_any() }
}

fn shown(label: String, text: String) -> impl IntoView {
    view! {
        <dl class="credentials">
            <div>
                <dt>{label.clone()}</dt>
                <dd>
                    <code id="shown">{text}</code>
                    <Copy target="shown".to_owned() what=label />
                </dd>
            </div>
        </dl>
    }
}
