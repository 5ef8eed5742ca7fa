//! Lists of loans: open, overdue, soon due, owed, said to be back, not collected; by text, person and class. Whether one is
//! overdue is computed by the day in Warsaw.

use base::{PersonId, Tx};
use identity::{DevicesReader, GroupId, day};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::due;
use super::kind::{LoanKind, Outcome};
use crate::{AgreementId, AssetId, Error, LoanId};

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

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which loans.
    pub show: Show,
    /// Part of a name, number, serial or model.
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

/// The loans of the organisation that fit, and how many there are.
pub async fn loans(tx: &mut Tx, _: &DevicesReader, filter: &Filter) -> Result<(Vec<Line>, i64), Error> {
    let plain = filter.text.trim().is_empty() && filter.group.is_none() && filter.person.is_none();
    // These lists are looked at every day: what stands on a page is found first, and only that is read.
    let (ids, total) = match filter.show {
        Show::Overdue | Show::Soon if plain => due::page(tx, filter).await?,
        Show::Open if plain => open_page(tx, filter).await?,
        _ => return lines(tx, filter, None, None).await,
    };
    Ok((known(tx, &ids).await?, total))
}

/// The loans of one page of what is open, by name, and how many there are in all.
async fn open_page(tx: &mut Tx, filter: &Filter) -> Result<(Vec<LoanId>, i64), Error> {
    let organisation = tx.organisation()?;
    // As many as the database keeps count of, like the first page of the register.
    let total = sqlx::query_scalar!(
        r#"select coalesce(sum(amount), 0)::bigint as "count!" from register_tally where organisation_id = $1 and what = 'lent'"#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    // First how many each has, by index alone, and from that who stands on the page; only their loans are put in order.
    let ids = sqlx::query_scalar!(
        r#"with held as materialized (
             select l.beneficiary_id, count(*) as number from loan l
             where l.organisation_id = $1 and l.handed_over_at is not null and l.returned_at is null and l.beneficiary_id is not null
             group by l.beneficiary_id),
           named as (
             select h.beneficiary_id as person, null::uuid as loan, h.number, p.family_name as family,
                    p.given_name || ' ' || p.family_name as who
             from held h join person p on p.id = h.beneficiary_id
             union all
             select null, l.id, 1, '', coalesce((select t.name from loan_party t where t.agreement_id = l.agreement_id
                                                 and t.role = 'beneficiary' order by t.id limit 1), '')
             from loan l
             where l.organisation_id = $1 and l.handed_over_at is not null and l.returned_at is null and l.beneficiary_id is null),
           placed as (
             select n.*, (sum(n.number) over (order by n.family collate "pl-x-icu", n.who collate "pl-x-icu", n.person, n.loan
                                              rows unbounded preceding) - n.number)::bigint as earlier
             from named n),
           chosen as materialized (select * from placed where earlier < $2::bigint + $3::bigint and earlier + number > $2::bigint)
           select l.id as "id!"
           from chosen n
             cross join lateral (
               select h.id, h.asset_id from loan h
               where h.organisation_id = $1 and h.beneficiary_id = n.person and h.handed_over_at is not null and h.returned_at is null
               union all
               select o.id, o.asset_id from loan o where o.id = n.loan) l
             cross join lateral (select a.inventory_no from asset a where a.id = l.asset_id offset 0) s
           order by n.family collate "pl-x-icu", n.who collate "pl-x-icu", n.person, n.loan, s.inventory_no, l.id
           offset greatest(0, $2::bigint - coalesce((select min(earlier) from chosen), 0)) limit $3::bigint"#,
        organisation.0,
        filter.skip.max(0),
        filter.take.clamp(1, 10_000),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok((ids.into_iter().map(LoanId).collect(), total))
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
    total: i64,
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
                  x.claimed as "claimed!", x.given as "given!", 0::bigint as "total!"
           from unnest($2::uuid[]) with ordinality wanted (id, place) join loan_line x on x.id = wanted.id
           where x.organisation_id = $1 and x.cancelled_at is null order by wanted.place"#,
        organisation.0,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(Line::from).collect())
}

/// `mine`: only loans of this person, of those for whom the person speaks today, and under agreements in which they
/// take part; `only`: only this one of them.
pub(super) async fn lines(
    tx: &mut Tx,
    filter: &Filter,
    mine: Option<PersonId>,
    only: Option<LoanId>,
) -> Result<(Vec<Line>, i64), Error> {
    let (organisation, today) = (tx.organisation()?, day::today(tx).await?);
    let pattern = format!("%{}%", filter.text.trim().replace(['\\', '%', '_', '\0'], ""));
    let rows = sqlx::query_as!(
        Row,
        r#"select x.id as "id!", x.agreement_id as "agreement_id!", x.number as "number!", x.asset_id as "asset_id!",
                  x.inventory_no as "inventory_no!", x.model as "model!", x.kind as "kind!", x.beneficiary_id, x.who as "who!",
                  x.groups as "groups!", x.handed_over_at, x.returned_at, x.result, x.due_on, x.due_on - $2::date as "days?",
                  x.accessories as "accessories!", x.claimed as "claimed!", x.given as "given!",
                  count(*) over () as "total!"
           from loan_line x
           where x.organisation_id = $1 and x.cancelled_at is null and ($3::uuid is null or x.id = $3)
             and ($4::uuid is null or x.beneficiary_id = $4
                  or exists (select 1 from loan_party t where t.agreement_id = x.agreement_id and t.person_id = $4 and t.until is null))
             and ($5::uuid is null or exists (select 1 from membership b where b.group_id = $5 and b.person_id = x.beneficiary_id))
             and ($6::uuid is null or x.beneficiary_id = $6
                  or exists (select 1 from loan_party t where t.agreement_id = x.agreement_id and t.person_id = $6 and t.until is null)
                  or exists (select 1 from guardianship g where g.guardian_id = $6 and g.ward_id = x.beneficiary_id
                             and g.since <= $2::date and (g.until is null or g.until > $2::date)
                             and x.born_on + interval '18 years' > $2::date))
             and case $7
                   when 'open' then x.handed_over_at is not null and x.returned_at is null
                   when 'overdue' then x.handed_over_at is not null and x.returned_at is null and x.due_on < $2::date
                   when 'soon' then x.handed_over_at is not null and x.returned_at is null
                                    and x.due_on between $2::date and $2::date + 30
                   when 'owed' then x.returned_at is not null and exists (select 1 from loan_accessory c where c.loan_id = x.id
                                    and c.returned_at is null and c.settled_at is null)
                   when 'claimed' then x.returned_at is null and x.claimed
                   when 'waiting' then x.handed_over_at is null
                   when 'closed' then x.returned_at is not null
                   else true
                 end
             and x.who || ' ' || x.inventory_no || ' ' || coalesce(x.serial, '') || ' ' || x.model || ' ' || x.number ilike $8
           order by case when $7 in ('overdue', 'soon') then x.due_on end nulls last,
                    case when $7 = 'closed' then x.returned_at end desc nulls last,
                    x.family collate "pl-x-icu", x.who collate "pl-x-icu", x.inventory_no offset $9 limit $10"#,
        organisation.0,
        today,
        only.map(|id| id.0),
        filter.person.map(|id| id.0),
        filter.group.map(|id| id.0),
        mine.map(|id| id.0),
        filter.show.word(),
        pattern,
        filter.skip.max(0),
        filter.take.clamp(1, 10_000),
    )
    .fetch_all(tx.connection())
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(Line::from).collect(), total))
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
