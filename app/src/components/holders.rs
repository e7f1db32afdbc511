//! Who had an account, and when.

use domain::audit::Tenure;
use leptos::prelude::*;

use crate::components::Stamp;

/// The holders, the first one first.
#[component]
pub(crate) fn Holders(tenures: Vec<Tenure>) -> impl IntoView {
    if tenures.is_empty() {
        return view! { <p class="quiet">{text!("holders-nobody")}</p> }.into_any();
    }
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("holders-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-holder")}</th>
                    <th scope="col">{text!("holders-from")}</th>
                    <th scope="col">{text!("holders-until")}</th>
                </tr>
            </thead>
            <tbody>{tenures.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(tenure: Tenure) -> impl IntoView {
    let until = match tenure.until {
        Some(until) => view! { <Stamp at=until /> }.into_any(),
        None => text!("holders-still").into_any(),
    };
    view! {
        <tr>
            <th scope="row" data-label=text!("column-holder")>
                {tenure.holder.to_string()}
            </th>
            <td data-label=text!("holders-from")>
                <Stamp at=tenure.from />
            </td>
            <td data-label=text!("holders-until")>{until}</td>
        </tr>
    }
}
