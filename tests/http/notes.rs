//! Notes beside a film: without script, private to whoever wrote them, gone with their person, copied with nothing.

use courses::enrolment::Target;
use video::{Watchable, note};

use super::watching::{Cinema, cinema};
use crate::harness::{TestApp, owner, refused_by};

#[tokio::test]
async fn notes_are_written_under_the_film_without_script_and_read_by_their_person_alone() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    let Cinema { course, film, .. } = cinema(&office, &ada, 60).await;
    let notes = format!("/films/{film}/notes");
    // Nobody may who may not watch.
    jan.client.get(&notes).await.assert(404);
    jan.client.post(&notes, &[("at", "0:05"), ("note", "Za wcześnie")]).await.assert(404);
    office.publish(&ada, &course, &[Target::Everybody]).await;

    let lecture = "/courses/kino/wyklad";
    jan.client.get(lecture).await.assert(200).has("Moje notatki (0)").has(&format!("action=\"{notes}\""));
    // What cannot be read is told, and nothing typed is lost.
    for (at, text, said, field) in [
        ("pięć", "Treść", "Podaj miejsce w filmie", "f-at"),
        ("1:01", "Treść", "Film jest krótszy", "f-at"),
        ("0:05", " \r\n", "Wpisz treść notatki", "f-note"),
    ] {
        let page = jan.client.post(&notes, &[("at", at), ("note", text)]).await.assert(422).has(said);
        page.has(&format!("value=\"{at}\"")).has(&format!("href=\"#{field}\""));
    }
    let long = "ą".repeat(2001);
    jan.client.post(&notes, &[("at", "0:05"), ("note", &long)]).await.assert(422).has("Skróć notatkę");

    let form = [("at", "0:31"), ("note", "Ważne <b>\r\ndruga linia")];
    assert_eq!(jan.client.post(&notes, &form).await.assert(303).location(), notes);
    jan.client.post(&notes, &[("at", "0:05"), ("note", "Otwarcie wykładu")]).await.assert(303);
    // From the page of the unit it leads back there.
    let sent =
        jan.client.request(reqwest::Method::POST, &notes).header("referer", app.address.clone() + lecture);
    let back = jan.client.send(sent.form(&[("at", "0:59,5"), ("note", "Koniec")])).await.assert(303);
    assert_eq!(back.location(), format!("{lecture}#notes"));
    let page =
        jan.client.get(lecture).await.assert(200).has("Moje notatki (3)").has("Ważne &lt;b&gt;\ndruga linia");
    let page = page.has("data-go=\"5000\"").has("data-go=\"59500\"");
    let (first, second) =
        (page.text.find("Otwarcie wykładu").unwrap(), page.text.find("Ważne &lt;b&gt;").unwrap());
    assert!(first < second, "in the order of the film");
    let text = jan.client.get(&format!("{notes}.txt")).await.assert(200);
    assert_eq!(
        text.text,
        "00:05\nOtwarcie wykładu\n\n00:31\nWażne <b>\ndruga linia\n\n00:59.500\nKoniec\n\n"
    );

    // Neither another learner nor who teaches: not on pages, not by the address of a note.
    let mut tx = app.ground.db.begin(&jan.actor).await.unwrap();
    let own = note::own(&mut tx, &Watchable::granted(film)).await.unwrap();
    drop(tx);
    for other in [&ola, &ada] {
        for path in [lecture, notes.as_str(), format!("{notes}.txt").as_str()] {
            other.client.get(path).await.assert(200).lacks("Ważne").lacks("Otwarcie wykładu");
        }
        other.client.post(&format!("{notes}/{}/remove", own[0].id), &[]).await.assert(404);
        let mut tx = app.ground.db.begin(&other.actor).await.unwrap();
        let seen: i64 =
            sqlx::query_scalar("select count(*) from film_note").fetch_one(tx.connection()).await.unwrap();
        assert_eq!(seen, 0, "the wall between people stands in the database");
    }
    jan.client.post(&format!("{notes}/{}/remove", own[0].id), &[]).await.assert(303);
    jan.client.post(&format!("{notes}/{}/remove", own[0].id), &[]).await.assert(404);
    jan.client.get(lecture).await.assert(200).has("Moje notatki (2)").lacks("Otwarcie wykładu");
    app.end().await;
}

#[tokio::test]
async fn a_note_is_changed_without_script_and_of_two_tabs_the_second_loses_nothing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    let Cinema { course, film, .. } = cinema(&office, &ada, 60).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let (notes, lecture) = (format!("/films/{film}/notes"), "/courses/kino/wyklad");
    jan.client.post(&notes, &[("at", "0:31,5"), ("note", "Pierwsza")]).await.assert(303);
    let mut tx = app.ground.db.begin(&jan.actor).await.unwrap();
    let id = note::own(&mut tx, &Watchable::granted(film)).await.unwrap()[0].id;
    drop(tx);
    let place = format!("{notes}/{id}");
    jan.client.get(lecture).await.assert(200).has(&format!("href=\"{place}\""));
    let page = jan.client.get(&place).await.assert(200).has("value=\"00:31.500\"").has("Pierwsza");
    let first = page.value("revision");

    // What cannot be kept is told, and nothing typed is lost.
    let form = |at: &'static str, text: &'static str| [("revision", "1"), ("at", at), ("note", text)];
    assert_eq!(first, "1");
    let page = jan.client.post(&place, &form("wtedy", "Treść")).await.assert(422).has("Podaj miejsce");
    page.has("value=\"wtedy\"").has("Treść</textarea>").has(&format!("action=\"{place}\""));
    jan.client.post(&place, &form("0:31", " \r\n ")).await.assert(422).has("Wpisz treść notatki");
    jan.client.post(&place, &form("2:00", "Treść")).await.assert(422).has("Film jest krótszy");
    let long = "ą".repeat(2001);
    let huge = [("revision", "1"), ("at", "0:31"), ("note", long.as_str())];
    jan.client.post(&place, &huge).await.assert(422).has("Skróć notatkę").has(&long);
    let endless = "a".repeat(300 << 10);
    jan.client.post(&place, &[("revision", "1"), ("at", "0:31"), ("note", &endless)]).await.assert(413);

    // Nobody else reaches it, neither to read nor to change it.
    for other in [&ola, &ada] {
        other.client.get(&place).await.assert(404);
        other.client.post(&place, &form("0:31", "Cudza")).await.assert(422).lacks("Pierwsza");
    }
    jan.client.post(&place, &form("0:20", "Druga")).await.assert(303);
    // The form once more, as a second press of the button sends it, changes nothing and is no conflict.
    jan.client.post(&place, &form("0:20", "Druga")).await.assert(303);
    let text = async || jan.client.get(&format!("{notes}.txt")).await.assert(200).text;
    assert_eq!(text().await, "00:20\nDruga\n\n");

    // A tab that was open all the while: both texts are shown, and saved again the later one stands.
    let page = jan.client.post(&place, &form("0:25", "Trzecia")).await.assert(422);
    let page = page.has("w innym oknie").has("Druga").has("Trzecia</textarea>").has("value=\"0:25\"");
    assert_eq!(text().await, "00:20\nDruga\n\n");
    let again = [("revision", page.value("revision")), ("at", "0:25".into()), ("note", "Trzecia".into())];
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    jan.client.post(&place, &again).await.assert(303);
    assert_eq!(text().await, "00:25\nTrzecia\n\n");
    // Deleted in the other tab: what was typed waits in the form of a new note.
    jan.client.post(&format!("{place}/remove"), &[]).await.assert(303);
    let page = jan.client.post(&place, &form("0:40", "Czwarta")).await.assert(422).has("usunięta");
    page.has("Czwarta</textarea>").has(&format!("action=\"{notes}\"")).lacks(&format!("action=\"{place}\""));
    jan.client.get(&place).await.assert(404);
    app.end().await;
}

#[tokio::test]
async fn notes_are_printed_with_the_transcript_copied_with_nothing_and_erased_unread() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, ola) =
        (office.instructor("ada").await, office.learner("jan").await, office.learner("ola").await);
    let Cinema { course, film, unit } = cinema(&office, &ada, 60).await;
    let vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\nRaz\n\n00:10.000 --> 00:12.000\nDwa\n";
    super::watching::attach(&ada.client, &unit, vtt.into()).await.assert(303);
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let notes = format!("/films/{film}/notes");
    for person in [&jan, &ola] {
        let text = format!("Zapisek {}", person.login);
        person.client.post(&notes, &[("at", "0:05"), ("note", &text)]).await.assert(303);
    }
    let print = format!("/films/{film}/transcript");
    let page = jan.client.get(&format!("{print}?notes=on")).await.assert(200).has("Moja notatka:");
    let place = |word: &str| page.text.find(word).unwrap_or_else(|| panic!("{word}: {}", page.text));
    assert!(place("Raz") < place("Zapisek jan") && place("Zapisek jan") < place("Dwa"));
    jan.client.get(&print).await.assert(200).lacks("Zapisek");

    // A copy of the film begins without notes.
    let mut tx = app.ground.db.begin(&ada.actor).await.unwrap();
    video::share::share(&mut tx, &Watchable::granted(film)).await.unwrap();
    tx.commit().await.unwrap();
    let mut owner = owner(&app).await;
    let count = "select count(*) from film_note";
    let kept: i64 = sqlx::query_scalar(count).fetch_one(&mut owner).await.unwrap();
    assert_eq!(kept, 2);

    // The database holds what the form asks for.
    let row = format!(
        "insert into film_note select gen_random_uuid(), organisation_id, created_by, id, 0, ' ' from film where id = '{film}'"
    );
    let said = refused_by(&mut owner, row).await;
    assert!(said.contains("film_note_text_check"), "{said}");

    // Whoever erases a person reads nothing of it; another office reaches nothing.
    let other = app.office("inny").await;
    let mighty = other.admin("wladny").await;
    let mut tx = app.ground.db.begin(&mighty.actor).await.unwrap();
    let gone: i64 = sqlx::query_scalar("select forget_film_notes($1)")
        .bind(jan.id.0)
        .fetch_one(tx.connection())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(gone, 0);
    let szef = office.admin("szef").await;
    szef.client.get(&format!("/people/{}/erase", jan.id)).await.assert(200).has("notatki do filmów");
    szef.client.post(&format!("/people/{}/erase", jan.id), &[]).await.assert(303);
    let left: Vec<String> =
        sqlx::query_scalar("select text from film_note").fetch_all(&mut owner).await.unwrap();
    assert_eq!(left, ["Zapisek ola"]);
    app.end().await;
}

#[tokio::test]
async fn notes_stay_with_what_they_speak_of_when_the_ends_of_a_film_are_cut_off() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan) = (office.instructor("ada").await, office.learner("jan").await);
    let Cinema { course, film, .. } = cinema(&office, &ada, 60).await;
    office.publish(&ada, &course, &[Target::Everybody]).await;
    let notes = format!("/films/{film}/notes");
    for (at, text) in [("0:05", "Przed"), ("0:25", "W środku"), ("0:50", "Za")] {
        jan.client.post(&notes, &[("at", at), ("note", text)]).await.assert(303);
    }
    let trim = format!("/studio/{film}/trim");
    ada.client.post(&trim, &[("start", "0:20"), ("end", "0:40")]).await.assert(303);
    let text = async || jan.client.get(&format!("{notes}.txt")).await.assert(200).text;
    assert_eq!(text().await, "00:00\nPrzed\n\n00:05\nW środku\n\n00:20\nZa\n\n");
    // One of what is cut away keeps its place when only its text is changed.
    let mut tx = app.ground.db.begin(&jan.actor).await.unwrap();
    let before = note::own(&mut tx, &Watchable::granted(film)).await.unwrap().remove(0);
    drop(tx);
    let form = [("revision", "1"), ("at", "00:00"), ("note", "Przedtem")];
    jan.client.post(&format!("{notes}/{}", before.id), &form).await.assert(303);
    assert_eq!(text().await, "00:00\nPrzedtem\n\n00:05\nW środku\n\n00:20\nZa\n\n");
    // One that is written beside the part speaks of the same place in the whole.
    jan.client.post(&notes, &[("at", "0:21"), ("note", "Poza")]).await.assert(422).has("Film jest krótszy");
    jan.client.post(&notes, &[("at", "0:10"), ("note", "Nowa")]).await.assert(303);
    ada.client.post(&format!("{trim}/undo"), &[]).await.assert(303);
    let whole = "00:05\nPrzedtem\n\n00:25\nW środku\n\n00:30\nNowa\n\n00:50\nZa\n\n";
    assert_eq!(text().await, whole);

    // Of a film whose length is not known yet nobody asks for a moment after the last day.
    let unknown = "update film set length_ms = null where id = $1";
    sqlx::query(unknown).bind(film.0).execute(&mut owner(&app).await).await.unwrap();
    jan.client
        .post(&notes, &[("at", "30:00:00"), ("note", "Kiedyś")])
        .await
        .assert(422)
        .has("Film jest krótszy");
    assert_eq!(text().await, whole);
    app.end().await;
}
