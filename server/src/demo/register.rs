//! Devices of the demonstration: models, places, purchases and programmes, 140 devices from two tables, and SIM cards that are
//! in tablets.

use std::path::Path;

use anyhow::{Context as _, bail};
use base::key::{self, Purpose};
use base::{OrganisationId, Tx};
use devices::ProgrammeId;
use devices::register::catalogue::{self, NewModel};
use devices::register::find::{self, Filter};
use devices::register::purchase::{self, Lot, Programme};
use devices::register::{AssetKind, State, import, sim, state};
use identity::DeviceClerk;
use time::macros::date;

use super::House;
use crate::ground::Ground;

/// Maker, name, kind, what goes along.
const MODELS: [(&str, &str, AssetKind, &[&str]); 8] = [
    ("Dell", "Latitude 3540", AssetKind::Laptop, &["zasilacz", "torba", "mysz"]),
    ("Samsung", "Galaxy Tab S9 FE 5G", AssetKind::Tablet, &["ładowarka", "etui z klawiaturą"]),
    ("Samsung", "Galaxy Tab A8 LTE", AssetKind::Tablet, &["ładowarka", "etui"]),
    ("Lenovo", "300e 2nd Gen", AssetKind::Laptop, &["zasilacz"]),
    ("HP", "250 G8", AssetKind::Laptop, &["zasilacz", "torba"]),
    ("Lenovo", "V15 G2", AssetKind::Laptop, &["zasilacz", "torba", "mysz"]),
    ("Brother", "DCP-L2512D", AssetKind::Printer, &["kabel zasilający", "kabel USB"]),
    ("Brother", "HL-L2352DW", AssetKind::Printer, &["kabel zasilający"]),
];

const CHECKLIST: [&str; 4] =
    ["Ekran bez pęknięć", "Obudowa bez uszkodzeń", "Uruchamia się", "Naklejka z kodem QR na miejscu"];

/// Loads what is not there yet.
///
/// Errors: a file of the demonstration is missing or cannot be taken; the sentence says which.
pub async fn load(
    ground: &Ground,
    folder: &Path,
    house: &House<'_>,
    organisation: OrganisationId,
) -> anyhow::Result<()> {
    let Ok(clerk) = crate::course::named(ground, organisation, house.clerk).await else {
        // A demonstration that was made before there were devices goes on without them.
        return Ok(());
    };
    let actor = identity::session::at_the_terminal(organisation, clerk);
    let seal = key::current(&ground.db, Purpose::Seal).await?;
    let proof = DeviceClerk::at_the_terminal();
    let mut tx = ground.db.begin(&actor).await?;
    if !find::ids(&mut tx, &proof.reader(), &Filter::default(), 1).await?.is_empty() {
        return Ok(());
    }
    let path = folder.join(format!("register-{}.csv", house.slug));
    let table = std::fs::read(&path).with_context(|| path.display().to_string())?;
    for (maker, name, kind, accessories) in MODELS {
        let text = String::from_utf8_lossy(&table);
        if !text.contains(&format!(";{maker};{name};")) {
            continue;
        }
        let new = NewModel {
            maker: maker.to_owned(),
            kind: Some(kind),
            name: name.to_owned(),
            checklist: CHECKLIST.map(str::to_owned).to_vec(),
            accessories: accessories.iter().map(|one| (*one).to_owned()).collect(),
            holds_data: kind != AssetKind::Printer,
        };
        catalogue::save_model(&mut tx, &proof, None, &new).await?;
    }
    if house.school {
        school(&mut tx, &proof).await?
    } else {
        office(&mut tx, &proof).await?
    }
    let outcome = import::assets(&mut tx, &proof, &import::table(&table, "")?, false).await?;
    if !outcome.problems.is_empty() {
        bail!("{}: {:?}", path.display(), outcome.problems);
    }
    cards(&mut tx, &proof, &seal, house).await?;
    lives(&mut tx, &proof, house).await?;
    Ok(tx.commit().await?)
}

async fn programme(
    tx: &mut Tx,
    proof: &DeviceClerk,
    name: &str,
    neutral: &str,
) -> anyhow::Result<ProgrammeId> {
    let new = Programme {
        name: name.to_owned(),
        neutral_name: neutral.to_owned(),
        sensitive: !neutral.is_empty(),
        named_in_agreements: false,
        donation: false,
        durable_until: (!neutral.is_empty()).then_some(date!(2026 - 12 - 31)),
    };
    Ok(purchase::save_programme(tx, proof, None, &new).await?)
}

async fn office(tx: &mut Tx, proof: &DeviceClerk) -> anyhow::Result<()> {
    let council = programme(tx, proof, "Sprzęt dla radnych", "").await?;
    let own = programme(tx, proof, "Sprzęt urzędu", "").await?;
    let tablets = Lot {
        name: "Tablety dla Rady Miejskiej 2024".to_owned(),
        invoice_no: "FV/2024/05/118".to_owned(),
        bought_on: Some(date!(2024 - 05 - 14)),
        unit_price_grosze: Some(202_827),
        warranty_until: Some(date!(2026 - 12 - 31)),
        insurer: "Towarzystwo Ubezpieczeń Brzoza".to_owned(),
        policy_no: "TUB/884/2024".to_owned(),
        insured_until: Some(date!(2027 - 05 - 13)),
        shares: vec![(council, 1000)],
    };
    purchase::save_lot(tx, proof, None, &tablets).await?;
    let laptops = Lot {
        name: "Laptopy dla urzędu 2024".to_owned(),
        invoice_no: "FV/2024/09/031".to_owned(),
        bought_on: Some(date!(2024 - 09 - 02)),
        unit_price_grosze: Some(349_900),
        warranty_until: Some(date!(2027 - 09 - 01)),
        shares: vec![(own, 900), (council, 100)],
        ..Lot::default()
    };
    purchase::save_lot(tx, proof, None, &laptops).await?;
    Ok(())
}

async fn school(tx: &mut Tx, proof: &DeviceClerk) -> anyhow::Result<()> {
    let first = programme(tx, proof, "Zdalna Szkoła", "").await?;
    let second = programme(tx, proof, "Zdalna Szkoła+", "").await?;
    let foster = programme(tx, proof, "Wsparcie dzieci w pieczy zastępczej", "Laptopy 2021").await?;
    let lots = [
        ("Zdalna Szkoła 2020", "FV/20/0417", date!(2020 - 04 - 27), 139_900, vec![(first, 1000)]),
        (
            "Zdalna Szkoła+ 2020",
            "FV/20/0611",
            date!(2020 - 06 - 15),
            214_500,
            vec![(second, 850), (first, 150)],
        ),
        ("Laptopy 2021", "FV/21/0209", date!(2021 - 02 - 09), 263_000, vec![(foster, 1000)]),
    ];
    for (name, invoice, day, price, shares) in lots {
        let lot = Lot {
            name: name.to_owned(),
            invoice_no: invoice.to_owned(),
            bought_on: Some(day),
            unit_price_grosze: Some(price),
            shares,
            ..Lot::default()
        };
        purchase::save_lot(tx, proof, None, &lot).await?;
    }
    Ok(())
}

/// Each tablet has its card, but the last, whose card is in the drawer.
async fn cards(tx: &mut Tx, proof: &DeviceClerk, seal: &[u8], house: &House<'_>) -> anyhow::Result<()> {
    let (count, tablet, card) =
        if house.school { (6, "SP2/TAB", "SP2/SIM") } else { (21, "UM/RM", "UM/SIM") };
    let year = if house.school { 2020 } else { 2024 };
    for at in 1..count {
        let sim = find::scanned(tx, &proof.reader(), &format!("{card}/{at}/{year}")).await?.id;
        let device = find::scanned(tx, &proof.reader(), &format!("{tablet}/{at}/{year}")).await?.id;
        let secrets =
            sim::Secrets { pin: format!("{:04}", 1200 + at), puk: format!("{:08}", 40_315_000 + at) };
        sim::set_secrets(tx, proof, seal, sim, &secrets).await?;
        sim::place(tx, proof, sim, device, 1).await?;
    }
    Ok(())
}

/// Some are not where they should be.
async fn lives(tx: &mut Tx, proof: &DeviceClerk, house: &House<'_>) -> anyhow::Result<()> {
    let lives: &[(&str, State, &str)] = if house.school {
        &[
            ("SP2/ZS/28/2020", State::InRepair, "nie ładuje się, zgłoszenie do serwisu"),
            ("SP2/ZS/29/2020", State::Missing, "brak podczas przeglądu sali 14"),
            ("SP2/ZS/30/2020", State::Scrapped, "zalany, naprawa nieopłacalna"),
            ("SP2/ZSP/27/2020", State::Quarantine, "do obejrzenia po wakacjach"),
            ("SP2/ZSP/28/2020", State::Stolen, "kradzież zgłoszona na policji"),
        ]
    } else {
        &[
            ("UM/IT/18/2024", State::InRepair, "pęknięty zawias"),
            ("UM/DR/5/2023", State::Scrapped, "zużyty bęben i podajnik"),
        ]
    };
    for (no, to, reason) in lives {
        let id = find::scanned(tx, &proof.reader(), no).await?.id;
        state::set(tx, proof, id, *to, reason).await?;
    }
    Ok(())
}
