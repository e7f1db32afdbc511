//! Text for the two places in which leptos writes it as it is: between the tags
//! of `textarea` and of `title`.

/// The text, so that it ends neither element.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The same for a `textarea`, from whose beginning browsers leave a line break
/// out.
pub(crate) fn in_textarea(text: &str) -> String {
    let lost = if text.starts_with(['\r', '\n']) { "\n" } else { "" };
    format!("{lost}{}", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element_that_it_stands_in() {
        assert_eq!(escaped("</title><b>&lt;"), "&lt;/title>&lt;b>&amp;lt;");
        assert_eq!(in_textarea("a\nb"), "a\nb");
        assert_eq!(in_textarea("\na</textarea>"), "\n\na&lt;/textarea>");
    }
}
