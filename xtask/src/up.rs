//! `cargo xtask up`: from a fresh clone to the running program with its demonstration.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::{Context, Result, bail};

use crate::packages::{self, Purpose};
use crate::steps::{Steps, both};
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
    let built = build(root, wishes, Programs::ToServe, &mut steps);
    steps.print();
    built?;
    serve(root, wishes, &data)
}

/// Which programs are built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Programs {
    /// What has to be there before the first page: the server and the program for film.
    ToServe,
    /// These, and the program for documents, whose typesetter is a third of all that is compiled.
    All,
}

/// The folder the lecture film of the demonstration is made in.
pub fn film_folder(root: &Path) -> PathBuf {
    root.join("target/demo")
}

/// Installs and builds everything that serving needs.
///
/// # Errors
/// When a step fails.
pub fn build(root: &Path, wishes: &Wishes, which: Programs, steps: &mut Steps) -> Result<()> {
    steps.need("system packages", || packages::ensure(Purpose::Run))?;
    steps.check("Rust for the browser", || toolchain::ensure_wasm(root))?;
    // Without the target the site is built all the same, and says what is missing.
    steps.need("browser part, server and programs beside it", || {
        both(|| process::run(&mut programs(root, which)), || site::build(root))
    })?;
    if !wishes.no_demo {
        steps.need("demonstration film", || film::make(root, &film_folder(root)))?;
    }
    Ok(())
}

/// The command that builds them. The packages are named in both cases, so that both build their dependencies with the same features.
fn programs(root: &Path, which: Programs) -> Command {
    let mut cargo = toolchain::cargo(root);
    cargo.args(["build", "--release", "--locked", "-p", "server", "-p", "transcode", "-p", "typeset"]);
    if which == Programs::ToServe {
        cargo.args(["--bin", "tablica", "--bin", "tablica-transcode"]);
    }
    cargo
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
    let server = process::start(&mut server)?;
    let documents = documents(root);
    let status = process::wait(server).context("waiting for the server")?;
    if let Some(documents) = documents {
        process::stop(documents).context("ending the build of the program for documents")?;
    }
    if process::is_stopping() {
        println!("stopped; the data stays in {}", data.display());
        return Ok(());
    }
    if !status.success() {
        bail!("the server ended with {status}");
    }
    Ok(())
}

/// Builds the program for documents while the server already answers: until it is there, who asks for a PDF is told to try again.
/// With everything built already this takes a second. Its failure leaves the server running, and cargo says what it was.
fn documents(root: &Path) -> Option<Child> {
    let mut cargo = programs(root, Programs::All);
    cargo.arg("--quiet");
    let mut nice = Command::new("nice");
    nice.args(["-n", "10"]).arg(cargo.get_program()).args(cargo.get_args()).current_dir(root);
    nice.envs(cargo.get_envs().filter_map(|(name, value)| Some((name, value?)))).env_remove("DATABASE_URL");
    if !toolchain::target_folder(root).join("release/tablica-documents").is_file() {
        println!(
            "The program that makes PDF files and prepares photographs is still being built, beside the running server;\n\
             pages that need it say so until then (`tablica doctor` tells whether it is there)."
        );
    }
    process::start(&mut nice).inspect_err(|error| println!("the program for documents: {error:#}")).ok()
}
