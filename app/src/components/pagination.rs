//! From one page of a list to the older ones, and back.

use leptos::prelude::*;

use crate::{exchange, paths};

/// Links to the next page and to the first one. All other fields of the
/// query stay as they are.
#[component]
pub(crate) fn Pagination(
    path: String,
    /// The cursor of the next page.
    next: Option<String>,
    /// The name of the query's field for it.
    #[prop(default = "cursor")]
    field: &'static str,
) -> impl IntoView {
    let mut fields = exchange::query();
    let paged = fields.iter().any(|(name, _)| name == field);
    fields.retain(|(name, _)| name != field);
    let address = |cursor: Option<&str>| {
        let mut fields: Vec<_> =
            fields.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))).collect();
        fields.push((field, cursor));
        paths::with_query(&path, &fields)
    };
    let newest = paged.then(|| address(None));
    let older = next.as_deref().map(|cursor| address(Some(cursor)));
    (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="pagination" aria-label=text!("pages-label")>
                {newest.map(|href| view! { <a class="button quiet" href=href>{text!("newest")}</a> })}
                {older
                    .map(|href| {
                        view! { <a class="button quiet" rel="next" href=href>{text!("older")}</a> }
                    })}
            </nav>
        }
    })
}
