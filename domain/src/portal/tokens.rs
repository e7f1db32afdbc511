//! Use cases on API tokens.

use async_trait::async_trait;

use crate::{
    actor::Caller,
    id::TokenId,
    page::{Page, PageQuery},
    problem::Problem,
    token::{IssueToken, IssuedToken, Token},
};

/// Use cases on API tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Issues a token for `owner` (the caller, where that is `None`).
    async fn issue_token(
        &self,
        by: &Caller,
        owner: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem>;

    /// The caller's tokens, newest first.
    async fn list_tokens(&self, by: &Caller, page: PageQuery) -> Result<Page<Token>, Problem>;

    /// The tokens of `owner`, or everybody's, newest first.
    async fn list_tokens_of(
        &self,
        by: &Caller,
        owner: Option<&str>,
        page: PageQuery,
    ) -> Result<Page<Token>, Problem>;

    /// Makes a token worthless from the next request on.
    async fn revoke_token(&self, by: &Caller, id: TokenId) -> Result<Token, Problem>;
}
