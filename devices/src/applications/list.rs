//! Applications as they are read: one, many by a filter, the waiting list of a programme.

use base::{PersonId, Tx};
use identity::DeviceClerk;
use time::{Date, OffsetDateTime};

use super::decide::{Notice, Told};
use super::kind::{Refusal, State};
use crate::{AgreementId, ApplicationId, CriterionId, Error, LoanId, ProgrammeId};

/// A device that waits, waited or was collected.
#[derive(Clone, Debug)]
pub struct Allocation {
    /// The agreement that was prepared.
    pub agreement: AgreementId,
    /// The agreement's number.
    pub agreement_number: String,
    /// The loan that was prepared.
    pub loan: LoanId,
    /// Inventory number.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// Last day to collect it.
    pub collect_by: Date,
    /// When it was collected.
    pub collected_at: Option<OffsetDateTime>,
}

/// An application.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its number, once it was sent.
    pub number: Option<String>,
    /// The programme.
    pub programme: ProgrammeId,
    /// The programme's neutral name.
    pub programme_name: String,
    /// Whether the real name tells something of a family.
    pub sensitive: bool,
    /// For whom; `None` once it was blanked.
    pub beneficiary: Option<PersonId>,
    /// Their name.
    pub who: String,
    /// Who applies; `None` once it was blanked.
    pub applicant: Option<PersonId>,
    /// That person's name.
    pub applicant_name: String,
    /// Where it is.
    pub state: State,
    /// Why it is needed.
    pub need: String,
    /// When it was sent.
    pub submitted_at: Option<OffsetDateTime>,
    /// Who entered it from paper.
    pub entered_by: Option<String>,
    /// Key of the paper in the object store.
    pub paper: Option<String>,
    /// Sum of points.
    pub points: i32,
    /// Place on the waiting list, from 1.
    pub position: Option<i64>,
    /// Day of the decision.
    pub decided_on: Option<Date>,
    /// Who decided.
    pub decided_by: String,
    /// What was noted.
    pub decided_note: String,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// The device that waits or was collected.
    pub allocation: Option<Allocation>,
}

/// What is said and given for one criterion.
#[derive(Clone, Debug)]
pub struct Score {
    /// The criterion.
    pub criterion: CriterionId,
    /// What it is.
    pub name: String,
    /// Most points.
    pub most: i16,
    /// Whether the applicant says that it is so.
    pub claimed: bool,
    /// Points that were given.
    pub points: Option<i16>,
}

/// Which applications.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme: Option<ProgrammeId>,
    /// Only in this state.
    pub state: Option<State>,
    /// Part of a name or of the number.
    pub text: String,
    /// Only this one.
    pub only: Option<ApplicationId>,
    /// Only of this applicant or beneficiary (and then drafts too).
    pub person: Option<PersonId>,
    /// Most lines.
    pub take: i64,
}

/// Applications that were sent, the newest first; those on the waiting list in its order.
pub async fn all(tx: &mut Tx, _: &DeviceClerk, filter: &Filter) -> Result<Vec<Application>, Error> {
    load(tx, &Filter { person: None, ..filter.clone() }).await
}

/// The waiting list of a programme, the next one first.
pub async fn waiting(
    tx: &mut Tx,
    _: &DeviceClerk,
    programme: ProgrammeId,
) -> Result<Vec<Application>, Error> {
    let state = Some(State::Waitlisted);
    load(tx, &Filter { programme: Some(programme), state, take: 1000, ..Filter::default() }).await
}

/// One application and its points. Errors: `NotFound`.
pub async fn one(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: ApplicationId,
) -> Result<(Application, Vec<Score>), Error> {
    let found = load_one(tx, id).await?;
    let scores = scores(tx, id).await?;
    Ok((found, scores))
}

pub(super) async fn load_one(tx: &mut Tx, id: ApplicationId) -> Result<Application, Error> {
    load(tx, &Filter { only: Some(id), take: 1, ..Filter::default() }).await?.pop().ok_or(Error::NotFound)
}

pub(super) async fn scores(tx: &mut Tx, id: ApplicationId) -> Result<Vec<Score>, Error> {
    let rows = sqlx::query!(
        "select s.criterion_id, c.name, s.points_most, s.claimed, s.points
         from application_score s join criterion c on c.id = s.criterion_id where s.application_id = $1 order by c.place, c.id",
        id.0
    )
    .fetch_all(tx.connection())
    .await?;
    let score = rows.into_iter().map(|row| Score {
        criterion: CriterionId(row.criterion_id),
        name: row.name,
        most: row.points_most,
        claimed: row.claimed,
        points: row.points,
    });
    Ok(score.collect())
}

pub(super) async fn load(tx: &mut Tx, filter: &Filter) -> Result<Vec<Application>, Error> {
    let organisation = tx.organisation()?;
    let pattern = format!("%{}%", filter.text.trim().replace(['\\', '%', '_', '\0'], ""));
    let rows = sqlx::query!(
        r#"select a.id, a.number, a.programme_id, g.neutral_name as programme, g.sensitive, a.beneficiary_id, a.applicant_id,
                  coalesce(b.given_name || ' ' || b.family_name, data_removed()) as "who!",
                  coalesce(p.given_name || ' ' || p.family_name, data_removed()) as "applicant!",
                  a.state, a.need, a.submitted_at, e.given_name || ' ' || e.family_name as "entered_by?", a.paper_key,
                  s.points as "points!", w.position as "position?", a.decided_on, a.decided_by, a.decided_note, a.refusal,
                  l.agreement_id as "agreement?", r.number as "agreement_number?", l.id as "loan?", t.inventory_no as "inventory_no?",
                  k.name || ' ' || m.name as "model?", o.collect_by as "collect_by?", l.handed_over_at as "collected_at?"
           from application a join programme g on g.id = a.programme_id
             left join person b on b.id = a.beneficiary_id left join person p on p.id = a.applicant_id
             join application_points s on s.application_id = a.id
             left join person e on e.id = a.entered_by
             left join waiting_list w on w.application_id = a.id
             left join allocation o on o.application_id = a.id and o.ended_at is null
             left join loan l on l.id = o.loan_id and l.cancelled_at is null
             left join loan_agreement r on r.id = l.agreement_id left join asset t on t.id = l.asset_id
             left join asset_model m on m.id = t.model_id left join maker k on k.id = t.maker_id
           where a.organisation_id = $1 and ($2::uuid is null or a.programme_id = $2) and ($3::text is null or a.state = $3)
             and ($4::uuid is null or a.id = $4)
             and (case when $5::uuid is null then a.state <> 'draft' else a.applicant_id = $5 or a.beneficiary_id = $5 and a.state <> 'draft' end)
             and ($6 = '%%' or coalesce(b.given_name || ' ' || b.family_name || ' ' || b.given_name, '') || ' ' || coalesce(a.number, '') ilike $6)
           order by w.position nulls last, a.submitted_at desc nulls first, a.id desc limit $7"#,
        organisation.0,
        filter.programme.map(|id| id.0),
        filter.state.map(State::word),
        filter.only.map(|id| id.0),
        filter.person.map(|id| id.0),
        pattern,
        filter.take,
    )
    .fetch_all(tx.connection())
    .await?;
    let one = rows.into_iter().map(|row| {
        let allocation = match (row.agreement, row.loan, row.collect_by) {
            (Some(agreement), Some(loan), Some(collect_by)) => Some(Allocation {
                agreement: AgreementId(agreement),
                agreement_number: row.agreement_number.unwrap_or_default(),
                loan: LoanId(loan),
                inventory_no: row.inventory_no.unwrap_or_default(),
                model: row.model.unwrap_or_default(),
                collect_by,
                collected_at: row.collected_at,
            }),
            _ => None,
        };
        Application {
            id: ApplicationId(row.id),
            number: row.number,
            programme: ProgrammeId(row.programme_id),
            programme_name: row.programme,
            sensitive: row.sensitive,
            beneficiary: row.beneficiary_id.map(PersonId),
            who: row.who,
            applicant: row.applicant_id.map(PersonId),
            applicant_name: row.applicant,
            state: State::from_word(&row.state).unwrap_or(State::Submitted),
            need: row.need,
            submitted_at: row.submitted_at,
            entered_by: row.entered_by,
            paper: row.paper_key,
            points: row.points,
            position: row.position,
            decided_on: row.decided_on,
            decided_by: row.decided_by,
            decided_note: row.decided_note,
            refusal: row.refusal.as_deref().and_then(Refusal::from_word),
            allocation,
        }
    });
    Ok(one.collect())
}

/// The letter of where an application stands, to be printed. Errors: `NotFound` before there is a decision.
pub async fn letter(tx: &mut Tx, _: &DeviceClerk, id: ApplicationId) -> Result<Notice, Error> {
    let found = load_one(tx, id).await?;
    let told = match (found.state, &found.allocation, found.position, found.refusal) {
        (State::Granted, Some(waits), ..) => Told::Offered(waits.collect_by),
        (State::Granted, None, ..) => Told::Granted,
        (State::Waitlisted, _, Some(position), _) => Told::Waits(position),
        (State::Refused, .., Some(why)) => Told::Refused(why),
        (State::Expired, ..) => Told::Expired,
        _ => return Err(Error::NotFound),
    };
    Notice::of(tx, &found, told).await
}
