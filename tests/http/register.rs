//! The register of devices: forms, searches, scans, the table that is read in, labels, and what the database itself refuses.

use base::Actor;
use devices::register::catalogue::{self, NewModel};
use devices::register::find::{self, Filter};
use devices::register::purchase::{self, Lot, Programme};
use devices::register::{AssetKind, NewAsset, State, asset, history, import, sim, state};
use devices::{AssetId, Error, ModelId};
use futures::future::join_all;
use identity::Problem;
use sqlx::AssertSqlSafe;

use crate::harness::lending::{clerk, proof};
use crate::harness::{House, Someone, TestApp, owner, qr};

async fn model(office: &House<'_>, who: &Actor, maker: &str, kind: AssetKind, name: &str) -> ModelId {
    let new =
        NewModel { maker: maker.to_owned(), kind: Some(kind), name: name.to_owned(), ..NewModel::default() };
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let id = catalogue::save_model(&mut tx, &proof(), None, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn add(
    office: &House<'_>,
    who: &Actor,
    model: ModelId,
    no: &str,
    serial: &str,
) -> Result<AssetId, Error> {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let new = NewAsset {
        model: Some(model),
        inventory_no: no.to_owned(),
        serial: serial.to_owned(),
        ..NewAsset::default()
    };
    let id = asset::register(&mut tx, &proof(), &new).await?;
    tx.commit().await?;
    Ok(id)
}

/// One row of everything that an address of the register can name, for the walk over all routes.
pub async fn one_of_everything(office: &House<'_>, who: &Someone) -> Vec<(&'static str, String)> {
    let model = model(office, &who.actor, "Dell", AssetKind::Laptop, "Latitude 3520").await;
    let id = add(office, &who.actor, model, "IT/1", "A1").await.unwrap();
    let mut tx = office.app.ground.db.begin(&who.actor).await.unwrap();
    let place = catalogue::save_place(&mut tx, &proof(), None, "Magazyn").await.unwrap();
    let new = Programme { name: "Zdalna Szkoła".to_owned(), ..Programme::default() };
    let programme = purchase::save_programme(&mut tx, &proof(), None, &new).await.unwrap();
    let lot = Lot { name: "Dostawa 1".to_owned(), ..Lot::default() };
    let lot = purchase::save_lot(&mut tx, &proof(), None, &lot).await.unwrap();
    let asset = asset::one(&mut tx, &proof().reader(), id).await.unwrap();
    tx.commit().await.unwrap();
    vec![
        ("asset", id.to_string()),
        ("device", id.to_string()),
        ("model", model.to_string()),
        ("place", place.to_string()),
        ("programme", programme.to_string()),
        ("lot", lot.to_string()),
        ("label", asset.label),
    ]
}

/// How many of the tries went through.
fn done<T, E>(tries: &[Result<T, E>]) -> usize {
    tries.iter().filter(|one| one.is_ok()).count()
}

#[tokio::test]
async fn a_clerk_fills_the_register_by_forms_and_a_second_tab_is_told() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let boss = office.admin("szef").await;
    let pupil = office.learner("jan").await;
    klara.client.get("/devices").await.assert(200).has("Ewidencja jest jeszcze pusta");
    pupil.client.get("/devices").await.assert(403);
    boss.client.get("/devices").await.assert(200).lacks("/devices/new");
    boss.client.get("/devices/new").await.assert(403);
    boss.client.post("/devices/new", &[("inventory_no", "X")]).await.assert(403);

    let form = [
        ("maker", "Dell"),
        ("name", "Latitude 3520"),
        ("kind", "laptop"),
        ("accessories", "zasilacz\ntorba"),
    ];
    klara.client.post("/devices/models/new", &form).await.assert(303);
    klara.client.post("/devices/models/new", &form).await.assert(422);
    klara.client.post("/devices/places/new", &[("name", "Magazyn")]).await.assert(303);
    let secret = [
        ("name", "Laptopy dla pieczy zastępczej"),
        ("sensitive", "1"),
        ("neutral_name", "Laptopy dla ucznia 2020"),
        ("transfer", "loan"),
    ];
    klara.client.post("/devices/programmes/new", &secret[..2]).await.assert(422).has("Nazwa neutralna");
    klara.client.post("/devices/programmes/new", &secret).await.assert(303);

    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let reader = proof().reader();
    let model = catalogue::models(&mut tx, &reader).await.unwrap()[0].clone();
    let place = catalogue::places(&mut tx, &reader).await.unwrap()[0].id.to_string();
    let programme = purchase::programmes(&mut tx, &reader).await.unwrap()[0].id.to_string();
    drop(tx);
    assert_eq!(model.accessories, ["zasilacz", "torba"]);
    let share = format!("share-{programme}");
    let lot = |part| [("name", "Dostawa 1"), ("unit_price", "2028,27"), (share.as_str(), part)];
    klara.client.post("/devices/lots/new", &lot("99,9")).await.assert(422).has("razem dawać 100");
    klara.client.post("/devices/lots/new", &lot("100")).await.assert(303);

    let model = model.id.to_string();
    let fields = |no: &'static str, note: &'static str, revision: &'static str| {
        [
            ("model", model.clone()),
            ("inventory_no", no.to_owned()),
            ("serial", "abC-12 34".to_owned()),
            ("place", place.clone()),
            ("programme", programme.clone()),
            ("note", note.to_owned()),
            ("revision", revision.to_owned()),
        ]
    };
    let post = async |path: &str, fields: &[(&str, String)]| {
        let form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        klara.client.post(path, &form).await
    };
    post("/devices/new", &fields("", "", "")).await.assert(422).has("Numer inwentarzowy");
    let page = post("/devices/new", &fields("UM/IT/1", "", "")).await.assert(303).location();
    post("/devices/new", &fields("um-it 1", "", ""))
        .await
        .assert(422)
        .has("Taki numer inwentarzowy już jest");
    klara.client.get(&page).await.assert(200).has("Laptopy dla pieczy zastępczej").has("nienaruszona");
    boss.client.get(&page).await.assert(200).has("Laptopy dla ucznia 2020").lacks("pieczy").lacks("/edit");
    boss.client.get("/devices/catalogue").await.assert(200).lacks("pieczy");
    klara.client.get("/devices?q=lat+ABC1234").await.assert(200).has("UM/IT/1").lacks("pieczy");
    klara.client.get("/devices?q=%25").await.assert(200).has("Nic nie pasuje");
    klara.client.get("/devices?state=lent").await.assert(200).has("Nic nie pasuje");

    let edit = format!("{page}/edit");
    post(&edit, &fields("UM/IT/1", "pierwsza karta", "1")).await.assert(303);
    post(&edit, &fields("UM/IT/1", "druga karta", "1"))
        .await
        .assert(422)
        .has("W międzyczasie ktoś zmienił")
        .has("druga karta");
    post(&edit, &fields("UM/IT/1", "druga karta", "2")).await.assert(303);
    klara.client.get(&page).await.assert(200).has("druga karta");

    let to = |word: &'static str, reason: &'static str| [("to", word), ("reason", reason)];
    klara.client.get(&format!("{page}/state?to=scrapped")).await.assert(200).has("nie można cofnąć");
    klara.client.post(&format!("{page}/state"), &to("scrapped", "")).await.assert(422).has("Powód");
    klara.client.post(&format!("{page}/state"), &to("scrapped", "zalany")).await.assert(303);
    klara.client.post(&format!("{page}/state"), &to("in_stock", "pomyłka")).await.assert(422);
    klara.client.get(&page).await.assert(200).has("zalany").has("Zlikwidowany");
    app.end().await;
}

#[tokio::test]
async fn many_are_added_with_numbers_in_order_all_or_none() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let model = model(&office, &klara.actor, "Lenovo", AssetKind::Tablet, "Tab M10").await.to_string();
    let serials: Vec<String> = (1..=30).map(|number| format!("HA1{number:05}")).collect();
    let form = |serials: &str| {
        vec![
            ("model".to_owned(), model.clone()),
            ("series".to_owned(), "TAB".to_owned()),
            ("serials".to_owned(), serials.to_owned()),
        ]
    };
    let post = async |form: Vec<(String, String)>| {
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        klara.client.post("/devices/many", &form).await
    };
    post(form("")).await.assert(422);
    post(form("HA1\nha-1")).await.assert(422).has("powtarza się");
    post(form(&serials.join("\r\n"))).await.assert(303);
    post(form(&serials[29])).await.assert(422);
    let page = klara.client.get("/devices?q=ha100030").await.assert(200);
    assert!(page.text.contains("TAB/30/20"), "{}", page.text);
    app.end().await;
}

#[tokio::test]
async fn thirty_two_at_once_leave_one_serial_one_slot_one_place_and_whole_shares() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let laptop = model(&office, &klara.actor, "Dell", AssetKind::Laptop, "3520").await;
    let card = model(&office, &klara.actor, "Orange", AssetKind::SimCard, "50 GB").await;

    let spellings = ["abC-12 34", "ABC1234", "abc 1234", "a.b.c.1.2.3.4"];
    let tries = join_all((0..32).map(|at| {
        let (office, klara) = (&office, &klara);
        async move { add(office, &klara.actor, laptop, &format!("S{at}"), spellings[at % 4]).await }
    }))
    .await;
    assert_eq!(done(&tries), 1);
    assert!(tries.iter().all(|one| matches!(one, Ok(_) | Err(Error::Invalid(_)))), "{tries:?}");
    // Another maker may have the same serial; a scan of it then names both.
    let other = model(&office, &klara.actor, "HP", AssetKind::Laptop, "250").await;
    add(&office, &klara.actor, other, "HP/1", "ABC-1234").await.unwrap();
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    match find::scanned(&mut tx, &proof().reader(), "abc1234").await {
        Err(Error::Ambiguous(both)) => assert_eq!(both.len(), 2),
        other => panic!("{other:?}"),
    }
    drop(tx);

    let (mut devices, mut cards) = (Vec::new(), Vec::new());
    for at in 0..32 {
        devices.push(add(&office, &klara.actor, laptop, &format!("D{at}"), "").await.unwrap());
        cards.push(add(&office, &klara.actor, card, &format!("C{at}"), "").await.unwrap());
    }
    let place = |sim: AssetId, device: AssetId| {
        let (app, klara) = (&app, &klara);
        async move {
            let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
            sim::place(&mut tx, &proof(), sim, device, 1).await?;
            tx.commit().await.map_err(Error::from)
        }
    };
    let tries = join_all(devices.iter().map(|device| place(cards[0], *device))).await;
    assert_eq!(done(&tries), 1, "{tries:?}");
    let free = devices[tries.iter().position(Result::is_err).unwrap()];
    let tries = join_all(cards[1..].iter().map(|sim| place(*sim, free))).await;
    assert_eq!(done(&tries), 1, "{tries:?}");
    assert!(tries.iter().all(|one| matches!(one, Ok(()) | Err(Error::SimTaken))), "{tries:?}");
    // A card is no device, and a device no card.
    assert!(matches!(place(cards[5], cards[6]).await, Err(Error::Invalid(_))));
    assert!(matches!(place(devices[5], devices[6]).await, Err(Error::Invalid(_))));

    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let programme = async |tx: &mut base::Tx, name: &str| {
        let new = Programme { name: name.to_owned(), ..Programme::default() };
        purchase::save_programme(tx, &proof(), None, &new).await.unwrap()
    };
    let (one, two) = (programme(&mut tx, "Jeden").await, programme(&mut tx, "Dwa").await);
    let lot = |shares| Lot { name: "Dostawa".to_owned(), shares, ..Lot::default() };
    let id = purchase::save_lot(&mut tx, &proof(), None, &lot(vec![(one, 1000)])).await.unwrap();
    tx.commit().await.unwrap();
    // Each of these is right alone against what it sees; together they would sum to 2000.
    let tries = join_all((0..32).map(|at| {
        let (app, klara) = (&app, &klara);
        async move {
            let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
            let statement = if at % 2 == 0 {
                format!(
                    "insert into funding_share values ('{}', '{id}', '{two}', 1000)",
                    tx.organisation().unwrap()
                )
            } else {
                format!("delete from funding_share where lot_id = '{id}' and programme_id = '{one}'")
            };
            sqlx::query(AssertSqlSafe(statement)).execute(tx.connection()).await?;
            tx.commit().await
        }
    }))
    .await;
    assert!(tries.iter().any(Result::is_err));
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let whole: Option<i64> = sqlx::query_scalar("select sum(per_mille) from funding_share where lot_id = $1")
        .bind(id.0)
        .fetch_one(tx.connection())
        .await
        .unwrap();
    assert!(matches!(whole, None | Some(1000)), "{whole:?}");
    let refused = purchase::save_lot(&mut tx, &proof(), Some(id), &lot(vec![(one, 500), (two, 499)])).await;
    assert!(matches!(refused, Err(Error::SharesNotWhole)), "{refused:?}");
    drop(tx);
    app.end().await;
}

/// Hands an asset over as the loans do it: an agreement, a signed protocol, a loan.
async fn hand_over(app: &TestApp, who: &Someone, asset: AssetId) -> Result<(), base::db::Error> {
    let mut tx = app.ground.db.begin(&who.actor).await.unwrap();
    let (organisation, agreement, protocol) =
        (tx.organisation().unwrap(), uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    let statements = [
        format!(
            "insert into loan_agreement (id, organisation_id, number, kind, created_by)
             values ('{agreement}', '{organisation}', '{agreement}', 'loan', '{}')",
            who.id
        ),
        format!(
            "insert into protocol (id, organisation_id, kind, number, agreement_id, made_at, made_by, signed_by, signatory, body)
             values ('{protocol}', '{organisation}', 'handover', '{protocol}', '{agreement}', moment(), '{}', 'paper', 'X', '{{}}')",
            who.id
        ),
        format!(
            "insert into loan (id, organisation_id, agreement_id, asset_id, kind, handed_over_at, handover_id)
             values (gen_random_uuid(), '{organisation}', '{agreement}', '{asset}', 'extra', moment(), '{protocol}')"
        ),
    ];
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement)).execute(tx.connection()).await?;
    }
    tx.commit().await
}

#[tokio::test]
async fn what_is_lent_is_not_scrapped_and_what_is_scrapped_is_not_lent() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let laptop = model(&office, &klara.actor, "Dell", AssetKind::Laptop, "3520").await;
    let mut ids = Vec::new();
    for at in 0..32 {
        ids.push(add(&office, &klara.actor, laptop, &format!("L{at}"), "").await.unwrap());
    }
    let both = join_all(ids.iter().map(|id| {
        let (app, klara) = (&app, &klara);
        async move {
            let scrap = async {
                let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
                state::set(&mut tx, &proof(), *id, State::Scrapped, "zużyty").await?;
                tx.commit().await.map_err(Error::from)
            };
            let (lent, scrapped) = tokio::join!(hand_over(app, klara, *id), scrap);
            (lent.is_ok(), scrapped.is_ok(), scrapped)
        }
    }))
    .await;
    for (lent, scrapped, why) in &both {
        assert!(lent ^ scrapped, "lent {lent}, scrapped {scrapped}: {why:?}");
        assert!(matches!(why, Ok(()) | Err(Error::Lent)), "{why:?}");
    }
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let counts = find::counts(&mut tx, &proof().reader()).await.unwrap();
    let lent = i64::try_from(both.iter().filter(|(lent, ..)| *lent).count()).unwrap();
    assert_eq!((counts.lent, counts.gone, counts.in_stock), (lent, 32 - lent, 0));
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn the_numbers_of_the_register_follow_every_act_and_nobody_writes_them() {
    let app = TestApp::crowded().await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let laptop = model(&office, &klara.actor, "Dell", AssetKind::Laptop, "3520").await;
    let mut ids = Vec::new();
    for at in 0..24 {
        ids.push(add(&office, &klara.actor, laptop, &format!("L{at}"), "").await.unwrap());
    }
    // What is rolled back counts for nothing.
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let new = "insert into asset (id, organisation_id, model_id, maker_id, kind, inventory_no, label)
               select gen_random_uuid(), organisation_id, model_id, maker_id, kind, 'L99', 'aaaaaaaaaaaaaaaaaaaaaa' from asset limit 1";
    sqlx::query(new).execute(tx.connection()).await.unwrap();
    drop(tx);
    let lent = join_all(ids.iter().take(16).map(|id| hand_over(&app, &klara, *id))).await;
    assert!(lent.iter().all(Result::is_ok), "{lent:?}");
    // So often that sums are folded on the way.
    let mut owner = owner(&app).await;
    for id in ids.iter().take(10) {
        let back = "update loan set returned_at = moment(), result = 'ok' where asset_id = $1";
        sqlx::query(back).bind(id.0).execute(&mut owner).await.unwrap();
    }
    let add_and_take = "with one as (select register_tally_add($1, 'lent', 1)) select register_tally_add($1, 'lent', -1) from one";
    for _ in 0..200 {
        sqlx::query(add_and_take).bind(office.id.0).execute(&mut owner).await.unwrap();
    }
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let counts = find::counts(&mut tx, &proof().reader()).await.unwrap();
    assert_eq!((counts.in_stock, counts.lent), (18, 6));
    let written = "insert into register_tally (organisation_id, what, amount) values ($1, 'lent', 1)";
    assert!(sqlx::query(written).bind(office.id.0).execute(tx.connection()).await.is_err());
    drop(tx);
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let called = "select register_tally_add($1, 'lent', 1)";
    assert!(sqlx::query(called).bind(office.id.0).execute(tx.connection()).await.is_err());
    drop(tx);
    klara.client.get("/devices").await.assert(200).has("18").has("/devices?state=lent");
    app.end().await;
}

#[tokio::test]
async fn nothing_of_another_organisation_is_found_or_told() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let (here, there) = (app.office("tutaj").await, app.office("tam").await);
    let (klara, obcy) = (clerk(&here, "klara").await, clerk(&there, "obcy").await);
    let laptop = model(&here, &klara.actor, "Dell", AssetKind::Laptop, "3520").await;
    let id = add(&here, &klara.actor, laptop, "UM/7", "SER-7").await.unwrap();
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let label = asset::one(&mut tx, &proof().reader(), id).await.unwrap().label;
    for code in
        ["um 7", "ser7", &label, &format!("https://szkolenia.example.org/d/{label}"), &format!(" {label} ")]
    {
        assert_eq!(find::scanned(&mut tx, &proof().reader(), code).await.unwrap().id, id, "{code}");
    }
    let mut tx = app.ground.db.begin(&obcy.actor).await.unwrap();
    for code in ["UM/7", "SER-7", &label, ""] {
        let refused = find::scanned(&mut tx, &proof().reader(), code).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{code}: {refused:?}");
    }
    assert!(find::list(&mut tx, &proof().reader(), &Filter::default(), 10).await.unwrap().is_empty());
    // The search belongs to the owner of the tables; asked for another organisation it says nothing.
    let foreign: Vec<uuid::Uuid> =
        sqlx::query_scalar("select find_assets($1, '{}', null, null, null, null, '', 10)")
            .bind(here.id.0)
            .fetch_all(tx.connection())
            .await
            .unwrap();
    assert!(foreign.is_empty());
    drop(tx);
    for path in ["", "/edit", "/state?to=missing"] {
        obcy.client.get(&format!("/devices/assets/{id}{path}")).await.assert(404).lacks("UM/7").lacks("Dell");
    }
    for (path, form) in [
        ("/edit", &[("inventory_no", "X"), ("model", "")][..]),
        ("/state", &[("to", "missing"), ("reason", "x")]),
        ("/wiped", &[("method", "x")]),
        ("/sim", &[("sim", "00000000-0000-0000-0000-000000000000")]),
        ("/sim/out", &[]),
        ("/codes", &[("pin", "1234")]),
        ("/codes/show", &[]),
    ] {
        let page = obcy.client.post(&format!("/devices/assets/{id}{path}"), form).await;
        // A form that is wrong in itself is refused before anything is looked up.
        assert!(page.status == 404 || (path == "/edit" && page.status == 422), "{path}: {}", page.status);
        page.lacks("UM/7").lacks("Dell");
    }
    obcy.client.get(&format!("/devices?q={label}")).await.assert(200).lacks("UM/7");
    klara.client.get(&format!("/devices?q={label}")).await.assert(303);
    app.end().await;
}

#[tokio::test]
async fn pin_and_puk_are_sealed_and_each_look_at_them_is_written_down() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let card = model(&office, &klara.actor, "Orange", AssetKind::SimCard, "50 GB").await;
    let id = add(&office, &klara.actor, card, "SIM/1", "8948").await.unwrap();
    let codes = |pin: &'static str| [("pin", pin), ("puk", "87654321")];
    klara
        .client
        .post(&format!("/devices/assets/{id}/codes"), &codes("12"))
        .await
        .assert(422)
        .has("PIN ma od 4");
    klara.client.post(&format!("/devices/assets/{id}/codes"), &codes("4711")).await.assert(303);
    klara.client.get(&format!("/devices/assets/{id}")).await.assert(200).lacks("4711").lacks("87654321");
    let shown = klara.client.post(&format!("/devices/assets/{id}/codes/show"), &[]).await.assert(200);
    assert_eq!(shown.header("cache-control"), "no-store");
    shown.has("4711").has("87654321");
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let sealed: Vec<u8> = sqlx::query_scalar("select secrets_sealed from asset where id = $1")
        .bind(id.0)
        .fetch_one(tx.connection())
        .await
        .unwrap();
    assert!(
        !sealed.windows(4).any(|four| four == b"4711") && !sealed.windows(8).any(|some| some == b"87654321")
    );
    let looks: i64 = sqlx::query_scalar(
        "select count(*) from audit_event where act = 'viewed_sim_secrets' and subject_id = $1",
    )
    .bind(id.0)
    .fetch_one(tx.connection())
    .await
    .unwrap();
    assert_eq!(looks, 1);
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn a_chain_that_was_changed_from_outside_is_seen() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let laptop = model(&office, &klara.actor, "Dell", AssetKind::Laptop, "3520").await;
    let id = add(&office, &klara.actor, laptop, "L1", "").await.unwrap();
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    for (to, reason) in
        [(State::Missing, "nie ma w sali"), (State::InStock, "znalazł się"), (State::InRepair, "ekran")]
    {
        state::set(&mut tx, &proof(), id, to, reason).await.unwrap();
    }
    let chain = history::chain(&mut tx, &proof().reader(), id).await.unwrap();
    assert!(chain.intact && chain.length == 4, "{chain:?}");
    for act in ["update custody_event set at = at", "delete from custody_event"] {
        let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
        assert!(sqlx::query(AssertSqlSafe(act.to_owned())).execute(tx.connection()).await.is_err(), "{act}");
    }
    tx.commit().await.unwrap();
    let mut owner = owner(&app).await;
    sqlx::raw_sql(
        "set app.reach = 'installation'; alter table custody_event disable trigger custody_event_append_only;
         alter table custody_event disable trigger custody_event_only_blanked;
         update custody_event set detail = '{\"from\": \"in_stock\", \"to\": \"missing\", \"reason\": \"inny\"}' where number = 2",
    )
    .execute(&mut owner)
    .await
    .unwrap();
    klara.client.get(&format!("/devices/assets/{id}")).await.assert(200).has("Pieczęcie się nie zgadzają");
    app.end().await;
}

#[tokio::test]
async fn a_table_is_tried_then_read_in_whole_and_a_second_time_changes_nothing() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let send = async |bytes: Vec<u8>| {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("sprzet.csv");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = klara.client.request(reqwest::Method::POST, "/devices/import").multipart(form);
        klara.client.send(request).await
    };
    let bad = "nr_inwentarzowy,producent,model,rodzaj,program\nA1,Dell,3520,laptop,\na-1,Dell,3520,czajnik,Nie ma\n";
    let page = send(bad.into()).await.assert(422).has("2 błędy").has("czajnik");
    assert!(page.text.contains("a-1"));
    klara.client.get("/devices").await.assert(200).has("jeszcze pusta");
    send(b"a;b\n1;2\n".to_vec()).await.assert(422).has("nr_inwentarzowy");

    let head = "nr_inwentarzowy;nr_seryjny;rodzaj;producent;model;miejsce;nr_telefonu;uwagi\n";
    let text = format!(
        "{head}IT/1;AA-1;laptop;Dell;Latitude 3520;Świetlica;;=HYPERLINK(\"http://zly.example\")\n\
         IT/2;8948;karta sim;Orange;Internet;Świetlica;+48 600 100 200;żółć\n"
    );
    let (old, _, _) = encoding_rs::WINDOWS_1250.encode(&text);
    let page = send(old.to_vec()).await.assert(200);
    klara.client.get("/devices").await.assert(200).has("jeszcze pusta");
    let id = page.value("file");
    for _ in 0..2 {
        klara.client.post("/devices/import/confirm", &[("file", &id)]).await.assert(303);
    }
    klara.client.get("/devices?q=it+latitude").await.assert(200).has("Świetlica").has("IT/1");

    let export = klara.client.get("/devices/export").await.assert(200);
    assert!(export.text.contains("'=HYPERLINK"), "{}", export.text);
    assert!(
        !export.text.contains(";=HYPERLINK") && !export.text.contains(";\"=HYPERLINK"),
        "{}",
        export.text
    );
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let again = import::assets(&mut tx, &proof(), &import::table(export.text.as_bytes(), "").unwrap(), false)
        .await
        .unwrap();
    assert_eq!((again.created.len(), again.changed.len(), again.same), (0, 0, 2), "{again:?}");

    // A known serial under another number is offered, and only done when it was asked for.
    let moved = format!("{head}NOWY/1;aa 1;laptop;Dell;Latitude 3520;Świetlica;;x\n");
    let tried = import::assets(&mut tx, &proof(), &import::table(moved.as_bytes(), "").unwrap(), false)
        .await
        .unwrap();
    assert_eq!(tried.retagged, [("IT/1".to_owned(), "NOWY/1".to_owned())]);
    assert!(find::scanned(&mut tx, &proof().reader(), "NOWY1").await.is_err());
    import::assets(&mut tx, &proof(), &import::table(moved.as_bytes(), "").unwrap(), true).await.unwrap();
    assert_eq!(find::scanned(&mut tx, &proof().reader(), "NOWY1").await.unwrap().serial.unwrap(), "aa 1");
    // What the file has no column for stays.
    let short = "nr_inwentarzowy;producent;model\nIT/2;Orange;Internet\nIT/9;Orange;Nieznany\n";
    let tried = import::assets(&mut tx, &proof(), &import::table(short.as_bytes(), "").unwrap(), false)
        .await
        .unwrap();
    assert_eq!(tried.problems.len(), 1);
    assert_eq!((tried.problems[0].line, tried.problems[0].field), (3, "kind"));
    assert_eq!(tried.problems[0].problem, Problem::Missing);
    let card = find::scanned(&mut tx, &proof().reader(), "IT2").await.unwrap();
    let details = history::details(&mut tx, &proof().reader(), None, card.id).await.unwrap();
    assert_eq!(details.phone_no.as_deref(), Some("+48 600 100 200"));
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn ten_thousand_rows_are_read_in_one_go() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let mut text = "nr_inwentarzowy;nr_seryjny;rodzaj;producent;model;miejsce\n".to_owned();
    for at in 0..10_000 {
        text.push_str(&format!("N/{at};S{at};laptop;Dell;Model {};Miejsce {}\n", at % 40, at % 25));
    }
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    for (created, same) in [(10_000, 0), (0, 10_000)] {
        let begun = std::time::Instant::now();
        let outcome = import::assets(&mut tx, &proof(), &import::table(text.as_bytes(), "").unwrap(), false)
            .await
            .unwrap();
        assert_eq!((outcome.created.len(), outcome.changed.len(), outcome.same), (created, 0, same));
        let took = begun.elapsed();
        eprintln!("10,000 rows, {created} of them new: {took:?}");
        assert!(took.as_secs() < 600, "{took:?}");
    }
    let filter = Filter { text: "s777 model".to_owned(), ..Filter::default() };
    let found = find::list(&mut tx, &proof().reader(), &filter, 50).await.unwrap();
    assert_eq!(found.len(), 11, "{:?}", found.iter().map(|one| &one.inventory_no).collect::<Vec<_>>());
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn a_finder_reads_whose_it_is_and_leaves_a_note_and_a_flood_is_stopped() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let laptop = model(&office, &klara.actor, "Dell", AssetKind::Laptop, "Latitude 3520").await;
    let id = add(&office, &klara.actor, laptop, "UM/7", "SER-7").await.unwrap();
    let second = add(&office, &klara.actor, laptop, "UM/8", "SER-8").await.unwrap();
    hand_over(&app, &klara, id).await.unwrap();
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let label = asset::one(&mut tx, &proof().reader(), id).await.unwrap().label;
    let second = asset::one(&mut tx, &proof().reader(), second).await.unwrap().label;
    drop(tx);
    let labels = klara.client.get("/devices/labels?start=5").await.assert(200).has("UM/7");
    assert_eq!(labels.text.matches("empty-label").count(), 4);
    // Each code on the sheet leads to the public page of the device whose number stands beside it.
    let mut printed = Vec::new();
    for cell in labels.text.split("<li class=\"label\">").skip(1) {
        let number = ["UM/7", "UM/8"].into_iter().find(|number| cell.contains(number));
        printed.push((number.expect("the number of a device"), qr::of_svg(cell)));
    }
    printed.sort_unstable();
    let site = app.config.public_url();
    assert_eq!(printed, [("UM/7", format!("{site}/d/{label}")), ("UM/8", format!("{site}/d/{second}"))]);
    let path = printed[0].1.strip_prefix(&site).unwrap().to_owned();
    let finder = app.visitor();
    let page = finder
        .get(&path)
        .await
        .assert(200)
        .has("Urząd brzozow")
        .lacks("Latitude")
        .lacks("UM/7")
        .lacks("KLARA");
    assert_eq!(page.header("x-robots-tag"), "noindex");
    finder.get("/d/AAAAAAAAAAAAAAAAAAAAAA").await.assert(404);
    finder.get("/d/x").await.assert(404);
    finder.post(&path, &[("text", "")]).await.assert(422);
    finder.post(&path, &[("text", "spam"), ("website", "http://x")]).await.assert(200);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(finder.post(&path, &[("text", "Leży w bibliotece")]).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let mut tx = app.ground.db.begin(&klara.actor).await.unwrap();
    let notes: Vec<String> =
        sqlx::query_scalar("select description from incident where kind = 'found' and asset_id = $1")
            .bind(id.0)
            .fetch_all(tx.connection())
            .await
            .unwrap();
    assert_eq!(notes, ["Leży w bibliotece"; 3]);
    drop(tx);
    app.end().await;
}

#[tokio::test]
async fn the_interface_for_programs_keeps_the_register_by_the_same_rules() {
    let app = TestApp::start_with(|config| config.workers = 0).await;
    let office = app.office("brzozow").await;
    let klara = clerk(&office, "klara").await;
    let model = model(&office, &klara.actor, "Dell", AssetKind::Laptop, "Latitude 3520").await;
    let client = klara.with_ticket().await;
    let reader = office.learner("jan").await.with_ticket().await;
    reader.get("/api/v1/devices").await.assert(403);
    let send = async |method: reqwest::Method, path: &str, body: serde_json::Value| {
        client.send(client.request(method, path).json(&body)).await
    };
    let fields = |no: &str| serde_json::json!({ "model": model.0, "inventory_no": no, "serial": "ABC 1" });
    let post = reqwest::Method::POST;
    let made = send(post.clone(), "/api/v1/devices", fields("UM/1")).await.assert(201);
    let path = made.header("location");
    send(post.clone(), "/api/v1/devices", fields("UM/2")).await.assert(422).has("serial");
    let put = reqwest::Method::PUT;
    let change = |revision: i32, no: &str| serde_json::json!({ "revision": revision, "device": fields(no) });
    send(put.clone(), &path, change(1, "UM/1/2026")).await.assert(200).has("\"revision\":2");
    send(put.clone(), &path, change(1, "UM/9")).await.assert(409).has("\"revision\":2");
    client.get(&path).await.assert(200).has("UM/1/2026");
    client.get(&format!("{path}/custody")).await.assert(200).has("\"intact\":true").has("registered");
    client.get("/api/v1/devices?q=latitude&state=in_stock").await.assert(200).has("UM/1/2026");
    client.get("/api/v1/devices?state=lent").await.assert(200).lacks("UM/1/2026");
    client.get("/api/v1/devices?state=gdzies").await.assert(422);
    app.end().await;
}
