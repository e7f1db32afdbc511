//! What no template may do: grow without end. Multiplying a text makes it long,
//! and doing so again makes it too long for any machine. Numbers need it, and a
//! factor that is written out is enough for them. What filters make has a limit
//! of its own.

use super::template::TemplateError;

/// The largest factor that can be written.
const LARGEST_FACTOR: u16 = 1_000;

/// Checks the expressions of a template.
///
/// # Errors
/// One of them could make a text that is too long for any machine.
pub fn check_all(source: &str) -> Result<(), TemplateError> {
    let mut rest = source;
    while let Some((_, expression)) = rest.split_once("{{") {
        let (calculation, behind) = without_texts(expression);
        check_calculation(&calculation)?;
        rest = behind;
    }
    Ok(())
}

/// Checks an expression.
///
/// # Errors
/// It could make a text that is too long for any machine.
pub fn check(expression: &str) -> Result<(), TemplateError> {
    check_calculation(&without_texts(expression).0)
}

fn check_calculation(calculation: &str) -> Result<(), TemplateError> {
    let mut factors = calculation.split('*').skip(1).map(str::trim_start);
    let is_small = |factor: &str| {
        let digits = factor.len() - factor.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        factor[..digits].parse::<u16>().is_ok_and(|factor| factor <= LARGEST_FACTOR)
    };
    if factors.next().is_none_or(is_small) && factors.next().is_none() {
        return Ok(());
    }
    Err(TemplateError::new(format!(
        "multiplies in a way that could grow without end; what can be said is one whole number of at most \
         {LARGEST_FACTOR} as the factor, such as `{{{{ timestamp * 1000 }}}}`"
    )))
}

/// An expression without the texts that stand in it, and what comes behind it.
fn without_texts(source: &str) -> (String, &str) {
    let mut calculation = String::new();
    let mut quote = None;
    let mut characters = source.char_indices();
    while let Some((at, character)) = characters.next() {
        match quote {
            Some(_) if character == '\\' => drop(characters.next()),
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if source[at..].starts_with("}}") => return (calculation, &source[at + 2..]),
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None => calculation.push(character),
        }
    }
    (calculation, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_multiplied_stays_small() {
        for source in
            ["{{ 7 * 1000 }}", "a*b*c", "{{ 'a*b*c' }}*9", "{{ \"\\\"*9999\" }}", "{{ a }} '{{ b * 2 }}"]
        {
            assert!(check_all(source).is_ok(), "{source}");
        }
        for source in [
            "{{ a * 1001 }}",
            "{{ a * b }}",
            "{{ a * 2 * 2 }}",
            "{{ a ** 2 }}",
            "{{ '}}' * 9999 }}",
            "{{ a }}{{ b * 9999 }}",
            "'{{ a * 9999 }}",
        ] {
            assert!(check_all(source).is_err(), "{source}");
        }
    }
}
