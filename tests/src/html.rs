//! Reads the little that tests want to know of a page.

/// The text inside the first element with that id, without inner tags.
pub fn text_of(html: &str, id: &str) -> Option<String> {
    let tag = tags(html).find(|tag| attribute(tag.text, "id").as_deref() == Some(id))?;
    let rest = &html[tag.end..];
    let inner = &rest[..rest.find("</")?];
    let mut text = String::new();
    let mut inside = false;
    for c in inner.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    Some(unescape(text.trim()))
}

/// What is typed into the field of that name.
pub fn field_value(html: &str, name: &str) -> Option<String> {
    let tag =
        tags(html).find(|tag| is_field(tag.text) && attribute(tag.text, "name").as_deref() == Some(name))?;
    if tag.text.starts_with("<textarea") {
        let rest = &html[tag.end..];
        return Some(unescape(rest[..rest.find("</textarea")?].trim()));
    }
    Some(attribute(tag.text, "value").unwrap_or_default())
}

/// The names of the fields in the form with that action.
pub fn field_names(html: &str, action: &str) -> Vec<String> {
    let Some(form) = tags(html).find(|tag| {
        tag.text.starts_with("<form") && attribute(tag.text, "action").as_deref() == Some(action)
    }) else {
        return Vec::new();
    };
    let rest = &html[form.end..];
    let inner = &rest[..rest.find("</form").unwrap_or(rest.len())];
    tags(inner).filter(|tag| is_field(tag.text)).filter_map(|tag| attribute(tag.text, "name")).collect()
}

struct Tag<'a> {
    text: &'a str,
    end: usize,
}

fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    html.match_indices('<').filter_map(|(start, _)| {
        let end = start + html[start..].find('>')? + 1;
        Some(Tag { text: &html[start..end], end })
    })
}

fn is_field(tag: &str) -> bool {
    ["<input", "<textarea", "<select"].iter().any(|kind| tag.starts_with(kind))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split('"').next()?))
}

fn unescape(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}
