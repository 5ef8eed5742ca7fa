//! A town in which the pages of training, tests, certificates, films and the common catalogue are filled, and who reads which of them.

use courses::enrolment::{self, Target};
use courses::outline::{self, UnitText};
use courses::rule::Due;
use courses::title::NewTitle;
use courses::translation::{self, NewText};
use courses::{Taught, UnitId, media, offer};
use identity::{GroupId, OrgUnitId, PositionId, Role};
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::authz::filled;
use crate::harness::{Client, House, Someone, film, owner};
use crate::http::films::{self, Stage};
use crate::http::{certificates, notices, obligations, quizzes};

/// What comes after the questions of `quizzes::TEST`: one of each of the other kinds that the program marks itself.
const MORE: &str = "
## Co trzeba opisać

Które elementy strony muszą mieć opis?

- [x] Zdjęcie z otwarcia biblioteki
- [x] Mapa dojazdu
- [ ] Ozdobna linia

## Deklaracja

Strona bez deklaracji dostępności jest zgodna z ustawą.

Prawda czy fałsz: fałsz

## Znaczniki

Dopasuj znacznik do części strony.

Pary:
- Nagłówek => h2
- Akapit => p
- => marquee

## Bieg sprawy

Ułóż od pierwszego do ostatniego.

Kolejność:
1. Wniosek
2. Decyzja
3. Odwołanie

## Kto podpisuje

Deklarację podpisuje [[kierownik | kierownik podmiotu]], a publikuje się ją na [[*stronie | tablicy ogłoszeń | plakacie]].

## Gdzie opis

Wskaż pole, w którym wpisuje się opis obrazka.

Obrazek: media/plan.png
Opis obrazka: Okno wstawiania obrazka: u góry pole adresu, na dole pole opisu.
- ( ) Pole adresu @ 10 12 80 20
- (x) Pole opisu @ 10 60 80 20
";

/// A test with an answer that a person marks.
const MARKED: &str = "\
Próg zaliczenia: 60%
Kolejność pytań: stała
Odpowiedzi: po każdym podejściu
Test wstępny: tak

## Skrót urzędu

Jak w skrócie?

Odpowiedź: BIP

## Pismo
Punkty: 3

Opisz.

Wypowiedź: do 200 słów
- 2 pkt: Podstawa prawna
- 1 pkt: Prosty język
";

const INTRO: &str = "## Po co\n\nTreść wstępu.\n\n![Plan budynku](media/plan.png)\n\n| Dzień | Godzina |\n|---|---|\n| środa | 10:00 |\n";

/// Everybody of the town but those whose names stand in lists alone.
struct People {
    szef: Someone,
    hala: Someone,
    ela: Someone,
    jan: Someone,
    ola: Someone,
    ewa: Someone,
    rita: Someone,
    root: Someone,
}

/// Who has to take what: a unit with its head, a position, and takings that are late, exempted and done.
struct Duties {
    unit: OrgUnitId,
    position: PositionId,
    group: GroupId,
    late: String,
    exempted: String,
    done: String,
    /// A certificate of the course `rodo`, with its key.
    certificate: Vec<(&'static str, String)>,
}

/// The tests: of `kurs-testowy` one that Jan has open, of `pismo` one that Rita waits for.
struct Tests {
    course: Taught,
    unit: UnitId,
    attempt: Vec<(&'static str, String)>,
    /// The other attempt of Jan, which has ended.
    passed: String,
    marked: UnitId,
    waits: String,
    card: String,
}

/// The film is made, nobody works any more, and the town is filled. Answers which pages each person must see, under `must`, and every
/// address of these areas, under `all`.
pub async fn town() -> (Stage, Value) {
    let mut stage = films::stage().await;
    stage.upload(&film(stage.app.folder.path(), 9)).await;
    stage.wait_for("ready").await;
    stage.app.stop_workers().unwrap().end().await;
    let pages = fill(&stage).await;
    (stage, pages)
}

async fn fill(stage: &Stage) -> Value {
    let app = &stage.app;
    let office = House { app, id: stage.ada.actor.organisation().unwrap(), slug: "brzozow".to_owned() };
    let people = People {
        szef: office.admin("szef").await,
        hala: office.learner("hala").await,
        ela: office.instructor("ela").await,
        jan: office.learner("jan").await,
        ola: office.learner("ola").await,
        ewa: office.learner("ewa").await,
        rita: office.learner("rita").await,
        root: office.person("root", &[Role::InstallationAdmin]).await,
    };
    let duties = oblige(&office, &stage.ada, &people).await;
    let tests = test(&office, &stage.ada, &people).await;
    office.publish(&stage.ada, &stage.course, &[Target::Everybody]).await;
    let offers = share(&office, &people, duties.position).await;
    review(&office, &stage.ada, &people, &tests).await;
    obligations::settle(&office).await;
    for who in [&people.hala, &people.szef] {
        who.client.post("/reports/training/frozen", &[]).await.assert(303);
    }
    let notice = notices::one_of_everything(&office, &people.jan).await;
    let must = must(stage, &people, &duties, &tests, &offers);
    let all = addresses(stage, &people, &duties, (&tests, &offers, notice)).await;
    json!({ "must": must, "all": all })
}

/// A course that everybody has to take, a week ago: Jan has, Ola is late, Ewa is exempted; whoever came since has time.
async fn oblige(office: &House<'_>, ada: &Someone, people: &People) -> Duties {
    let unit = obligations::unit(office, None, "Wydział Promocji").await;
    let desk = obligations::unit(office, Some(unit), "Referat Prasowy").await;
    for (who, place) in [(&people.jan, desk), (&people.ola, unit), (&people.hala, unit)] {
        obligations::place(office, who, Some(place)).await;
    }
    obligations::appoint(office, unit, &people.hala).await;
    let position = obligations::held(office, "redaktor strony", &[&people.ola]).await;
    let group = office.group("Redaktorzy", &[&people.jan, &people.ola]).await;
    let course = obligations::published(office, ada, "RODO").await;
    let rule = obligations::must(Due::After(5), Some(12));
    obligations::direct(office, ada, &course, Target::Everybody, &rule).await;
    let rule = obligations::must(Due::After(3), None);
    obligations::direct(office, ada, &course, Target::Position(position), &rule).await;
    obligations::finish(&people.jan, &course).await;
    let certificate = certificates::one_of_everything(office, &people.jan).await;
    office.app.clock.advance(Duration::days(7));
    let mut owner = owner(office.app).await;
    let late = obligations::open_taking(&mut owner, &people.ola).await.to_string();
    let exempted = obligations::open_taking(&mut owner, &people.ewa).await.to_string();
    let done: Uuid =
        sqlx::query_scalar("select id from taking where person_id = $1 and done_at is not null limit 1")
            .bind(people.jan.id.0)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    let exempt = format!("/reports/training/takings/{exempted}/exempt");
    people.szef.client.post(&exempt, &[("reason", "urlop rodzicielski")]).await.assert(303);
    Duties { unit, position, group, late, exempted, done: done.to_string(), certificate }
}

/// A small picture.
fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_fn(64, 48, |x, y| image::Rgba([0, 90, 140, if x > y { 200 } else { 255 }]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

async fn rewrite(office: &House<'_>, who: &Someone, course: &Taught, unit: UnitId, text: &str) {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let old = outline::unit(&mut tx, course, unit).await.unwrap();
    let new = UnitText { title: old.title, minutes: old.minutes, markdown: text.to_owned() };
    outline::save_unit(&mut tx, course, unit, old.revision, &new).await.unwrap();
    tx.commit().await.unwrap();
}

/// Takes the test of a lesson, with these answers to the questions of these numbers. Answers the address of the attempt.
async fn take(client: &Client, lesson: &str, answers: &[(usize, &str, &str)]) -> String {
    client.get(lesson).await.assert(200);
    let first = client.post(&format!("{lesson}/test"), &[]).await.assert(303).location();
    let attempt = first.strip_suffix("/questions/1").expect("the first question").to_owned();
    for (number, name, value) in answers {
        let form = [(*name, *value), ("act", "stay")];
        client.post(&format!("{attempt}/questions/{number}"), &form).await.assert(303);
    }
    client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    attempt
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Both courses with tests, and everybody's attempts at them.
async fn test(office: &House<'_>, ada: &Someone, people: &People) -> Tests {
    let course = office.course(ada, "Kurs testowy", &[("Wstęp", INTRO), ("Dalej", "Tekst.")]).await;
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    media::add(&mut tx, &office.app.ground.blobs, &course, "plan.png", picture().into()).await.unwrap();
    let units = outline::draft(&mut tx, &course).await.unwrap().remove(0).units;
    tx.commit().await.unwrap();
    // Two right answers pass it, and no attempt runs out of time while it is looked at.
    let text = quizzes::TEST.replace("60%", "20%").replace("10 min", "300 min") + MORE;
    let unit = quizzes::write(office, ada, &course, &text).await;
    translate(office, ada, &course, unit).await;
    office.publish(ada, &course, &[Target::Everybody]).await;
    rewrite(office, ada, &course, units[1].id, "Inny tekst.\n\nI drugi wiersz.").await;
    office.publish(ada, &course, &[]).await;

    let granted = [("time", "1250"), ("breaks", "10"), ("larger", "1"), ("ground", "orzeczenie")];
    let of_jan = format!("/people/{}/accommodation", people.jan.id);
    people.szef.client.post(&of_jan, &granted).await.assert(303);
    let attempt = quizzes::one_of_everything(ada, &people.jan, course.slug(), &units[0]).await;
    let open = &attempt.iter().find(|(name, _)| *name == "attempt").unwrap().1;
    let passed: Uuid = sqlx::query_scalar("select id from attempt where person_id = $1 and id <> $2")
        .bind(people.jan.id.0)
        .bind(open.parse::<Uuid>().unwrap())
        .fetch_one(&mut owner(office.app).await)
        .await
        .unwrap();

    // As many as an analysis needs; half of them know less.
    let lesson = "/courses/kurs-testowy/wstep";
    for number in 0..10 {
        let who = office.learner(&format!("osoba{number}")).await;
        let text = if number % 2 == 0 { "TAJNYBIP" } else { "inaczej" };
        let days = if number % 3 == 0 { "31337" } else { "7" };
        take(&who.client, lesson, &[(2, "text", text), (3, "number", days)]).await;
    }
    // Ola has finished the course and repeats it.
    take(&people.ola.client, lesson, &[(2, "text", "TAJNYBIP"), (3, "number", "31337")]).await;
    people.ola.client.post("/courses/kurs-testowy/dalej/finish", &[]).await.assert(303);
    let on = people.ola.client.post("/review/courses/kurs-testowy/on", &[]).await.assert(303);
    assert_eq!(on.location(), "/review");
    let page = people.ola.client.get("/review").await.assert(200);
    let card = page.text.split("href=\"/review/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(card.parse::<Uuid>().is_ok(), "{card}");
    let (marked, waits) = mark(office, ada, people).await;
    Tests { course, unit, attempt, passed: passed.to_string(), marked, waits, card }
}

/// A unit and the title in Ukrainian.
async fn translate(office: &House<'_>, ada: &Someone, course: &Taught, unit: UnitId) {
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = outline::unit(&mut tx, course, unit).await.unwrap();
    let text =
        NewText { title: "Вступ".to_owned(), markdown: "Текст.".to_owned(), ..NewText::default() };
    translation::save(&mut tx, course, &unit, "uk", &text).await.unwrap();
    let title = NewTitle { title: "Курс".to_owned(), ..NewTitle::default() };
    courses::title::save(&mut tx, course, "uk", &title).await.unwrap();
    tx.commit().await.unwrap();
}

/// Jan's answer is marked, and a corrected key would change it; Rita's waits. Answers the unit and Rita's attempt.
async fn mark(office: &House<'_>, ada: &Someone, people: &People) -> (UnitId, String) {
    let course = office.course(ada, "Pismo", &[("Lekcja", "Tekst.")]).await;
    let unit = quizzes::write(office, ada, &course, MARKED).await;
    office.publish(ada, &course, &[Target::Everybody]).await;
    let answers = [(1, "text", "Biuletyn"), (2, "essay", "Ustawa.\r\nProsto.")];
    let attempt = last(&take(&people.jan.client, "/courses/pismo/lekcja", &answers).await);
    let waits = last(&take(&people.rita.client, "/courses/pismo/lekcja", &answers).await);
    let edit = format!("/teaching/pismo/units/{unit}/test");
    let marks = [("question", "2"), ("points-2-1", "1"), ("points-2-2", "1"), ("comment-2", "Dobrze.")];
    ada.client.post(&format!("{edit}/results/{attempt}/mark"), &marks).await.assert(303);
    let revision = ada.client.get(&edit).await.assert(200).value("revision");
    let text = MARKED.replace("Odpowiedź: BIP", "Odpowiedź: BIP\nOdpowiedź: Biuletyn");
    ada.client.post(&edit, &[("text", &*text), ("revision", &*revision)]).await.assert(303);
    (unit, waits)
}

async fn offered(office: &House<'_>, author: &Someone, title: &str) -> (Taught, String) {
    let course = office.course(author, title, &[("Lekcja", "Tekst."), ("Druga", "Tekst drugiej.")]).await;
    office.publish(author, &course, &[]).await;
    author.client.post(&format!("/teaching/{}/offer", course.slug()), &[]).await.assert(303);
    let mut tx = office.app.ground.db.begin(&author.actor).await.unwrap();
    let id = offer::standing(&mut tx, &course).await.unwrap().unwrap().id;
    (course, id.to_string())
}

/// Another office offers two courses: one is taken over here and has a newer version since. Answers both offers, first the one that
/// nobody took.
async fn share(office: &House<'_>, people: &People, position: PositionId) -> Vec<String> {
    let other = office.app.office("lipowo").await;
    let bea = other.person("bea", &[Role::OrganisationAdmin, Role::Instructor]).await;
    let (course, taken) = offered(&other, &bea, "Wspólny").await;
    let (_, left) = offered(&other, &bea, "Drugi").await;
    let szef = &people.szef.client;
    let page = format!("/catalogue/installation/{taken}");
    let version = szef.get(&page).await.assert(200).value("version");
    szef.post(&page, &[("version", &version)]).await.assert(303);
    let mut tx = office.app.ground.db.begin(&bea.actor).await.unwrap();
    let unit = outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    tx.commit().await.unwrap();
    rewrite(&other, &bea, &course, unit, "Nowy tekst wydawcy.").await;
    other.publish(&bea, &course, &[]).await;

    let list = "/organisations/positions";
    let name = [("name", "Redaktor strony internetowej")];
    people.root.client.post(list, &name).await.assert(303);
    let shared = people.root.client.get(list).await.assert(200).value("position");
    let meant = [("own", position.to_string()), ("shared", shared)];
    let meant = meant.each_ref().map(|(name, value)| (*name, value.as_str()));
    szef.post("/catalogue/decisions/positions", &meant).await.assert(303);
    let publisher = other.id.to_string();
    let decision = [("publisher", publisher.as_str()), ("decision", "automatic"), ("due_days", "14")];
    szef.post("/catalogue/decisions", &decision).await.assert(303);
    vec![left, taken]
}

/// The course is offered to others, and its changed draft waits for a second person.
async fn review(office: &House<'_>, ada: &Someone, people: &People, tests: &Tests) {
    let home = format!("/teaching/{}", tests.course.slug());
    ada.client.post(&format!("{home}/offer"), &[]).await.assert(303);
    let second = people.ela.id.to_string();
    ada.client.post(&format!("{home}/teachers"), &[("person", &second)]).await.assert(303);
    let rules = [("course", "yes"), ("organisation", "no")];
    people.szef.client.post(&format!("{home}/review/rules"), &rules).await.assert(303);
    rewrite(office, ada, &tests.course, tests.unit, &INTRO.replace("wstępu", "zmienionego wstępu")).await;
    ada.client.post(&format!("{home}/review"), &[("note", "Proszę o uwagi.")]).await.assert(303);
}

/// The pages that each person must see: addresses by login, of nobody under `""`.
fn must(stage: &Stage, people: &People, duties: &Duties, tests: &Tests, offers: &[String]) -> Value {
    let attempt = &tests.attempt.iter().find(|(name, _)| *name == "attempt").unwrap().1;
    let test = "/courses/kurs-testowy/wstep/test";
    let mut jan: Vec<String> = (1..=9).map(|number| format!("{test}/{attempt}/questions/{number}")).collect();
    jan.extend([
        "/training".to_owned(),
        test.to_owned(),
        format!("{test}/{attempt}"),
        format!("{test}/{}", tests.passed),
        "/notices".to_owned(),
        "/notices/settings".to_owned(),
        "/my-certificates".to_owned(),
        "/review".to_owned(),
        "/courses/kurs-z-filmem/wyklad".to_owned(),
    ]);
    let key = &duties.certificate.iter().find(|(name, _)| *name == "key").unwrap().1;
    json!({
        "hala": of_head(duties),
        "szef": of_administrator(people, duties, offers),
        "ada": of_author(stage, duties, tests),
        "ela": ["/teaching/kurs-testowy/review", "/teaching/kurs-testowy"],
        "jan": jan,
        "ola": ["/review", format!("/review/{}", tests.card), "/review/courses/kurs-testowy/off", "/training"],
        "rita": ["/courses/pismo/lekcja/test", format!("/courses/pismo/lekcja/test/{}", tests.waits)],
        "root": ["/organisations", "/organisations/new", "/organisations/positions", "/organisations/films"],
        "": ["/certificates", format!("/certificates/{key}"), "/statement"],
    })
}

fn of_head(duties: &Duties) -> Vec<String> {
    let report = "/reports/training";
    vec![
        report.to_owned(),
        "/training".to_owned(),
        format!("{report}?state=late"),
        format!("{report}?result=no_test"),
        format!("{report}?state=exempt&course=rodo"),
        format!("{report}?unit={}&course=rodo&from=2020-01-01&to=2099-12-31", duties.unit),
        format!("{report}/frozen"),
        format!("{report}/takings/{}", duties.late),
        format!("{report}/takings/{}", duties.done),
    ]
}

fn of_administrator(people: &People, duties: &Duties, offers: &[String]) -> Vec<String> {
    let mut paths = vec![
        "/reports/training".to_owned(),
        "/reports/training/frozen?state=late".to_owned(),
        format!("/reports/training/takings/{}", duties.exempted),
        "/positions".to_owned(),
        format!("/positions/{}", duties.position),
        format!("/positions/{}?q=osoba", duties.position),
        format!("/positions/{}/delete", duties.position),
        format!("/people/{}/accommodation", people.jan.id),
        format!("/people/{}/certificates/erase", people.jan.id),
        format!("/units/{}/heads", duties.unit),
        "/catalogue/installation".to_owned(),
        "/catalogue/decisions".to_owned(),
        "/teaching/wspolny".to_owned(),
        "/teaching/wspolny/takeover".to_owned(),
        "/teaching/wspolny/offer".to_owned(),
        "/organisation/certificates".to_owned(),
    ];
    for offer in offers {
        paths.push(format!("/catalogue/installation/{offer}"));
        paths.push(format!("/catalogue/installation/{offer}?unit=druga"));
    }
    paths
}

fn of_author(stage: &Stage, duties: &Duties, tests: &Tests) -> Vec<String> {
    let home = format!("/teaching/{}", tests.course.slug());
    let attempt = &tests.attempt.iter().find(|(name, _)| *name == "attempt").unwrap().1;
    let certificate = &duties.certificate.iter().find(|(name, _)| *name == "certificate").unwrap().1;
    let film = stage.film;
    let unit = tests.unit;
    let mut paths: Vec<String> =
        ["poster", "trim", "delete"].map(|act| format!("/studio/{film}/{act}")).to_vec();
    paths.push("/studio".to_owned());
    let parts = [
        "offer",
        "people",
        "people/rule?target=everybody",
        "versions",
        "versions/compare",
        "versions/compare?from=1&to=2",
        "versions/compare?from=2&to=draft",
        // Two units differ.
        "versions/compare?from=1&to=draft",
        "review",
        "reading",
        "publish",
        "progress",
        "languages",
        "languages/uk",
        "languages/en",
        "copy",
        "document",
        "pictures",
    ];
    paths.extend(parts.map(|part| format!("{home}/{part}")));
    let parts = ["", "/form", "/form/new", "/preview", "/results", "/items", "/regrade", "/remove"];
    paths.extend(parts.map(|part| format!("{home}/units/{unit}/test{part}")));
    let kinds =
        ["multiple", "true_false", "short", "number", "matching", "ordering", "gaps", "hotspot", "essay"];
    paths.extend(kinds.map(|kind| format!("{home}/units/{unit}/test/form/new?kind={kind}")));
    let parts = ["languages", "languages/uk", "languages/en", "reuse"];
    paths.extend(parts.map(|part| format!("{home}/units/{unit}/{part}")));
    paths.push(format!("{home}/units/{unit}/test/results/{attempt}"));
    let marked = format!("/teaching/pismo/units/{}/test", tests.marked);
    paths.extend(["results", "regrade", "items"].map(|part| format!("{marked}/{part}")));
    paths.push(format!("{marked}/results/{}", tests.waits));
    let papers = "/teaching/rodo/certificates";
    paths.push(papers.to_owned());
    paths.extend(["revoke", "replace"].map(|act| format!("{papers}/{certificate}/{act}")));
    paths
}

/// Every address of these areas that is read, with what stands in them in this town; those of teaching once more for the course with
/// the film.
async fn addresses(
    stage: &Stage,
    people: &People,
    duties: &Duties,
    (tests, offers, notice): (&Tests, &[String], Vec<(&'static str, String)>),
) -> Vec<String> {
    let app = &stage.app;
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let outline = outline::draft(&mut tx, &tests.course).await.unwrap();
    let shown = outline::draft(&mut tx, &stage.course).await.unwrap();
    let enrolment = enrolment::all(&mut tx, &tests.course).await.unwrap()[0].id;
    let picture = media::all(&mut tx, &tests.course).await.unwrap()[0].id;
    drop(tx);
    let some = Uuid::new_v4().to_string();
    let mut real: Vec<(&str, String)> = vec![
        ("slug", tests.course.slug().to_owned()),
        ("office", "brzozow".to_owned()),
        ("course", tests.course.slug().to_owned()),
        ("unit", outline[0].units[0].slug.clone()),
        ("unit_id", tests.unit.to_string()),
        ("section", outline[0].id.to_string()),
        ("film", stage.film.to_string()),
        ("person", people.jan.id.to_string()),
        ("position", duties.position.to_string()),
        ("taking", duties.late.clone()),
        ("enrolment", enrolment.to_string()),
        ("card", tests.card.clone()),
        ("offer", offers[0].clone()),
        ("group", duties.group.to_string()),
        ("code", "uk".to_owned()),
        ("language", "pl".to_owned()),
        ("number", "1".to_owned()),
        ("at_ms", "0".to_owned()),
        ("file", "pl.vtt".to_owned()),
        ("name", "plan.png".to_owned()),
        ("playlist", "master.m3u8".to_owned()),
        ("rendition", "240p".to_owned()),
        ("step", "up".to_owned()),
    ];
    for name in
        ["member", "upload", "media", "publisher", "session", "ticket", "secret", "note", "training_report"]
    {
        real.push((name, some.clone()));
    }
    real.extend(tests.attempt.iter().cloned());
    real.extend(duties.certificate.iter().cloned());
    real.extend(notice);
    let mut filmed: Vec<(&str, String)> = vec![
        ("slug", stage.course.slug().to_owned()),
        ("unit", shown[0].units[0].slug.clone()),
        ("unit_id", shown[0].units[0].id.to_string()),
        ("section", shown[0].id.to_string()),
    ];
    filmed.extend(real.iter().cloned());

    let left = ["/api/", "/devices", "/my-devices", "/d/", "/statistics", "/media/", "/setup/", "/calendar/"];
    let routes = app::routes::pages();
    let read = routes.list().iter().filter(|route| route.method == Method::GET);
    let mut all = Vec::new();
    for route in read.filter(|route| !left.iter().any(|start| route.path.starts_with(start))) {
        let path = route
            .path
            .replace("/people/{id}", &format!("/people/{}", people.jan.id))
            .replace("/units/{id}", &format!("/units/{}", duties.unit))
            .replace("/pictures/{id}", &format!("/pictures/{picture}"))
            .replace("/media/{id}", &format!("/media/{picture}"));
        all.push(filled(&path, &real));
        if path.contains("{unit_id}") || path.contains("{section}") {
            all.push(filled(&path, &filmed));
        }
    }
    all.sort();
    all.dedup();
    all
}
