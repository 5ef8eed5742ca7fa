//! The demonstration: what `--demo` loads stands, and loading it again changes nothing.

use crate::harness::{Client, TestApp};

#[tokio::test]
async fn the_devices_of_the_demonstration_load_and_loading_them_again_changes_nothing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let folder = TestApp::root().join("demo");
    let mut rows = Vec::new();
    for _ in 0..2 {
        server::demo::load_devices(&app.ground, &folder).await.unwrap();
        let clerk = Client::new(&app.address);
        clerk.sign_in("wanda.kalinowa@sp2", server::demo::PASSWORD).await;
        for path in ["/devices", "/devices/loans", "/devices/applications", "/devices/stocktakes"] {
            let page = clerk.get(path).await.assert(200);
            rows.push(page.text.matches("<tr").count());
        }
    }
    let (first, again) = rows.split_at(4);
    assert!(first.iter().all(|rows| *rows > 1), "a page has nothing to show: {first:?}");
    assert_eq!(first, again);
    app.end().await;
}
