//! Letters of the program through a real SMTP server (aiosmtpd, `smtp.py`): delivered, tried again, given up; and without one, as files.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base::Actor;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::harness::{Client, TestApp, quiet_port};

/// The distribution's Python, which is the one that its packages are for.
fn python() -> &'static str {
    let own = "/usr/bin/python3";
    if Path::new(own).exists() { own } else { "python3" }
}

/// A mail server and what it heard.
struct Server {
    port: u16,
    heard: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Server {
    /// On this port; 0: any.
    async fn start(port: u16) -> Self {
        let mut child = Command::new(python())
            .arg(TestApp::root().join("tests/http/smtp.py"))
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 is installed");
        let mut heard = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = heard.next_line().await.unwrap().expect("python3-aiosmtpd is installed");
        let said: Value = serde_json::from_str(&first).unwrap();
        Self { port: u16::try_from(said["port"].as_u64().unwrap()).unwrap(), heard, _child: child }
    }

    /// The next try.
    async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(120), self.heard.next_line()).await;
        serde_json::from_str(&line.expect("a try within two minutes").unwrap().unwrap()).unwrap()
    }
}

async fn program(port: u16) -> TestApp {
    TestApp::start_with(|config| {
        config.smtp_url = format!("smtp://127.0.0.1:{port}");
        config.smtp_from = "Szkolenia – Urząd <szkolenia@brzozow.example.org>".to_owned();
    })
    .await
}

/// Makes a person with this address and has the letter with their link sent; answers the link on the page.
async fn invite(admin: &Client, login: &str, email: &str) -> String {
    let form = [
        ("given_name", "Łucja"),
        ("family_name", "Źdźbło"),
        ("login", login),
        ("email", email),
        ("language", "pl"),
    ];
    let person = admin.post("/people/new", &form).await.assert(303).location();
    let page = admin.post(&format!("{person}/password-link"), &[]).await.assert(200);
    let (_, rest) = page.text.split_once("/password/").unwrap();
    format!("/password/{}", &rest[..rest.find('<').unwrap()])
}

/// State, tries and last error of the one letter, once it is in one of these states after at least so many tries.
async fn settled(app: &TestApp, states: &[&str], tries: i32) -> (String, i32, String, Value) {
    let mut last = None;
    for _ in 0..2400 {
        let mut tx = app.ground.db.begin(&Actor::installation("test")).await.unwrap();
        let row: (String, i32, Option<String>, Value) =
            sqlx::query_as("select state, attempt, last_error, args from job where kind = 'mail'")
                .fetch_one(tx.connection())
                .await
                .unwrap();
        drop(tx);
        if states.contains(&row.0.as_str()) && row.1 >= tries {
            return (row.0, row.1, row.2.unwrap_or_default(), row.3);
        }
        last = Some(row);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{last:?}");
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written_and_its_link_works() {
    let mut server = Server::start(0).await;
    let app = program(server.port).await;
    let admin = app.office("brzozow").await.admin("zofia").await.client;
    let link = invite(&admin, "lucja", "lucja@example.org").await;
    let letter = server.next().await;
    assert_eq!(letter["to"], "lucja@example.org");
    assert_eq!(letter["sender"], "szkolenia@brzozow.example.org");
    assert_eq!(letter["subject"], "Ustawienie hasła – Urząd brzozow");
    assert_eq!((letter["kind"].as_str(), letter["charset"].as_str()), (Some("text/plain"), Some("utf-8")));
    assert_eq!((letter["version"].as_str(), &letter["defects"]), (Some("1.0"), &serde_json::json!([])));
    assert_eq!(letter["plain"], true, "a server without 8BITMIME would break it");
    let id = letter["id"].as_str().unwrap();
    assert!(id.starts_with('<') && id.ends_with("@brzozow.example.org>") && !id.contains(' '), "{id}");
    assert!(!letter["date"].as_str().unwrap().is_empty());
    let text = letter["text"].as_str().unwrap();
    assert!(
        text.contains("Łucja Źdźbło") && text.contains("Aby ustawić hasło") && text.contains(&link),
        "{text}"
    );
    app.visitor().get(&link).await.assert(200);
    let (state, tries, _, kept) = settled(&app, &["done"], 1).await;
    assert_eq!((state.as_str(), tries), ("done", 1));
    assert!(!kept.to_string().contains("/password/"), "a letter that is gone is still kept with its link");
    app.end().await;
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_asked_again_later() {
    let mut server = Server::start(0).await;
    let app = program(server.port).await;
    let admin = app.office("brzozow").await.admin("zofia").await.client;
    let link = invite(&admin, "lucja", "later-2@example.org").await;
    for tries in 1..=2 {
        assert!(server.next().await["answer"].as_str().unwrap().starts_with("451"));
        let (_, _, why, _) = settled(&app, &["waiting"], tries).await;
        assert!(why.contains("451") || why.contains("try again later"), "{why}");
        app.clock.advance(time::Duration::minutes(11));
    }
    let letter = server.next().await;
    assert!(letter["answer"] == "250" && letter["text"].as_str().unwrap().contains(&link), "{letter}");
    assert_eq!(settled(&app, &["done"], 3).await.1, 3);
    app.end().await;
}

#[tokio::test]
async fn after_the_last_try_the_letter_is_on_the_dead_list_with_its_reason() {
    let mut server = Server::start(0).await;
    let app = program(server.port).await;
    let admin = app.office("brzozow").await.admin("zofia").await.client;
    invite(&admin, "lucja", "never@example.org").await;
    for tries in 1..=8 {
        assert!(server.next().await["answer"].as_str().unwrap().starts_with("451"));
        settled(&app, &["waiting", "dead"], tries).await;
        app.clock.advance(time::Duration::minutes(11));
    }
    let (state, tries, why, _) = settled(&app, &["dead"], 8).await;
    assert_eq!((state.as_str(), tries), ("dead", 8));
    assert!(why.contains("try again later"), "{why}");
    app.end().await;
}

#[tokio::test]
async fn a_receiver_who_is_not_there_is_tried_once() {
    let mut server = Server::start(0).await;
    let app = program(server.port).await;
    let admin = app.office("brzozow").await.admin("zofia").await.client;
    invite(&admin, "lucja", "refused@example.org").await;
    assert!(server.next().await["answer"].as_str().unwrap().starts_with("550"));
    let (_, tries, why, _) = settled(&app, &["dead"], 1).await;
    assert_eq!(tries, 1);
    assert!(why.contains("no such mailbox"), "{why}");
    app.end().await;
}

#[tokio::test]
async fn a_letter_waits_for_a_server_that_is_away() {
    let port = quiet_port();
    let app = program(port).await;
    let admin = app.office("brzozow").await.admin("zofia").await.client;
    let link = invite(&admin, "lucja", "lucja@example.org").await;
    let (_, _, why, _) = settled(&app, &["waiting"], 1).await;
    assert!(!why.is_empty());
    let mut server = Server::start(port).await;
    app.clock.advance(time::Duration::minutes(11));
    assert!(server.next().await["text"].as_str().unwrap().contains(&link));
    settled(&app, &["done"], 2).await;
    app.end().await;
}

/// What a program for mail (Python's) sees in a file.
async fn opened(file: &Path) -> Value {
    let script = "import json, sys; from email import message_from_bytes, policy; \
                  letter = message_from_bytes(open(sys.argv[1], 'rb').read(), policy=policy.default); \
                  print(json.dumps(dict(to=str(letter['to']), sender=str(letter['from']), subject=str(letter['subject']), \
                  id=str(letter['message-id']), dated=letter['date'].datetime is not None, version=str(letter['mime-version']), \
                  kind=letter.get_content_type(), charset=letter.get_content_charset(), text=letter.get_content(), \
                  parts=letter.is_multipart(), \
                  defects=[repr(one) for part in letter.walk() for one in part.defects])))";
    let read = Command::new(python()).args(["-c", script]).arg(file).output().await;
    let read = read.expect("python3 is installed");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).unwrap()
}

#[tokio::test]
async fn without_a_mail_server_a_letter_is_a_file_that_its_owner_opens_and_reads() {
    let app = TestApp::start().await;
    assert!(app.config.smtp_url.is_empty());
    let admin = app.office("brzozow").await.admin("zofia").await.client;
    let link = invite(&admin, "lucja", "lucja@example.org").await;
    settled(&app, &["done"], 1).await;
    let folder = app.config.data_dir.join("mail");
    let files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // The letter, and nothing of its making.
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].extension().unwrap(), "eml", "{files:?}");
    let letter = opened(&files[0]).await;
    assert_eq!(letter["to"], "lucja@example.org");
    assert_eq!(letter["sender"], "tablica@localhost.localdomain");
    assert_eq!(letter["subject"], "Ustawienie hasła – Urząd brzozow");
    assert_eq!((letter["kind"].as_str(), letter["charset"].as_str()), (Some("text/plain"), Some("utf-8")));
    assert_eq!((letter["parts"].as_bool(), letter["dated"].as_bool()), (Some(false), Some(true)));
    assert_eq!((letter["version"].as_str(), &letter["defects"]), (Some("1.0"), &serde_json::json!([])));
    let id = letter["id"].as_str().unwrap();
    assert!(id.starts_with('<') && id.ends_with("@localhost.localdomain>") && !id.contains(' '), "{id}");
    let text = letter["text"].as_str().unwrap();
    assert!(
        text.contains("Łucja Źdźbło") && text.contains("Aby ustawić hasło") && text.contains(&link),
        "{text}"
    );
    app.visitor().get(&link).await.assert(200);
    // Whoever has the link sets the password: others on this machine do not read it.
    assert_eq!(folder.metadata().unwrap().mode() & 0o077, 0);
    app.end().await;
}
