//! A browser with JavaScript off: pages, plain forms, one cookie.

use std::{collections::BTreeMap, sync::Mutex};

use http::Method;

use crate::{Answer, Api, Call, Who};

/// A visitor's browser.
#[derive(Debug)]
pub struct Browser {
    web: Api,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    /// A browser that has been nowhere yet.
    pub fn new(base: impl Into<String>) -> Self {
        Self { web: Api::new(base, None), cookies: Mutex::default() }
    }

    /// Its cookies, as `name=value; …`.
    pub fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Opens a page; does not follow where it sends.
    pub async fn open(&self, path: &str) -> Answer {
        let navigation = self.web.call(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
        self.send(navigation).await
    }

    /// Submits a form and stays at the answer.
    pub async fn submit(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.web.call(Method::POST, action).form(fields);
        self.send(form.header("accept", "text/html,*/*;q=0.8")).await
    }

    /// Submits a form and opens the page to which it leads.
    pub async fn submit_and_follow(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.submit(action, fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        self.open(answer.header("location")).await
    }

    /// Calls a server function as a script would: the answer is JSON.
    pub async fn script(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.web.call(Method::POST, action).form(fields);
        self.send(form.header("accept", "application/json")).await
    }

    /// Signs in as one of the people of every test.
    pub async fn sign_in(&self, who: Who) {
        let fields = [("login", who.login()), ("password", who.password()), ("then", "")];
        let answer = self.submit("/actions/sign_in", &fields).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/accounts"), "{}", answer.text);
    }

    async fn send(&self, call: Call) -> Answer {
        let call = match self.cookie() {
            Some(cookie) => call.header("cookie", &cookie),
            None => call,
        };
        let answer = call.send().await;
        for set in answer.headers.get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if value.is_empty() {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}
