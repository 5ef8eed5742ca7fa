//! Courses between organisations: offered, looked at, adopted with a deadline of one's own, brought up to date, withdrawn, and
//! adopted by themselves for positions that organisations have in common. The walls between them stay.

use std::time::Duration;

use courses::offer::{self, newer, wish};
use courses::outline::{self, UnitText};
use courses::quiz::translated::{self, NewTexts};
use courses::quiz::{file, store};
use courses::title::NewTitle;
use courses::translation::{self, NewText};
use courses::{Error, Taught, UnitId, media};
use futures::future::join_all;
use identity::{PeopleAdmin, PositionId, Role, position};
use sqlx::{Connection as _, PgConnection};
use time::macros::datetime;
use uuid::Uuid;

use super::obligations::takings;
use crate::harness::{Client, House, Page, Someone, TestApp, owner, set_clock, speaks};
use base::Actor;

const LIST: &str = "/catalogue/installation";

/// The key of the test: nobody learns it from the catalogue.
const KEY: &str = "TAJNYBIP";

const TEST: &str = "\
Próg zaliczenia: 60%

## Skrót

Jak w skrócie nazywa się biuletyn?

Odpowiedź: TAJNYBIP
";

/// A program whose clock stands shortly before the days that the tests name, on whatever day they run.
async fn program() -> TestApp {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    app
}

fn picture() -> Vec<u8> {
    [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a].into_iter().chain(*b"plan budynku").collect()
}

/// A course that nobody has published: a unit with a picture, a unit with a test and a text in Ukrainian.
async fn written(office: &House<'_>, ada: &Someone) -> Taught {
    let units = [
        ("Wstęp", "Treść wstępu.\n\n![Plan budynku](media/plan.png)\n\nCzytaj [dalej](bip.md).\n"),
        ("BIP", "Treść o biuletynie."),
    ];
    let course = office.course(ada, "Kurs", &units).await;
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = outline::draft(&mut tx, &course).await.unwrap()[0].units[1].id;
    let sheet = file::read(TEST).unwrap_or_else(|faults| panic!("{faults:?}"));
    store::save_draft(&mut tx, &course, unit, &sheet.settings, &sheet.questions).await.unwrap();
    let unit = outline::unit(&mut tx, &course, unit).await.unwrap();
    let text =
        NewText {
            title: "БІП".to_owned(), markdown: "Про бюлетень.".to_owned(), ..NewText::default()
        };
    translation::save(&mut tx, &course, &unit, "uk", &text).await.unwrap();
    let words = [("text", "Як скорочено називається бюлетень?")];
    let texts = words.map(|(field, text)| (field.to_owned(), text.to_owned())).into();
    let words = NewTexts { texts, ..NewTexts::default() };
    translated::save(&mut tx, &course, "skrot", "uk", &words).await.unwrap();
    let title = NewTitle { title: "Курс про БІП".to_owned(), ..NewTitle::default() };
    courses::title::save(&mut tx, &course, "uk", &title).await.unwrap();
    media::add(&mut tx, &office.app.ground.blobs, &course, "plan.png", picture().into()).await.unwrap();
    tx.commit().await.unwrap();
    course
}

/// The same, published and in the catalogue of the installation. Answers the address of the offer.
async fn offered(office: &House<'_>, ada: &Someone) -> (Taught, String) {
    let course = written(office, ada).await;
    office.publish(ada, &course, &[]).await;
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    let id = offer::standing(&mut tx, &course).await.unwrap().unwrap().id;
    (course, format!("{LIST}/{id}"))
}

/// Adopts as a form does.
async fn adopt(client: &Client, offer: &str) -> Page {
    let version = client.get(offer).await.assert(200).value("version");
    client.post(offer, &[("version", &version)]).await
}

/// Somebody rewrites a unit of a draft.
async fn write(app: &TestApp, who: &Someone, course: &Taught, unit: UnitId, text: &str) {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let old = outline::unit(&mut tx, course, unit).await.unwrap();
    let new = UnitText { title: old.title, minutes: old.minutes, markdown: text.to_owned() };
    outline::save_unit(&mut tx, course, unit, old.revision, &new).await.unwrap();
    tx.commit().await.unwrap();
}

async fn unit_ids(app: &TestApp, who: &Someone, course: &Taught) -> Vec<UnitId> {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let outline = outline::draft(&mut tx, course).await.unwrap();
    outline.iter().flat_map(|section| &section.units).map(|unit| unit.id).collect()
}

/// Saves a unit of the course `kurs` through its editor.
async fn edit(client: &Client, unit: &str, title: &str, text: &str) {
    let editor = format!("/teaching/kurs/units/{unit}");
    let revision = client.get(&editor).await.assert(200).value("revision");
    let form =
        [("title", title), ("minutes", "5"), ("text", text), ("revision", &*revision), ("act", "save")];
    client.post(&editor, &form).await.assert(303);
}

/// The unit of that name in addresses in the own course, whatever its organisation sees.
async fn own_unit(app: &TestApp, office: &House<'_>, slug: &str) -> String {
    let id: Uuid = sqlx::query_scalar("select id from unit where organisation_id = $1 and slug = $2")
        .bind(office.id.0)
        .bind(slug)
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap();
    id.to_string()
}

async fn number(app: &TestApp, sql: &'static str, of: &House<'_>) -> i64 {
    sqlx::query_scalar(sql).bind(of.id.0).fetch_one(&mut owner(app).await).await.unwrap()
}

const COURSES: &str = "select count(*) from course where organisation_id = $1";

#[tokio::test]
async fn a_course_is_adopted_with_its_pictures_and_test_and_gets_a_deadline_of_its_own() {
    let app = program().await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    let (bea, jan) = (lipowo.admin("bea").await, lipowo.learner("jan").await);
    let (_, offer) = offered(&brzozow, &ada).await;
    ada.client
        .get("/teaching/kurs/offer")
        .await
        .assert(200)
        .has("Nie zobaczą szkicu")
        .has("We wspólnym katalogu od")
        .has("Szkolenie przyjęło 0 organizacji");

    // Who makes courses sees it, with the publisher's name and nobody's; who takes courses does not.
    jan.client.get(LIST).await.assert(403);
    jan.client.get(&offer).await.assert(403);
    bea.client.get("/catalogue").await.assert(200).has("Wspólny katalog");
    bea.client.get(LIST).await.assert(200).has("Kurs").has("Urząd brzozow").has("wersja 1").lacks("ADA");
    let preview = bea.client.get(&offer).await.assert(200).has("Treść wstępu").lacks("ADA");
    let address = preview.text.split("src=\"/catalogue").nth(1).unwrap().split('"').next().unwrap();
    let address = format!("/catalogue{address}");
    let shown = bea.client.get(&address).await.assert(200);
    assert_eq!(shown.header("content-type"), "image/png");
    jan.client.get(&address).await.assert(403);
    bea.client
        .get(&format!("{offer}?unit=bip"))
        .await
        .assert(200)
        .has("Treść o biuletynie")
        .has("Test: 1 pytanie")
        .lacks(KEY);
    // One's own offer is not to be adopted.
    ada.client.get(&offer).await.assert(404);

    let made = adopt(&bea.client, &offer).await.assert(303);
    assert_eq!(made.location(), "/teaching/kurs/people");
    bea.client.get(LIST).await.assert(200).has("Przyjęte");
    bea.client.get("/teaching/kurs").await.assert(200).has("Szkolenie przyjęte od: Urząd brzozow, wersja 1");
    bea.client.get("/teaching/kurs/offer").await.assert(200).has("Udostępnia je tylko ona");
    bea.client.post("/teaching/kurs/offer", &[]).await.assert(422);
    bea.client.post(&offer, &[("version", "x")]).await.assert(400);

    // A deadline of one's own, by the rules that every course has.
    set_clock(&app, datetime!(2026-12-01 9:00 UTC)).await;
    let rule =
        [("target", "everybody"), ("mandatory", "1"), ("due", "after"), ("due_days", "10"), ("confirm", "1")];
    bea.client.post("/teaching/kurs/people/rule", &rule).await.assert(303);
    let mut everything = owner(&app).await;
    let due = takings(&mut everything, &jan).await;
    assert_eq!(due, [(1, Some(time::macros::date!(2026 - 12 - 11)), "open".to_owned())]);
    assert_eq!(takings(&mut everything, &ada).await.len(), 0, "the publisher's people are not concerned");

    // The learner reads it with pictures of the own course, and the test has its key.
    let page = jan.client.get("/courses/kurs/wstep").await.assert(200).has("/courses/kurs/bip");
    let address = page.text.split("src=\"/courses/kurs/media").nth(1).unwrap().split('"').next().unwrap();
    let shown = jan.client.get(&format!("/courses/kurs/media{address}")).await.assert(200);
    assert_eq!(shown.text.len(), String::from_utf8_lossy(&picture()).len());
    let kept: String =
        sqlx::query_scalar("select v.body::text from question_version v where v.organisation_id = $1")
            .bind(lipowo.id.0)
            .fetch_one(&mut everything)
            .await
            .unwrap();
    assert!(kept.contains(KEY), "{kept}");

    let texts = "select count(*) from version_translation where organisation_id = $1 and not stale";
    assert_eq!(number(&app, texts, &lipowo).await, 1);
    // Its title in Ukrainian came along, for those who read in it.
    speaks(&app, &jan, "uk").await;
    jan.client.get("/courses/kurs").await.assert(200).has("Курс про БІП");
    bea.client.get("/teaching/kurs/languages").await.assert(200).lacks("oryginał się zmienił");

    // The bytes are their own: what the publisher throws away is not theirs.
    let shared: i64 = sqlx::query_scalar(
        "select count(*) from media a join media b on a.blob_key = b.blob_key and a.organisation_id <> b.organisation_id",
    )
    .fetch_one(&mut everything)
    .await
    .unwrap();
    assert_eq!(shared, 0);
    ada.client.get("/teaching/kurs/offer").await.assert(200).has("przyjęła 1 organizacja").lacks("lipowo");
    app.end().await;
}

#[tokio::test]
async fn only_what_is_published_is_offered() {
    let app = program().await;
    let brzozow = app.office("brzozow").await;
    let (ada, ewa) = (brzozow.instructor("ada").await, brzozow.instructor("ewa").await);
    let course = written(&brzozow, &ada).await;
    ada.client.get("/teaching/kurs/offer").await.assert(200).has("Najpierw opublikuj").lacks("<h2>Wycofanie");
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(422).has("Najpierw opublikuj");
    ada.client.post("/teaching/kurs/offer/withdraw", &[]).await.assert(404);
    // A colleague who does not teach it has no say.
    ewa.client.get("/teaching/kurs/offer").await.assert(404);
    ewa.client.post("/teaching/kurs/offer", &[]).await.assert(404);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert!(matches!(offer::make(&mut tx, &course, &[]).await, Err(Error::NothingToPublish)));
    drop(tx);

    // PostgreSQL holds it as well: an archived course is not offered, whatever the program thinks.
    brzozow.publish(&ada, &course, &[]).await;
    ada.client.post("/teaching/kurs/archive", &[]).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let refused = sqlx::query(
        "insert into catalogue_offer (id, organisation_id, course_id, version_id, offered_by)
         select $1, organisation_id, id, published_version_id, created_by from course where id = $2",
    )
    .bind(Uuid::new_v4())
    .bind(course.id().0)
    .execute(tx.connection())
    .await;
    let Err(sqlx::Error::Database(refused)) = refused else { panic!("the database took it") };
    assert_eq!(refused.constraint(), Some("offer_of_what_is_published"));
    drop(tx);
    ada.client.post("/teaching/kurs/restore", &[]).await.assert(303);
    let nowhere = Uuid::new_v4().to_string();
    ada.client
        .post("/teaching/kurs/offer", &[("positions", &nowhere)])
        .await
        .assert(422)
        .has("Nie ma już takiego stanowiska");
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    // Put away, it is not to be seen, although nobody withdrew it.
    let bea = app.office("lipowo").await.admin("bea").await;
    bea.client.get(LIST).await.assert(200).has("Urząd brzozow");
    ada.client.post("/teaching/kurs/archive", &[]).await.assert(303);
    bea.client.get(LIST).await.assert(200).lacks("Urząd brzozow").has("Nie ma jeszcze szkoleń");
    app.end().await;
}

/// How many rows each function answers about that offer and version.
async fn told(connection: &mut PgConnection, offer: Uuid, version: Uuid) -> [i64; 5] {
    let mut rows = [0; 5];
    let asked = [
        "select count(*) from offers_seen($1) where $2::uuid is not null",
        "select count(*) from offered_units($1, $2)",
        "select count(*) from offered_texts($1, $2)",
        "select count(*) from offered_pictures($1, $2)",
        "select count(*) from offered_question_texts($1, $2)",
    ];
    for (at, sql) in asked.into_iter().enumerate() {
        rows[at] =
            sqlx::query_scalar(sql).bind(offer).bind(version).fetch_one(&mut *connection).await.unwrap();
    }
    rows
}

#[tokio::test]
async fn what_is_not_offered_stays_invisible_with_its_pictures() {
    let app = program().await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    let bea = lipowo.person("bea", &[Role::OrganisationAdmin, Role::Instructor]).await;
    let (course, offer) = offered(&brzozow, &ada).await;
    let id: Uuid = offer.rsplit('/').next().unwrap().parse().unwrap();
    // A second course of the same office that nobody offered, with a picture of its own.
    let hidden = brzozow.course(&ada, "Poufne", &[("Lekcja", "![Wykres](media/wykres.png)")]).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    media::add(&mut tx, &app.ground.blobs, &hidden, "wykres.png", picture().into()).await.unwrap();
    tx.commit().await.unwrap();
    brzozow.publish(&ada, &hidden, &[]).await;
    let mut all = owner(&app).await;
    let version = "select published_version_id from course where id = $1";
    let first: Uuid = sqlx::query_scalar(version).bind(course.id().0).fetch_one(&mut all).await.unwrap();
    let secret: Uuid = sqlx::query_scalar(version).bind(hidden.id().0).fetch_one(&mut all).await.unwrap();
    let media: Uuid = sqlx::query_scalar("select id from media where name = 'wykres.png'")
        .fetch_one(&mut all)
        .await
        .unwrap();

    let mut tx = app.ground.db.begin(&bea.actor).await.unwrap();
    assert_eq!(told(tx.connection(), id, first).await, [1, 2, 1, 1, 1]);
    // Neither the version of another course under the name of the offer, nor a row past the functions.
    assert_eq!(told(tx.connection(), id, secret).await, [1, 0, 0, 0, 0]);
    for (version, titles) in [(first, 1_i64), (secret, 0)] {
        let told: i64 = sqlx::query_scalar("select count(*) from offered_titles($1, $2)")
            .bind(id)
            .bind(version)
            .fetch_one(tx.connection())
            .await
            .unwrap();
        assert_eq!(told, titles);
    }
    assert_eq!(told(tx.connection(), Uuid::new_v4(), secret).await, [0; 5]);
    for table in ["course", "course_version", "version_unit", "media", "catalogue_offer", "question_version"]
    {
        let sql = format!("select count(*) from {table}");
        let seen: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(tx.connection()).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }
    let reach: String =
        sqlx::query_scalar("select current_setting('app.reach')").fetch_one(tx.connection()).await.unwrap();
    assert_eq!(reach, "", "the reach is as it was");
    let theirs: i64 =
        sqlx::query_scalar("select offer_adopters($1)").bind(id).fetch_one(tx.connection()).await.unwrap();
    assert_eq!(theirs, 0);
    // Nor is it adopted by a row that somebody writes.
    let forged = sqlx::query(
        "insert into adoption (course_id, organisation_id, offer_id, version_id, number, publisher, adopted_by)
         values ($1, $2, $3, $4, 1, 'x', $5)",
    )
    .bind(Uuid::new_v4())
    .bind(lipowo.id.0)
    .bind(id)
    .bind(secret)
    .bind(bea.id.0);
    assert!(forged.execute(tx.connection()).await.is_err());
    drop(tx);
    // Nobody is told anything.
    let mut bare = PgConnection::connect(&app.config.database_url).await.unwrap();
    assert_eq!(told(&mut bare, id, first).await, [0; 5]);
    let shared: i64 =
        sqlx::query_scalar("select count(*) from shared_positions()").fetch_one(&mut bare).await.unwrap();
    assert_eq!(shared, 0);

    bea.client.get(LIST).await.assert(200).lacks("Poufne");
    bea.client.get(&format!("{offer}/media/{media}/wykres.png")).await.assert(404);
    bea.client.get(&format!("/courses/poufne/media/{media}/wykres.png")).await.assert(404);
    for path in [format!("{LIST}/{}", hidden.id()), format!("{LIST}/{}", Uuid::new_v4()), format!("{LIST}/x")]
    {
        bea.client.get(&path).await.assert(404);
        bea.client.post(&path, &[("version", &secret.to_string())]).await.assert(404);
    }
    bea.client.post(&offer, &[("version", &secret.to_string())]).await.assert(422);

    // A draft is not offered, an earlier version is not offered any more, a withdrawn one is gone.
    let unit = unit_ids(&app, &ada, &course).await[0];
    write(&app, &ada, &course, unit, "Jeszcze nieopublikowane.").await;
    bea.client.get(&offer).await.assert(200).lacks("nieopublikowane");
    brzozow.publish(&ada, &course, &[]).await;
    let mut tx = app.ground.db.begin(&bea.actor).await.unwrap();
    assert_eq!(told(tx.connection(), id, first).await, [1, 0, 0, 0, 0]);
    drop(tx);
    ada.client.post("/teaching/kurs/offer/withdraw", &[]).await.assert(303);
    bea.client.get(&offer).await.assert(404);
    let second: Uuid = sqlx::query_scalar(version).bind(course.id().0).fetch_one(&mut all).await.unwrap();
    let mut tx = app.ground.db.begin(&bea.actor).await.unwrap();
    assert_eq!(told(tx.connection(), id, second).await, [0; 5]);
    drop(tx);
    assert_eq!(number(&app, COURSES, &lipowo).await, 0);
    app.end().await;
}

#[tokio::test]
async fn a_newer_version_is_taken_over_and_what_was_changed_here_is_asked_about() {
    let app = program().await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    let bea = lipowo.person("bea", &[Role::OrganisationAdmin, Role::Instructor]).await;
    let jan = lipowo.learner("jan").await;
    let (course, offer) = offered(&brzozow, &ada).await;
    adopt(&bea.client, &offer).await.assert(303);
    bea.client.post("/teaching/kurs/people", &[("target", "everybody")]).await.assert(303);
    let home = "/teaching/kurs/takeover";
    bea.client
        .get(home)
        .await
        .assert(200)
        .has("Macie najnowszą wersję wydawcy")
        .lacks("Przejmij i opublikuj");
    ada.client.get(home).await.assert(404);

    // The publisher changes one unit and adds one; the other was changed here meanwhile.
    let units = unit_ids(&app, &ada, &course).await;
    let bip = own_unit(&app, &lipowo, "bip").await;
    edit(&bea.client, &bip, "BIP", "Nasza treść o biuletynie.").await;
    write(&app, &ada, &course, units[0], "Nowy wstęp wydawcy.").await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let section = outline::draft(&mut tx, &course).await.unwrap()[0].id;
    let text = UnitText { title: "Dodatek".to_owned(), minutes: 3, markdown: "Treść dodatku.".to_owned() };
    outline::insert_unit(&mut tx, &course, section, "dodatek", &text).await.unwrap();
    tx.commit().await.unwrap();
    brzozow.publish(&ada, &course, &[]).await;
    bea.client.get("/teaching/kurs").await.assert(200).has("Jest nowsza wersja wydawcy: 2");
    let page = bea.client.get(home).await.assert(200);
    let page = page
        .has("Przejęta wersja: 1. Najnowsza wersja wydawcy: 2.")
        .has("Zmieniona lekcja: Wstęp")
        .has("Nowa lekcja: Dodatek")
        .has("Nowy wstęp wydawcy.")
        .has("zmiany, których uczestnicy jeszcze nie widzą")
        .lacks("BIP</p>")
        .lacks("name=\"replace\"");
    let version = page.value("version");
    bea.client.post(home, &[("version", "x")]).await.assert(400);
    bea.client
        .post(home, &[("version", &version), ("change", "major"), ("redo_by", "2020-01-01")])
        .await
        .assert(422);
    jan.client.get("/courses/kurs/wstep").await.assert(200).has("Treść wstępu").lacks("Nowy wstęp");
    bea.client.post(home, &[("version", &version), ("change", "minor")]).await.assert(303);
    jan.client.get("/courses/kurs/wstep").await.assert(200).has("Nowy wstęp wydawcy.");
    jan.client.get("/courses/kurs/dodatek").await.assert(200).has("Treść dodatku.");
    jan.client.get("/courses/kurs/bip").await.assert(200).has("Nasza treść o biuletynie.");
    // Once more is nothing new, and a stale form is none.
    bea.client.post(home, &[("version", &version)]).await.assert(422).has("Macie najnowszą");

    // Now both changed the same unit. It stays unless it is named.
    write(&app, &ada, &course, units[1], "Biuletyn według wydawcy.").await;
    write(&app, &ada, &course, units[0], "Trzeci wstęp.").await;
    brzozow.publish(&ada, &course, &[]).await;
    let page = bea.client.get(home).await.assert(200).has("Zmieniona u wydawcy i u Was: BIP").has(&bip);
    let version = page.value("version");
    bea.client.post(home, &[("version", &version)]).await.assert(303);
    jan.client.get("/courses/kurs/bip").await.assert(200).has("Nasza treść o biuletynie.");
    jan.client.get("/courses/kurs/wstep").await.assert(200).has("Trzeci wstęp.");

    // Named, it is replaced; and a major version asks for it again.
    write(&app, &ada, &course, units[1], "Biuletyn po raz czwarty.").await;
    brzozow.publish(&ada, &course, &[]).await;
    let version = bea.client.get(home).await.assert(200).value("version");
    let form = [("version", version.as_str()), ("change", "major"), ("replace", bip.as_str())];
    bea.client.post(home, &form).await.assert(303);
    jan.client.get("/courses/kurs/bip").await.assert(200).has("Biuletyn po raz czwarty.");
    let change: String = sqlx::query_scalar(
        "select change from course_version where organisation_id = $1 order by number desc limit 1",
    )
    .bind(lipowo.id.0)
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!(change, "major");

    // A unit that was taken out here does not come back; one that the publisher takes out goes.
    bea.client.post(&format!("/teaching/kurs/units/{bip}/remove"), &[]).await.assert(303);
    write(&app, &ada, &course, units[1], "Biuletyn po raz piąty.").await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    outline::remove_unit(&mut tx, &course, units[0]).await.unwrap();
    tx.commit().await.unwrap();
    brzozow.publish(&ada, &course, &[]).await;
    let page = bea.client.get(home).await.assert(200);
    let page = page.has("usunięta u Was: BIP. Nie wróci.").has("zniknie ze szkolenia: Wstęp");
    bea.client.post(home, &[("version", &page.value("version"))]).await.assert(303);
    jan.client.get("/courses/kurs/bip").await.assert(404);
    jan.client.get("/courses/kurs/wstep").await.assert(404);
    jan.client.get("/courses/kurs/dodatek").await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn a_withdrawn_offer_stays_with_those_who_adopted_it() {
    let app = program().await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    let bea = lipowo.person("bea", &[Role::OrganisationAdmin, Role::Instructor]).await;
    let jan = lipowo.learner("jan").await;
    let (course, offer) = offered(&brzozow, &ada).await;
    let stale = bea.client.get(&offer).await.assert(200).value("version");
    let unit = unit_ids(&app, &ada, &course).await[0];
    // Between look and act a newer version came: it is shown before anything is done.
    write(&app, &ada, &course, unit, "Druga wersja wstępu.").await;
    brzozow.publish(&ada, &course, &[]).await;
    let shown = bea.client.post(&offer, &[("version", &stale)]).await.assert(422);
    shown.has("opublikował właśnie nowszą wersję").has("Druga wersja wstępu.");
    assert_eq!(number(&app, COURSES, &lipowo).await, 0);
    adopt(&bea.client, &offer).await.assert(303);
    bea.client.post("/teaching/kurs/people", &[("target", "everybody")]).await.assert(303);

    ada.client.post("/teaching/kurs/offer/withdraw", &[]).await.assert(303);
    ada.client.post("/teaching/kurs/offer/withdraw", &[]).await.assert(404);
    write(&app, &ada, &course, unit, "Po wycofaniu.").await;
    brzozow.publish(&ada, &course, &[]).await;
    jan.client.get("/courses/kurs/wstep").await.assert(200).has("Druga wersja wstępu.");
    let home = "/teaching/kurs/takeover";
    bea.client.get(home).await.assert(200).has("Wydawca wycofał szkolenie").lacks("Po wycofaniu");
    bea.client.get("/teaching/kurs").await.assert(200).lacks("Jest nowsza wersja");
    bea.client.get(LIST).await.assert(200).lacks("Urząd brzozow");
    bea.client.post(&offer, &[("version", &stale)]).await.assert(404);

    // Offered again it is the same offer, and they hear of it.
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    bea.client.get(home).await.assert(200).has("Najnowsza wersja wydawcy: 3").has("Po wycofaniu");
    assert_eq!(number(&app, COURSES, &lipowo).await, 1);
    app.end().await;
}

#[tokio::test]
async fn however_many_adopt_at_once_it_is_one_course() {
    let app = TestApp::crowded().await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    let (bea, cyryl) = (lipowo.admin("bea").await, lipowo.instructor("cyryl").await);
    let (_, offer) = offered(&brzozow, &ada).await;
    let version = bea.client.get(&offer).await.assert(200).value("version");
    let clients: Vec<&Client> =
        (0..16).map(|at| if at % 2 == 0 { &bea.client } else { &cyryl.client }).collect();
    let form = [("version", version.as_str())];
    let answers = join_all(clients.iter().map(|client| client.post(&offer, &form))).await;
    for answer in answers {
        assert!(answer.assert(303).location().starts_with("/teaching/kurs"));
    }
    assert_eq!(number(&app, COURSES, &lipowo).await, 1);
    let adoptions = "select count(*) from adoption where organisation_id = $1";
    assert_eq!(number(&app, adoptions, &lipowo).await, 1);
    assert_eq!(
        number(&app, "select count(*) from adopted_unit where organisation_id = $1", &lipowo).await,
        2
    );
    app.end().await;
}

#[tokio::test]
async fn a_course_waits_for_its_film_and_whoever_takes_it_out_publishes_without() {
    let app = program().await;
    let (brzozow, lipowo) = (app.office("brzozow").await, app.office("lipowo").await);
    let ada = brzozow.instructor("ada").await;
    let bea = lipowo.admin("bea").await;
    let course = written(&brzozow, &ada).await;
    let unit = unit_ids(&app, &ada, &course).await[0];
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    // As if it had been sent: a film on its way may be published.
    sqlx::query("update film set state = 'queued' where id = $1")
        .bind(film.0)
        .execute(&mut owner(&app).await)
        .await
        .unwrap();
    brzozow.publish(&ada, &course, &[]).await;
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let offer = format!("{LIST}/{}", offer::standing(&mut tx, &course).await.unwrap().unwrap().id);
    drop(tx);
    bea.client.get(&offer).await.assert(200).has("zostanie skopiowany 1 film").has("Wstęp: wydawca jeszcze");
    let made = adopt(&bea.client, &offer).await.assert(303);
    assert_eq!(made.location(), "/teaching/kurs/people");
    bea.client.get("/teaching/kurs/people").await.assert(200).has("filmy są kopiowane");
    bea.client.get("/teaching/kurs/publish").await.assert(200).has("Szkolenie czeka na filmy");
    let published = "select count(*) from course_version where organisation_id = $1";
    assert_eq!(number(&app, published, &lipowo).await, 0);
    let films = "select count(*) from film where organisation_id = $1 and state = 'copying'";
    assert_eq!(number(&app, films, &lipowo).await, 1);
    bea.client.post("/teaching/kurs/publish", &[]).await.assert(422);
    // Whoever looked at the draft decides that it goes without.
    let unit = own_unit(&app, &lipowo, "wstep").await;
    bea.client.post(&format!("/teaching/kurs/units/{unit}/film/remove"), &[]).await.assert(303);
    bea.client.post("/teaching/kurs/publish", &[]).await.assert(303);
    assert_eq!(number(&app, published, &lipowo).await, 1);
    app.end().await;
}

/// A position of an office with a holder.
async fn held(office: &House<'_>, name: &str, holder: &Someone) -> PositionId {
    let terminal = PeopleAdmin::at_the_terminal();
    let mut tx = office.app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
    let id = position::create(&mut tx, &terminal, name).await.unwrap();
    position::add(&mut tx, &terminal, id, holder.id).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Works until no job of adopting is left.
async fn worked(app: &TestApp) {
    let workers = app.more_workers();
    let mut everything = owner(app).await;
    let mut left = 1_i64;
    for _ in 0..600 {
        left = sqlx::query_scalar(
            "select count(*) from job where kind in ($1, $2, $3) and state in ('waiting', 'running')",
        )
        .bind(wish::KIND)
        .bind(wish::SPREAD)
        .bind(newer::KIND)
        .fetch_one(&mut everything)
        .await
        .unwrap();
        if left == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    workers.end().await;
    assert_eq!(left, 0, "the jobs are done");
    let dead: i64 = sqlx::query_scalar("select count(*) from job where state = 'dead'")
        .fetch_one(&mut everything)
        .await
        .unwrap();
    assert_eq!(dead, 0);
}

#[tokio::test]
async fn a_course_for_a_position_of_many_offices_comes_by_itself_where_that_was_decided() {
    let app = program().await;
    let (brzozow, lipowo, debowo) =
        (app.office("brzozow").await, app.office("lipowo").await, app.office("debowo").await);
    let ada = brzozow.instructor("ada").await;
    let root = brzozow.person("root", &[Role::InstallationAdmin]).await;
    let (bea, jan, kasia) =
        (lipowo.admin("bea").await, lipowo.learner("jan").await, lipowo.learner("kasia").await);
    let (dan, olaf) = (debowo.admin("dan").await, debowo.learner("olaf").await);

    // The administrator of the installation keeps the list, and nobody else.
    let list = "/organisations/positions";
    let name = "Redaktor strony internetowej";
    for other in [&ada, &bea, &jan] {
        other.client.get(list).await.assert(403);
        other.client.post(list, &[("name", name)]).await.assert(403);
    }
    root.client.post(list, &[("name", " ")]).await.assert(422);
    root.client.post(list, &[("name", name)]).await.assert(303);
    root.client.post(list, &[("name", &name.to_uppercase())]).await.assert(422);
    let shared = root.client.get(list).await.assert(200).has(name).value("position");

    // Each organisation says which of its positions are meant.
    let (web, theirs) =
        (held(&lipowo, "Webmaster", &jan).await, held(&debowo, "Redaktorka BIP", &olaf).await);
    let meant = "/catalogue/decisions/positions";
    bea.client.post(meant, &[("own", &theirs.to_string()), ("shared", &shared)]).await.assert(422);
    bea.client.post(meant, &[("own", &web.to_string())]).await.assert(422);
    jan.client.get("/catalogue/decisions").await.assert(403);
    for (client, own) in [(&bea.client, web), (&dan.client, theirs)] {
        client.post(meant, &[("own", &own.to_string()), ("shared", &shared)]).await.assert(303);
    }

    let course = written(&brzozow, &ada).await;
    brzozow.publish(&ada, &course, &[]).await;
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);

    // One decides that it comes by itself, with a fortnight; the other one decides nothing.
    bea.client.get("/catalogue/decisions").await.assert(200).has("Urząd brzozow");
    let publisher = brzozow.id.to_string();
    let decide = async |form: &[(&str, &str)]| bea.client.post("/catalogue/decisions", form).await;
    let (who, by_itself) = (("publisher", publisher.as_str()), ("decision", "automatic"));
    decide(&[who]).await.assert(422).has("Wybierz, co robić");
    decide(&[by_itself, ("due_days", "14")]).await.assert(422).has("Wybierz wydawcę z listy");
    for days in ["", "0", "3651", "dwa"] {
        decide(&[who, by_itself, ("due_days", days)]).await.assert(422).has("od 1 do 3650");
    }
    let stranger = debowo.id.to_string();
    decide(&[("publisher", &stranger), by_itself, ("due_days", "14")]).await.assert(422);
    decide(&[who, by_itself, ("due_days", "14")]).await.assert(303);
    bea.client.get("/catalogue/decisions").await.assert(200).has("Przyjmujemy automatycznie, 14 dni");

    // Directed at nobody, it is adopted by nobody.
    worked(&app).await;
    assert_eq!(number(&app, COURSES, &lipowo).await, 0);
    set_clock(&app, datetime!(2026-12-01 9:00 UTC)).await;
    ada.client.post("/teaching/kurs/offer", &[("positions", &shared)]).await.assert(303);
    worked(&app).await;
    let mut everything = owner(&app).await;
    let due = takings(&mut everything, &jan).await;
    assert_eq!(due, [(1, Some(time::macros::date!(2026 - 12 - 15)), "open".to_owned())]);
    for other in [&kasia, &bea, &olaf, &dan] {
        assert_eq!(takings(&mut everything, other).await.len(), 0, "{}", other.login);
    }
    jan.client.get("/courses/kurs/wstep").await.assert(200).has("Treść wstępu");
    bea.client.get("/teaching/kurs").await.assert(200).has("przyjęte od: Urząd brzozow");
    assert_eq!(number(&app, COURSES, &debowo).await, 0);
    dan.client.get(LIST).await.assert(200).has(&format!("Zalecane: {name}"));
    // Nobody learns who holds it elsewhere.
    let told = ada.client.get("/teaching/kurs/offer").await.assert(200).has("przyjęła 1 organizacja");
    told.lacks("lipowo").lacks("JAN").lacks("Webmaster");

    // A rule that was taken out does not come back, however often it is looked for; another position gets one.
    let rules = "select count(*) from enrolment where organisation_id = $1";
    assert_eq!(number(&app, rules, &lipowo).await, 1);
    let rule: Uuid = sqlx::query_scalar("select id from enrolment where organisation_id = $1")
        .bind(lipowo.id.0)
        .fetch_one(&mut everything)
        .await
        .unwrap();
    bea.client.post(&format!("/teaching/kurs/people/{rule}/remove"), &[]).await.assert(303);
    let second = held(&lipowo, "Redaktorka", &kasia).await;
    bea.client.post(meant, &[("own", &second.to_string()), ("shared", &shared)]).await.assert(303);
    worked(&app).await;
    assert_eq!(takings(&mut everything, &jan).await[0].2, "released");
    assert_eq!(takings(&mut everything, &kasia).await[0].2, "open");
    assert_eq!(number(&app, COURSES, &lipowo).await, 1);

    // The list without it: own positions, courses and deadlines stay.
    root.client.post("/organisations/positions/remove", &[("position", &shared)]).await.assert(303);
    root.client.post("/organisations/positions/remove", &[("position", &shared)]).await.assert(404);
    dan.client.get(LIST).await.assert(200).has("Urząd brzozow").lacks("Zalecane:");
    assert_eq!(takings(&mut everything, &kasia).await[0].2, "open");
    bea.client.get("/positions").await.assert(200).has("Webmaster");
    app.end().await;
}

/// What those of an organisation were told about newer versions: login and address, in order.
async fn told_newer(app: &TestApp, of: &House<'_>) -> Vec<(String, String)> {
    sqlx::query_as(
        "select p.login, n.path from notice n join person p on p.id = n.person_id
         where n.organisation_id = $1 and n.kind = 'adopted_newer' order by p.login, n.id",
    )
    .bind(of.id.0)
    .fetch_all(&mut owner(app).await)
    .await
    .unwrap()
}

#[tokio::test]
async fn who_looks_after_an_adopted_course_hears_of_every_newer_version_once() {
    let app = program().await;
    let (brzozow, lipowo, debowo) =
        (app.office("brzozow").await, app.office("lipowo").await, app.office("debowo").await);
    let ada = brzozow.instructor("ada").await;
    let (bea, jan) = (lipowo.admin("bea").await, lipowo.learner("jan").await);
    let (ola, dan) = (debowo.instructor("ola").await, debowo.admin("dan").await);
    let (course, offer) = offered(&brzozow, &ada).await;
    let unit = unit_ids(&app, &ada, &course).await[0];
    for client in [&bea.client, &ola.client] {
        adopt(client, &offer).await.assert(303);
    }
    bea.client.post("/teaching/kurs/people", &[("target", "everybody")]).await.assert(303);
    // What was adopted just now is the newest; and what nobody published is no version.
    write(&app, &ada, &course, unit, "Druga wersja.").await;
    worked(&app).await;
    assert_eq!(told_newer(&app, &lipowo).await, []);

    brzozow.publish(&ada, &course, &[]).await;
    worked(&app).await;
    let one = |login: &str| (login.to_owned(), "/teaching/kurs/takeover".to_owned());
    assert_eq!(told_newer(&app, &lipowo).await, [one("bea")]);
    assert_eq!(told_newer(&app, &debowo).await, [one("ola")]);
    assert_eq!(told_newer(&app, &brzozow).await, []);
    jan.client.get("/notices").await.assert(200).lacks("nowsza wersja");
    let list = bea.client.get("/notices").await.assert(200);
    list.has("Jest nowsza wersja przyjętego szkolenia: Kurs");
    bea.client.get("/notices/settings").await.assert(200).has("name=\"adopted_newer\"");
    // Asked for again, nothing more is told.
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    worked(&app).await;
    assert_eq!(told_newer(&app, &lipowo).await, [one("bea")]);

    // Lipowo takes it over, so it hears of the third version alone; where nobody teaches the course any more, the administrators do.
    let home = "/teaching/kurs/takeover";
    let version = bea.client.get(home).await.assert(200).value("version");
    bea.client.post(home, &[("version", &version)]).await.assert(303);
    sqlx::query("update person set state = 'suspended' where id = $1")
        .bind(ola.id.0)
        .execute(&mut owner(&app).await)
        .await
        .unwrap();
    write(&app, &ada, &course, unit, "Trzecia wersja.").await;
    brzozow.publish(&ada, &course, &[]).await;
    worked(&app).await;
    assert_eq!(told_newer(&app, &lipowo).await, [one("bea"), one("bea")]);
    assert_eq!(told_newer(&app, &debowo).await, [one("dan"), one("ola")]);

    // A withdrawn offer brings nothing; offered again, what was published meanwhile is told.
    ada.client.post("/teaching/kurs/offer/withdraw", &[]).await.assert(303);
    write(&app, &ada, &course, unit, "Czwarta wersja.").await;
    brzozow.publish(&ada, &course, &[]).await;
    worked(&app).await;
    assert_eq!(told_newer(&app, &lipowo).await.len(), 2);
    ada.client.post("/teaching/kurs/offer", &[]).await.assert(303);
    worked(&app).await;
    assert_eq!(told_newer(&app, &lipowo).await.len(), 3);
    drop(dan);
    app.end().await;
}
