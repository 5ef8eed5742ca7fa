//! Takes from this process what its work does not need, before the first byte of an order is read: files, network, other
//! programs, core dumps, and more memory or time than one order may take. The same walls as around the transcoding program
//! (`transcode/src/confine.rs`), with limits that do not depend on the order.
//!
//! A kernel that lacks landlock or seccomp gives a warning in the log, not a failure: the parent runs this program without
//! environment, credentials or descriptors in any case.

#![expect(unsafe_code, reason = "rlimits, prctl and dup2 have no safe interface in std")]

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;

use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, Scope};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// Address space, in bytes: decoding a progressive photograph of 64 million pixels, and the program itself.
const MEMORY_BYTES: u64 = 1 << 30;
/// Processor time, in seconds; what takes longer is an attack.
const CPU_SECONDS: u64 = 50;
/// Open descriptors: the standard three, and a few that a library may duplicate.
const DESCRIPTORS: u64 = 16;

/// System calls that are answered with `EPERM`. A list of what is refused, as libraries differ in what they call.
const REFUSED: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_open_by_handle_at,
    libc::SYS_memfd_create,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_unlinkat,
    libc::SYS_renameat2,
    libc::SYS_mkdirat,
    libc::SYS_symlinkat,
    libc::SYS_linkat,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_io_uring_setup,
];

/// The same for calls that only older machines have beside the newer ones.
#[cfg(target_arch = "x86_64")]
const REFUSED_OLD: &[libc::c_long] = &[
    libc::SYS_open,
    libc::SYS_creat,
    libc::SYS_accept,
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_unlink,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_mkdir,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_OLD: &[libc::c_long] = &[];

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

/// Confines this process and all threads it will start; call it before the first of them.
/// Gives a sentence for each wall that this system does not have.
pub fn confine() -> Vec<String> {
    let mut missing = Vec::new();
    for (name, resource, value) in [
        ("address space", libc::RLIMIT_AS, MEMORY_BYTES),
        ("processor time", libc::RLIMIT_CPU, CPU_SECONDS),
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
    // SAFETY: prctl with this option reads only its integer arguments; signal and mallopt take integers.
    unsafe {
        // A log line into a file must be lost rather than end the process.
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        #[cfg(target_env = "gnu")]
        libc::mallopt(libc::M_ARENA_MAX, 2);
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
            missing.push(format!("no_new_privs: {}", io::Error::last_os_error()));
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
    let rules = REFUSED.iter().chain(REFUSED_OLD).map(|call| (*call, Vec::new())).collect();
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(libc::EPERM as u32),
        TargetArch::try_from(std::env::consts::ARCH)?,
    )?;
    seccompiler::apply_filter(&BpfProgram::try_from(filter)?)?;
    Ok(())
}
