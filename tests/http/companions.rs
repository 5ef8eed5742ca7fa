//! Films that accompany a film: chosen by those who teach among the films of the course, offered to those who may watch both.

use courses::enrolment::Target;
use video::{FilmId, Watchable, companion};

use super::watching::{Cinema, cinema, make};
use crate::harness::{House, Someone, TestApp, owner, refused_by};

const LECTURE: &str = "/courses/kino/wyklad";

/// The film of the second unit, made.
pub async fn second(office: &House<'_>, ada: &Someone, cinema: &Cinema) -> FilmId {
    let mut tx = office.app.ground.db.begin(&ada.actor).await.unwrap();
    let unit = courses::outline::draft(&mut tx, &cinema.course).await.unwrap()[0].units[1].id;
    let film = courses::film::of_unit(&mut tx, &cinema.course, unit).await.unwrap().film();
    tx.commit().await.unwrap();
    make(office.app, film, 60).await;
    film
}

#[tokio::test]
async fn a_film_in_sign_language_is_chosen_and_offered_to_those_who_may_watch_it() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let cinema = cinema(&office, &ada, 60).await;
    let place = format!("{}/film/companions", cinema.unit);
    ada.client.get(&format!("{}/film", cinema.unit)).await.assert(200).has(&place);
    ada.client.get(&place).await.assert(200).has("Żadna inna lekcja");
    office.publish(&ada, &cinema.course, &[Target::Everybody]).await;
    let signed = second(&office, &ada, &cinema).await;
    ada.client.get(&place).await.assert(200).has(&format!("value=\"{signed}\"")).has(">Koniec</option>");

    // Another film than one of the course, the same one twice, and whoever does not teach.
    let alien = FilmId::new(app.clock.now()).to_string();
    ada.client.post(&place, &[("sign_language", &alien)]).await.assert(422).has("href=\"#f-sign_language\"");
    let own = cinema.film.to_string();
    ada.client.post(&place, &[("sign_language", &own)]).await.assert(422).has("Wybierz film z listy");
    let both = signed.to_string();
    let twice = [("sign_language", both.as_str()), ("audio_description", both.as_str())];
    ada.client.post(&place, &twice).await.assert(422).has("href=\"#f-audio_description\"");
    jan.client.post(&place, &[("sign_language", &both)]).await.assert(403);
    ada.client.post(&place, &[("sign_language", &both)]).await.assert(303);
    ada.client.get(&place).await.assert(200).has(&format!("value=\"{signed}\" selected"));

    // To be named beside a film gives no right to it: it is not published yet.
    jan.client.get(&format!("/films/{signed}/master.m3u8")).await.assert(404);
    jan.client.get(LECTURE).await.assert(200).lacks("data-companion");
    office.publish(&ada, &cinema.course, &[]).await;
    let page = jan.client.get(LECTURE).await.assert(200).has("data-companion=\"sign_language\"");
    page.has(&format!("data-url=\"/films/{signed}/master.m3u8\"")).lacks("audio_description");
    jan.client.get(&format!("/films/{signed}/master.m3u8")).await.assert(303);
    // An open course shows it to anybody, at addresses of its own.
    ada.client.post("/teaching/kino/open", &[]).await.assert(303);
    let page = app.visitor().get("/o/brzozow/kino/wyklad").await.assert(200);
    page.has(&format!("data-url=\"/o/brzozow/kino/films/{signed}/master.m3u8\""));

    // Taken back.
    ada.client.post(&place, &[]).await.assert(303);
    jan.client.get(LECTURE).await.assert(200).lacks("data-companion");
    app.end().await;
}

#[tokio::test]
async fn the_database_keeps_companions_of_one_organisation_and_no_film_with_itself() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let cinema = cinema(&office, &ada, 60).await;
    let mut owner = owner(&app).await;
    let row = format!(
        "insert into film_companion select organisation_id, id, 'sign_language', id from film where id = '{}'",
        cinema.film
    );
    let said = refused_by(&mut owner, row).await;
    assert!(said.contains("film_companion_check"), "{said}");
    let other = app.office("inny").await;
    let obca = other.instructor("obca").await;
    let theirs = super::watching::cinema(&other, &obca, 60).await;
    let row = format!(
        "insert into film_companion select organisation_id, id, 'sign_language', '{}' from film where id = '{}'",
        theirs.film, cinema.film
    );
    let said = refused_by(&mut owner, row).await;
    assert!(said.contains("foreign key"), "{said}");
    // The row goes with either film.
    let signed = second(&office, &ada, &cinema).await;
    let place = format!("{}/film/companions", cinema.unit);
    ada.client.post(&place, &[("audio_description", &signed.to_string())]).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let found = companion::of(&mut tx, &Watchable::granted(cinema.film)).await.unwrap();
    assert_eq!(found, [(companion::Kind::AudioDescription, signed)]);
    drop(tx);
    for sql in ["update unit set film_id = null where film_id = $1", "delete from film where id = $1"] {
        sqlx::query(sql).bind(signed.0).execute(&mut owner).await.unwrap();
    }
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    assert!(companion::of(&mut tx, &Watchable::granted(cinema.film)).await.unwrap().is_empty());
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn a_copied_course_keeps_its_films_together() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let ada = office.instructor("ada").await;
    let cinema = cinema(&office, &ada, 60).await;
    let signed = second(&office, &ada, &cinema).await;
    let place = format!("{}/film/companions", cinema.unit);
    ada.client.post(&place, &[("sign_language", &signed.to_string())]).await.assert(303);
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    let author = identity::permit::Author::at_the_terminal();
    let copy = courses::copy::course(&mut tx, &author, &cinema.course, "Kopia").await.unwrap();
    let draft = courses::outline::draft(&mut tx, &copy).await.unwrap();
    let films: Vec<FilmId> = draft[0].units.iter().map(|unit| unit.film.unwrap()).collect();
    assert!(!films.contains(&cinema.film) && !films.contains(&signed));
    let found = companion::of(&mut tx, &Watchable::granted(films[0])).await.unwrap();
    assert_eq!(found, [(companion::Kind::SignLanguage, films[1])]);
    drop(tx);
    app.end().await;
}
