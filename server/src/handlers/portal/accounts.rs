//! Use cases on accounts.

use async_trait::async_trait;
use domain::{
    Problem,
    account::{AccountView, Credentials, IssuedAccount},
    actor::Caller,
    audit::{Event, Tenure},
    command::{HandOver, ListAccounts, RenewAccount, RequestAccount, Wait, WithReason},
    id::AccountId,
    page::{Page, PageQuery},
    portal::Accounts,
};
use futures::stream::BoxStream;

use crate::handlers::{
    Handlers, account_history, account_holders, decide_account, freeze_account, freeze_account::Switch,
    list_accounts, renew_account, request_account, reset_account, reveal_account, revoke_account,
    show_account, watch_account,
};

#[async_trait]
impl Accounts for Handlers {
    async fn request_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |made| request_account::again(self, by, made, wait);
        let work = self.once(by, request_account::run(self, by, &command, wait), again);
        self.refusals_noted(by, "request_account", work).await
    }

    async fn issue_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<IssuedAccount, Problem> {
        let again = |made| request_account::issue_again(self, by, made, wait);
        let work = self.once(by, request_account::issue(self, by, &command, wait), again);
        self.refusals_noted(by, "request_account", work).await
    }

    async fn list_accounts(
        &self,
        by: &Caller,
        which: ListAccounts,
        page: PageQuery,
    ) -> Result<Page<AccountView>, Problem> {
        self.refusals_noted(by, "list_accounts", list_accounts::run(self, by, &which, &page)).await
    }

    async fn show_account(&self, by: &Caller, id: AccountId) -> Result<AccountView, Problem> {
        self.refusals_noted_of(id, by, "show_account", show_account::run(self, by, id)).await
    }

    async fn account_history(
        &self,
        by: &Caller,
        id: AccountId,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem> {
        self.refusals_noted_of(id, by, "account_history", account_history::run(self, by, id, &page)).await
    }

    async fn account_holders(&self, by: &Caller, id: AccountId) -> Result<Vec<Tenure>, Problem> {
        self.refusals_noted_of(id, by, "account_holders", account_holders::run(self, by, id)).await
    }

    async fn reveal_account(&self, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
        self.refusals_noted_of(id, by, "reveal_account", reveal_account::run(self, by, id)).await
    }

    async fn renew_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: RenewAccount,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, Wait::NONE);
        let work = self.once(by, renew_account::run(self, by, id, &command), again);
        self.refusals_noted_of(id, by, "renew_account", work).await
    }

    async fn approve_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, decide_account::approve(self, by, id, &command, wait), again);
        self.refusals_noted_of(id, by, "approve_account", work).await
    }

    async fn deny_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, Wait::NONE);
        let work = self.once(by, decide_account::deny(self, by, id, &command), again);
        self.refusals_noted_of(id, by, "deny_account", work).await
    }

    async fn reset_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, reset_account::run(self, by, id, wait), again);
        self.refusals_noted_of(id, by, "reset_account", work).await
    }

    async fn hand_over_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: HandOver,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, reset_account::hand_over(self, by, id, &command, wait), again);
        self.refusals_noted_of(id, by, "hand_over_account", work).await
    }

    async fn call_off_hand_over(
        &self,
        by: &Caller,
        id: AccountId,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        self.refusals_noted_of(id, by, "call_off_hand_over", reset_account::call_off(self, by, id, wait))
            .await
    }

    async fn freeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, freeze_account::run(self, by, id, Switch::Freeze, &command, wait), again);
        self.refusals_noted_of(id, by, "freeze_account", work).await
    }

    async fn unfreeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let again = |_| show_account::again(self, by, id, wait);
        let work = self.once(by, freeze_account::run(self, by, id, Switch::Unfreeze, &command, wait), again);
        self.refusals_noted_of(id, by, "unfreeze_account", work).await
    }

    async fn revoke_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        self.refusals_noted_of(id, by, "revoke_account", revoke_account::run(self, by, id, wait)).await
    }

    async fn watch_account(
        &self,
        by: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem> {
        self.refusals_noted_of(id, by, "watch_account", watch_account::run(self, by, id)).await
    }
}
