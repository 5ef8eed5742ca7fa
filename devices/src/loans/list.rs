//! Lists of loans: open, overdue, soon due, owed, said to be back, not collected; by text, person and class, in the order that is asked
//! for. Whether one is overdue is computed by the day in Warsaw.

use base::{PersonId, Tx};
use identity::{DevicesReader, GroupId, day};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::kind::{LoanKind, Outcome};
use super::page;
use crate::{AgreementId, AssetId, Error, LoanId};

/// Most loans that are answered at once: as many rows as a sheet of a workbook has.
pub const MOST: i64 = 1_000_000;

/// Which loans a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Handed over and not back.
    #[default]
    Open,
    /// Open after its last day.
    Overdue,
    /// Open, and due within thirty days.
    Soon,
    /// Back, but something that belongs to it is not.
    Owed,
    /// Open, and the borrower says that it is back.
    Claimed,
    /// Prepared, not collected.
    Waiting,
    /// Back.
    Closed,
    /// All of these.
    All,
}

impl Show {
    /// In the order of the page.
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::Overdue,
        Self::Soon,
        Self::Owed,
        Self::Claimed,
        Self::Waiting,
        Self::Closed,
        Self::All,
    ];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Soon => "soon",
            Self::Owed => "owed",
            Self::Claimed => "claimed",
            Self::Waiting => "waiting",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|show| show.word() == word)
    }
}

/// The order of a list. Equal ones follow by name, number and id, so a page never shows what another one has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// What is overdue or due soon by its last day, what is back by the day of its return, the newest first; else by name.
    #[default]
    Usual,
    /// By family name, in Polish order.
    Name,
    /// The earliest last day first; what has none comes last.
    Due,
    /// What has no last day first, then the latest.
    DueDown,
}

impl Order {
    /// In the order of the page.
    pub const ALL: [Self; 4] = [Self::Usual, Self::Name, Self::Due, Self::DueDown];

    /// The word in the database and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Name => "name",
            Self::Due => "due",
            Self::DueDown => "due_down",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.word() == word)
    }
}

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which loans.
    pub show: Show,
    /// In which order.
    pub order: Order,
    /// Parts of names, numbers, serials or models; every word must fit. Polish signs do not matter.
    pub text: String,
    /// Only members of this group.
    pub group: Option<GroupId>,
    /// Only this person's.
    pub person: Option<PersonId>,
    /// How many to pass over.
    pub skip: i64,
    /// How many to show.
    pub take: i64,
}

/// A loan in a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The loan.
    pub loan: LoanId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// The agreement's number.
    pub number: String,
    /// The device.
    pub asset: AssetId,
    /// Inventory number.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// What it is to the person.
    pub kind: LoanKind,
    /// For whom it is.
    pub person: Option<PersonId>,
    /// Their name, or the institution's.
    pub who: String,
    /// Their groups or classes.
    pub groups: Vec<String>,
    /// When it was handed over.
    pub handed_over_at: Option<OffsetDateTime>,
    /// When it came back.
    pub returned_at: Option<OffsetDateTime>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The last day.
    pub due_on: Option<Date>,
    /// Days until the last day; below zero: so many days overdue.
    pub days: Option<i32>,
    /// What went along and is not back.
    pub accessories: Vec<String>,
    /// The borrower says that it is back.
    pub claimed: bool,
    /// It was given for good: nobody is to bring it back.
    pub given: bool,
}

impl Line {
    /// Whether somebody has the device.
    pub fn is_open(&self) -> bool {
        self.handed_over_at.is_some() && self.returned_at.is_none()
    }

    /// Days overdue, for an open loan after its last day.
    pub fn overdue_days(&self) -> Option<i32> {
        self.days.filter(|days| self.is_open() && *days < 0).map(|days| -days)
    }
}

/// The loans of the organisation that fit, and how many there are on all pages. What stands on the page is found first, and only that
/// is read.
pub async fn loans(tx: &mut Tx, _: &DevicesReader, filter: &Filter) -> Result<(Vec<Line>, i64), Error> {
    let (ids, total) = page::ids(tx, filter).await?;
    Ok((known(tx, &ids).await?, total))
}

/// One loan. Errors: `NotFound`.
pub async fn one(tx: &mut Tx, _: &DevicesReader, id: LoanId) -> Result<Line, Error> {
    known(tx, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// A row of `loan_line`.
struct Row {
    id: Uuid,
    agreement_id: Uuid,
    number: String,
    asset_id: Uuid,
    inventory_no: String,
    model: String,
    kind: String,
    beneficiary_id: Option<Uuid>,
    who: String,
    groups: Vec<String>,
    handed_over_at: Option<OffsetDateTime>,
    returned_at: Option<OffsetDateTime>,
    result: Option<String>,
    due_on: Option<Date>,
    days: Option<i32>,
    accessories: Vec<String>,
    claimed: bool,
    given: bool,
}

impl From<Row> for Line {
    fn from(row: Row) -> Self {
        Self {
            loan: LoanId(row.id),
            agreement: AgreementId(row.agreement_id),
            number: row.number,
            asset: AssetId(row.asset_id),
            inventory_no: row.inventory_no,
            model: row.model,
            kind: LoanKind::from_word(&row.kind).unwrap_or(LoanKind::Primary),
            person: row.beneficiary_id.map(PersonId),
            who: row.who,
            groups: row.groups,
            handed_over_at: row.handed_over_at,
            returned_at: row.returned_at,
            outcome: row.result.as_deref().and_then(Outcome::from_word),
            due_on: row.due_on,
            days: row.days,
            accessories: row.accessories,
            claimed: row.claimed,
            given: row.given,
        }
    }
}

/// These loans, in this order. No wishes of a filter stand in the statement, so its plan is kept however many loans there are.
async fn known(tx: &mut Tx, ids: &[LoanId]) -> Result<Vec<Line>, Error> {
    let (organisation, ids) = (tx.organisation()?, ids.iter().map(|id| id.0).collect::<Vec<Uuid>>());
    let rows = sqlx::query_as!(
        Row,
        r#"select x.id as "id!", x.agreement_id as "agreement_id!", x.number as "number!", x.asset_id as "asset_id!",
                  x.inventory_no as "inventory_no!", x.model as "model!", x.kind as "kind!", x.beneficiary_id, x.who as "who!",
                  x.groups as "groups!", x.handed_over_at, x.returned_at, x.result, x.due_on,
                  x.due_on - (moment() at time zone 'Europe/Warsaw')::date as "days?", x.accessories as "accessories!",
                  x.claimed as "claimed!", x.given as "given!"
           from unnest($2::uuid[]) with ordinality wanted (id, place) join loan_line x on x.id = wanted.id
           where x.organisation_id = $1 and x.cancelled_at is null order by wanted.place"#,
        organisation.0,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(Line::from).collect())
}

/// Loans of this person, of those for whom the person speaks today, and under agreements in which they take part; `only`: only this
/// one of them. The first so many by name.
pub(super) async fn own(
    tx: &mut Tx,
    me: PersonId,
    only: Option<LoanId>,
    most: i64,
) -> Result<Vec<Line>, Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let rows = sqlx::query_as!(
        Row,
        r#"select x.id as "id!", x.agreement_id as "agreement_id!", x.number as "number!", x.asset_id as "asset_id!",
                  x.inventory_no as "inventory_no!", x.model as "model!", x.kind as "kind!", x.beneficiary_id, x.who as "who!",
                  x.groups as "groups!", x.handed_over_at, x.returned_at, x.result, x.due_on, x.due_on - $2::date as "days?",
                  x.accessories as "accessories!", x.claimed as "claimed!", x.given as "given!"
           from loan_line x
           where x.organisation_id = $1 and x.cancelled_at is null and ($3::uuid is null or x.id = $3)
             and (x.beneficiary_id = $4
                  or exists (select 1 from loan_party t where t.agreement_id = x.agreement_id and t.person_id = $4 and t.until is null)
                  or exists (select 1 from guardianship g where g.guardian_id = $4 and g.ward_id = x.beneficiary_id
                             and g.since <= $2::date and (g.until is null or g.until > $2::date)
                             and x.born_on + interval '18 years' > $2::date))
           order by x.family collate "pl-x-icu", x.who collate "pl-x-icu", x.inventory_no, x.id limit $5"#,
        organisation.0,
        today,
        only.map(|id| id.0),
        me.0,
        most,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(Line::from).collect())
}

/// An agreement in a list.
#[derive(Clone, Debug)]
pub struct AgreementLine {
    /// Its id.
    pub id: AgreementId,
    /// Its number.
    pub number: String,
    /// With whom.
    pub who: String,
    /// When it was drawn up.
    pub created_at: OffsetDateTime,
    /// When it was signed.
    pub signed_at: Option<OffsetDateTime>,
    /// How many devices stand in it.
    pub devices: i64,
    /// How many of them were not collected.
    pub waiting: i64,
}

/// Agreements, the newest first; `person`: only those in which the person takes part.
pub async fn agreements(
    tx: &mut Tx,
    _: &DevicesReader,
    text: &str,
    person: Option<PersonId>,
    take: i64,
) -> Result<Vec<AgreementLine>, Error> {
    agreement_lines(tx, text, person, take).await
}

pub(super) async fn agreement_lines(
    tx: &mut Tx,
    text: &str,
    person: Option<PersonId>,
    take: i64,
) -> Result<Vec<AgreementLine>, Error> {
    let organisation = tx.organisation()?;
    let pattern = format!("%{}%", text.trim().replace(['\\', '%', '_', '\0'], ""));
    let rows = sqlx::query!(
        r#"select * from (
             select a.id as "id!", a.number as "number!", a.created_at as "created_at!", a.signed_at,
                    coalesce((select name from loan_party t where t.agreement_id = a.id and t.role = 'beneficiary' order by t.id limit 1),
                             '') as "who!",
                    (select count(*) from loan l where l.agreement_id = a.id and l.cancelled_at is null) as "devices!",
                    (select count(*) from loan l where l.agreement_id = a.id and l.cancelled_at is null and l.handed_over_at is null)
                      as "waiting!"
             from loan_agreement a
             where a.organisation_id = $1 and ($3::uuid is null or exists
               (select 1 from loan_party t where t.agreement_id = a.id and t.person_id = $3))) x
           where x."number!" || ' ' || x."who!" ilike $2 order by x."created_at!" desc, x."id!" desc limit $4"#,
        organisation.0,
        pattern,
        person.map(|id| id.0),
        take,
    )
    .fetch_all(tx.connection())
    .await?;
    let line = rows.into_iter().map(|row| AgreementLine {
        id: AgreementId(row.id),
        number: row.number,
        who: row.who,
        created_at: row.created_at,
        signed_at: row.signed_at,
        devices: row.devices,
        waiting: row.waiting,
    });
    Ok(line.collect())
}
