//! Builds the browser part: `target/site/`, a flat folder that the server serves under `/assets/`.
//!
//! npm packages → WASM by cargo → JavaScript glue by wasm-bindgen (as a library, of the version in the lock file) →
//! smaller WASM by wasm-opt; scripts and icon copied; style sheets joined. Without the WASM target all the rest is made.
//! A step whose inputs are the same as last time is skipped; `target/site-stamps` remembers them. Not here: hashes in
//! file names and precompression (the server).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{process, stylesheet, toolchain};

/// What wasm-opt may use: exactly what browsers of the last years have. `--all-features` makes a file they refuse.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Files that are served as they are: where they lie and what they are called in the site.
const COPIES: [(&str, &str); 10] = [
    ("app/style/icon.svg", "icon.svg"),
    ("islands/boot.js", "boot.js"),
    ("islands/film/beside.js", "beside.js"),
    ("islands/film/cues.js", "cues.js"),
    ("islands/film/peek.js", "peek.js"),
    ("islands/film/kept.js", "kept.js"),
    ("islands/film/worker.js", "worker.js"),
    ("islands/film/companion.js", "companion.js"),
    ("node_modules/hls.js/dist/hls.min.js", "hls.js"),
    ("node_modules/tus-js-client/dist/tus.min.js", "tus.js"),
];

/// The sets of islands: of those who learn, and all. Each is a crate `islands-…` and becomes `islands_….js` and `islands_…_bg.wasm`.
const ISLANDS: [&str; 2] = ["learn", "desk"];

/// Builds all of `target/site/` under `root` (the root of the repository) and prints a line for each step.
///
/// # Errors
/// When npm, cargo or wasm-opt is missing or fails, or a file cannot be read or written.
pub fn build(root: &Path) -> Result<()> {
    let site = Site::open(root)?;
    site.packages()?;
    for (from, to) in COPIES {
        site.copy(from, to)?;
    }
    site.style()?;
    if toolchain::has_wasm(root)? {
        for set in ISLANDS {
            let wasm = site.compile(set)?;
            site.bind(set, &wasm)?;
        }
        return Ok(());
    }
    println!("{WITHOUT_WASM}");
    site.forget_islands()
}

/// What is told when the browser part is built without WASM.
const WITHOUT_WASM: &str =
    "  NO WASM: Rust's target for browsers is not installed (rustup target add wasm32-unknown-unknown).
  Style, icon and scripts are in place; pages and forms work without script. Missing until it is installed:
  the player's own controls, resumable uploads with progress, the preview beside the editor.";

/// The folders of one build.
struct Site {
    root: PathBuf,
    /// What is served.
    out: PathBuf,
    /// Files between two steps.
    work: PathBuf,
    /// One small file per step: hash of its inputs, then the brotli size of its outputs.
    stamps: PathBuf,
}

impl Site {
    fn open(root: &Path) -> Result<Self> {
        let target = root.join("target");
        let site = Self {
            root: root.to_path_buf(),
            out: target.join("site"),
            work: target.join("site-work"),
            stamps: target.join("site-stamps"),
        };
        for folder in [&site.out, &site.work, &site.stamps] {
            fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
        }
        Ok(site)
    }

    /// Installs exactly the npm packages of the lock file.
    fn packages(&self) -> Result<()> {
        let inputs = hash(&[self.read("package.json")?, self.read("package-lock.json")?]);
        let installed = self.root.join("node_modules/.package-lock.json");
        self.step("npm packages", &inputs, &[installed], || {
            let mut npm = Command::new("npm");
            npm.current_dir(&self.root).args(["ci", "--ignore-scripts", "--no-fund", "--no-audit"]);
            process::run(&mut npm)
                .context("npm installs the packages of package-lock.json (is npm installed?)")
        })
    }

    /// Compiles the islands. Cargo knows best whether anything changed, so it is always asked.
    fn compile(&self, set: &str) -> Result<PathBuf> {
        let started = Instant::now();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        };
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(&self.root)
            .args(["build", "--quiet", "--package", &format!("islands-{set}"), "--lib", "--profile", "wasm"])
            .args(["--no-default-features", "--features", "hydrate", "--target", "wasm32-unknown-unknown"])
            .arg("--target-dir")
            .arg(&target);
        process::run(&mut cargo).context("compiling the islands to WASM")?;
        let wasm = target.join(format!("wasm32-unknown-unknown/wasm/islands_{set}.wasm"));
        report(&format!("islands to WASM: {set}"), started.elapsed(), None);
        Ok(wasm)
    }

    /// Takes out what an earlier build left of the islands: it would not match the pages of now.
    fn forget_islands(&self) -> Result<()> {
        for file in ISLANDS.iter().flat_map(|set| self.outputs(set)) {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("taking {} out", file.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What a set of islands becomes: WASM and its JavaScript glue.
    fn outputs(&self, set: &str) -> [PathBuf; 2] {
        [format!("islands_{set}_bg.wasm"), format!("islands_{set}.js")].map(|name| self.out.join(name))
    }

    /// WASM and its JavaScript glue.
    fn bind(&self, set: &str, wasm: &Path) -> Result<()> {
        let bytes = fs::read(wasm).with_context(|| format!("reading {}", wasm.display()))?;
        let inputs = hash(&[bytes, self.read("package-lock.json")?, WASM_FEATURES.concat().into_bytes()]);
        let outputs = self.outputs(set);
        let name = format!("islands_{set}");
        self.step(&format!("WASM and glue, made small: {set}"), &inputs, &outputs, || {
            wasm_bindgen_cli_support::Bindgen::new()
                .input_path(wasm)
                .web(true)?
                .typescript(false)
                .omit_default_module_path(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .out_name(&name)
                .generate(&self.work)
                .context("wasm-bindgen writes the glue")?;
            let mut wasm_opt = Command::new(self.root.join("node_modules/.bin/wasm-opt"));
            wasm_opt.arg(self.work.join(format!("{name}_bg.wasm"))).arg("-o").arg(&outputs[0]);
            wasm_opt.arg("-Oz").args(WASM_FEATURES);
            process::run(&mut wasm_opt)
                .context("wasm-opt (from the npm package binaryen) makes the WASM small")?;
            fs::copy(self.work.join(format!("{name}.js")), &outputs[1]).context("placing the glue")?;
            Ok(())
        })
    }

    /// Copies one script, without the pointer to a source map that is not served.
    fn copy(&self, from: &str, to: &str) -> Result<()> {
        let text = String::from_utf8(self.read(from)?).with_context(|| format!("{from} is not UTF-8"))?;
        let output = self.out.join(to);
        self.step(to, &hash(&[text.as_bytes().to_vec()]), std::slice::from_ref(&output), || {
            let kept: Vec<&str> =
                text.lines().filter(|line| !line.starts_with("//# sourceMappingURL=")).collect();
            fs::write(&output, kept.join("\n")).with_context(|| format!("writing {}", output.display()))
        })
    }

    /// Joins the style sheets in the order of `app/style/all.css`; without that list nothing is written.
    fn style(&self) -> Result<()> {
        let list = self.root.join("app/style/all.css");
        if !list.exists() {
            report("style.css: no app/style/all.css yet", Duration::ZERO, None);
            return Ok(());
        }
        let joined = stylesheet::join(&list)?;
        let output = self.out.join("style.css");
        self.step("style.css", &hash(&[joined.clone().into_bytes()]), std::slice::from_ref(&output), || {
            fs::write(&output, &joined).with_context(|| format!("writing {}", output.display()))
        })
    }

    /// Does `work` unless its inputs are those of last time and its outputs still exist; prints one line.
    fn step(
        &self,
        name: &str,
        inputs: &str,
        outputs: &[PathBuf],
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        process::stop_if_asked()?;
        let stamp = self.stamps.join(name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"));
        let last = fs::read_to_string(&stamp).unwrap_or_default();
        if let Some((hash, size)) = last.split_once(' ')
            && hash == inputs
            && outputs
                .iter()
                .all(|file| file.exists() && (!file.starts_with(&self.out) || packed(file).exists()))
        {
            report(
                &format!("{name}: unchanged"),
                Duration::ZERO,
                size.trim().parse().ok().filter(|&size| size > 0),
            );
            return Ok(());
        }
        let started = Instant::now();
        work()?;
        if let Some(missing) = outputs.iter().find(|file| !file.exists()) {
            bail!("the step \"{name}\" did not write {}", missing.display());
        }
        let took = started.elapsed();
        let size = outputs
            .iter()
            .filter(|file| file.starts_with(&self.out))
            .map(|file| pack(file))
            .sum::<Result<usize>>()?;
        fs::write(&stamp, format!("{inputs} {size}")).context("remembering what was built")?;
        report(name, took, (size > 0).then_some(size));
        Ok(())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>> {
        let path = self.root.join(path);
        fs::read(&path).with_context(|| format!("reading {}", path.display()))
    }
}

/// One line on the terminal: what, how long, and the size a browser fetches.
fn report(what: &str, took: Duration, brotli_bytes: Option<usize>) {
    let time = if took.is_zero() { String::new() } else { format!("{:.1} s", took.as_secs_f64()) };
    let size =
        brotli_bytes.map(|bytes| format!("{:.1} kB brotli", bytes as f64 / 1000.0)).unwrap_or_default();
    println!("  {what:<42} {time:>8} {size:>18}");
}

/// Where a file of the site lies packed.
fn packed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// Packs a file as the server sends it: brotli, quality 11. Answers its size then, in bytes.
fn pack(file: &Path) -> Result<usize> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let mut small = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut small, &settings).context("packing with brotli")?;
    fs::write(packed(file), &small).with_context(|| format!("packing {}", file.display()))?;
    Ok(small.len())
}

/// SHA-256 over all parts, each with its length in front.
fn hash(parts: &[Vec<u8>]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
