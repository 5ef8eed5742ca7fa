//! Old loans for the demonstration: one file that is not kept any longer, one that is held, one whose clock runs. The laptops
//! are scrapped since.

use anyhow::bail;
use base::OrganisationId;
use devices::loans::due::Rules;
use devices::loans::kind::{AgreementKind, Grade, SignedBy};
use devices::loans::list;
use devices::loans::take_back::{self, Back};
use devices::loans::thing;
use devices::register::catalogue::{self, NewModel};
use devices::register::{AssetKind, NewAsset, State, asset, state};
use devices::retention::{FileId, hold};
use time::Date;
use time::macros::date;

use super::House;
use super::loans::Desk;
use crate::ground::Ground;

/// Inventory number, serial, who had it, from when to when.
const OLD: [(&str, &str, &str, Date, Date); 3] = [
    ("UM/ZS/1/2014", "PF07K2M1", "szymon.gaweda", date!(2017 - 09 - 04), date!(2019 - 06 - 28)),
    ("UM/ZS/2/2014", "PF07K2M4", "bozena.cwik", date!(2017 - 09 - 04), date!(2019 - 06 - 28)),
    ("UM/ZS/3/2014", "PF07K2M9", "kacper.sosnowy", date!(2020 - 03 - 16), date!(2021 - 06 - 25)),
];

/// Loads what is not there yet.
///
/// Errors: a person of the demonstration is missing, or something stands against a hand-over.
pub async fn load(ground: &Ground, house: &House<'_>, organisation: OrganisationId) -> anyhow::Result<()> {
    if house.school {
        return Ok(());
    }
    let Some(mut desk) = Desk::of(ground, house, organisation).await? else { return Ok(()) };
    if thing::scanned(&mut desk.tx, &desk.proof.reader(), OLD[0].0).await.is_ok() {
        return Ok(());
    }
    let new = NewModel {
        maker: "Lenovo".to_owned(),
        kind: Some(AssetKind::Laptop),
        name: "ThinkPad L440".to_owned(),
        checklist: vec!["Uruchamia się".to_owned()],
        accessories: vec!["zasilacz".to_owned()],
        holds_data: true,
    };
    let model = catalogue::save_model(&mut desk.tx, &desk.proof, None, &new).await?;
    for (at, (number, serial, login, from, to)) in OLD.into_iter().enumerate() {
        let thing = NewAsset {
            model: Some(model),
            inventory_no: number.to_owned(),
            serial: serial.to_owned(),
            ..NewAsset::default()
        };
        let id = asset::register(&mut desk.tx, &desk.proof, &thing).await?;
        let rules = Rules { on_day: Some(to), ..Rules::default() };
        let work = "praca zdalna i w terenie";
        let loan = desk.lend(login, number, AgreementKind::Entrusted, work, &rules, from).await?;
        let line = list::one(&mut desk.tx, &desk.proof.reader(), loan).await?;
        let back = Back {
            on: Some(to),
            grade: Some(Grade::C),
            signed: Some((SignedBy::Paper, line.who.clone())),
            ..Back::complete()
        };
        let taken = take_back::take_back(&mut desk.tx, &desk.proof, number, &back).await?;
        if taken.loan.is_none() {
            bail!("{number} was not lent");
        }
        take_back::wipe(&mut desk.tx, &desk.proof, number, "nadpisanie całego dysku").await?;
        state::set(&mut desk.tx, &desk.proof, id, State::Scrapped, "zużycie").await?;
        if at == 1 {
            let why = "kontrola regionalnej izby obrachunkowej, pismo RIO-4101-7/2026";
            hold::place(&mut desk.tx, &desk.proof, FileId(line.agreement.0), why).await?;
        }
    }
    Ok(desk.tx.commit().await?)
}
