//! The studio: all films of a teacher, replacing one without losing its place, several at once, and two who replace one film.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use video::{Edition, FilmId};

use crate::harness::{Client, Page, TestApp, film, owner};
use crate::http::films::{Stage, named, stage, stage_in};

async fn quiet() -> Stage {
    stage_in(TestApp::start_with(|config| config.workers = 0).await).await
}

/// The film as if it were made: 60 seconds in two versions, the bytes of which stand nowhere.
async fn made(stage: &Stage, seconds: i32) {
    let made = "with made as (update film set state = 'ready', length_ms = $2 * 1000, fence = 1, cpu_ms = 34200, source_bytes = 12000000
                              where id = $1 returning id, organisation_id),
                shown as (insert into rendition (organisation_id, film_id, fence, name, kind, height, codecs, bandwidth, average_bandwidth,
                                                 init_key, complete)
                          select organisation_id, id, 1, name, kind, height, 'avc1.42c01e', 1, 1, 'x', true
                          from made, (values ('480p', 'picture', 480), ('audio', 'sound', 0)) as w (name, kind, height)
                          returning organisation_id, film_id, name)
                insert into segment (organisation_id, film_id, fence, rendition, number, start_ms, length_ms, size_bytes, blob_key)
                select organisation_id, film_id, 1, name, n, n * 1000, 1000, 50000, 'y' from shown, generate_series(0, $2 - 1) as n";
    sqlx::query(made).bind(stage.film.0).bind(seconds).execute(&mut owner(&stage.app).await).await.unwrap();
}

async fn create(client: &Client, film: &str, size: usize) -> Page {
    let request = client
        .request(Method::POST, "/api/tus")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", size)
        .header("upload-metadata", format!("film {}", STANDARD.encode(film)));
    client.send(request).await
}

async fn next_of(stage: &Stage) -> Option<FilmId> {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let next = video::replace::next(&mut tx, &video::Editable::granted(stage.film)).await.unwrap();
    next.map(|next| next.film.id)
}

async fn act(client: &Client, film: FilmId, act: &str) -> Page {
    client.post(&format!("/studio/{film}/{act}"), &[]).await
}

#[tokio::test]
async fn a_teacher_sees_all_of_their_films_and_what_became_of_them() {
    let stage = quiet().await;
    let house = crate::harness::House {
        app: &stage.app,
        id: stage.ada.actor.organisation().unwrap(),
        slug: "brzozow".to_owned(),
    };
    let (eva, jan) = (house.instructor("eva").await, house.learner("jan").await);
    let admin = house.admin("halina").await;
    let page = stage.ada.client.get("/studio").await.assert(200);
    page.has("Wykład").has("Bez pliku").has("Kurs z filmem").has("Odśwież");

    made(&stage, 60).await;
    let page = stage.ada.client.get("/studio").await.assert(200);
    let page = page.has("1:00").has("480p: gotowa, 3 MB").has("sam dźwięk: gotowa, 3 MB");
    page.has("przesłany plik 12 MB, wersje do oglądania 6 MB").has("35 s pracy procesora");
    stage.ada.client.get("/studio?state=ready").await.assert(200).has("Kurs z filmem");
    stage.ada.client.get("/studio?state=stopped").await.assert(200).lacks("Kurs z filmem").has("Żaden film");
    stage.ada.client.get("/studio?state=x&page=x").await.assert(200).has("Kurs z filmem");
    stage.ada.client.get("/studio?page=99").await.assert(200);

    // A film that failed says why in words, and can be tried again; one that waits can be stopped.
    let mut owner = owner(&stage.app).await;
    let fail =
        "update film set state = 'failed', reason = 'no_picture', source_key = 'films/none' where id = $1";
    sqlx::query(fail).bind(stage.film.0).execute(&mut owner).await.unwrap();
    let page = stage.ada.client.get("/studio?state=stopped").await.assert(200);
    page.has("Nie udało się").has("Spróbuj ponownie").lacks("no_picture");
    act(&stage.ada.client, stage.film, "retry").await.assert(303);
    stage.ada.client.get("/studio?state=working").await.assert(200).has("Czeka w kolejce").has("Przerwij");
    act(&stage.ada.client, stage.film, "cancel").await.assert(303);
    stage.ada.client.get("/studio?state=stopped").await.assert(200).has("Przerwany");
    // Too late is said, not answered with a fault.
    act(&stage.ada.client, stage.film, "cancel").await.assert(303);
    stage.ada.client.get("/studio").await.assert(200).has("Nic nie zostało zmienione");

    // An administrator sees them too; one who teaches something else, and a learner, do not.
    admin.client.get("/studio").await.assert(200).has("Kurs z filmem");
    eva.client.get("/studio").await.assert(200).lacks("Kurs z filmem");
    for what in ["cancel", "retry", "delete"] {
        act(&eva.client, stage.film, what).await.assert(404);
        act(&jan.client, stage.film, what).await.assert(404);
    }
    jan.client.get("/studio").await.assert(403);

    // Deleting asks first.
    let place = format!("/studio/{}/delete", stage.film);
    stage.ada.client.get(&place).await.assert(200).has("Usunąć film").has("Kurs z filmem");
    stage.ada.client.post(&place, &[]).await.assert(303);
    stage.ada.client.get("/studio").await.assert(200).lacks("Kurs z filmem");
    stage.ada.client.get(&place).await.assert(404);
    stage.app.end().await;
}

#[tokio::test]
async fn a_film_is_replaced_in_its_place_and_what_was_seen_counts_when_it_is_as_long() {
    let stage = stage().await;
    let (app, client) = (&stage.app, &stage.ada.client);
    stage.upload(&film(app.folder.path(), 9)).await;
    stage.wait_for("ready").await;
    let unit = unit_of(&stage).await;
    let about = format!("/teaching/kurs-z-filmem/units/{unit}/film");
    client.post(&format!("{about}/chapters"), &[("chapters", "00:00 Wstęp\n00:07 Koniec")]).await.assert(303);
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = video::Editable::granted(stage.film);
    let vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\nDzień dobry\n";
    video::caption::attach(&mut tx, &proof, "pl", "Polski", vtt.as_bytes()).await.unwrap();
    let mark = video::caption::review(&mut tx, &proof, "pl").await.unwrap().mark;
    video::caption::mark_checked(&mut tx, &proof, "pl", &mark).await.unwrap();
    video::watch::report(&mut tx, &proof.watchable(), Edition::default(), 8_000, &[(0, 8_000)])
        .await
        .unwrap();
    tx.commit().await.unwrap();

    // While the new one waits, the old one is played.
    let mut stage = stage;
    stage.app.stop_workers().unwrap().end().await;
    stage.upload(&film(stage.app.folder.path(), 9)).await;
    assert_eq!(stage.state().await["state"], "ready");
    let page = stage.ada.client.get(&about).await.assert(200).has("Nowy film w miejsce tego");
    page.has("Czeka w kolejce").lacks("Zastąp film innym");
    assert_eq!(seconds(&stage).await, 9);
    stage.ada.client.get("/studio?state=working").await.assert(200).has("Nowy film w miejsce tego");
    let progress = format!("/films/{}/next", stage.film);
    stage.ada.client.get(&progress).await.assert(200).has("\"queued\"").has("\"playable\":false");
    let next = next_of(&stage).await.unwrap();
    stage.app.start_workers();
    stage.wait_for_the_new_one().await;
    stage.ada.client.get(&progress).await.assert(200).has("\"ready\"").has("\"playable\":true");
    stage.ada.client.get(&format!("/films/{next}/state")).await.assert(404);
    assert_eq!(seconds(&stage).await, 9);
    let watched = watched(&stage).await;
    assert_eq!((watched.position_ms, watched.seen), (8_000, vec![(0, 8_000)]));
    let page = stage.ada.client.get(&about).await.assert(200).has("Niesprawdzone");
    page.has("dalej się liczy").lacks("Nowy film w miejsce tego");
    stage.ada.client.get(&format!("{about}/chapters")).await.assert(200).has("Koniec");

    // The next one is shorter: places and chapters end with it, and what was seen begins anew.
    stage.upload(&film(stage.app.folder.path(), 5)).await;
    stage.wait_for_the_new_one().await;
    assert_eq!(seconds(&stage).await, 5);
    let watched = self::watched(&stage).await;
    assert!(watched.seen.is_empty(), "{watched:?}");
    let length = length(&stage).await;
    assert!(watched.position_ms <= length, "{watched:?} of {length}");
    stage.ada.client.get(&about).await.assert(200).has("liczy się od nowa");
    stage.ada.client.get(&format!("{about}/chapters")).await.assert(200).has("Wstęp").lacks("Koniec");

    // Nothing of what was replaced is left over: the film points into one folder, and the others are empty.
    wait_until_one_is_left(&stage).await;
    assert_eq!(seconds(&stage).await, 5);
    stage.app.end().await;
}

#[tokio::test]
async fn of_two_who_replace_a_film_at_once_one_is_first_and_the_other_is_told() {
    let stage = quiet().await;
    made(&stage, 60).await;
    let house = crate::harness::House {
        app: &stage.app,
        id: stage.ada.actor.organisation().unwrap(),
        slug: "brzozow".to_owned(),
    };
    let halina = house.admin("halina").await;
    let film = stage.film.to_string();
    let (first, second) =
        tokio::join!(create(&stage.ada.client, &film, 1000), create(&halina.client, &film, 1000));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
    assert_eq!(stage.state().await["state"], "ready", "the film that is shown stays");
    let (winner, loser) = if first.status == 201 { (&stage.ada, &halina) } else { (&halina, &stage.ada) };
    let unit = unit_of(&stage).await;
    let plain = format!("/teaching/kurs-z-filmem/units/{unit}/film/plain");
    let form = Form::new().part("film", Part::bytes(vec![7; 100]).file_name("inny.mp4"));
    let page = loser.client.send(loser.client.request(Method::POST, &plain).multipart(form)).await;
    page.assert(422).has("Ktoś inny właśnie wysyła");
    // Whoever began may begin anew; after they gave it up the other may.
    create(&winner.client, &film, 2000).await.assert(201);
    let next = next_of(&stage).await.unwrap();
    // What is on its way is not among the films that nobody sees.
    halina.client.get("/films/storage").await.assert(200).lacks(&format!("/films/{next}/unshown"));
    halina.client.get(&format!("/films/{next}/unshown")).await.assert(404);
    halina.client.post(&format!("/films/{next}/unshown"), &[]).await.assert(404);
    let place = format!("/studio/{next}/delete");
    winner.client.get(&place).await.assert(200).has("Zrezygnować z zastąpienia");
    winner.client.post(&place, &[]).await.assert(303);
    assert!(next_of(&stage).await.is_none());
    create(&loser.client, &film, 1000).await.assert(201);
    // A film that is deleted takes what was to replace it with it.
    act(&stage.ada.client, stage.film, "delete").await.assert(303);
    let left: i64 = sqlx::query_scalar("select count(*) from film")
        .fetch_one(&mut owner(&stage.app).await)
        .await
        .unwrap();
    assert_eq!(left, 0);
    stage.app.end().await;
}

#[tokio::test]
async fn several_files_become_several_units_each_once() {
    let stage = quiet().await;
    let client = &stage.ada.client;
    let path = "/teaching/kurs-z-filmem/films";
    let page = client.get(path).await.assert(200).has("multiple").has("capture=\"environment\"");
    let page = page.has("wszystkie wybrane pliki są wysyłane jednym formularzem");
    let section = page.value("section");
    client.get("/teaching/kurs-z-filmem").await.assert(200).has("Dodaj kilka filmów naraz");

    // With script: a unit and a film for each file, and the same wish again is the same film.
    let ask = async |name: &str, key: &str| {
        client.post(path, &[("section", &section), ("name", name), ("key", key)]).await
    };
    let first = ask("wykład_1.mp4", "0123456789abcdef0123456789abcdef").await.assert(200).text;
    let again = ask("wykład_1.mp4", "0123456789abcdef0123456789abcdef").await.assert(200).text;
    assert_eq!(first, again);
    let other = ask("wykład_1.mp4", "1123456789abcdef0123456789abcdef").await.assert(200).text;
    assert_ne!(first, other);
    let film: serde_json::Value = serde_json::from_str(&first).unwrap();
    create(client, film["film"].as_str().unwrap(), 1000).await.assert(201);
    assert_eq!(units(&stage).await, ["Wykład", "wykład 1", "wykład 1"]);
    let long = "k".repeat(41);
    for bad in ["", long.as_str()] {
        ask("x.mp4", bad).await.assert(400);
    }
    let nowhere = uuid::Uuid::new_v4().to_string();
    let wrong = [("section", nowhere.as_str()), ("name", "x.mp4"), ("key", "2123456789abcdef")];
    client.post(path, &wrong).await.assert(404);

    // Without script: both files of one form, in order; an empty choice gets its sentence and leaves no unit behind.
    let part = |name: &str, bytes: usize| Part::bytes(vec![7; bytes]).file_name(name.to_owned());
    let plain = format!("{path}/plain");
    let send = async |form: Form| client.send(client.request(Method::POST, &plain).multipart(form)).await;
    let form = || Form::new().text("section", section.clone());
    send(form().part("film", part("a.mp4", 100)).part("film", part("b.mp4", 100))).await.assert(303);
    assert_eq!(units(&stage).await, ["Wykład", "wykład 1", "wykład 1", "a", "b"]);
    // The form is as long as its films are; the name of a section is not.
    send(Form::new().text("section", "x".repeat(65))).await.assert(400);
    send(form().part("film", part("", 0))).await.assert(422).has("Wybierz plik z filmem");
    send(form().part("film", part("pusty.mp4", 0))).await.assert(422).has("Wybierz plik z filmem");
    assert_eq!(units(&stage).await.len(), 5);
    stage.app.end().await;
}

#[tokio::test]
async fn a_poster_is_one_of_the_stills_or_a_picture_of_one_s_own() {
    let stage = stage().await;
    let client = &stage.ada.client;
    let path = format!("/studio/{}/poster", stage.film);
    client.get(&path).await.assert(200).has("gdy film będzie gotowy");
    // Too early: said, and the picture that came is not kept.
    let early = std::fs::read(TestApp::root().join("tests/expect/photo.jpg")).unwrap();
    let early = Form::new().part("picture", Part::bytes(early).file_name("zdjęcie.jpg"));
    client.send(client.request(Method::POST, &path).multipart(early)).await.assert(303);
    client.get(&path).await.assert(200).has("Nic nie zostało zmienione");
    assert!(stage.app.ground.blobs.list("films/").await.unwrap().is_empty());
    stage.upload(&film(stage.app.folder.path(), 9)).await;
    stage.wait_for("ready").await;
    let shown = async || {
        let answer = client.request(Method::GET, &format!("/films/{}/poster.jpg", stage.film)).send().await;
        answer.unwrap().bytes().await.unwrap()
    };
    let first = shown().await;
    let page = client.get(&path).await.assert(200);
    let places: Vec<String> = page
        .text
        .split("src=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|place| place.contains("/stills/"))
        .map(str::to_owned)
        .collect();
    assert_eq!(places.len(), 5, "{places:?}");
    let chosen = places[3].rsplit('/').next().unwrap();
    client.post(&format!("{path}/still"), &[("at_ms", chosen)]).await.assert(303);
    let still = client.request(Method::GET, &places[3]).send().await.unwrap().bytes().await.unwrap();
    assert!(still.starts_with(&[0xff, 0xd8]) && still != first);
    assert_eq!(shown().await, still);
    client.get(&path).await.assert(200).has("Okładka zmieniona").has("Obecna okładka");
    client.post(&format!("{path}/still"), &[("at_ms", "1")]).await.assert(404);
    client.post(&format!("{path}/still"), &[("at_ms", "x")]).await.assert(400);

    // A picture of one's own is written anew: what else was in the file is gone. What is none is refused.
    let send = async |bytes: Vec<u8>| {
        let form = Form::new().part("picture", Part::bytes(bytes).file_name("zdjęcie.jpg"));
        client.send(client.request(Method::POST, &path).multipart(form)).await
    };
    let photo = std::fs::read(TestApp::root().join("tests/expect/photo.jpg")).unwrap();
    let marked = [&photo[..2], b"\xff\xfe\x00\x0ecanary-7d1f!", &photo[2..]].concat();
    send(marked).await.assert(303);
    let own = shown().await;
    assert!(own.starts_with(&[0xff, 0xd8]) && own != still);
    assert!(!own.windows(11).any(|window| window == b"canary-7d1f"));
    send(b"<svg onload=alert(1)>".to_vec()).await.assert(422).has("nie jest obrazem");
    send(Vec::new()).await.assert(422).has("Wybierz plik z obrazem");
    send(vec![0; 11 << 20]).await.assert(422).has("za duży");
    assert_eq!(shown().await, own);

    // Another choice takes the picture with it.
    let kept = async || {
        let keys = stage.app.ground.blobs.list("films/").await.unwrap();
        keys.iter().filter(|key| key.contains("/poster-")).count()
    };
    assert_eq!(kept().await, 1);
    client.post(&format!("{path}/still"), &[("at_ms", chosen)]).await.assert(303);
    for _ in 0..1200 {
        if kept().await == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(kept().await, 0);
    stage.app.end().await;
}

#[tokio::test]
async fn the_ends_of_a_film_are_cut_off_with_all_that_belongs_to_their_moments_and_come_back() {
    let stage = stage().await;
    let (app, client) = (&stage.app, &stage.ada.client);
    let path = format!("/studio/{}/trim", stage.film);
    client.get(&path).await.assert(200).has("gdy jest gotowy");
    stage.upload(&film(app.folder.path(), 20)).await;
    stage.wait_for("ready").await;
    let about = format!("/teaching/kurs-z-filmem/units/{}/film", unit_of(&stage).await);
    let chapters = "00:00 Wstęp\n00:07 Rzecz sama\n00:13 Koniec";
    client.post(&format!("{about}/chapters"), &[("chapters", chapters)]).await.assert(303);
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = video::Editable::granted(stage.film);
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nPierwszy\n\n00:05.000 --> 00:08.000 align:start\nDrugi\n\n\
               00:14.000 --> 00:15.000\nTrzeci\n";
    video::caption::attach(&mut tx, &proof, "pl", "Polski", vtt.as_bytes()).await.unwrap();
    let mark = video::caption::review(&mut tx, &proof, "pl").await.unwrap().mark;
    video::caption::mark_checked(&mut tx, &proof, "pl", &mark).await.unwrap();
    let played = [(1_000, 9_000), (13_000, 14_000)];
    video::watch::report(&mut tx, &proof.watchable(), Edition::default(), 8_000, &played).await.unwrap();
    let whole = video::weight::ways(&mut tx, &proof.watchable()).await.unwrap().all;
    tx.commit().await.unwrap();

    // What cannot be read, or leaves nothing, is said, and what was typed stays.
    for (start, end, sentence) in [
        ("początek", "0:11", "Podaj czas jako minuty"),
        ("0:07", "", "Podaj czas jako minuty"),
        ("0:11", "0:07", "Koniec musi być później"),
        ("0:30", "0:40", "Koniec musi być później"),
    ] {
        let page = client.post(&path, &[("start", start), ("end", end)]).await.assert(422).has(sentence);
        page.has(&format!("value=\"{start}\""));
    }
    assert_eq!(seconds(&stage).await, 20);

    // The file for whoever has no script says which one it is.
    let plain = format!("/films/{}/plain.mp4", stage.film);
    let some = async |header: &str, tag: &str| {
        client
            .send(client.request(Method::GET, &plain).header("range", "bytes=0-4").header(header, tag))
            .await
    };
    let tag = client.get(&plain).await.assert(200).header("etag");
    some("if-none-match", &tag).await.assert(304);
    some("if-range", &tag).await.assert(206);

    // Parts of a file that was begun and thrown away are in nobody's way.
    sqlx::query("update film set parts_key = 'films/gone/plain.mp4', parts_id = gen_random_uuid()::text where id = $1")
        .bind(stage.film.0)
        .execute(&mut owner(app).await)
        .await
        .unwrap();

    // Where it fell is said; playlist, bytes, captions, chapters, place and what was seen follow.
    client.post(&path, &[("start", "0:07"), ("end", "0:11")]).await.assert(303);
    exact_ends(&stage).await;
    client.get(&path).await.assert(200).has("od 0:07 do 0:11 z całego filmu, który trwa 0:20");
    assert_eq!((seconds(&stage).await, length(&stage).await), (4, 4_000));
    let part = weights(&stage).await;
    assert!(
        part.len() == whole.len() && part.iter().zip(&whole).all(|(part, whole)| part.bytes < whole.bytes)
    );
    let captions = format!("/films/{}/captions/pl.vtt", stage.film);
    let page = client.get(&captions).await.assert(200).lacks("Pierwszy").lacks("Trzeci");
    page.has("00:00:00.000 --> 00:00:01.000 align:start\nDrugi");
    let page = client.get(&format!("{about}/chapters")).await.assert(200);
    page.has("00:00 Rzecz sama").lacks("Koniec");
    let seen = watched(&stage).await;
    assert_eq!((seen.position_ms, seen.seen), (1_000, vec![(0, 2_000)]));
    client.get(&about).await.assert(200).has("Sprawdzone: Osoba ADA");
    part_without_script(&stage).await;
    // Under the same address it is another file: nothing of the whole is kept for it or put together with it.
    let part = some("if-none-match", &tag).await.assert(206);
    assert!(!part.header("cache-control").contains("immutable") && part.header("etag") != tag);
    some("if-range", &tag).await.assert(200);

    // Taken back, all is as it was; what was seen in between counts.
    let mut tx = app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let edition = video::film::one(&mut tx, &proof.watchable()).await.unwrap().edition;
    video::watch::report(&mut tx, &proof.watchable(), edition, 4_000, &[(3_000, 4_000)]).await.unwrap();
    tx.commit().await.unwrap();
    client.post(&format!("{path}/undo"), &[]).await.assert(303);
    assert_eq!(seconds(&stage).await, 20);
    assert_eq!(weights(&stage).await, whole);
    assert_eq!(client.get(&captions).await.assert(200).text, vtt);
    let page = client.get(&format!("{about}/chapters")).await.assert(200);
    page.has("00:00 Wstęp").has("00:07 Rzecz sama").has("00:13 Koniec").lacks("00:06 Wstęp");
    let seen = watched(&stage).await;
    assert_eq!(seen.seen, [(1_000, 9_000), (10_000, 11_000), (13_000, 14_000)]);
    assert_eq!(seen.position_ms, 11_000);
    client.get(&about).await.assert(200).has("Sprawdzone: Osoba ADA");
    client.get(&format!("/films/{}/plain.mp4", stage.film)).await.assert(200);
    for step in 0.. {
        let keys = app.ground.blobs.list("films/").await.unwrap();
        if !keys.iter().any(|key| key.contains("/cut-") || key.contains("/edge-")) {
            break;
        }
        assert!(step < 1200, "what was made for the part is still there: {keys:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    // A film that is cut is copied as it is, and the copy's cut can be taken back too.
    client.post(&path, &[("start", "0:12"), ("end", "0:20")]).await.assert(303);
    client.post("/teaching/kurs-z-filmem/copy", &[("title", "Druga")]).await.assert(303);
    let copy: uuid::Uuid = sqlx::query_scalar("select id from film where id <> $1")
        .bind(stage.film.0)
        .fetch_one(&mut owner(app).await)
        .await
        .unwrap();
    let lengths = "select array_agg(length_ms / 1000 order by id) from film";
    let lengths: Vec<i32> = sqlx::query_scalar(lengths).fetch_one(&mut owner(app).await).await.unwrap();
    assert_eq!(lengths, [8, 8]);
    // Both come to their file of the part, also when the copy was made before there was one.
    let part_of = async |film: uuid::Uuid| {
        let plain = format!("/films/{film}/plain.mp4");
        for step in 0.. {
            let status = client.request(Method::GET, &plain).send().await.unwrap().status();
            if status == 200 {
                break;
            }
            assert!(status == 404 && step < 1200, "{status}");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    part_of(stage.film.0).await;
    part_of(copy).await;
    client.post(&format!("/studio/{copy}/trim/undo"), &[]).await.assert(303);
    client.get(&format!("/studio/{copy}/trim")).await.assert(200).lacks("Pokazywana jest część");
    assert_eq!(seconds(&stage).await, 8);

    // With a copy goes the file of its own part, although it lies beside the bytes that both show.
    client.post(&format!("/studio/{copy}/trim"), &[("start", "0:06"), ("end", "0:12")]).await.assert(303);
    part_of(copy).await;
    let (slug, unit): (String, uuid::Uuid) = sqlx::query_as(
        "select c.slug, u.id from unit u join course c on c.id = u.course_id where u.film_id = $1",
    )
    .bind(copy)
    .fetch_one(&mut owner(app).await)
    .await
    .unwrap();
    client.post(&format!("/teaching/{slug}/units/{unit}/film/remove"), &[]).await.assert(303);
    for step in 0.. {
        let keys = app.ground.blobs.list("films/").await.unwrap();
        if keys.iter().filter(|key| key.contains("/cut-")).count() == 1 {
            break;
        }
        assert!(step < 1200, "{keys:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    client.get(&plain).await.assert(200);
    stage.app.end().await;
}

/// A file of the part that is shown comes for whoever has no script: four seconds from its beginning, picture and sound.
async fn part_without_script(stage: &Stage) {
    let plain = format!("/films/{}/plain.mp4", stage.film);
    let file = stage.app.folder.path().join("part.mp4");
    for step in 0.. {
        let answer = stage.ada.client.request(Method::GET, &plain).send().await.unwrap();
        if answer.status() == 200 {
            std::fs::write(&file, answer.bytes().await.unwrap()).unwrap();
            break;
        }
        assert!(answer.status() == 404 && step < 1200, "{}", answer.status());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let probed = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "packet=codec_type,pts_time,duration_time", "-of", "csv=p=0"])
        .arg(&file)
        .output()
        .unwrap();
    let text = String::from_utf8(probed.stdout).unwrap();
    assert!(
        probed.status.success() && probed.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&probed.stderr)
    );
    for kind in ["video", "audio"] {
        let of_kind = text.lines().filter_map(|line| line.strip_prefix(kind)?.strip_prefix(','));
        let times = of_kind.map(|rest| -> f64 { rest.split(',').next().unwrap().parse().unwrap() });
        let (first, last) =
            times.fold((f64::MAX, f64::MIN), |(first, last), at| (at.min(first), at.max(last)));
        assert!(first.abs() < 0.06 && (2.5..4.1).contains(&last), "{kind} from {first} to {last}");
    }
}

/// Until the film begins and ends where it was asked to.
async fn exact_ends(stage: &Stage) {
    for step in 0.. {
        let state: Option<String> = sqlx::query_scalar("select ends_state from film where id = $1")
            .bind(stage.film.0)
            .fetch_one(&mut owner(&stage.app).await)
            .await
            .unwrap();
        if state.as_deref() == Some("made") {
            break;
        }
        assert!(state.as_deref() == Some("making") && step < 1200, "{state:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn weights(stage: &Stage) -> Vec<video::weight::Weight> {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    video::weight::ways(&mut tx, &video::Watchable::granted(stage.film)).await.unwrap().all
}

async fn units(stage: &Stage) -> Vec<String> {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let draft = courses::outline::draft(&mut tx, &stage.course).await.unwrap();
    draft.into_iter().flat_map(|section| section.units).map(|unit| unit.title).collect()
}

async fn unit_of(stage: &Stage) -> courses::UnitId {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    courses::outline::draft(&mut tx, &stage.course).await.unwrap()[0].units[0].id
}

async fn watched(stage: &Stage) -> video::watch::Watched {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    video::watch::own(&mut tx, &video::Watchable::granted(stage.film)).await.unwrap()
}

async fn length(stage: &Stage) -> u32 {
    let mut tx = stage.app.ground.db.begin(&stage.ada.actor).await.unwrap();
    let proof = video::Watchable::granted(stage.film);
    video::film::one(&mut tx, &proof).await.unwrap().length_ms.unwrap()
}

/// Whole seconds of the film as it is played by now; every piece of it is there.
async fn seconds(stage: &Stage) -> u32 {
    let client = &stage.ada.client;
    let master_at = stage.enter(client).await;
    let master = client.get(&master_at).await.assert(200).text;
    let rendition = named(&master_at, &master).into_iter().find(|name| !name.contains("keys")).unwrap();
    let list = client.get(&rendition).await.assert(200).has("#EXT-X-ENDLIST").text;
    for piece in named(&rendition, &list) {
        client.get(&piece).await.assert(200);
    }
    let lengths = list.lines().filter_map(|line| line.strip_prefix("#EXTINF:"));
    let whole: f64 = lengths.map(|line| line.trim_end_matches(',').parse::<f64>().unwrap()).sum();
    format!("{whole:.0}").parse().unwrap()
}

/// Until the folders of films in the object store are one: the one that the film consists of.
async fn wait_until_one_is_left(stage: &Stage) {
    let mut folders = std::collections::BTreeSet::new();
    for _ in 0..1200 {
        let keys = stage.app.ground.blobs.list("films/").await.unwrap();
        folders = keys.iter().filter_map(|key| key.split('/').nth(2).map(str::to_owned)).collect();
        if folders.len() == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("left over: {folders:?}");
}
