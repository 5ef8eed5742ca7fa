//! The scanner desk: a class stands in line, each scan hands one device out to the next person or takes one back.

use base::{PersonId, Tx};
use identity::guardian::{self, Card};
use identity::{DeviceClerk, DevicesReader, GroupId, day};
use time::Date;

use super::agreement::{self, NewAgreement};
use super::due::{self, Rules};
use super::handover::{self, Going, HandOver, Handed};
use super::kind::{AgreementKind, Grade, LoanKind, Role, SignedBy};
use super::party::{self, Whom};
use super::readiness::Found;
use super::thing;
use crate::{AgreementId, Error, LoanId, ProgrammeId, ProtocolId};

/// A person of the class and the primary device that they have.
#[derive(Clone, Debug)]
pub struct Place {
    /// The person.
    pub card: Card,
    /// Whether they are a minor today.
    pub minor: bool,
    /// Number of the primary device they have.
    pub has: Option<String>,
    /// Numbers of devices prepared for them under a signed agreement.
    pub prepared: Vec<String>,
}

/// The class in the order of the register, with what each has.
pub async fn class(tx: &mut Tx, proof: &DevicesReader, group: GroupId) -> Result<Vec<Place>, Error> {
    let today = day::today(tx).await?;
    let cards = guardian::find(tx, proof, "", Some(group), 200).await?;
    let ids: Vec<_> = cards.iter().map(|card| card.id.0).collect();
    let rows = sqlx::query!(
        r#"select l.beneficiary_id as "person!", s.inventory_no, l.handed_over_at is not null as "has!"
           from loan l join asset s on s.id = l.asset_id join loan_agreement a on a.id = l.agreement_id
           where l.beneficiary_id = any($1) and l.cancelled_at is null
             and (l.handed_over_at is not null and l.returned_at is null and l.kind = 'primary'
                  or l.handed_over_at is null and a.signed_at is not null) order by l.id"#,
        &ids
    )
    .fetch_all(tx.connection())
    .await?;
    let place = cards.into_iter().map(|card| {
        let of = |has: bool| {
            let here = rows.iter().filter(move |row| row.has == has);
            here.filter(|row| row.person == card.id.0).map(|row| row.inventory_no.clone()).collect::<Vec<_>>()
        };
        Place { minor: card.is_minor(today), has: of(true).pop(), prepared: of(false), card }
    });
    Ok(place.collect())
}

/// What the desk gives to everybody in line.
#[derive(Clone, Debug)]
pub struct Line {
    /// For what the devices may be used.
    pub purpose: String,
    /// The programme that gives them.
    pub programme: Option<ProgrammeId>,
    /// When they are due.
    pub rules: Rules,
    /// Findings that must be confirmed are confirmed.
    pub confirmed: bool,
    /// The day of the scan, when it is written down later; today when none.
    pub on: Option<Date>,
}

/// What came of a scan at the desk.
#[derive(Clone, Debug)]
pub enum Out {
    /// Handed over: the agreement and the protocol.
    Done(AgreementId, ProtocolId),
    /// Nothing was done; this stands against it.
    Not(Vec<Found>),
}

/// Hands the scanned device to a person, under the signed agreement that waits for it, or under a new one that was signed
/// on paper at the desk. What is refused leaves nothing behind: roll back.
///
/// Errors: `Invalid` on `code`, `signatory`, `purpose`, `due_on`; `Reserved`; `Lent`, `HasPrimary`, `NotInStock`.
pub async fn hand_out(
    tx: &mut Tx,
    proof: &DeviceClerk,
    person: PersonId,
    code: &str,
    line: &Line,
) -> Result<Out, Error> {
    let thing = match thing::scanned(tx, &proof.reader(), code).await {
        Err(Error::NotFound) => return Err(Error::field("code", identity::Problem::Unknown)),
        found => found?,
    };
    let prepared = sqlx::query!(
        "select l.id, l.agreement_id from loan l join loan_agreement a on a.id = l.agreement_id
         where l.asset_id = $1 and l.beneficiary_id = $2 and l.handed_over_at is null and l.cancelled_at is null
           and a.signed_at is not null limit 1",
        thing.id.0,
        person.0,
    )
    .fetch_optional(tx.connection())
    .await?;
    let (agreement, loan) = match prepared {
        Some(row) => (AgreementId(row.agreement_id), LoanId(row.id)),
        None => sign_at_the_desk(tx, proof, person, code, line).await?,
    };
    let parties = party::all(tx, agreement).await?;
    let signatory = parties.iter().find(|party| party.role == Role::Signatory);
    let given = HandOver {
        on: line.on,
        signed_by: SignedBy::Paper,
        signatory: signatory.map(|party| party.name.clone()).unwrap_or_default(),
        confirmed: line.confirmed,
        items: vec![Going {
            loan,
            grade: Grade::B,
            checked: thing.checklist.clone(),
            accessories: thing.accessories.clone(),
            note: String::new(),
        }],
    };
    Ok(match handover::hand_over(tx, proof, agreement, &given).await? {
        Handed::Done(protocol) => Out::Done(agreement, protocol),
        Handed::Not(found) => Out::Not(found),
    })
}

async fn sign_at_the_desk(
    tx: &mut Tx,
    proof: &DeviceClerk,
    person: PersonId,
    code: &str,
    line: &Line,
) -> Result<(AgreementId, LoanId), Error> {
    let new = NewAgreement {
        kind: AgreementKind::Loan,
        programme: line.programme,
        purpose: line.purpose.clone(),
        whom: Whom::Person { beneficiary: person, signatory: None },
    };
    let agreement = agreement::create(tx, proof, &new).await?;
    let loan = agreement::add_item(tx, proof, agreement, code, LoanKind::Primary).await?;
    due::set_of_agreement(tx, proof, agreement, &line.rules).await?;
    agreement::sign(tx, proof, agreement, SignedBy::Paper, None).await?;
    Ok((agreement, loan))
}
