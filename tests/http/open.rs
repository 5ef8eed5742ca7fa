//! Open courses through the outer door: read by anybody, closed again, and the account of whoever wants a certificate.

use base::Actor;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use courses::enrolment::Target;
use courses::outline::{self, UnitText};
use courses::quiz::{file, store};
use courses::{MediaId, Taught};
use reqwest::Method;
use sqlx::AssertSqlSafe;
use time::Duration;
use time::macros::datetime;
use video::FilmId;

use super::{certificates, papers, quizzes};
use crate::harness::{
    Client, House, PASSWORD, Page, Someone, TestApp, owner, pdf, qr, refused_by, set_clock,
};

const COURSE: &str = "/o/brzozow/odpady";
const REGISTER: &str = "/register/brzozow/odpady";
const VTT: &str = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nSzkło do zielonego pojemnika.\n";
const TEST: &str =
    "## Szkło\n\nGdzie szkło?\n\n- (x) Zielony TAJNEDOBRZE\n- ( ) Żółty\n\nWyjaśnienie: TAJNEWYJASNIENIE\n";
const NEW_PASSWORD: &str = "kaktus na parapecie";

/// A course about waste with a picture, a film and a test.
struct Waste<'a> {
    app: &'a TestApp,
    office: House<'a>,
    ada: Someone,
    course: Taught,
    picture: MediaId,
    film: FilmId,
}

async fn waste(app: &TestApp) -> Waste<'_> {
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let text = "Pojemniki stoją za bramą.\n\n![Zielony kosz](media/kosz.png)\n\nDalej: [odpady zielone](zielone.md).";
    let units = [("Wstęp", text), ("Zielone", "Trawa i liście.")];
    let course = office.course(&ada, "Odpady", &units).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let picture = picture(app, &mut tx, &course, "kosz.png").await;
    let draft = outline::draft(&mut tx, &course).await.unwrap();
    let (first, second) = (draft[0].units[0].id, draft[0].units[1].id);
    let film = courses::film::of_unit(&mut tx, &course, first).await.unwrap();
    video::caption::attach(&mut tx, &film, "pl", "polski", VTT.as_bytes()).await.unwrap();
    let sheet = file::read(TEST).unwrap_or_else(|faults| panic!("{faults:?}"));
    store::save_draft(&mut tx, &course, second, &sheet.settings, &sheet.questions).await.unwrap();
    tx.commit().await.unwrap();
    make(app, film.film()).await;
    Waste { app, office, ada, course, picture, film: film.film() }
}

async fn picture(app: &TestApp, tx: &mut base::Tx, course: &Taught, name: &str) -> MediaId {
    let bytes = bytes::Bytes::from_static(b"\x89PNG\r\n\x1a\n");
    courses::media::add(tx, &app.ground.blobs, course, name, bytes).await.unwrap().id
}

/// The film as if it were made: one rendition of one segment, a poster and the plain form.
pub async fn make(app: &TestApp, film: FilmId) {
    for piece in ["init", "segment", "poster", "plain"] {
        let key = format!("films/test/{film}/1/{piece}");
        app.ground.blobs.put(&key, "video/mp4", format!("bytes of {piece}")).await.unwrap();
    }
    let made = "with made as (update film set state = 'ready', length_ms = 6000, fence = 1,
                    poster_key = 'films/test/' || id || '/1/poster', plain_key = 'films/test/' || id || '/1/plain', plain_bytes = 14
                  where id = $1 returning id, organisation_id)
                , shown as (insert into rendition (organisation_id, film_id, fence, name, kind, width, height, codecs, bandwidth,
                                                   average_bandwidth, init_key, complete)
                            select organisation_id, id, 1, '240p', 'picture', 426, 240, 'avc1.42c01e', 1000, 1000,
                                   'films/test/' || id || '/1/init', true from made
                            returning organisation_id, film_id)
                insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key)
                select organisation_id, film_id, 1, '240p', 0, 0, 6000, 16, 'films/test/' || film_id || '/1/segment' from shown";
    sqlx::query(made).bind(film.0).execute(&mut owner(app).await).await.unwrap();
}

impl Waste<'_> {
    async fn publish(&self) {
        self.office.publish(&self.ada, &self.course, &[]).await;
    }

    async fn open(&self) {
        self.ada.client.post("/teaching/odpady/open", &[]).await.assert(303);
    }

    async fn close(&self) {
        self.ada.client.post("/teaching/odpady/close", &[]).await.assert(303);
    }

    fn film_path(&self, piece: &str) -> String {
        format!("{COURSE}/films/{}/{piece}", self.film)
    }

    fn picture_path(&self) -> String {
        format!("{COURSE}/media/{}/kosz.png", self.picture)
    }

    /// The address of the master playlist under a fresh ticket.
    async fn ticket(&self) -> String {
        self.app.visitor().get(&self.film_path("master.m3u8")).await.assert(303).location()
    }

    /// Everything that a visitor reads, with a ticket that was issued before.
    async fn everything(&self, ticket: &str) -> Vec<String> {
        let folder = ticket.rsplit_once('/').unwrap().0;
        let mut paths: Vec<String> =
            ["", "/wstep", "/zielone"].map(|below| format!("{COURSE}{below}")).into();
        paths.extend(["poster.jpg", "plain.mp4", "captions/pl.vtt"].map(|piece| self.film_path(piece)));
        paths.push(self.picture_path());
        paths.push(ticket.to_owned());
        let list = format!("{folder}/240p.m3u8");
        let pieces = self.app.visitor().get(&list).await.assert(200).text;
        let init = pieces.lines().find_map(|line| line.strip_prefix("#EXT-X-MAP:URI=\"")).unwrap();
        let segment = pieces.lines().find(|line| !line.starts_with('#')).unwrap();
        paths.extend([init.trim_end_matches('"'), segment].map(|piece| format!("{folder}/{piece}")));
        paths.push(list);
        paths
    }

    /// Switches self-registration on.
    async fn welcome(&self) {
        let boss = self.office.admin("szef").await;
        let form = [("self_registration", "1"), ("contact", "ul. Rynek 1, urzad@brzozow.example.org")];
        boss.client.post("/organisation/residents", &form).await.assert(303);
    }
}

/// Published, open, and residents make accounts themselves.
async fn welcoming(app: &TestApp) -> Waste<'_> {
    let waste = waste(app).await;
    waste.publish().await;
    waste.open().await;
    waste.welcome().await;
    waste
}

async fn quiet() -> TestApp {
    TestApp::start_with(|config| config.workers = 0).await
}

fn keeps_nothing(page: &Page) {
    assert!(!page.headers.contains_key("set-cookie"), "{:?}", page.headers);
    assert!(!page.headers.contains_key("x-robots-tag"), "{:?}", page.headers);
}

#[tokio::test]
async fn anybody_reads_an_open_course_without_a_cookie_and_nothing_before_it_is_open() {
    let app = quiet().await;
    let waste = waste(&app).await;
    let (teacher, visitor) = (&waste.ada.client, app.visitor());
    // Nothing is published: the page says so, and the act is refused.
    teacher
        .get("/teaching/odpady/open")
        .await
        .assert(200)
        .has("nie jest opublikowane")
        .lacks("Otwórz dla wszystkich");
    teacher.post("/teaching/odpady/open", &[]).await.assert(422).has("nie jest opublikowane");
    waste.publish().await;
    for path in ["/o/brzozow".to_owned(), COURSE.to_owned(), format!("{COURSE}/wstep"), waste.picture_path()]
    {
        visitor.get(&path).await.assert(404);
    }
    // One who only learns cannot open it; one who teaches is asked first.
    let jan = waste.office.learner("jan").await;
    assert!(matches!(jan.client.post("/teaching/odpady/open", &[]).await.status.as_u16(), 403 | 404));
    teacher.get("/teaching/odpady/open").await.assert(200).has("Otworzyć szkolenie „Odpady” dla wszystkich?");
    visitor.get(COURSE).await.assert(404);
    waste.open().await;
    teacher.get("/teaching/odpady/open").await.assert(200).has("/o/brzozow/odpady");

    let list =
        visitor.get("/o/brzozow").await.assert(200).has("href=\"/o/brzozow/odpady\"").has("Urząd brzozow");
    keeps_nothing(&list);
    let url = app.config.public_url();
    let page = visitor.get(COURSE).await.assert(200);
    keeps_nothing(&page);
    page.has(&format!("<link rel=\"canonical\" href=\"{url}{COURSE}\">"))
        .has("<meta name=\"description\" content=")
        .has("href=\"/o/brzozow/odpady/wstep\"")
        .has("Do testu i zaświadczenia potrzebne jest konto")
        .has("href=\"/register/brzozow/odpady\"")
        .has("/statement/brzozow")
        .lacks("noindex")
        .lacks("\"/courses/");
    let unit = visitor.get(&format!("{COURSE}/wstep?t=2")).await.assert(200);
    keeps_nothing(&unit);
    unit.has("Pojemniki stoją za bramą.")
        .has(&format!("src=\"{}\"", waste.picture_path()))
        .has("href=\"/o/brzozow/odpady/zielone\"")
        .has(&waste.film_path("master.m3u8"))
        .has(&waste.film_path("captions/pl.vtt"))
        .has("Szkło do zielonego pojemnika.")
        .lacks("\"/courses/")
        .lacks(&format!("\"/films/{}", waste.film));
    // The unit with a test says why it needs an account; nothing of the test itself is there.
    visitor
        .get(&format!("{COURSE}/zielone"))
        .await
        .assert(200)
        .has("Trawa i liście.")
        .has("Do tej lekcji jest test.")
        .lacks("TAJNE")
        .lacks("Gdzie szkło?");
    let ticket = waste.ticket().await;
    for path in waste.everything(&ticket).await {
        let page = visitor.get(&path).await.assert(200);
        keeps_nothing(&page);
        assert!(!page.text.is_empty(), "{path}");
    }
    visitor.get(&ticket).await.has("#EXT-X-STREAM-INF").has("240p.m3u8");
    let part = visitor.request(Method::GET, &waste.film_path("plain.mp4")).header("range", "bytes=0-4");
    let part = visitor.send(part).await.assert(206);
    assert_eq!(part.text, "bytes");
    // Somebody of the office sees their own frame and the way to the course in their account.
    jan.client.get(COURSE).await.assert(200).has("Osoba JAN").has("href=\"/courses/odpady\"");
    jan.client.get(REGISTER).await.assert(303);
    app.end().await;
}

#[tokio::test]
async fn closing_takes_everything_away_at_once_also_from_tickets() {
    let app = quiet().await;
    let waste = waste(&app).await;
    waste.publish().await;
    waste.open().await;
    let visitor = app.visitor();
    let ticket = waste.ticket().await;
    let paths = waste.everything(&ticket).await;
    let gone = async |here: &str| {
        for path in paths.iter().chain([&waste.film_path("master.m3u8"), &REGISTER.to_owned()]) {
            let status = visitor.get(path).await.status.as_u16();
            assert!(matches!(status, 403 | 404), "{here}: {path} answers {status}");
        }
        visitor.get("/o/brzozow").await.assert(404);
    };
    waste.close().await;
    gone("closed").await;
    waste.close().await;
    waste.open().await;
    visitor.get(&ticket).await.assert(200);
    // Put away, and taken out again: it stays closed until somebody opens it.
    waste.ada.client.post("/teaching/odpady/archive", &[]).await.assert(303);
    gone("archived").await;
    waste.ada.client.post("/teaching/odpady/restore", &[]).await.assert(303);
    gone("restored").await;
    waste.open().await;
    visitor.get(&ticket).await.assert(200);
    // A ticket grows old, and is for one film.
    app.clock.advance(Duration::seconds(video::ticket::LIFE_SECONDS * 2));
    visitor.get(&ticket).await.assert(403);
    let other = other_course(&waste).await;
    visitor.get(&format!("{COURSE}/films/{other}/master.m3u8")).await.assert(404);
    visitor.get(&format!("{COURSE}/films/{other}/plain.mp4")).await.assert(404);
    let fresh = waste.ticket().await;
    visitor.get(&fresh.replace(&waste.film.to_string(), &other.to_string())).await.assert(403);
    app.end().await;
}

/// A published course of the same office that is not open, with a film of its own.
async fn other_course(waste: &Waste<'_>) -> FilmId {
    let course = waste.office.course(&waste.ada, "Wewnętrzne", &[("Poufne", "Tylko dla urzędu.")]).await;
    let mut tx = waste.app.ground.db.begin(&waste.ada.actor).await.unwrap();
    let unit = outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    let card = courses::course::Card { title: "Wewnętrzne".to_owned(), listed: true, ..Default::default() };
    courses::course::change(&mut tx, &course, &card).await.unwrap();
    tx.commit().await.unwrap();
    make(waste.app, film).await;
    waste.office.publish(&waste.ada, &course, &[Target::Everybody]).await;
    film
}

#[tokio::test]
async fn a_draft_is_seen_by_nobody_outside_until_it_is_published() {
    let app = quiet().await;
    let waste = waste(&app).await;
    waste.publish().await;
    waste.open().await;
    let visitor = app.visitor();
    let mut tx = app.ground.db.begin(&waste.ada.actor).await.unwrap();
    let id = outline::draft(&mut tx, &waste.course).await.unwrap()[0].units[1].id;
    let unit = outline::unit(&mut tx, &waste.course, id).await.unwrap();
    let text = UnitText {
        title: "Zielone".to_owned(),
        minutes: 5,
        markdown: "Nowa treść.\n\n![Liście](media/liscie.png)".to_owned(),
    };
    outline::save_unit(&mut tx, &waste.course, id, unit.revision, &text).await.unwrap();
    let added = picture(&app, &mut tx, &waste.course, "liscie.png").await;
    let card = courses::course::Card { title: "Odpady po nowemu".to_owned(), ..Default::default() };
    courses::course::change(&mut tx, &waste.course, &card).await.unwrap();
    tx.commit().await.unwrap();
    let picture = format!("{COURSE}/media/{added}/liscie.png");
    visitor.get(&format!("{COURSE}/zielone")).await.assert(200).has("Trawa i liście.").lacks("Nowa treść");
    visitor.get(COURSE).await.assert(200).lacks("po nowemu");
    visitor.get("/o/brzozow").await.assert(200).lacks("po nowemu");
    visitor.get(&picture).await.assert(404);
    waste.publish().await;
    visitor.get(&format!("{COURSE}/zielone")).await.assert(200).has("Nowa treść").lacks("Trawa i liście.");
    visitor.get(COURSE).await.assert(200).has("Odpady po nowemu");
    visitor.get(&picture).await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn the_wall_shows_a_visitor_the_published_version_of_open_courses_and_no_other_row() {
    let app = quiet().await;
    let waste = welcoming(&app).await;
    other_course(&waste).await;
    app.office("inny").await;
    // An older version, which was published and is no longer.
    let mut tx = app.ground.db.begin(&waste.ada.actor).await.unwrap();
    let card = courses::course::Card { title: "Odpady 2".to_owned(), ..Default::default() };
    courses::course::change(&mut tx, &waste.course, &card).await.unwrap();
    picture(&app, &mut tx, &waste.course, "nieuzyty.png").await;
    tx.commit().await.unwrap();
    waste.publish().await;

    let seen = [
        ("organisation", 1),
        ("open_course", 1),
        ("course_version", 1),
        ("version_unit", 2),
        ("version_quiz", 1),
        ("media", 1),
        ("film", 1),
        ("rendition", 1),
        ("segment", 1),
        ("caption", 1),
    ];
    let mut tx = app.ground.db.begin(&Actor::visitor()).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
           and relname <> '_sqlx_migrations' and has_table_privilege(oid, 'select') order by 1",
    )
    .fetch_all(tx.connection())
    .await
    .unwrap();
    assert!(tables.len() > 80, "{tables:?}");
    for (table, _) in seen {
        assert!(tables.iter().any(|known| known == table), "{table}");
    }
    for table in tables {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(tx.connection())
            .await
            .unwrap();
        let expected = seen.iter().find(|(known, _)| *known == table).map_or(0, |(_, count)| *count);
        assert_eq!(count, expected, "{table}");
    }
    // Reading is all.
    for sql in ["delete from open_course", "update open_course set version_id = version_id"] {
        let done = sqlx::query(sql).execute(tx.connection()).await.unwrap();
        assert_eq!(done.rows_affected(), 0, "{sql}");
    }
    let written = sqlx::query("insert into audit_event (actor, act, subject_kind) values ('x', 'y', 'z')");
    assert!(written.execute(tx.connection()).await.is_err());
    drop(tx);
    // The database itself opens nothing that is not published.
    let mut owner = owner(&app).await;
    let draft = waste.office.course(&waste.ada, "Szkic", &[("Wstęp", "Tekst.")]).await;
    let said = refused_by(
        &mut owner,
        format!(
            "insert into open_course (course_id, organisation_id, slug, version_id, opened_by)
             select c.id, c.organisation_id, c.slug, v.id, c.created_by from course c, course_version v
             where c.id = '{}' and v.course_id = '{}' and v.number = 1",
            draft.id(),
            waste.course.id()
        ),
    );
    assert!(said.await.contains("only what is published is open"));
    let said = refused_by(
        &mut owner,
        "insert into resident_setting (organisation_id, self_registration)
        select id, true from organisation where slug = 'inny'"
            .to_owned(),
    );
    assert!(said.await.contains("resident_setting_contact"));
    app.end().await;
}

#[tokio::test]
async fn what_needs_a_person_refuses_visitors() {
    let app = quiet().await;
    let waste = waste(&app).await;
    waste.publish().await;
    waste.open().await;
    let visitor = app.visitor();
    let film = waste.film;
    for path in [
        "/courses/odpady".to_owned(),
        "/courses/odpady/wstep".to_owned(),
        "/courses/odpady/zielone/test".to_owned(),
        format!("/courses/odpady/media/{}/kosz.png", waste.picture),
        format!("/films/{film}/master.m3u8"),
        format!("/films/{film}/plain.mp4"),
        format!("/films/{film}/captions/pl.vtt"),
        format!("/films/{film}/state"),
    ] {
        let page = visitor.get(&path).await;
        assert!(page.location().starts_with("/sign-in") || page.status == 401, "{path}: {}", page.status);
    }
    for path in [
        "/courses/odpady/join".to_owned(),
        "/courses/odpady/wstep/finish".to_owned(),
        "/courses/odpady/zielone/test".to_owned(),
        format!("/films/{film}/progress"),
    ] {
        let page = visitor.post(&path, &[]).await;
        assert!(page.location().starts_with("/sign-in") || page.status == 401, "{path}: {}", page.status);
    }
    // There is no such address below the open ones either.
    for below in ["/zielone/test", "/wstep/finish", "/join", "/wstep/language"] {
        let status = visitor.post(&format!("{COURSE}{below}"), &[]).await.status.as_u16();
        assert!(matches!(status, 404 | 405), "{below}: {status}");
    }
    let progress: i64 =
        sqlx::query_scalar("select count(*) from progress").fetch_one(&mut owner(&app).await).await.unwrap();
    assert_eq!(progress, 0);
    app.end().await;
}

const OLA: [(&str, &str); 5] = [
    ("given_name", "Ola"),
    ("family_name", "Żak"),
    ("email", "ola@example.org"),
    ("age", "1"),
    ("consent", "1"),
];

/// The form of somebody with this address.
fn of(email: &str) -> [(&'static str, &str); 5] {
    [("given_name", "Ola"), ("family_name", "Żak"), ("email", email), ("age", "1"), ("consent", "1")]
}

/// Sent from this network address, which what stands before the program tells.
async fn ask_from(client: &Client, source: &str, form: &[(&str, &str)]) -> Page {
    client.send(client.request(Method::POST, REGISTER).header("x-forwarded-for", source).form(form)).await
}

/// The texts of letters to this address that wait to be sent.
async fn letters_to(app: &TestApp, email: &str) -> Vec<String> {
    sqlx::query_scalar(
        "select (args ->> 'subject') || E'\n' || (args ->> 'text') from job
         where kind = 'mail' and args ->> 'to' = $1 order by created_at, id",
    )
    .bind(email)
    .fetch_all(&mut owner(app).await)
    .await
    .unwrap()
}

/// The path of the link in a letter.
#[track_caller]
fn link(letter: &str) -> String {
    let (_, rest) = letter.split_once("/confirm/").unwrap_or_else(|| panic!("no link in {letter}"));
    format!("/confirm/{}", rest.split_whitespace().next().unwrap())
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut owner(app).await).await.unwrap()
}

/// The text of the letter to Ola in the folder `mail`, once it is there.
async fn letter_in_folder(app: &TestApp) -> String {
    let folder = app.config.data_dir.join("mail");
    for _ in 0..2400 {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().extension().is_none_or(|ending| ending != "eml") {
                continue;
            }
            let whole = std::fs::read_to_string(entry.path()).unwrap();
            if let Some((head, body)) = whole.split_once("\r\n\r\n")
                && head.contains("To: ola@example.org")
                && !body.is_empty()
            {
                return decoded(head, body);
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no letter in {}", folder.display());
}

/// A body as people read it (RFC 2045 §6.7, §6.8).
fn decoded(head: &str, body: &str) -> String {
    let head = head.to_lowercase();
    if head.contains("content-transfer-encoding: base64") {
        let lines: String = body.split_whitespace().collect();
        return String::from_utf8(STANDARD.decode(lines).unwrap()).unwrap();
    }
    if !head.contains("quoted-printable") {
        return body.to_owned();
    }
    let body = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).unwrap());
        rest = &after[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_resident_asks_confirms_by_the_letter_and_lands_on_the_course() {
    let app = TestApp::start().await;
    let waste = waste(&app).await;
    waste.publish().await;
    waste.open().await;
    other_course(&waste).await;
    let visitor = app.visitor();
    // Off until an administrator switches it on: the office makes accounts, and there is nobody to write to yet.
    visitor.get(REGISTER).await.assert(200).has("konta zakłada urząd").lacks("name=\"email\"");
    visitor.post(REGISTER, &OLA).await.assert(403).has("konta zakłada urząd");
    let boss = waste.office.admin("szef").await;
    let settings = "/organisation/residents";
    assert!(matches!(waste.ada.client.get(settings).await.status.as_u16(), 403 | 404));
    boss.client
        .post(settings, &[("self_registration", "1"), ("data_officer", "<b>Iwona</b>")])
        .await
        .assert(422)
        .has("href=\"#f-contact\"")
        .has("&lt;b&gt;Iwona");
    boss.client.post(settings, &[("contact", "pokój 7, tel. 12 345 67 89")]).await.assert(303);
    visitor.get(REGISTER).await.assert(200).has("pokój 7").lacks("name=\"email\"");
    let form =
        [("self_registration", "1"), ("contact", "pokój 7"), ("data_officer", "iod@brzozow.example.org")];
    boss.client.post(settings, &form).await.assert(303);
    boss.client.get(settings).await.assert(200).has("/o/brzozow");

    // What is told before anything is given, and what is refused.
    visitor
        .get(REGISTER)
        .await
        .assert(200)
        .has("Administratorem Twoich danych jest Urząd brzozow")
        .has("iod@brzozow.example.org")
        .has("Prezesa Urzędu Ochrony Danych Osobowych")
        .has("ukończone 16 lat");
    let wrong = [("given_name", "<i>Ola</i>"), ("family_name", ""), ("email", "to nie adres")];
    visitor
        .post(REGISTER, &wrong)
        .await
        .assert(422)
        .has("&lt;i&gt;Ola")
        .has("to nie adres")
        .has("href=\"#f-family_name\"")
        .has("href=\"#f-email\"")
        .has("href=\"#f-age\"")
        .has("href=\"#f-consent\"");
    visitor.post(REGISTER, &OLA[..4]).await.assert(422).has("Bez zgody").has("ola@example.org");
    assert_eq!(count(&app, "select count(*) from open_request").await, 0);

    let sent = visitor.post(REGISTER, &OLA).await.assert(303);
    keeps_nothing(&sent);
    visitor.get(&sent.location()).await.assert(200).has("Sprawdź skrzynkę");
    let letter = letter_in_folder(&app).await;
    assert!(letter.contains("szkolenie „Odpady”") && !letter.contains("Żak"), "{letter}");
    assert_eq!(
        count(&app, "select count(*) from person where resident").await,
        0,
        "nobody before the link is used"
    );
    let path = link(&letter);
    for _ in 0..2 {
        let page = visitor.get(&path).await.assert(200);
        keeps_nothing(&page);
        page.has("ola@example.org").has("Ola Żak").has("name=\"password\"");
    }
    visitor.post(&path, &[("password", "krótkie"), ("password_again", "krótkie")]).await.assert(422);
    visitor
        .post(&path, &[("password", NEW_PASSWORD), ("password_again", "inne hasło tutaj")])
        .await
        .assert(422);
    let chosen = [("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)];
    let resident = app.visitor();
    let landed = resident.post(&path, &chosen).await.assert(303);
    assert_eq!(landed.location(), "/courses/odpady");
    resident.get("/courses/odpady").await.assert(200).has("Ola Żak").has("Odpady");
    resident.get("/courses/odpady/zielone").await.assert(200);
    resident.get("/courses/odpady/zielone/test").await.assert(200);
    visitor.get(&path).await.assert(404).has("działa raz");
    visitor.post(&path, &chosen).await.assert(404);

    // A learner in the group of residents, and no employee: neither the catalogue nor what everybody has to take is theirs.
    let row: (bool, String, String, i64) = sqlx::query_as(
        "select p.resident, g.name, g.kind, (select count(*) from role_grant r where r.person_id = p.id)
         from person p join membership m on m.person_id = p.id join person_group g on g.id = m.group_id
         where p.email = 'ola@example.org'",
    )
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!(row, (true, "Mieszkańcy".to_owned(), "residents".to_owned(), 0));
    resident.get("/catalogue").await.assert(200).has("Odpady").lacks("Wewnętrzne");
    resident.get("/courses/wewnetrzne").await.assert(404);
    let jan = waste.office.learner("jan").await;
    jan.client.get("/courses/wewnetrzne").await.assert(200);
    resident.get("/search?q=poufne").await.assert(200).lacks("Wewnętrzne");
    finished_with_a_certificate(&app, &resident).await;
    // They sign in with their address.
    let again = app.visitor();
    again.sign_in("ola@example.org", NEW_PASSWORD).await;
    again.get("/courses/odpady").await.assert(200);
    // Whoever comes to work for the office is a resident no longer.
    let terminal = identity::PeopleAdmin::at_the_terminal();
    let mut tx = app.ground.db.begin(&boss.actor).await.unwrap();
    let filter =
        identity::person::Filter { text: "ola@example.org".to_owned(), take: 1, ..Default::default() };
    let ola = identity::person::list(&mut tx, &terminal, &filter).await.unwrap().0.remove(0);
    let unit = identity::unit::create(&mut tx, &terminal, None, "Sekretariat").await.unwrap();
    let new = identity::person::NewPerson {
        login: ola.login,
        email: "ola@example.org".to_owned(),
        given_name: ola.given_name,
        family_name: ola.family_name,
        language: "pl".to_owned(),
        unit: Some(unit),
    };
    identity::person::change(&mut tx, &terminal, ola.id, &new).await.unwrap();
    tx.commit().await.unwrap();
    resident.get("/catalogue").await.assert(200).has("Wewnętrzne");
    resident.get("/courses/wewnetrzne").await.assert(200);
    app.end().await;
}

/// Ola reads the lesson and passes the test; the code on her certificate leads whoever has the paper to the page that says so.
async fn finished_with_a_certificate(app: &TestApp, ola: &Client) {
    let list = "/my-certificates";
    ola.post("/courses/odpady/wstep/finish", &[]).await.assert(303);
    ola.get(list).await.assert(200).has("Nie masz jeszcze zaświadczeń");
    let attempt = quizzes::begin_at(ola, "/courses/odpady/zielone/test").await;
    let question = format!("{attempt}/questions/1");
    let right = quizzes::option(&ola.get(&question).await.assert(200), "Zielony TAJNEDOBRZE");
    ola.post(&question, &[("choice", right.as_str())]).await.assert(303);
    ola.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    ola.get(&attempt).await.assert(200).has("Test jest zaliczony");
    ola.get("/courses/odpady").await.assert(200).has("Pobierz zaświadczenie (PDF)");
    let page = ola.get(list).await.assert(200).has("Odpady").text;
    let id = certificates::between(&page, "/my-certificates/", "/document");
    let paper = papers::pdf(ola, &format!("/my-certificates/{id}/document")).await;
    let said = pdf::text(&paper);
    assert!(said.contains("Ola Żak") && said.contains("Odpady") && said.contains("Urząd brzozow"), "{said}");
    let address = qr::of_paper(&paper);
    let public = address.strip_prefix(&app.config.public_url()).unwrap_or_else(|| panic!("{address}"));
    let shown = app.visitor().get(public).await.assert(200).has("To zaświadczenie jest ważne");
    shown.has("Ola Żak").has("Odpady").lacks("ola@example.org");
}

/// Somebody makes an account by the link in their letter, in a browser of their own.
async fn registered(app: &TestApp, email: &str) -> Client {
    app.visitor().post(REGISTER, &of(email)).await.assert(303);
    let path = link(letters_to(app, email).await.last().expect("a letter"));
    let browser = app.visitor();
    let chosen = [("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)];
    browser.post(&path, &chosen).await.assert(303);
    browser
}

/// By when the course about the budget is to be taken by whoever has this address; one line a cycle.
async fn budget_due(app: &TestApp, email: &str) -> Vec<String> {
    sqlx::query_scalar(
        "select coalesce(to_char(t.due_on, 'YYYY-MM-DD'), '') from taking t join person p on p.id = t.person_id
           join course c on c.id = t.course_id
         where p.email = $1 and c.slug = 'budzet-obywatelski' and t.assigned_at is not null order by t.cycle",
    )
    .bind(email)
    .fetch_all(&mut owner(app).await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_rule_at_the_group_of_residents_is_theirs_and_of_nobody_in_the_office() {
    let app = quiet().await;
    set_clock(&app, datetime!(2027-03-02 10:00 UTC)).await;
    let waste = welcoming(&app).await;
    let jan = waste.office.learner("jan").await;
    let ola = registered(&app, "ola@example.org").await;
    let (teacher, office) = (&waste.ada, &waste.office);
    let course = office.course(teacher, "Budżet obywatelski", &[("Jak głosować", "Raz w roku.")]).await;
    office.publish(teacher, &course, &[]).await;
    let place = "/courses/budzet-obywatelski";
    ola.get(place).await.assert(404);

    let group: uuid::Uuid = sqlx::query_scalar("select id from person_group where kind = 'residents'")
        .fetch_one(&mut owner(&app).await)
        .await
        .unwrap();
    let target = format!("group {group}");
    let list = "/teaching/budzet-obywatelski/people";
    teacher.client.get(list).await.assert(200).has("Mieszkańcy");
    let rule = format!("{list}/rule");
    let mut form =
        vec![("target", target.as_str()), ("mandatory", "1"), ("due", "after"), ("due_days", "14")];
    teacher.client.post(&rule, &form).await.assert(200).has("Reguła obejmie 1 osobę");
    assert!(budget_due(&app, "ola@example.org").await.is_empty(), "asked, not done");
    // Everybody is everybody of the office: Ada, the administrator and Jan.
    let everybody = [("target", "everybody"), ("mandatory", "1"), ("due", "none")];
    teacher.client.post(&rule, &everybody).await.assert(200).has("Reguła obejmie 3 osoby");
    form.push(("confirm", "1"));
    teacher.client.post(&rule, &form).await.assert(303);

    // The resident is told why and by when, and gets in, though the course is neither open nor in the catalogue.
    assert_eq!(budget_due(&app, "ola@example.org").await, ["2027-03-16"]);
    let page = ola.get("/training").await.assert(200).has("Budżet obywatelski");
    page.has("ponieważ jesteś w grupie: Mieszkańcy").has("16.03.2027");
    ola.get(place).await.assert(200).has("Szkolenie obowiązkowe, termin: 16.03.2027");
    app.visitor().get("/o/brzozow/budzet-obywatelski").await.assert(404);
    // Nobody of the office is covered, and no report of the office tells of residents.
    jan.client.get("/training").await.assert(200).lacks("Budżet obywatelski");
    jan.client.get(place).await.assert(404);
    assert!(budget_due(&app, "jan@brzozow.example.org").await.is_empty());
    let boss = app.visitor();
    boss.sign_in("szef@brzozow", PASSWORD).await;
    boss.get("/reports/training").await.assert(200).lacks("Żak");

    // Who makes an account later is covered from then on, by the job that their coming asks for.
    set_clock(&app, datetime!(2027-03-05 10:00 UTC)).await;
    let ewa = registered(&app, "ewa@example.org").await;
    let workers = app.more_workers();
    for _ in 0..1200 {
        if !budget_due(&app, "ewa@example.org").await.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    workers.end().await;
    assert_eq!(budget_due(&app, "ewa@example.org").await, ["2027-03-19"]);
    assert_eq!(budget_due(&app, "ola@example.org").await, ["2027-03-16"]);
    ewa.get("/training").await.assert(200).has("ponieważ jesteś w grupie: Mieszkańcy").has("19.03.2027");
    // What a resident finishes is finished.
    ola.post(&format!("{place}/jak-glosowac/finish"), &[]).await.assert(303);
    let done = "select count(*) from taking where done_at is not null";
    assert_eq!(count(&app, done).await, 1);
    app.end().await;
}

#[tokio::test]
async fn a_known_address_gets_the_same_answer_and_the_same_letter() {
    let app = quiet().await;
    let waste = welcoming(&app).await;
    let jan = waste.office.learner("jan").await;
    let olga = waste.office.learner("olga").await;
    let known = "jan@brzozow.example.org";
    let visitor = app.visitor();
    let (old, new) =
        (visitor.post(REGISTER, &of(known)).await, visitor.post(REGISTER, &of("nowa@example.org")).await);
    assert_eq!((old.status, old.location(), &old.text), (new.status, new.location(), &new.text));
    let (to_old, to_new) = (letters_to(&app, known).await, letters_to(&app, "nowa@example.org").await);
    let without = |letter: &str| letter.replace(&link(letter), "");
    assert_eq!(without(&to_old[0]), without(&to_new[0]));

    // Whoever holds the mailbox is told; they keep their password, their name and their groups.
    let path = link(&to_old[0]);
    visitor.get(&path).await.assert(200).has("już istnieje").lacks("name=\"password\"").lacks("Żak");
    let people = count(&app, "select count(*) from person").await;
    let page = visitor
        .post(&path, &[("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)])
        .await
        .assert(303);
    assert_eq!(page.location(), "/sign-in?next=%2Fcourses%2Fodpady");
    assert_eq!(count(&app, "select count(*) from person").await, people);
    assert_eq!(count(&app, "select count(*) from membership").await, 0);
    jan.client.get("/courses/odpady/wstep").await.assert(200).has("Osoba JAN");
    let fresh = app.visitor();
    fresh.post("/sign-in", &[("name", known), ("password", NEW_PASSWORD)]).await.assert(422);
    fresh.sign_in(known, PASSWORD).await;
    // Upper and lower case name one mailbox.
    visitor.post(REGISTER, &of("OLGA@brzozow.example.org")).await.assert(303);
    let path = link(&letters_to(&app, "OLGA@brzozow.example.org").await[0]);
    // Suspended meanwhile: nothing is done in their name.
    let mut tx = app.ground.db.begin(&waste.ada.actor).await.unwrap();
    identity::person::suspend(&mut tx, &identity::PeopleAdmin::at_the_terminal(), olga.id).await.unwrap();
    tx.commit().await.unwrap();
    visitor
        .get(&path)
        .await
        .assert(200)
        .has("zawieszone")
        .lacks("<form class=\"form\" method=\"post\" action=\"/confirm");
    visitor.post(&path, &[]).await.assert(200).has("zawieszone");
    assert_eq!(count(&app, "select count(*) from enrolment where target = 'person'").await, 1, "only Jan");
    app.end().await;
}

#[tokio::test]
async fn a_link_grows_old_works_once_and_not_for_a_course_that_was_closed() {
    let app = quiet().await;
    let waste = welcoming(&app).await;
    let visitor = app.visitor();
    let chosen = [("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)];
    // Two at once: one of them makes the account.
    visitor.post(REGISTER, &OLA).await.assert(303);
    let path = link(&letters_to(&app, "ola@example.org").await[0]);
    let (one, two) = tokio::join!(visitor.post(&path, &chosen), visitor.post(&path, &chosen));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    assert_eq!(count(&app, "select count(*) from person where resident").await, 1);
    // Two links of one mailbox: the second enrols the account that the first made.
    let both = of("ewa@example.org");
    visitor.post(REGISTER, &both).await.assert(303);
    visitor.post(REGISTER, &both).await.assert(303);
    let links: Vec<String> =
        letters_to(&app, "ewa@example.org").await.iter().map(|letter| link(letter)).collect();
    assert_eq!(app.visitor().post(&links[0], &chosen).await.assert(303).location(), "/courses/odpady");
    assert!(app.visitor().post(&links[1], &chosen).await.assert(303).location().starts_with("/sign-in"));
    assert_eq!(count(&app, "select count(*) from person where email = 'ewa@example.org'").await, 1);
    assert_eq!(count(&app, "select count(*) from person_group where kind = 'residents'").await, 1);

    visitor.post(REGISTER, &of("zuza@example.org")).await.assert(303);
    let path = link(&letters_to(&app, "zuza@example.org").await[0]);
    waste.close().await;
    visitor.get(&path).await.assert(404);
    visitor.post(&path, &chosen).await.assert(404);
    waste.open().await;
    visitor.get(&path).await.assert(200);
    app.clock.advance(Duration::hours(24) + Duration::minutes(1));
    visitor.get(&path).await.assert(404).has("przez dobę");
    visitor.post(&path, &chosen).await.assert(404);
    assert_eq!(count(&app, "select count(*) from person where email = 'zuza@example.org'").await, 0);
    // What was typed and never confirmed is gone after another day.
    courses::open::request::forget_old(&app.ground.db).await.unwrap();
    assert_eq!(count(&app, "select count(*) from open_request where email like 'zuza@%'").await, 1);
    app.clock.advance(Duration::hours(24));
    courses::open::request::forget_old(&app.ground.db).await.unwrap();
    assert_eq!(count(&app, "select count(*) from open_request").await, 0);
    app.end().await;
}

#[tokio::test]
async fn letters_and_requests_are_limited_by_mailbox_and_by_network() {
    let app = quiet().await;
    let _waste = welcoming(&app).await;
    let visitor = app.visitor();
    // A mailbox: the answer stays the same, further letters are not written.
    for number in 0..5 {
        let source = format!("198.51.100.{number}");
        let page = ask_from(&visitor, &source, &OLA).await.assert(303);
        assert_eq!(page.location(), "/register/brzozow/odpady?sent=1");
    }
    assert_eq!(letters_to(&app, "ola@example.org").await.len(), 3);
    // A network: from the one and twentieth on it is told to wait; nothing that was typed is lost. Another network is not.
    for number in 0..20 {
        ask_from(&visitor, "203.0.113.9", &of(&format!("kto{number}@example.org"))).await.assert(303);
    }
    let late = of("ostatni@example.org");
    ask_from(&visitor, "203.0.113.9", &late)
        .await
        .assert(429)
        .has("zbyt wiele zgłoszeń")
        .has("ostatni@example.org");
    // Only the last entry is what the proxy wrote; whatever a client puts before it does not help.
    ask_from(&visitor, "192.0.2.77, 203.0.113.9", &late).await.assert(429);
    assert!(letters_to(&app, "ostatni@example.org").await.is_empty());
    ask_from(&visitor, "203.0.113.10", &late).await.assert(303);
    app.clock.advance(Duration::minutes(61));
    ask_from(&visitor, "203.0.113.9", &OLA).await.assert(303);
    assert_eq!(letters_to(&app, "ola@example.org").await.len(), 4);
    app.end().await;
}

#[tokio::test]
async fn huge_and_foreign_input_is_refused_in_words() {
    let app = quiet().await;
    let waste = welcoming(&app).await;
    let visitor = app.visitor();
    let huge = "ż".repeat(20_000);
    visitor.post(REGISTER, &[("given_name", &huge)]).await.assert(413).has("<h1>");
    visitor.post(REGISTER, &[("given_name", "a\0b")]).await.assert(400).has("<h1>");
    let long = format!("{}@example.org", "a".repeat(300));
    visitor.post(REGISTER, &of(&long)).await.assert(422).has("href=\"#f-email\"");
    let lines = of("ola@example.org\r\nBcc: inny@example.org");
    visitor.post(REGISTER, &lines).await.assert(422).has("href=\"#f-email\"");
    let foreign = visitor.request(Method::POST, REGISTER).header("sec-fetch-site", "cross-site").form(&OLA);
    visitor.send(foreign).await.assert(403);
    visitor.post("/confirm/x", &[("password", &huge)]).await.assert(413);
    visitor.get(&format!("/confirm/{}", "x".repeat(5_000))).await.assert(404);
    for path in [
        "/o/nie-ma",
        "/o/BRZOZOW",
        "/o/brzozow/nie-ma",
        "/o/brzozow/odpady/nie-ma",
        "/o/brzozow/odpady/%00",
        "/o/brzozow'%20or%201=1--",
        "/o/brzozow/odpady/media/nie-id/x.png",
        "/o/brzozow/odpady/films/nie-id/master.m3u8",
        "/register/brzozow/nie-ma",
        "/register/nie-ma/odpady",
    ] {
        visitor.get(path).await.assert(404).has("<h1>");
    }
    visitor.get(&format!("{COURSE}/wstep?t=nie&language=xx")).await.assert(200);
    visitor.get(&format!("{COURSE}/wstep?t=%00")).await.assert(400);
    // Another office's name before this office's course leads nowhere.
    app.office("inny").await;
    visitor.get("/o/inny/odpady").await.assert(404);
    assert_eq!(count(&app, "select count(*) from open_request").await, 0);
    drop(waste);
    app.end().await;
}
