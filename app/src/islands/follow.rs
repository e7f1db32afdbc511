//! Follows what changes on the server.

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// Hears of `thing` as the server tells of it. Once its `face` changes, by
/// which the rest of the page goes, the page is asked for again: unless it is
/// being left, since that would call off where the visitor goes, such as to
/// the answer of the form by which they changed it themselves.
pub(super) fn follow<T, F>(address: &str, event: &str, thing: RwSignal<T>, face: fn(&T) -> F)
where
    T: DeserializeOwned + Send + Sync + 'static,
    F: PartialEq + 'static,
{
    let Ok(source) = EventSource::new(address) else { return };
    let shown = thing.with_untracked(face);
    let leaving = StoredValue::new(false);
    window_event_listener(leptos::ev::beforeunload, move |_| leaving.set_value(true));
    let heard = {
        let source = source.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let text = message.data().as_string().unwrap_or_default();
            let Ok(now) = serde_json::from_str::<T>(&text) else { return };
            let changed = face(&now) != shown;
            thing.set(now);
            if changed && !leaving.get_value() {
                source.close();
                let _ = window().location().reload();
            }
        })
    };
    let _ = source.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    // The page listens until it is left.
    heard.forget();
}
