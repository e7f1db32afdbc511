//! The account of one `exec`: asked for, kept while its command runs, given
//! back.

use std::{convert::Infallible, time::Duration};

use domain::{
    AccountState, Ttl,
    account::{AccountView, Credentials},
    command::{RenewAccount, RequestAccount},
    time::TtlText,
    upkeep::{KeepRun, Run},
};
use tokio::time::{Instant, sleep, timeout};

use crate::cli::{
    CliError,
    account::reasons,
    client::{Api, PATIENCE},
    tell,
};

/// The first pause between two looks; each is a half longer than the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// No pause between two looks is longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often to say what is waited for.
const SAID_EVERY: Duration = Duration::from_secs(5);

/// How long the portal may take to answer that the account is gone.
const GOING_TAKES: Duration = Duration::from_secs(10);

/// How many heartbeats fit into a lease.
const BEATS: u32 = 3;

/// An account that is leased for as long as somebody keeps it.
pub(super) struct Lease {
    api: Api,
    account: AccountView,
    ttl: Ttl,
}

impl Lease {
    /// Asks for the account, and does not wait for the services: from here on
    /// it is known what there is to give back.
    pub async fn request(api: &Api, wanted: RequestAccount, ttl: Ttl) -> Result<Self, CliError> {
        let wanted = RequestAccount { ttl: Some(TtlText::Text(ttl.to_string())), ..wanted };
        let account: AccountView =
            api.waiting(Duration::ZERO).patient(PATIENCE).post("/accounts", &wanted).await?;
        let run = account.run.as_deref().unwrap_or_default();
        tell(&format!("understudy: account {} for run {run}", account.id));
        Ok(Self { api: api.clone(), account, ttl })
    }

    /// Waits until the account is active, for as long as the services' policies
    /// allow it to take, and reveals it.
    pub async fn credentials(&mut self) -> Result<Credentials, CliError> {
        let api = self.api.patient(PATIENCE);
        let (mut pause, mut said) = (FIRST_PAUSE, Instant::now());
        while let AccountState::Requested | AccountState::Provisioning = self.account.state {
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 3 / 2);
            self.account = api.get(&self.path(), &()).await?;
            if said.elapsed() >= SAID_EVERY {
                said = Instant::now();
                tell(&format!("understudy: waiting, {}", self.standing().await));
            }
        }
        if self.account.state != AccountState::Active {
            return Err(CliError::Other(self.standing().await));
        }
        api.post(&format!("{}/reveal", self.path()), &()).await
    }

    /// Renews the lease again and again. What goes wrong is said once and
    /// tried again: the command goes on.
    pub async fn keep(&mut self) -> Infallible {
        let beat = Duration::from_secs(self.ttl.as_secs()) / BEATS;
        let mut failing = false;
        loop {
            sleep(if failing { beat / BEATS } else { beat }).await;
            match self.renew(beat).await {
                Ok(account) => {
                    self.account = account;
                    if failing {
                        tell(&format!("understudy: the lease is renewed again, it ends {}", self.ends()));
                    }
                    failing = false;
                }
                Err(error) => {
                    if !failing {
                        tell(&format!(
                            "understudy: cannot renew the lease, it ends {}: {error}",
                            self.ends()
                        ));
                    }
                    failing = true;
                }
            }
        }
    }

    async fn renew(&self, beat: Duration) -> Result<AccountView, CliError> {
        let late = || CliError::Unavailable("the portal does not answer".to_owned());
        timeout(beat, self.renew_for(&self.api, self.ttl)).await.map_err(|_| late())?
    }

    async fn renew_for(&self, api: &Api, ttl: Ttl) -> Result<AccountView, CliError> {
        let body = RenewAccount { ttl: TtlText::Text(ttl.to_string()) };
        api.post(&format!("{}/renew", self.path()), &body).await
    }

    /// Leaves the account in place for so long, for people to look into it:
    /// cleanups of its run spare it, and then its lease ends.
    pub async fn keep_for(&mut self, ttl: Ttl) -> Result<(), CliError> {
        let api = self.api.patient(PATIENCE);
        self.account = self.renew_for(&api, ttl).await?;
        if let Some(run) = &self.account.run {
            let _: Run =
                api.put(&["runs", run, "keep"], &KeepRun { r#for: TtlText::Text(ttl.to_string()) }).await?;
        }
        let (id, ends) = (self.account.id, self.ends());
        tell(&format!("understudy: the command failed, so account {id} is kept; its lease ends {ends}"));
        Ok(())
    }

    /// Gives the account back; what the portal was told once it does for as
    /// long as it takes.
    pub async fn give_back(self) {
        let api = self.api.waiting(GOING_TAKES).patient(GOING_TAKES);
        match api.delete::<AccountView>(&self.path()).await {
            Ok(account) if account.state.is_final() => {}
            Ok(account) => tell(&format!(
                "understudy: account {} is not gone from every service yet; the portal goes on trying{}",
                account.id,
                reasons(&self.api, &account).await
            )),
            Err(error) => tell(&format!(
                "understudy: account {} could not be given back, its lease ends {}: {error}",
                self.account.id,
                self.ends()
            )),
        }
    }

    /// When the lease ends, as far as is known.
    pub fn ends(&self) -> String {
        self.account
            .expires_at
            .map_or_else(|| format!("{} after it begins", self.ttl), |at| format!("at {at}"))
    }

    fn path(&self) -> String {
        format!("/accounts/{}", self.account.id)
    }

    async fn standing(&self) -> String {
        let waits = self.account.state == AccountState::Requested;
        let why = if waits { " (somebody has to approve it)" } else { "" };
        let reasons = reasons(&self.api, &self.account).await;
        format!("account {} is {}{why}{reasons}", self.account.id, self.account.state)
    }
}
