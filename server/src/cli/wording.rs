//! Problems in the words of whoever typed a command: they know no JSON, so
//! nothing that points into it.

use domain::{Problem, ProblemKind, problem::FieldError};

/// What the portal says of a command, with its fields called by their options.
pub(super) fn of_command(problem: &Problem) -> String {
    if !problem.errors.is_empty() {
        return fields(problem);
    }
    // Whoever typed a command cannot sign in, and the detail says enough.
    if problem.kind == ProblemKind::Unauthenticated { problem.detail.clone() } else { problem.to_string() }
}

/// Each field once: on the same line where it is the only one.
fn fields(problem: &Problem) -> String {
    let said = |error: &FieldError| match option(&error.pointer) {
        name if name.is_empty() => error.detail.clone(),
        name => format!("{name}: {}", error.detail),
    };
    match problem.errors.as_slice() {
        [only] => said(only),
        several => {
            let lines = several.iter().map(|error| format!("\n  {}", said(error)));
            format!("{}:{}", problem.kind.title(), lines.collect::<String>())
        }
    }
}

fn option(pointer: &str) -> String {
    let mut tokens = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"));
    let Some(field) = tokens.next() else { return String::new() };
    let name = match field.as_str() {
        "login" | "password" => format!("the {field}"),
        // What can be given several times is called by one of them.
        "services" | "scopes" | "labels" | "attributes" => format!("--{}", field.trim_end_matches('s')),
        _ => format!("--{}", field.replace('_', "-")),
    };
    match tokens.next().map(|which| (which.parse::<usize>(), which)) {
        None | Some((Ok(0), _)) => name,
        Some((Ok(at), _)) => format!("{name} number {}", at + 1),
        Some((Err(_), key)) => format!("{name} {key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_said_once_by_its_option() {
        for (pointer, said) in [
            ("/ttl", "--ttl: is bad"),
            ("/scopes/0", "--scope: is bad"),
            ("/services/2", "--service number 3: is bad"),
            ("/labels/a~1b", "--label a/b: is bad"),
            ("/username_prefix", "--username-prefix: is bad"),
            ("/login", "the login: is bad"),
            ("", "is bad"),
        ] {
            assert_eq!(of_command(&Problem::invalid(pointer, "is bad")), said);
        }
    }

    #[test]
    fn several_fields_are_said_one_a_line() {
        let error = |pointer: &str| FieldError { pointer: pointer.to_owned(), detail: "is bad".to_owned() };
        let problem = Problem::invalid_fields(vec![error("/ttl"), error("/hint")]);
        let said = of_command(&problem);
        assert_eq!(said, "Some fields cannot be accepted:\n  --ttl: is bad\n  --hint: is bad");
    }
}
