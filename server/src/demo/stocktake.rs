//! A stocktake in progress for the demonstration: the school's store is half counted, one label nobody knows, one device from
//! elsewhere.

use base::OrganisationId;
use devices::register::catalogue;
use devices::register::find::{self, Filter};
use devices::stocktake::{self, NewStocktake, Scan};

use super::House;
use super::loans::Desk;
use crate::ground::Ground;

/// Loads what is not there yet.
pub async fn load(ground: &Ground, house: &House<'_>, organisation: OrganisationId) -> anyhow::Result<()> {
    if !house.school {
        return Ok(());
    }
    let Some(Desk { mut tx, proof }) = Desk::of(ground, house, organisation).await? else { return Ok(()) };
    if !stocktake::all(&mut tx, &proof.reader()).await?.is_empty() {
        return Ok(());
    }
    let places = catalogue::places(&mut tx, &proof.reader()).await?;
    let place = places.iter().max_by_key(|place| place.assets).map(|place| place.id);
    let new = NewStocktake {
        name: "Spis roczny 2026, laptopy szkolne".to_owned(),
        place,
        unit: None,
        counters: ["Wanda Kalinowa".to_owned(), "Urszula Malinowicz".to_owned()],
    };
    let id = stocktake::open(&mut tx, &proof, &new).await?;
    let here = Filter { place, ..Filter::default() };
    let assets = find::list(&mut tx, &proof.reader(), &here, 200).await?;
    let shelf = assets.iter().filter(|asset| asset.is_free()).step_by(2);
    let elsewhere = find::list(&mut tx, &proof.reader(), &Filter::default(), 500).await?;
    let stray = elsewhere.iter().find(|asset| !assets.iter().any(|here| here.id == asset.id));
    let codes =
        shelf.chain(stray).map(|asset| asset.inventory_no.clone()).chain(["SP2-STARA-0047".to_owned()]);
    for (at, code) in codes.enumerate() {
        let scan = Scan { code, counter: if at % 2 == 0 { 1 } else { 2 } };
        stocktake::scan(&mut tx, &proof, id, &scan).await?;
    }
    Ok(tx.commit().await?)
}
