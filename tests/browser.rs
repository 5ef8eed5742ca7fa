//! Flows in a real browser: Chromium driven by playwright-core, by the scripts beside this file, against the real server.

use std::process::Stdio;

use crate::harness::TestApp;

/// Runs `tests/browser/<name>.mjs` with the address of the program and these arguments.
async fn script(app: &TestApp, name: &str, arguments: &[&str]) {
    let root = TestApp::root();
    let run = tokio::process::Command::new("node")
        .arg(root.join("tests/browser").join(format!("{name}.mjs")))
        .arg(&app.address)
        .args(arguments)
        .env("ADMIN", "admin")
        .current_dir(&root)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let done = tokio::time::timeout(std::time::Duration::from_secs(400), run)
        .await
        .expect("the browser script ends")
        .unwrap();
    assert!(
        done.status.success(),
        "{name}:\n{}\n{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

/// An office with an instructor, two learners and a group, a film of a minute and its captions.
async fn stage(app: &TestApp) -> (String, String) {
    let office = app.office("brzozow").await;
    office.instructor("ada").await;
    office.instructor("ewa").await;
    office.admin("admin").await;
    let jan = office.learner("jan").await;
    office.learner("ola").await;
    office.group("Redaktorzy", &[&jan]).await;
    let film = crate::harness::film_of(app.folder.path(), "640x360", 60);
    let captions = app.folder.path().join("film.pl.vtt");
    let cues: String = (0..12)
        .map(|number| {
            let (from, to) = (number * 5, number * 5 + 4);
            format!("00:{from:02}.000 --> 00:{to:02}.000\nZdanie {number} o dostępności.\n\n")
        })
        .collect();
    std::fs::write(&captions, format!("WEBVTT\n\n{cues}")).unwrap();
    (film.display().to_string(), captions.display().to_string())
}

#[tokio::test]
async fn a_teacher_publishes_a_course_with_a_film_and_a_learner_takes_it() {
    let app = TestApp::start().await;
    let (film, captions) = stage(&app).await;
    script(&app, "main", &[&film, &captions]).await;
    // Every page of it once more: axe, 320 px, script off.
    script(&app, "pages", &[]).await;
    app.end().await;
}
