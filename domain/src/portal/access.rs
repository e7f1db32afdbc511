//! Use cases on getting in: signing in, sessions, and who stands behind them.

use async_trait::async_trait;

use crate::{
    access::{
        AcceptInvitation, ChangePassword, Invitee, LetIn, ProviderAnswer, ProviderSignIn, Session, SignIn,
    },
    actor::{Actor, Caller},
    id::{PersonId, SessionId},
    people::Person,
    problem::Problem,
    secret::Secret,
    token::IssuedToken,
};

/// Use cases on getting in.
#[async_trait]
pub trait Access: Send + Sync {
    /// Lets somebody in who knows the password. Takes equally long for a
    /// login that does not exist.
    async fn sign_in(&self, request_id: Option<String>, command: SignIn) -> Result<Person, Problem>;

    /// Notes that somebody left.
    async fn sign_out(&self, by: &Caller) -> Result<(), Problem>;

    /// The actor behind a session; refused once the person is disabled.
    async fn actor_of_session(&self, person: PersonId) -> Result<Actor, Problem>;

    /// The actor behind a token's text; refused once it expired, it was
    /// revoked, or its owner is disabled.
    async fn actor_of_token(&self, text: &str) -> Result<Actor, Problem>;

    /// What people call the provider through which they can sign in, if there is
    /// one.
    fn provider_name(&self) -> Option<String>;

    /// Where to send a browser that wants to sign in through the provider, and
    /// then go on to the page `then`.
    async fn begin_provider_sign_in(&self, then: String) -> Result<ProviderSignIn, Problem>;

    /// Lets somebody in for whom the provider vouches. Whoever is new is added,
    /// unless somebody else has the login.
    async fn finish_provider_sign_in(
        &self,
        request_id: Option<String>,
        answer: ProviderAnswer,
    ) -> Result<LetIn, Problem>;

    /// Takes the identity token of a CI run, and issues a token that is bound to
    /// that run, by the operator's rules.
    async fn exchange_token(
        &self,
        request_id: Option<String>,
        identity: &Secret,
    ) -> Result<IssuedToken, Problem>;

    /// For whom a one-time link is; refused once it was used or is too old.
    async fn show_invitation(&self, code: &Secret) -> Result<Invitee, Problem>;

    /// Gives whoever has a one-time link the password of their choice, and lets
    /// them in. The link is worthless then.
    async fn accept_invitation(
        &self,
        request_id: Option<String>,
        command: AcceptInvitation,
    ) -> Result<Person, Problem>;

    /// Gives the caller another password, if they know the present one. All
    /// their sessions end but the one in which they do it.
    async fn change_own_password(
        &self,
        by: &Caller,
        command: ChangePassword,
        here: Option<SessionId>,
    ) -> Result<(), Problem>;

    /// The caller's sessions at browsers, the last begun first.
    async fn list_sessions(&self, by: &Caller) -> Result<Vec<Session>, Problem>;

    /// Ends one of them, from its next request on.
    async fn end_session(&self, by: &Caller, id: SessionId) -> Result<(), Problem>;
}
