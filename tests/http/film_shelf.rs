//! What the server keeps of films that are watched: a class asks once, and whoever loses a right is out all the same.

use std::collections::BTreeSet;
use std::time::Duration;

use courses::enrolment::Target;
use reqwest::Method;

use super::films::named;
use super::watching::{Cinema, cinema};
use crate::harness::{Client, House, Someone, TestApp, owner};

/// The bytes of each segment of 240p that `cinema` speaks of.
const BYTES: usize = 10_000;

/// The film of a published course, with the segments of its smallest size.
async fn shown(office: &House<'_>, ada: &Someone, learners: &[&Someone]) -> Cinema {
    let cinema = cinema(office, ada, 6).await;
    let targets: Vec<Target> = learners.iter().map(|who| Target::Person(who.id)).collect();
    office.publish(ada, &cinema.course, &targets).await;
    office.app.ground.blobs.put("y", "video/mp4", vec![b'x'; BYTES]).await.unwrap();
    cinema
}

/// The playlist of 240p under a ticket of theirs.
async fn list_at(cinema: &Cinema, client: &Client) -> String {
    let master = client.get(&format!("/films/{}/master.m3u8", cinema.film)).await.assert(303).location();
    named(&master, "240p.m3u8").remove(0)
}

/// The playlist and its first segment, asked for until they are kept.
async fn pieces(cinema: &Cinema, client: &Client) -> [String; 2] {
    let list_at = list_at(cinema, client).await;
    let list = client.get(&list_at).await.assert(200).has("#EXT-X-ENDLIST").text;
    let segment = named(&list_at, &list).into_iter().find(|place| place.ends_with(".m4s")).unwrap();
    for _ in 0..2 {
        client.get(&segment).await.assert(200);
    }
    [list_at, segment]
}

/// Until it is refused; what is only forgotten after its minute is there for longer than this.
async fn refused_soon(what: &str, client: &Client, piece: &str) {
    for _ in 0..200 {
        if matches!(client.get(piece).await.status.as_u16(), 403 | 404) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}: ten seconds later {piece} is still given");
}

#[tokio::test]
async fn who_watches_together_asks_the_database_and_the_store_once() {
    let app = TestApp::hearing().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let (jan, ola) = (office.learner("jan").await, office.learner("ola").await);
    let cinema = shown(&office, &ada, &[&jan, &ola]).await;
    let jans = pieces(&cinema, &jan.client).await;
    // Ola has asked for the playlist alone: what Jan fetched is there for her too.
    let olas_list = list_at(&cinema, &ola.client).await;
    let list = ola.client.get(&olas_list).await.assert(200).text;
    let olas = named(&olas_list, &list);

    // Nobody gets anything out of the database, and the store is empty.
    let mut owner = owner(&app).await;
    sqlx::query("begin").execute(&mut owner).await.unwrap();
    sqlx::query("lock table session, film, segment, rendition").execute(&mut owner).await.unwrap();
    app.ground.blobs.delete("y").await.unwrap();
    for piece in &jans {
        jan.client.get(piece).await.assert(200);
    }
    ola.client.get(&olas_list).await.assert(200).has("#EXT-X-ENDLIST");
    let first = olas.iter().find(|place| place.contains("/0-")).unwrap();
    assert_eq!(ola.client.get(first).await.assert(200).text.len(), BYTES);
    let part = ola.client.request(Method::GET, first).header("range", "bytes=10-19");
    let part = ola.client.send(part).await.assert(206);
    assert_eq!(part.header("content-range"), format!("bytes 10-19/{BYTES}"));
    assert_eq!(part.header("cache-control"), "private, max-age=86400, immutable");
    // So does a cache in front when it asks whether she may.
    let allowed = format!("{}/allowed", olas_list.rsplit_once('/').unwrap().0);
    ola.client.get(&allowed).await.assert(204);
    sqlx::query("rollback").execute(&mut owner).await.unwrap();

    // A ticket with one letter more, and Jan's for another film: neither was ever granted.
    let ticket = jans[0].split('/').nth(2).unwrap();
    app.visitor().get(&jans[1].replace(ticket, &format!("{ticket}x"))).await.assert(403);
    let other = jans[1].replace(&cinema.film.to_string(), "01890a5d-ac96-774b-bcce-b302099a8057");
    app.visitor().get(&other).await.assert(403);
    // A minute later whoever asks is looked up again, and what the store has lost is lost.
    let mut owner = self::owner(&app).await;
    sqlx::query("begin").execute(&mut owner).await.unwrap();
    sqlx::query("lock table session in access exclusive mode").execute(&mut owner).await.unwrap();
    app.clock.advance(time::Duration::seconds(61));
    let waits = tokio::time::timeout(Duration::from_secs(1), jan.client.get(&jans[1])).await;
    assert!(waits.is_err(), "it was given without looking anybody up");
}

#[tokio::test]
async fn who_loses_a_right_is_out_though_it_was_kept() {
    let app = TestApp::hearing().await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let mut losers = Vec::new();
    for (login, loss) in [
        ("zawieszony", "update person set state = 'suspended' where id = $1"),
        ("wypisany", "delete from enrolment where person_id = $1"),
        ("wylogowany", "update session set ended_at = moment() where person_id = $1"),
    ] {
        losers.push((office.learner(login).await, loss));
    }
    let eva = office.learner("ewa").await;
    let learners: Vec<&Someone> = losers.iter().map(|(who, _)| who).chain([&eva]).collect();
    let cinema = shown(&office, &ada, &learners).await;
    let evas = pieces(&cinema, &eva.client).await;
    let mut owner = owner(&app).await;
    for (who, loss) in &losers {
        let pieces = pieces(&cinema, &who.client).await;
        sqlx::query(*loss).bind(who.id.0).execute(&mut owner).await.unwrap();
        for piece in &pieces {
            refused_soon(&who.login, &who.client, piece).await;
        }
        eva.client.get(&evas[1]).await.assert(200);
    }
    // Her own word at the door.
    let zoe = office.learner("zoe").await;
    office.publish(&ada, &cinema.course, &[Target::Person(zoe.id)]).await;
    let zoes = pieces(&cinema, &zoe.client).await;
    zoe.client.post("/sign-out", &[]).await.assert(303);
    refused_soon("signed out", &zoe.client, &zoes[1]).await;

    // A visitor of a course that was open to everybody.
    ada.client.post("/teaching/kino/open", &[]).await.assert(303);
    let visitor = app.visitor();
    let master = format!("/o/brzozow/kino/films/{}/master.m3u8", cinema.film);
    let list = named(&visitor.get(&master).await.assert(303).location(), "240p.m3u8").remove(0);
    for _ in 0..2 {
        visitor.get(&list).await.assert(200);
    }
    ada.client.post("/teaching/kino/close", &[]).await.assert(303);
    refused_soon("closed", &visitor, &list).await;
    eva.client.get(&evas[1]).await.assert(200);

    // One who teaches no more, and a course that is put away.
    let adas = pieces(&cinema, &ada.client).await;
    sqlx::query("delete from course_teacher where person_id = $1")
        .bind(ada.id.0)
        .execute(&mut owner)
        .await
        .unwrap();
    refused_soon("teaches no more", &ada.client, &adas[1]).await;
    eva.client.get(&evas[1]).await.assert(200);
    sqlx::query("update course set state = 'archived'").execute(&mut owner).await.unwrap();
    refused_soon("put away", &eva.client, &evas[1]).await;
}

#[tokio::test]
async fn what_is_made_anew_or_deleted_is_not_given_as_it_was() {
    let app = TestApp::hearing().await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let cinema = shown(&office, &ada, &[&jan]).await;
    let [list, segment] = pieces(&cinema, &jan.client).await;
    let mut owner = owner(&app).await;
    let renamed =
        "update segment set blob_key = 'z' where film_id = $1 and rendition = '240p' and number = 0";
    sqlx::query(renamed).bind(cinema.film.0).execute(&mut owner).await.unwrap();
    refused_soon("another object", &jan.client, &segment).await;
    assert!(!named(&list, &jan.client.get(&list).await.assert(200).text).contains(&segment));
    // The film begins anew: what it was is gone with its number.
    let text = jan.client.get(&list).await.assert(200).text;
    let other = named(&list, &text).into_iter().find(|place| place.contains("/1-")).unwrap();
    jan.client.get(&other).await.assert(200);
    sqlx::query("update film set fence = 2 where id = $1")
        .bind(cinema.film.0)
        .execute(&mut owner)
        .await
        .unwrap();
    refused_soon("made anew", &jan.client, &other).await;
}

#[tokio::test]
async fn a_server_that_does_not_hear_looks_everything_up() {
    let app = TestApp::hearing().await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let cinema = shown(&office, &ada, &[&jan]).await;
    let [_, segment] = pieces(&cinema, &jan.client).await;
    let mut owner = owner(&app).await;
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'LISTEN%'";
    assert_eq!(sqlx::query(cut).execute(&mut owner).await.unwrap().rows_affected(), 1);
    app.wait_until_it_hears(false).await;
    let loss = "update person set state = 'suspended' where id = $1";
    sqlx::query(loss).bind(jan.id.0).execute(&mut owner).await.unwrap();
    jan.client.get(&segment).await.assert(403);
    // It listens again by itself.
    app.wait_until_it_hears(true).await;
    jan.client.get(&segment).await.assert(403);
    assert!(news(&app).await.is_ok());

    // Where a trigger is missing nothing is believed, however well words come through.
    sqlx::query("drop trigger tell_rights on enrolment").execute(&mut owner).await.unwrap();
    app.wait_until_it_hears(false).await;
    assert!(news(&app).await.unwrap_err().contains("run `tablica migrate`"));
}

/// What the doctor finds of news.
async fn news(app: &TestApp) -> Result<String, String> {
    let findings = server::doctor::examine(&app.ground).await;
    findings.into_iter().find(|finding| finding.what == "news of changes").unwrap().result
}

/// Whoever reads a further table to find out who may watch must have it tell of what it loses.
#[tokio::test]
async fn every_table_that_grants_tells_when_it_grants_no_more() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let mut owner = owner(&app).await;
    let read = "select distinct t.relname::text from pg_proc p, pg_class t
                where p.proname in ('open_session', 'covering') and t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
                  and p.prosrc ~ ('(from|join) ' || t.relname || '\\M')";
    let read: Vec<String> = sqlx::query_scalar(read).fetch_all(&mut owner).await.unwrap();
    let mut granting: BTreeSet<&str> = read.iter().map(String::as_str).collect();
    assert!(granting.contains("session") && granting.contains("enrolment"), "{granting:?}");
    // Its name and kind alone are read; who heads a unit sees reports, not films.
    for other in ["organisation", "unit_head"] {
        assert!(granting.remove(other), "{granting:?}");
    }
    // What `courses::film` and `courses::open` read.
    granting.extend(["course", "version_unit", "course_teacher", "unit", "film", "open_course"]);
    for event in ["update", "delete"] {
        let bit = if event == "update" { 16_i16 } else { 8 };
        let telling = "select distinct t.relname::text from pg_trigger g join pg_class t on t.oid = g.tgrelid join pg_proc p on p.oid = g.tgfoid
                       where p.proname = 'tell_rights' and g.tgtype & $1 <> 0 and g.tgenabled = 'O'";
        let telling: Vec<String> = sqlx::query_scalar(telling).bind(bit).fetch_all(&mut owner).await.unwrap();
        let silent: Vec<&&str> =
            granting.iter().filter(|table| !telling.iter().any(|one| one == **table)).collect();
        assert!(silent.is_empty(), "no {event} of these is told: {silent:?}");
    }
}
