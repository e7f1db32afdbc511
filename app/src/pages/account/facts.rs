//! What is known of an account.

use std::collections::BTreeMap;

use domain::{Timestamp, account::AccountView, id::BatchId};
use leptos::prelude::*;

use crate::{
    components::{Stamp, who},
    paths,
};

/// The account's facts; those that it has.
#[component]
pub(super) fn Facts(account: AccountView, now: Timestamp) -> impl IntoView {
    let approval = account.approved_by.map(|login| match account.decision_reason {
        Some(reason) => text!("account-approved-because", login = login, reason = reason),
        None => login,
    });
    let kept_until = account.kept_until.filter(|until| account.ended_at.is_none() && *until > now);
    // Of one that has ended, it may lie in the future.
    let lease_end = account.expires_at.filter(|_| account.ended_at.is_none());
    view! {
        <dl class="facts">
            {fact(text!("account-purpose"), account.purpose)}
            {fact(text!("account-ticket"), account.ticket)}
            {pairs(text!("account-labels"), account.labels)}
            {pairs(text!("account-attributes"), account.attributes)}
            {fact(text!("account-run"), account.run)}
            {account.batch.map(batch)}
            {fact(text!("account-holder"), Some(account.holder.to_string()))}
            {fact(text!("account-requested-by"), Some(who(&account.requested_by)))}
            {fact(text!("account-approved-by"), approval)}
            {fact(text!("account-frozen-by"), account.frozen_by)}
            {moment(text!("account-requested-at"), Some(account.created_at))}
            {fact(text!("account-ttl"), account.active_at.is_none().then(|| account.ttl.to_string()))}
            {moment(text!("account-active-at"), account.active_at)}
            {moment(text!("account-expires-at"), lease_end)}
            {moment(text!("account-kept-until"), kept_until)}
            {moment(text!("account-ended-at"), account.ended_at)}
            {account
                .services
                .into_iter()
                .filter_map(|leg| {
                    let id = leg.remote_id?;
                    Some(fact(text!("account-remote-id", service = leg.service.to_string()), Some(id)))
                })
                .collect_view()}
            {fact(text!("account-id"), Some(account.id.to_string()))}
        </dl>
    }
}

fn fact(name: String, value: Option<String>) -> impl IntoView {
    value.map(|value| view! { <div><dt>{name}</dt> <dd>{value}</dd></div> })
}

fn batch(id: BatchId) -> impl IntoView {
    view! {
        <div>
            <dt>{text!("column-batch")}</dt>
            <dd>
                <a href=paths::batch(id)>{text!("account-batch")}</a>
            </dd>
        </div>
    }
}

fn moment(name: String, at: Option<Timestamp>) -> impl IntoView {
    at.map(|at| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>
                    <Stamp at=at />
                </dd>
            </div>
        }
    })
}

fn pairs(name: String, pairs: BTreeMap<String, String>) -> impl IntoView {
    (!pairs.is_empty()).then(|| {
        let pairs = pairs
            .into_iter()
            .map(|(key, value)| view! { <li><span class="tag">{key}"="{value}</span></li> })
            .collect_view();
        view! {
            <div>
                <dt>{name}</dt>
                <dd>
                    <ul class="tags">{pairs}</ul>
                </dd>
            </div>
        }
    })
}
