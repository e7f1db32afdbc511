//! A form's field with its label, its hint and its error.

use leptos::prelude::*;

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
    /// Several lines.
    Lines,
}

/// A field to type into.
#[component]
pub(crate) fn Field(
    /// Its name in the form, and its id.
    name: &'static str,
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
    let described = described_by(name, hint.is_some(), error.is_some());
    let invalid = error.is_some().then_some("true");
    let spellcheck = verbatim.then_some("false");
    let autocapitalize = verbatim.then_some("none");
    let longest = longest.map(|longest| longest.to_string());
    let input = match kind {
        FieldKind::Lines => view! {
            <textarea
                id=name
                name=name
                rows="3"
                spellcheck=spellcheck
                aria-invalid=invalid
                aria-describedby=described
            >
                {value}
            </textarea>
        }
        .into_any(),
        FieldKind::Text | FieldKind::Search | FieldKind::DateTime => {
            let typed = match kind {
                FieldKind::Search => "search",
                FieldKind::DateTime => "datetime-local",
                FieldKind::Text | FieldKind::Lines => "text",
            };
            view! {
                <input
                    id=name
                    name=name
                    type=typed
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
            <label for=name>{label.clone()}</label>
            <FieldNotes name=name label=label hint=hint error=error />
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
    /// Its name in the form, and its id.
    name: &'static str,
    label: String,
    /// What choosing none is called.
    none: String,
    choices: Vec<Choice>,
    #[prop(into)] value: String,
    #[prop(optional_no_strip, into)] error: Option<String>,
) -> impl IntoView {
    let described = described_by(name, false, error.is_some());
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=name>{label.clone()}</label>
            <FieldNotes name=name label=label hint=None error=error />
            <select id=name name=name aria-invalid=invalid aria-describedby=described>
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

/// The hint and the error of a field, where its input refers to them.
#[component]
pub(crate) fn FieldNotes(
    name: &'static str,
    label: String,
    #[prop(into)] hint: Option<String>,
    #[prop(into)] error: Option<String>,
) -> impl IntoView {
    view! {
        {hint
            .map(|hint| {
                view! {
                    <p class="hint" id=format!("{name}-hint")>
                        {hint}
                    </p>
                }
            })}
        {error
            .map(|error| {
                view! {
                    <p class="error" id=format!("{name}-error")>
                        {format!("{label} {error}")}
                    </p>
                }
            })}
    }
}

/// The ids of a field's hint and error.
pub(crate) fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    let ids = [hint.then(|| format!("{name}-hint")), error.then(|| format!("{name}-error"))];
    let ids: Vec<String> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
