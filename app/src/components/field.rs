//! A form's field with its label, its hint and its error.

use leptos::prelude::*;

use crate::{components::in_textarea, words};

/// How a field is typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FieldKind {
    /// One line.
    #[default]
    Text,
    /// One line, to search for.
    Search,
    /// A point in time.
    DateTime,
    /// A day.
    Day,
    /// One line that nobody sees, and no browser keeps.
    Secret,
    /// Several lines.
    Lines,
    /// A whole number.
    Number {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
}

/// A field to type into.
#[component]
pub(crate) fn Field(
    /// Its name in the form; and its id, where no other is given.
    name: &'static str,
    /// Its id, where a page has several of that name.
    #[prop(optional, into)]
    id: Option<String>,
    label: String,
    #[prop(into)] value: String,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional, into)] hint: Option<String>,
    /// What could be typed.
    #[prop(optional_no_strip, into)]
    placeholder: Option<String>,
    #[prop(optional_no_strip, into)] error: Option<String>,
    /// Whether names and the like are typed, which nobody should correct.
    #[prop(optional)]
    verbatim: bool,
    #[prop(optional, into)] longest: Option<usize>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let described = described_by(&id, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let spellcheck = verbatim.then_some("false");
    let autocapitalize = verbatim.then_some("none");
    let longest = longest.map(|longest| longest.to_string());
    let input = match kind {
        FieldKind::Lines => view! {
            <textarea
                id=id.clone()
                name=name
                rows="3"
                spellcheck=spellcheck
                aria-invalid=invalid
                aria-describedby=described
            >
                {in_textarea(&value)}
            </textarea>
        }
        .into_any(),
        FieldKind::Text
        | FieldKind::Search
        | FieldKind::DateTime
        | FieldKind::Day
        | FieldKind::Secret
        | FieldKind::Number { .. } => {
            let (typed, range) = match kind {
                FieldKind::Search => ("search", None),
                FieldKind::DateTime => ("datetime-local", None),
                FieldKind::Day => ("date", None),
                FieldKind::Secret => ("password", None),
                FieldKind::Number { min, max } => ("number", Some((min, max))),
                FieldKind::Text | FieldKind::Lines => ("text", None),
            };
            view! {
                <input
                    id=id.clone()
                    name=name
                    type=typed
                    min=range.map(|(min, _)| min)
                    max=range.map(|(_, max)| max)
                    value=value
                    placeholder=placeholder
                    maxlength=longest
                    autocomplete="off"
                    autocapitalize=autocapitalize
                    spellcheck=spellcheck
                    aria-invalid=invalid
                    aria-describedby=described
                />
            }
            .into_any()
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <FieldNotes id=id hint=hint error=error />
            {input}
        </div>
    }
}

/// One of the values of a [`Select`].
pub(crate) struct Choice {
    /// What the form sends.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// A field to choose a value in, or none.
#[component]
pub(crate) fn Select(
    /// Its name in the form; and its id, where no other is given.
    name: &'static str,
    #[prop(optional, into)] id: Option<String>,
    label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// What choosing none is called.
    none: String,
    choices: Vec<Choice>,
    #[prop(into)] value: String,
    #[prop(optional_no_strip, into)] error: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let described = described_by(&id, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <FieldNotes id=id.clone() hint=hint error=error />
            <select id=id name=name aria-invalid=invalid aria-describedby=described>
                <option value="">{none}</option>
                {choices
                    .into_iter()
                    .map(|choice| {
                        let chosen = choice.value == value;
                        view! {
                            <option value=choice.value selected=chosen>
                                {choice.label}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

/// The hint and the error of a field, where its input refers to them: the
/// error as a sentence of its own, since the label stands above it.
#[component]
pub(crate) fn FieldNotes(
    #[prop(into)] id: String,
    #[prop(into)] hint: Option<String>,
    #[prop(into)] error: Option<String>,
) -> impl IntoView {
    view! {
        {hint
            .map(|hint| {
                view! {
                    <p class="hint" id=format!("{id}-hint")>
                        {hint}
                    </p>
                }
            })}
        {error
            .map(|error| {
                view! {
                    <p class="error" id=format!("{id}-error")>
                        {words::sentence(&words::capitalised(&error))}
                    </p>
                }
            })}
    }
}

/// The ids of a field's hint and error.
pub(crate) fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    let ids = [hint.then(|| format!("{id}-hint")), error.then(|| format!("{id}-error"))];
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
