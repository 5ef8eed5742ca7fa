//! Films taken along: what a browser is told to fetch and until when, the page that it keeps, and what is gone at signing out.
//! That a film plays without a network is shown by `browser/player.mjs`.

use courses::enrolment::Target;
use serde_json::Value;

use super::watching::{Cinema, cinema};
use crate::harness::{Page, TestApp, owner};

const LECTURE: &str = "/courses/kino/wyklad";

fn parcel(page: &Page) -> Value {
    serde_json::from_str(&page.text).expect("JSON")
}

/// Whether the answer takes the cookie of kept films away.
fn forgets_keeper(page: &Page) -> bool {
    let cookies = page.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    cookies.into_iter().any(|cookie| cookie.starts_with("keeper=;") && cookie.contains("Max-Age=0"))
}

#[tokio::test]
async fn a_film_is_handed_over_to_be_kept_by_those_who_may_watch_with_sizes_and_a_last_day() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    let Cinema { course, film, .. } = cinema(&office, &ada, 60).await;
    let keep = format!("/films/{film}/keep");
    jan.client.get(&keep).await.assert(404);
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let stranger = app.office("inny").await.learner("obcy").await;
    stranger.client.get(&keep).await.assert(404);

    // The page says what each way takes before a byte of it is fetched.
    let page = jan.client.get(LECTURE).await.assert(200).has(&format!("data-take=\"{keep}\""));
    let page = page.has("Tylko dźwięk, około 1 MB").has("Obraz 240p, około 1 MB");
    page.has("Obraz 480p, około 3 MB").has("Obraz 720p, około 6 MB").has("przez 14 dni");

    let told = jan.client.get(&keep).await.assert(200);
    let kept = parcel(&told);
    let bytes = |name: &str| {
        let ways = kept["ways"].as_array().unwrap();
        ways.iter().find(|way| way["name"] == name).unwrap()["bytes"].as_u64().unwrap()
    };
    assert_eq!(bytes("sound"), 300_000);
    assert_eq!(bytes("240p"), 900_000, "the picture with its sound");
    assert_eq!(bytes("720p"), 5_700_000);
    assert_eq!(kept["sound"], "sound");
    let days = kept["until_ms"].as_i64().unwrap() / 1000 - app.clock.now().unix_timestamp();
    assert!((14 * 86_400 - 600..=14 * 86_400).contains(&days), "{days} s");
    // What it names is fetched under its own ticket.
    let base = kept["base"].as_str().unwrap();
    let list = app.visitor().get(&format!("{base}480p.m3u8")).await.assert(200);
    list.has("URI=\"480p/init-").has("480p/59-").has("#EXT-X-ENDLIST");

    // Two people at one computer keep under two names; one person always under the same.
    let other = parcel(&ola.client.get(&keep).await.assert(200));
    let again = parcel(&jan.client.get(&keep).await.assert(200));
    assert_eq!(kept["keeper"], again["keeper"]);
    assert_ne!(kept["keeper"], other["keeper"]);
    assert!(!told.text.contains(&jan.id.to_string()), "it says nothing of the person");

    // A film that is being made anew is not handed over.
    let mut owner = owner(&app).await;
    sqlx::query("update film set state = 'transcoding' where id = $1")
        .bind(film.0)
        .execute(&mut owner)
        .await
        .unwrap();
    jan.client.get(&keep).await.assert(404);
    jan.client.get(LECTURE).await.assert(200).lacks("data-take=");
    app.end().await;
}

#[tokio::test]
async fn the_page_of_kept_films_is_the_same_for_everybody_and_says_nothing_of_anybody() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let jan = office.learner("jan").await;
    let nobody = app.visitor().get("/kept/films").await.assert(200).has("lang=\"pl\"");
    let page = jan.client.get("/kept/films").await.assert(200).has("Filmy zabrane ze sobą");
    assert_eq!(page.text, nobody.text, "what a browser keeps names no person and no office");
    assert!(!page.headers.contains_key("set-cookie"), "{:?}", page.headers);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("worker-src 'self'") && policy.contains("script-src 'self'"), "{policy}");
    page.lacks("Osoba JAN").lacks("Urząd brzozow").lacks("/sign-out").lacks("action=\"/language\"");
    jan.client.get("/kept/films?language=uk").await.assert(200).has("lang=\"uk\"").has("Фільми");
    // Opened by hand it speaks the language that the person has chosen, whatever their browser wishes for.
    jan.client.post("/language", &[("lang", "uk"), ("back", "/")]).await.assert(303);
    let (other, visitor) = (app.visitor(), app.visitor());
    other.sign_in(&jan.name, crate::harness::PASSWORD).await;
    for (browser, language) in [(&other, "uk"), (&visitor, "en")] {
        let asked = browser.request(reqwest::Method::GET, "/kept/films").header("accept-language", "en");
        let page = browser.send(asked).await.assert(200).has(&format!("lang=\"{language}\""));
        page.lacks("Osoba JAN").lacks("Urząd brzozow");
    }
    // Nothing of a film is to be had at the addresses that only a browser's own store answers.
    let nothing = jan.client.get("/kept/media/x/y/1/master.m3u8").await;
    nothing.assert(404);
    app.end().await;
}

#[tokio::test]
async fn whoever_signs_in_or_out_takes_the_name_of_the_keeper_away() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let jan = office.learner("jan").await;
    let form = [("name", jan.name.as_str()), ("password", crate::harness::PASSWORD)];
    assert!(forgets_keeper(&app.visitor().post("/sign-in", &form).await.assert(303)));
    let wrong = [("name", jan.name.as_str()), ("password", "nie to")];
    assert!(!forgets_keeper(&app.visitor().post("/sign-in", &wrong).await.assert(422)));
    assert!(forgets_keeper(&jan.client.post("/sign-out", &[]).await.assert(303)));
    app.end().await;
}

#[tokio::test]
async fn beside_a_film_of_an_open_course_nothing_is_kept_counted_or_noted() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, .. } = cinema(&office, &ada, 60).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    ada.client.post("/teaching/kino/open", &[]).await.assert(303);
    let page = app.visitor().get("/o/brzozow/kino/wyklad").await.assert(200).has("master.m3u8");
    page.lacks("data-take=").lacks("data-meter").lacks("data-notes");
    let page =
        jan.client.get(LECTURE).await.assert(200).has("data-take=").has("data-meter").has("data-notes");
    page.has("na tym urządzeniu");
    jan.client.get("/account/films").await.assert(200).has("data-meter-settings").has("nie trafia na serwer");
    app.end().await;
}
