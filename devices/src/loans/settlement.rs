//! The end of a loan without the device: it is lost for good, the borrower bought it, or it was given for good and nothing binds
//! its owner any more. What is told of it stands in a protocol, as that of a hand-over or a return does. A device that is found
//! afterwards is taken back like any other.

use base::{Tx, audit};
use identity::{DeviceClerk, FieldProblem, Problem, day};
use serde_json::{Value, json};
use time::Date;

use super::incident::{self, Incident};
use super::kind::{Gone, IncidentKind, SignedBy};
use super::list::{self, Line};
use super::protocols::{self, NewProtocol, Of};
use super::remind;
use super::thing::{self, Thing};
use crate::custody::{self, Kind};
use crate::register::sim;
use crate::retention::REMOVED;
use crate::{Error, IncidentId, LoanId, ProtocolId};

/// How a loan ends without the device.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// Why it does not come back.
    pub gone: Gone,
    /// What was reported of it. Nothing is lost without it.
    pub incident: Option<IncidentId>,
    /// Invoice, decision or other document that it rests on. Nothing is bought out without it or an incident.
    pub document: String,
    /// What was paid or is owed, in grosze.
    pub price_grosze: Option<i64>,
    /// How it was settled, in words.
    pub text: String,
    /// A lost device leaves the books at once; else it stays on them as missing or stolen.
    pub write_off: bool,
    /// What went along with a lost device is settled with it; else it stays owed.
    pub accessories: bool,
    /// Who signed the protocol for the other side, and how; nobody when it was settled without them.
    pub signed: Option<(SignedBy, String)>,
}

/// Ends the loan. A named incident that is still open is closed with it, and so is whatever says that the device is lost or was
/// returned.
///
/// Errors: `NotFound` for a loan that was not handed over; `Stays` when it is over; `Bound` as long as its owner is bound by the
/// agreement; `SimTaken` when it would leave the books with a SIM card in it; `Invalid` on `gone`, `incident`, `document`,
/// `price`, `settlement`.
pub async fn settle_gone(
    tx: &mut Tx,
    proof: &DeviceClerk,
    loan: LoanId,
    given: &Settlement,
) -> Result<ProtocolId, Error> {
    let reader = proof.reader();
    // A return of the same moment comes before, and is seen, or after, and is of what was found again.
    let asset = thing::hold_of_loan(tx, loan).await?;
    let line = list::one(tx, &reader, loan).await?;
    if line.returned_at.is_some() {
        return Err(Error::Stays);
    }
    if !line.is_open() {
        return Err(Error::NotFound);
    }
    let incidents = incident::of_loan(tx, &reader, loan).await?;
    let named = given.incident.and_then(|id| incidents.iter().find(|one| one.id == id));
    let problems = problems(&line, given, named);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if given.gone == Gone::Donated
        && let Some(until) = bound_until(tx, loan).await?
        && until >= day::today(tx).await?
    {
        return Err(Error::Bound(until));
    }
    let thing = thing::load(tx, asset).await?;
    let state = state(given, named, &thing.state);
    if !matches!(state, "missing" | "stolen") && sim::holds_card(tx, asset.0).await? {
        return Err(Error::SimTaken);
    }
    let settled = given.gone != Gone::Lost || given.accessories;
    let body = body(&line, &thing, given, named, (state, settled));
    let protocol = protocol(tx, &line, given, &body).await?;
    end(tx, &line, given, protocol, settled).await?;
    let to_wipe = thing.to_wipe || given.gone == Gone::Lost && thing.holds_data;
    sqlx::query!(
        "update asset set state = $2, to_wipe = $3, revision = revision + 1, updated_at = moment() where id = $1",
        asset.0,
        state,
        to_wipe,
    )
    .execute(tx.connection())
    .await?;
    let at = tx.now();
    let detail = json!({ "loan": loan, "agreement": line.number, "protocol": protocol, "result": given.gone.word(),
                         "from": thing.state, "to": state });
    custody::record(tx, asset, at, Kind::Settled, detail).await?;
    let detail = json!({ "protocol": protocol, "result": given.gone.word(), "state": state });
    audit::record(tx, "settled", "loan", loan.0, detail).await?;
    Ok(protocol)
}

fn problems(line: &Line, given: &Settlement, named: Option<&Incident>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut wrong = |field, problem| problems.push(FieldProblem { field, problem });
    // What was given for good is the owner's: it can be lost, but neither bought nor given once more; what is lent is not given.
    if matches!((given.gone, line.given), (Gone::BoughtOut, true) | (Gone::Donated, false)) {
        wrong("gone", Problem::Unknown);
    }
    let tells_of_loss =
        |one: &Incident| matches!(one.kind, IncidentKind::Damage | IncidentKind::Theft | IncidentKind::Loss);
    match (given.gone, given.incident, named) {
        (_, Some(_), None) => wrong("incident", Problem::Unknown),
        (Gone::Lost, _, Some(one)) if !tells_of_loss(one) => wrong("incident", Problem::Unknown),
        (Gone::Lost, None, _) => wrong("incident", Problem::Missing),
        (Gone::BoughtOut, None, _) if given.document.trim().is_empty() => wrong("document", Problem::Missing),
        _ => {}
    }
    if given.document.trim().chars().count() > 200 {
        wrong("document", Problem::TooLong(200));
    }
    if given.price_grosze.is_some_and(|price| !(0..=100_000_000_000).contains(&price)) {
        wrong("price", Problem::Malformed);
    }
    match given.text.trim().chars().count() {
        0 if given.gone != Gone::Donated => wrong("settlement", Problem::Missing),
        2001.. => wrong("settlement", Problem::TooLong(2000)),
        _ => {}
    }
    problems
}

/// The last day on which whoever was given the device is bound: by the agreement, or by the programme. `None` without such a day.
pub async fn bound_until(tx: &mut Tx, loan: LoanId) -> Result<Option<Date>, Error> {
    let until = sqlx::query_scalar!(
        r#"select greatest(bound_until(l.id), g.durable_until) as "until?"
           from loan l join loan_agreement a on a.id = l.agreement_id left join programme g on g.id = a.programme_id
           where l.id = $1"#,
        loan.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(until.flatten())
}

/// Where the device is in its life afterwards. What was sold is no longer on the books either.
fn state(given: &Settlement, named: Option<&Incident>, before: &str) -> &'static str {
    let stolen = before == "stolen" || named.is_some_and(|one| one.kind == IncidentKind::Theft);
    match given.gone {
        Gone::Donated => "donated",
        Gone::Lost if !given.write_off && stolen => "stolen",
        Gone::Lost if !given.write_off => "missing",
        Gone::Lost | Gone::BoughtOut => "written_off",
    }
}

/// What the protocol says: the device, what happened to it, what was paid, and what of its accessories is still owed.
fn body(
    line: &Line,
    thing: &Thing,
    given: &Settlement,
    named: Option<&Incident>,
    (state, settled): (&str, bool),
) -> Value {
    let (with, owed) =
        if settled { (line.accessories.clone(), vec![]) } else { (vec![], line.accessories.clone()) };
    let blanked = line.who == REMOVED;
    json!({ "items": [{ "loan": line.loan, "asset": line.asset, "inventory_no": line.inventory_no, "serial": thing.serial,
        "model": line.model, "result": given.gone.word(), "state": state,
        "incident": named.map(|one| one.kind.word()), "happened_on": named.map(|one| day::written(one.happened_on)),
        "police_ref": named.map(|one| one.work.police_ref.clone()), "document": if blanked { "" } else { given.document.trim() },
        "price_grosze": given.price_grosze, "settlement": if blanked { "" } else { given.text.trim() },
        "accessories": with, "missing": owed }] })
}

async fn protocol(tx: &mut Tx, line: &Line, given: &Settlement, body: &Value) -> Result<ProtocolId, Error> {
    let (signed_by, signatory) = protocols::other_side(&line.who, given.signed.as_ref());
    let (agreement, at) = (Some(line.agreement), tx.now());
    let new = NewProtocol { of: Of::Settlement, agreement, at, signed_by, signatory: &signatory, body };
    protocols::write(tx, new).await
}

/// The loan, what went along, and what was reported.
async fn end(
    tx: &mut Tx,
    line: &Line,
    given: &Settlement,
    protocol: ProtocolId,
    settled: bool,
) -> Result<(), Error> {
    sqlx::query!(
        "update loan set returned_at = moment(), return_id = $2, result = $3 where id = $1",
        line.loan.0,
        protocol.0,
        given.gone.word(),
    )
    .execute(tx.connection())
    .await?;
    remind::over(tx, &[line.loan.0]).await?;
    if settled {
        let how = if line.who == REMOVED { "" } else { given.text.trim() };
        sqlx::query!(
            "update loan_accessory set settled_at = moment(), settlement = left($2, 500)
             where loan_id = $1 and returned_at is null and settled_at is null",
            line.loan.0,
            how,
        )
        .execute(tx.connection())
        .await?;
    }
    sqlx::query!(
        "update incident set closed_at = moment(), settlement = case when settlement = '' then $3 else settlement end
         where loan_id = $1 and closed_at is null and (id = $2 or kind in ('loss', 'theft', 'claimed_returned'))",
        line.loan.0,
        given.incident.map(|id| id.0),
        given.text.trim(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
