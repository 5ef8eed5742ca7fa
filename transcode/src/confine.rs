//! Takes from this process what decoding does not need, before the first byte of a film is read:
//! files, network, other programs, debugging, core dumps, and more memory or time than was ordered.
//!
//! - `setrlimit`: address space, processor time (a hard stop behind the polite one in
//!   [`crate::parent`]), file size 0, few descriptors, no core dump. `RLIMIT_NPROC` is left alone:
//!   it counts all processes of the user, and x264 and the decoders start threads.
//! - `PR_SET_NO_NEW_PRIVS`. Not `PR_SET_PDEATHSIG`: the kernel sends it when the *thread* that started
//!   the child ends, and a worker's async runtime ends threads as it likes. A parent that is gone shows
//!   as the end of stdin, and the watch in [`crate::parent`] ends the process within a second.
//! - landlock with an empty rule set (no path, no TCP) where the kernel has it.
//! - a seccomp filter that refuses the calls in [`REFUSED`] with `EPERM`. It is a list of what is
//!   refused, not of what is allowed: libav, x264 and the C library differ between systems in what
//!   they call, and a film must not fail for that. `clone` stays, threads need it.
//!
//! A kernel that lacks landlock or seccomp gives a warning in the log, not a failure: the parent runs
//! the child without environment, credentials or descriptors in any case.

#![expect(unsafe_code, reason = "rlimits, prctl, dup2 and malloc settings have no safe interface in std")]

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, Scope};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
use video::wire::Order;

/// System calls that are answered with `EPERM`.
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
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
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

/// What the kernel tells about this process, opened before opening is over, and the bytes of address
/// space that it may have.
static OWN_STATUS: OnceLock<(File, u64)> = OnceLock::new();

/// Open descriptors that are enough: the five in use and a few that a library may duplicate.
const DESCRIPTORS: u64 = 16;
/// Stack of threads that libav and x264 start, in bytes: many of them share the address space.
const THREAD_STACK_BYTES: usize = 2 << 20;
/// Seconds between the polite stop and the hard one.
const CPU_MARGIN_SECONDS: u64 = 5;

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
pub fn confine(order: &Order) -> Vec<String> {
    let mut missing = Vec::new();
    spare_memory();
    if let (1.., Ok(status)) = (order.memory_bytes, File::open("/proc/self/status")) {
        // A second order does not come.
        let _ = OWN_STATUS.set((status, order.memory_bytes));
    }
    limits(order, &mut missing);
    // SAFETY: prctl with these options reads only its integer arguments; setpriority and signal
    // likewise.
    unsafe {
        // A log line into a file must be lost rather than end the process.
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
            missing.push(format!("no_new_privs: {}", io::Error::last_os_error()));
        }
        libc::setpriority(libc::PRIO_PROCESS, 0, order.nice.clamp(0, 19));
    }
    if let Err(error) = no_paths() {
        missing.push(format!("landlock: {error}"));
    }
    if let Err(error) = no_calls() {
        missing.push(format!("seccomp: {error}"));
    }
    missing
}

/// Processor time of this process so far, in milliseconds.
pub fn cpu_ms() -> u64 {
    // SAFETY: getrusage fills the zeroed structure that it is given.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let ms = |time: libc::timeval| time.tv_sec as u64 * 1000 + time.tv_usec as u64 / 1000;
    ms(usage.ru_utime) + ms(usage.ru_stime)
}

/// Whether the address space of this process was once filled to three quarters of what was ordered.
/// What was asked for and not given does not count as filled.
pub fn came_near_the_limit() -> bool {
    let Some((status, limit)) = OWN_STATUS.get() else { return false };
    let mut text = [0; 4096];
    let Ok(length) = status.read_at(&mut text, 0) else { return false };
    let peak_kib = String::from_utf8_lossy(&text[..length])
        .lines()
        .find_map(|line| line.strip_prefix("VmPeak:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    peak_kib.is_some_and(|kib| kib * 1024 >= limit / 4 * 3)
}

/// Ends the process at once, whatever other threads are doing.
pub fn leave(code: i32) -> ! {
    // SAFETY: _exit runs no handlers and touches no memory of ours.
    unsafe { libc::_exit(code) }
}

/// Two heaps and small thread stacks instead of 64 MiB and 8 MiB of address space for each thread.
fn spare_memory() {
    #[cfg(target_env = "gnu")]
    // SAFETY: mallopt takes integers; the attribute is initialised before it is used and then freed.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
        let mut attributes = std::mem::zeroed::<libc::pthread_attr_t>();
        if libc::pthread_attr_init(&raw mut attributes) == 0 {
            if libc::pthread_attr_setstacksize(&raw mut attributes, THREAD_STACK_BYTES) == 0 {
                pthread_setattr_default_np(&raw const attributes);
            }
            libc::pthread_attr_destroy(&raw mut attributes);
        }
    }
}

#[cfg(target_env = "gnu")]
// SAFETY: the signature is that of glibc's pthread.h.
unsafe extern "C" {
    fn pthread_setattr_default_np(attributes: *const libc::pthread_attr_t) -> libc::c_int;
}

fn limits(order: &Order, missing: &mut Vec<String>) {
    let unlimited = |value: u64| if value == 0 { libc::RLIM_INFINITY } else { value };
    let cpu = if order.cpu_seconds == 0 { 0 } else { order.cpu_seconds + CPU_MARGIN_SECONDS };
    for (name, resource, value) in [
        ("address space", libc::RLIMIT_AS, unlimited(order.memory_bytes)),
        ("processor time", libc::RLIMIT_CPU, unlimited(cpu)),
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
