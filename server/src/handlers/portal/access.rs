//! Use cases on getting in.

use async_trait::async_trait;
use domain::{
    Actor, Problem,
    access::{AcceptInvitation, ChangePassword, Invitee, Session, SignIn},
    actor::Caller,
    id::{PersonId, SessionId},
    people::Person,
    portal::Access,
    secret::Secret,
};

use crate::handlers::{Handlers, actors, invitations, sessions, sign_in};

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
