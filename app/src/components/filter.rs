//! The bar of filters above a list; what is chosen stands in the address.

use domain::Problem;
use leptos::prelude::*;

use crate::components::{Choice, ErrorSummary, Field, FieldErrors, FieldKind, Select};

/// One of the filters of a bar.
pub(crate) struct Filter {
    name: &'static str,
    label: String,
    value: Option<String>,
    kind: FilterKind,
}

enum FilterKind {
    Typed { kind: FieldKind, example: Option<String> },
    Chosen { any: String, choices: Vec<Choice> },
}

impl Filter {
    /// A name or something like it.
    pub fn name(name: &'static str, label: String, value: Option<String>) -> Self {
        Self::typed(name, label, value, FieldKind::Text)
    }

    /// Words to search for.
    pub fn search(name: &'static str, label: String, value: Option<String>) -> Self {
        Self::typed(name, label, value, FieldKind::Search)
    }

    /// A point in time.
    pub fn time(name: &'static str, label: String, value: Option<String>) -> Self {
        Self::typed(name, label, value, FieldKind::DateTime)
    }

    /// A day.
    pub fn day(name: &'static str, label: String, value: Option<String>) -> Self {
        Self::typed(name, label, value, FieldKind::Day)
    }

    /// One of the choices, or `any` of them.
    pub fn choice(
        name: &'static str,
        label: String,
        value: Option<String>,
        any: String,
        mut choices: Vec<Choice>,
    ) -> Self {
        // What the address asks for is shown even where it is none of them.
        if let Some(value) = value.as_ref().filter(|value| !choices.iter().any(|one| one.value == **value)) {
            choices.push(Choice { value: value.clone(), label: value.clone() });
        }
        Self { name, label, value, kind: FilterKind::Chosen { any, choices } }
    }

    fn typed(name: &'static str, label: String, value: Option<String>, kind: FieldKind) -> Self {
        Self { name, label, value, kind: FilterKind::Typed { kind, example: None } }
    }

    /// Shows what could be typed.
    pub fn example(mut self, text: String) -> Self {
        if let FilterKind::Typed { example, .. } = &mut self.kind {
            *example = Some(text);
        }
        self
    }

    /// Leaves it out of the bar while nothing is asked for by it.
    pub fn if_given(self) -> Option<Self> {
        self.is_given().then_some(self)
    }

    /// Whether something is asked for by it.
    pub fn is_given(&self) -> bool {
        self.value.is_some()
    }

    fn field(self, errors: &FieldErrors) -> AnyView {
        let Self { name, label, value, kind } = self;
        let (value, error) = (value.unwrap_or_default(), errors.on(name));
        match kind {
            FilterKind::Typed { kind, example } => view! {
                <Field
                    name=name
                    label=label
                    kind=kind
                    placeholder=example
                    value=value
                    error=error
                    verbatim=true
                />
            }
            .into_any(),
            FilterKind::Chosen { any, choices } => view! {
                <Select name=name label=label none=any choices=choices value=value error=error />
            }
            .into_any(),
        }
    }
}

/// A form that asks for the same page with other filters, and what is wrong
/// with the present ones.
#[component]
pub(crate) fn FilterBar(
    path: &'static str,
    label: String,
    filters: Vec<Filter>,
    /// Why the list cannot be shown.
    problem: Option<Problem>,
) -> impl IntoView {
    let errors = problem.as_ref().map(FieldErrors::of).unwrap_or_default();
    let labels = filters.iter().map(|filter| (filter.name, filter.label.clone())).collect::<Vec<_>>();
    let any_given = filters.iter().any(Filter::is_given);
    let fields = filters.into_iter().map(|filter| filter.field(&errors)).collect_view();
    view! {
        <search>
            <form class="filter" method="get" action=path aria-label=label>
                {fields} <div class="actions">
                    <button class="button">{text!("filter")}</button>
                    {any_given
                        .then(|| {
                            view! {
                                <a class="button quiet" href=path>
                                    {text!("filter-clear")}
                                </a>
                            }
                        })}
                </div>
            </form>
        </search>
        {problem.map(|problem| view! { <ErrorSummary problem=problem fields=labels /> })}
    }
}
