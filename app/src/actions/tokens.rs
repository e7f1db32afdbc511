//! Issues and revokes API tokens.

use domain::{
    id::TokenId,
    token::{IssuedToken, Token},
};
use leptos::prelude::*;

use crate::ActionError;
#[cfg(feature = "ssr")]
use crate::{actions::call::Call, paths, visit::Deed};

/// Issues a token of the visitor's; the answer has its text.
///
/// # Errors
/// A field cannot be accepted.
#[server(prefix = "/actions", endpoint = "issue_token")]
pub async fn issue_token(
    /// What to call it.
    #[server(default)]
    name: String,
    /// What to narrow it to; none for all that its owner's role may.
    #[server(default)]
    scopes: Vec<String>,
    /// How long it is good for.
    #[server(default)]
    ttl: String,
) -> Result<IssuedToken, ActionError> {
    use domain::{time::TtlText, token::IssueToken};

    let call = Call::now()?;
    let ttl = Some(ttl).filter(|ttl| !ttl.trim().is_empty()).map(TtlText::Text);
    let command = IssueToken { name, scopes, ttl };
    let typed = serde_json::to_string(&command).unwrap_or_default();
    let result = async { call.portal.issue_token(&call.caller().await?, None, command).await }.await;
    call.answer_shown_once(Deed::IssueToken, "", typed, paths::TOKENS.to_owned(), result).await
}

/// Makes a token worthless from its next request on.
///
/// # Errors
/// There is none that the visitor may revoke.
#[server(prefix = "/actions", endpoint = "revoke_token")]
pub async fn revoke_token(
    /// Which.
    token: TokenId,
    /// The page to come back to.
    #[server(default)]
    then: String,
) -> Result<Token, ActionError> {
    let call = Call::now()?;
    let result = async { call.portal.revoke_token(&call.caller().await?, token).await }.await;
    let then = paths::local_or(&then, paths::TOKENS.to_owned());
    call.answer_deed(Deed::RevokeToken, token, String::new(), then, result).await
}
