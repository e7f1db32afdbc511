//! Style and scripts, embedded in the program.
//!
//! Their addresses hold a hash of their content, so browsers keep them for
//! good and still never show an old one.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

use app::assets::{self, Script};
use axum::{
    body::Bytes,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// The islands' code; empty where it was not built.
#[derive(RustEmbed)]
#[folder = "bundle/"]
struct Bundle;

/// All assets.
pub static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// The route under which they are.
pub const ROUTE: &str = "/assets/{hash}/{*file}";

/// What browsers load beside pages.
pub struct Assets {
    /// The addresses that pages name.
    pub urls: Arc<assets::Assets>,
    files: HashMap<String, Asset>,
}

struct Asset {
    plain: Bytes,
    brotli: Option<Bytes>,
    media_type: &'static str,
    tag: String,
}

impl Assets {
    fn load() -> Self {
        let mut files = HashMap::new();
        let mut own = |name, text: &'static str| {
            let content = Bytes::from_static(text.as_bytes());
            add(&mut files, &hash([&content]), name, content, None)
        };
        let style = own("style.css", assets::STYLE);
        let icon = own("icon.svg", assets::ICON);
        let boot = own("boot.js", assets::BOOT);

        let bundle = embedded();
        // One hash for all of it: its files find each other by relative
        // addresses.
        let hash = hash(bundle.values());
        for (name, plain) in bundle.iter().filter(|(name, _)| !name.ends_with(".br")) {
            let brotli = bundle.get(&format!("{name}.br")).cloned();
            add(&mut files, &hash, name, plain.clone(), brotli);
        }
        let url = |name| address(&hash, name);
        let script = Script { boot, module: url("understudy.js"), wasm: url("understudy_bg.wasm") };
        let is_whole = files.contains_key(&script.module) && files.contains_key(&script.wasm);
        let urls = assets::Assets { style, icon, script: is_whole.then_some(script) };
        Self { urls: Arc::new(urls), files }
    }
}

fn embedded() -> BTreeMap<String, Bytes> {
    let files = Bundle::iter().filter_map(|name| Bundle::get(&name).map(|file| (name, file)));
    files.map(|(name, file)| (name.into_owned(), file.data.into_owned().into())).collect()
}

fn hash<'a>(contents: impl IntoIterator<Item = &'a Bytes>) -> String {
    let mut hash = Sha256::new();
    for content in contents {
        hash.update(content);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn address(hash: &str, name: &str) -> String {
    format!("/assets/{hash}/{name}")
}

fn add(
    files: &mut HashMap<String, Asset>,
    hash: &str,
    name: &str,
    plain: Bytes,
    brotli: Option<Bytes>,
) -> String {
    let address = address(hash, name);
    // Weak, since it stands for the compressed file as well.
    let tag = format!("W/\"{hash}\"");
    files.insert(address.clone(), Asset { plain, brotli, media_type: media_type(name), tag });
    address
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// `GET /assets/{hash}/{*file}`
pub async fn serve(Path((hash, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.files.get(&address(&hash, &file)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let about = [
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, &asset.tag),
        (header::VARY, "accept-encoding"),
    ];
    if says(&headers, header::IF_NONE_MATCH, |tag| tag == asset.tag || tag == "*") {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let media_type = [(header::CONTENT_TYPE, asset.media_type)];
    match &asset.brotli {
        Some(brotli) if says(&headers, header::ACCEPT_ENCODING, takes_brotli) => {
            (about, media_type, [(header::CONTENT_ENCODING, "br")], brotli.clone()).into_response()
        }
        _ => (about, media_type, asset.plain.clone()).into_response(),
    }
}

fn says(headers: &HeaderMap, name: header::HeaderName, wanted: impl Fn(&str) -> bool) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|value| wanted(value.trim()))
}

fn takes_brotli(coding: &str) -> bool {
    let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
    let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
    name.trim().eq_ignore_ascii_case("br") && !refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_only_to_who_takes_it() {
        for coding in ["br", "BR", "br;q=0.5", "br ; q=1"] {
            assert!(takes_brotli(coding), "{coding}");
        }
        for coding in ["gzip", "br;q=0", "br; q=0.0", "brotli", ""] {
            assert!(!takes_brotli(coding), "{coding}");
        }
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_good_and_known_by_its_tag() {
        let (hash, file) = ASSETS.urls.style.trim_start_matches("/assets/").split_once('/').unwrap();
        let get = async |headers| serve(Path((hash.to_owned(), file.to_owned())), headers).await;
        let first = get(HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(first.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let tag = first.headers()[header::ETAG].clone();
        let again = get(HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)])).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn an_old_address_is_gone() {
        let path = Path(("0".repeat(16), "style.css".to_owned()));
        assert_eq!(serve(path, HeaderMap::new()).await.status(), StatusCode::NOT_FOUND);
    }
}
