//! A course as a folder: taken into a draft and written out again, with nothing lost and nothing half-done.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use courses::Taught;
use courses::folder::{self, CourseFolder, Error};
use identity::Author;
use video::take::Place;

use crate::harness::{House, Someone, TestApp, owner, speaks};

pub const MOST: u64 = 1 << 30;
const VTT: &str = "WEBVTT\n\n00:00.000 --> 00:01.000\nDzień dobry.\n";

/// No workers: what is imported waits in the queue and is looked at there.
async fn start() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

pub fn place(app: &TestApp, someone: &Someone) -> Place {
    Place { db: app.ground.db.clone(), blobs: app.ground.blobs.clone(), actor: someone.actor.clone() }
}

pub fn author() -> Author {
    Author::at_the_terminal()
}

pub fn read(path: &Path, media: &[PathBuf]) -> CourseFolder {
    folder::read(path, media).map_err(|reports| folder::listing(&reports)).unwrap()
}

/// Every file under a folder with its bytes.
fn tree(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap().path();
            if entry.is_dir() {
                open.push(entry);
            } else {
                let name = entry.strip_prefix(path).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&entry).unwrap());
            }
        }
    }
    files
}

pub fn write(path: &Path, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        let file = path.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

/// Bytes that stand in for a film: more than two parts of an upload.
fn film_bytes(seed: u32) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom".to_vec();
    bytes
        .extend((0..17_000_000u32).map(|at| (at.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 24) as u8));
    bytes
}

pub fn course(units: &str) -> String {
    format!(
        "title = \"Kurs\"\nslug = \"kurs\"\nlanguage = \"pl\"\nsummary = \"Opis.\"\n\n[[section]]\ntitle = \"Dział\"\nunits = [{units}]\n"
    )
}

pub fn unit(title: &str, front: &str, markdown: &str) -> String {
    format!("+++\ntitle = \"{title}\"\nminutes = 5\n{front}+++\n\n{markdown}")
}

pub async fn imported(app: &TestApp, someone: &Someone, folder: &CourseFolder) -> Taught {
    folder::import(&place(app, someone), &author(), folder, MOST).await.unwrap().course
}

pub async fn exported(app: &TestApp, someone: &Someone, course: &Taught) -> BTreeMap<String, Vec<u8>> {
    let into = tempfile::tempdir().unwrap();
    let done = folder::export(&place(app, someone), course, into.path()).await.unwrap();
    assert_eq!((done.faults, done.without_film), (vec![], Vec::<String>::new()));
    tree(into.path())
}

/// Slug, film and the film's source of every unit in the draft, in order.
async fn draft(app: &TestApp, someone: &Someone, course: &Taught) -> Vec<(String, Option<(String, String)>)> {
    let mut tx = app.ground.db.begin(&someone.actor).await.unwrap();
    let mut units = Vec::new();
    for line in
        courses::outline::draft(&mut tx, course).await.unwrap().into_iter().flat_map(|section| section.units)
    {
        let mut film = None;
        if let Some(id) = line.film {
            let proof = courses::film::for_editing(&mut tx, course, id).await.unwrap();
            let source = video::film::source(&mut tx, &proof).await.unwrap();
            film = Some((id.to_string(), source.map(|source| source.0).unwrap_or_default()));
        }
        units.push((line.slug, film));
    }
    units
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_course_comes_back_byte_for_byte_and_again_from_there() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let made = tempfile::tempdir().unwrap();
    write(made.path(), &[("wyklad.mp4", &film_bytes(1)), ("wyklad.pl.vtt", VTT.as_bytes())]);
    let demo = TestApp::root().join("demo/courses/dostepnosc-cyfrowa");
    let folder = read(&demo, &[made.path().to_owned()]);
    let taught = imported(&app, &ada, &folder).await;

    let mut expected = tree(&demo);
    for (name, bytes) in tree(made.path()) {
        expected.entry(format!("media/{name}")).or_insert(bytes);
    }
    let first = exported(&app, &ada, &taught).await;
    assert_eq!(first.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in &expected {
        assert!(first[name] == *bytes, "{name} differs");
    }

    let other = app.office("lesko").await;
    let ben = other.instructor("ben").await;
    let copy = tempfile::tempdir().unwrap();
    for (name, bytes) in &first {
        write(copy.path(), &[(name, bytes)]);
    }
    let again = imported(&app, &ben, &read(copy.path(), &[])).await;
    assert!(exported(&app, &ben, &again).await == first);

    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert_eq!(courses::publish::findings(&mut tx, &taught).await.unwrap(), []);
    // Whoever takes a folder in has not read its captions by that.
    let refused = courses::publish::publish(&mut tx, &taught).await;
    assert!(matches!(refused, Err(courses::Error::FindingsInTheWay(1))));
    crate::harness::waive_all(&mut tx, &taught).await;
    assert_eq!(courses::publish::publish(&mut tx, &taught).await.unwrap(), 1);
    tx.commit().await.unwrap();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_that_is_there_is_only_replaced_when_asked_and_only_by_who_teaches_it() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let (ada, ben) = (office.instructor("ada").await, office.instructor("ben").await);
    let stranger = app.office("lesko").await.instructor("ola").await;
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("course.toml", course("\"01-a\"").as_bytes()), ("01-a.md", unit("A", "", "x\n").as_bytes())],
    );
    let folder = read(dir.path(), &[]);
    let taught = imported(&app, &ada, &folder).await;
    for someone in [&ada, &ben] {
        let again = folder::import(&place(&app, someone), &author(), &folder, MOST).await;
        assert!(matches!(again, Err(Error::Exists(slug)) if slug == "kurs"));
    }
    imported(&app, &stranger, &folder).await;

    let mut tx = app.ground.db.begin(&ben.actor).await.unwrap();
    let refused = folder::taught(&mut tx, &author(), "kurs").await;
    assert!(matches!(refused, Err(Error::Course(courses::Error::NotAllowed))));
    assert!(folder::taught(&mut tx, &author(), "inny").await.unwrap().is_none());
    drop(tx);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert_eq!(folder::taught(&mut tx, &author(), "kurs").await.unwrap().unwrap().id(), taught.id());
    drop(tx);

    let mut other = folder.clone();
    other.card.slug = "inny".to_owned();
    let wrong = folder::replace(&place(&app, &ada), &taught, &other, MOST).await;
    assert!(matches!(wrong, Err(Error::OtherCourse { .. })));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_draft_is_the_folder_and_what_was_published_stays() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (film_bytes(1), film_bytes(2));
    let film = "film = \"media/f.mp4\"\ncaptions = [{ language = \"pl\", label = \"Polski\", file = \"media/f.vtt\" }]\nfilm_seen = 90\n";
    let png = |end: u8| [b"\x89PNG\r\n\x1a\n".as_slice(), &[end]].concat();
    write(
        dir.path(),
        &[
            ("course.toml", course("\"01-a\", \"02-b\", \"03-c\"").as_bytes()),
            ("01-a.md", unit("A", film, "[c](03-c.md) ![x](media/x.png) ![y](media/y.png)\n").as_bytes()),
            ("02-b.md", unit("B", "", "b\n").as_bytes()),
            ("03-c.md", unit("C", "", "c\n").as_bytes()),
            ("media/f.mp4", &first),
            ("media/f.vtt", VTT.as_bytes()),
            ("media/x.png", &png(1)),
            ("media/y.png", &png(1)),
        ],
    );
    let taught = imported(&app, &ada, &read(dir.path(), &[])).await;
    let before = draft(&app, &ada, &taught).await;
    office.publish(&ada, &taught, &[]).await;

    // The same folder again: nothing is sent.
    let same = folder::replace(&place(&app, &ada), &taught, &read(dir.path(), &[]), MOST).await.unwrap();
    assert_eq!((same.units, same.pictures, same.films), (3, 0, 0));
    assert_eq!(draft(&app, &ada, &taught).await, before);

    // Another order and another section, a unit less, a unit more, one picture changed and one gone, another film.
    let toml = course("\"07-c\"") + "\n[[section]]\ntitle = \"Drugi\"\nunits = [\"09-d\", \"10-a\"]\n";
    let next = tempfile::tempdir().unwrap();
    write(
        next.path(),
        &[
            ("course.toml", toml.as_bytes()),
            ("07-c.md", unit("C", "", "c [a](10-a.md#x)\n").as_bytes()),
            ("09-d.md", unit("D", "", "d\n").as_bytes()),
            ("10-a.md", unit("A nowe", film, "[c](07-c.md) ![x](media/x.png)\n").as_bytes()),
            ("media/f.mp4", &second),
            ("media/f.vtt", VTT.replace("Dzień", "Bardzo").as_bytes()),
            ("media/x.png", &png(2)),
        ],
    );
    let done = folder::replace(&place(&app, &ada), &taught, &read(next.path(), &[]), MOST).await.unwrap();
    assert_eq!((done.units, done.pictures, done.films), (3, 1, 1));
    let after = draft(&app, &ada, &taught).await;
    assert_eq!(after.iter().map(|unit| unit.0.as_str()).collect::<Vec<_>>(), ["c", "d", "a"]);
    assert_ne!(after[2].1, before[0].1, "the published version keeps its film");

    let files = exported(&app, &ada, &taught).await;
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        ["01-c.md", "02-d.md", "03-a.md", "course.toml", "media/a.mp4", "media/a.pl.vtt", "media/x.png"]
    );
    assert_eq!(text("01-c.md"), unit("C", "", "c [a](03-a.md#x)\n"));
    assert!(text("03-a.md").contains("[c](01-c.md) ![x]") && text("03-a.md").contains("A nowe"));
    assert!(text("03-a.md").contains("a.pl.vtt\" }]\nfilm_seen = 90\n+++\n"));
    assert!(files["media/a.mp4"] == second && files["media/x.png"] == png(2));
    assert_eq!(text("media/a.pl.vtt"), VTT.replace("Dzień", "Bardzo"));

    // The version shows the film it was published with.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let old = before[0].1.clone().unwrap();
    let proof = courses::film::for_editing(&mut tx, &taught, old.0.parse().unwrap()).await.unwrap();
    let (key, bytes) = video::film::source(&mut tx, &proof).await.unwrap().unwrap();
    assert_eq!((key.as_str(), bytes), (old.1.as_str(), first.len() as u64));
    crate::harness::waive_all(&mut tx, &taught).await;
    assert_eq!(courses::publish::publish(&mut tx, &taught).await.unwrap(), 2);
    tx.commit().await.unwrap();

    // Down to one section, without film and pictures.
    write(
        next.path(),
        &[("course.toml", course("\"09-d\"").as_bytes()), ("09-d.md", unit("D", "", "\nd").as_bytes())],
    );
    fs::remove_file(next.path().join("07-c.md")).unwrap();
    fs::remove_file(next.path().join("10-a.md")).unwrap();
    folder::replace(&place(&app, &ada), &taught, &read(next.path(), &[]), MOST).await.unwrap();
    let files = exported(&app, &ada, &taught).await;
    assert_eq!(files.keys().collect::<Vec<_>>(), ["01-d.md", "course.toml"]);
    assert_eq!(files["01-d.md"], unit("D", "", "\nd").into_bytes());
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_fails_leaves_no_trace_and_a_film_that_fails_is_sent_the_next_time() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("course.toml", course("\"01-a\"").as_bytes()),
            ("01-a.md", unit("A", "film = \"media/f.mkv\"\n", "![x](media/x.png)\n").as_bytes()),
            ("media/f.mkv", b"\x1a\x45\xdf\xa3 matroska"),
            ("media/x.png", b"\x89PNG\r\n\x1a\n"),
        ],
    );
    let folder = read(dir.path(), &[]);
    fs::remove_file(dir.path().join("media/x.png")).unwrap();
    let failed = folder::import(&place(&app, &ada), &author(), &folder, MOST).await;
    assert!(matches!(failed, Err(Error::Reading { .. })));
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert!(folder::taught(&mut tx, &author(), "kurs").await.unwrap().is_none());
    drop(tx);

    write(dir.path(), &[("media/x.png", b"\x89PNG\r\n\x1a\n")]);
    let failed = folder::import(&place(&app, &ada), &author(), &folder, 5).await;
    assert!(matches!(failed, Err(Error::Film { unit, .. }) if unit == "a"));
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let taught = folder::taught(&mut tx, &author(), "kurs").await.unwrap().unwrap();
    drop(tx);
    let into = tempfile::tempdir().unwrap();
    let done = folder::export(&place(&app, &ada), &taught, into.path()).await.unwrap();
    assert_eq!((done.films, done.without_film), (0, vec!["a".to_owned()]));
    let full = folder::export(&place(&app, &ada), &taught, into.path()).await;
    assert!(matches!(full, Err(Error::NotEmpty(_))));

    let done = folder::replace(&place(&app, &ada), &taught, &folder, MOST).await.unwrap();
    assert_eq!((done.pictures, done.films), (0, 1));
    let files = exported(&app, &ada, &taught).await;
    assert_eq!(files["media/a.mkv"], b"\x1a\x45\xdf\xa3 matroska");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_in_other_languages_are_in_the_folder_and_come_back_with_what_is_outdated() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let (ada, oksana) = (office.instructor("ada").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    let titles = "[[translation]]\nlanguage = \"en\"\ntitle = \"Course\"\nsummary = \"About.\"\n\n\
                  [[translation]]\nlanguage = \"uk\"\ntitle = \"Курс доступності\"\noutdated = true\n\n";
    let toml = course("\"01-a\"").replace("[[section]]", &format!("{titles}[[section]]"));
    let dir = tempfile::tempdir().unwrap();
    let text = unit("A", "", "x\n");
    write(dir.path(), &[("course.toml", toml.as_bytes()), ("01-a.md", text.as_bytes())]);
    let taught = imported(&app, &ada, &read(dir.path(), &[])).await;
    let written =
        async || String::from_utf8(exported(&app, &ada, &taught).await["course.toml"].clone()).unwrap();
    assert_eq!(written().await, toml);

    // What came in is what the pages have: one title is up to date, the other one is not, and readers get theirs.
    let page = ada.client.get("/teaching/kurs/languages").await.assert(200);
    assert_eq!(page.text.matches("oryginał się zmienił").count(), 1, "{}", page.text);
    office.publish(&ada, &taught, &[courses::enrolment::Target::Everybody]).await;
    oksana.client.get("/courses/kurs").await.assert(200).has("Курс доступності");

    // Taken in again it changes nothing; the original changes, and both are outdated; what is not in the folder goes.
    folder::replace(&place(&app, &ada), &taught, &read(dir.path(), &[]), MOST).await.unwrap();
    let revisions = "select sum(revision) from course_translation";
    let revised: i64 = sqlx::query_scalar(revisions).fetch_one(&mut owner(&app).await).await.unwrap();
    assert_eq!(revised, 2);
    let form = [("title", "Inny kurs"), ("summary", "Opis."), ("language", "pl")];
    ada.client.post("/teaching/kurs/settings", &form).await.assert(303);
    let changed = toml
        .replace("\"Kurs\"", "\"Inny kurs\"")
        .replace("summary = \"About.\"\n", "summary = \"About.\"\noutdated = true\n");
    assert_eq!(written().await, changed);
    let fewer = course("\"01-a\"").replace(
        "[[section]]",
        "[[translation]]\nlanguage = \"uk\"\ntitle = \"Курс\"\nsummary = \"Про що.\"\n\n[[section]]",
    );
    write(dir.path(), &[("course.toml", fewer.as_bytes())]);
    folder::replace(&place(&app, &ada), &taught, &read(dir.path(), &[]), MOST).await.unwrap();
    assert_eq!(written().await, fewer);
    ada.client.get("/teaching/kurs/languages").await.assert(200).lacks("oryginał się zmienił");
    app.end().await;
}

/// The text of a unit in another language.
fn translated(title: &str, front: &str, markdown: &str) -> String {
    format!("+++\ntitle = \"{title}\"\n{front}+++\n\n{markdown}")
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_units_in_other_languages_are_in_the_folder_and_come_back_with_what_is_outdated() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let (ada, oksana) = (office.instructor("ada").await, office.learner("oksana").await);
    speaks(&app, &oksana, "uk").await;
    let english = translated("Why", "", "See [the rest](07-b.md#x) and ![a plan](media/plan.png).\n");
    let ukrainian = translated("Навіщо", "outdated = true\n", "\nТекст про доступність");
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("course.toml", course("\"05-a\", \"07-b\"").as_bytes()),
            ("05-a.en.md", english.as_bytes()),
            ("05-a.md", unit("A", "", "a\n").as_bytes()),
            ("05-a.uk.md", ukrainian.as_bytes()),
            ("07-b.md", unit("B", "", "b\n").as_bytes()),
            ("media/plan.png", b"\x89PNG\r\n\x1a\n"),
        ],
    );
    let done = folder::import(&place(&app, &ada), &author(), &read(dir.path(), &[]), MOST).await.unwrap();
    assert_eq!((done.units, done.translations, done.pictures), (2, 2, 1));
    let taught = done.course;
    let first = exported(&app, &ada, &taught).await;
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        ["01-a.en.md", "01-a.md", "01-a.uk.md", "02-b.md", "course.toml", "media/plan.png"]
    );
    let text =
        |files: &BTreeMap<String, Vec<u8>>, name: &str| String::from_utf8(files[name].clone()).unwrap();
    assert_eq!(text(&first, "01-a.en.md"), english.replace("07-b", "02-b"));
    assert_eq!(text(&first, "01-a.uk.md"), ukrainian);

    // What came in is what the pages have: one text is up to date, the other one is not, and readers get theirs.
    let page = ada.client.get("/teaching/kurs/languages").await.assert(200);
    assert_eq!(page.text.matches("oryginał się zmienił").count(), 1, "{}", page.text);
    office.publish(&ada, &taught, &[courses::enrolment::Target::Everybody]).await;
    oksana.client.get("/courses/kurs/a").await.assert(200).has("Навіщо").has("Текст про доступність");

    // From there into another organisation and back again, byte for byte.
    let copy = tempfile::tempdir().unwrap();
    first.iter().for_each(|(name, bytes)| write(copy.path(), &[(name, bytes)]));
    let same = read(copy.path(), &[]);
    let other = app.office("lesko").await;
    let ben = other.instructor("ben").await;
    let theirs = imported(&app, &ben, &same).await;
    assert!(exported(&app, &ben, &theirs).await == first);

    // In place of the draft; what is the same is not saved anew.
    folder::replace(&place(&app, &ada), &taught, &same, MOST).await.unwrap();
    folder::replace(&place(&app, &ada), &taught, &same, MOST).await.unwrap();
    assert!(exported(&app, &ada, &taught).await == first);
    let revised: i64 = sqlx::query_scalar(
        "select sum(t.revision) from unit_translation t join unit u on u.id = t.unit_id where u.course_id = $1",
    )
    .bind(taught.id().0)
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!(revised, 3, "the English text once more, with the new name of its link");
    // That name is a change which readers do not have yet.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let changes = courses::publish::changes(&mut tx, &taught).await.unwrap().unwrap();
    assert_eq!(changes.changed, ["A"]);

    // The original changes, and both are outdated.
    let id = courses::outline::draft(&mut tx, &taught).await.unwrap()[0].units[0].id;
    let old = courses::outline::unit(&mut tx, &taught, id).await.unwrap();
    let new = courses::outline::UnitText { title: old.title, minutes: old.minutes, markdown: "c\n".into() };
    courses::outline::save_unit(&mut tx, &taught, id, old.revision, &new).await.unwrap();
    tx.commit().await.unwrap();
    let changed = exported(&app, &ada, &taught).await;
    let outdated = english.replace("07-b", "02-b").replacen("+++\n\n", "outdated = true\n+++\n\n", 1);
    assert_eq!((text(&changed, "01-a.en.md"), text(&changed, "01-a.uk.md")), (outdated, ukrainian));

    // A folder in which the text follows the original says so, and what is not in it goes.
    write(copy.path(), &[("01-a.md", &changed["01-a.md"])]);
    fs::remove_file(copy.path().join("01-a.uk.md")).unwrap();
    folder::replace(&place(&app, &ada), &taught, &read(copy.path(), &[]), MOST).await.unwrap();
    let fewer = exported(&app, &ada, &taught).await;
    assert_eq!(text(&fewer, "01-a.en.md"), english.replace("07-b", "02-b"));
    assert!(!fewer.contains_key("01-a.uk.md"));
    ada.client.get("/teaching/kurs/languages").await.assert(200).lacks("oryginał się zmienił");
    // What was published stays.
    oksana.client.get("/courses/kurs/a").await.assert(200).has("Текст про доступність");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_with_faults_is_written_as_it_is_and_the_faults_are_told() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let text = "# Tytuł\n\n![](media/none.png) [dalej](druga.md) [tu](77-druga.md)\n";
    let taught: Taught =
        House::course(&office, &ada, "Kurs „nowy”", &[("Pierwsza", text), ("Druga", "")]).await;
    let into = tempfile::tempdir().unwrap();
    let done = folder::export(&place(&app, &ada), &taught, into.path()).await.unwrap();
    let found: Vec<String> =
        done.faults.iter().map(|r| r.to_string().split("; ").next().unwrap().to_owned()).collect();
    assert_eq!(
        found,
        [
            "course.toml:4: “summary” is empty",
            "01-pierwsza.md:6: heading of level 1",
            "01-pierwsza.md:8: there is no media/none.png",
            "01-pierwsza.md:8: the picture media/none.png has no text",
        ]
    );
    let files = tree(into.path());
    let expected = unit("Pierwsza", "", &text.replace("(druga.md)", "(02-druga.md)").replace("77", "02"));
    assert_eq!(String::from_utf8(files["01-pierwsza.md"].clone()).unwrap(), expected);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_comes_and_goes_with_the_folder() {
    const TEST: &str = "Próg zaliczenia: 60%\nLosuj: 1 z #a\n\n## Jedno\nTagi: #a\n\nCo? Patrz [b](07-b.md).\n\n- (x) To\n  > Tak.\n- ( ) Tamto\n\nWyjaśnienie: Bo tak.\n";
    let app = start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("course.toml", course("\"05-a\", \"07-b\"").as_bytes()),
            ("05-a.md", unit("A", "", "a\n").as_bytes()),
            ("05-a.quiz.md", TEST.as_bytes()),
            ("07-b.md", unit("B", "", "b\n").as_bytes()),
        ],
    );
    let done = folder::import(&place(&app, &ada), &author(), &read(dir.path(), &[]), MOST).await.unwrap();
    assert_eq!((done.units, done.tests), (2, 1));
    let taught = done.course;
    let first = exported(&app, &ada, &taught).await;
    assert_eq!(first.keys().collect::<Vec<_>>(), ["01-a.md", "01-a.quiz.md", "02-b.md", "course.toml"]);
    let text = String::from_utf8(first["01-a.quiz.md"].clone()).unwrap();
    assert!(
        text.contains("Klucz: jedno\n") && text.contains("[b](02-b.md)") && text.contains("  > Tak."),
        "{text}"
    );

    // From there and back again, byte for byte; what is the same is not saved anew.
    let copy = tempfile::tempdir().unwrap();
    first.iter().for_each(|(name, bytes)| write(copy.path(), &[(name, bytes)]));
    let same = read(copy.path(), &[]);
    folder::replace(&place(&app, &ada), &taught, &same, MOST).await.unwrap();
    folder::replace(&place(&app, &ada), &taught, &same, MOST).await.unwrap();
    assert!(exported(&app, &ada, &taught).await == first);
    let unit = courses::outline::draft(&mut app.ground.db.begin(&ada.actor).await.unwrap(), &taught).await;
    let unit = unit.unwrap()[0].units[0].id;
    let revision = async || {
        let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
        let draft = courses::quiz::store::draft_in_full(&mut tx, &taught, unit).await.unwrap();
        draft.map(|draft| draft.revision)
    };
    assert_eq!(revision().await, Some(2), "once with the folder, once with the new name of a link");

    // Without its file the test goes.
    fs::remove_file(copy.path().join("01-a.quiz.md")).unwrap();
    folder::replace(&place(&app, &ada), &taught, &read(copy.path(), &[]), MOST).await.unwrap();
    assert_eq!(revision().await, None);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_is_cut_comes_as_the_whole_that_its_file_is_and_stays_cut() {
    let app = start().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let dir = tempfile::tempdir().unwrap();
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nPrzed\n\n00:08.000 --> 00:09.000\nW środku\n";
    let film = "film = \"media/f.mkv\"\ncaptions = [{ language = \"pl\", label = \"Polski\", file = \"media/f.vtt\" }]\n";
    write(
        dir.path(),
        &[
            ("course.toml", course("\"01-a\"").as_bytes()),
            ("01-a.md", unit("A", film, "Tekst.\n").as_bytes()),
            ("media/f.mkv", b"\x1a\x45\xdf\xa3 matroska"),
            ("media/f.vtt", vtt.as_bytes()),
        ],
    );
    let folder = read(dir.path(), &[]);
    let taught = imported(&app, &ada, &folder).await;
    let id = draft(&app, &ada, &taught).await[0].1.clone().unwrap().0.parse().unwrap();
    super::watching::make(&app, id, 20).await;
    let proof = video::Editable::granted(id);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    video::trim::set(&mut tx, &proof, 6_000, Some(12_000)).await.unwrap();
    tx.commit().await.unwrap();
    let shown = async || {
        let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
        let cut = video::trim::of(&mut tx, &proof).await.unwrap().map(|cut| (cut.from_ms, cut.to_ms));
        (cut, video::caption::file(&mut tx, &proof.watchable(), "pl").await.unwrap())
    };
    let before = shown().await;
    assert!(before.0 == Some((6_000, 12_000)) && before.1.contains("00:00:02.000 --> 00:00:03.000"));
    assert!(!before.1.contains("Przed"));

    let files = exported(&app, &ada, &taught).await;
    assert_eq!(String::from_utf8_lossy(&files["media/a.pl.vtt"]), vtt);
    assert_eq!(shown().await, before, "writing a folder changes nothing");
    let done = folder::replace(&place(&app, &ada), &taught, &folder, MOST).await.unwrap();
    assert_eq!(done.films, 0);
    assert_eq!(shown().await, before);
    app.end().await;
}
