//! Review: questions of a finished course asked again. Switched on by the learner alone, taken without script, counted once whatever
//! is pressed twice, seen by nobody else, and gone when it is switched off.

use courses::enrolment::{self, Target};
use courses::quiz::translated::{self, NewTexts};
use courses::recall::{self, Given, Rating, card, schedule};
use courses::{QuestionId, Taught};
use futures::future::join_all;
use identity::Role;
use sqlx::{AssertSqlSafe, PgConnection};
use time::macros::{date, datetime};
use time::{Date, Duration, OffsetDateTime};

use crate::harness::{Client, House, Page, Someone, TestApp, owner, set_clock};

const NOON: OffsetDateTime = datetime!(2026-11-21 11:00 UTC);

const TEST: &str = "\
Próg zaliczenia: 50%
Kolejność pytań: stała

## Liczba

Ile dni?

Liczba: 31337

## Skrót

Jak brzmi skrót?

Odpowiedź: TAJNYBIP

## Termin

Czy termin biegnie od jutra?

Prawda czy fałsz: prawda
";

/// The right answers to it, in its order.
const RIGHT: [(&str, &str); 3] = [("number", "31337"), ("text", "TAJNYBIP"), ("truth", "true")];

const HOME: &str = "/courses/kurs-testowy/wstep/test";
const ON: &str = "/review/courses/kurs-testowy/on";
const OFF: &str = "/review/courses/kurs-testowy/off";

struct Class<'a> {
    office: House<'a>,
    ada: Someone,
    jan: Someone,
    course: Taught,
}

async fn program() -> TestApp {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, NOON).await;
    app
}

/// A published course of one unit with this test, and a learner who has opened it.
async fn class<'a>(app: &'a TestApp, test: &str) -> Class<'a> {
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let jan = office.learner("jan").await;
    let course = office.course(&ada, "Kurs testowy", &[("Wstęp", "Treść lekcji.")]).await;
    let class = Class { office, ada, jan, course };
    class.save(test).await;
    class.office.publish(&class.ada, &class.course, &[Target::Everybody]).await;
    class.jan.client.get("/courses/kurs-testowy/wstep").await.assert(200);
    class
}

impl Class<'_> {
    /// Writes the test of the draft.
    async fn save(&self, test: &str) {
        super::quizzes::write(&self.office, &self.ada, &self.course, test).await;
    }

    /// Jan has passed and switched it on.
    async fn reviewing(self) -> Self {
        take(&self.jan.client, &RIGHT).await;
        assert_eq!(self.jan.client.post(ON, &[]).await.assert(303).location(), "/review");
        self
    }
}

/// Takes the test from beginning to end; answers the page of the result.
async fn take(client: &Client, answers: &[(&str, &str)]) -> Page {
    let first = client.post(HOME, &[]).await.assert(303).location();
    let attempt = first.strip_suffix("/questions/1").expect("the first question").to_owned();
    for (number, answer) in (1..).zip(answers) {
        client.post(&format!("{attempt}/questions/{number}"), &[*answer]).await.assert(303);
    }
    client.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    client.get(&attempt).await.assert(200)
}

/// The database, with everything in it.
async fn all_seeing(app: &TestApp) -> PgConnection {
    let mut owner = owner(app).await;
    sqlx::query("select set_config('app.reach', 'installation', false)").execute(&mut owner).await.unwrap();
    owner
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut all_seeing(app).await).await.unwrap()
}

/// Rows of what is kept: courses, cards, answers.
async fn kept(app: &TestApp) -> (i64, i64, i64) {
    (
        count(app, "select count(*) from recall").await,
        count(app, "select count(*) from recall_card").await,
        count(app, "select count(*) from recall_answer").await,
    )
}

/// The question of this key.
async fn question(app: &TestApp, key: &str) -> QuestionId {
    let id = sqlx::query_scalar("select id from question where key = $1").bind(key);
    QuestionId(id.fetch_one(&mut all_seeing(app).await).await.unwrap())
}

/// One answer, given on the page as it is now; whether it counted.
async fn answered(app: &TestApp, who: &Someone, id: QuestionId, per_mille: u16, rating: Rating) -> bool {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let card = card::one(&mut tx, id, "pl").await.unwrap();
    let given = Given { seen: card.reviews, per_mille, rating, seconds: 60 };
    let counted = card::record(&mut tx, &card, &given).await.unwrap();
    tx.commit().await.unwrap();
    counted
}

async fn today(app: &TestApp, who: &Someone) -> recall::Today {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    recall::today(&mut tx).await.unwrap()
}

/// Whether the question is asked today.
async fn is_due(app: &TestApp, who: &Someone, id: QuestionId) -> bool {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    card::one(&mut tx, id, "pl").await.unwrap().is_due()
}

async fn standing(app: &TestApp, who: &Someone, id: QuestionId) -> schedule::Standing {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    card::standing(&mut tx, id).await.unwrap().expect("it was answered")
}

/// Midday of that day.
async fn go_to(app: &TestApp, day: Date) {
    set_clock(app, day.with_hms(11, 0, 0).unwrap().assume_utc()).await;
}

/// The hidden fields of the form that is posted there.
#[track_caller]
fn hidden(page: &Page, action: &str) -> Vec<(String, String)> {
    let form = page.text.split(&format!("action=\"{action}\"")).nth(1);
    let form = form.unwrap_or_else(|| panic!("no form for {action} in:\n{}", page.text));
    let form = form.split("</form>").next().unwrap();
    let field = |input: &str| {
        let (name, rest) = input.split_once('"').unwrap();
        let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        (name.to_owned(), value.to_owned())
    };
    form.split("<input type=\"hidden\" name=\"").skip(1).map(field).collect()
}

/// Sends a form with what is hidden in it.
async fn send(client: &Client, page: &Page, action: &str, more: &[(&str, &str)]) -> Page {
    let hidden = hidden(page, action);
    let mut form: Vec<(&str, &str)> =
        hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.extend_from_slice(more);
    client.post(action, &form).await
}

/// Where the link with this text leads.
#[track_caller]
fn link(page: &Page, text: &str) -> String {
    let before = page.text.split(&format!(">{text}</a>")).next().unwrap();
    assert!(before.len() < page.text.len(), "{text} is not in:\n{}", page.text);
    before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// What stands for the parameters of addresses, for the walk over all routes.
pub fn some() -> Vec<(&'static str, String)> {
    vec![("card", uuid::Uuid::new_v4().to_string())]
}

#[tokio::test]
async fn a_course_is_reviewed_without_script_from_the_first_page_to_done_for_today() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let learner = &class.jan.client;
    // Before the test there is nothing to switch on, and no key to be had.
    learner.get("/courses/kurs-testowy").await.assert(200).lacks("Włącz powtórkę");
    assert_eq!(learner.post(ON, &[]).await.assert(303).location(), "/courses/kurs-testowy");
    learner.get("/courses/kurs-testowy").await.assert(200).has("Powtórkę włączysz, gdy ukończysz szkolenie");
    learner.get("/review").await.assert(200).has("Powtórka nie jest włączona");
    assert_eq!(kept(&app).await, (0, 0, 0));
    let liczba = question(&app, "liczba").await;
    learner.get(&format!("/review/{liczba}")).await.assert(404);
    learner.post(&format!("/review/{liczba}"), &[("give_up", "1"), ("seen", "0")]).await.assert(404);

    take(learner, &RIGHT).await.has("Test jest zaliczony");
    learner.get("/").await.assert(200).lacks("Powtórka:");
    learner.get("/courses/kurs-testowy").await.assert(200).has("Włącz powtórkę").has("widzisz tylko Ty");
    assert_eq!(learner.post(ON, &[]).await.assert(303).location(), "/review");
    assert_eq!(learner.post(ON, &[]).await.assert(303).location(), "/review");
    assert_eq!(kept(&app).await, (1, 0, 0));
    learner.get("/courses/kurs-testowy").await.assert(200).has("jest włączona").lacks("Włącz powtórkę");
    let home = learner.get("/").await.assert(200);
    assert_eq!(link(&home, "Powtórka: 3 pytania, ok. 2 minuty"), "/review");
    let start = learner.get("/review").await.assert(200).has("Na dziś: 3 pytania, ok. 2 minuty.");
    let mut path = link(&start, "Zacznij powtórkę");
    for number in 1..=3 {
        let page = learner.get(&path).await.assert(200).has(&format!("Pytanie {number} z 3"));
        let page = page.has("Kurs testowy").has("Sprawdź odpowiedź").lacks("TAJNYBIP").lacks("31337");
        let told = if page.text.contains("Ile dni?") {
            // Nothing, and what is no number, is said so; nothing is counted or told.
            let empty = send(learner, &page, &path, &[]).await.assert(422);
            empty.has("Wybierz lub wpisz odpowiedź").lacks("31337");
            let wrong = send(learner, &page, &path, &[("number", "sto")]).await.assert(422);
            wrong.has("value=\"sto\"").lacks("31337");
            let right = send(learner, &page, &path, &[("number", "31337")]).await.assert(200);
            let right = right.has("Dobra odpowiedź").has("Jak poszło?").lacks("Następne pytanie");
            // It counts when its person has said how it went.
            assert_eq!(kept(&app).await.2, number - 1);
            let rate = format!("{path}/rate");
            send(learner, &right, &rate, &[]).await.assert(400);
            send(learner, &right, &rate, &[("rating", "great")]).await.assert(400);
            path = send(learner, &right, &rate, &[("rating", "good")]).await.assert(303).location();
            continue;
        } else if page.text.contains("Jak brzmi skrót?") {
            let told = send(learner, &page, &path, &[("text", "inny")]).await.assert(200);
            told.has("TAJNYBIP").has("To trzeba jeszcze powtórzyć").has("Pytanie wróci niedługo")
        } else {
            let told = send(learner, &page, &path, &[("give_up", "1")]).await.assert(200);
            told.has("To trzeba jeszcze powtórzyć").lacks("Jak poszło?")
        };
        assert_eq!(kept(&app).await.2, number);
        path = link(&told, if number == 3 { "Zakończ na dziś" } else { "Następne pytanie" });
    }
    assert_eq!(path, "/review");
    let end = learner.get("/review").await.assert(200).has("Na dziś to wszystko");
    end.has("Dziś masz za sobą 3 pytania").has("Następne pytania: 22.11.2026").lacks("Zacznij powtórkę");
    learner.get("/").await.assert(200).lacks("Powtórka:");
    let ratings: Vec<(String, String, i16)> = sqlx::query_as(
        "select q.key, a.rating, a.per_mille from recall_answer a join question q on q.id = a.question_id order by q.key",
    )
    .fetch_all(&mut all_seeing(&app).await)
    .await
    .unwrap();
    let row = |key: &str, rating: &str, per_mille: i16| (key.to_owned(), rating.to_owned(), per_mille);
    assert_eq!(ratings, [row("liczba", "good", 1000), row("skrot", "again", 0), row("termin", "again", 0)]);
    // Tomorrow the two that were forgotten come again, and the other one waits.
    go_to(&app, date!(2026 - 11 - 22)).await;
    learner.get("/").await.assert(200).has("Powtórka: 2 pytania, ok. 1 minuta");
    let sent = learner.get(&format!("/review/{liczba}")).await.assert(303).location();
    assert_eq!(sent, "/review", "what is not due is not asked");
    app.end().await;
}

#[tokio::test]
async fn an_answer_counts_once_whatever_is_sent_twice() {
    let app = TestApp::crowded().await;
    set_clock(&app, NOON).await;
    let class = class(&app, TEST).await.reviewing().await;
    let learner = &class.jan.client;
    // A wrong one, twenty times at once and once more later.
    let skrot = format!("/review/{}", question(&app, "skrot").await);
    let page = learner.get(&skrot).await.assert(200);
    let all = join_all((0..20).map(|_| send(learner, &page, &skrot, &[("text", "inny")]))).await;
    for one in all {
        one.assert(200).has("TAJNYBIP");
    }
    send(learner, &page, &skrot, &[("text", "inny")]).await.assert(200).has("jest już policzona");
    assert_eq!(kept(&app).await, (1, 1, 1));
    // The right one afterwards, from the same page, mends nothing.
    let late = send(learner, &page, &skrot, &[("text", "TAJNYBIP")]).await.assert(200);
    late.has("jest już policzona").lacks("Jak poszło?");
    // A right one that is rated in three ways at once.
    let liczba = format!("/review/{}", question(&app, "liczba").await);
    let page = learner.get(&liczba).await.assert(200);
    let told = send(learner, &page, &liczba, &[("number", "31337")]).await.assert(200);
    let rate = format!("{liczba}/rate");
    let words = ["hard", "good", "easy"].into_iter().cycle().take(18);
    let all = join_all(words.map(|word| {
        let (told, rate) = (&told, &rate);
        async move { send(learner, told, rate, &[("rating", word)]).await }
    }))
    .await;
    for one in all {
        one.assert(303);
    }
    assert_eq!(kept(&app).await, (1, 2, 2));
    assert_eq!(count(&app, "select count(*) from recall_card where reviews = 1").await, 2);
    // Saying that it went well does not make a wrong answer right.
    let termin = format!("/review/{}", question(&app, "termin").await);
    let page = learner.get(&termin).await.assert(200);
    let seen = page.value("seen");
    let form = [("seen", seen.as_str()), ("truth", "false"), ("rating", "easy")];
    learner.post(&format!("{termin}/rate"), &form).await.assert(303);
    assert_eq!(count(&app, "select count(*) from recall_answer where rating = 'again'").await, 2);
    app.end().await;
}

#[tokio::test]
async fn a_card_is_a_replay_of_its_answers() {
    let app = program().await;
    let class = class(&app, TEST).await.reviewing().await;
    let (skrot, liczba) = (question(&app, "skrot").await, question(&app, "liczba").await);
    let ratings = [Rating::Good, Rating::Good, Rating::Again, Rating::Hard, Rating::Easy, Rating::Good];
    for (at, rating) in ratings.into_iter().enumerate() {
        let per_mille = if rating == Rating::Again { 500 } else { 1000 };
        assert!(answered(&app, &class.jan, skrot, per_mille, rating).await);
        assert!(!answered(&app, &class.jan, skrot, 1000, Rating::Good).await, "once a day");
        if at == 0 {
            assert!(answered(&app, &class.jan, liczba, 0, Rating::Easy).await);
        }
        let due = standing(&app, &class.jan, skrot).await.due_on;
        // Now and then somebody comes later than they could.
        go_to(&app, due + Duration::days(i64::from(at % 2 == 1) * 3)).await;
    }
    let mut tx = app.ground.db.begin(&class.jan.actor).await.unwrap();
    let log = card::answers(&mut tx, skrot).await.unwrap();
    assert_eq!(log.iter().map(|(_, rating)| *rating).collect::<Vec<_>>(), ratings);
    assert_eq!(schedule::replay(&log).unwrap(), card::standing(&mut tx, skrot).await.unwrap());
    // Forgotten, whatever was said of it.
    let log = card::answers(&mut tx, liczba).await.unwrap();
    assert_eq!(log, [(date!(2026 - 11 - 21), Rating::Again)]);
    assert_eq!(schedule::replay(&log).unwrap(), card::standing(&mut tx, liczba).await.unwrap());
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn a_day_ends_at_midnight_in_warsaw() {
    let app = program().await;
    let class = class(&app, TEST).await.reviewing().await;
    let skrot = question(&app, "skrot").await;
    set_clock(&app, datetime!(2026-11-21 22:50 UTC)).await;
    assert!(answered(&app, &class.jan, skrot, 0, Rating::Again).await);
    assert_eq!(standing(&app, &class.jan, skrot).await.reviewed_on, date!(2026 - 11 - 21));
    assert!(!is_due(&app, &class.jan, skrot).await);
    set_clock(&app, datetime!(2026-11-21 23:10 UTC)).await;
    assert!(is_due(&app, &class.jan, skrot).await, "it is ten past twelve in Warsaw");
    app.end().await;
}

#[tokio::test]
async fn a_session_is_five_minutes_and_the_rest_waits_for_tomorrow() {
    let app = program().await;
    let mut test = "Próg zaliczenia: 1%\nKolejność pytań: stała\n".to_owned();
    for number in 1..=12 {
        test.push_str(&format!("\n## Pytanie {number:02}\n\nIle to jest {number}?\n\nLiczba: {number}\n"));
    }
    let class = class(&app, &test).await;
    let jan = &class.jan;
    take(&jan.client, &[("number", "1")]).await.has("Test jest zaliczony");
    jan.client.post(ON, &[]).await.assert(303);
    jan.client.get("/").await.assert(200).has("Powtórka: 10 pytań, ok. 5 minut");
    let mut ids = Vec::new();
    for number in 1..=12 {
        ids.push(question(&app, &format!("pytanie-{number:02}")).await);
    }
    for (at, id) in ids.iter().take(10).enumerate() {
        assert_eq!(today(&app, jan).await.left, 10 - at as i64);
        assert!(answered(&app, jan, *id, 0, Rating::Again).await);
    }
    let end = jan.client.get("/review").await.assert(200).has("Na dziś to wszystko");
    end.has("Następne pytania: 22.11.2026");
    jan.client.get("/").await.assert(200).lacks("Powtórka:");
    let sent = jan.client.get(&format!("/review/{}", ids[11])).await.assert(303).location();
    assert_eq!(sent, "/review", "due, but not today any more");
    // Ten answers of a minute each: five fit into the next session. What was asked before comes before what is new.
    go_to(&app, date!(2026 - 11 - 22)).await;
    let next = today(&app, jan).await;
    assert_eq!((next.left, next.seconds_each, next.minutes()), (5, 60, 5));
    let mut tx = app.ground.db.begin(&jan.actor).await.unwrap();
    let first = card::next(&mut tx, &next).await.unwrap().unwrap();
    assert!(ids[..10].contains(&first));
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn every_question_is_seen_in_the_two_weeks_before_the_course_stops_counting() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let set = "update course set valid_months = 1";
    sqlx::query(set).execute(&mut all_seeing(&app).await).await.unwrap();
    let class = class.reviewing().await;
    assert_eq!(count(&app, "select count(*) from taking where valid_until = '2026-12-21'").await, 1);
    let skrot = question(&app, "skrot").await;
    assert!(answered(&app, &class.jan, skrot, 1000, Rating::Easy).await);
    // Still before the weeks that count.
    let due = standing(&app, &class.jan, skrot).await.due_on;
    assert!(due < date!(2026 - 12 - 07), "{due}");
    go_to(&app, due).await;
    assert!(answered(&app, &class.jan, skrot, 1000, Rating::Easy).await);
    let due = standing(&app, &class.jan, skrot).await.due_on;
    assert!(due > date!(2026 - 12 - 21), "by itself it would come after the end: {due}");
    go_to(&app, date!(2026 - 12 - 06)).await;
    assert!(!is_due(&app, &class.jan, skrot).await);
    go_to(&app, date!(2026 - 12 - 07)).await;
    assert!(is_due(&app, &class.jan, skrot).await);
    assert!(answered(&app, &class.jan, skrot, 1000, Rating::Good).await);
    // Once in these weeks is enough, and after the end nothing is cut short.
    for day in [date!(2026 - 12 - 08), date!(2026 - 12 - 20), date!(2026 - 12 - 22)] {
        go_to(&app, day).await;
        assert!(!is_due(&app, &class.jan, skrot).await, "{day}");
    }
    app.end().await;
}

#[tokio::test]
async fn nobody_but_the_learner_sees_or_writes_anything_of_it() {
    let app = program().await;
    let class = class(&app, TEST).await.reviewing().await;
    let skrot = question(&app, "skrot").await;
    assert!(answered(&app, &class.jan, skrot, 0, Rating::Again).await);
    let szef = class.office.admin("szef").await;
    let ewa = class.office.learner("ewa").await;
    let installs = class.office.person("instalator", &[Role::InstallationAdmin]).await;
    let other = app.office("inny").await;
    let mighty = other.person("wladny", &[Role::OrganisationAdmin, Role::Instructor]).await;
    let tables = ["recall", "recall_card", "recall_answer", "recall_ready"];
    // The learner sees all of it, so that what follows means something.
    let mut tx = app.ground.db.begin(&class.jan.actor).await.unwrap();
    for (table, rows) in tables.into_iter().zip([1, 1, 1, 3]) {
        let sql = AssertSqlSafe(format!("select count(*) from {table}"));
        let seen: i64 = sqlx::query_scalar(sql).fetch_one(tx.connection()).await.unwrap();
        assert_eq!(seen, rows, "{table}");
    }
    drop(tx);
    let jobs = [base::Actor::job("test", class.office.id), base::Actor::installation("test")];
    let people = [&class.ada, &szef, &ewa, &installs, &mighty];
    for actor in people.iter().map(|one| &one.actor).chain(&jobs) {
        for table in tables {
            let mut tx = app.ground.db.begin(actor).await.unwrap();
            let sql = AssertSqlSafe(format!("select count(*) from {table}"));
            let seen: i64 = sqlx::query_scalar(sql).fetch_one(tx.connection()).await.unwrap();
            assert_eq!(seen, 0, "{table} as {actor:?}");
        }
        for act in ["delete from recall", "update recall_card set reviews = 9"] {
            let mut tx = app.ground.db.begin(actor).await.unwrap();
            let done = sqlx::query(act).execute(tx.connection()).await.unwrap();
            assert_eq!(done.rows_affected(), 0, "{act} as {actor:?}");
        }
        let mut tx = app.ground.db.begin(actor).await.unwrap();
        let wrote = sqlx::query(
            "insert into recall (organisation_id, person_id, course_id) select $1, $2, id from course limit 1",
        )
        .bind(class.office.id.0)
        .bind(szef.id.0);
        // The administrator switches it on for nobody but themselves; the others not for the administrator.
        let wrote = wrote.execute(tx.connection()).await.map(|done| done.rows_affected());
        assert_eq!(matches!(wrote, Ok(1)), actor.person() == Some(szef.id), "{actor:?}: {wrote:?}");
    }
    // Nor does the learner change or pick out what was written down.
    for act in [
        "update recall_answer set rating = 'easy', per_mille = 1000",
        "delete from recall_answer",
        "delete from recall_card",
    ] {
        let mut tx = app.ground.db.begin(&class.jan.actor).await.unwrap();
        let said = sqlx::query(act).execute(tx.connection()).await.unwrap_err().to_string();
        assert!(said.contains("permission denied"), "{act}: {said}");
    }
    let sql = "update recall_answer set seconds = 1";
    let said = sqlx::query(sql).execute(&mut all_seeing(&app).await).await.unwrap_err().to_string();
    assert!(said.contains("only ever added"), "{said}");
    // A question that is theirs to review is nobody else's card, whoever they are; the audit knows nothing of it.
    let path = format!("/review/{skrot}");
    for person in people {
        person.client.get(&path).await.assert(404);
        person.client.post(&path, &[("give_up", "1"), ("seen", "0")]).await.assert(404);
        let form = [("seen", "0"), ("text", "TAJNYBIP"), ("rating", "easy")];
        person.client.post(&format!("{path}/rate"), &form).await.assert(404);
        person
            .client
            .get("/review")
            .await
            .assert(200)
            .has("Powtórka nie jest włączona")
            .lacks("Kurs testowy");
        person.client.get(OFF).await.assert(404);
        person.client.post(OFF, &[]).await.assert(404);
    }
    for path in ["/review/x".to_owned(), format!("/review/{}", uuid::Uuid::new_v4())] {
        class.jan.client.get(&path).await.assert(404);
        class.jan.client.post(&path, &[("give_up", "1")]).await.assert(404);
    }
    mighty.client.post(ON, &[]).await.assert(404);
    assert_eq!(
        count(
            &app,
            "select count(*) from audit_event where subject_kind like '%recall%' or act like '%recall%'"
        )
        .await,
        0
    );
    assert_eq!(kept(&app).await, (1, 1, 1));
    app.end().await;
}

#[tokio::test]
async fn what_is_asked_is_the_newest_version_without_what_was_withdrawn() {
    let app = program().await;
    let class = class(&app, TEST).await.reviewing().await;
    let learner = &class.jan.client;
    let (skrot, liczba) = (question(&app, "skrot").await, question(&app, "liczba").await);
    assert!(answered(&app, &class.jan, skrot, 1000, Rating::Good).await);
    // One is changed, one withdrawn, one new, and one that nobody could mark here. Before publishing nothing is different.
    class
        .save(
            "Próg zaliczenia: 50%\nKolejność pytań: stała\n
## Skrót\n\nJak brzmi nowy skrót?\n\nOdpowiedź: NOWYSKROT\n
## Termin\n\nCzy termin biegnie od jutra?\n\nPrawda czy fałsz: prawda\n
## Nowe\n\nIle jest nowych?\n\nLiczba: 7\n
## Esej\n\nOpisz.\n\nWypowiedź: do 200 słów\n",
        )
        .await;
    learner.get(&format!("/review/{liczba}")).await.assert(200).has("Ile dni?");
    class.office.publish(&class.ada, &class.course, &[]).await;
    learner.get(&format!("/review/{liczba}")).await.assert(404);
    let esej = question(&app, "esej").await;
    learner.get(&format!("/review/{esej}")).await.assert(404);
    let nowe = question(&app, "nowe").await;
    learner.get(&format!("/review/{nowe}")).await.assert(200).has("Ile jest nowych?");
    assert_eq!(today(&app, &class.jan).await.left, 2, "the new one, and the one about the day");
    let due = standing(&app, &class.jan, skrot).await.due_on;
    go_to(&app, due).await;
    let path = format!("/review/{skrot}");
    let page = learner.get(&path).await.assert(200).has("Jak brzmi nowy skrót?");
    let told = send(learner, &page, &path, &[("text", "TAJNYBIP")]).await.assert(200);
    told.has("NOWYSKROT").has("To trzeba jeszcze powtórzyć");
    let versions = "select count(distinct question_version_id) from recall_answer";
    assert_eq!(count(&app, versions).await, 2, "the log knows how the question read each time");
    // An archived course asks nothing; what is kept can still be deleted.
    sqlx::query("update course set state = 'archived'").execute(&mut all_seeing(&app).await).await.unwrap();
    learner.get("/review").await.assert(200).has("Teraz nie ma pytań do powtórki");
    learner.post(OFF, &[]).await.assert(303);
    assert_eq!(kept(&app).await, (0, 0, 0));
    app.end().await;
}

#[tokio::test]
async fn a_card_is_asked_in_the_language_that_is_read_and_counts_the_same_in_each() {
    let app = program().await;
    let class = class(&app, TEST).await;
    let words = [
        ("liczba", [("text", "Скільки днів?"), ("accepted", "")]),
        ("skrot", [("text", "Яке скорочення?"), ("accepted", "СЕКРЕТБІП")]),
    ];
    let mut tx = app.ground.db.begin(&class.ada.actor).await.unwrap();
    for (key, texts) in words {
        let texts = texts.map(|(field, text)| (field.to_owned(), text.to_owned())).into();
        let new = NewTexts { texts, ..NewTexts::default() };
        translated::save(&mut tx, &class.course, key, "uk", &new).await.unwrap();
    }
    tx.commit().await.unwrap();
    class.office.publish(&class.ada, &class.course, &[]).await;
    let class = class.reviewing().await;
    let learner = &class.jan.client;
    let read_in = async |language: &str| {
        let path = "/courses/kurs-testowy/wstep/language";
        learner.post(path, &[("language", language)]).await.assert(303);
    };
    let (liczba, skrot) = (question(&app, "liczba").await, question(&app, "skrot").await);
    let termin = question(&app, "termin").await;
    read_in("uk").await;
    for (id, here, there) in
        [(liczba, "Скільки днів?", "Ile dni?"), (skrot, "Яке скорочення?", "Jak brzmi skrót?")]
    {
        let page = learner.get(&format!("/review/{id}")).await.assert(200).has(here).lacks(there);
        page.has("lang=\"uk\"").lacks("TAJNYBIP").lacks("СЕКРЕТБІП").lacks("31337");
    }
    // What has no words in that language is asked in the original.
    learner.get(&format!("/review/{termin}")).await.assert(200).has("Czy termin biegnie od jutra?");

    // An answer of either language counts in both; what was asked in the one goes on in the other.
    let path = format!("/review/{skrot}");
    let page = learner.get(&path).await.assert(200);
    send(learner, &page, &path, &[("text", "tajnybip")]).await.assert(200).has("Dobra odpowiedź");
    read_in("pl").await;
    let told = send(learner, &page, &path, &[("text", "секретбіп")]).await.assert(200).has("Dobra odpowiedź");
    let told = told.has("Jak brzmi skrót?").lacks("Яке скорочення?");
    read_in("uk").await;
    send(learner, &told, &format!("{path}/rate"), &[("rating", "good")]).await.assert(303);
    read_in("pl").await;
    let path = format!("/review/{liczba}");
    let page = learner.get(&path).await.assert(200).has("Ile dni?").lacks("Скільки");
    let told = send(learner, &page, &path, &[("number", "31337")]).await.assert(200);
    send(learner, &told, &format!("{path}/rate"), &[("rating", "good")]).await.assert(303);
    assert_eq!(kept(&app).await, (1, 2, 2));
    let days = (standing(&app, &class.jan, skrot).await, standing(&app, &class.jan, liczba).await);
    assert_eq!(days.0.due_on, days.1.due_on);
    app.end().await;
}

#[tokio::test]
async fn no_key_is_shown_while_a_test_is_under_way_nor_where_it_never_is() {
    let app = program().await;
    let class = class(&app, TEST).await.reviewing().await;
    let learner = &class.jan.client;
    let skrot = format!("/review/{}", question(&app, "skrot").await);
    learner.get(&skrot).await.assert(200);
    let first = learner.post(HOME, &[]).await.assert(303).location();
    learner.get(&skrot).await.assert(404);
    learner.post(&skrot, &[("give_up", "1"), ("seen", "0")]).await.assert(404).lacks("TAJNYBIP");
    learner.get("/review").await.assert(200).has("poczekają, aż zakończysz rozpoczęty test");
    learner.get("/").await.assert(200).lacks("Powtórka:");
    let attempt = first.strip_suffix("/questions/1").unwrap();
    learner.post(&format!("{attempt}/submit"), &[]).await.assert(303);
    learner.get(&skrot).await.assert(200);
    // Somebody who is enrolled, but has not passed, while others have.
    let ewa = class.office.learner("ewa").await;
    ewa.client.get("/courses/kurs-testowy/wstep").await.assert(200);
    take(&ewa.client, &[]).await.has("Tym razem się nie udało");
    assert_eq!(ewa.client.post(ON, &[]).await.assert(303).location(), "/courses/kurs-testowy");
    ewa.client.get(&skrot).await.assert(404);
    // The author decides that the key is never shown.
    class.save(&format!("Odpowiedzi: nigdy\n{TEST}")).await;
    class.office.publish(&class.ada, &class.course, &[]).await;
    learner.get(&skrot).await.assert(404);
    take(&ewa.client, &RIGHT).await.has("Test jest zaliczony");
    ewa.client.get("/courses/kurs-testowy").await.assert(200).lacks("Włącz powtórkę");
    assert_eq!(ewa.client.post(ON, &[]).await.assert(303).location(), "/courses/kurs-testowy");
    assert_eq!(kept(&app).await, (1, 0, 0));
    app.end().await;
}

#[tokio::test]
async fn switching_off_deletes_everything_after_it_was_asked() {
    let app = program().await;
    let class = class(&app, TEST).await.reviewing().await;
    let learner = &class.jan.client;
    let skrot = question(&app, "skrot").await;
    assert!(answered(&app, &class.jan, skrot, 1000, Rating::Good).await);
    let page = learner.get("/review").await.assert(200).has("Kurs testowy").has("Wyłącz powtórkę");
    page.has(&format!("href=\"{OFF}\""));
    let ask = learner.get(OFF).await.assert(200).has("Wyłączyć powtórkę? Kurs testowy");
    ask.has("Na zawsze zniknie 1 Twoja odpowiedź").has("zaświadczenia zostaną bez zmian");
    assert_eq!(kept(&app).await, (1, 1, 1));
    assert_eq!(learner.post(OFF, &[]).await.assert(303).location(), "/review");
    assert_eq!(kept(&app).await, (0, 0, 0));
    learner.get("/review").await.assert(200).has("Powtórka nie jest włączona");
    learner.get(&format!("/review/{skrot}")).await.assert(404);
    assert_eq!(count(&app, "select count(*) from attempt where passed").await, 1);
    // On again it begins anew.
    learner.post(ON, &[]).await.assert(303);
    assert_eq!(today(&app, &class.jan).await.left, 3);
    assert_eq!(kept(&app).await, (1, 0, 0));
    // Whoever does not take the course any more is not asked, and can delete it.
    assert!(answered(&app, &class.jan, skrot, 0, Rating::Again).await);
    let mut tx = app.ground.db.begin(&class.ada.actor).await.unwrap();
    let rule = enrolment::all(&mut tx, &class.course).await.unwrap()[0].id;
    enrolment::remove(&mut tx, &class.course, rule).await.unwrap();
    tx.commit().await.unwrap();
    go_to(&app, date!(2026 - 11 - 22)).await;
    learner.get("/review").await.assert(200).has("Kurs testowy").has("0 pytań");
    learner.get(OFF).await.assert(200);
    learner.post(OFF, &[]).await.assert(303);
    assert_eq!(kept(&app).await, (0, 0, 0));
    app.end().await;
}

#[tokio::test]
async fn an_erasure_takes_it_away_unread() {
    let app = program().await;
    let class = class(&app, TEST).await.reviewing().await;
    let skrot = question(&app, "skrot").await;
    assert!(answered(&app, &class.jan, skrot, 0, Rating::Again).await);
    let ewa = class.office.learner("ewa").await;
    ewa.client.get("/courses/kurs-testowy/wstep").await.assert(200);
    take(&ewa.client, &RIGHT).await;
    ewa.client.post(ON, &[]).await.assert(303);
    let szef = class.office.admin("szef").await;
    let other = app.office("inny").await;
    let mighty = other.person("wladny", &[Role::OrganisationAdmin]).await;
    let erase = format!("/people/{}/certificates/erase", class.jan.id);
    mighty.client.post(&erase, &[]).await.assert(404);
    class.ada.client.post(&erase, &[]).await.assert(403);
    let mut tx = app.ground.db.begin(&mighty.actor).await.unwrap();
    let gone: i64 = sqlx::query_scalar("select forget_recall($1)")
        .bind(class.jan.id.0)
        .fetch_one(tx.connection())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(gone, 0, "the wall between organisations stands in the function too");
    assert_eq!(kept(&app).await, (2, 1, 1));
    szef.client.get(&erase).await.assert(200).has("odpowiedzi tej osoby w powtórkach, jeśli jakieś są");
    szef.client.post(&erase, &[]).await.assert(303);
    assert_eq!(kept(&app).await, (1, 0, 0), "Ewa's stays");
    class.jan.client.get("/review").await.assert(200).has("Powtórka nie jest włączona");
    app.end().await;
}
