//! The field for what a service's table says beside the other fields.

use leptos::prelude::*;

use crate::{
    components::{described_by, in_textarea},
    words,
};

/// The rest of a service's table, as it stands in a service file.
#[component]
pub(super) fn TomlField(
    #[prop(into)] value: String,
    /// What is wrong with it, line by line.
    errors: Vec<String>,
) -> impl IntoView {
    const FEWEST: usize = 14;
    const MOST: usize = 40;
    let rows = (value.lines().count() + 2).clamp(FEWEST, MOST).to_string();
    let described = described_by("toml", true, !errors.is_empty());
    let invalid = (!errors.is_empty()).then_some("true");
    let errors = (!errors.is_empty()).then(|| {
        let told = errors.iter().map(|error| words::sentence(&words::capitalised(error)));
        view! {
            <ul class="errors" id="toml-error">
                {told.map(|error| view! { <li class="error">{error}</li> }).collect_view()}
            </ul>
        }
    });
    view! {
        <div class="field">
            <label for="toml">{text!("service-toml")}</label>
            <p class="hint" id="toml-hint">
                {text!("service-toml-hint")}
            </p>
            {errors}
            <textarea
                class="code"
                id="toml"
                name="form[toml]"
                rows=rows
                wrap="off"
                spellcheck="false"
                autocapitalize="none"
                autocomplete="off"
                aria-invalid=invalid
                aria-describedby=described
            >
                {in_textarea(&value)}
            </textarea>
            <details>
                <summary>{text!("service-toml-example")}</summary>
                <pre class="example">{EXAMPLE}</pre>
            </details>
        </div>
    }
}

/// What stands in the documentation, too.
const EXAMPLE: &str = r#"[service.http.auth]
bearer = "{{ secret }}"

[service.http.create]
request = "POST /users"
json = { name = "{{ username }}", pass = "{{ password }}", mail = "{{ email }}" }
capture = { remote_id = "/data/id" }

[service.http.verify]
request = "POST /login"
form = { user = "{{ username }}", pass = "{{ password }}" }

[service.http.delete]
request = "DELETE /users/{{ remote_id }}"

[service.attributes]
country = "DE"

[service.policy]
password = { length = 24, classes = ["lower", "upper", "digit"] }
"#;
