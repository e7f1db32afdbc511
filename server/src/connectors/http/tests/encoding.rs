//! Whatever a value holds, it stays where it was put: for any text, and for
//! the ones that attackers would choose.

use domain::problem::Checks;
use proptest::prelude::*;
use url::Url;

use super::{
    super::{
        super::definition::table::Table,
        request::{Prepared, RequestTemplate},
        template::TemplateError,
        values::{Constants, Scope, Values},
    },
    *,
};

/// Texts of all kinds, and often such as mean something somewhere.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "..",
        "/",
        "%2F",
        "%",
        "\r\n",
        "\n",
        "\0",
        "\"",
        "'",
        "\\",
        "{{ secret }}",
        "{% raw %}",
        "}}",
        "&",
        "=",
        "?",
        "#",
        ";",
        "@",
        ":",
        "<",
        ">",
        "+",
        " ",
        "\u{2028}",
        "😀",
        "admin",
        "X-Admin: 1",
        "\\u0022",
        "$ref",
        "[",
        "]",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat()),]
}

fn prepare(table: Value, who: &Identity) -> Result<Prepared, TemplateError> {
    let mut checks = Checks::new();
    let mut table = Table::open(table, "", &mut checks).unwrap();
    let request = RequestTemplate::read(&mut table, &Scope::of_account(Constants::default())).unwrap();
    table.close();
    checks.finish().unwrap();
    let base = Url::parse("http://127.0.0.1:4010/api").unwrap();
    request.prepare(&base, &Values::of_service(&Constants::default()).of_account(who))
}

/// The value as a name, as an attribute, and as a password: all reach
/// templates in the same way.
fn everywhere(value: &str) -> Identity {
    Identity {
        username: value.to_owned(),
        password: domain::secret::Secret::new(value.to_owned()),
        attributes: [("plan".to_owned(), value.to_owned())].into(),
        ..identity()
    }
}

proptest! {
    #[test]
    fn a_value_is_one_segment_of_the_path_and_no_more(value in hostile()) {
        let request = json!({ "request": "POST /users/{{ attributes.plan }}/roles" });
        match prepare(request, &everywhere(&value)) {
            Ok(prepared) => {
                prop_assert_eq!(prepared.url.origin().ascii_serialization(), "http://127.0.0.1:4010");
                prop_assert_eq!(prepared.url.query(), None);
                let segments: Vec<_> = prepared.url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 4, "{:?}", &segments);
                // A plus is a blank in forms only, and is encoded here.
                prop_assert!(!segments[2].contains('+'));
                let decoded = url::form_urlencoded::parse(segments[2].as_bytes()).next().map(|(text, _)| text);
                prop_assert_eq!(decoded.as_deref(), Some(value.as_str()));
            }
            Err(_) => {
                let climbs = value.split(['/', '\\']).any(|part| [".", ".."].contains(&part));
                prop_assert!(climbs || value.is_empty(), "{value:?} can be written");
            }
        }
    }

    #[test]
    fn a_value_is_one_parameter_of_the_query_and_no_more(value in hostile()) {
        let request = json!({ "request": "GET /users?a={{ username }}&z=1", "query": { "b": "{{ attributes.plan }}" } });
        let prepared = prepare(request, &everywhere(&value)).unwrap();
        let pairs: Vec<_> = prepared.url.query_pairs().into_owned().collect();
        let expected = [("a", value.as_str()), ("z", "1"), ("b", value.as_str())];
        prop_assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        prop_assert_eq!(prepared.url.fragment(), None);
    }

    #[test]
    fn a_value_is_one_field_of_a_form_and_no_more(value in hostile()) {
        let request = json!({ "request": "POST /users", "form": { "name": "{{ username }}", "pass": "{{ password }}" } });
        let prepared = prepare(request, &everywhere(&value)).unwrap();
        let form: Vec<_> = url::form_urlencoded::parse(prepared.body.unwrap().as_bytes()).into_owned().collect();
        prop_assert_eq!(form, [("name".to_owned(), value.clone()), ("pass".to_owned(), value)]);
    }

    #[test]
    fn a_value_is_one_text_of_the_json_and_no_more(value in hostile()) {
        let request = json!({
            "request": "POST /users",
            "json": { "name": "n:{{ username }}", "alone": "{{ attributes.plan }}", "{{ password }}!": [true, null] },
        });
        let prepared = prepare(request, &everywhere(&value)).unwrap();
        let body: Value = serde_json::from_str(&prepared.body.unwrap()).unwrap();
        let mut expected = json!({ "name": format!("n:{value}"), "alone": value });
        expected[format!("{value}!")] = json!([true, null]);
        prop_assert_eq!(body, expected);
    }

    #[test]
    fn a_value_stays_within_its_header_or_is_not_sent_at_all(value in hostile()) {
        let request = json!({ "request": "GET /users", "headers": { "X-Plan": "p={{ attributes.plan }};" } });
        match prepare(request, &everywhere(&value)) {
            Ok(prepared) => {
                prop_assert_eq!(prepared.headers.len(), 1);
                let sent = prepared.headers["x-plan"].as_bytes();
                prop_assert_eq!(sent.to_vec(), format!("p={value};").into_bytes());
            }
            Err(_) => prop_assert!(value.contains(char::is_control), "{value:?} can be written"),
        }
    }

    #[test]
    fn a_value_is_text_of_the_xml_and_never_markup_or_is_not_sent_at_all(value in hostile()) {
        let xml = "<user mail=\"{{ username }}\" plan='{{ attributes.plan }}'><name>{{ username }}</name></user>";
        match prepare(json!({ "request": "POST /users", "xml": xml }), &everywhere(&value)) {
            Ok(prepared) => {
                prop_assert_eq!(&prepared.headers["content-type"], "application/xml");
                let body = prepared.body.unwrap();
                let document = roxmltree::Document::parse(&body).unwrap();
                let user = document.root_element();
                let attributes: Vec<_> = user.attributes().map(|a| (a.name(), a.value())).collect();
                prop_assert_eq!(attributes, [("mail", value.as_str()), ("plan", value.as_str())]);
                let children: Vec<_> = user.children().collect();
                prop_assert_eq!(children.len(), 1);
                prop_assert_eq!(children[0].text().unwrap_or_default(), &value);
            }
            Err(_) => {
                let cannot = |c: char| c.is_control() || ['\u{FFFE}', '\u{FFFF}'].contains(&c);
                prop_assert!(value.contains(cannot), "{value:?} can be written");
            }
        }
    }

    #[test]
    fn a_value_stays_within_its_line_of_a_text_or_is_not_sent_at_all(value in hostile()) {
        let request = json!({ "request": "PUT /users/1/password", "text": "{{ password }}" });
        match prepare(request, &everywhere(&value)) {
            Ok(prepared) => {
                prop_assert_eq!(&prepared.headers["content-type"], "text/plain; charset=utf-8");
                prop_assert_eq!(prepared.body.unwrap(), value);
            }
            Err(_) => prop_assert!(value.contains(char::is_control), "{value:?} can be written"),
        }
    }

    #[test]
    fn errors_never_repeat_a_value(value in "[a-z]{12}") {
        let who = Identity { attributes: [("n".to_owned(), format!("{value}\n"))].into(), ..identity() };
        for request in [
            json!({ "request": "GET /users", "headers": { "X": "{{ attributes.n }}" } }),
            json!({ "request": "GET /users/{{ attributes.n | int }}" }),
            json!({ "request": "GET /users/{{ attributes.n | bool }}" }),
        ] {
            if let Err(error) = prepare(request, &who) {
                prop_assert!(!error.to_string().contains(&value), "{error}");
            }
        }
    }
}
