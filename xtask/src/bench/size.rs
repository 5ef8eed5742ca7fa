//! What a browser fetches, as the server sends it.

use std::path::Path;

use anyhow::{Context, Result};

/// What a browser fetches, as the server sends it (brotli 11), file by file.
///
/// # Errors
/// When the browser part has not been built.
pub fn size(root: &Path) -> Result<()> {
    let site = root.join("target/site");
    let entries = std::fs::read_dir(&site).context("target/site is not there; `cargo xtask up` builds it")?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        // What is packed already is measured by what was packed.
        if path.is_file() && path.extension().is_none_or(|ending| ending != "br") {
            files.push(path);
        }
    }
    files.sort();
    let (mut ours, mut desk, mut beside, mut sheets) = (0, 0, 0, 0);
    println!("{:<24} {:>12} {:>12}", "file", "bytes", "brotli");
    for file in files {
        let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let packed = brotli_bytes(&bytes)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("{name:<24} {:>12} {packed:>12}", bytes.len());
        match name.as_str() {
            "boot.js" => (ours, desk) = (ours + packed, desk + packed),
            "islands_learn.js" | "islands_learn_bg.wasm" => ours += packed,
            "islands_desk.js" | "islands_desk_bg.wasm" => desk += packed,
            "beside.js" => beside += packed,
            "style.css" => sheets += packed,
            _ => {}
        }
    }
    println!("\nCSS: {sheets} bytes brotli (at most 14,000)");
    println!(
        "WASM and JavaScript of ours on a page with a player or a test: {ours} bytes brotli (at most 120,000)"
    );
    println!("the same where somebody teaches or lends: {desk} bytes brotli");
    println!(
        "and on the page of a film: {beside} bytes brotli; kept.js, peek.js and companion.js when they are asked for"
    );
    Ok(())
}

fn brotli_bytes(bytes: &[u8]) -> Result<usize> {
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &settings)?;
    Ok(packed.len())
}
