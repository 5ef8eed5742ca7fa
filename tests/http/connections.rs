//! Clients that are slow on purpose, and those that are slow because their line is.

use std::time::{Duration, Instant};

use server::serve::Patience;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{PASSWORD, TestApp};

const HEAD: Duration = Duration::from_millis(600);
const SILENCE: Duration = Duration::from_secs(2);
/// A whole machine may stand still for longer than a client is waited for, which is no fault of anybody's: so often it is tried again.
const TRIES: usize = 5;

async fn impatient() -> TestApp {
    let patience = Patience { head: HEAD, silence: SILENCE };
    TestApp::start_patient(patience, |config| config.workers = 0).await
}

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.address.trim_start_matches("http://")).await.unwrap()
}

/// Everything until the server hangs up. Panics when it does not within two minutes.
async fn rest(socket: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(120), socket.read_to_end(&mut said)).await;
    // A reset is an end as well.
    let _ended = read.expect("the server holds the connection").is_ok();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_head_that_only_drips_is_not_waited_for() {
    let app = impatient().await;
    let begun = Instant::now();
    let mut socket = connect(&app).await;
    socket.write_all(b"GET /sign-in HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    // It drips for as long as anybody listens: whoever begins to wait anew at every byte listens to all of it.
    let mut sent = 0;
    while sent < 2400 && socket.write_all(b"a").await.is_ok() {
        sent += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(sent < 2400, "it is still listened to");
    assert!(!rest(&mut socket).await.contains("200 OK"));
    assert!(begun.elapsed() >= HEAD.mul_f32(0.8), "it did not even wait for {HEAD:?}");
    app.end().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_at_all_is_ended() {
    let app = impatient().await;
    let mut socket = connect(&app).await;
    assert_eq!(rest(&mut socket).await, "");
    // Neither is one kept for ever that was used once.
    let begun = Instant::now();
    let mut socket = connect(&app).await;
    socket.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(rest(&mut socket).await.contains("200 OK"));
    assert!(begun.elapsed() >= HEAD.mul_f32(0.8), "a kept connection was ended at once");
    app.end().await;
}

#[tokio::test]
async fn a_body_that_stands_still_is_ended_and_one_that_only_crawls_arrives() {
    let app = impatient().await;
    app.office("brzozow").await.learner("ada").await;
    let host = app.address.trim_start_matches("http://").to_owned();
    let form = format!("name=ada%40brzozow&password={}", PASSWORD.replace(' ', "+"));
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        form.len()
    );
    let begun = Instant::now();
    let mut still = connect(&app).await;
    still.write_all(head.as_bytes()).await.unwrap();
    still.write_all(&form.as_bytes()[..5]).await.unwrap();
    assert!(!rest(&mut still).await.contains("303"));
    assert!(begun.elapsed() >= SILENCE.mul_f32(0.8), "{:?}", begun.elapsed());
    // Several times longer than either limit in all, with never more than a short silence.
    let mut said = String::new();
    for _ in 0..TRIES {
        let mut crawling = connect(&app).await;
        crawling.write_all(head.as_bytes()).await.unwrap();
        for byte in form.as_bytes() {
            if crawling.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        said = rest(&mut crawling).await;
        if said.starts_with("HTTP/1.1 303") {
            break;
        }
    }
    assert!(said.starts_with("HTTP/1.1 303"), "{said}");
    app.end().await;
}

#[tokio::test]
async fn a_download_that_is_read_slowly_arrives_whole() {
    let app = impatient().await;
    // The largest file of the site.
    let whole = app.visitor().get("/assets/hls.js").await.assert(200);
    let mut arrived = false;
    for _ in 0..TRIES {
        let mut socket = connect(&app).await;
        let ask = b"GET /assets/hls.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        socket.write_all(ask).await.unwrap();
        let mut said = Vec::new();
        let mut piece = vec![0; 20 << 10];
        while let Ok(length @ 1..) = socket.read(&mut piece).await {
            said.extend_from_slice(&piece[..length]);
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        let body = said.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
        arrived = String::from_utf8_lossy(&said[body..]) == whole.text;
        if arrived {
            break;
        }
    }
    assert!(arrived, "a part of it is missing each time");
    app.end().await;
}
