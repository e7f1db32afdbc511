//! Credentials in plain sight, for who may see them.

use domain::account::{Credentials, ServiceCredentials};
use leptos::prelude::*;

use super::copy::CopyButton;

/// The password, and whatever a service wants otherwise than the others.
#[component]
pub(crate) fn CredentialRows(
    credentials: Credentials,
    /// Whether they stand in an island, where buttons live.
    copyable: bool,
) -> impl IntoView {
    let (username, password) = (credentials.username, credentials.password.expose().to_owned());
    let differing = credentials
        .services
        .into_iter()
        .map(|leg| {
            let ServiceCredentials { service, username: name, secret } = leg;
            let name = (name != username).then(|| {
                let label = text!("account-username-at", service = service.to_string());
                view! { <Row id=format!("username-{service}") label=label value=name copyable=copyable /> }
            });
            let secret = (secret.expose() != password).then(|| {
                let label = text!("account-password-at", service = service.to_string());
                let secret = secret.expose().to_owned();
                view! { <Row id=format!("password-{service}") label=label value=secret copyable=copyable /> }
            });
            view! {
                {name}
                {secret}
            }
        })
        .collect_view();
    view! {
        <Row
            id="password".to_owned()
            label=text!("account-password")
            value=password.clone()
            copyable=copyable
        />
        {differing}
    }
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
