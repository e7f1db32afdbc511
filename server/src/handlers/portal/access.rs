//! Use cases on getting in.

use async_trait::async_trait;
use domain::{
    Actor, Problem,
    access::{
        AcceptInvitation, ChangePassword, Invitee, LetIn, ProviderAnswer, ProviderSignIn, Session, SignIn,
    },
    actor::Caller,
    id::{PersonId, SessionId},
    people::Person,
    portal::Access,
    secret::Secret,
    token::IssuedToken,
};

use crate::handlers::{Handlers, actors, exchange_token, invitations, provider_sign_in, sessions, sign_in};

#[async_trait]
impl Access for Handlers {
    async fn sign_in(&self, request_id: Option<String>, command: SignIn) -> Result<Person, Problem> {
        sign_in::sign_in(self, request_id, command).await
    }

    async fn sign_out(&self, by: &Caller) -> Result<(), Problem> {
        sign_in::sign_out(self, by).await
    }

    async fn actor_of_session(&self, person: PersonId) -> Result<Actor, Problem> {
        actors::of_session(self, person).await
    }

    async fn actor_of_token(&self, text: &str) -> Result<Actor, Problem> {
        actors::of_token(self, text).await
    }

    fn provider_name(&self) -> Option<String> {
        self.provider.as_ref().map(|provider| provider.name().to_owned())
    }

    async fn begin_provider_sign_in(&self, then: String) -> Result<ProviderSignIn, Problem> {
        provider_sign_in::begin(self, then).await
    }

    async fn finish_provider_sign_in(
        &self,
        request_id: Option<String>,
        answer: ProviderAnswer,
    ) -> Result<LetIn, Problem> {
        provider_sign_in::finish(self, request_id, answer).await
    }

    async fn exchange_token(
        &self,
        request_id: Option<String>,
        identity: &Secret,
    ) -> Result<IssuedToken, Problem> {
        exchange_token::run(self, request_id, identity).await
    }

    async fn show_invitation(&self, code: &Secret) -> Result<Invitee, Problem> {
        invitations::show(self, code).await
    }

    async fn accept_invitation(
        &self,
        request_id: Option<String>,
        command: AcceptInvitation,
    ) -> Result<Person, Problem> {
        invitations::accept(self, request_id, command).await
    }

    async fn change_own_password(
        &self,
        by: &Caller,
        command: ChangePassword,
        here: Option<SessionId>,
    ) -> Result<(), Problem> {
        let work = sessions::change_password(self, by, command, here);
        self.refusals_noted(by, "change_own_password", work).await
    }

    async fn list_sessions(&self, by: &Caller) -> Result<Vec<Session>, Problem> {
        self.refusals_noted(by, "list_sessions", sessions::list(self, by)).await
    }

    async fn end_session(&self, by: &Caller, id: SessionId) -> Result<(), Problem> {
        self.refusals_noted(by, "end_session", sessions::end(self, by, id)).await
    }
}
