//! Texts that somebody else keeps for the portal, and can neither read nor
//! change.

use data_encoding::BASE64URL_NOPAD;
use domain::secret::Secret;

use super::keyring::Keyring;

/// Seals a text, as characters that can stand in a cookie.
pub fn seal(keyring: &Keyring, place: &str, text: &str) -> Secret {
    Secret::new(BASE64URL_NOPAD.encode(&keyring.seal(place, text.as_bytes())))
}

/// Opens it again; `None` where it is not what was sealed for that place.
pub fn open(keyring: &Keyring, place: &str, sealed: &Secret) -> Option<Secret> {
    let sealed = BASE64URL_NOPAD.decode(sealed.expose().as_bytes()).ok()?;
    let text = keyring.open(place, &sealed).ok()?;
    String::from_utf8(text.to_vec()).ok().map(Secret::new)
}
