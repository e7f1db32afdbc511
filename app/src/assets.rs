//! Files that pages load. The server gives each an address with a hash of its
//! content, so that browsers may keep it for good.

/// Where the files of a page are.
#[derive(Clone, Debug)]
pub struct Assets {
    /// [`STYLE`].
    pub style: String,
    /// [`ICON`].
    pub icon: String,
    /// What brings islands to life; `None` where no bundle was built, and
    /// then pages carry no script.
    pub script: Option<Script>,
}

/// Where the files of the browser bundle are.
#[derive(Clone, Debug)]
pub struct Script {
    /// [`BOOT`].
    pub boot: String,
    /// The module that wasm-bindgen made, `understudy.js`.
    pub module: String,
    /// The compiled islands, `understudy_bg.wasm`.
    pub wasm: String,
}

/// The whole style sheet, as `text/css`.
pub const STYLE: &str = concat!(
    include_str!("../../style/layers.css"),
    include_str!("../../style/reset.css"),
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/forms.css"),
    include_str!("../../style/tables.css"),
    include_str!("../../style/components.css"),
    include_str!("../../style/account.css"),
    include_str!("../../style/utilities.css"),
    include_str!("../../style/print.css"),
);

/// The icon, as `image/svg+xml`.
pub const ICON: &str = include_str!("../../style/icon.svg");

/// What loads the bundle and wakes the islands, as `text/javascript`.
pub const BOOT: &str = include_str!("../boot.js");
