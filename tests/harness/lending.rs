//! Devices of a test: a clerk, laptops on the books, agreements that are signed, and devices in the hands of people.

use base::{Actor, PersonId, Tx};
use devices::loans::agreement::{self, NewAgreement};
use devices::loans::due::{self, Rules};
use devices::loans::handover::{self, Going, HandOver, Handed};
use devices::loans::kind::{AgreementKind, Grade, LoanKind, SignedBy};
use devices::loans::list::{self, Filter, Show};
use devices::loans::party::Whom;
use devices::loans::remind;
use devices::register::catalogue::{self, NewModel};
use devices::register::{AssetKind, NewAsset, asset};
use devices::{AgreementId, AssetId, Error, LoanId, ProgrammeId};
use identity::{DeviceClerk, Role};
use time::Date;
use time::macros::date;

use super::{House, Someone, TestApp, owner};

/// What a clerk has; who acts is said by the transaction.
pub fn proof() -> DeviceClerk {
    DeviceClerk::at_the_terminal()
}

/// A person who keeps the register and lends, signed in.
pub async fn clerk(office: &House<'_>, login: &str) -> Someone {
    office.person(login, &[Role::DeviceClerk]).await
}

/// Laptops with these numbers, with a charger and a bag.
pub async fn laptops(office: &House<'_>, who: &Actor, numbers: &[&str]) -> Vec<AssetId> {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let new = NewModel {
        maker: "Dell".to_owned(),
        kind: Some(AssetKind::Laptop),
        name: "Latitude 3520".to_owned(),
        checklist: vec!["Ekran".to_owned()],
        accessories: vec!["zasilacz".to_owned(), "torba".to_owned()],
        holds_data: true,
    };
    let models = catalogue::models(&mut tx, &proof().reader()).await.unwrap();
    let model = match models.into_iter().find(|model| model.name == "Latitude 3520") {
        Some(model) => model.id,
        None => catalogue::save_model(&mut tx, &proof(), None, &new).await.unwrap(),
    };
    let mut ids = Vec::new();
    for number in numbers {
        let new = NewAsset { model: Some(model), inventory_no: (*number).to_owned(), ..NewAsset::default() };
        ids.push(asset::register(&mut tx, &proof(), &new).await.unwrap());
    }
    tx.commit().await.unwrap();
    ids
}

/// Due on that day.
pub fn until(day: Date) -> Rules {
    Rules { on_day: Some(day), ..Rules::default() }
}

/// An agreement with a person about one device, drawn up and not signed, due at no day yet.
pub async fn drawn_up(
    tx: &mut Tx,
    kind: AgreementKind,
    person: PersonId,
    programme: Option<ProgrammeId>,
    device: (&str, LoanKind),
) -> (AgreementId, LoanId) {
    let whom = Whom::Person { beneficiary: person, signatory: None };
    let new = NewAgreement { kind, programme, purpose: "nauka".to_owned(), whom };
    let id = agreement::create(tx, &proof(), &new).await.unwrap();
    let loan = agreement::add_item(tx, &proof(), id, device.0, device.1).await.unwrap();
    (id, loan)
}

/// A signed agreement with these devices.
pub async fn signed(
    office: &House<'_>,
    who: &Actor,
    person: PersonId,
    codes: &[&str],
    rules: &Rules,
) -> Result<(AgreementId, Vec<LoanId>), Error> {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let new = NewAgreement {
        kind: AgreementKind::Loan,
        programme: None,
        purpose: "nauka zdalna".to_owned(),
        whom: Whom::Person { beneficiary: person, signatory: None },
    };
    let id = agreement::create(&mut tx, &proof(), &new).await?;
    let mut loans = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let kind = if at == 0 { LoanKind::Primary } else { LoanKind::Extra };
        loans.push(agreement::add_item(&mut tx, &proof(), id, code, kind).await?);
    }
    due::set_of_agreement(&mut tx, &proof(), id, rules).await?;
    agreement::sign(&mut tx, &proof(), id, SignedBy::Paper, None).await?;
    tx.commit().await?;
    Ok((id, loans))
}

fn going(loans: &[LoanId], on: Option<Date>) -> HandOver {
    HandOver {
        on,
        signed_by: SignedBy::Paper,
        signatory: "Anna Nowak".to_owned(),
        confirmed: true,
        items: loans
            .iter()
            .map(|loan| Going {
                loan: *loan,
                grade: Grade::A,
                checked: vec!["Ekran".to_owned()],
                accessories: vec!["zasilacz".to_owned(), "torba".to_owned()],
                note: String::new(),
            })
            .collect(),
    }
}

/// Hands over what was signed.
pub async fn hand(
    office: &House<'_>,
    who: &Actor,
    id: AgreementId,
    loans: &[LoanId],
) -> Result<Handed, Error> {
    hand_on(office, who, id, loans, None).await
}

/// The same, written down for an earlier day.
pub async fn hand_on(
    office: &House<'_>,
    who: &Actor,
    id: AgreementId,
    loans: &[LoanId],
    on: Option<Date>,
) -> Result<Handed, Error> {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let handed = handover::hand_over(&mut tx, &proof(), id, &going(loans, on)).await?;
    tx.commit().await?;
    Ok(handed)
}

/// A device in the hands of a person.
pub async fn lend(
    office: &House<'_>,
    who: &Actor,
    person: PersonId,
    code: &str,
    rules: &Rules,
) -> (AgreementId, LoanId) {
    let (id, loans) = signed(office, who, person, &[code], rules).await.unwrap();
    assert!(matches!(hand(office, who, id, &loans).await.unwrap(), Handed::Done(_)));
    (id, loans[0])
}

/// A device in the hands of a person, for a long time.
pub async fn hand_out(office: &House<'_>, who: &Actor, person: PersonId, code: &str) -> LoanId {
    lend(office, who, person, code, &until(date!(2030 - 01 - 01))).await.1
}

/// A device of a programme in the hands of a person.
pub async fn lend_of(office: &House<'_>, who: &Actor, person: PersonId, code: &str, programme: ProgrammeId) {
    let (id, loans) = signed(office, who, person, &[code], &until(date!(2030 - 01 - 01))).await.unwrap();
    let mut owner = owner(office.app).await;
    let set = "update asset set programme_id = $1 where id = (select asset_id from loan where id = $2)";
    sqlx::query(set).bind(programme.0).bind(loans[0].0).execute(&mut owner).await.unwrap();
    assert!(matches!(hand(office, who, id, &loans).await.unwrap(), Handed::Done(_)));
}

/// The loans that a list shows.
pub async fn lines(office: &House<'_>, who: &Actor, show: Show) -> Vec<list::Line> {
    let mut tx = office.app.ground.db.begin(who).await.unwrap();
    let filter = Filter { show, take: 1000, ..Filter::default() };
    list::loans(&mut tx, &proof().reader(), &filter).await.unwrap().0
}

/// Sends the reminders of devices that are due now; how many.
pub async fn reminded(office: &House<'_>) -> usize {
    let mut tx = office.app.ground.db.begin(&Actor::job("test", office.id)).await.unwrap();
    let sent = remind::send(&mut tx, &app::devices::loans::letter::reminder).await.unwrap();
    tx.commit().await.unwrap();
    sent
}

/// The letters that were written, the oldest first: to whom, and subject with text.
pub async fn letters(app: &TestApp) -> Vec<(String, String)> {
    let sql = "select args ->> 'to', (args ->> 'subject') || E'\\n' || (args ->> 'text') from job
               where kind = 'mail' order by id";
    sqlx::query_as(sql).fetch_all(&mut owner(app).await).await.unwrap()
}
