//! `tablica` as a person starts it at a terminal: the first start and the link that it tells, Ctrl-C and what it leaves behind, and a
//! course as a folder by its commands.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::harness::work::{program, signal};
use crate::harness::{Client, PASSWORD, SET_UP, TestApp, quiet_port};

/// How long a program may take to be ready or to end: the machine may be slow, and a first start makes a database.
const PATIENCE_STEPS: u32 = 1800;
const STEP: Duration = Duration::from_millis(100);

/// A folder that the user of the embedded PostgreSQL can walk into.
fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// A running `tablica serve` with everything embedded. Dropping it kills it.
struct Serving {
    child: Child,
    address: String,
    /// What it writes: standard output, and its log.
    desk: tempfile::TempDir,
}

impl Serving {
    /// Starts it on this data folder and waits until it says that it serves.
    async fn start(data: &Path) -> Self {
        let desk = tempfile::tempdir().unwrap();
        let port = quiet_port();
        let child = Command::new(program())
            .args(["serve", "--port", &port.to_string(), "--data"])
            .arg(data)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(File::create(desk.path().join("said")).unwrap())
            .stderr(File::create(desk.path().join("log")).unwrap())
            // A group of its own, as a shell gives one to each command: Ctrl-C goes to all of it.
            .process_group(0)
            .spawn()
            .unwrap();
        let mut serving = Self { child, address: format!("http://127.0.0.1:{port}"), desk };
        for _ in 0..PATIENCE_STEPS {
            if serving.said().contains("Ctrl-C stops everything") {
                return serving;
            }
            let ended = serving.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}\n{}", serving.said(), serving.log());
            tokio::time::sleep(STEP).await;
        }
        panic!("not ready: {}\n{}", serving.said(), serving.log());
    }

    fn said(&self) -> String {
        fs::read_to_string(self.desk.path().join("said")).unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.desk.path().join("log")).unwrap()
    }

    fn visitor(&self) -> Client {
        Client::new(&self.address)
    }

    /// Ctrl-C at its terminal. Answers how it ended and what it had said.
    async fn interrupted(mut self) -> (ExitStatus, String) {
        let group = format!("-{}", self.child.id());
        assert!(Command::new("kill").args(["-INT", "--", &group]).status().unwrap().success());
        for _ in 0..PATIENCE_STEPS {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, self.said());
            }
            tokio::time::sleep(STEP).await;
        }
        panic!("it does not end: {}\n{}", self.said(), self.log());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // One that has ended is fine.
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Parent and moment of birth of every process by its number, without those that have ended and are not asked for yet.
fn processes() -> BTreeMap<u32, (u32, String)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // proc(5): a name in brackets that may hold anything, then state and parent; the moment of birth is the 22nd field of all.
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        if fields.len() > 19 && fields[0] != "Z" {
            found.insert(pid, (fields[1].parse().unwrap(), fields[19].to_owned()));
        }
    }
    found
}

/// A process and all that it and its children started, each with its moment of birth: numbers are given again.
fn family(of: u32) -> Vec<(u32, String)> {
    let all = processes();
    let mut found = vec![of];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(all.iter().filter(|(_, (of, _))| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found.into_iter().filter_map(|pid| Some((pid, all.get(&pid)?.1.clone()))).collect()
}

/// What is left of a family, and of what names this folder: PostgreSQL is told where its cluster is.
fn left(family: &[(u32, String)], folder: &Path) -> Vec<String> {
    let folder = folder.canonicalize().unwrap().to_string_lossy().into_owned();
    let line = |pid: u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).replace('\0', " ")
    };
    let all = processes();
    let ours = |pid: u32, born: &String| family.iter().any(|one| one.0 == pid && one.1 == *born);
    let left = all.iter().filter(|(pid, (_, born))| ours(**pid, born) || line(**pid).contains(&folder));
    left.map(|(pid, _)| format!("{pid}: {}", line(*pid))).collect()
}

#[tokio::test]
async fn ctrl_c_ends_all_that_was_started_and_the_same_folder_serves_again() {
    let data = place();
    let cluster = data.path().join("postgres/cluster");
    let serving = Serving::start(data.path()).await;
    serving.visitor().get("/sign-in").await.assert(200);
    let working = family(serving.child.id());
    let before = left(&working, data.path());
    assert!(before.iter().any(|line| line.contains("postgres")), "{before:#?}");
    assert!(working.len() > 3, "the program, PostgreSQL and its own processes: {before:#?}");
    assert!(cluster.join("postmaster.pid").exists());
    let address = serving.address.clone();
    let (status, said) = serving.interrupted().await;
    assert!(status.success() && said.trim_end().ends_with("stopping"), "{status}: {said}");
    assert_eq!(left(&working, data.path()), Vec::<String>::new());
    assert!(!cluster.join("postmaster.pid").exists());
    assert!(std::net::TcpStream::connect(address.trim_start_matches("http://")).is_err());

    // Again on the same folder; and whoever is killed ends nothing in order, but PostgreSQL goes with it.
    let serving = Serving::start(data.path()).await;
    serving.visitor().get("/sign-in").await.assert(200);
    assert!(cluster.join("postmaster.pid").exists());
    let working = family(serving.child.id());
    signal("KILL", serving.child.id());
    for _ in 0..PATIENCE_STEPS {
        if left(&working, data.path()).is_empty() {
            break;
        }
        tokio::time::sleep(STEP).await;
    }
    assert_eq!(left(&working, data.path()), Vec::<String>::new());
    drop(serving);
}

/// The path of the one link for setting up that a program told; `None` when it told none.
fn set_up_link(said: &str) -> Option<String> {
    assert!(said.matches("/setup/").count() <= 1, "{said}");
    let (_, rest) = said.split_once("/setup/")?;
    Some(format!("/setup/{}", rest.split_whitespace().next().unwrap()))
}

#[tokio::test]
async fn the_first_start_tells_a_link_that_sets_up_once_and_there_is_no_password_that_nobody_chose() {
    let data = place();
    let first = Serving::start(data.path()).await;
    let said = first.said();
    let old = set_up_link(&said).expect("a link");
    assert!(said.contains(&format!("{}{old}", first.address)), "{said}");
    assert!(!said.to_lowercase().contains("password"), "{said}");
    // Nobody is there yet: no name, so no password that could be the usual one.
    let (fine, out, errors) = tablica(&[], data.path(), &["user", "list"]).await;
    assert!(fine && out.trim() == "nobody", "{out}{errors}");
    let visitor = first.visitor();
    for name in ["admin", "administrator", "tablica", "jadwiga@urzad"] {
        for password in ["admin", "tablica", server::demo::PASSWORD] {
            visitor.post("/sign-in", &[("name", name), ("password", password)]).await.assert(422);
        }
    }
    visitor.get(&old).await.assert(200);
    first.interrupted().await;

    // Started anew before anybody came: another link, and the one that stands in an old log opens nothing.
    let second = Serving::start(data.path()).await;
    let link = set_up_link(&second.said()).expect("a link");
    assert_ne!(link, old);
    let visitor = second.visitor();
    visitor.get(&old).await.assert(404);
    visitor.get(&link).await.assert(200);
    visitor.post(&old, &SET_UP).await.assert(404);
    visitor.post(&link, &SET_UP).await.assert(303);
    visitor.post(&link, &SET_UP).await.assert(404);
    visitor.get(&link).await.assert(404);
    visitor.sign_in("jadwiga", PASSWORD).await;
    visitor.get("/organisations").await.assert(200).has("Urząd Miejski");
    second.interrupted().await;

    // Somebody is there: no link any more, and they sign in as before.
    let third = Serving::start(data.path()).await;
    assert_eq!(set_up_link(&third.said()), None);
    third.visitor().get(&link).await.assert(404);
    third.visitor().sign_in("jadwiga", PASSWORD).await;
    third.interrupted().await;
}

/// A command of the program on this data folder: whether it went well, its standard output, its standard error.
async fn tablica(environment: &[(&str, &str)], data: &Path, arguments: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(program());
    command.arg("--data").arg(data).args(arguments).env("RUST_LOG", "warn");
    command.envs(environment.iter().copied());
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.success(), text(done.stdout), text(done.stderr))
}

/// Every file under a folder with its bytes.
fn tree(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap() {
        let entry = entry.unwrap().path();
        if entry.is_dir() {
            files.extend(tree(&entry));
        } else {
            files.insert(entry.clone(), fs::read(&entry).unwrap());
        }
    }
    files
}

/// The same by the paths within the folder.
fn inside(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    tree(folder)
        .into_iter()
        .map(|(path, bytes)| (path.strip_prefix(folder).unwrap().to_owned(), bytes))
        .collect()
}

#[tokio::test]
async fn a_course_goes_out_is_checked_and_comes_in_by_the_commands_and_faults_are_told_with_their_lines() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let (office, other) = (app.office("brzozow").await, app.office("lesko").await);
    let (ada, ben) = (office.instructor("ada").await, other.instructor("ben").await);
    // Beside the running program, as at the terminal of its machine.
    let environment = [("TABLICA_DATABASE_URL", app.config.database_url.as_str())];
    let course = async |arguments: &[&str]| {
        let all: Vec<&str> = ["course"].into_iter().chain(arguments.iter().copied()).collect();
        tablica(&environment, &app.config.data_dir, &all).await
    };
    let (slug, demo) = ("sprawy-przez-internet", TestApp::root().join("demo/courses/sprawy-przez-internet"));
    let desk = tempfile::tempdir().unwrap();
    let (out, again) = (desk.path().join("kurs"), desk.path().join("znowu"));
    let at = |path: &Path| path.to_str().unwrap().to_owned();
    let (demo_at, out_at, again_at) = (at(&demo), at(&out), at(&again));

    let (fine, said, errors) = course(&["import", &demo_at, "--author", "ada@brzozow"]).await;
    assert!(fine && said.starts_with(&format!("{slug}: units 10, tests 3,")), "{said}{errors}");
    let (fine, said, errors) = course(&["export", slug, &out_at, "--author", "ada@brzozow"]).await;
    assert!(fine && said.contains("units 10, tests 3,"), "{said}{errors}");
    let names = |folder: &Path| inside(folder).into_keys().collect::<Vec<_>>();
    assert_eq!(names(&out), names(&demo));
    let (fine, said, errors) = course(&["check", &out_at]).await;
    assert!(fine && said.contains("no faults; units: 10, tests: 3"), "{said}{errors}");
    assert_eq!(errors, "");
    // Into another organisation, and out of it: byte for byte.
    let (fine, said, errors) = course(&["import", &out_at, "--author", "ben@lesko"]).await;
    assert!(fine, "{said}{errors}");
    let (fine, said, errors) = course(&["export", slug, &again_at, "--author", "ben@lesko"]).await;
    assert!(fine, "{said}{errors}");
    assert!(inside(&again) == inside(&out), "the second round lost something");
    ben.client.get(&format!("/teaching/{slug}")).await.assert(200).has("Sprawy urzędowe przez internet");

    // Refused in words, and nothing is written over.
    let (fine, said, errors) = course(&["export", slug, &out_at, "--author", "ada@brzozow"]).await;
    assert!(!fine && said.is_empty() && !errors.is_empty(), "{said}{errors}");
    let (fine, _, errors) = course(&["export", slug, &again_at, "--author", "nikt@brzozow"]).await;
    assert!(!fine && errors.contains("there is no nikt"), "{errors}");
    let (fine, said, errors) = course(&["import", &out_at, "--author", "ada@brzozow"]).await;
    assert!(!fine && said.is_empty() && errors.contains("--replace"), "{said}{errors}");
    let (fine, said, errors) = course(&["import", &out_at, "--author", "ada@brzozow", "--replace"]).await;
    assert!(fine, "{said}{errors}");

    // A fault in two files: each is told as file:line, on standard error, and nothing of the folder is taken in.
    let unit = out.join("01-od-czego-zaczac.md");
    let text = fs::read_to_string(&unit).unwrap();
    let front: Vec<&str> = text.lines().take(4).collect();
    let minutes = front.iter().position(|line| line.starts_with("minutes")).unwrap() + 1;
    fs::write(&unit, text.replacen("minutes = 6", "minutes = 6000", 1)).unwrap();
    fs::remove_file(out.join("03-mobywatel.md")).unwrap();
    for arguments in [
        vec!["check", out_at.as_str()],
        vec!["import", out_at.as_str(), "--author", "ada@brzozow", "--replace"],
    ] {
        let (fine, said, errors) = course(&arguments).await;
        assert!(!fine && said.is_empty(), "{said}{errors}");
        let wrong = format!("01-od-czego-zaczac.md:{minutes}: ");
        assert!(errors.lines().any(|line| line.starts_with(&wrong)), "{wrong}: {errors}");
        let gone = |line: &str| line.starts_with("course.toml:") && line.contains("03-mobywatel.md");
        assert!(errors.lines().any(gone), "{errors}");
        assert!(errors.lines().last().is_some_and(|line| line.starts_with("faults: ")), "{errors}");
    }
    let kept = ada.client.get(&format!("/teaching/{slug}")).await.assert(200);
    kept.has("mObywatel");
    app.end().await;
}
