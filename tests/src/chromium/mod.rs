//! A real browser: what a visitor sees and does, with JavaScript on or off.
//!
//! Whatever is looked for is waited for, so that no test needs to sleep.

mod driver;
mod extension;

use base64::{Engine, prelude::BASE64_STANDARD};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, error::CmdError, key::Key};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use self::{driver::Driver, extension::Extension};
use crate::wait::patiently;

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JavaScript {
    /// As most have it.
    On,
    /// As some have it.
    Off,
}

/// Whether the visitor's system is light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A browser window with a profile of its own.
#[derive(Debug)]
pub struct Chromium {
    base: String,
    client: Client,
    // Dropped in this order: nobody writes to the profile any more once the
    // browser has ended.
    _driver: Driver,
    _profile: TempDir,
}

impl Chromium {
    /// Opens a window for the portal at that address.
    pub async fn start(base: impl Into<String>, javascript: JavaScript) -> Self {
        let profile = tempfile::Builder::new().prefix("chromium-").tempdir().unwrap();
        let driver = Driver::start();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&profile, javascript))
            .connect(&driver.url)
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
        Self { base: base.into(), client, _driver: driver, _profile: profile }
    }

    /// Makes the page that large, also smaller than a window can be.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &size).await;
    }

    /// Tells pages which colours the visitor likes.
    pub async fn prefer(&self, colours: Colours) {
        let value = match colours {
            Colours::Light => "light",
            Colours::Dark => "dark",
        };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", &features).await;
    }

    /// Opens a page of the portal, or of another site by its whole address.
    pub async fn open(&self, address: &str) {
        let address =
            if address.starts_with('/') { format!("{}{address}", self.base) } else { address.to_owned() };
        self.client.goto(&address).await.unwrap();
    }

    /// The path of the page that is shown.
    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Waits for the page with that path.
    pub async fn is_at(&self, path: &str) {
        self.until(&format!("the page is {path}"), async || Ok((self.path().await == path).then_some(())))
            .await;
    }

    /// Waits until the text can be read somewhere on the page.
    pub async fn shows(&self, text: &str) {
        self.until(&format!("the page shows “{text}”"), async || {
            Ok(self.page_text().await?.contains(text).then_some(()))
        })
        .await;
    }

    /// The visible text of an element.
    pub async fn text(&self, css: &str) -> String {
        self.with(Locator::Css(css), Element::text).await
    }

    /// Waits until the element's text is another, and returns that.
    pub async fn text_other_than(&self, css: &str, text: &str) -> String {
        self.until(&format!("{css} shows anything but “{text}”"), async || {
            let now = self.client.find(Locator::Css(css)).await?.text().await?;
            Ok((now != text).then_some(now))
        })
        .await
    }

    /// Waits until the element has that text.
    pub async fn has_text(&self, css: &str, text: &str) {
        self.until(&format!("{css} shows “{text}”"), async || {
            Ok((self.client.find(Locator::Css(css)).await?.text().await? == text).then_some(()))
        })
        .await;
    }

    /// How many elements of that kind there are at the moment.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// What is in the field with that label.
    pub async fn field(&self, label: &str) -> String {
        self.with(Locator::XPath(&field_with(label)), async |field| field.prop("value").await)
            .await
            .unwrap_or_default()
    }

    /// Types into the field with that label, in place of what is there.
    pub async fn fill(&self, label: &str, text: &str) {
        self.with(Locator::XPath(&field_with(label)), async |field| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Pastes what was copied into the field with that label.
    pub async fn paste(&self, label: &str) {
        let keys = Key::Control + "v";
        self.with(Locator::XPath(&field_with(label)), async |field| field.send_keys(&keys).await).await;
    }

    /// Presses whatever says that: a button, a link, a box to tick, something
    /// that unfolds.
    pub async fn press(&self, says: &str) {
        self.with(Locator::XPath(&pressable(says)), async |element| element.click().await).await;
    }

    /// Where on the page that is which can be pressed and says so: its left and
    /// its upper edge, in pixels.
    pub async fn place_of(&self, says: &str) -> (f64, f64) {
        let place = async |element: &Element| element.rectangle().await;
        let (left, top, _, _) = self.with(Locator::XPath(&pressable(says)), place).await;
        (left, top)
    }

    /// Waits until the page's islands react.
    pub async fn is_awake(&self) {
        // The page before may still be shown, so a page without scripts is no answer yet.
        let awake = "the islands are awake; where no page has any, the browser bundle is not in this build: \
                     run the tests with `cargo xtask test`, which makes it first";
        self.until(awake, async || {
            self.client.find(Locator::Css("html[data-islands=awake]")).await.map(Some)
        })
        .await;
    }

    /// What the browser has complained of on the portal's pages since it was
    /// last asked: refused by the content policy, failed to load, thrown.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(Extension::console()).await.unwrap();
        let messages = entries.as_array().unwrap().iter().map(|entry| entry["message"].as_str().unwrap());
        messages.filter(|message| message.contains(&self.base)).map(str::to_owned).collect()
    }

    /// The whole page as a PNG, however far it goes on below the window.
    pub async fn picture(&self) -> Vec<u8> {
        let page = self.devtools("Page.getLayoutMetrics", &json!({})).await;
        let [content, window] = ["cssContentSize", "cssLayoutViewport"].map(|name| page[name].clone());
        let height = content["height"].as_f64().unwrap().max(window["clientHeight"].as_f64().unwrap());
        let clip = json!({ "x": 0, "y": 0, "width": window["clientWidth"], "height": height, "scale": 1 });
        let whole = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", &whole).await;
        BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()
    }

    async fn devtools(&self, method: &str, params: &Value) -> Value {
        self.client.issue_cmd(Extension::devtools(method, params)).await.unwrap()
    }

    async fn page_text(&self) -> Result<String, CmdError> {
        self.client.find(Locator::Css("body")).await?.text().await
    }

    /// Does something with an element once it can be seen.
    async fn with<T>(
        &self,
        locator: Locator<'_>,
        mut use_it: impl AsyncFnMut(&Element) -> Result<T, CmdError>,
    ) -> T {
        self.until(&format!("{locator:?} can be used"), async || {
            let element = self.client.find(locator).await?;
            if element.is_displayed().await? { use_it(&element).await.map(Some) } else { Ok(None) }
        })
        .await
    }

    /// Pages come and go while they are looked at, so a mishap only means
    /// that it is not so yet.
    async fn until<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Result<Option<T>, CmdError>) -> T {
        let mut mishap = None;
        let answer = patiently(async || match ask().await {
            Ok(answer) => answer,
            Err(error) => {
                mishap = Some(error);
                None
            }
        });
        if let Some(answer) = answer.await {
            return answer;
        }
        let (path, text) = (self.path().await, self.page_text().await.unwrap_or_default());
        panic!("it never came true that {what}, last {mishap:?}; {path} shows: {text}")
    }
}

fn pressable(says: &str) -> String {
    format!(
        "//*[self::button or self::a or self::label or self::summary]\
         [normalize-space()=\"{says}\" or @aria-label=\"{says}\"]"
    )
}

fn field_with(label: &str) -> String {
    format!("//*[@id=//label[normalize-space()=\"{label}\"]/@for]")
}

fn capabilities(profile: &TempDir, javascript: JavaScript) -> Map<String, Value> {
    let folder = format!("--user-data-dir={}", profile.path().display());
    let args = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1280,800",
        &folder,
    ];
    let prefs = match javascript {
        JavaScript::On => json!({}),
        JavaScript::Off => json!({ "profile.managed_default_content_settings.javascript": 2 }),
    };
    let wanted = json!({
        "goog:chromeOptions": { "args": args, "prefs": prefs },
        "goog:loggingPrefs": { "browser": "WARNING" },
    });
    wanted.as_object().cloned().unwrap_or_default()
}
