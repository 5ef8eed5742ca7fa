//! `cargo xtask up`: from a fresh clone to the running program with its demonstration.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::{self, Purpose};
use crate::steps::Steps;
use crate::{data_folder, film, process, site, toolchain};

/// What was asked for on the command line.
#[derive(Default)]
pub struct Wishes {
    /// Folder for everything that is entered.
    pub data: Option<PathBuf>,
    /// Port of the web server; the program's own choice when not given.
    pub port: Option<u16>,
    /// Leave out the demonstration municipality.
    pub no_demo: bool,
}

/// Installs and builds whatever is missing, then serves until Ctrl-C.
///
/// # Errors
/// When a step fails, or the server ends by itself with a failure.
pub fn up(root: &Path, wishes: &Wishes) -> Result<()> {
    let data = data_folder::choose(root, wishes.data.as_deref())?;
    println!("everything that is entered will be kept in {}", data.display());
    let mut steps = Steps::default();
    let built = build(root, wishes, &mut steps);
    steps.print();
    built?;
    serve(root, wishes, &data)
}

/// The folder the lecture film of the demonstration is made in.
pub fn film_folder(root: &Path) -> PathBuf {
    root.join("target/demo")
}

/// Installs and builds everything that serving needs.
///
/// # Errors
/// When a step fails.
pub fn build(root: &Path, wishes: &Wishes, steps: &mut Steps) -> Result<()> {
    steps.need("system packages", || packages::ensure(Purpose::Run))?;
    steps.check("Rust for the browser", || toolchain::ensure_wasm(root))?;
    // Without the target the site is built all the same, and says what is missing.
    steps.need("browser part", || site::build(root))?;
    steps.need("server, programs for film and documents", || {
        let mut cargo = toolchain::cargo(root);
        process::run(cargo.args([
            "build",
            "--release",
            "--locked",
            "-p",
            "server",
            "-p",
            "transcode",
            "-p",
            "typeset",
        ]))
    })?;
    if !wishes.no_demo {
        steps.need("demonstration film", || film::make(root, &film_folder(root)))?;
    }
    Ok(())
}

/// The server's command, of the debug or the release build.
pub fn server(root: &Path, profile: &str, wishes: &Wishes, data: &Path) -> Command {
    let programs = toolchain::target_folder(root).join(profile);
    // `setpriv` (util-linux): if we are killed, the server is told to stop, and stops what it started.
    let mut server = Command::new("setpriv");
    server.args(["--pdeathsig", "TERM"]).arg(programs.join("tablica")).arg("serve").arg("--data").arg(data);
    if let Some(port) = wishes.port {
        server.args(["--port", &port.to_string()]);
    }
    if !wishes.no_demo {
        server.arg("--demo").env("TABLICA_DEMO_FILM", film_folder(root));
    }
    server
        .current_dir(root)
        .env("TABLICA_SITE", root.join("target/site"))
        .env("TABLICA_TRANSCODE", programs.join("tablica-transcode"))
        .env("TABLICA_DOCUMENTS", programs.join("tablica-documents"));
    server
}

fn serve(root: &Path, wishes: &Wishes, data: &Path) -> Result<()> {
    let mut server = server(root, "release", wishes, data);
    println!();
    let status = process::wait(process::start(&mut server)?).context("waiting for the server")?;
    if process::is_stopping() {
        println!("stopped; the data stays in {}", data.display());
        return Ok(());
    }
    if !status.success() {
        bail!("the server ended with {status}");
    }
    Ok(())
}
