//! The catalogue of visible text: `locales/<language>/app.ftl`.
//!
//! [`text!`] checks at compile time that the catalogue has the text and that
//! exactly its variables are given.

use std::{borrow::Cow, sync::LazyLock};

use i18n_embed::{
    I18nAssets, LanguageLoader,
    fluent::{FluentLanguageLoader, fluent_language_loader},
};

/// The texts in the present language.
pub(crate) static CATALOGUE: LazyLock<FluentLanguageLoader> = LazyLock::new(|| {
    let loader = fluent_language_loader!();
    #[expect(clippy::expect_used, reason = "the catalogue is part of this program, and a test loads it")]
    loader.load_fallback_language(&Catalogues).expect("the built-in catalogue can be read");
    // Isolation marks would be copied along with names and shown as boxes.
    loader.set_use_isolating(false);
    loader
});

/// The catalogues that are built in.
struct Catalogues;

impl I18nAssets for Catalogues {
    fn get_files(&self, path: &str) -> Vec<Cow<'_, [u8]>> {
        match path {
            "en/app.ftl" => vec![Cow::Borrowed(include_bytes!("../locales/en/app.ftl"))],
            _ => Vec::new(),
        }
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(std::iter::once("en/app.ftl".to_owned()))
    }
}

/// One text of the catalogue: `text!("time-left", duration = "5 min")`.
macro_rules! text {
    ($id:literal) => {
        i18n_embed_fl::fl!($crate::i18n::CATALOGUE, $id)
    };
    ($id:literal, $($arguments:tt)+) => {
        i18n_embed_fl::fl!($crate::i18n::CATALOGUE, $id, $($arguments)+)
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_come_from_the_catalogue() {
        assert_eq!(text!("portal-name"), "Understudy");
        assert_eq!(text!("time-left", duration = "5 min"), "5 min left");
    }

    #[test]
    fn numbers_take_their_plural() {
        assert_eq!(text!("request-service-quota", count = 1), "One at a time per person");
        assert_eq!(text!("request-service-quota", count = 100), "Up to 100 at a time per person");
    }
}
