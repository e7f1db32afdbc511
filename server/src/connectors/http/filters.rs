//! What templates can do with values.

use base64::{Engine, engine::general_purpose::STANDARD};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use minijinja::{Environment, Error, ErrorKind, filters, tests};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// Adds all that templates can use: only what cannot loop, load or grow.
pub fn add_to(engine: &mut Environment<'static>) {
    engine.add_filter("default", filters::default);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("upper", filters::upper);
    engine.add_filter("trim", filters::trim);
    engine.add_filter("replace", replace);
    engine.add_filter("split", filters::split);
    engine.add_filter("join", join);
    engine.add_filter("first", filters::first);
    engine.add_filter("last", filters::last);
    engine.add_filter("int", filters::int);
    engine.add_filter("float", filters::float);
    engine.add_filter("bool", truth);
    engine.add_filter("base64", |text: &str| STANDARD.encode(text));
    engine.add_filter("hash", hash);
    engine.add_filter("hmac", sign);
    engine.add_test("defined", tests::is_defined);
}

/// Unlike the engine's own, for which every text but the empty one is true.
fn truth(text: &str) -> Result<bool, Error> {
    match text {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(wrong(NO_TRUTH)),
    }
}

/// The longest text that a filter makes, in bytes.
const LONGEST: usize = 64 * 1024;

/// What is said of a text that would be longer.
pub const TOO_LONG: &str = "a filter would make a text that is too long";

fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    let more = text.matches(from).count().saturating_mul(to.len());
    if text.len().saturating_add(more) > LONGEST { Err(wrong(TOO_LONG)) } else { Ok(text.replace(from, to)) }
}

fn join(parts: Vec<String>, between: Option<&str>) -> Result<String, Error> {
    let between = between.unwrap_or_default();
    let length = parts.iter().map(|part| part.len() + between.len()).sum::<usize>();
    if length > LONGEST { Err(wrong(TOO_LONG)) } else { Ok(parts.join(between)) }
}

/// What is said of a text that is neither true nor false.
pub const NO_TRUTH: &str = "`bool` takes `true` or `false`, `yes` or `no`, `1` or `0`";

/// What is said of an unknown way to hash.
pub const NO_HASH: &str = "the algorithm must be `sha1`, `sha256` or `sha512`; for `hash` also `md5`";

/// What is said of an unknown way to write bytes.
pub const NO_ENCODING: &str = "the encoding must be `hex` or `base64`";

fn wrong(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

fn written(bytes: &[u8], encoding: Option<&str>) -> Result<String, Error> {
    match encoding.unwrap_or("hex") {
        "hex" => Ok(HEXLOWER.encode(bytes)),
        "base64" => Ok(STANDARD.encode(bytes)),
        _ => Err(wrong(NO_ENCODING)),
    }
}

fn hash(text: &str, algorithm: &str, encoding: Option<&str>) -> Result<String, Error> {
    let digest = match algorithm {
        "md5" => Md5::digest(text).to_vec(),
        "sha1" => Sha1::digest(text).to_vec(),
        "sha256" => Sha256::digest(text).to_vec(),
        "sha512" => Sha512::digest(text).to_vec(),
        _ => return Err(wrong(NO_HASH)),
    };
    written(&digest, encoding)
}

/// HMAC of RFC 2104.
fn sign(text: &str, algorithm: &str, key: &str, encoding: Option<&str>) -> Result<String, Error> {
    fn mac<M: Mac + KeyInit>(text: &str, key: &str) -> Result<Vec<u8>, Error> {
        let keyed = <M as KeyInit>::new_from_slice(key.as_bytes()).map_err(|_| wrong(NO_HASH))?;
        Ok(keyed.chain_update(text).finalize().into_bytes().to_vec())
    }
    let mac = match algorithm {
        "sha1" => mac::<Hmac<Sha1>>(text, key)?,
        "sha256" => mac::<Hmac<Sha256>>(text, key)?,
        "sha512" => mac::<Hmac<Sha512>>(text, key)?,
        _ => return Err(wrong(NO_HASH)),
    };
    written(&mac, encoding)
}

#[cfg(test)]
mod tests_of_filters {
    use super::*;

    fn eval(expression: &str) -> Result<String, Error> {
        let mut engine = Environment::empty();
        add_to(&mut engine);
        engine.compile_expression(expression)?.eval(()).map(|value| value.to_string())
    }

    #[test]
    fn messages_are_signed_as_the_standards_say() {
        // RFC 2202, test case 2, and RFC 4231, test case 2.
        for (algorithm, expected) in [
            ("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ] {
            let expression = format!("'what do ya want for nothing?' | hmac('{algorithm}', 'Jefe')");
            assert_eq!(eval(&expression).unwrap(), expected);
        }
        assert_eq!(eval("'' | hash('md5')").unwrap(), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(
            eval("'abc' | hash('sha256', 'base64')").unwrap(),
            "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
        );
        assert_eq!(eval("'a\\u0000b' | base64").unwrap(), "YQBi");
    }

    #[test]
    fn what_no_filter_can_do_is_an_error() {
        for expression in
            ["'a' | hash('crc')", "'a' | hmac('md5', 'k')", "'a' | hash('sha1', 'b32')", "'a' | bool"]
        {
            assert!(eval(expression).is_err(), "{expression}");
        }
        assert_eq!(eval("'no' | bool").unwrap(), "False");
    }
}
