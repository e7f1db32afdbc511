//! What went wrong, where it is seen first and beside each field.

use domain::{Problem, problem::FieldError};
use leptos::prelude::*;

use crate::problems::problem_words;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    /// It went well.
    Done,
    /// It is on its way.
    Going,
}

/// Says how the thing went that was just done.
#[component]
pub(crate) fn Notice(kind: NoticeKind, children: Children) -> impl IntoView {
    let kind = match kind {
        NoticeKind::Done => "done",
        NoticeKind::Going => "going",
    };
    view! {
        <div class="notice" data-kind=kind role="status">
            {children()}
        </div>
    }
}

/// The errors of a form's fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Those of the problem.
    pub fn of(problem: &Problem) -> Self {
        Self(problem.errors.clone())
    }

    /// What is wrong with the field, if anything is.
    pub fn on(&self, field: &str) -> Option<String> {
        let details = self.each(field);
        (!details.is_empty()).then(|| details.join("; "))
    }

    /// The same, one by one.
    pub fn each(&self, field: &str) -> Vec<String> {
        self.0.iter().filter(|error| field_of(&error.pointer) == field).map(in_words).collect()
    }
}

/// The form's field to which a JSON Pointer points.
fn field_of(pointer: &str) -> &str {
    pointer.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// What is wrong, with the part of the field that it is about.
fn in_words(error: &FieldError) -> String {
    match error.pointer.trim_start_matches('/').split_once('/') {
        Some((_, part)) if part.parse::<usize>().is_err() => {
            format!("“{}” {}", part.replace("~1", "/").replace("~0", "~"), error.detail)
        }
        Some(_) | None => error.detail.clone(),
    }
}

/// What went wrong with a form, with links to the fields that are to blame.
#[component]
pub(crate) fn ErrorSummary(
    problem: Problem,
    /// The form's fields and what they are called.
    fields: Vec<(&'static str, String)>,
    /// The id of the one field that there is, where it is not its name.
    #[prop(optional_no_strip)]
    id: Option<String>,
) -> impl IntoView {
    let words = problem_words(problem.kind);
    let errors = FieldErrors::of(&problem);
    let of_fields: Vec<_> = fields
        .into_iter()
        .flat_map(|(field, label)| {
            errors.each(field).into_iter().map(move |detail| (field, label.clone(), detail))
        })
        .collect();
    let said = if of_fields.is_empty() { Some(problem.detail) } else { None };
    view! {
        <div class="notice" data-kind="problem" role="alert" tabindex="-1" id="problem">
            <h2>{words.title}</h2>
            {said.map(|detail| view! { <p>{detail}</p> })}
            {(!of_fields.is_empty())
                .then(|| {
                    view! {
                        <ul>
                            {of_fields
                                .into_iter()
                                .map(|(field, label, detail)| {
                                    let id = id.as_deref().unwrap_or(field);
                                    view! {
                                        <li>
                                            <a href=format!("#{id}")>{label}</a>
                                            " "
                                            {detail}
                                        </li>
                                    }
                                })
                                .collect_view()}
                        </ul>
                    }
                })} <p>{words.next}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_beside_the_field_that_they_point_into() {
        let errors = FieldErrors(vec![
            FieldError { pointer: "/services/0".to_owned(), detail: "is unknown".to_owned() },
            FieldError { pointer: "/labels/a~1b".to_owned(), detail: "is too long".to_owned() },
            FieldError { pointer: "/labels".to_owned(), detail: "are too many".to_owned() },
        ]);
        assert_eq!(errors.on("services").as_deref(), Some("is unknown"));
        assert_eq!(errors.on("labels").as_deref(), Some("“a/b” is too long; are too many"));
        assert_eq!(errors.on("ttl"), None);
    }
}
