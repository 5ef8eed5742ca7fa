//! Copies of courses and units: tests and films come along, and neither side can break the other.

use courses::enrolment::Target;
use courses::quiz::{file, store};
use courses::translation::{self, NewText};
use courses::{Taught, UnitId};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use uuid::Uuid;

use super::films::{Stage, named, stage};
use crate::harness::{Someone, TestApp, film, owner};

const TEST: &str = "\
Próg zaliczenia: 75%
Liczba podejść: 3

## Skrót

Jak w skrócie?

Odpowiedź: BIP

## Herb

Gdzie jest herb? ![Plan](media/plan.png)

- (x) Na górze
- ( ) Na dole
";

async fn film_of(app: &TestApp, slug: &str) -> Uuid {
    sqlx::query_scalar("select u.film_id from unit u join course c on c.id = u.course_id where c.slug = $1 and u.film_id is not null")
        .bind(slug)
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap()
}

/// Plays the whole film; answers the seconds of each rendition.
pub async fn seconds(who: &Someone, film: Uuid) -> Vec<u64> {
    let client = &who.client;
    let master_at = client.get(&format!("/films/{film}/master.m3u8")).await.assert(303).location();
    let master = client.get(&master_at).await.assert(200).text;
    let mut lengths = Vec::new();
    for rendition in named(&master_at, &master) {
        let list = client.get(&rendition).await.assert(200).has("#EXT-X-ENDLIST").text;
        for piece in named(&rendition, &list) {
            assert!(!client.get(&piece).await.assert(200).text.is_empty(), "{piece}");
        }
        let seconds = list.lines().filter_map(|line| line.strip_prefix("#EXTINF:"));
        let seconds: f64 = seconds.map(|line| line.trim_end_matches(',').parse::<f64>().unwrap()).sum();
        lengths.push(seconds.round() as u64);
    }
    assert!(!lengths.is_empty());
    lengths
}

async fn objects(stage: &Stage, folder: &str) -> usize {
    let organisation = stage.ada.actor.organisation().unwrap();
    stage.app.ground.blobs.list(&format!("films/{organisation}/{folder}")).await.unwrap().len()
}

/// Waits until nothing is left in a folder.
async fn wait_until_gone(stage: &Stage, folder: &str) {
    for _ in 0..1200 {
        if objects(stage, folder).await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{folder} is still there after two minutes");
}

/// Waits until no job is left that deletes bytes.
pub async fn wait_for_sweeps(app: &TestApp) {
    for _ in 0..1200 {
        let left: i64 = sqlx::query_scalar(
            "select count(*) from job where kind = 'sweep' and state in ('waiting', 'running')",
        )
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap();
        if left == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("bytes are still being deleted after two minutes");
}

async fn remove(stage: &Stage, slug: &str, unit: Uuid) {
    stage.ada.client.post(&format!("/teaching/{slug}/units/{unit}/film/remove"), &[]).await.assert(303);
}

async fn unit_of(app: &TestApp, slug: &str) -> Uuid {
    sqlx::query_scalar(
        "select u.id from unit u join course c on c.id = u.course_id where c.slug = $1 limit 1",
    )
    .bind(slug)
    .fetch_one(&mut owner(app).await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_film_is_copied_with_its_course_and_neither_side_breaks_the_other() {
    let stage = stage().await;
    let (app, teacher) = (&stage.app, &stage.ada.client);
    let home = "/teaching/kurs-z-filmem";

    // Not ready: said, and left behind.
    teacher.get(&format!("{home}/copy")).await.assert(200).has("nie są jeszcze gotowe").has("Wykład");
    let early =
        teacher.post(&format!("{home}/copy"), &[("title", "Za wcześnie")]).await.assert(303).location();
    let none: i64 = sqlx::query_scalar(
        "select count(film_id) from unit u join course c on c.id = u.course_id where c.slug = $1",
    )
    .bind(early.rsplit('/').next().unwrap())
    .fetch_one(&mut owner(app).await)
    .await
    .unwrap();
    assert_eq!(none, 0);

    stage.upload(&film(app.folder.path(), 9)).await;
    stage.wait_for("ready").await;
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = video::Editable::granted(stage.film);
    let vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\nDzień dobry\n";
    video::caption::attach(&mut tx, &proof, "pl", "Polski", vtt.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    let about = format!("{home}/units/{}/film", unit_of(app, "kurs-z-filmem").await);
    teacher
        .post(&format!("{about}/chapters"), &[("chapters", "00:00 Wstęp\n00:04 Rzecz sama")])
        .await
        .assert(303);
    teacher.post(&format!("{about}/seen"), &[("film_percent", "90")]).await.assert(303);

    // The copy, and a copy of the copy: films of their own over the same bytes.
    teacher
        .get(&format!("{home}/copy"))
        .await
        .assert(200)
        .has("1 film z napisami")
        .lacks("nie są jeszcze gotowe");
    teacher.post(&format!("{home}/copy"), &[("title", "Druga")]).await.assert(303);
    teacher.post("/teaching/druga/copy", &[("title", "Trzecia")]).await.assert(303);
    let (second, third) = (film_of(app, "druga").await, film_of(app, "trzecia").await);
    assert!(second != stage.film.0 && third != second);
    let whole = seconds(&stage.ada, second).await;
    assert!(whole.iter().all(|length| *length == 9), "{whole:?}");
    assert_eq!(objects(&stage, &second.to_string()).await, 0, "no byte was copied");
    teacher.get(&format!("/films/{third}/captions/pl.vtt")).await.assert(200).has("Dzień dobry");
    let copied = format!("/teaching/trzecia/units/{}/film", unit_of(app, "trzecia").await);
    teacher.get(&format!("{copied}/chapters")).await.assert(200).has("Rzecz sama");
    teacher.get(&copied).await.assert(200).has("name=\"film_percent\"").has("value=\"90\"");

    // The original gets another film: the copies keep theirs, and their captions are their own.
    stage.upload(&film(app.folder.path(), 5)).await;
    stage.wait_for_the_new_one().await;
    wait_for_sweeps(app).await;
    let first = seconds(&stage.ada, stage.film.0).await;
    assert!(first.iter().all(|length| *length == 5), "{first:?}");
    assert_eq!(seconds(&stage.ada, second).await, whole);
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    video::caption::detach(&mut tx, &proof, "pl").await.unwrap();
    tx.commit().await.unwrap();
    teacher.get(&format!("/films/{second}/captions/pl.vtt")).await.assert(200).has("Dzień dobry");

    // The original goes: the copies play on. Then one copy goes: the other plays on. The last one takes the bytes with it.
    remove(&stage, "kurs-z-filmem", unit_of(app, "kurs-z-filmem").await).await;
    wait_for_sweeps(app).await;
    teacher.get(&format!("/films/{}/master.m3u8", stage.film)).await.assert(404);
    assert_eq!(seconds(&stage.ada, second).await, whole);
    remove(&stage, "druga", unit_of(app, "druga").await).await;
    wait_for_sweeps(app).await;
    assert_eq!(seconds(&stage.ada, third).await, whole);
    remove(&stage, "trzecia", unit_of(app, "trzecia").await).await;
    wait_until_gone(&stage, &stage.film.to_string()).await;
    stage.app.end().await;
}

#[tokio::test]
async fn when_a_copy_goes_the_original_keeps_what_it_shows_and_only_the_old_goes() {
    let stage = stage().await;
    let app = &stage.app;
    stage.upload(&film(app.folder.path(), 5)).await;
    stage.wait_for("ready").await;
    // A poster of one's own lies beside what attempts make.
    let photo = std::fs::read(TestApp::root().join("tests/expect/photo.jpg")).unwrap();
    let form = Form::new().part("picture", Part::bytes(photo).file_name("zdjęcie.jpg"));
    let poster = format!("/studio/{}/poster", stage.film);
    stage.ada.client.send(stage.ada.client.request(Method::POST, &poster).multipart(form)).await.assert(303);
    stage.ada.client.post("/teaching/kurs-z-filmem/copy", &[("title", "Druga")]).await.assert(303);
    stage.upload(&film(app.folder.path(), 9)).await;
    stage.wait_for_the_new_one().await;
    wait_for_sweeps(app).await;
    let old = format!("{}/1/", stage.film);
    assert!(objects(&stage, &old).await > 0, "the copy shows them");
    remove(&stage, "druga", unit_of(app, "druga").await).await;
    wait_until_gone(&stage, &old).await;
    // What the original consists of lies in the folder of what replaced it: nothing is left in its own.
    wait_until_gone(&stage, &format!("{}/", stage.film)).await;
    let whole = seconds(&stage.ada, stage.film.0).await;
    assert!(whole.iter().all(|length| *length == 9), "{whole:?}");
    stage.app.end().await;
}

async fn unit(app: &TestApp, author: &Someone, course: &Taught) -> UnitId {
    let mut tx = app.ground.db.begin(&author.actor).await.unwrap();
    courses::outline::draft(&mut tx, course).await.unwrap()[0].units[0].id
}

async fn write_test(app: &TestApp, author: &Someone, course: &Taught, text: &str) {
    let of = unit(app, author, course).await;
    let mut tx = app.ground.db.begin(&author.actor).await.unwrap();
    let sheet = file::read(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    store::save_draft(&mut tx, course, of, &sheet.settings, &sheet.questions).await.unwrap();
    tx.commit().await.unwrap();
}

/// Keys and bodies of the questions of a course as they read now.
async fn bodies(app: &TestApp, slug: &str) -> Vec<(String, String)> {
    sqlx::query_as(
        "select q.key, (select v.body::text from question_version v where v.question_id = q.id order by number desc limit 1)
         from question q join course c on c.id = q.course_id where c.slug = $1 order by q.key",
    )
    .bind(slug)
    .fetch_all(&mut owner(app).await)
    .await
    .unwrap()
}

#[tokio::test]
async fn tests_and_the_question_bank_are_copied_and_change_apart_from_then_on() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let course = office.course(&ada, "Kurs", &[("Lekcja", "Tekst.")]).await;
    let picture = async |course: &str, last: u8| {
        let png = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, last];
        let form = Form::new().part("picture", Part::bytes(png).file_name("plan.png"));
        let place = format!("/teaching/{course}/pictures");
        ada.client.send(ada.client.request(Method::POST, &place).multipart(form)).await.assert(303);
    };
    picture("kurs", 3).await;
    write_test(&app, &ada, &course, TEST).await;
    // A question that no test has any more is still of the bank.
    let shorter = TEST.split("## Herb").next().unwrap();
    let longer = format!("{TEST}\n## Zapas\n\nIle?\n\nLiczba: 7\n");
    write_test(&app, &ada, &course, &longer).await;
    write_test(&app, &ada, &course, TEST).await;
    let teacher = &ada.client;
    let page = teacher.get("/teaching/kurs/copy").await.assert(200);
    page.has("1 test z ustawieniami")
        .has("3 pytania z banku")
        .has("1 lekcja")
        .has("1 obraz")
        .lacks("film z napisami");
    teacher.post("/teaching/kurs/copy", &[("title", "Kopia")]).await.assert(303);
    assert_eq!(bodies(&app, "kopia").await, bodies(&app, "kurs").await);

    // The settings came along: the copy can be published and taken at once.
    let settings: Vec<serde_json::Value> =
        sqlx::query_scalar("select settings from quiz where removed_at is null")
            .fetch_all(&mut owner(&app).await)
            .await
            .unwrap();
    assert_eq!(settings.len(), 2);
    assert_eq!(settings[0], settings[1]);
    assert_eq!(settings[0]["pass_percent"], 75);

    // The original is changed: the copy reads as before.
    let before = bodies(&app, "kopia").await;
    write_test(&app, &ada, &course, &TEST.replace("BIP", "ePUAP")).await;
    assert_eq!(bodies(&app, "kopia").await, before);
    assert_ne!(bodies(&app, "kurs").await, before);

    // A unit into a course that has another question of that name: both stay what they are.
    let other = office.course(&ada, "Inny", &[("Tam", "Tekst.")]).await;
    write_test(&app, &ada, &other, &shorter.replace("BIP", "RIO")).await;
    // Its picture of that name is another one: the one that the test shows comes under a name of its own.
    picture("inny", 4).await;
    let theirs = bodies(&app, "inny").await;
    assert_eq!(theirs.len(), 1);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let section = courses::outline::draft(&mut tx, &other).await.unwrap()[0].id;
    drop(tx);
    let editor = format!("/teaching/kurs/units/{}", unit(&app, &ada, &course).await);
    teacher
        .get(&format!("{editor}/reuse"))
        .await
        .assert(200)
        .has("1 test z ustawieniami")
        .has("2 pytania z banku");
    let used = teacher
        .post(&format!("{editor}/reuse"), &[("section", &format!("inny {section}"))])
        .await
        .assert(303)
        .location();
    let now = bodies(&app, "inny").await;
    assert_eq!(now.len(), 3, "{now:?}");
    assert!(now.contains(&theirs[0]), "the question that was there reads as before");
    assert!(
        now.iter().any(|(key, body)| *key == format!("{}-2", theirs[0].0) && body.contains("ePUAP")),
        "{now:?}"
    );
    teacher.get(&format!("{used}/test")).await.assert(200).has("Herb");
    teacher.get("/teaching/inny/pictures").await.assert(200).has("plan.png").has("plan-2.png");
    assert!(now.iter().any(|(_, body)| body.contains("media/plan-2.png")), "{now:?}");
    assert!(!now.iter().any(|(_, body)| body.contains("media/plan.png")), "{now:?}");

    // Used again in the same course, it is the same question.
    let count = bodies(&app, "kurs").await.len();
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let section = courses::outline::draft(&mut tx, &course).await.unwrap()[0].id;
    drop(tx);
    teacher.post(&format!("{editor}/reuse"), &[("section", &format!("kurs {section}"))]).await.assert(303);
    assert_eq!(bodies(&app, "kurs").await.len(), count);

    // A learner takes the copied test.
    office.publish(&ada, &other, &[Target::Person(jan.id)]).await;
    jan.client.get("/courses/inny/lekcja").await.assert(200);
    jan.client.get("/courses/inny/lekcja/test").await.assert(200).has("75");
    app.end().await;
}

#[tokio::test]
async fn a_text_in_another_language_follows_its_unit_to_where_its_picture_gets_another_name() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let course = office.course(&ada, "Kurs", &[("Lekcja", "![Plan](media/plan.png)")]).await;
    let other = office.course(&ada, "Inny", &[("Tam", "Tekst.")]).await;
    let id = unit(&app, &ada, &course).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    for (course, last) in [(&course, 1u8), (&other, 2)] {
        let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &[last]].concat();
        courses::media::add(&mut tx, &app.ground.blobs, course, "plan.png", picture.into()).await.unwrap();
    }
    let old = courses::outline::unit(&mut tx, &course, id).await.unwrap();
    let text =
        NewText {
            title: "Урок".into(), markdown: "![План](media/plan.png)".into(), ..NewText::default()
        };
    translation::save(&mut tx, &course, &old, "uk", &text).await.unwrap();
    let section = courses::outline::draft(&mut tx, &other).await.unwrap()[0].id;
    let copy = courses::copy::unit(&mut tx, &course, id, &other, section).await.unwrap();
    let texts = translation::texts(&mut tx, &other).await.unwrap();
    let told: Vec<_> = texts.iter().map(|text| (text.unit, text.markdown.as_str(), text.stale)).collect();
    assert_eq!(told, [(copy, "![План](media/plan-2.png)", false)]);
    drop(tx);
    app.end().await;
}
