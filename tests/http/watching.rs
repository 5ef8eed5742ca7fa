//! What belongs to watching a film: captions that are checked, the transcript, chapters, what it costs, what was really seen.

use courses::Taught;
use courses::enrolment::Target;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use time::macros::datetime;
use video::FilmId;

use super::writing::one_saves;
use crate::harness::{Client, House, Page, Someone, TestApp, owner, refused_by, set_clock};

/// A course of one unit with a film that is there, as if it were made.
pub struct Cinema {
    pub course: Taught,
    pub film: FilmId,
    /// `/teaching/{slug}/units/{id}`
    pub unit: String,
}

/// A film of `seconds`, in three sizes and as sound: 10, 40, 90 and 5 kB a second, in segments of a second.
pub async fn cinema(office: &House<'_>, who: &Someone, seconds: i32) -> Cinema {
    let course = office.course(who, "Kino", &[("Wykład", "Tekst."), ("Koniec", "Tekst.")]).await;
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &course).await.unwrap()[0].units[0].id;
    let film = courses::film::of_unit(&mut tx, &course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    make(office.app, film, seconds).await;
    let unit = format!("/teaching/{}/units/{unit}", course.slug());
    Cinema { course, film, unit }
}

/// Makes a film of `seconds`, as `cinema` says.
pub async fn make(app: &TestApp, film: FilmId, seconds: i32) {
    let mut owner = owner(app).await;
    let made = "with made as (update film set state = 'ready', length_ms = $2 * 1000, width = 1280, height = 720, fence = 1
                              where id = $1 returning id, organisation_id),
                wanted (name, kind, width, height, bytes) as (values
                  ('240p', 'picture', 426, 240, 10000), ('480p', 'picture', 854, 480, 40000), ('720p', 'picture', 1280, 720, 90000),
                  ('sound', 'sound', 0, 0, 5000)),
                shown as (insert into rendition (organisation_id, film_id, fence, name, kind, width, height, codecs, bandwidth,
                                                 average_bandwidth, init_key, complete)
                          select organisation_id, id, 1, name, kind, width, height, 'avc1.42c01e', bytes * 8, bytes * 8, 'x', true
                          from made, wanted returning organisation_id, film_id, name)
                insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key)
                select s.organisation_id, s.film_id, 1, s.name, n, n * 1000, 1000, w.bytes, 'y'
                from shown s join wanted w using (name), generate_series(0, $2 - 1) as n";
    sqlx::query(made).bind(film.0).bind(seconds).execute(&mut owner).await.unwrap();
}

pub async fn attach(client: &Client, unit: &str, bytes: Vec<u8>) -> Page {
    let part = Part::bytes(bytes).file_name("napisy.srt");
    let form = Form::new().text("language", "pl").text("label", "").part("vtt", part);
    client.send(client.request(Method::POST, &format!("{unit}/captions")).multipart(form)).await
}

#[tokio::test]
async fn captions_are_looked_at_checked_and_changed_before_a_course_is_published() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, unit, .. } = cinema(&office, &ada, 60).await;
    let publish = format!("/teaching/{}/publish", course.slug());

    // SubRip out of an old program for Windows, with all that should be looked at.
    let mut srt =
        b"1\n00:00:01,000 --> 00:00:04,000\nZa\xbf\xf3\xb3\xe6 g\xea\x9cl\xb9 ja\x9f\xf1\n\n".to_vec();
    srt.extend_from_slice(
        b"2\n00:00:03,500 --> 00:00:04,500\nTo jest o wiele za szybko na przeczytanie w sekunde\n\n",
    );
    srt.extend_from_slice(b"3\n00:01:10,000 --> 00:01:12,000\n<script src=x>alert(1)</script>\n");
    attach(&ada.client, &unit, srt).await.assert(303);
    ada.client.get(&format!("{unit}/film")).await.assert(200).has("Niesprawdzone");
    let place = format!("{unit}/captions/pl");
    let page = ada.client.get(&place).await.assert(200);
    let page = page.has("Zażółć gęślą jaźń").has("zanim zniknie poprzedni").has("znaków na sekundę");
    let page = page
        .has("a powinien mieć najwyżej 42")
        .has("po końcu filmu")
        .has("znacznik, którego napisy nie znają");
    let page = page.lacks("<script src=x>").has("&lt;script src=x&gt;").has("#f-start-1");
    let mark = page.value("mark");
    // Cue and finding lead to the film at their moment, on a page that begins it there.
    assert!(page.text.matches("data-jump=\"3500\"").count() >= 2, "{}", page.text);
    page.has("Obejrzyj od 0:03").has("#film\"").has("data-begin=\"0\"");
    ada.client.get(&format!("{place}?page=1&t=20")).await.assert(200).has("data-begin=\"20000\"");
    ada.client.get(&format!("{place}?t=jutro")).await.assert(200).has("data-begin=\"0\"");

    // Nobody has read them: publishing waits, in the words of the check.
    ada.client.post(&publish, &[]).await.assert(422).has("Nikt nie sprawdził napisów do filmu");

    // A cue is changed, one taken out, one added; what was typed wrong stays in the form.
    let good = [
        ("mark", mark.as_str()),
        ("start-1", "0:05"),
        ("end-1", "0:08,5"),
        ("text-1", "Powoli.\r\nKrótko."),
        ("start-2", ""),
        ("end-2", ""),
        ("text-2", ""),
        ("start-new", "0:20"),
        ("end-new", "0:21"),
        ("text-new", "Dodany."),
    ];
    let mut bad = good;
    bad[2] = ("end-1", "wcześniej");
    let page = ada.client.post(&place, &bad).await.assert(422).has("Podaj koniec napisu");
    page.has("value=\"wcześniej\"").has("Dodany.").has("href=\"#f-end-1\"");
    ada.client.post(&place, &good).await.assert(303);
    let vtt = ada.client.get(&film_place(&app, &ada, &course).await).await.assert(200);
    let vtt = vtt.has("00:00:05.000 --> 00:00:08.500\nPowoli.\nKrótko.\n").has("Dodany.").lacks("script");
    assert!(vtt.text.starts_with("WEBVTT\n"), "{}", vtt.text);
    // The same form again is of a text that is gone; so is the word of one who read that text.
    ada.client.post(&place, &good).await.assert(422).has("w międzyczasie");
    let check = format!("{place}/check");
    ada.client.post(&check, &[("mark", &mark)]).await.assert(422).has("w międzyczasie");
    jan.client.post(&check, &[("mark", &mark)]).await.assert(404);

    let page = ada.client.get(&place).await.assert(200).has("są w porządku");
    let mark = page.value("mark");
    ada.client.post(&check, &[("mark", &mark)]).await.assert(303);
    ada.client.get(&format!("{unit}/film")).await.assert(200).has("Sprawdzone: Osoba ADA");
    ada.client.post(&publish, &[]).await.assert(303);

    // With another text they are unchecked again, in the page and in the way of the next version.
    let page = ada.client.get(&place).await.assert(200).lacks("/check\"");
    let mark = page.value("mark");
    let again = [("mark", mark.as_str()), ("start-0", "0:01"), ("end-0", "0:04"), ("text-0", "Inaczej.")];
    ada.client.post(&place, &again).await.assert(303);
    ada.client.get(&format!("{unit}/film")).await.assert(200).has("Niesprawdzone");
    ada.client.post(&publish, &[]).await.assert(422).has("Nikt nie sprawdził");

    // Far too much, and letters of no program, get a sentence on the page. What is over 32 MB is not even heard out.
    attach(&ada.client, &unit, b"WEBVTT\n\n".repeat(20 * 131_072)).await.assert(422).has("większy niż 2 MB");
    let huge = Part::bytes(b"WEBVTT\n\n".repeat(50 * 131_072)).file_name("napisy.vtt");
    let request = ada.client.request(Method::POST, &format!("{unit}/captions"));
    if let Ok(answer) = request.multipart(Form::new().part("vtt", huge)).send().await {
        assert_eq!(answer.status(), 422);
    }
    let ole = b"\xd0\xcf\x11\xe0".repeat(9);
    attach(&ada.client, &unit, ole).await.assert(422).has("Nie udało się rozpoznać liter");
    app.end().await;
}

async fn tell(who: &Someone, film: FilmId, position_ms: u32, seen: &[(u32, u32)]) -> u16 {
    tell_of(who, film, "", position_ms, seen).await
}

/// The same from a page that shows this state of the film.
async fn tell_of(who: &Someone, film: FilmId, edition: &str, position_ms: u32, seen: &[(u32, u32)]) -> u16 {
    let body =
        serde_json::json!({ "position_ms": position_ms, "seen": seen, "key": "k", "edition": edition });
    let body = body.to_string();
    let request = who.client.request(Method::POST, &format!("/films/{film}/progress")).body(body);
    who.client.send(request).await.status.as_u16()
}

async fn own(app: &TestApp, who: &Someone, film: FilmId) -> video::watch::Watched {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    video::watch::own(&mut tx, &video::Watchable::granted(film)).await.unwrap()
}

#[tokio::test]
async fn a_script_that_skips_has_seen_no_more_than_the_clock_allows() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ewa) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ewa").await);
    let Cinema { course, film, unit } = cinema(&office, &ada, 3600).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let place = format!("/courses/{}/wyklad", course.slug());
    jan.client.get(&place).await.assert(200);

    // The whole film in the first second: what counts is half a minute from its beginning, and the place is kept.
    assert_eq!(tell(&jan, film, 3_600_000, &[(0, 3_600_000)]).await, 204);
    let seen = own(&app, &jan, film).await;
    assert_eq!(seen.position_ms, 3_600_000);
    // Three times what this test itself takes comes on top, here and below.
    assert!((30_000..200_000).contains(&seen.covered_ms()), "{seen:?}");
    // Thirty-two at once spend the credit once.
    let all = (0..32).map(|part| (part * 100_000, (part + 1) * 100_000));
    let told = futures::future::join_all(all.map(|part| {
        let jan = &jan;
        async move { tell(jan, film, 0, &[part]).await }
    }));
    assert!(told.await.iter().all(|status| *status == 204));
    let seen = own(&app, &jan, film).await;
    assert!(seen.covered_ms() < 400_000, "{seen:?}");

    // Ten minutes later half an hour can have been played, at three times the speed; never more than an hour is saved up.
    app.clock.advance(time::Duration::minutes(10));
    let before = seen.covered_ms();
    assert_eq!(tell(&jan, film, 0, &[(0, 3_600_000)]).await, 204);
    let seen = own(&app, &jan, film).await;
    let more = seen.covered_ms() - before;
    assert!((1_800_000..2_100_000).contains(&more), "{more}");

    // An honest player at double speed loses nothing; what was lost on the way counts when it comes.
    ewa.client.get(&place).await.assert(200);
    for part in 0..6_u32 {
        app.clock.advance(time::Duration::seconds(10));
        if part != 2 {
            tell(&ewa, film, (part + 1) * 20_000, &[(part * 20_000, (part + 1) * 20_000)]).await;
        }
    }
    tell(&ewa, film, 120_000, &[(40_000, 60_000)]).await;
    let seen = own(&app, &ewa, film).await;
    assert_eq!((seen.seen, seen.position_ms), (vec![(0, 120_000)], 120_000));

    // The teacher sees which parts are watched; a learner does not.
    let heat = format!("{unit}/film/seen");
    let page =
        ada.client.get(&heat).await.assert(200).has("Oglądały 2 osoby.").has("<svg").has("coverage-seen");
    page.has("00:00:00–00:01:30").has("100%").has("0%");
    jan.client.get(&heat).await.assert(403);
    app.end().await;
}

#[tokio::test]
async fn a_page_that_stays_open_while_its_film_is_cut_or_replaced_counts_nothing_of_another_film() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, film, .. } = cinema(&office, &ada, 60).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let place = format!("/courses/{}/wyklad", course.slug());
    let page = jan.client.get(&place).await.assert(200).has("0-0-0").has("data-part=\"changed\"");
    page.has("Ten film się zmienił");
    app.clock.advance(time::Duration::minutes(10));
    assert_eq!(tell_of(&jan, film, "0-0-0", 10_000, &[(0, 10_000)]).await, 204);
    assert_eq!(tell_of(&jan, film, "nie", 10_000, &[(0, 60_000)]).await, 400);

    // Cut: what was played of the whole counts where the part shows it, and the page is told to begin anew.
    let trim = format!("/studio/{film}/trim");
    ada.client.post(&trim, &[("start", "0:20"), ("end", "0:40")]).await.assert(303);
    jan.client.get(&place).await.assert(200).has("0-20000-40000").lacks("0-0-0");
    assert_eq!(tell_of(&jan, film, "0-0-0", 25_000, &[(12_000, 14_000), (18_000, 25_000)]).await, 205);
    let seen = own(&app, &jan, film).await;
    assert_eq!((seen.position_ms, seen.seen), (5_000, vec![(0, 5_000)]));
    assert_eq!(tell_of(&jan, film, "0-20000-40000", 6_000, &[(5_000, 6_000)]).await, 204);
    // Taken back: a page of the part speaks of later moments of the whole.
    ada.client.post(&format!("{trim}/undo"), &[]).await.assert(303);
    assert_eq!(tell_of(&jan, film, "0-20000-40000", 10_000, &[(9_000, 10_000)]).await, 205);
    let seen = own(&app, &jan, film).await;
    let stretches = vec![(0, 10_000), (20_000, 26_000), (29_000, 30_000)];
    assert_eq!((seen.position_ms, seen.seen.clone()), (30_000, stretches));

    // Replaced: nothing of the film before counts for the one that is there now, whoever names it and how.
    let replace = "update film set replaced_at = moment() where id = $1";
    sqlx::query(replace).bind(film.0).execute(&mut owner(&app).await).await.unwrap();
    for before in ["0-0-0", "", "0-20000-40000"] {
        assert_eq!(tell_of(&jan, film, before, 50_000, &[(0, 60_000)]).await, 409, "{before}");
    }
    assert_eq!(own(&app, &jan, film).await, seen);
    let kept = jan.client.get(&format!("/films/{film}/keep")).await.assert(200);
    let kept: serde_json::Value = serde_json::from_str(&kept.text).unwrap();
    let now = kept["edition"].as_str().unwrap();
    jan.client.get(&place).await.assert(200).has(now);
    assert_eq!(tell_of(&jan, film, now, 50_000, &[(0, 60_000)]).await, 204);
    assert_eq!(own(&app, &jan, film).await.seen, [(0, 60_000)]);
    app.end().await;
}

#[tokio::test]
async fn a_unit_can_ask_that_its_film_was_seen() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, film, unit } = cinema(&office, &ada, 60).await;
    let asking = format!("{unit}/film/seen");
    for bad in ["0", "96", "dużo", "-5"] {
        let page = ada.client.post(&asking, &[("film_percent", bad)]).await.assert(422);
        page.has("Podaj liczbę od 1 do 95").has(&format!("value=\"{bad}\"")).has("#f-film_percent");
    }
    jan.client.post(&asking, &[("film_percent", "90")]).await.assert(404);
    ada.client.post(&asking, &[("film_percent", "90")]).await.assert(303);
    ada.client
        .get(&format!("{unit}/film"))
        .await
        .assert(200)
        .has("name=\"film_percent\"")
        .has("value=\"90\"");
    office.publish(&ada, &course, &[Target::Everybody]).await;

    let place = format!("/courses/{}/wyklad", course.slug());
    jan.client.get(&place).await.assert(200).has("co najmniej 90% filmu").has("obejrzano 0%");
    tell(&jan, film, 30_000, &[(0, 30_000)]).await;
    assert_eq!(jan.client.post(&format!("{place}/finish"), &[]).await.assert(303).location(), place);
    jan.client.get(&place).await.assert(200).has("nie można jeszcze ukończyć").has("obejrzano 50%");
    app.clock.advance(time::Duration::seconds(30));
    tell(&jan, film, 55_000, &[(30_000, 55_000)]).await;
    let next = jan.client.post(&format!("{place}/finish"), &[]).await.assert(303).location();
    assert_eq!(next, format!("/courses/{}/koniec", course.slug()));
    jan.client.get(&place).await.assert(200).lacks("co najmniej 90% filmu");

    // Asked of nobody any more: a change that is published like any other.
    ada.client.post(&asking, &[("film_percent", "")]).await.assert(303);
    ada.client.get(&format!("/teaching/{}/publish", course.slug())).await.assert(200).has("Wykład");
    office.publish(&ada, &course, &[]).await;
    let ola = office.learner("ola").await;
    ola.client.get(&place).await.assert(200).lacks("co najmniej");
    ola.client.post(&format!("{place}/finish"), &[]).await.assert(303);
    ola.client.get(&place).await.assert(200).lacks("nie można jeszcze ukończyć");
    app.end().await;
}

#[tokio::test]
async fn two_authors_divide_a_film_and_the_second_sees_the_lines_of_both() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let Cinema { film, unit, .. } = cinema(&office, &ada, 60).await;
    let (client, place) = (&ada.client, format!("{unit}/film/chapters"));
    let divide = async |chapters: &str, revision: &str| -> Page {
        client.post(&place, &[("chapters", chapters), ("revision", revision)]).await
    };
    let revision = client.get(&place).await.assert(200).value("revision");
    divide("00:00 Początek Ewy", &revision).await.assert(303);
    let mine = "00:00 Początek Ady\n00:30 Dalej";
    let told = divide(mine, &revision).await.assert(409).has("Ktoś zapisał tu zmianę przed Tobą");
    let told = told.has("00:00 Początek Ewy").has(mine);
    let now = told.value("revision");
    assert_ne!(now, revision);
    client.get(&place).await.assert(200).has("Początek Ewy").lacks("Początek Ady");
    assert_eq!(divide("00:00", &revision).await.assert(422).value("revision"), revision);
    for _ in 0..2 {
        divide(mine, &now).await.assert(303);
    }
    client.get(&place).await.assert(200).has(mine).lacks("Początek Ewy");
    // Whatever else changes them, such as a cut or another film in its place, counts as well.
    let seen = client.get(&place).await.assert(200).value("revision");
    let sql = "delete from chapter where film_id = $1 and start_ms > 0";
    sqlx::query(sql).bind(film.0).execute(&mut owner(&app).await).await.unwrap();
    divide("00:00 Początek Zofii", &seen).await.assert(409).has("00:00 Początek Ady").has("Początek Zofii");
    // Of eight at once one saves.
    let seen = client.get(&place).await.assert(200).value("revision");
    let lines: Vec<String> = (1..=8).map(|number| format!("00:0{number} Część")).collect();
    one_saves(lines.iter().map(|line| divide(line, &seen))).await;
    app.end().await;
}

#[tokio::test]
async fn chapters_are_lines_and_a_wrong_line_is_named() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, film, unit } = cinema(&office, &ada, 60).await;
    let place = format!("{unit}/film/chapters");
    for (bad, said) in [
        ("00:00 A\nWstęp", "Wiersz 2: zacznij od czasu"),
        ("00:10", "Wiersz 1: dopisz tytuł"),
        ("01:00 Po filmie", "Wiersz 1: film jest krótszy"),
        ("0:10 A\n\n00:10 B", "Wiersz 3: w innym wierszu"),
    ] {
        let page = ada.client.post(&place, &[("chapters", bad)]).await.assert(422).has(said);
        page.has(bad.lines().last().unwrap()).has("href=\"#f-chapters\"");
    }
    jan.client.post(&place, &[("chapters", "00:00 A")]).await.assert(404);
    let typed = "00:30 Dalej <b>\r\n00:00 Wstęp\r\n";
    ada.client.post(&place, &[("chapters", typed)]).await.assert(303);
    ada.client.get(&place).await.assert(200).has("00:00 Wstęp\n00:30 Dalej &lt;b&gt;\n");
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let page = jan.client.get("/courses/kino/wyklad").await.assert(200);
    let page = page.has("data-at=\"0\"").has("data-at=\"30000\"").has("Dalej &lt;b&gt;").has("player-marks");
    // They are in the page for its reader, not in what the script gets.
    let props = page.text.split("data-props=").find(|props| props.contains("master.m3u8")).unwrap();
    let props = props.split('>').next().unwrap();
    assert!(!props.contains("Dalej") && props.contains("master.m3u8"), "{props}");
    // Sent away, they are gone.
    ada.client.post(&place, &[("chapters", "")]).await.assert(303);
    jan.client.get("/courses/kino/wyklad").await.assert(200).lacks("data-at=");
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let left = video::chapter::all(&mut tx, &video::Watchable::granted(film)).await.unwrap();
    assert!(left.is_empty());
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn the_page_says_what_a_film_costs_and_whoever_saves_data_is_told_less() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    let zofia = office.admin("zofia").await;
    let Cinema { course, .. } = cinema(&office, &ada, 3600).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let lecture = "/courses/kino/wyklad";
    let usual = "około 162 MB w jakości 480p, a sam dźwięk 18 MB";
    let least = "około 54 MB w jakości 240p, a sam dźwięk 18 MB";
    jan.client.get(lecture).await.assert(200).has(usual).has("preload=\"none\"");

    // For everybody, by one who may; a person can still choose otherwise.
    ola.client.post("/account/films/all", &[("data_saver", "on")]).await.assert(403);
    ola.client.get("/account/films").await.assert(200).lacks("/account/films/all");
    zofia.client.get("/account/films").await.assert(200).has("/account/films/all");
    zofia.client.post("/account/films/all", &[("data_saver", "on")]).await.assert(303);
    jan.client.get(lecture).await.assert(200).has(least);
    let own =
        [("data_saver", "off"), ("caption_size", "large"), ("caption_colour", "black"), ("shortcuts", "on")];
    jan.client.post("/account/films", &own).await.assert(303);
    let page = jan.client.get(lecture).await.assert(200).has(usual);
    page.has("data-size=\"large\" data-colour=\"black\"").has("Ustawienia filmów zapisane.");
    ola.client.get(lecture).await.assert(200).has(least).has("data-size=\"normal\"");
    zofia.client.post("/account/films/all", &[]).await.assert(303);
    ola.client.get(lecture).await.assert(200).has(usual);

    // The player tells one thing at a time; what it does not name stays, and what is no word changes nothing.
    jan.client.post("/films/choices", &[("shortcuts", "off")]).await.assert(204);
    jan.client.post("/films/choices", &[("caption_size", "x\" onload=\"y")]).await.assert(204);
    let page = jan.client.get("/account/films").await.assert(200);
    let page =
        page.has("<option value=\"large\" selected").has("<option value=\"black\" selected").lacks("onload");
    let shortcuts = page.text.split("name=\"shortcuts\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(!shortcuts.contains("checked"), "{shortcuts}");

    // Speed and captions belong to the person as well; what cannot be is left out, and the form of settings leaves them as they are.
    jan.client.post("/films/choices", &[("speed", "150"), ("captions", "uk")]).await.assert(204);
    for wrong in [
        ("speed", "20000"),
        ("speed", "-1"),
        ("speed", "szybko"),
        ("captions", "\"><b"),
        ("captions", "polski"),
    ] {
        jan.client.post("/films/choices", &[wrong]).await.assert(204);
    }
    jan.client.post("/account/films", &own).await.assert(303);
    let of = async |client: &Client| {
        let page = client.get(lecture).await.assert(200).text.replace("&quot;", "\"");
        let value = |name: &str| {
            page.split(&format!("\"{name}\":")).nth(1).unwrap().split(',').next().unwrap().to_owned()
        };
        ["speed", "caption_language", "keeper"].map(value)
    };
    let ([speed, captions, keeper], others) = (of(&jan.client).await, of(&ola.client).await);
    assert_eq!((speed.as_str(), captions.as_str()), ("150", "\"uk\""));
    assert_eq!((others[0].as_str(), others[1].as_str()), ("100", "\"\""));
    assert!(keeper.len() > 10 && keeper != others[2], "two people at one computer have two names: {keeper}");
    jan.client.post("/films/choices", &[("captions", "")]).await.assert(204);
    assert_eq!(of(&jan.client).await[..2], ["150", "\"\""]);
    app.end().await;
}

#[tokio::test]
async fn the_transcript_is_a_page_for_those_who_may_watch() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, film, unit } = cinema(&office, &ada, 60).await;
    let place = format!("/films/{film}/transcript");
    ada.client.get(&place).await.assert(404);
    let vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ada>Raz <script>x</script>\n\n00:31.000 --> 00:33.000\nDwa &amp; trzy\n";
    attach(&ada.client, &unit, vtt.into()).await.assert(303);
    ada.client.post(&format!("{unit}/film/chapters"), &[("chapters", "00:30 Dalej")]).await.assert(303);
    jan.client.get(&place).await.assert(404);
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let page =
        jan.client.get(&place).await.assert(200).has("<h2>Dalej</h2>").has("Raz x").has("Dwa &amp; trzy");
    page.has("Nikt jeszcze nie sprawdził").lacks("<script>x").has("lang=\"pl\"");
    // A language that is not there leads to one that is.
    jan.client.get(&format!("{place}?language=xx")).await.assert(200).has("Raz x");
    jan.client.get("/courses/kino/wyklad").await.assert(200).has(&format!("{place}?language=pl"));
    app.end().await;
}

#[tokio::test]
async fn the_database_keeps_what_the_pages_promise() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let Cinema { film, unit, .. } = cinema(&office, &ada, 60).await;
    attach(&ada.client, &unit, b"WEBVTT\n\n00:01.000 --> 00:03.000\nRaz.\n".to_vec()).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let proof = video::Editable::granted(film);
    let mark = video::caption::review(&mut tx, &proof, "pl").await.unwrap().mark;
    video::caption::mark_checked(&mut tx, &proof, "pl", &mark).await.unwrap();
    let all = video::caption::languages(&mut tx, &proof.watchable()).await.unwrap();
    assert_eq!(all[0].checked.as_ref().unwrap().0, "Osoba ADA");
    tx.commit().await.unwrap();
    let mut owner = owner(&app).await;
    // Another text is unchecked, whoever writes it and by whatever way.
    sqlx::query("update caption set vtt = vtt || ' ' where film_id = $1")
        .bind(film.0)
        .execute(&mut owner)
        .await
        .unwrap();
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let all = video::caption::languages(&mut tx, &proof.watchable()).await.unwrap();
    assert_eq!(all[0].checked, None);
    drop(tx);
    for (sql, named) in [
        (format!("update unit set film_percent = 96 where film_id = '{film}'"), "film_percent"),
        (format!("update caption set checked_at = moment() where film_id = '{film}'"), "caption_checked"),
        (
            format!("insert into chapter select organisation_id, id, 0, ' ' from film where id = '{film}'"),
            "chapter",
        ),
    ] {
        let said = refused_by(&mut owner, sql).await;
        assert!(said.contains(named), "{said}");
    }
    app.end().await;
}

async fn film_place(app: &TestApp, ada: &Someone, course: &Taught) -> String {
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let film = courses::outline::draft(&mut tx, course).await.unwrap()[0].units[0].film.unwrap();
    format!("/films/{film}/captions/pl.vtt")
}

#[tokio::test]
async fn captions_that_nobody_checked_are_waived_for_these_captions_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let Cinema { course, unit, .. } = cinema(&office, &ada, 60).await;
    attach(&ada.client, &unit, b"WEBVTT\n\n00:01.000 --> 00:03.000\nRaz.\n".to_vec()).await.assert(303);
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let publish = format!("/teaching/{}/publish", course.slug());
    ada.client.get(&publish).await.assert(200).has("Zgoda na potrzeby testu.");
    attach(&ada.client, &unit, b"WEBVTT\n\n00:01.000 --> 00:03.000\nDwa.\n".to_vec()).await.assert(303);
    ada.client.post(&publish, &[]).await.assert(422).has("Nikt nie sprawdził");
    app.end().await;
}

/// The name under which a form waives that the film has no captions.
fn silent(hall: &Cinema) -> String {
    let unit = hall.unit.rsplit('/').next().unwrap();
    let hash = courses::check::text_hash(&format!("film {}", hall.film));
    format!("{unit} film_without_captions 0 {}", base::id::hexadecimal(&hash[..8]))
}

const PUBLISH: &str = "/teaching/kino/publish";
const WAIVERS: &str = "/teaching/kino/waivers";
const REASON: &str = "Film bez słów, opisany w tekście lekcji.";

#[tokio::test]
async fn a_school_publishes_no_film_without_captions_whatever_reason_is_given() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let school = app.school("sp2").await;
    let (ada, jan) = (school.instructor("ada").await, school.learner("jan").await);
    let hall = cinema(&school, &ada, 60).await;
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    courses::enrolment::add(&mut tx, &hall.course, Target::Everybody).await.unwrap();
    tx.commit().await.unwrap();
    let finding = silent(&hall);
    let page = ada.client.get(PUBLISH).await.assert(200).has("Film bez napisów");
    page.lacks(&finding).lacks("Opublikuj</button>");
    ada.client.post(PUBLISH, &[]).await.assert(422).has("nie można jeszcze opublikować");
    // Of this there is nothing to waive: the same form that an office may send is refused, and nothing of it is kept.
    let form = [("finding", finding.as_str()), ("reason", REASON)];
    ada.client.post(WAIVERS, &form).await.assert(422).has("nie ma. Sprawdź listę");
    ada.client.post(PUBLISH, &[]).await.assert(422).has("nie można jeszcze opublikować");
    let ticket = ada.with_ticket().await;
    let api = ticket.request(Method::POST, "/api/v1/courses/kino/publish");
    ticket.send(api).await.assert(409).has("/problems/wrong-state");
    let mut owner = owner(&app).await;
    let kept: (i64, i64) =
        sqlx::query_as("select (select count(*) from finding_waiver), (select count(*) from course_version)")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!(kept, (0, 0));
    jan.client.get("/courses/kino").await.assert(404);
    // With captions that somebody has read, pupils get it.
    attach(&ada.client, &hall.unit, b"WEBVTT\n\n00:01.000 --> 00:03.000\nRaz.\n".to_vec()).await.assert(303);
    let place = format!("{}/captions/pl", hall.unit);
    let mark = ada.client.get(&place).await.assert(200).value("mark");
    ada.client.post(&format!("{place}/check"), &[("mark", &mark)]).await.assert(303);
    ada.client.post(PUBLISH, &[]).await.assert(303);
    jan.client.get("/courses/kino").await.assert(200);
    app.end().await;
}

#[tokio::test]
async fn an_office_answers_for_a_film_without_captions_with_a_reason_that_stays_with_its_day() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    set_clock(&app, datetime!(2027-03-02 10:00 UTC)).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let hall = cinema(&office, &ada, 60).await;
    let finding = silent(&hall);
    ada.client.get(PUBLISH).await.assert(200).has("Film nie ma napisów").has(&finding);
    ada.client.post(PUBLISH, &[]).await.assert(422);
    ada.client.post(WAIVERS, &[("finding", &finding)]).await.assert(422).has("Wypełnij to pole");
    ada.client.post(PUBLISH, &[]).await.assert(422);
    ada.client.post(WAIVERS, &[("finding", &finding), ("reason", REASON)]).await.assert(303);
    // Published two days later: what is told is the day of the reason, not of the version.
    set_clock(&app, datetime!(2027-03-04 10:00 UTC)).await;
    ada.client.post(PUBLISH, &[]).await.assert(303);
    let told = ada.client.get("/teaching/kino/versions").await.assert(200);
    told.has("w wersji 1").has(REASON).has("Osoba ADA, 02.03.2027, 11:");
    app.end().await;
}
