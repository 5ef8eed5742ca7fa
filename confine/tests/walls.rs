//! A process behind the walls tries what it must not be able to do. It has no harness of tests around it: that would be confined
//! with it, and everything here has to happen in one process, in this order.

use std::fs::File;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::thread;

use confine::Limits;

const MEMORY_BYTES: u64 = 512 << 20;

fn main() {
    // What can be done before cannot be done afterwards.
    assert!(everything_is_open(), "this machine does not let a process do what it is kept from here");
    let limits = Limits { memory_bytes: Some(MEMORY_BYTES), cpu_seconds: Some(60), nice: Some(1) };
    let missing = confine::this_process(&limits);
    for wall in &missing {
        eprintln!("this system lacks a wall: {wall}");
    }
    // Older kernels have no landlock; the other walls are everywhere.
    assert!(missing.iter().all(|wall| wall.starts_with("landlock: ")), "{missing:?}");
    nothing_is_open();
    thread::spawn(nothing_is_open).join().expect("threads start, behind the same walls");
    assert!(
        Vec::<u8>::new().try_reserve_exact(MEMORY_BYTES as usize).is_err(),
        "more memory than was ordered"
    );
    let mut small = Vec::<u8>::new();
    assert!(small.try_reserve_exact(16 << 20).is_ok(), "not even what was ordered");
}

fn everything_is_open() -> bool {
    File::open("/proc/self/status").is_ok()
        && TcpListener::bind("127.0.0.1:0").is_ok()
        && UnixStream::pair().is_ok()
        && Command::new("true").status().is_ok()
}

fn nothing_is_open() {
    let refused = |error: std::io::Error| {
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    };
    refused(File::open("/proc/self/status").expect_err("a file was opened"));
    refused(File::create(std::env::temp_dir().join("tablica-confine")).expect_err("a file was made"));
    refused(TcpListener::bind("127.0.0.1:0").expect_err("a port was opened"));
    refused(UnixStream::pair().expect_err("a socket was made"));
    refused(Command::new("true").status().expect_err("a program was started"));
}
