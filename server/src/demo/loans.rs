//! Loans of the demonstration: pupils whose guardians signed, councillors until the end of the term; open, overdue and closed
//! ones, one with something missing, and two incidents.

use anyhow::bail;
use base::{OrganisationId, PersonId, Tx};
use devices::loans::agreement::{self, NewAgreement};
use devices::loans::due::{self, Rules};
use devices::loans::handover::{self, Going, HandOver, Handed};
use devices::loans::kind::{AgreementKind, EventKind, Grade, IncidentKind, LoanKind, SignedBy};
use devices::loans::list::{self, Filter, Show};
use devices::loans::party::Whom;
use devices::loans::take_back::{self, Back};
use devices::loans::{event, incident, thing};
use devices::{DueEventId, LoanId};
use identity::guardian::{self, Basis};
use identity::person::{self, NewPerson};
use identity::{DeviceClerk, PeopleAdmin};
use time::Date;
use time::macros::date;

use super::House;
use crate::ground::Ground;

/// Loads what is not there yet.
///
/// Errors: a person or device of the demonstration is missing, or something stands against a hand-over.
pub async fn load(ground: &Ground, house: &House<'_>, organisation: OrganisationId) -> anyhow::Result<()> {
    let Some(mut desk) = Desk::of(ground, house, organisation).await? else { return Ok(()) };
    let all = Filter { show: Show::All, take: 1, ..Filter::default() };
    if list::loans(&mut desk.tx, &desk.proof.reader(), &all).await?.1 > 0 {
        return Ok(());
    }
    if house.school {
        school(&mut desk).await?
    } else {
        office(&mut desk).await?
    }
    Ok(desk.tx.commit().await?)
}

/// The clerk's desk: an open transaction in which the clerk acts.
pub struct Desk {
    /// The transaction.
    pub tx: Tx,
    /// The clerk's proof.
    pub proof: DeviceClerk,
}

impl Desk {
    /// The desk of the house; `None` in a demonstration that was made before there were devices.
    pub async fn of(
        ground: &Ground,
        house: &House<'_>,
        organisation: OrganisationId,
    ) -> anyhow::Result<Option<Self>> {
        let Ok(clerk) = crate::course::named(ground, organisation, house.clerk).await else {
            return Ok(None);
        };
        let actor = identity::session::at_the_terminal(organisation, clerk);
        Ok(Some(Self { tx: ground.db.begin(&actor).await?, proof: DeviceClerk::at_the_terminal() }))
    }

    async fn person(&mut self, login: &str) -> anyhow::Result<PersonId> {
        let found = guardian::find(&mut self.tx, &self.proof.reader(), login, None, 1).await?;
        match found.first() {
            Some(card) => Ok(card.id),
            None => bail!("nobody is called {login}"),
        }
    }

    /// A guardian without a password of their own, for a pupil.
    async fn guardian(
        &mut self,
        pupil: &str,
        born_on: Date,
        given: &str,
        family: &str,
    ) -> anyhow::Result<()> {
        let ward = self.person(pupil).await?;
        let login = format!("rodzic.{pupil}");
        let new = NewPerson {
            email: format!("{login}@sp2.example.org"),
            login,
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            ..NewPerson::default()
        };
        let guardian = person::create(&mut self.tx, &PeopleAdmin::at_the_terminal(), &new).await?;
        guardian::set_born_on(&mut self.tx, &self.proof, ward, Some(born_on)).await?;
        guardian::add(&mut self.tx, &self.proof, ward, guardian, Basis::Parent, born_on).await?;
        Ok(())
    }

    /// A device in the hands of a person since a day.
    pub async fn lend(
        &mut self,
        login: &str,
        code: &str,
        kind: AgreementKind,
        purpose: &str,
        rules: &Rules,
        on: Date,
    ) -> anyhow::Result<LoanId> {
        let beneficiary = self.person(login).await?;
        let new = NewAgreement {
            kind,
            programme: None,
            purpose: purpose.to_owned(),
            whom: Whom::Person { beneficiary, signatory: None },
        };
        let (tx, proof) = (&mut self.tx, &self.proof);
        let id = agreement::create(tx, proof, &new).await?;
        let loan = agreement::add_item(tx, proof, id, code, LoanKind::Primary).await?;
        due::set_of_agreement(tx, proof, id, rules).await?;
        agreement::sign(tx, proof, id, SignedBy::Paper, None).await?;
        let thing = thing::scanned(tx, &proof.reader(), code).await?;
        let agreed = agreement::one(tx, &proof.reader(), id).await?;
        let signatory = agreed.party(devices::loans::kind::Role::Signatory);
        let given = HandOver {
            on: Some(on),
            signed_by: SignedBy::Paper,
            signatory: signatory.map(|party| party.name.clone()).unwrap_or_default(),
            confirmed: true,
            items: vec![Going {
                loan,
                grade: Grade::B,
                checked: thing.checklist,
                accessories: thing.accessories,
                note: String::new(),
            }],
        };
        match handover::hand_over(tx, proof, id, &given).await? {
            Handed::Done(_) => Ok(loan),
            Handed::Not(found) => bail!("{code}: {found:?}"),
        }
    }
}

fn until(day: Date) -> Rules {
    Rules { on_day: Some(day), ..Rules::default() }
}

fn with(event: DueEventId) -> Rules {
    Rules { events: vec![event], ..Rules::default() }
}

async fn school(desk: &mut Desk) -> anyhow::Result<()> {
    let last = Some(date!(2027 - 08 - 31));
    let year =
        event::create(&mut desk.tx, &desk.proof, EventKind::SchoolYear, "rok szkolny 2026/2027", None, last)
            .await?;
    for (pupil, born_on, given, family) in [
        ("antonina.borowka", date!(2014 - 03 - 12), "Marta", "Borówka"),
        ("bartosz.chmielik", date!(2014 - 07 - 02), "Paweł", "Chmielik"),
        ("celina.drozdek", date!(2014 - 11 - 25), "Iwona", "Drozdek"),
        ("dawid.fiolek", date!(2014 - 05 - 30), "Joanna", "Fiołek"),
        ("emilia.glogowiak", date!(2014 - 01 - 19), "Karol", "Głogowiak"),
    ] {
        desk.guardian(pupil, born_on, given, family).await?;
    }
    let learning = "nauka zdalna i odrabianie lekcji";
    let loan = AgreementKind::Loan;
    let september = date!(2026 - 09 - 07);
    desk.lend("antonina.borowka", "SP2/ZS/1/2020", loan, learning, &with(year), september).await?;
    let overdue = until(date!(2026 - 11 - 06));
    desk.lend("bartosz.chmielik", "SP2/ZS/2/2020", loan, learning, &overdue, september).await?;
    desk.lend("celina.drozdek", "SP2/ZS/3/2020", loan, learning, &until(date!(2026 - 12 - 04)), september)
        .await?;
    let short = until(date!(2026 - 10 - 30));
    desk.lend("dawid.fiolek", "SP2/ZS/4/2020", loan, "rekonwalescencja", &short, september).await?;
    desk.lend("emilia.glogowiak", "SP2/ZS/5/2020", loan, learning, &with(year), september).await?;
    let back = Back {
        on: Some(date!(2026 - 10 - 29)),
        grade: Some(Grade::C),
        missing: vec!["zasilacz".to_owned()],
        signed: Some((SignedBy::Paper, "Joanna Fiołek".to_owned())),
        ..Back::complete()
    };
    take_back::take_back(&mut desk.tx, &desk.proof, "SP2/ZS/4/2020", &back).await?;
    report(
        desk,
        "SP2/ZS/5/2020",
        IncidentKind::Damage,
        date!(2026 - 11 - 12),
        "Laptop spadł z biurka, pękł lewy róg ekranu.",
    )
    .await?;
    let said = "Mama mówi, że laptop oddano w sekretariacie przed długim weekendem.";
    report(desk, "SP2/ZS/2/2020", IncidentKind::ClaimedReturned, date!(2026 - 11 - 09), said).await?;
    Ok(())
}

async fn report(
    desk: &mut Desk,
    code: &str,
    kind: IncidentKind,
    happened_on: Date,
    description: &str,
) -> anyhow::Result<()> {
    let told = incident::Told { kind, happened_on, description: description.to_owned() };
    incident::report(&mut desk.tx, &desk.proof, code, &told).await?;
    Ok(())
}

async fn office(desk: &mut Desk) -> anyhow::Result<()> {
    let last = Some(date!(2029 - 04 - 30));
    let name = "IX kadencja Rady Miejskiej";
    let term = event::create(&mut desk.tx, &desk.proof, EventKind::CouncilTerm, name, None, last).await?;
    let work = "praca radnego: sesje, komisje i materiały na posiedzenia";
    for (login, code) in [("marek.wrzosek", "UM/RM/1/2024"), ("lidia.kalinska", "UM/RM/2/2024")] {
        desk.lend(login, code, AgreementKind::Entrusted, work, &with(term), date!(2024 - 06 - 03)).await?;
    }
    Ok(())
}
