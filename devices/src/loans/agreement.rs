//! Agreements: one for many devices, signed once, its text frozen at signing. Signed and not collected is no loan: a loan
//! for use is a real contract (art. 710 KC), so it begins with the hand-over.

use base::{PersonId, Tx, audit};
use identity::{DeviceClerk, DevicesReader, FieldProblem, Problem, day};
use serde_json::json;
use time::{Date, OffsetDateTime};

use super::due;
use super::kind::{AgreementKind, Grade, LoanKind, Outcome, Role, SignedBy};
use super::party::{self, Party, Whom};
use super::{terms, thing};
use crate::{AgreementId, AssetId, Error, LoanId, ProgrammeId, number};

/// An agreement to be made.
#[derive(Clone, Debug)]
pub struct NewAgreement {
    /// What it is.
    pub kind: AgreementKind,
    /// The programme that gives the devices.
    pub programme: Option<ProgrammeId>,
    /// For what the devices may be used (art. 712 KC).
    pub purpose: String,
    /// With whom.
    pub whom: Whom,
}

/// How and when it was signed.
#[derive(Clone, Debug)]
pub struct Signed {
    /// How.
    pub by: SignedBy,
    /// When.
    pub at: OffsetDateTime,
    /// Key of the scan or the signed document in the object store.
    pub scan: Option<String>,
    /// Key of the picture of a signature on the screen.
    pub signature: Option<String>,
}

/// One device of an agreement.
#[derive(Clone, Debug)]
pub struct Item {
    /// The loan.
    pub loan: LoanId,
    /// The device.
    pub asset: AssetId,
    /// What it is to the person.
    pub kind: LoanKind,
    /// Inventory number.
    pub inventory_no: String,
    /// Serial number.
    pub serial: Option<String>,
    /// Maker and model.
    pub model: String,
    /// What is looked at.
    pub checklist: Vec<String>,
    /// What goes along.
    pub accessories: Vec<String>,
    /// When it was handed over.
    pub handed_over_at: Option<OffsetDateTime>,
    /// When it came back.
    pub returned_at: Option<OffsetDateTime>,
    /// The last day; of what is given for good, until when that binds its owner.
    pub due_on: Option<Date>,
    /// Condition when it went out.
    pub grade_out: Option<Grade>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// An agreement.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Its number.
    pub number: String,
    /// What it is.
    pub kind: AgreementKind,
    /// The programme, and its neutral name.
    pub programme: Option<(ProgrammeId, String)>,
    /// Whether the text says the real name of a protected programme: then it is for clerks and the parties alone.
    pub tells: bool,
    /// For what the devices may be used.
    pub purpose: String,
    /// The text: as signed, or as it would stand now.
    pub terms: String,
    /// Signature.
    pub signed: Option<Signed>,
    /// Name and version of the wording that was signed; empty in a draft.
    pub template: (String, Option<i32>),
    /// When it was drawn up.
    pub created_at: OffsetDateTime,
    /// Parties.
    pub parties: Vec<Party>,
    /// Devices that were not cancelled.
    pub items: Vec<Item>,
}

impl Agreement {
    /// The first party of that role.
    pub fn party(&self, role: Role) -> Option<&Party> {
        self.parties.iter().find(|party| party.role == role)
    }

    /// Devices that were not handed over yet.
    pub fn waiting(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.handed_over_at.is_none())
    }
}

/// Makes an agreement with its parties. Errors: `Invalid` on `purpose`, `signatory`, `name`, `representative`, `email`.
pub async fn create(tx: &mut Tx, proof: &DeviceClerk, new: &NewAgreement) -> Result<AgreementId, Error> {
    let by = tx.person()?;
    create_for(tx, proof, new, by).await
}

/// The same in the name of a person who decided it before: a job has none of its own.
pub(crate) async fn create_for(
    tx: &mut Tx,
    proof: &DeviceClerk,
    new: &NewAgreement,
    by: PersonId,
) -> Result<AgreementId, Error> {
    let purpose = new.purpose.trim();
    match purpose.chars().count() {
        0 => return Err(Error::field("purpose", Problem::Missing)),
        1001.. => return Err(Error::field("purpose", Problem::TooLong(1000))),
        _ => {}
    }
    let parties = party::of(tx, &proof.reader(), &new.whom).await?;
    let (organisation, id) = (tx.organisation()?, AgreementId::new(tx.now()));
    let year = i16::try_from(day::today(tx).await?.year()).unwrap_or(i16::MAX);
    let series = match new.kind {
        AgreementKind::Loan => "UZ",
        AgreementKind::Donation => "DAR",
        AgreementKind::Entrusted => "POW",
    };
    let number = number::next(tx, series, year).await?;
    sqlx::query!(
        "insert into loan_agreement (id, organisation_id, number, kind, programme_id, purpose, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, moment())",
        id.0,
        organisation.0,
        number,
        new.kind.word(),
        new.programme.map(|id| id.0),
        purpose,
        by.0,
    )
    .execute(tx.connection())
    .await?;
    party::insert(tx, id, &parties).await?;
    audit::record(tx, "created", "loan_agreement", id.0, json!({ "number": number })).await?;
    Ok(id)
}

/// One agreement. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: AgreementId) -> Result<Agreement, Error> {
    load(tx, id).await
}

pub(super) async fn load(tx: &mut Tx, id: AgreementId) -> Result<Agreement, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        r#"select a.number, a.kind, a.programme_id, g.neutral_name as "programme?",
                  case when g.sensitive then g.name end as "protected?", a.purpose, a.terms, a.signed_by, a.signed_at,
                  a.document_key, a.signature_key, a.template, a.template_version, a.created_at
           from loan_agreement a left join programme g on g.id = a.programme_id
           where a.id = $1 and a.organisation_id = $2"#,
        id.0,
        organisation.0,
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let signed = row.signed_at.zip(row.signed_by.as_deref().and_then(SignedBy::from_word));
    let mut agreement = Agreement {
        id,
        number: row.number,
        kind: AgreementKind::from_word(&row.kind).unwrap_or(AgreementKind::Loan),
        programme: row.programme_id.map(ProgrammeId).zip(row.programme),
        tells: false,
        purpose: row.purpose,
        terms: row.terms,
        signed: signed.map(|(at, by)| Signed {
            by,
            at,
            scan: row.document_key,
            signature: row.signature_key,
        }),
        template: (row.template, row.template_version),
        created_at: row.created_at,
        parties: party::all(tx, id).await?,
        items: items(tx, id).await?,
    };
    if agreement.signed.is_none() {
        agreement.terms = terms::written(tx, &agreement).await?;
    }
    // By the text itself: what was signed may be older than the setting, or than the protection.
    if let Some(name) = row.protected {
        let name = name.to_lowercase();
        agreement.tells =
            [&agreement.terms, &agreement.purpose].iter().any(|text| text.to_lowercase().contains(&name));
    }
    Ok(agreement)
}

async fn items(tx: &mut Tx, id: AgreementId) -> Result<Vec<Item>, Error> {
    let rows = sqlx::query!(
        r#"select l.id, l.asset_id, l.kind, s.inventory_no, s.serial, k.name || ' ' || m.name as "model!", m.checklist,
                  m.accessories, l.handed_over_at, l.returned_at, bound_until(l.id) as "due_on?", l.grade_out, l.result
           from loan l join asset s on s.id = l.asset_id join asset_model m on m.id = s.model_id
             join maker k on k.id = s.maker_id
           where l.agreement_id = $1 and l.cancelled_at is null order by l.prepared_at, l.id"#,
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    let item = rows.into_iter().map(|row| Item {
        loan: LoanId(row.id),
        asset: AssetId(row.asset_id),
        kind: LoanKind::from_word(&row.kind).unwrap_or(LoanKind::Primary),
        inventory_no: row.inventory_no,
        serial: row.serial,
        model: row.model,
        checklist: row.checklist,
        accessories: row.accessories,
        handed_over_at: row.handed_over_at,
        returned_at: row.returned_at,
        due_on: row.due_on,
        grade_out: row.grade_out.as_deref().and_then(Grade::from_word),
        outcome: row.result.as_deref().and_then(Outcome::from_word),
    });
    Ok(item.collect())
}

/// Holds the agreement's row until the transaction ends; answers whether it is signed. Errors: `NotFound`.
pub(crate) async fn hold(tx: &mut Tx, id: AgreementId) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    sqlx::query_scalar!(
        r#"select signed_at is not null as "signed!" from loan_agreement where id = $1 and organisation_id = $2 for update"#,
        id.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)
}

/// Prepares the scanned device for the agreement. It is due as the devices before it.
///
/// Errors: `NotFound`; `Stays` when it is signed; `Invalid` on `code` for an unknown one; `Reserved` when the device is
/// prepared for somebody.
pub async fn add_item(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: AgreementId,
    code: &str,
    kind: LoanKind,
) -> Result<LoanId, Error> {
    if hold(tx, id).await? {
        return Err(Error::Stays);
    }
    let thing = match thing::scanned(tx, &proof.reader(), code).await {
        Err(Error::NotFound) => return Err(Error::field("code", Problem::Unknown)),
        found => found?,
    };
    let (organisation, loan) = (tx.organisation()?, LoanId::new(tx.now()));
    let beneficiary = beneficiary(tx, id).await?;
    sqlx::query!(
        "insert into loan (id, organisation_id, agreement_id, asset_id, kind, beneficiary_id) values ($1, $2, $3, $4, $5, $6)",
        loan.0,
        organisation.0,
        id.0,
        thing.id.0,
        kind.word(),
        beneficiary.map(|id| id.0),
    )
    .execute(tx.connection())
    .await?;
    due::copy_of_agreement(tx, id, loan).await?;
    let detail = json!({ "agreement": id, "loan": loan });
    let at = tx.now();
    crate::custody::record(tx, thing.id, at, crate::custody::Kind::Reserved, detail.clone()).await?;
    audit::record(tx, "added_item", "loan_agreement", id.0, detail).await?;
    Ok(loan)
}

async fn beneficiary(tx: &mut Tx, id: AgreementId) -> Result<Option<PersonId>, Error> {
    let person = sqlx::query_scalar!(
        "select person_id from loan_party where agreement_id = $1 and role = 'beneficiary' and until is null order by id limit 1",
        id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(person.flatten().map(PersonId))
}

/// Takes a device out that was not handed over; the signed text keeps naming it. Errors: `NotFound`.
pub async fn cancel_item(tx: &mut Tx, _: &DeviceClerk, id: AgreementId, loan: LoanId) -> Result<(), Error> {
    take_out(tx, id, loan).await
}

/// The same for one who gives up what waits for them, and for a device that nobody collected.
pub(crate) async fn take_out(tx: &mut Tx, id: AgreementId, loan: LoanId) -> Result<(), Error> {
    hold(tx, id).await?;
    let asset = sqlx::query_scalar!(
        "update loan set cancelled_at = moment() where id = $1 and agreement_id = $2 and handed_over_at is null
           and cancelled_at is null returning asset_id",
        loan.0,
        id.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let (at, detail) = (tx.now(), json!({ "agreement": id, "loan": loan }));
    crate::custody::record(tx, AssetId(asset), at, crate::custody::Kind::Released, detail.clone()).await?;
    Ok(audit::record(tx, "removed_item", "loan_agreement", id.0, detail).await?)
}

/// A signature that was drawn or typed on the screen.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Key of its picture in the object store.
    pub key: String,
}

/// A scan or an externally signed document that lies in the object store.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Its key.
    pub key: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
}

/// Signs on the screen, with what was drawn or with the typed name alone. Errors: those of [`sign`].
pub async fn sign_on_screen(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: AgreementId,
    drawn: Option<&Drawn>,
) -> Result<(), Error> {
    hold(tx, id).await?;
    sqlx::query!(
        "update loan_agreement set signature_key = $2 where id = $1 and signed_at is null",
        id.0,
        drawn.map(|drawn| drawn.key.as_str())
    )
    .execute(tx.connection())
    .await?;
    sign(tx, proof, id, SignedBy::Screen, None).await
}

/// Signs: from here on its text, kind and purpose stay.
///
/// Errors: `NotFound`; `Stays` when it is signed; `Invalid` on `items` (none) and `due` (a device without a rule).
pub async fn sign(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: AgreementId,
    by: SignedBy,
    scan: Option<Scan>,
) -> Result<(), Error> {
    if hold(tx, id).await? {
        return Err(Error::Stays);
    }
    let clauses = terms::hold_clauses(tx, id).await?;
    let agreement = load(tx, id).await?;
    let ruled = due::loans_with_rules(tx, id).await?;
    let mut problems = Vec::new();
    if agreement.items.is_empty() {
        problems.push(FieldProblem { field: "items", problem: Problem::Missing });
    }
    if agreement.items.iter().any(|item| !ruled.contains(&item.loan)) {
        problems.push(FieldProblem { field: "due", problem: Problem::Missing });
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (key, sha) = scan.map_or((None, None), |scan| (Some(scan.key), Some(scan.sha256)));
    sqlx::query!(
        "update loan_agreement set signed_by = $2, signed_at = moment(), template = $3, template_version = $4, terms = $5,
                document_key = $6, document_sha256 = $7, clauses_version = $8
         where id = $1",
        id.0,
        by.word(),
        terms::template(agreement.kind).0,
        terms::VERSION,
        agreement.terms,
        key,
        sha,
        clauses,
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "signed", "loan_agreement", id.0, json!({ "by": by.word() })).await?)
}
