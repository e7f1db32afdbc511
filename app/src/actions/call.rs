//! One call of a server function, on the server.

use std::sync::Arc;

use domain::{Portal, Problem, actor::Caller};
use leptos::prelude::use_context;

use crate::{
    ActionError,
    exchange::{Context, PlainForm, answer_problem, see_other},
    paths,
    visit::{Deed, Note, Visit, is_anonymous},
};

/// What a server function needs, and how it answers.
pub(super) struct Call {
    pub portal: Arc<dyn Portal>,
    pub visit: Arc<dyn Visit>,
    plain: bool,
}

/// Where a plain form is sent on to, and what is left there.
pub(super) struct Next {
    pub path: String,
    pub note: Option<Note>,
}

impl Next {
    pub fn page(path: impl Into<String>) -> Self {
        Self { path: path.into(), note: None }
    }

    pub fn with(self, note: Note) -> Self {
        Self { note: Some(note), ..self }
    }
}

impl Call {
    /// The present call.
    pub fn now() -> Result<Self, ActionError> {
        let context = use_context::<Context>().ok_or_else(Problem::internal)?;
        let plain = use_context::<PlainForm>().is_some_and(|form| form.0);
        Ok(Self { portal: context.portal, visit: context.visit, plain })
    }

    /// Whether a plain form is calling.
    pub const fn is_plain(&self) -> bool {
        self.plain
    }

    /// Who is signed in.
    pub async fn caller(&self) -> Result<Caller, Problem> {
        self.visit.caller().await
    }

    /// Answers with what the portal said; `next` is where a plain form goes.
    pub async fn answer<T>(
        &self,
        result: Result<T, Problem>,
        next: impl FnOnce(&Result<T, Problem>) -> Next,
    ) -> Result<T, ActionError> {
        if self.plain {
            let next = next(&result);
            match &result {
                Err(problem) if is_anonymous(problem) => see_other(&paths::sign_in_then(&next.path)),
                Ok(_) | Err(_) => {
                    if let Some(note) = next.note {
                        self.visit.leave_note(note).await?;
                    }
                    see_other(&next.path);
                }
            }
        } else if let Err(problem) = &result {
            answer_problem(problem);
        }
        result.map_err(ActionError)
    }

    /// The same for a deed whose answer holds a secret that is seen this once: a
    /// plain form gets it as a page at once, since no note ever holds one.
    pub async fn answer_shown_once<T>(
        &self,
        deed: Deed,
        to: impl ToString,
        typed: String,
        then: String,
        result: Result<T, Problem>,
    ) -> Result<T, ActionError> {
        match result {
            Ok(shown) => Ok(shown),
            Err(problem) => self.answer_deed(deed, to, typed, then, Err(problem)).await,
        }
    }

    /// The same where no page has room for a refusal: it gets one of its own.
    pub async fn answer_or_explain<T>(
        &self,
        result: Result<T, Problem>,
        then: &str,
    ) -> Result<T, ActionError> {
        match result {
            Err(problem) if !is_anonymous(&problem) => {
                answer_problem(&problem);
                Err(ActionError(problem))
            }
            Ok(_) | Err(_) => self.answer(result, |_| Next::page(then)).await,
        }
    }

    /// The same for a deed: a plain form goes to the page `then`, and finds
    /// there how it went.
    pub async fn answer_deed<T>(
        &self,
        deed: Deed,
        to: impl ToString,
        typed: String,
        then: String,
        result: Result<T, Problem>,
    ) -> Result<T, ActionError> {
        let to = to.to_string();
        self.answer(result, |result| {
            Next::page(then).with(match result {
                Ok(_) => Note::Done { deed, to, until: None },
                Err(problem) => Note::Refused { deed, to, typed, problem: problem.document(None) },
            })
        })
        .await
    }
}
