//! Rust's own tools: how cargo is called, where it builds to, and the target that browsers run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// The target of everything that runs in a browser.
const WASM: &str = "wasm32-unknown-unknown";

/// Cargo, in the root of the repository, on the committed descriptions of queries and with the
/// committed versions of all crates.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).env("SQLX_OFFLINE", "true").env_remove("DATABASE_URL");
    command
}

/// The folder that cargo builds to.
pub fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}

/// Makes sure that the browser target's standard library is installed.
///
/// # Errors
/// When it is not and rustup cannot fetch it.
pub fn ensure_wasm(root: &Path) -> Result<()> {
    if has_wasm(root)? {
        println!("{WASM} is there");
        return Ok(());
    }
    process::run(Command::new("rustup").args(["target", "add", WASM]).current_dir(root)).with_context(|| {
        format!("the Rust target {WASM}, without which no script for the browser can be built, is missing")
    })
}

/// Whether the browser target's standard library is installed.
///
/// # Errors
/// When rustc cannot be asked.
pub fn has_wasm(root: &Path) -> Result<bool> {
    let mut rustc = Command::new("rustc");
    let folder =
        process::answer(rustc.args(["--print", "target-libdir", "--target", WASM]).current_dir(root))?;
    Ok(Path::new(folder.trim()).is_dir())
}
