//! Who has what, as PostgreSQL itself holds it: dozens in the same moment, and statements that no page would send.

use std::time::Duration;

use base::Tx;
use devices::loans::due::{self, Rules};
use devices::loans::event;
use devices::loans::handover::Handed;
use devices::loans::kind::{AgreementKind, EventKind, LoanKind};
use devices::loans::list::Show;
use devices::loans::take_back::{self, Back};
use devices::{AssetId, DueEventId, Error, LoanId, stocktake};
use futures::future::join_all;
use identity::PeopleAdmin;
use identity::person::NewPerson;
use sqlx::AssertSqlSafe;
use time::macros::date;
use uuid::Uuid;

use crate::harness::lending::{clerk, drawn_up, hand, laptops, lend, lines, proof, signed, until};
use crate::harness::{House, Someone, TestApp, owner, refused_by};

/// Runs a statement as the server's role, in the name of that person.
async fn run(app: &TestApp, who: &Someone, sql: &str) -> Result<(), sqlx::Error> {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(tx.connection()).await?;
    tx.commit().await
}

/// The constraint that refused; empty for what went through.
fn refusal(tried: &Result<(), sqlx::Error>) -> &str {
    let Err(error) = tried else { return "" };
    error.as_database_error().and_then(|refused| refused.constraint()).unwrap_or("another error")
}

/// An agreement and the protocol of a hand-over under it.
async fn papers(tx: &mut Tx, who: &Someone) -> Result<(Uuid, Uuid), sqlx::Error> {
    let (organisation, agreement, protocol) = (tx.organisation().unwrap(), Uuid::new_v4(), Uuid::new_v4());
    let by = who.id;
    for sql in [
        format!(
            "insert into loan_agreement (id, organisation_id, number, kind, created_by)
             values ('{agreement}', '{organisation}', '{agreement}', 'loan', '{by}')"
        ),
        format!(
            "insert into protocol (id, organisation_id, kind, number, agreement_id, made_at, made_by, signed_by, signatory, body)
             values ('{protocol}', '{organisation}', 'handover', '{protocol}', '{agreement}', moment(), '{by}', 'paper', 'X', '{{}}')"
        ),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(tx.connection()).await?;
    }
    Ok((agreement, protocol))
}

/// Writes a loan with papers of its own, past everything that the program looks at before it asks the database. `from`: since when, as
/// SQL; `back`: until when.
async fn written(
    app: &TestApp,
    who: &Someone,
    asset: AssetId,
    from: &str,
    back: Option<&str>,
) -> Result<(), sqlx::Error> {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let organisation = tx.organisation().unwrap();
    let (agreement, protocol) = papers(&mut tx, who).await?;
    let (returned, result) = back.map_or(("null", "null"), |back| (back, "'ok'"));
    let sql = format!(
        "insert into loan (id, organisation_id, agreement_id, asset_id, kind, handed_over_at, handover_id, returned_at, result)
         values (gen_random_uuid(), '{organisation}', '{agreement}', '{asset}', 'extra', {from}, '{protocol}', {returned}, {result})"
    );
    sqlx::query(AssertSqlSafe(sql)).execute(tx.connection()).await?;
    tx.commit().await
}

#[tokio::test]
async fn of_dozens_who_hand_one_device_over_at_once_or_for_the_same_days_of_the_past_one_does() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let assets = laptops(&office, &anna.actor, &["IT/1", "IT/2", "IT/3", "IT/4"]).await;
    let (here, who) = (&app, &anna);
    let one_stays = |tries: &[Result<(), sqlx::Error>], kept: usize| {
        assert_eq!(tries.iter().filter(|one| one.is_ok()).count(), kept, "{tries:?}");
        assert!(tries.iter().all(|one| ["", "one_loan_at_a_time"].contains(&refusal(one))), "{tries:?}");
    };
    // Nothing was prepared, so nothing but the periods themselves stands in the way.
    let tries = join_all((0..32).map(|_| written(here, who, assets[0], "moment()", None))).await;
    one_stays(&tries, 1);
    // Written down afterwards, of times that are over: each overlaps with every other.
    let day = |day: i32, hour: i32| {
        format!("timestamptz '2025-03-01 00:00+00' + interval '{day} days' + interval '{hour} hours'")
    };
    let asset = assets[1];
    let tries = join_all((0..32).map(|at| {
        let (from, back) = (day(0, at), day(10, at));
        async move { written(here, who, asset, &from, Some(&back)).await }
    }))
    .await;
    one_stays(&tries, 1);
    // Two times of which one begins when the other ends: one of each.
    let asset = assets[2];
    let tries = join_all((0..32).map(|at| {
        let (from, back) = if at % 2 == 0 { (day(0, 0), day(10, 0)) } else { (day(10, 0), day(20, 0)) };
        async move { written(here, who, asset, &from, Some(&back)).await }
    }))
    .await;
    one_stays(&tries, 2);
    // One that goes on against many that are over, all of the same days.
    let asset = assets[3];
    let tries = join_all((0..32).map(|at| {
        let (from, back) = (day(0, at), (at % 4 > 0).then(|| day(10, at)));
        async move { written(here, who, asset, &from, back.as_deref()).await }
    }))
    .await;
    one_stays(&tries, 1);
    let twice: i64 = sqlx::query_scalar(
        "select count(*) from loan a join loan b on b.asset_id = a.asset_id and b.id > a.id
         where tstzrange(a.handed_over_at, a.returned_at) && tstzrange(b.handed_over_at, b.returned_at)",
    )
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!(twice, 0);
    app.end().await;
}

#[tokio::test]
async fn nothing_goes_out_or_comes_back_on_a_protocol_of_another_agreement() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (anna, jan, ola) =
        (clerk(&office, "anna").await, office.learner("jan").await, office.learner("ola").await);
    laptops(&office, &anna.actor, &["IT/1", "IT/2"]).await;
    let rules = until(date!(2030 - 01 - 01));
    let (_, first) = lend(&office, &anna.actor, jan.id, "IT/1", &rules).await;
    let (id, loans) = signed(&office, &anna.actor, ola.id, &["IT/2"], &rules).await.unwrap();
    let second = loans[0];
    let mut owner = owner(&app).await;
    let mut protocol_of = async |what: &str, loan: LoanId| {
        let sql = format!("select {what} from loan where id = '{loan}'");
        sqlx::query_scalar::<_, Uuid>(AssertSqlSafe(sql)).fetch_one(&mut owner).await.unwrap()
    };
    let foreign = protocol_of("handover_id", first).await;
    let out =
        format!("update loan set handed_over_at = moment(), handover_id = '{foreign}' where id = '{second}'");
    let tries = join_all((0..32).map(|_| run(&app, &anna, &out))).await;
    assert!(tries.iter().all(|one| refusal(one) == "handed_over_with_its_protocol"), "{tries:?}");
    let bare = format!("update loan set handed_over_at = moment() where id = '{second}'");
    let tries = join_all((0..32).map(|_| run(&app, &anna, &bare))).await;
    assert!(tries.iter().all(|one| refusal(one) == "handed_over_with_a_protocol"), "{tries:?}");
    // Nor is one of its own agreement enough that nobody signed.
    let unsigned = format!(
        "insert into protocol (id, organisation_id, kind, number, agreement_id, made_at, made_by, signed_by, signatory, body)
         select gen_random_uuid(), organisation_id, 'handover', 'X/1', id, moment(), created_by, 'absent', 'X', '{{}}'
         from loan_agreement where id = '{id}'"
    );
    assert_eq!(refusal(&run(&app, &anna, &unsigned).await), "protocol_check");
    assert_eq!(lines(&office, &anna.actor, Show::Open).await.len(), 1, "IT/2 lies in the store");
    // With its own it goes out; the return of the other one ends nothing of it.
    assert!(matches!(hand(&office, &anna.actor, id, &loans).await.unwrap(), Handed::Done(_)));
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    take_back::take_back(&mut tx, &proof(), "IT/1", &Back::complete()).await.unwrap();
    tx.commit().await.unwrap();
    let foreign = protocol_of("return_id", first).await;
    let back = format!(
        "update loan set returned_at = moment(), result = 'ok', return_id = '{foreign}' where id = '{second}'"
    );
    let tries = join_all((0..32).map(|_| run(&app, &anna, &back))).await;
    assert!(tries.iter().all(|one| refusal(one) == "returned_with_its_protocol"), "{tries:?}");
    let open = lines(&office, &anna.actor, Show::Open).await;
    assert_eq!(open.iter().map(|line| line.inventory_no.as_str()).collect::<Vec<_>>(), ["IT/2"]);
    app.end().await;
}

/// Waits until somebody in the test's database waits for a lock; nobody waits for one longer than ten seconds.
pub async fn somebody_waits(app: &TestApp) {
    so_many_wait(app, 1).await;
}

/// The same of so many at once.
pub async fn so_many_wait(app: &TestApp, many: i64) {
    let mut look = owner(app).await;
    for _ in 0..180 {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
        .fetch_one(&mut look)
        .await
        .unwrap();
        if waiting >= many {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("there were never {many} who wait for others");
}

/// A device in the hands of a person, from the agreement to the protocol.
async fn lent(office: &House<'_>, anna: &Someone, person: &Someone, code: &str) -> Result<(), Error> {
    let (id, loans) = signed(office, &anna.actor, person.id, &[code], &until(date!(2030 - 01 - 01))).await?;
    match hand(office, &anna.actor, id, &loans).await? {
        Handed::Done(_) => Ok(()),
        Handed::Not(found) => panic!("{code}: {found:?}"),
    }
}

/// Changes an open loan in one of the four ways in which that happens.
async fn changed(
    office: &House<'_>,
    who: &Someone,
    loan: LoanId,
    way: usize,
    tied: DueEventId,
) -> Result<(), Error> {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let day = date!(2035 - 01 - 01);
    match way {
        0 => due::renew(&mut tx, &proof(), loan, &until(day), "na dłużej").await?,
        1 => {
            let letter = app::devices::loans::letter::notice;
            due::give_notice(&mut tx, &proof(), loan, "sprzęt jest potrzebny", &letter).await?;
        }
        2 => stocktake::declare_for(&mut tx, &proof(), loan, true, "").await?,
        _ => assert_eq!(event::change(&mut tx, &proof(), tied, 1, &loan.to_string(), Some(day)).await?, 1),
    }
    Ok(tx.commit().await?)
}

/// The loan that ends because the device comes back.
async fn given_back(office: &House<'_>, who: &Someone, code: &str) -> Result<Option<LoanId>, Error> {
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let taken = take_back::take_back(&mut tx, &proof(), code, &Back::complete()).await?;
    tx.commit().await?;
    Ok(taken.loan)
}

#[tokio::test]
async fn what_changes_a_loan_and_what_ends_it_wait_for_each_other_and_never_in_a_ring() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let codes: Vec<String> = (0..16).map(|at| format!("IT/{at}")).collect();
    laptops(&office, &anna.actor, &codes.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut loans = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
        let (kind, ends) = (EventKind::SchoolYear, Some(date!(2030 - 01 - 01)));
        let tied = event::create(&mut tx, &proof(), kind, code, None, ends).await.unwrap();
        tx.commit().await.unwrap();
        let rules = match at % 4 {
            1 => Rules { notice_days: Some(30), ..Rules::default() },
            3 => Rules { events: vec![tied], ..Rules::default() },
            _ => until(date!(2030 - 01 - 01)),
        };
        let person = office.learner(&format!("p{at}")).await;
        loans.push((lend(&office, &anna.actor, person.id, code, &rules).await.1, tied));
    }
    super::stocktake::open(&office, &anna).await;
    // Sixteen change the loans and wait where these are held, sixteen take the devices back, and then it is let go.
    let mut holding = owner(&app).await;
    sqlx::query("begin").execute(&mut holding).await.unwrap();
    sqlx::query("select id from loan order by id for no key update").execute(&mut holding).await.unwrap();
    let (office, anna) = (&office, &anna);
    let changes = join_all(
        loans.iter().enumerate().map(|(at, (loan, tied))| changed(office, anna, *loan, at % 4, *tied)),
    );
    let returns = async {
        so_many_wait(&app, 16).await;
        join_all(codes.iter().map(|code| given_back(office, anna, code))).await
    };
    let let_go = async {
        so_many_wait(&app, 32).await;
        sqlx::query("commit").execute(&mut holding).await.unwrap();
    };
    let (changed, returned, ()) = tokio::join!(changes, returns, let_go);
    assert!(changed.iter().all(Result::is_ok), "{changed:?}");
    for (ended, (loan, _)) in returned.into_iter().zip(&loans) {
        assert_eq!(ended.unwrap(), Some(*loan));
    }
    assert!(lines(office, &anna.actor, Show::Open).await.is_empty());
    app.end().await;
}

/// What the administrator is answered who erases that person.
async fn erase(szef: &Someone, person: &Someone) -> u16 {
    szef.client.post(&format!("/people/{}/erase", person.id), &[]).await.status.as_u16()
}

#[tokio::test]
async fn a_person_is_erased_or_lent_to_and_never_both() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (anna, szef) = (clerk(&office, "anna").await, office.admin("szef").await);
    let codes: Vec<String> = (0..34).map(|at| format!("IT/{at}")).collect();
    laptops(&office, &anna.actor, &codes.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut people = Vec::new();
    for at in 0..34 {
        people.push(office.learner(&format!("p{at}")).await);
    }
    let mut both = Vec::new();
    for (people, codes) in people[..32].chunks(16).zip(codes[..32].chunks(16)) {
        let pairs = people.iter().zip(codes).map(|(person, code)| {
            let (office, anna, szef) = (&office, &anna, &szef);
            async move { tokio::join!(lent(office, anna, person, code), erase(szef, person)) }
        });
        both.extend(join_all(pairs).await);
    }
    for (lent, erased) in &both {
        assert!([303, 422].contains(erased), "{erased}, {lent:?}");
        assert!(lent.is_ok() ^ (*erased == 303), "erased {erased}, lent {lent:?}");
    }
    // Who lends has looked, and finds the erasure under way: it is waited for, and the loan refused at its end.
    let (person, code) = (&people[32], &codes[32]);
    let mut erasing = app.ground.db.begin(&szef.actor).await.unwrap();
    identity::erase::erase(&mut erasing, &PeopleAdmin::at_the_terminal(), person.id).await.unwrap();
    let (refused, ()) = tokio::join!(lent(&office, &anna, person, code), async {
        somebody_waits(&app).await;
        erasing.commit().await.unwrap();
    });
    let refused = refused.map_err(|error| match error {
        Error::Database(error) => error,
        other => panic!("{other:?}"),
    });
    assert_eq!(refusal(&refused), "nobody_erased_borrows", "{refused:?}");
    // The other way round it is the erasure that waits, and is refused.
    let (person, code) = (&people[33], &codes[33]);
    let mut lending = app.ground.db.begin(&anna.actor).await.unwrap();
    drawn_up(&mut lending, AgreementKind::Loan, person.id, None, (code.as_str(), LoanKind::Primary)).await;
    let (status, ()) = tokio::join!(erase(&szef, person), async {
        somebody_waits(&app).await;
        lending.commit().await.unwrap();
    });
    assert_eq!(status, 422);
    let erased = both.iter().filter(|(_, erased)| *erased == 303).count() + 1;
    let counts: (i64, i64) = sqlx::query_as(
        "select (select count(*) from person where erased_at is not null),
                (select count(*) from loan l join person p on p.id = l.beneficiary_id where p.erased_at is not null)",
    )
    .fetch_one(&mut owner(&app).await)
    .await
    .unwrap();
    assert_eq!(counts, (i64::try_from(erased).unwrap(), 0));
    app.end().await;
}

#[tokio::test]
async fn who_has_a_device_stays_in_the_register_of_people_for_its_sake_alone() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let anna = clerk(&office, "anna").await;
    let assets = laptops(&office, &anna.actor, &["IT/1"]).await;
    // Two who never signed in, hold no role and sign nothing: of one of them there is a loan.
    let mut tx = app.ground.db.begin(&anna.actor).await.unwrap();
    let mut people = Vec::new();
    for login in ["jan", "ola"] {
        let new = NewPerson {
            login: login.to_owned(),
            email: format!("{login}@example.org"),
            given_name: "Osoba".to_owned(),
            family_name: login.to_uppercase(),
            language: "pl".to_owned(),
            unit: None,
        };
        people.push(identity::person::create(&mut tx, &PeopleAdmin::at_the_terminal(), &new).await.unwrap());
    }
    let organisation = tx.organisation().unwrap();
    let (agreement, protocol) = papers(&mut tx, &anna).await.unwrap();
    let sql = format!(
        "insert into loan (id, organisation_id, agreement_id, asset_id, kind, beneficiary_id, handed_over_at, handover_id)
         values (gen_random_uuid(), '{organisation}', '{agreement}', '{}', 'primary', '{}', moment(), '{protocol}')",
        assets[0], people[0]
    );
    sqlx::query(AssertSqlSafe(sql)).execute(tx.connection()).await.unwrap();
    tx.commit().await.unwrap();
    let mut owner = owner(&app).await;
    let delete = |at: usize| AssertSqlSafe(format!("delete from person where id = '{}'", people[at]));
    let refused = sqlx::query(delete(0)).execute(&mut owner).await.map(drop);
    assert_eq!(refusal(&refused), "loan_organisation_id_beneficiary_id_fkey", "{refused:?}");
    // It was nothing else: without a loan the same statement goes through.
    sqlx::query(delete(1)).execute(&mut owner).await.unwrap();
    app.end().await;
}

#[tokio::test]
async fn dozens_who_rewrite_protocols_and_the_chain_of_custody_change_nothing() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let (anna, jan) = (clerk(&office, "anna").await, office.learner("jan").await);
    laptops(&office, &anna.actor, &["IT/1"]).await;
    lend(&office, &anna.actor, jan.id, "IT/1", &until(date!(2030 - 01 - 01))).await;
    let mut own = owner(&app).await;
    let whole = "select (select md5(string_agg(p::text, '|' order by p.id)) from protocol p)
                        || (select md5(string_agg(e::text, '|' order by e.id)) from custody_event e)";
    let before: String = sqlx::query_scalar(whole).fetch_one(&mut own).await.unwrap();
    let acts = [
        "update protocol set signatory = 'x'",
        "delete from protocol",
        "update custody_event set detail = '{}'",
        "delete from custody_event",
    ];
    // The server's role may blank some columns of both tables, and delete from neither.
    let tries = join_all((0..32).map(|at| run(&app, &anna, acts[at % 4]))).await;
    for (at, tried) in tries.iter().enumerate() {
        let said = tried.as_ref().map_err(ToString::to_string).expect_err(acts[at % 4]);
        let law = if at % 2 == 0 { "only ever added" } else { "permission denied" };
        assert!(said.contains(law), "{}: {said}", acts[at % 4]);
    }
    // The owner of the tables may not either.
    let tries = join_all((0..32).map(|at| {
        let app = &app;
        async move { refused_by(&mut owner(app).await, acts[at % 4].to_owned()).await }
    }))
    .await;
    assert!(tries.iter().all(|said| said.contains("only ever added")), "{tries:?}");
    let after: String = sqlx::query_scalar(whole).fetch_one(&mut own).await.unwrap();
    assert_eq!(before, after);
    app.end().await;
}
