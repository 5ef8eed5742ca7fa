//! Starting other programs and ending them: every child runs in a process group of its own, a
//! signal that reaches us is passed on to all of them, and a step that was interrupted says so.
//!
//! Not a job runner: one step after the other, output straight to the terminal.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// The signal that asked us to stop; 0 while there was none.
static STOPPED_BY: AtomicI32 = AtomicI32::new(0);
/// Leaders of the process groups that are running now.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// The error of a step that ended because the person pressed Ctrl-C or the system asked us to stop.
#[derive(Debug)]
pub struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("stopped on request; everything that was started has been ended")
    }
}

impl std::error::Error for Interrupted {}

/// Begins to listen for SIGINT, SIGTERM and SIGHUP; each is passed on to every running child.
/// From the third on the children are killed.
///
/// # Errors
/// When the handlers cannot be installed.
pub fn listen_for_signals() -> Result<()> {
    let mut signals =
        signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]).context("listening for Ctrl-C")?;
    std::thread::spawn(move || {
        for (count, number) in signals.forever().enumerate() {
            STOPPED_BY.store(number, Ordering::SeqCst);
            let passed_on = match (count, number) {
                (2.., _) => Signal::KILL,
                (_, SIGINT) => Signal::INT,
                _ => Signal::TERM,
            };
            for group in running().iter() {
                let _gone_already = kill_process_group(*group, passed_on);
            }
        }
    });
    Ok(())
}

/// Answers an [`Interrupted`] error once a signal has asked us to stop.
///
/// # Errors
/// [`Interrupted`], nothing else.
pub fn stop_if_asked() -> Result<()> {
    if is_stopping() {
        return Err(Interrupted.into());
    }
    Ok(())
}

/// Whether a signal has asked us to stop.
pub fn is_stopping() -> bool {
    STOPPED_BY.load(Ordering::SeqCst) != 0
}

/// Runs a program to its end with its output on the terminal.
///
/// # Errors
/// When it cannot be started, ends with a status other than zero, or we were asked to stop.
pub fn run(command: &mut Command) -> Result<()> {
    let status = wait(start(command)?)?;
    check(command, status)
}

/// Runs a program that may ask the person something (sudo asks for a password): it stays in our
/// process group, because only that one may read the terminal.
///
/// # Errors
/// As [`run`].
pub fn run_in_foreground(command: &mut Command) -> Result<()> {
    stop_if_asked()?;
    let status = command.status().with_context(|| format!("starting {}", shown(command)))?;
    check(command, status)
}

/// Runs a program to its end, passing each line of its standard output to `line` (which decides
/// whether to print it) and answers its status: a status other than zero is not an error here.
///
/// # Errors
/// When it cannot be started or we were asked to stop.
pub fn run_by_line(command: &mut Command, mut line: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    if let Some(output) = child.stdout.take() {
        let mut reader = BufReader::new(output);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            line(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']));
            bytes.clear();
        }
    }
    let status = wait(child)?;
    stop_if_asked()?;
    Ok(status)
}

/// Runs a short program and answers its standard output.
///
/// # Errors
/// When it cannot be started or ends with a status other than zero (its standard error is quoted).
pub fn answer(command: &mut Command) -> Result<String> {
    let output = without_our_cargo(command)
        .stdin(Stdio::null())
        .process_group(0)
        .output()
        .with_context(|| format!("starting {}", shown(command)))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", shown(command), output.status, errors.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Starts a program in a process group of its own; signals are passed on to it until [`wait`]
/// has seen its end.
///
/// # Errors
/// When it cannot be started, or we were asked to stop.
pub fn start(command: &mut Command) -> Result<Child> {
    stop_if_asked()?;
    let mut groups = running();
    let child = without_our_cargo(command)
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .with_context(|| format!("starting {}", shown(command)))?;
    groups.push(Pid::from_child(&child));
    Ok(child)
}

/// Waits for the end of a program that [`start`] started.
///
/// # Errors
/// When the system cannot tell its status.
pub fn wait(mut child: Child) -> Result<ExitStatus> {
    let group = Pid::from_child(&child);
    let status = child.wait();
    running().retain(|one| *one != group);
    Ok(status?)
}

/// Asks one child to stop (SIGTERM to its group) and waits for its end.
///
/// # Errors
/// When the system cannot tell its status.
pub fn stop(child: Child) -> Result<ExitStatus> {
    let _gone_already = kill_process_group(Pid::from_child(&child), Signal::TERM);
    wait(child)
}

/// Whether a program of this name is on the PATH.
pub fn is_on_path(program: &str) -> bool {
    on_path(program).is_some()
}

/// Where on the PATH a program of this name is.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// A command as one line, for messages.
pub fn shown(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// Takes away what `cargo run` told us about ourselves: build scripts that watch these names would build
/// their crates again at every change between `cargo xtask` and plain `cargo`.
fn without_our_cargo(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    stop_if_asked()?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

fn running() -> MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
