//! Credentials in plain sight, for who may see them: in an island or not.

use domain::account::{Credentials, ServiceCredentials};
use leptos::prelude::*;

use super::copy::CopyButton;

/// The id of the element that holds the password.
pub(crate) const PASSWORD: &str = "password";

/// Whatever a service wants otherwise than the others.
#[component]
pub(crate) fn DifferingRows(
    credentials: Credentials,
    /// Whether they stand in an island, where buttons live.
    copyable: bool,
) -> impl IntoView {
    let Credentials { username, password, services, .. } = credentials;
    services
        .into_iter()
        .map(|leg| {
            let ServiceCredentials { service, username: name, secret } = leg;
            let name = (name != username).then(|| {
                let label = text!("account-username-at", service = service.to_string());
                view! { <Row id=format!("username-{service}") label=label value=name copyable=copyable /> }
            });
            let secret = (secret.expose() != password.expose()).then(|| {
                let label = text!("account-password-at", service = service.to_string());
                let secret = secret.expose().to_owned();
                view! { <Row id=format!("password-{service}") label=label value=secret copyable=copyable /> }
            });
            view! {
                {name}
                {secret}
            }
        })
        .collect_view()
}

#[component]
fn Row(id: String, label: String, value: String, copyable: bool) -> impl IntoView {
    view! {
        <div>
            <dt>{label.clone()}</dt>
            <dd>
                <code id=id.clone()>{value}</code>
                {copyable.then(|| view! { <CopyButton target=id what=label /> })}
            </dd>
        </div>
    }
}
