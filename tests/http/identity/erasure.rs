//! Erasing a person under art. 17 RODO: what goes, what stays, and who is refused.

use courses::enrolment::Target;

use crate::harness::lending::{clerk, hand_out, laptops};
use crate::harness::{PASSWORD, TestApp, owner, refused_by};

#[tokio::test]
async fn an_erased_person_is_nobody_any_more_and_a_valid_certificate_still_verifies() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ada, jan, szef) =
        (office.instructor("ada").await, office.learner("jan").await, office.admin("szef").await);
    let group = office.group("Redaktorzy", &[&jan]).await;
    let course = office.course(&ada, "RODO", &[("Lekcja", "Tekst.")]).await;
    office.publish(&ada, &course, &[Target::Group(group), Target::Everybody]).await;
    jan.client.post("/courses/rodo/lekcja/finish", &[]).await.assert(303);
    let mut owner = owner(&app).await;
    let more = "update person set phone = '600 100 200', born_on = '1990-05-01' where id = $1";
    sqlx::query(more).bind(jan.id.0).execute(&mut owner).await.unwrap();
    let granted = "insert into accommodation (person_id, organisation_id, time_per_mille, ground, set_by) values ($1, $2, 1500, 'orzeczenie', $3)";
    sqlx::query(granted).bind(jan.id.0).bind(office.id.0).bind(szef.id.0).execute(&mut owner).await.unwrap();
    let token: String = sqlx::query_scalar("select token from certificate_holder where person_id = $1")
        .bind(jan.id.0)
        .fetch_one(&mut owner)
        .await
        .unwrap();
    let ticket = jan.with_ticket().await;
    let person = format!("/people/{}", jan.id);
    let erase = format!("{person}/erase");

    // Only an administrator of the organisation, and not for themselves.
    for who in [&ada, &jan] {
        who.client.get(&erase).await.assert(403);
        who.client.post(&erase, &[]).await.assert(403);
    }
    let own = format!("/people/{}/erase", szef.id);
    szef.client.get(&own).await.assert(200).has("Nie możesz usunąć własnych danych").lacks("Co zniknie");
    szef.client.post(&own, &[]).await.assert(422).has("Nie możesz usunąć własnych danych");
    szef.client.get("/people").await.assert(200).has("JAN");

    // The page says what goes and what stays, and looking at it changes nothing.
    szef.client.get(&person).await.assert(200).has(&erase);
    szef.client
        .get(&erase)
        .await
        .assert(200)
        .has("Usunąć dane osobowe: Osoba JAN?")
        .has("Co zniknie")
        .has("Co zostanie i dlaczego")
        .has("art. 17 ust. 3 RODO")
        .has("Dotyczy to 1 zaświadczenia");
    jan.client.get("/").await.assert(200);
    szef.client.post(&erase, &[]).await.assert(303);

    // Signed out everywhere, at once and for good.
    jan.client.get("/training").await.assert(303);
    ticket.get("/api/v1/me").await.assert(401);
    let form = [("name", jan.name.as_str()), ("password", PASSWORD)];
    let refused = app.visitor().post("/sign-in", &form).await;
    assert_ne!(refused.status.as_u16(), 303, "{}", refused.text);
    // Not in the list, not on any page; what would bring them back is not there.
    szef.client.get("/people").await.assert(200).lacks("JAN").lacks("usunięte dane");
    szef.client.get(&person).await.assert(404);
    szef.client.get(&erase).await.assert(404);
    for act in ["resume", "suspend", "password-link", "roles"] {
        szef.client.post(&format!("{person}/{act}"), &[]).await.assert(404);
    }
    szef.client.get("/reports/training").await.assert(200).lacks("JAN");
    let (given, family, login, neutral): (String, String, String, bool) = sqlx::query_as(
        "select given_name, family_name, login, num_nonnulls(email, phone, born_on, password_hash, org_unit_id, signed_in_at) = 0
           and erased_at is not null and state = 'suspended' from person where id = $1",
    )
    .bind(jan.id.0)
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!((given.as_str(), family.as_str(), neutral), ("dane", "usunięte", true));
    assert!(!login.contains("jan"), "{login}");
    for sql in [
        "select count(*) from membership where person_id = $1",
        "select count(*) from accommodation where person_id = $1",
        "select count(*) from role_grant where person_id = $1",
        "select count(*) from certificate_holder where person_id = $1",
        "select count(*) from session where person_id = $1 and (ended_at is null or client <> '')",
    ] {
        let left: i64 = sqlx::query_scalar(sql).bind(jan.id.0).fetch_one(&mut owner).await.unwrap();
        assert_eq!(left, 0, "{sql}");
    }
    // What counts people still counts: the finished course stays with the id.
    let kept: i64 =
        sqlx::query_scalar("select count(*) from taking where person_id = $1 and done_at is not null")
            .bind(jan.id.0)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!(kept, 1);

    // The paper still proves what it proved: valid, without the name, which can be compared.
    let page = format!("/certificates/{token}");
    let nobody = app.visitor();
    nobody.get(&page).await.assert(200).has("jest ważne").has("Dane osobowe usunięto").lacks("JAN");
    nobody.post(&page, &[("name", "Osoba JAN")]).await.assert(200).has("Tak: zaświadczenie");
    nobody.post(&page, &[("name", "Jan Kos")]).await.assert(200).has("Nie: zaświadczenia");

    // A second time is harmless, and is no second event.
    szef.client.post(&erase, &[]).await.assert(303);
    let events: i64 =
        sqlx::query_scalar("select count(*) from audit_event where act = 'erased' and subject_id = $1")
            .bind(jan.id.0)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!(events, 1);
    // Nor does the row come back by hand.
    let back = format!("update person set given_name = 'Jan', erased_at = null where id = '{}'", jan.id);
    let said = refused_by(&mut owner, back).await;
    assert!(said.contains("stays erased"), "{said}");
    // The login is free for somebody else.
    office.learner("jan").await;
    app.end().await;
}

#[tokio::test]
async fn names_of_what_ends_for_an_erased_person_go_and_the_days_stay() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (jan, szef) = (office.learner("jan").await, office.admin("szef").await);
    let anna = clerk(&office, "anna").await;
    let id = jan.id.to_string();
    for name in ["mandat radnego JANA", "drugi mandat JANA"] {
        let form = [("kind", "mandate"), ("name", name), ("person", id.as_str()), ("ends_on", "2029-04-30")];
        anna.client.post("/devices/due", &form).await.assert(303);
    }
    anna.client.get("/devices/due").await.assert(200).has("mandat radnego JANA");
    let erase = format!("/people/{id}/erase");
    szef.client.get(&erase).await.assert(200).has("nazwy terminów tej osoby");
    szef.client.post(&erase, &[]).await.assert(303);
    let kept: Vec<(String, bool)> =
        sqlx::query_as("select name, ends_on = '2029-04-30' from due_event where person_id = $1")
            .bind(jan.id.0)
            .fetch_all(&mut owner(&app).await)
            .await
            .unwrap();
    assert_eq!(kept, vec![("dane usunięte".to_owned(), true); 2]);
    anna.client.get("/devices/due").await.assert(200).lacks("JANA").lacks("dane usunięte");
    app.end().await;
}

#[tokio::test]
async fn who_has_a_device_or_belongs_to_others_is_not_erased() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let (ola, szef) = (office.learner("ola").await, office.admin("szef").await);
    let anna = clerk(&office, "anna").await;
    laptops(&office, &anna.actor, &["IT/1"]).await;
    hand_out(&office, &anna.actor, ola.id, "IT/1").await;
    let erase = format!("/people/{}/erase", ola.id);
    szef.client.get(&erase).await.assert(200).has("1 urządzenie").lacks("Co zniknie");
    szef.client.post(&erase, &[]).await.assert(422).has("ma wypożyczony sprzęt").has("1 urządzenie");
    // Nothing of it was done: she is signed in, and has her name.
    ola.client.get("/my-devices").await.assert(200).has("IT/1");
    szef.client.get(&format!("/people/{}", ola.id)).await.assert(200).has("Osoba OLA");
    // PostgreSQL holds it, whoever asks.
    let mut owner = owner(&app).await;
    let by_hand = format!(
        "update person set given_name = 'dane', family_name = 'usunięte', login = 'usuniete-' || replace(id::text, '-', ''), email = null,
                phone = null, born_on = null, password_hash = null, org_unit_id = null, signed_in_at = null, state = 'suspended',
                language = 'pl', erased_at = now() where id = '{}'",
        ola.id
    );
    let said = refused_by(&mut owner, by_hand).await;
    assert!(said.contains("with a device"), "{said}");
    // An administrator of another organisation finds nobody.
    let other = app.office("inny").await;
    let obca = other.admin("obca").await;
    obca.client.get(&erase).await.assert(404);
    obca.client.post(&erase, &[]).await.assert(404);
    let never = format!("/people/{}/erase", uuid::Uuid::new_v4());
    szef.client.get(&never).await.assert(404);
    szef.client.post(&never, &[]).await.assert(404);
    ola.client.get("/my-devices").await.assert(200).has("IT/1");
    app.end().await;
}
