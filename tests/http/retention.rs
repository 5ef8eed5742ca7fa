//! Retention through the outer door, and what the database itself refuses: clocks, holds, blanking one file or many, what stays,
//! and many at once.

use std::time::Duration as Pause;

use devices::applications::{Decision, Refusal};
use devices::loans::kind::{AgreementKind, EventKind, Gone, IncidentKind, LoanKind, SignedBy};
use devices::loans::settlement::{self, Settlement};
use devices::loans::take_back::{self, Back};
use devices::loans::{agreement, due, event, incident};
use devices::papers::document::{self, Frozen, Of};
use devices::papers::photo::{self, Moment, Stored, Subject};
use devices::register::history;
use devices::retention::file::{self, File, Stands};
use devices::retention::{FileId, batch, blank, hold, setting};
use devices::{AgreementId, Error, IncidentId, LoanId, stocktake};
use futures::future::join_all;
use identity::{DeviceClerk, PeopleAdmin};
use sqlx::{AssertSqlSafe, Row as _};
use time::macros::{date, datetime};
use uuid::Uuid;

use crate::harness::lending::{clerk, drawn_up, hand, laptops, lend, signed, until};
use crate::harness::{Client, House, Someone, TestApp};
use crate::harness::{owner, refused_by, set_clock};

fn proof() -> DeviceClerk {
    DeviceClerk::at_the_terminal()
}

/// A program whose clock stands in May 2020.
async fn then() -> TestApp {
    let app = TestApp::start_with(|config| {
        config.workers = 0;
        config.database_connections = 40;
    })
    .await;
    set_clock(&app, datetime!(2020-05-10 08:00 UTC)).await;
    app
}

async fn give_back(office: &House<'_>, who: &Someone, code: &str) {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let back = Back { note: "odebrała ciocia ZDZISŁAWA".to_owned(), ..Back::complete() };
    take_back::take_back(&mut tx, &proof(), code, &back).await.unwrap();
    tx.commit().await.unwrap();
}

/// A device that was lent and came back at once.
async fn ended(office: &House<'_>, who: &Someone, holder: &Someone, code: &str) -> AgreementId {
    let (id, _) = lend(office, &who.actor, holder.id, code, &until(date!(2021 - 01 - 01))).await;
    give_back(office, who, code).await;
    id
}

async fn file_of(office: &House<'_>, who: &Someone, id: Uuid) -> File {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    file::one(&mut tx, &proof().reader(), FileId(id)).await.unwrap()
}

async fn anonymise(office: &House<'_>, who: &Someone, id: Uuid) -> Result<(), Error> {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    blank::anonymise(&mut tx, &proof(), FileId(id)).await?;
    Ok(tx.commit().await?)
}

async fn place(office: &House<'_>, who: &Someone, id: Uuid) -> Result<(), Error> {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    hold::place(&mut tx, &proof(), FileId(id), "spór o ładowarkę").await?;
    Ok(tx.commit().await?)
}

async fn told(office: &House<'_>, who: &Someone, code: &str) -> IncidentId {
    let told = incident::Told {
        kind: IncidentKind::Damage,
        happened_on: date!(2020 - 05 - 09),
        description: "ZDZISŁAW upuścił".to_owned(),
    };
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let id = incident::report(&mut tx, &proof(), code, &told).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn close(office: &House<'_>, who: &Someone, id: IncidentId) {
    let work = incident::Work {
        police_ref: "KPP-ZDZISŁAW-1".to_owned(),
        insurer_ref: "PZU-ZDZISŁAW-2".to_owned(),
        assessed_grosze: Some(12_345),
        settlement: "ZDZISŁAW zapłacił".to_owned(),
    };
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    incident::work_on(&mut tx, &proof(), id, &work).await.unwrap();
    incident::close(&mut tx, &proof(), id).await.unwrap();
    tx.commit().await.unwrap();
}

/// One row of everything that an address of retention can name, for the walk over all routes.
pub async fn one_of_everything(office: &House<'_>, who: &Someone) -> Vec<(&'static str, String)> {
    laptops(office, &who.actor, &["RET-1", "RET-2"]).await;
    let (id, _) =
        signed(office, &who.actor, who.id, &["RET-1"], &until(date!(2030 - 01 - 01))).await.unwrap();
    let batch = Uuid::new_v4();
    let mut owner = owner(office.app).await;
    sqlx::query("select set_config('app.organisation', $1, false)")
        .bind(office.id.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    sqlx::query("insert into anonymisation_batch (id, organisation_id, files) values ($1, $2, array[$3])")
        .bind(batch)
        .bind(office.id.0)
        .bind(id.0)
        .execute(&mut owner)
        .await
        .unwrap();
    vec![("kept_file", id.to_string()), ("batch", batch.to_string())]
}

/// Every report and the public statistics, as they are given out.
async fn numbers(who: &Client, slug: &str) -> Vec<String> {
    let mut all = Vec::new();
    for report in ["units", "programmes", "models", "overdue", "warranty", "plans", "cost"] {
        all.push(who.get(&format!("/devices/reports/{report}/csv")).await.assert(200).text);
    }
    for form in ["csv", "json"] {
        all.push(who.get(&format!("/statistics/{slug}/{form}")).await.assert(200).text);
    }
    all
}

/// Tables with a row in which the text stands.
async fn where_stands(app: &TestApp, text: &str) -> Vec<String> {
    let mut owner = owner(app).await;
    sqlx::query("select set_config('app.reach', 'installation', false)").execute(&mut owner).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let question = format!("select count(*) from {table} t where t::text ilike '%' || $1 || '%'");
        let rows: i64 =
            sqlx::query_scalar(AssertSqlSafe(question)).bind(text).fetch_one(&mut owner).await.unwrap();
        if rows > 0 {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn when_its_time_is_over_the_people_of_a_file_go_and_every_number_stays() {
    let mut app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    let mut connection = owner(&app).await;
    sqlx::query("update person set given_name = 'ZDZISŁAW', family_name = 'Tajny' where id = $1")
        .bind(jan.id.0)
        .execute(&mut connection)
        .await
        .unwrap();
    let assets = laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let (id, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2020 - 12 - 01))).await;
    lend(&office, &anna.actor, ola.id, "IT/2", &until(date!(2020 - 12 - 01))).await;
    // Everything that a file can hold: a document, a photograph, a declaration, an incident, letters, a renewal with a reason.
    let blobs = app.ground.blobs.clone();
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let seen = document::for_reading(&proof().reader(), Of::Agreement(id));
    let frozen = Frozen {
        key: "documents/x/umowa.pdf".to_owned(),
        sha256: vec![7; 32],
        size_bytes: 3,
        template: ("uzyczenie".to_owned(), 1),
    };
    document::keep(&mut tx, seen, &frozen).await.unwrap();
    let subject = Subject { asset: assets[0], loan: Some(loan), incident: None, moment: Moment::Handover };
    let stored = |name: &str| Stored {
        key: format!("photos/x/{name}.jpg"),
        small_key: format!("photos/x/{name}-small.jpg"),
        sha256: vec![0; 32],
        alt: "ZDZISŁAW trzyma laptop".to_owned(),
    };
    photo::attach(&mut tx, &proof(), subject, &[stored("a")]).await.unwrap();
    let rules = until(date!(2020 - 12 - 02));
    due::renew(&mut tx, &proof(), loan, &rules, "prosiła ZDZISŁAWA mama").await.unwrap();
    tx.commit().await.unwrap();
    let folder = format!("agreements/{}/{id}/left-over", office.id);
    let keys = ["documents/x/umowa.pdf", "photos/x/a.jpg", "photos/x/a-small.jpg", folder.as_str()];
    for key in keys {
        blobs.put(key, "text/plain", b"abc".to_vec()).await.unwrap();
    }
    let mut tx = app.ground.db.begin(&jan.actor).await.unwrap();
    stocktake::declare(&mut tx, loan, true, "ZDZISŁAW ma").await.unwrap();
    let own = incident::Told {
        kind: IncidentKind::Damage,
        happened_on: date!(2020 - 05 - 10),
        description: "ZDZISŁAW upuścił".to_owned(),
    };
    let told = incident::report_own(&mut tx, loan, &own).await.unwrap();
    tx.commit().await.unwrap();
    sqlx::query("select set_config('app.organisation', $1, false)")
        .bind(office.id.to_string())
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query(
        "insert into reminder_sent (organisation_id, loan_id, due_version, step, sent_to)
         select organisation_id, id, due_version, -30, 'zdzislaw@example.org' from loan where id = $1",
    )
    .bind(loan.0)
    .execute(&mut connection)
    .await
    .unwrap();
    give_back(&office, &anna, "IT/1").await;
    assert_eq!(file_of(&office, &anna, id.0).await.stands, Some(Stands::Incident));
    close(&office, &anna, told).await;

    // Six years, to the end of the calendar year: the last day of 2026 is too early, the next is not.
    set_clock(&app, datetime!(2026-12-31 20:00 UTC)).await;
    let berta = clerk(&office, "berta").await;
    let page = format!("/devices/retention/{id}");
    let act = format!("{page}/anonymise");
    berta.client.get(&page).await.assert(200).has("Akta można zanonimizować od 01.01.2027").lacks(&act);
    berta.client.get(&act).await.assert(404);
    berta.client.post(&act, &[]).await.assert(422).has("jeszcze nie minął");
    assert!(!where_stands(&app, "ZDZISŁAW").await.is_empty());
    set_clock(&app, datetime!(2027-01-01 08:00 UTC)).await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    devices::statistics::switch_on(&mut tx, &PeopleAdmin::at_the_terminal()).await.unwrap();
    tx.commit().await.unwrap();
    let before = numbers(&berta.client, "brzozow").await;
    let lines = berta.client.get("/devices/loans.csv?show=all").await.assert(200).text.lines().count();
    berta.client.get("/devices/loans?show=closed").await.assert(200).has("ZDZISŁAW Tajny");
    berta.client.get("/devices/retention").await.assert(200).has(&page).has("10.05.2020").lacks("ZDZISŁAW");
    berta.client.get(&act).await.assert(200).has("Tego nie da się cofnąć").has("podpisy");
    let agreement = format!("/devices/agreements/{id}");
    berta.client.post(&act, &[]).await.assert(303);

    // The same numbers, without the people.
    assert_eq!(numbers(&berta.client, "brzozow").await, before);
    let csv = berta.client.get("/devices/loans.csv?show=all").await.assert(200);
    assert_eq!(csv.text.lines().count(), lines);
    for path in [
        agreement.clone(),
        format!("/devices/loans/{loan}"),
        format!("/devices/incidents/{told}"),
        "/devices/loans?show=closed".to_owned(),
        "/devices/agreements".to_owned(),
        "/devices/incidents".to_owned(),
        format!("/devices/assets/{}", assets[0]),
        format!("{agreement}/print"),
        format!("{agreement}/document"),
    ] {
        let page = berta.client.get(&path).await.assert(200).has("dane usunięte").lacks("ZDZISŁAW");
        assert!(!page.text.contains("Tajny"), "{path}");
    }
    berta.client.get(&agreement).await.assert(200).has("Zanonimizowane 01.01.2027");
    let return_id: Uuid = sqlx::query_scalar("select return_id from loan where id = $1")
        .bind(loan.0)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let protocol = format!("/devices/protocols/{return_id}");
    berta.client.get(&protocol).await.assert(200).has("dane usunięte").lacks("ZDZISŁAW");
    berta.client.get(&format!("{protocol}/document")).await.assert(200).has("dane usunięte");
    berta.client.get(&format!("/devices/people/{}", jan.id)).await.assert(200);
    // Neither the name nor any text stands anywhere but on the person's own card; the audit knows ids alone.
    assert_eq!(where_stands(&app, "ZDZIS").await, ["person"]);
    assert_eq!(where_stands(&app, "Tajny").await, ["person"]);
    let with_id = where_stands(&app, &jan.id.to_string()).await;
    let may = ["act_key", "audit_event", "one_time_link", "person", "role_grant", "session"];
    assert!(with_id.iter().all(|table| may.contains(&table.as_str())), "{with_id:?}");
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let chain = history::chain(&mut tx, &proof().reader(), assets[0]).await.unwrap();
    assert!(chain.intact && chain.length >= 5, "{chain:?}");
    drop(tx);
    // What is counted is there: days, grades, amounts, the hash of the document.
    let kept = sqlx::query(
        "select l.handed_over_at is not null and l.returned_at is not null and l.result = 'ok' and l.grade_out = 'A' as loan,
                i.assessed_grosze, (select sha256 from frozen_document where agreement_id = l.agreement_id) as sha256
         from loan l join incident i on i.loan_id = l.id where l.id = $1",
    )
    .bind(loan.0)
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(kept.get::<bool, _>("loan"));
    assert_eq!(kept.get::<i64, _>("assessed_grosze"), 12_345);
    assert_eq!(kept.get::<Vec<u8>, _>("sha256"), vec![7; 32]);
    // The bytes go after the commit, by a job that a program without workers leaves for the next one.
    assert!(blobs.length(keys[0]).await.unwrap().is_some());
    app.start_workers();
    for key in keys {
        for _ in 0..1200 {
            if blobs.length(key).await.unwrap().is_none() {
                break;
            }
            tokio::time::sleep(Pause::from_millis(100)).await;
        }
        assert!(blobs.length(key).await.unwrap().is_none(), "{key} is still there");
    }
    // Sent again, it says so; nothing comes into the file any more.
    berta.client.post(&act, &[]).await.assert(422).has("usunięto już dane osobowe");
    berta.client.post(&format!("{page}/hold"), &[("reason", "za późno")]).await.assert(422);
    app.end().await;
}

#[tokio::test]
async fn the_database_lets_nothing_but_blanks_through_and_only_while_a_file_is_blanked() {
    let app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    let id = ended(&office, &anna, &jan, "IT/1").await;
    let other = ended(&office, &anna, &jan, "IT/2").await;
    set_clock(&app, datetime!(2027-01-01 08:00 UTC)).await;
    let (open, loan) = lend(&office, &anna.actor, jan.id, "IT/3", &until(date!(2030 - 01 - 01))).await;
    // As the program's own role, outside of any blanking.
    let blank = |of: AgreementId| {
        format!(
            "update protocol set signatory = 'dane usunięte', signature_key = null, body = '{{\"items\": []}}',
                    document_key = null, document_sha256 = null where agreement_id = '{of}'"
        )
    };
    let refused = async |sql: String| {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(tx.connection()).await.unwrap_err().to_string()
    };
    for (sql, law) in [
        (blank(id), "only ever added"),
        ("update protocol set made_at = moment()".to_owned(), "permission denied"),
        ("update frozen_document set blob_key = ''".to_owned(), "only ever added"),
        ("update condition_photo set blob_key = '', small_key = '', alt = ''".to_owned(), "only ever added"),
        ("update reminder_sent set sent_to = null".to_owned(), "only ever added"),
        ("update declaration set declared_by = null, note = ''".to_owned(), "only ever added"),
        ("update stocktake_scan set scanned_by = null".to_owned(), "only ever added"),
        ("update custody_event set person_id = null, blanked = true".to_owned(), "only ever added"),
        ("delete from custody_event".to_owned(), "permission denied"),
        (
            format!("update loan set beneficiary_id = null, note = '' where agreement_id = '{id}'"),
            "not rewritten",
        ),
        (format!("update loan_agreement set terms = 'dane usunięte' where id = '{id}'"), "not changed"),
        ("update anonymisation set done_at = moment()".to_owned(), "permission denied"),
        ("delete from anonymisation".to_owned(), "permission denied"),
        ("delete from retention_hold".to_owned(), "permission denied"),
    ] {
        let said = refused(sql.clone()).await;
        assert!(said.contains(law), "{sql}: {said}");
    }
    let row = |of: AgreementId| {
        format!(
            "insert into anonymisation (id, organisation_id, agreement_id, ended_on)
             values (gen_random_uuid(), '{}', '{of}', '2000-01-01')",
            office.id
        )
    };
    assert!(refused(row(open)).await.contains("the file is kept: lent"));
    place(&office, &anna, other.0).await.unwrap();
    assert!(refused(row(other)).await.contains("held"));
    // Even in the transaction that blanks one file: no other file, no other value, not a part of the columns.
    for (sql, law) in [
        (blank(other), "only ever added"),
        (
            format!("update protocol set signatory = 'ktoś inny' where agreement_id = '{id}'"),
            "only ever added",
        ),
        (
            format!("update protocol set signatory = 'dane usunięte' where agreement_id = '{id}'"),
            "only ever added",
        ),
        (format!("update loan set beneficiary_id = null where agreement_id = '{open}'"), "not rewritten"),
        (format!("update loan_agreement set terms = 'inne' where id = '{id}'"), "not changed"),
    ] {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        sqlx::query(AssertSqlSafe(row(id))).execute(tx.connection()).await.unwrap();
        let said =
            sqlx::query(AssertSqlSafe(sql.clone())).execute(tx.connection()).await.unwrap_err().to_string();
        assert!(said.contains(law), "{sql}: {said}");
    }
    anonymise(&office, &anna, id.0).await.unwrap();
    // Afterwards the file takes nobody's name any more, not even from the owner of the tables.
    let mut owner = owner(&app).await;
    sqlx::query(AssertSqlSafe(format!("select set_config('app.organisation', '{}', false)", office.id)))
        .execute(&mut owner)
        .await
        .unwrap();
    for sql in [
        format!("update loan_party set name = 'Jan' where agreement_id = '{id}'"),
        format!("update loan set note = 'Jan' where agreement_id = '{id}'"),
        format!("update loan_agreement set terms = 'Jan' where id = '{id}'"),
        format!(
            "insert into incident (id, organisation_id, asset_id, loan_id, kind, happened_on, description)
             select gen_random_uuid(), organisation_id, asset_id, id, 'damage', '2027-01-01', 'Jan' from loan where agreement_id = '{id}'"
        ),
        format!(
            "insert into protocol (id, organisation_id, kind, number, agreement_id, made_at, made_by, signed_by, signatory, body)
             select gen_random_uuid(), organisation_id, 'return', 'X/1', id, moment(), created_by, 'paper', 'Jan', '{{}}'
             from loan_agreement where id = '{id}'"
        ),
    ] {
        let said = refused_by(&mut owner, sql.clone()).await;
        assert!(said.contains("was blanked") || said.contains("not changed"), "{sql}: {said}");
    }
    // An open loan is untouched by all this.
    let page = anna.actor.clone();
    let mut tx = app.ground.db.begin(&page).await.unwrap();
    let line = devices::loans::list::one(&mut tx, &proof().reader(), loan).await.unwrap();
    assert_eq!(line.who, "Osoba JAN");
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn of_32_who_blank_hold_report_and_reopen_at_once_one_wins_and_nothing_is_half_done() {
    let app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    let mut wins = [0, 0];
    let mut files = Vec::new();
    for round in 0..6 {
        let code = format!("IT/{round}");
        laptops(&office, &anna.actor, &[&code]).await;
        let (id, loan) = lend(&office, &anna.actor, jan.id, &code, &until(date!(2021 - 01 - 01))).await;
        let told = told(&office, &anna, &code).await;
        give_back(&office, &anna, &code).await;
        close(&office, &anna, told).await;
        files.push((id, loan, told));
    }
    set_clock(&app, datetime!(2027-01-01 08:00 UTC)).await;
    for (round, (id, loan, told)) in files.into_iter().enumerate() {
        let sql = async |sql: String| -> Result<(), Error> {
            let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
            sqlx::query(AssertSqlSafe(sql)).execute(tx.connection()).await?;
            Ok(tx.commit().await?)
        };
        let tries = join_all((0..32).map(|at| {
            let (office, anna, sql) = (&office, &anna, &sql);
            async move {
                let kind = (at + round) % 4;
                let done = match kind {
                    0 => anonymise(office, anna, id.0).await,
                    1 => place(office, anna, id.0).await,
                    2 => {
                        sql(format!(
                            "insert into incident (id, organisation_id, asset_id, loan_id, kind, happened_on, description)
                             select gen_random_uuid(), organisation_id, asset_id, id, 'damage', '2027-01-01', 'nowa' from loan where id = '{loan}'"
                        ))
                        .await
                    }
                    _ => sql(format!("update incident set closed_at = null where id = '{told}'")).await,
                };
                (kind, done)
            }
        }))
        .await;
        let won = |wanted: usize| tries.iter().filter(|(kind, done)| *kind == wanted && done.is_ok()).count();
        let others = won(1) + won(2) + won(3);
        assert!(won(0) <= 1 && won(1) <= 1, "{tries:?}");
        assert_eq!(won(0) == 0, others > 0, "both or none: {tries:?}");
        for (_, done) in &tries {
            let fine = matches!(done, Ok(()) | Err(Error::ClockRuns | Error::Held | Error::Blanked));
            assert!(fine, "{done:?}");
        }
        wins[usize::from(won(0) == 1)] += 1;
        // All of it or nothing of it.
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        let agreed = agreement::one(&mut tx, &proof().reader(), id).await.unwrap();
        let gone = won(0) == 1;
        assert!(agreed.parties.iter().all(|party| (party.name == "dane usunięte") == gone), "{agreed:?}");
        assert_eq!(agreed.terms == "dane usunięte", gone);
        let line = devices::loans::list::one(&mut tx, &proof().reader(), loan).await.unwrap();
        assert_eq!(line.person.is_none(), gone);
    }
    assert_eq!(wins[0] + wins[1], 6);
    app.end().await;
}

#[tokio::test]
async fn a_clerk_holds_lifts_and_blanks_everything_that_is_due_and_a_job_says_how_far_it_is() {
    let app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    let codes: Vec<String> = (0..5).map(|number| format!("IT/{number}")).collect();
    laptops(&office, &anna.actor, &codes.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut files = Vec::new();
    for code in &codes {
        files.push(ended(&office, &anna, &jan, code).await);
    }
    set_clock(&app, datetime!(2027-01-01 08:00 UTC)).await;
    let (berta, szef, jola) =
        (clerk(&office, "berta").await, office.admin("szef").await, office.learner("jola").await);
    let far = app.office("krosno").await;
    let stranger = clerk(&far, "ewa").await;
    // Who may: everybody who reads the register looks, a clerk acts, nobody else knows of it.
    let page = format!("/devices/retention/{}", files[0]);
    szef.client.get(&page).await.assert(200);
    szef.client.post(&format!("{page}/anonymise"), &[]).await.assert(403);
    szef.client.post("/devices/retention/due", &[("files", "5")]).await.assert(403);
    jola.client.get("/devices/retention").await.assert(403);
    jola.client.post(&format!("{page}/hold"), &[("reason", "x")]).await.assert(403);
    stranger.client.get(&page).await.assert(404);
    stranger.client.post(&format!("{page}/anonymise"), &[]).await.assert(404);
    stranger.client.post(&format!("{page}/hold"), &[("reason", "x")]).await.assert(404);
    stranger.client.get("/devices/retention").await.assert(200).has("Nie ma teraz akt");
    berta.client.get("/devices/retention/nic").await.assert(404);
    berta.client.get(&format!("/devices/retention/{}", Uuid::new_v4())).await.assert(404);
    // Holding.
    let hold = format!("{page}/hold");
    berta.client.post(&hold, &[]).await.assert(422).has("Powód wstrzymania");
    let long = "ą".repeat(501);
    berta.client.post(&hold, &[("reason", &long)]).await.assert(422).has(&long);
    berta.client.post(&hold, &[("reason", "spór <b>sądowy</b>")]).await.assert(303);
    berta.client.post(&hold, &[("reason", "jeszcze raz")]).await.assert(422).has("Te akta są wstrzymane");
    berta.client.get("/devices/retention").await.assert(200).has("spór &lt;b&gt;sądowy");
    berta.client.post(&format!("{page}/anonymise"), &[]).await.assert(422).has("Te akta są wstrzymane");
    berta.client.get(&format!("/devices/agreements/{}", files[0])).await.assert(200).has("(wstrzymane)");
    // Everything that is due: as many as were seen, or not at all.
    berta.client.get("/devices/retention/due").await.assert(200).has("z akt 4 spraw");
    for files in ["", "5", "-1", "99999999999999999999"] {
        berta
            .client
            .post("/devices/retention/due", &[("files", files)])
            .await
            .assert(422)
            .has("na niej 4 sprawy");
    }
    let (one, two) = tokio::join!(
        berta.client.post("/devices/retention/due", &[("files", "4")]),
        berta.client.post("/devices/retention/due", &[("files", "4")]),
    );
    let (one, two) = (one.assert(303).location(), two.assert(303).location());
    let job: (i64,) =
        sqlx::query_as("select count(*) from job where kind = 'anonymise' and state = 'waiting'")
            .fetch_one(&mut owner_of(&app).await)
            .await
            .unwrap();
    assert_eq!(job.0, 2);
    berta.client.get(&one).await.assert(200).has("0 % (0 z 4)");
    stranger.client.get(&one).await.assert(404);
    // One of them is held between the confirmation and the job.
    place(&office, &anna, files[1].0).await.unwrap();
    let workers = app.more_workers();
    for path in [&one, &two] {
        for _ in 0..1200 {
            if berta.client.get(path).await.text.contains("Usunięto dane z akt") {
                break;
            }
            tokio::time::sleep(Pause::from_millis(100)).await;
        }
    }
    let sums = [&one, &two].map(async |path| berta.client.get(path).await.assert(200).text);
    let [first, second] = sums;
    let told = format!("{}{}", first.await, second.await);
    let both = told.contains("akt 3 z 4 spraw") && told.contains("akt 0 z 4 spraw")
        || told.contains("akt 1 z 4 spraw") && told.contains("akt 2 z 4 spraw");
    assert!(both, "{told}");
    for (at, id) in files.iter().enumerate() {
        let done = file_of(&office, &anna, id.0).await.anonymised_at.is_some();
        assert_eq!(done, at > 1, "{at}");
    }
    berta.client.get("/devices/retention/due").await.assert(200).has("Nie ma teraz akt");
    berta.client.post("/devices/retention/due", &[("files", "0")]).await.assert(422);
    // Lifted, it may go; lifted twice, there is nothing to lift.
    berta.client.post(&format!("{page}/lift"), &[]).await.assert(303);
    berta.client.post(&format!("{page}/lift"), &[]).await.assert(404);
    berta.client.post(&format!("{page}/anonymise"), &[]).await.assert(303);
    berta.client.get(&page).await.assert(200).has("Zanonimizowane").has("dane usunięte").lacks("sądowy");
    assert!(where_stands(&app, "sądowy").await.is_empty());
    workers.end().await;
    app.end().await;
}

async fn owner_of(app: &TestApp) -> sqlx::PgConnection {
    let mut connection = owner(app).await;
    sqlx::query("select set_config('app.reach', 'installation', false)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection
}

#[tokio::test]
async fn an_administrator_sets_the_periods_and_what_is_due_goes_by_itself_only_when_switched_on() {
    let app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let id = ended(&office, &anna, &jan, "IT/1").await;
    set_clock(&app, datetime!(2020-07-01 08:00 UTC)).await;
    let (szef, berta) = (office.admin("szef").await, clerk(&office, "berta").await);
    let path = "/devices/retention/periods";
    berta.client.get(path).await.assert(200).has("72").has("administrator organizacji").has("art. 118");
    let months =
        |loan: &'static str| [("loan_months", loan), ("application_months", "12"), ("note_months", "12")];
    berta.client.post(path, &months("1")).await.assert(403);
    for wrong in ["", "0", "-5", "601", "rok", "99999999999999999999"] {
        let page = szef.client.post(path, &months(wrong)).await.assert(422);
        page.has("podaj liczbę od 1 do 600");
    }
    szef.client.post(path, &months("1")).await.assert(303);
    // A month after the tenth of May.
    let file = file_of(&office, &anna, id.0).await;
    assert_eq!(file.kept_until, Some(date!(2020 - 06 - 10)));
    assert!(file.due);
    let mut connection = owner_of(&app).await;
    let detail: serde_json::Value =
        sqlx::query_scalar("select detail from audit_event where act = 'set_retention'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!((&detail["was"]["loan"], &detail["becomes"]["loan"]), (&72.into(), &1.into()));
    // Off: nobody asks. On: once a day.
    batch::ask_daily(&app.ground.db).await.unwrap();
    let batches = "select count(*) from anonymisation_batch where asked_by is null";
    let count: i64 = sqlx::query_scalar(batches).fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 0);
    let mut on = months("1").to_vec();
    on.push(("automatic", "1"));
    szef.client.post(path, &on).await.assert(303);
    batch::ask_daily(&app.ground.db).await.unwrap();
    batch::ask_daily(&app.ground.db).await.unwrap();
    let count: i64 = sqlx::query_scalar(batches).fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 1);
    let workers = app.more_workers();
    for _ in 0..1200 {
        if file_of(&office, &anna, id.0).await.anonymised_at.is_some() {
            break;
        }
        tokio::time::sleep(Pause::from_millis(100)).await;
    }
    assert!(file_of(&office, &anna, id.0).await.anonymised_at.is_some());
    berta.client.get("/devices/retention").await.assert(200).has("program (samoczynnie)");
    workers.end().await;
    app.end().await;
}

#[tokio::test]
async fn clocks_stand_run_and_wait_for_the_programme_as_the_rules_say() {
    let app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3", "IT/4"]).await;
    let rules = until(date!(2021 - 01 - 01));
    // Lent; something owed; settled.
    let (id, loan) = lend(&office, &anna.actor, jan.id, "IT/1", &rules).await;
    assert_eq!(file_of(&office, &anna, id.0).await.stands, Some(Stands::Lent));
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let back = Back { missing: vec!["torba".to_owned()], ..Back::complete() };
    take_back::take_back(&mut tx, &proof(), "IT/1", &back).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(file_of(&office, &anna, id.0).await.stands, Some(Stands::Owed));
    set_clock(&app, datetime!(2021-02-01 08:00 UTC)).await;
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let bag = devices::loans::loan::accessories(&mut tx, &proof().reader(), loan).await.unwrap();
    let bag = bag.into_iter().find(|one| one.returned_at.is_none()).unwrap();
    let settled = devices::loans::loan::Settled::Otherwise("zapłacono".to_owned());
    devices::loans::loan::settle(&mut tx, &proof(), loan, bag.id, &settled).await.unwrap();
    tx.commit().await.unwrap();
    let file = file_of(&office, &anna, id.0).await;
    assert_eq!((file.ended_on, file.kept_until), (Some(date!(2021 - 02 - 01)), Some(date!(2027 - 12 - 31))));
    // Signed and not collected: as short as an application.
    let (id, loans) =
        signed(&office, &anna.actor, jan.id, &["IT/2"], &until(date!(2030 - 01 - 01))).await.unwrap();
    assert_eq!(file_of(&office, &anna, id.0).await.stands, Some(Stands::Waiting));
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    agreement::cancel_item(&mut tx, &proof(), id, loans[0]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(file_of(&office, &anna, id.0).await.kept_until, Some(date!(2022 - 02 - 01)));
    // The programme's durability is later than the return.
    let (id, loan) = lend(&office, &anna.actor, ola.id, "IT/3", &until(date!(2030 - 01 - 01))).await;
    let programme = super::applications::programme(&office, &anna.actor, "Trwały", false).await;
    let mut connection = owner_of(&app).await;
    sqlx::query("update programme set durable_until = '2025-03-31', durable_months = null where id = $1")
        .bind(programme.0.0)
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!(
        "alter table loan_agreement disable trigger signed_stays;
         update loan_agreement set programme_id = '{}' where id = '{id}';
         alter table loan_agreement enable trigger signed_stays",
        programme.0
    )))
    .execute(&mut connection)
    .await
    .unwrap();
    give_back(&office, &anna, "IT/3").await;
    let file = file_of(&office, &anna, id.0).await;
    assert_eq!((file.ended_on, file.kept_until), (Some(date!(2025 - 03 - 31)), Some(date!(2031 - 12 - 31))));
    let _same = loan;
    // A refused application: a year after the decision. One that waits: not at all.
    set_clock(&app, datetime!(2026-11-21 10:00 UTC)).await;
    let refused = Decision::Refuse(Refusal::NoDevices);
    let no = super::applications::decide(&office, &anna.actor, &programme, jan.id, [1, 1], refused).await;
    assert_eq!(file_of(&office, &anna, no.0).await.kept_until, Some(date!(2027 - 11 - 21)));
    let waits =
        super::applications::decide(&office, &anna.actor, &programme, ola.id, [1, 1], Decision::Wait).await;
    assert_eq!(file_of(&office, &anna, waits.0).await.stands, Some(Stands::Undecided));
    // A note of damage in stock, closed.
    let note = told(&office, &anna, "IT/4").await;
    assert_eq!(file_of(&office, &anna, note.0).await.stands, Some(Stands::Incident));
    close(&office, &anna, note).await;
    set_clock(&app, datetime!(2027-11-22 08:00 UTC)).await;
    for id in [no.0, note.0] {
        anonymise(&office, &anna, id).await.unwrap();
    }
    let berta = clerk(&office, "berta").await;
    for path in [format!("/devices/applications/{no}"), format!("/devices/incidents/{note}")] {
        berta.client.get(&path).await.assert(200).has("dane usunięte").lacks("ZDZISŁAW").lacks("Osoba JAN");
    }
    berta.client.get("/devices/applications?state=refused").await.assert(200).has("dane usunięte");
    app.end().await;
}

/// A device that belongs to its holder from now on.
async fn given_for_good(
    office: &House<'_>,
    who: &Someone,
    holder: &Someone,
    code: &str,
    rules: &due::Rules,
) -> (AgreementId, LoanId) {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let device = (code, LoanKind::Primary);
    let (id, loan) = drawn_up(&mut tx, AgreementKind::Donation, holder.id, None, device).await;
    due::set_of_agreement(&mut tx, &proof(), id, rules).await.unwrap();
    agreement::sign(&mut tx, &proof(), id, SignedBy::Paper, None).await.unwrap();
    tx.commit().await.unwrap();
    hand(office, &who.actor, id, &[loan]).await.unwrap();
    (id, loan)
}

#[tokio::test]
async fn a_mandate_goes_with_the_last_file_tied_to_it_and_a_late_settlement_names_nobody() {
    let app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3"]).await;
    let day = date!(2021 - 01 - 01);
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let (kind, name) = (EventKind::Mandate, "mandat ZDZISŁAWA");
    let mandate = event::create(&mut tx, &proof(), kind, name, Some(jan.id), Some(day)).await.unwrap();
    tx.commit().await.unwrap();
    let tied = due::Rules { events: vec![mandate], ..due::Rules::default() };
    let mut files = Vec::new();
    for code in ["IT/1", "IT/2"] {
        files.push(lend(&office, &anna.actor, jan.id, code, &tied).await.0);
        give_back(&office, &anna, code).await;
    }
    let (donation, loan) = given_for_good(&office, &anna, &jan, "IT/3", &until(day)).await;
    set_clock(&app, datetime!(2027-01-01 08:00 UTC)).await;
    anonymise(&office, &anna, files[0].0).await.unwrap();
    let stands = where_stands(&app, name).await;
    assert!(stands.iter().any(|table| table == "due_event"), "the other file is tied to it: {stands:?}");
    anonymise(&office, &anna, files[1].0).await.unwrap();
    assert!(where_stands(&app, "ZDZIS").await.is_empty());
    let days: Vec<time::Date> =
        sqlx::query_scalar("select r.on_day from due_rule r where r.loan_id <> $1 and r.event_id is null")
            .bind(loan.0)
            .fetch_all(&mut owner_of(&app).await)
            .await
            .unwrap();
    assert_eq!(days, [day, day], "the day stays");
    anonymise(&office, &anna, donation.0).await.unwrap();
    let given = Settlement {
        gone: Gone::Donated,
        incident: None,
        document: "decyzja dla ZDZISŁAWA".to_owned(),
        price_grosze: Some(12_300),
        text: "ZDZISŁAW zatrzymuje".to_owned(),
        write_off: false,
        accessories: false,
        signed: Some((SignedBy::Paper, "ZDZISŁAW Tajny".to_owned())),
    };
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    settlement::settle_gone(&mut tx, &proof(), loan, &given).await.unwrap();
    tx.commit().await.unwrap();
    assert!(where_stands(&app, "ZDZIS").await.is_empty());
    let price = "select (body #>> '{items,0,price_grosze}')::bigint from protocol where kind = 'settlement'";
    let price: i64 = sqlx::query_scalar(price).fetch_one(&mut owner_of(&app).await).await.unwrap();
    assert_eq!(price, 12_300, "what is counted stays");
    app.end().await;
}

#[tokio::test]
async fn what_was_given_for_good_still_comes_back_after_its_file_was_blanked() {
    let app = then().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    let (id, loan) = given_for_good(&office, &anna, &jan, "IT/1", &until(date!(2040 - 01 - 01))).await;
    set_clock(&app, datetime!(2027-01-01 08:00 UTC)).await;
    anonymise(&office, &anna, id.0).await.unwrap();
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let back = Back { signed: Some((SignedBy::Paper, "Osoba JAN".to_owned())), ..Back::complete() };
    let taken = take_back::take_back(&mut tx, &proof(), "IT/1", &back).await.unwrap();
    assert_eq!(taken.loan, Some(loan));
    tx.commit().await.unwrap();
    let signatory: String = sqlx::query_scalar("select signatory from protocol where kind = 'return'")
        .fetch_one(&mut owner_of(&app).await)
        .await
        .unwrap();
    assert_eq!(signatory, "dane usunięte");
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let periods = setting::read(&mut tx, &proof().reader()).await.unwrap();
    assert_eq!((periods.loan_months, periods.automatic), (72, false));
    drop(tx);
    app.end().await;
}
