//! One's own applications: for oneself as an adult, or for a child for whom one speaks today. A draft is nobody else's.

use base::{PersonId, Tx, audit};
use identity::{Problem, day};
use serde_json::json;
use time::Date;

use super::kind::State;
use super::list::{self, Application, Filter, Score};
use super::rules::{self, Criterion, Rules};
use super::{clerk, decide, offer, pass_on};
use crate::{ApplicationId, CriterionId, Error, ProgrammeId};

/// A programme to which one may apply today.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The programme.
    pub id: ProgrammeId,
    /// Its neutral name.
    pub name: String,
    /// Who may apply, in words.
    pub eligibility: String,
    /// Last day.
    pub until: Option<Date>,
}

/// Somebody for whom one may apply.
#[derive(Clone, Debug)]
pub struct Somebody {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The programme.
    pub programme: ProgrammeId,
    /// For whom.
    pub beneficiary: PersonId,
    /// Why it is needed.
    pub need: String,
    /// Criteria that are so.
    pub claimed: Vec<CriterionId>,
}

/// Programmes that take applications today. A protected one is told of only to those who look after a child otherwise than
/// as its parent: its name would tell what nobody else should know.
pub async fn offers(tx: &mut Tx) -> Result<Vec<Offer>, Error> {
    let (organisation, today, me) = (tx.organisation()?, day::today(tx).await?, tx.person()?);
    let rows = sqlx::query!(
        r#"select id, neutral_name, eligibility, apply_until from programme
           where organisation_id = $1 and apply_from <= $2 and (apply_until is null or apply_until >= $2)
             and (not sensitive or exists (select 1 from guardianship g where g.guardian_id = $3 and g.basis <> 'parent'
                  and g.since <= $2 and (g.until is null or g.until > $2)))
           order by neutral_name collate "pl-x-icu""#,
        organisation.0,
        today,
        me.0,
    )
    .fetch_all(tx.connection())
    .await?;
    let offer = rows.into_iter().map(|row| Offer {
        id: ProgrammeId(row.id),
        name: row.neutral_name,
        eligibility: row.eligibility,
        until: row.apply_until,
    });
    Ok(offer.collect())
}

/// For whom the acting person may apply today: themself when they are of age, and children for whom they speak.
pub async fn for_whom(tx: &mut Tx) -> Result<Vec<Somebody>, Error> {
    let (organisation, today, me) = (tx.organisation()?, day::today(tx).await?, tx.person()?);
    let adult_born_by = day::years_later(today, -18);
    let rows = sqlx::query!(
        r#"select p.id, p.given_name || ' ' || p.family_name as "name!" from person p
           where p.organisation_id = $1
             and (p.id = $2 and (p.born_on is null or p.born_on <= $4)
                  or p.born_on > $4 and exists (select 1 from guardianship g where g.ward_id = p.id and g.guardian_id = $2
                     and g.since <= $3 and (g.until is null or g.until > $3)))
           order by p.id = $2, p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu""#,
        organisation.0,
        me.0,
        today,
        adult_born_by,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Somebody { id: PersonId(row.id), name: row.name }).collect())
}

/// A programme to which one may apply, with its rules and criteria. Errors: `NotFound` when it takes none or is not for
/// one to know of.
pub async fn draft_of(tx: &mut Tx, programme: ProgrammeId) -> Result<(Offer, Rules, Vec<Criterion>), Error> {
    let offer = offers(tx).await?.into_iter().find(|one| one.id == programme).ok_or(Error::NotFound)?;
    let (rules, criteria) = (rules::load(tx, programme).await?, rules::current(tx, programme).await?);
    Ok((offer, rules, criteria))
}

/// Begins an application, or changes the draft that one has for this person and programme.
///
/// Errors: `NotFound` for the programme; `Invalid` on `beneficiary`, `need`; `Applied`.
pub async fn begin(tx: &mut Tx, draft: &Draft) -> Result<ApplicationId, Error> {
    draft_of(tx, draft.programme).await?;
    if !for_whom(tx).await?.iter().any(|one| one.id == draft.beneficiary) {
        return Err(Error::field("beneficiary", Problem::Missing));
    }
    match draft.need.trim().chars().count() {
        0 => return Err(Error::field("need", Problem::Missing)),
        4001.. => return Err(Error::field("need", Problem::TooLong(4000))),
        _ => {}
    }
    let (organisation, me, fresh) = (tx.organisation()?, tx.person()?, ApplicationId::new(tx.now()));
    let open = sqlx::query_scalar!(
        r#"select exists (select 1 from application where organisation_id = $1 and programme_id = $2 and beneficiary_id = $3
           and state in ('submitted', 'complete', 'scored', 'granted', 'waitlisted')) as "open!""#,
        organisation.0,
        draft.programme.0,
        draft.beneficiary.0,
    )
    .fetch_one(tx.connection())
    .await?;
    if open {
        return Err(Error::Applied);
    }
    let id = sqlx::query_scalar!(
        "insert into application (id, organisation_id, programme_id, beneficiary_id, applicant_id, need)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (organisation_id, programme_id, beneficiary_id, applicant_id) where state = 'draft'
         do update set need = excluded.need returning id",
        fresh.0,
        organisation.0,
        draft.programme.0,
        draft.beneficiary.0,
        me.0,
        draft.need.trim(),
    )
    .fetch_one(tx.connection())
    .await?;
    clerk::claim(tx, ApplicationId(id), draft.programme, &draft.claimed).await?;
    Ok(ApplicationId(id))
}

/// Applications that one made, or that were made for one.
pub async fn mine(tx: &mut Tx) -> Result<Vec<Application>, Error> {
    let me = tx.person()?;
    list::load(tx, &Filter { person: Some(me), take: 200, ..Filter::default() }).await
}

/// One of these. Errors: `NotFound`.
pub async fn own(tx: &mut Tx, id: ApplicationId) -> Result<(Application, Vec<Score>), Error> {
    let me = tx.person()?;
    let filter = Filter { person: Some(me), only: Some(id), take: 1, ..Filter::default() };
    let found = list::load(tx, &filter).await?.pop().ok_or(Error::NotFound)?;
    let scores = list::scores(tx, id).await?;
    Ok((found, scores))
}

/// Sends a draft of one's own. Sent before, it stays as it is.
///
/// Errors: `NotFound`; `Applied`; `Invalid` on `beneficiary` when one speaks for them no longer.
pub async fn send(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    let (organisation, me) = (tx.organisation()?, tx.person()?);
    let row = sqlx::query!(
        "select state, programme_id, beneficiary_id from application
         where id = $1 and organisation_id = $2 and applicant_id = $3 for update",
        id.0,
        organisation.0,
        me.0
    )
    .fetch_optional(tx.connection())
    .await?
    .ok_or(Error::NotFound)?;
    if row.state != State::Draft.word() {
        return Ok(());
    }
    draft_of(tx, ProgrammeId(row.programme_id)).await?;
    if !for_whom(tx).await?.iter().any(|one| Some(one.id.0) == row.beneficiary_id) {
        return Err(Error::field("beneficiary", Problem::Missing));
    }
    let number = offer::next_number(tx).await?;
    sqlx::query!(
        "update application set state = 'submitted', submitted_at = moment(), number = $2 where id = $1",
        id.0,
        number
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, "sent", "application", id.0, json!({ "number": number })).await?;
    Ok(())
}

/// Takes back an application of one's own; a device that waits for it goes to the next of the waiting list, by a job that
/// is asked for in the same transaction.
///
/// Errors: `NotFound`; `Stays` when it was decided otherwise or the device was collected.
pub async fn withdraw(tx: &mut Tx, id: ApplicationId) -> Result<(), Error> {
    let (found, _) = own(tx, id).await?;
    let me = tx.person()?;
    if found.applicant != Some(me) {
        return Err(Error::NotFound);
    }
    if found.state != State::Draft {
        pass_on::hold(tx, id).await?;
        decide::hold(tx, id).await?;
    }
    let (found, _) = own(tx, id).await?;
    if found.state == State::Withdrawn {
        return Ok(());
    }
    let waits = found.allocation.as_ref();
    pass_on::give_up(tx, id, waits).await?;
    match waits {
        Some(waits) => pass_on::ask(tx, waits.loan).await,
        None => Ok(()),
    }
}
