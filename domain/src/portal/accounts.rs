//! Use cases on accounts.

use async_trait::async_trait;
use futures_core::stream::BoxStream;

use crate::{
    account::{AccountView, Credentials, IssuedAccount},
    actor::Caller,
    audit::{Event, Tenure},
    command::{HandOver, ListAccounts, RenewAccount, RequestAccount, Wait, WithReason},
    id::AccountId,
    page::{Page, PageQuery},
    problem::Problem,
};

/// Use cases on accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Asks for an account; answers once it is settled or `wait` is over.
    async fn request_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// The same, with the credentials of an account that is active then; that
    /// they were shown is an event.
    async fn issue_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<IssuedAccount, Problem>;

    /// The accounts that the caller sees.
    async fn list_accounts(
        &self,
        by: &Caller,
        which: ListAccounts,
        page: PageQuery,
    ) -> Result<Page<AccountView>, Problem>;

    /// One account.
    async fn show_account(&self, by: &Caller, id: AccountId) -> Result<AccountView, Problem>;

    /// What happened to the account, newest first.
    async fn account_history(
        &self,
        by: &Caller,
        id: AccountId,
        page: PageQuery,
    ) -> Result<Page<Event>, Problem>;

    /// Who had the account, and when: the first holder first.
    async fn account_holders(&self, by: &Caller, id: AccountId) -> Result<Vec<Tenure>, Problem>;

    /// The account's credentials, for who holds it; always an event.
    async fn reveal_account(&self, by: &Caller, id: AccountId) -> Result<Credentials, Problem>;

    /// Makes the lease longer, up to what the services' policies allow.
    async fn renew_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: RenewAccount,
    ) -> Result<AccountView, Problem>;

    /// Agrees to a request; answers as a request does.
    async fn approve_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Does not agree to a request; says why.
    async fn deny_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
    ) -> Result<AccountView, Problem>;

    /// Wants a new password on every service; answers once all have it or
    /// `wait` is over.
    async fn reset_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem>;

    /// Gives the account to somebody else, with a new password; answers once
    /// it is theirs or `wait` is over.
    async fn hand_over_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: HandOver,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Calls a hand-over off that is under way: who holds the account keeps it,
    /// with a new password; answers once every service has that or `wait` is
    /// over.
    async fn call_off_hand_over(
        &self,
        by: &Caller,
        id: AccountId,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Disables the account on every service; answers once all have done so
    /// or `wait` is over.
    async fn freeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Enables it again on every service; answers once all have done so or
    /// `wait` is over.
    async fn unfreeze_account(
        &self,
        by: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem>;

    /// Takes the account away; answers once it is gone or `wait` is over.
    /// On an account that ended it changes nothing.
    async fn revoke_account(&self, by: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem>;

    /// The account now, and again whenever it changes.
    async fn watch_account(
        &self,
        by: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem>;
}
