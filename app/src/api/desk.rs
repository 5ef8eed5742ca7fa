//! Handing out and taking back by scan: the acts of the desk, for programs with a scanner. A key of the client
//! (`Idempotency-Key`) makes a scan whose answer was lost count once.

use axum::extract::State;
use base::PersonId;
use devices::loans::desk::{self, Line, Out};
use devices::loans::due::Rules;
use devices::loans::kind::{Grade, SignedBy};
use devices::loans::take_back::{self, Back, Taken};
use devices::register::purchase;
use devices::{DueEventId, Error, ProgrammeId};
use identity::{DevicesReader, Problem, SignedIn, guardian};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::call::{Bearer, Call};
use crate::api::given::{Given, read_optional_day};
use crate::api::loans::{LoanInFull, in_full, kept};
use crate::api::problem_json::ProblemDetails;
use crate::api::refusal::{Answer, Refusal};
use crate::state::App;

/// Longest that a scanner reads.
const CODE_MOST: usize = 300;
/// Most lines of a checklist or of accessories, and the longest line.
const LINES_MOST: (usize, usize) = (30, 100);
/// Longest note of a return.
const NOTE_MOST: usize = 200;

/// A device that goes out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHandOut {
    /// What the scanner read: the number in the books, the maker's number, or a label.
    #[schema(max_length = 300)]
    pub code: String,
    /// Who gets it.
    pub person: Uuid,
    /// For what it may be used. Needed unless it was prepared for them under an agreement that is signed.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub purpose: String,
    /// The programme that gives it.
    #[serde(default)]
    pub programme: Option<Uuid>,
    /// A fixed last day (`2027-06-30`). One of `due_on`, `event` and `notice_days` must be there, like `purpose`.
    #[serde(default)]
    pub due_on: Option<String>,
    /// The event at whose end it is due.
    #[serde(default)]
    pub event: Option<Uuid>,
    /// Without end, with so many days of notice, from 0 to 366.
    #[serde(default)]
    pub notice_days: Option<i16>,
    /// That the findings of the weight `confirm` were seen.
    #[serde(default)]
    pub confirmed: bool,
    /// The day, when it is written down afterwards.
    #[serde(default)]
    pub on: Option<String>,
}

/// A device that comes back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReturn {
    /// What the scanner read: the number in the books, the maker's number, or a label.
    #[schema(max_length = 300)]
    pub code: String,
    /// The day, when it is written down afterwards.
    #[serde(default)]
    pub on: Option<String>,
    /// Its condition, from `A` (as new) to `E` (does not work).
    #[serde(default)]
    pub grade: Option<String>,
    /// Lines of the checklist that were ticked.
    #[serde(default)]
    pub checked: Vec<String>,
    /// Accessories that did not come back; all others did.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Whether it is damaged: then it goes to quarantine and not to stock.
    #[serde(default)]
    pub damaged: bool,
    /// Anything else.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub note: String,
    /// How the protocol was signed: `paper`, `external` or `screen`. Nobody signed it when it is absent.
    #[serde(default)]
    pub signed_by: Option<String>,
    /// Who signed it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub signatory: String,
}

/// What came of a return.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReturnedDevice {
    /// The device.
    pub device_id: Uuid,
    /// Its number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// Whose it was; null when it was not on loan, and once the data were removed.
    pub who: Option<String>,
    /// The loan that ended; null when it was not on loan.
    pub loan_id: Option<Uuid>,
    /// The protocol.
    pub protocol_id: Option<Uuid>,
    /// Whether it was lost or stolen, and is found.
    pub found: bool,
    /// Whether it must be wiped before it is lent again.
    pub to_wipe: bool,
    /// What is owed now.
    pub owed: Vec<String>,
    /// Its state now: `in_stock`, `quarantine` …
    pub state: String,
}

impl From<Taken> for ReturnedDevice {
    fn from(taken: Taken) -> Self {
        Self {
            device_id: taken.asset.0,
            inventory_no: taken.inventory_no,
            model: taken.model,
            who: taken.who.and_then(kept),
            loan_id: taken.loan.map(|id| id.0),
            protocol_id: taken.protocol.map(|id| id.0),
            found: taken.found,
            to_wipe: taken.to_wipe,
            owed: taken.owed,
            state: taken.state,
        }
    }
}

/// What a scanner read, trimmed.
pub(super) fn scanned(code: &str) -> Result<&str, Refusal> {
    let code = code.trim();
    match code.chars().count() {
        0 => Err(Refusal::field("code", Problem::Missing)),
        count if count > CODE_MOST => Err(Refusal::field("code", Problem::TooLong(CODE_MOST))),
        _ => Ok(code),
    }
}

impl NewHandOut {
    fn line(&self) -> Result<Line, Refusal> {
        Ok(Line {
            purpose: self.purpose.clone(),
            programme: self.programme.map(ProgrammeId),
            rules: Rules {
                on_day: read_optional_day("due_on", self.due_on.as_deref())?,
                events: self.event.map(DueEventId).into_iter().collect(),
                notice_days: self.notice_days,
            },
            confirmed: self.confirmed,
            on: read_optional_day("on", self.on.as_deref())?,
        })
    }

    /// That person and programme are the organisation's own.
    async fn known(&self, call: &mut Call, proof: &DevicesReader) -> Result<(), Refusal> {
        match guardian::card(&mut call.tx, proof, PersonId(self.person)).await {
            Err(identity::Error::NotFound) => return Err(Refusal::field("person", Problem::Unknown)),
            card => card?,
        };
        let Some(programme) = self.programme.map(ProgrammeId) else { return Ok(()) };
        let all = purchase::programmes(&mut call.tx, proof).await?;
        if all.iter().any(|one| one.id == programme) {
            Ok(())
        } else {
            Err(Refusal::field("programme", Problem::Unknown))
        }
    }
}

impl NewReturn {
    fn back(&self) -> Result<Back, Refusal> {
        for (field, lines) in [("checked", &self.checked), ("missing", &self.missing)] {
            if lines.len() > LINES_MOST.0 || lines.iter().any(|line| line.chars().count() > LINES_MOST.1) {
                return Err(Refusal::field(field, Problem::TooLong(LINES_MOST.1)));
            }
        }
        for (field, text) in [("note", &self.note), ("signatory", &self.signatory)] {
            if text.chars().count() > NOTE_MOST {
                return Err(Refusal::field(field, Problem::TooLong(NOTE_MOST)));
            }
        }
        let grade =
            |word: &String| Grade::from_word(word).ok_or_else(|| Refusal::field("grade", Problem::Unknown));
        let by = |word: &String| {
            SignedBy::from_word(word).ok_or_else(|| Refusal::field("signed_by", Problem::Unknown))
        };
        let signed = match self.signed_by.as_ref().map(by).transpose()? {
            Some(_) if self.signatory.trim().is_empty() => {
                return Err(Refusal::field("signatory", Problem::Missing));
            }
            by => by.map(|by| (by, self.signatory.clone())),
        };
        Ok(Back {
            on: read_optional_day("on", self.on.as_deref())?,
            grade: self.grade.as_ref().map(grade).transpose()?,
            checked: self.checked.clone(),
            missing: self.missing.clone(),
            damaged: self.damaged,
            note: self.note.clone(),
            signed,
        })
    }
}

/// Hand a device out
///
/// To a person, under the signed agreement that waits for it, or under a new one that was signed on paper at the desk. What
/// stands against it is answered as `not-ready` (409) with every finding; nothing was done then.
#[utoipa::path(
    post, path = "/api/v1/devices/hand-outs", tag = "devices", operation_id = "handOutDevice", request_body = NewHandOut,
    responses(
        (status = 201, description = "The loan", body = LoanInFull),
        (status = 409, description = "It cannot be handed out now; `findings` says why", body = ProblemDetails,
            content_type = "application/problem+json")
    )
)]
pub async fn hand_out(State(app): State<App>, bearer: Bearer, given: Given<NewHandOut>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let (new, reader) = (given.value, proof.reader());
    let (code, line) = (scanned(&new.code)?, new.line()?);
    new.known(&mut call, &reader).await?;
    match desk::hand_out(&mut call.tx, &proof, PersonId(new.person), code, &line).await {
        Ok(Out::Done(..)) => {}
        Ok(Out::Not(found)) => {
            return Err(Refusal::NotReady(found.into_iter().map(|one| one.finding).collect()));
        }
        // It is prepared for somebody else.
        Err(Error::Reserved) => return Err(Refusal::field("code", Problem::Taken)),
        Err(error) => return Err(error.into()),
    }
    let open = take_back::look(&mut call.tx, &reader, code).await?.open.ok_or(Error::NotFound)?;
    let made = in_full(&mut call, open.loan).await?;
    call.created(format!("/api/v1/devices/loans/{}", open.loan), &made).await
}

/// Take a device back
///
/// Whatever its state and whoever had it; one that is not on loan is noted as seen. Taken back twice it is back once.
#[utoipa::path(
    post, path = "/api/v1/devices/returns", tag = "devices", operation_id = "takeBackDevice", request_body = NewReturn,
    responses((status = 200, description = "What came of it", body = ReturnedDevice))
)]
pub async fn take_back(State(app): State<App>, bearer: Bearer, given: Given<NewReturn>) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::device_clerk).await?;
    if let Some(answer) = call.again(&given.bytes).await? {
        return Ok(answer);
    }
    let (code, back) = (scanned(&given.value.code)?, given.value.back()?);
    let unknown = |error: Error| match error {
        Error::NotFound => Refusal::field("code", Problem::Unknown),
        error => error.into(),
    };
    let seen = take_back::look(&mut call.tx, &proof.reader(), code).await.map_err(unknown)?;
    // A name that did not go along is a slip of the sender: it would count as being back.
    if let Some(open) = &seen.open
        && back.missing.iter().any(|name| !open.accessories.contains(name))
    {
        return Err(Refusal::field("missing", Problem::Unknown));
    }
    let taken = take_back::take_back(&mut call.tx, &proof, code, &back).await.map_err(unknown)?;
    call.done(&ReturnedDevice::from(taken)).await
}
