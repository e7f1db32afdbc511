//! The one account, in whatever state is asked for.

use async_trait::async_trait;
use domain::{
    AccountState, Problem, ProblemKind,
    account::{AccountView, Credentials, IssuedAccount, ServiceCredentials},
    actor::Caller,
    audit::{Event, Tenure},
    command::{HandOver, ListAccounts, RenewAccount, RequestAccount, Wait, WithReason},
    id::AccountId,
    page::{Page, PageQuery},
    policy,
    portal::Accounts,
    secret::Secret,
};
use futures::stream::{self, BoxStream, StreamExt};

use super::{FakePortal, account, known, nothing, unsettled};

#[async_trait]
impl Accounts for FakePortal {
    /// The purpose says what happens; who does not wait gets no active one.
    async fn request_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        policy::request_account(&by.actor)?;
        command.parse()?;
        self.retry_keys.lock().unwrap().push(by.retry_key.clone());
        match command.purpose.as_deref() {
            Some("panic") => panic!("as the purpose says"),
            Some("revoked meanwhile") => Ok(account(AccountState::Revoked)),
            Some("quota") => Err(Problem::new(ProblemKind::QuotaExceeded, "No more.")),
            _ if wait == Wait::NONE => Ok(account(AccountState::Provisioning)),
            _ => Ok(account(AccountState::Active)),
        }
    }

    async fn issue_account(
        &self,
        by: &Caller,
        command: RequestAccount,
        wait: Wait,
    ) -> Result<IssuedAccount, Problem> {
        let account = self.request_account(by, command, wait).await?;
        let credentials = if account.state == AccountState::Active {
            Some(self.reveal_account(by, account.id).await?)
        } else {
            None
        };
        Ok(IssuedAccount { account, credentials })
    }

    async fn list_accounts(
        &self,
        _: &Caller,
        which: ListAccounts,
        page: PageQuery,
    ) -> Result<Page<AccountView>, Problem> {
        which.parse()?;
        page.parse()?;
        assert_ne!(which.q.as_deref(), Some("panic"), "as the search says");
        Ok(Page { items: vec![account(AccountState::Active)], next: Some("more".to_owned()) })
    }

    async fn show_account(&self, _: &Caller, id: AccountId) -> Result<AccountView, Problem> {
        known(id)
    }

    async fn account_history(&self, _: &Caller, id: AccountId, _: PageQuery) -> Result<Page<Event>, Problem> {
        known(id).map(|_| nothing())
    }

    async fn account_holders(&self, _: &Caller, _: AccountId) -> Result<Vec<Tenure>, Problem> {
        Ok(Vec::new())
    }

    async fn reveal_account(&self, by: &Caller, id: AccountId) -> Result<Credentials, Problem> {
        policy::write_accounts(&by.actor)?;
        known(id)?;
        let secret = Secret::new("s3cret".to_owned());
        Ok(Credentials {
            username: "test_a".to_owned(),
            email: "test_a@example.test".to_owned(),
            password: secret.clone(),
            services: vec![ServiceCredentials {
                service: "orders".parse().unwrap(),
                username: "test_orders".to_owned(),
                secret,
            }],
        })
    }

    async fn renew_account(
        &self,
        _: &Caller,
        id: AccountId,
        command: RenewAccount,
    ) -> Result<AccountView, Problem> {
        command.parse()?;
        known(id)
    }

    async fn approve_account(
        &self,
        _: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        command.parse()?;
        known(id)?;
        Ok(account(if wait == Wait::NONE { AccountState::Provisioning } else { AccountState::Active }))
    }

    async fn deny_account(
        &self,
        _: &Caller,
        id: AccountId,
        command: WithReason,
    ) -> Result<AccountView, Problem> {
        command.required()?;
        known(id)?;
        Ok(account(AccountState::Denied))
    }

    async fn reset_account(&self, _: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        known(id)?;
        Ok(if wait == Wait::NONE { unsettled(AccountState::Active) } else { account(AccountState::Active) })
    }

    async fn hand_over_account(
        &self,
        _: &Caller,
        id: AccountId,
        command: HandOver,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        let to = command.parse()?;
        known(id)?;
        if wait == Wait::NONE {
            return Ok(AccountView { handing_to: Some(to), ..unsettled(AccountState::Active) });
        }
        Ok(AccountView { holder: to, ..account(AccountState::Active) })
    }

    async fn call_off_hand_over(
        &self,
        _: &Caller,
        id: AccountId,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        known(id)?;
        if wait == Wait::NONE {
            Ok(unsettled(AccountState::Active))
        } else {
            Ok(account(AccountState::Active))
        }
    }

    async fn freeze_account(
        &self,
        _: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        command.parse()?;
        known(id)?;
        Ok(if wait == Wait::NONE { unsettled(AccountState::Frozen) } else { account(AccountState::Frozen) })
    }

    async fn unfreeze_account(
        &self,
        _: &Caller,
        id: AccountId,
        command: WithReason,
        wait: Wait,
    ) -> Result<AccountView, Problem> {
        command.parse()?;
        known(id)?;
        Ok(if wait == Wait::NONE { unsettled(AccountState::Active) } else { account(AccountState::Active) })
    }

    async fn revoke_account(&self, _: &Caller, id: AccountId, wait: Wait) -> Result<AccountView, Problem> {
        known(id)?;
        self.revoked.lock().unwrap().push((id, wait.duration()));
        Ok(account(if wait == Wait::NONE { AccountState::Revoking } else { AccountState::Revoked }))
    }

    async fn watch_account(
        &self,
        _: &Caller,
        id: AccountId,
    ) -> Result<BoxStream<'static, AccountView>, Problem> {
        let account = known(id)?;
        Ok(stream::iter([account]).chain(stream::pending()).boxed())
    }
}
