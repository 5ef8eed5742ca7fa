//! The system packages that building, running and testing need: which are missing, and how they are
//! installed. Debian and Ubuntu; elsewhere it names the programs that are missing.

use std::collections::HashSet;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::cluster::installed_programs;
use crate::process;
use crate::service_user::is_root;

/// What the machine is to be fit for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and running the program with its demonstration.
    Run,
    /// That, and all tests.
    Test,
    /// Running it and measuring it beside others.
    Measure,
}

/// Built with (the transcoding program binds FFmpeg's libraries through clang), the makers of the demonstration film, and the
/// dictionary by which search knows Polish words in all their forms.
const ALWAYS: [&str; 16] = [
    "clang",
    "ffmpeg",
    "fonts-dejavu-core",
    "gcc",
    "espeak-ng",
    "hunspell-pl",
    "libavcodec-dev",
    "libavfilter-dev",
    "libavformat-dev",
    "libavutil-dev",
    "libc6-dev",
    "libclang-dev",
    "librsvg2-bin",
    "libswresample-dev",
    "libswscale-dev",
    "pkg-config",
];

/// Needed by tests alone: a reader of PDF, a real mail server, a cache in front of films.
const FOR_TESTS: [&str; 3] = ["nginx", "poppler-utils", "python3-aiosmtpd"];

/// Debian's packages of servers start them, which nobody asked for. This file, there only while we install, says not to (policy-rc.d of
/// Debian's invoke-rc.d); one that is there already is left alone.
const NO_START: &str = "[ -e /usr/sbin/policy-rc.d ] || \
    { printf '#!/bin/sh\\n# tablica\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d; }";
/// Takes it away again. A server that only tests start is not started with the machine either.
const START_AGAIN: &str = "grep -qx '# tablica' /usr/sbin/policy-rc.d && rm -f /usr/sbin/policy-rc.d; \
    if command -v systemctl >/dev/null; then systemctl disable --quiet nginx || true; fi";

/// Names under which Chromium is found; any one will do.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Debian's PostgreSQL package starts a cluster of its own, which nobody asked for. This file, there only
/// while we install the package, says not to.
const NO_CLUSTER_FOLDER: &str = "/etc/postgresql-common/createcluster.d";
const NO_CLUSTER_FILE: &str = "/etc/postgresql-common/createcluster.d/tablica.conf";
const NO_CLUSTER_TEXT: &str = "create_main_cluster = false";

/// Installs what is missing for this purpose.
///
/// # Errors
/// When something is missing and cannot be installed by us: the message holds the one line to run.
pub fn ensure(purpose: Purpose) -> Result<()> {
    if !process::is_on_path("dpkg-query") {
        return ensure_elsewhere(purpose);
    }
    let missing = missing(purpose)?;
    if missing.is_empty() {
        println!("all system packages are there");
        return Ok(());
    }
    println!("missing system packages: {}", missing.join(" "));
    let Some(prefix) = way_to_root() else {
        bail!(
            "system packages are missing and we are neither root nor can use sudo; run this line as root, \
             then start again:\n\n  {}\n",
            line_for_a_person(&missing)
        );
    };
    install(prefix, missing)
}

/// The path of the browser that tests drive.
pub fn browser() -> Option<PathBuf> {
    BROWSERS.into_iter().find_map(process::on_path)
}

fn missing(purpose: Purpose) -> Result<Vec<String>> {
    let installed = installed()?;
    let for_tests = FOR_TESTS.into_iter().filter(|_| purpose == Purpose::Test);
    let mut missing: Vec<String> = ALWAYS
        .into_iter()
        .chain(for_tests)
        .filter(|name| !installed.contains(*name))
        .map(str::to_owned)
        .collect();
    if installed_programs().is_none() {
        missing.push(newest_postgresql());
    }
    if !node_is_new_enough() {
        missing.push("nodejs".to_owned());
    }
    if !process::is_on_path("npm") {
        missing.push("npm".to_owned());
    }
    if purpose != Purpose::Run && browser().is_none() {
        missing.push("chromium".to_owned());
    }
    if purpose == Purpose::Measure {
        if !process::is_on_path("wrk") {
            missing.push("wrk".to_owned());
        }
        if !installed.contains("nginx") {
            missing.push("nginx".to_owned());
        }
        if !python_makes_environments() {
            missing.push("python3-venv".to_owned());
        }
    }
    Ok(missing)
}

fn installed() -> Result<HashSet<String>> {
    let mut query = Command::new("dpkg-query");
    let list = process::answer(query.args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"]))?;
    Ok(list.lines().filter_map(|line| line.strip_suffix(" installed")).map(str::to_owned).collect())
}

/// Node.js 18 is the oldest that the tools of the browser part run on.
fn node_is_new_enough() -> bool {
    let version = process::answer(Command::new("node").arg("--version")).unwrap_or_default();
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= 18)
}

/// Debian's Python comes without what a new environment needs.
fn python_makes_environments() -> bool {
    process::answer(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

/// The newest PostgreSQL server the distribution offers; `postgresql` when its lists do not tell.
fn newest_postgresql() -> String {
    let names =
        process::answer(Command::new("apt-cache").args(["pkgnames", "postgresql-"])).unwrap_or_default();
    let versions = names.lines().filter_map(|name| name.strip_prefix("postgresql-")?.parse::<u32>().ok());
    versions.max().map_or_else(|| "postgresql".to_owned(), |version| format!("postgresql-{version}"))
}

/// The words that come before a command so that it runs as root; `None` when there is no way.
fn way_to_root() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    if !process::is_on_path("sudo") {
        return None;
    }
    if process::answer(Command::new("sudo").args(["-n", "true"])).is_ok() {
        return Some(&["sudo", "-n"]);
    }
    std::io::stdin().is_terminal().then_some(&["sudo"] as &[&str])
}

fn install(prefix: &[&str], mut missing: Vec<String>) -> Result<()> {
    as_root(prefix, &["apt-get", "-o", "DPkg::Lock::Timeout=300", "update", "--quiet"])?;
    let database = missing.iter_mut().find(|name| name.starts_with("postgresql"));
    let with_database = database.is_some();
    if let Some(name) = database {
        *name = newest_postgresql();
    }
    if with_database {
        let script = format!("mkdir -p {NO_CLUSTER_FOLDER} && echo '{NO_CLUSTER_TEXT}' > {NO_CLUSTER_FILE}");
        as_root(prefix, &["sh", "-c", &script])?;
    }
    let with_server = missing.iter().any(|name| name == "nginx");
    if with_server {
        as_root(prefix, &["sh", "-c", NO_START])?;
    }
    let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"];
    words.extend(["install", "--yes", "--quiet", "--no-install-recommends"]);
    words.extend(missing.iter().map(String::as_str));
    let installed = as_root(prefix, &words);
    if with_database {
        as_root(prefix, &["rm", "-f", NO_CLUSTER_FILE])?;
    }
    if with_server {
        as_root(prefix, &["sh", "-c", START_AGAIN])?;
    }
    installed?;
    if installed_programs().is_none() {
        bail!(
            "the distribution offers no PostgreSQL server of version 15 or newer; install one and start again"
        );
    }
    Ok(())
}

fn as_root(prefix: &[&str], words: &[&str]) -> Result<()> {
    let mut all = prefix.iter().chain(words);
    let Some(program) = all.next() else { return Ok(()) };
    let mut command = Command::new(program);
    command.args(all);
    println!("$ {}", process::shown(&command));
    // A password may be asked for.
    if prefix == ["sudo"] { process::run_in_foreground(&mut command) } else { process::run(&mut command) }
}

fn line_for_a_person(missing: &[String]) -> String {
    let install =
        format!("apt-get update && apt-get install -y --no-install-recommends {}", missing.join(" "));
    if missing.iter().any(|name| name.starts_with("postgresql")) {
        return format!(
            "mkdir -p {NO_CLUSTER_FOLDER} && echo '{NO_CLUSTER_TEXT}' > {NO_CLUSTER_FILE} && {install}; \
             rm -f {NO_CLUSTER_FILE}"
        );
    }
    install
}

/// On a system without dpkg we install nothing, but say what a person has to.
fn ensure_elsewhere(purpose: Purpose) -> Result<()> {
    let programs = ["cc", "clang", "pkg-config", "ffmpeg", "espeak-ng", "rsvg-convert", "npm"];
    let mut missing: Vec<&str> = programs.into_iter().filter(|name| !process::is_on_path(name)).collect();
    if !node_is_new_enough() {
        missing.push("node 18 or newer");
    }
    if installed_programs().is_none() {
        missing.push("the PostgreSQL server, 15 or newer");
    }
    for library in ["libavcodec", "libavformat", "libavfilter", "libavutil", "libswscale", "libswresample"] {
        if process::answer(Command::new("pkg-config").args(["--exists", library])).is_err() {
            missing.push(library);
        }
    }
    if purpose != Purpose::Run && browser().is_none() {
        missing.push("chromium");
    }
    if purpose == Purpose::Test
        && !process::is_on_path("nginx")
        && !PathBuf::from("/usr/sbin/nginx").is_file()
    {
        missing.push("nginx");
    }
    let mail = process::answer(Command::new("python3").args(["-c", "import aiosmtpd"]));
    if purpose == Purpose::Test && mail.is_err() {
        missing.push("aiosmtpd for python3");
    }
    if purpose == Purpose::Measure && !process::is_on_path("wrk") {
        missing.push("wrk");
    }
    if purpose == Purpose::Measure && !python_makes_environments() {
        missing.push("python3 with venv");
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "this system has no dpkg (it is neither Debian nor Ubuntu), so nothing was installed; \
         please install: {}",
        missing.join(", ")
    )
}
