//! What makes the reports of the demonstration worth a look: devices that institutions have on loan, a repair that was paid for,
//! damage that was assessed, statistics that everybody may see.

use base::OrganisationId;
use devices::loans::agreement::NewAgreement;
use devices::loans::kind::{AgreementKind, IncidentKind, LoanKind};
use devices::loans::party::Whom;
use devices::loans::{incident, repair};
use devices::reports::savings::{self, Inputs};
use devices::statistics;
use identity::PeopleAdmin;
use time::Date;
use time::macros::date;

use super::House;
use super::loans::{self, Desk};
use crate::ground::Ground;

/// Loads what is not there yet.
///
/// Errors: a device of the demonstration is missing, or something stands against a hand-over.
pub async fn load(ground: &Ground, house: &House<'_>, organisation: OrganisationId) -> anyhow::Result<()> {
    let Some(mut desk) = Desk::of(ground, house, organisation).await? else { return Ok(()) };
    if statistics::is_on(&mut desk.tx).await? {
        return Ok(());
    }
    if house.school {
        school(&mut desk).await?
    } else {
        office(&mut desk).await?
    }
    statistics::switch_on(&mut desk.tx, &PeopleAdmin::at_the_terminal()).await?;
    Ok(desk.tx.commit().await?)
}

/// Several devices in the hands of an institution since a day.
async fn lend(
    desk: &mut Desk,
    name: &str,
    representative: &str,
    codes: &[String],
    on: Date,
    until: Date,
) -> anyhow::Result<()> {
    let new = NewAgreement {
        kind: AgreementKind::Loan,
        programme: None,
        purpose: "praca z podopiecznymi i zajęcia stacjonarne".to_owned(),
        whom: Whom::Institution {
            name: name.to_owned(),
            address: "Brzozów Wielki".to_owned(),
            email: String::new(),
            representative: representative.to_owned(),
        },
    };
    desk.hand_out(&new, LoanKind::Extra, codes, &loans::until(until), on).await?;
    Ok(())
}

fn codes(series: &str, numbers: std::ops::RangeInclusive<u8>, year: u16) -> impl Iterator<Item = String> {
    numbers.map(move |number| format!("{series}/{number}/{year}"))
}

async fn office(desk: &mut Desk) -> anyhow::Result<()> {
    let welfare: Vec<String> = codes("UM/IT", 1..=7, 2024).collect();
    let head = "Grażyna Topolska";
    lend(
        desk,
        "Miejski Ośrodek Pomocy Społecznej",
        head,
        &welfare,
        date!(2025 - 02 - 03),
        date!(2027 - 02 - 02),
    )
    .await?;
    let library: Vec<String> = codes("UM/RM", 10..=17, 2024).chain(codes("UM/IT", 8..=9, 2024)).collect();
    let head = "Henryk Jaworek";
    lend(desk, "Miejska Biblioteka Publiczna", head, &library, date!(2026 - 01 - 12), date!(2026 - 10 - 31))
        .await?;
    let inputs =
        Inputs { device_grosze: 202_827, page_grosze: 32, pages: 220, meetings: 14, ..Inputs::default() };
    Ok(savings::remember(&mut desk.tx, &desk.proof.reader(), &inputs).await?)
}

async fn school(desk: &mut Desk) -> anyhow::Result<()> {
    let home: Vec<String> = codes("SP2/L", 1..=9, 2021).collect();
    let head = "Elżbieta Wiązowska";
    lend(desk, "Dom Dziecka „Leszczynka”", head, &home, date!(2025 - 09 - 08), date!(2026 - 12 - 31)).await?;
    let club: Vec<String> = codes("SP2/ZSP", 1..=8, 2020).chain(codes("SP2/TAB", 1..=5, 2020)).collect();
    let head = "Mirosław Jarząb";
    lend(desk, "Świetlica środowiskowa „Iskra”", head, &club, date!(2026 - 09 - 14), date!(2027 - 06 - 25))
        .await?;
    let told = incident::Told {
        kind: IncidentKind::Damage,
        happened_on: date!(2026 - 10 - 05),
        description: "Urwany zawias po upadku z ławki podczas lekcji informatyki.".to_owned(),
    };
    let (tx, proof) = (&mut desk.tx, &desk.proof);
    let id = incident::report(tx, proof, "SP2/ZS/12/2020", &told).await?;
    let order = repair::Order {
        workshop: "Serwis Komputerowy Dębina".to_owned(),
        description: "Wymiana zawiasu i obudowy.".to_owned(),
        ..repair::Order::default()
    };
    repair::begin(tx, proof, id, &order).await?;
    repair::end(tx, proof, id, Some(34_900)).await?;
    let work = incident::Work {
        assessed_grosze: Some(34_900),
        settlement: "Naprawa na koszt szkoły, bez obciążania ucznia.".to_owned(),
        ..incident::Work::default()
    };
    incident::work_on(tx, proof, id, &work).await?;
    Ok(incident::close(tx, proof, id).await?)
}
