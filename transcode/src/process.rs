//! This process: confined for its order ([`confine`] is the crate that two programs share), with small thread stacks; how much
//! processor time it has used, whether it came near its limit of memory, and its end.

#![expect(unsafe_code, reason = "getrusage, thread attributes and _exit have no safe interface in std")]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

use confine::Limits;
use video::wire::Order;

/// What the kernel tells about this process, opened before opening is over, and the bytes of address
/// space that it may have.
static OWN_STATUS: OnceLock<(File, u64)> = OnceLock::new();

/// Stack of threads that libav and x264 start, in bytes: many of them share the address space.
const THREAD_STACK_BYTES: usize = 2 << 20;
/// Seconds between the polite stop (in [`crate::parent`]) and the hard one.
const CPU_MARGIN_SECONDS: u64 = 5;

/// Confines this process to what its order allows; call it before the first thread is started.
/// Gives a sentence for each wall that this system does not have.
pub fn confine_for(order: &Order) -> Vec<String> {
    small_stacks();
    quiet_encoders();
    if let (1.., Ok(status)) = (order.memory_bytes, File::open("/proc/self/status")) {
        // A second order does not come.
        let _ = OWN_STATUS.set((status, order.memory_bytes));
    }
    let unless_zero = |value: u64| (value != 0).then_some(value);
    confine::this_process(&Limits {
        memory_bytes: unless_zero(order.memory_bytes),
        cpu_seconds: unless_zero(order.cpu_seconds).map(|seconds| seconds + CPU_MARGIN_SECONDS),
        nice: Some(order.nice),
    })
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

/// SVT-AV1 tells all its settings every time it begins, unless it is told to tell errors alone. Called before the first thread is started.
fn quiet_encoders() {
    // SAFETY: both are texts with an end, and no other thread reads the environment yet.
    unsafe {
        libc::setenv(c"SVT_LOG".as_ptr(), c"1".as_ptr(), 1);
    }
}

/// Small thread stacks instead of 8 MiB of address space for each thread.
fn small_stacks() {
    #[cfg(target_env = "gnu")]
    // SAFETY: the attribute is initialised before it is used and then freed.
    unsafe {
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
