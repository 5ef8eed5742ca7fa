//! Files of the site: style, scripts, WASM. Read once, hashed, compressed once, and kept for ever by browsers.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::parts::Assets;
use app::state::Files;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// Every file of the site, in memory.
#[derive(Clone, Debug, Default)]
pub struct Site {
    files: Arc<HashMap<String, File>>,
}

#[derive(Debug)]
struct File {
    media_type: &'static str,
    plain: Bytes,
    brotli: Option<Bytes>,
    hash: String,
}

/// Where the site is: `TABLICA_SITE`, beside the program, or where `cargo xtask` builds it.
pub fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("TABLICA_SITE") {
        return folder.into();
    }
    let beside = std::env::current_exe().unwrap_or_default().with_file_name("site");
    if beside.is_dir() { beside } else { PathBuf::from("target/site") }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

impl Site {
    /// Reads the folder. Files of the site are few and small; a missing folder is a site without style, told in the log.
    pub fn read(folder: &Path) -> Self {
        let mut files = HashMap::new();
        let Ok(entries) = std::fs::read_dir(folder) else {
            tracing::warn!(
                "there is no {}: pages go without style and script; run `cargo xtask site`",
                folder.display()
            );
            return Self::default();
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(plain) = std::fs::read(entry.path()) else { continue };
            let media_type = media_type(&name);
            if media_type == "application/octet-stream" {
                continue;
            }
            let hash: String =
                Sha256::digest(&plain).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            let made = packed(&entry.path(), &plain);
            let brotli = made.or_else(|| compress(&plain)).filter(|small| small.len() < plain.len());
            files.insert(name, File { media_type, brotli, hash, plain: plain.into() });
        }
        Self { files: Arc::new(files) }
    }

    /// The address of a file, with its hash; empty when the site does not have it.
    pub fn address(&self, name: &str) -> String {
        self.files.get(name).map(|file| format!("/assets/{name}?v={}", file.hash)).unwrap_or_default()
    }

    /// The addresses of a set of islands: JavaScript and WebAssembly.
    fn islands(&self, set: &str) -> [String; 2] {
        [self.address(&format!("islands_{set}.js")), self.address(&format!("islands_{set}_bg.wasm"))]
    }

    /// The addresses that pages need.
    pub fn addresses(&self) -> Files {
        let some = |name: &str| Some(self.address(name)).filter(|address| !address.is_empty());
        Files {
            assets: Assets {
                style: self.address("style.css"),
                // Without WASM there is nothing to wake.
                boot: some("boot.js").filter(|_| {
                    let islands = ["learn", "desk"].map(|set| self.islands(set));
                    islands.iter().flatten().all(|address| !address.is_empty())
                }),
                learn: self.islands("learn"),
                desk: self.islands("desk"),
                icon: some("icon.svg"),
            },
            hls: self.address("hls.js"),
            tus: self.address("tus.js"),
            beside: self.address("beside.js"),
            cues: self.address("cues.js"),
            peek: self.address("peek.js"),
            kept: self.address("kept.js"),
            companion: self.address("companion.js"),
        }
    }

    /// One file. `fresh`: whether the address carried the present hash, so that it may be kept for ever.
    pub fn serve(&self, name: &str, query: &str, headers: &HeaderMap) -> Response {
        let Some(file) = self.files.get(name) else { return StatusCode::NOT_FOUND.into_response() };
        let takes_brotli = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.split(',').any(|one| one.trim().split(';').next() == Some("br")));
        let current = query == format!("v={}", file.hash);
        let cache = if current { "public, max-age=31536000, immutable" } else { "public, no-cache" };
        let tag = format!("\"{}\"", file.hash);
        let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == tag.as_str());
        let mut response = match (&file.brotli, takes_brotli) {
            _ if known => StatusCode::NOT_MODIFIED.into_response(),
            (Some(brotli), true) => ([(header::CONTENT_ENCODING, "br")], brotli.clone()).into_response(),
            _ => file.plain.clone().into_response(),
        };
        let answer = response.headers_mut();
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            answer.insert(header::ETAG, tag);
        }
        response
    }
}

/// What `cargo xtask site` packed, if it is of the present file.
fn packed(file: &Path, plain: &[u8]) -> Option<Bytes> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".br");
    let packed = std::fs::read(PathBuf::from(beside)).ok()?;
    let mut unpacked = Vec::with_capacity(plain.len());
    brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).ok()?;
    (unpacked == plain).then(|| packed.into())
}

fn compress(bytes: &[u8]) -> Option<Bytes> {
    // The largest file is hls.js; the highest level would cost seconds at every start.
    let level = if bytes.len() < 100_000 { 11 } else { 9 };
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, level, 22);
    writer.write_all(bytes).ok()?;
    Some(writer.into_inner().into())
}
