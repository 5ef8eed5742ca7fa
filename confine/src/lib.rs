//! Takes from a program that reads what strangers sent everything that its work does not need, before the first byte of it is
//! read: files, network, other programs, debugging, core dumps, and more memory or time than was ordered. It knows neither films
//! nor documents; what only one of the programs needs stands there.
//!
//! - `setrlimit`: address space, processor time, file size 0, few descriptors, no core dump. `RLIMIT_NPROC` is left alone: it
//!   counts all processes of the user, and decoders start threads.
//! - `PR_SET_NO_NEW_PRIVS`. Not `PR_SET_PDEATHSIG`: the kernel sends it when the *thread* that started the child ends, and a
//!   worker's async runtime ends threads as it likes. A parent that is gone shows as the end of stdin.
//! - landlock with an empty rule set (no path, no TCP) where the kernel has it.
//! - a seccomp filter that refuses the calls in [`refused`] with `EPERM`. It is a list of what is refused, not of what is
//!   allowed: libraries differ between systems in what they call, and a film or a document must not fail for that.
//!
//! A kernel that lacks landlock or seccomp gives a sentence for the log, not a failure: the parents run these programs without
//! environment, credentials or descriptors in any case.

#![expect(unsafe_code, reason = "rlimits, prctl, dup2 and malloc settings have no safe interface in std")]

mod refused;

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;

use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, Scope};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// Open descriptors that are enough: those in use and a few that a library may duplicate.
const DESCRIPTORS: u64 = 16;

/// How much a confined process may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Address space, in bytes; `None`: no limit.
    pub memory_bytes: Option<u64>,
    /// Processor time, in seconds, after which the kernel ends the process; `None`: no limit.
    pub cpu_seconds: Option<u64>,
    /// Niceness, 0 to 19; `None`: as it was started.
    pub nice: Option<i32>,
}

/// Moves stdout out of the reach of libraries that print: what they print goes to stderr.
///
/// # Errors
/// Those of duplicating a descriptor.
pub fn take_stdout() -> io::Result<File> {
    let out = io::stdout().as_fd().try_clone_to_owned()?;
    // SAFETY: dup2 of two descriptors that stay open for the life of the process.
    if unsafe { libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(File::from(out))
}

/// Keeps this process, and all threads it will start, on these processors. Call it before their number is asked for.
///
/// # Errors
/// None of them exists here.
pub fn stay_on(cpus: &[u32]) -> io::Result<()> {
    // SAFETY: a set of processors is plain bits; CPU_SET writes one inside of it, and sched_setaffinity reads it.
    unsafe {
        let mut set = std::mem::zeroed::<libc::cpu_set_t>();
        for cpu in cpus.iter().map(|cpu| *cpu as usize).filter(|cpu| *cpu < libc::CPU_SETSIZE as usize) {
            libc::CPU_SET(cpu, &mut set);
        }
        if libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Confines this process and all threads it will start; call it before the first of them.
/// Gives a sentence for each wall that this system does not have.
#[must_use]
pub fn this_process(limits: &Limits) -> Vec<String> {
    let mut missing = Vec::new();
    restrict(limits, &mut missing);
    // SAFETY: prctl with this option reads only its integer arguments; signal, mallopt and setpriority take integers.
    unsafe {
        // Two heaps instead of one of 64 MiB of address space for each thread.
        #[cfg(target_env = "gnu")]
        libc::mallopt(libc::M_ARENA_MAX, 2);
        // A log line into a file must be lost rather than end the process.
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
            missing.push(format!("no_new_privs: {}", io::Error::last_os_error()));
        }
        if let Some(nice) = limits.nice {
            libc::setpriority(libc::PRIO_PROCESS, 0, nice.clamp(0, 19));
        }
    }
    if let Err(error) = no_paths() {
        missing.push(format!("landlock: {error}"));
    }
    if let Err(error) = no_calls() {
        missing.push(format!("seccomp: {error}"));
    }
    missing
}

fn restrict(limits: &Limits, missing: &mut Vec<String>) {
    for (name, resource, value) in [
        ("address space", libc::RLIMIT_AS, limits.memory_bytes.unwrap_or(libc::RLIM_INFINITY)),
        ("processor time", libc::RLIMIT_CPU, limits.cpu_seconds.unwrap_or(libc::RLIM_INFINITY)),
        ("file size", libc::RLIMIT_FSIZE, 0),
        ("descriptors", libc::RLIMIT_NOFILE, DESCRIPTORS),
        ("core", libc::RLIMIT_CORE, 0),
    ] {
        let limit = libc::rlimit { rlim_cur: value, rlim_max: value };
        // SAFETY: setrlimit reads the structure that it is given.
        if unsafe { libc::setrlimit(resource, &raw const limit) } != 0 {
            missing.push(format!("limit of {name}: {}", io::Error::last_os_error()));
        }
    }
}

fn no_paths() -> Result<(), landlock::RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    Ok(())
}

fn no_calls() -> Result<(), Box<dyn std::error::Error>> {
    let filter = SeccompFilter::new(
        refused::calls().map(|call| (call, Vec::new())).collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM as u32),
        TargetArch::try_from(std::env::consts::ARCH)?,
    )?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?)?;
    Ok(())
}
