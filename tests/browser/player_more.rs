//! The player once more: keys, touch, captions in two languages, audio description, what is fetched ahead, what the meter counts; and
//! films that come straight from a store.

use courses::enrolment::Target;
use video::{Editable, caption, companion, share};

use super::{script, show_in};
use crate::harness::store::MoodyStore;
use crate::harness::{House, TestApp, film_of, owner};
use crate::http::films::Stage;

/// Captions of a cue every five seconds.
fn cues(word: &str, seconds: u32) -> String {
    let moment = |second: u32| format!("{:02}:{:02}.000", second / 60, second % 60);
    let cue = |from: u32| {
        let (begins, ends) = (moment(from), moment(from + 4));
        format!("{begins} --> {ends}\n{word} {}.\n\n", from / 5)
    };
    let all: String = (0..seconds - 4).step_by(5).map(cue).collect();
    format!("WEBVTT\n\n{all}")
}

/// A published course with a film of so many seconds, which has captions in two languages and, as its audio description, a copy of itself.
async fn cinema(app: TestApp, seconds: u32) -> Stage {
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let (organisation, slug) = (office.id, office.slug.clone());
    let units = [("Opis", "Tekst."), ("Wykład", "Tekst.")];
    let course = office.course(&ada, "Kurs z filmem", &units).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[1].id;
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    let stage = Stage { app, ada, course, film };
    // One size alone: what is made of it is told by other tests, and many seconds cost little.
    stage.upload(&film_of(stage.app.folder.path(), "426x240", seconds)).await;
    stage.wait_for("ready").await;

    let proof = Editable::granted(stage.film);
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    for (language, label, word) in [("pl", "Polski", "Zdanie"), ("en", "English", "Sentence")] {
        let file = cues(word, seconds);
        caption::attach(&mut tx, &proof, language, label, file.as_bytes()).await.unwrap();
    }
    let copy = share::share(&mut tx, &proof.watchable()).await.unwrap();
    companion::set(&mut tx, &proof, companion::Kind::AudioDescription, Some(&copy)).await.unwrap();
    tx.commit().await.unwrap();
    let office = House { app: &stage.app, id: organisation, slug };
    office.publish(&stage.ada, &stage.course, &[Target::Person(jan.id)]).await;
    let other = "select id from unit where film_id is null and removed_at is null order by id limit 1";
    let other = sqlx::query_scalar(other).fetch_one(&mut owner(&stage.app).await).await.unwrap();
    show_in(&stage.app, other, Some(copy.film().0)).await;
    stage
}

#[tokio::test]
async fn a_player_obeys_keys_and_fingers_fetches_little_ahead_and_counts_it() {
    let stage = cinema(TestApp::start().await, 130).await;
    script(&stage.app, "player_more", &[]).await;
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_straight_from_a_store_plays_in_a_browser_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = MoodyStore::start(folder.path()).await;
    let public = store.settings.endpoint.clone();
    let app = TestApp::start_with(|config| {
        store.set(config);
        config.s3_public_endpoint.clone_from(&public);
    })
    .await;
    let stage = cinema(app, 40).await;
    script(&stage.app, "player_more", &[&public]).await;
    stage.app.end().await;
}
