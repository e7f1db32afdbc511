//! Use cases on API tokens.

use async_trait::async_trait;
use domain::{
    Problem,
    actor::Caller,
    id::TokenId,
    page::{Page, PageQuery},
    portal::Tokens,
    token::{IssueToken, IssuedToken, Token},
};

use crate::handlers::{Handlers, tokens};

#[async_trait]
impl Tokens for Handlers {
    async fn issue_token(
        &self,
        by: &Caller,
        owner: Option<&str>,
        command: IssueToken,
    ) -> Result<IssuedToken, Problem> {
        let again = |made| tokens::issued_before(self, by, made);
        let work = self.once(by, tokens::issue(self, by, owner, &command), again);
        self.refusals_noted(by, "issue_token", work).await
    }

    async fn list_tokens(&self, by: &Caller, page: PageQuery) -> Result<Page<Token>, Problem> {
        self.refusals_noted(by, "list_tokens", tokens::list(self, by, &page)).await
    }

    async fn list_tokens_of(
        &self,
        by: &Caller,
        owner: Option<&str>,
        page: PageQuery,
    ) -> Result<Page<Token>, Problem> {
        self.refusals_noted(by, "list_tokens_of", tokens::list_of(self, by, owner, &page)).await
    }

    async fn revoke_token(&self, by: &Caller, id: TokenId) -> Result<Token, Problem> {
        self.refusals_noted(by, "revoke_token", tokens::revoke(self, by, id)).await
    }
}
