//! The services, and on which terms they give accounts out.

use domain::{Problem, policy, service::Service};
use leptos::prelude::*;

use super::capabilities;
use crate::{
    components::{Empty, Notice, NoticeKind, Section, ServiceBadge, closed, down_since, terms},
    pages::frame::{Content, Visitor, page},
    paths,
    visit::Deed,
};

/// All services.
#[component]
pub(crate) fn ServicesPage() -> impl IntoView {
    page(content)
}

async fn content(visitor: Visitor) -> Result<Content, Problem> {
    let note = visitor.visit.take_note().await?;
    let services = visitor.portal.list_services(&visitor.caller).await?;
    let retired = note.as_ref().and_then(|note| note.done(&[Deed::RetireService])).map(|(_, slug)| {
        let said = text!("service-retired", service = slug.to_owned());
        view! { <Notice kind=NoticeKind::Done><p>{said}</p></Notice> }
    });
    let is_admin = policy::write_services(&visitor.caller.actor).is_ok();
    let register = move || {
        is_admin.then(|| {
            view! {
                <a class="button primary" href=paths::REGISTER>
                    {text!("service-register-one")}
                </a>
            }
        })
    };
    let headline_button = (!services.is_empty()).then(register);
    let list = if services.is_empty() {
        let (title, text) = (text!("services-empty-title"), text!("services-empty-text"));
        view! {
            <Empty title=title text=text>
                {register()}
            </Empty>
        }
        .into_any()
    } else {
        table(services).into_any()
    };
    let body = view! {
        <div class="headline">
            <h1>{text!("services-title")}</h1>
            {headline_button}
            <p class="lead">{text!("services-lead")}</p>
        </div>
        {retired}
        {list}
    };
    Ok(Content {
        title: text!("services-title"),
        section: Section::Services,
        lively: false,
        body: body.into_any(),
    })
}

fn table(services: Vec<Service>) -> impl IntoView {
    view! {
        <table class="stacks">
            <caption class="unseen">{text!("services-caption")}</caption>
            <thead>
                <tr>
                    <th scope="col">{text!("column-service")}</th>
                    <th scope="col">{text!("column-environment")}</th>
                    <th scope="col">{text!("column-address")}</th>
                    <th scope="col">{text!("column-connector")}</th>
                    <th scope="col">{text!("column-policy")}</th>
                </tr>
            </thead>
            <tbody>{services.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

fn row(service: Service) -> impl IntoView {
    let down = down_since(&service).map(|since| view! { <p class="terms warn">{since}</p> });
    let closed = closed(&service).map(|closed| {
        view! {
            <ServiceBadge state=service.state />
            <p class="terms">{closed}</p>
        }
    });
    let can = capabilities(&service);
    let terms = terms(&service.policy);
    view! {
        <tr id=service.slug.to_string()>
            <th scope="row" data-label=text!("column-service")>
                <a href=paths::service(&service.slug)>{service.name.to_string()}</a>
                " "
                <code class="quiet">{service.slug.to_string()}</code>
                " "
                {closed}
            </th>
            <td data-label=text!("column-environment")>
                <span class="tag">{service.environment}</span>
            </td>
            <td data-label=text!("column-address")>
                <code>{service.base_url}</code>
                {down}
            </td>
            <td data-label=text!("column-connector")>
                {service.connector} <br /> <span class="quiet">{can.join(", ")}</span>
            </td>
            <td data-label=text!("column-policy")>
                <ul class="terms">
                    {terms.into_iter().map(|term| view! { <li>{term}</li> }).collect_view()}
                </ul>
            </td>
        </tr>
    }
}
