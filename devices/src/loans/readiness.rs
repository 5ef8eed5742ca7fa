//! What stands against a hand-over, in three weights: impossible, to be confirmed, only to be known. A sibling's overdue
//! device is only to be known: it never refuses anybody their education.

use base::Tx;
use time::{Date, OffsetDateTime};

use super::agreement::{Agreement, Item};
use super::due;
use super::kind::LoanKind;
use super::thing::{self, Thing};
use crate::{Error, LoanId};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It cannot be done.
    Impossible,
    /// It is done when the clerk says so.
    Confirm,
    /// The clerk is told.
    Alert,
}

/// Something found before a hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The agreement is not signed.
    NotSigned,
    /// The day lies ahead.
    Ahead,
    /// The device is not in stock: the word of its state.
    NotInStock(String),
    /// Its data were not wiped.
    ToWipe,
    /// Somebody has it now: who, and since when.
    LentNow(String, OffsetDateTime),
    /// Somebody had it at the time that is named: who, from when, until when.
    LentThen(String, OffsetDateTime, OffsetDateTime),
    /// The person has a primary device: its number.
    HasPrimary(String),
    /// The person keeps so many devices too long.
    OwnOverdue(i64),
    /// The person owes so many accessories.
    OwesAccessories(i64),
    /// Something that was reported of the device is not closed.
    OpenIncident,
    /// The device was bought by another programme.
    OtherProgramme,
    /// The hand-over is written down so many days late.
    LongAgo(i64),
    /// Somebody with the same guardian keeps so many devices too long.
    SiblingsOverdue(i64),
}

impl Finding {
    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Self::NotSigned
            | Self::Ahead
            | Self::NotInStock(_)
            | Self::ToWipe
            | Self::LentNow(..)
            | Self::LentThen(..)
            | Self::HasPrimary(_) => Weight::Impossible,
            Self::OwnOverdue(_)
            | Self::OwesAccessories(_)
            | Self::OpenIncident
            | Self::OtherProgramme
            | Self::LongAgo(_) => Weight::Confirm,
            Self::SiblingsOverdue(_) => Weight::Alert,
        }
    }

    /// A word for the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSigned => "not_signed",
            Self::Ahead => "ahead",
            Self::NotInStock(_) => "not_in_stock",
            Self::ToWipe => "to_wipe",
            Self::LentNow(..) => "lent",
            Self::LentThen(..) => "lent_then",
            Self::HasPrimary(_) => "has_primary",
            Self::OwnOverdue(_) => "own_overdue",
            Self::OwesAccessories(_) => "owes_accessories",
            Self::OpenIncident => "open_incident",
            Self::OtherProgramme => "other_programme",
            Self::LongAgo(_) => "long_ago",
            Self::SiblingsOverdue(_) => "siblings_overdue",
        }
    }
}

/// A finding about one device, or about the whole when `item` is none.
#[derive(Clone, Debug)]
pub struct Found {
    /// The device: its inventory number.
    pub item: Option<String>,
    /// What was found.
    pub finding: Finding,
}

/// Whether the hand-over may go on.
pub fn allows(found: &[Found], confirmed: bool) -> bool {
    found.iter().all(|one| match one.finding.weight() {
        Weight::Impossible => false,
        Weight::Confirm => confirmed,
        Weight::Alert => true,
    })
}

/// Everything that stands against handing these devices over at that time.
pub(super) async fn of(
    tx: &mut Tx,
    agreement: &Agreement,
    loans: &[LoanId],
    at: OffsetDateTime,
    today: Date,
) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    let mut whole = |finding| found.push(Found { item: None, finding });
    if agreement.signed.is_none() {
        whole(Finding::NotSigned);
    }
    if at > tx.now() {
        whole(Finding::Ahead);
    }
    let days = (tx.now() - at).whole_days();
    if days > 7 {
        whole(Finding::LongAgo(days));
    }
    let beneficiary = agreement.party(super::kind::Role::Beneficiary).and_then(|party| party.person);
    if let Some(person) = beneficiary {
        let organisation = tx.organisation()?;
        let row = sqlx::query!(
            r#"select
                 (select count(*) from loan l where l.organisation_id = $3 and l.beneficiary_id = $1
                    and l.handed_over_at is not null and l.returned_at is null and l.due_on < $2) as "own!",
                 (select count(*) from loan_accessory c join loan l on l.id = c.loan_id
                  where c.organisation_id = $3 and l.organisation_id = $3 and l.beneficiary_id = $1 and l.returned_at is not null
                    and c.returned_at is null and c.settled_at is null) as "owes!",
                 (select count(distinct l.id) from guardianship mine join guardianship g on g.guardian_id = mine.guardian_id
                    join loan l on l.organisation_id = $3 and l.beneficiary_id = g.ward_id
                  where mine.ward_id = $1 and g.ward_id <> $1 and (mine.until is null or mine.until > $2)
                    and l.handed_over_at is not null and l.returned_at is null and l.due_on < $2) as "siblings!""#,
            person.0,
            today,
            organisation.0,
        )
        .fetch_one(tx.connection())
        .await?;
        for (count, finding) in [
            (row.own, Finding::OwnOverdue(row.own)),
            (row.owes, Finding::OwesAccessories(row.owes)),
            (row.siblings, Finding::SiblingsOverdue(row.siblings)),
        ] {
            if count > 0 {
                whole(finding);
            }
        }
    }
    for item in agreement.items.iter().filter(|item| loans.contains(&item.loan)) {
        let thing = thing::load(tx, item.asset).await?;
        for finding in of_item(tx, agreement, item, &thing, at).await? {
            found.push(Found { item: Some(item.inventory_no.clone()), finding });
        }
    }
    found.sort_by_key(|one| one.finding.weight());
    Ok(found)
}

async fn of_item(
    tx: &mut Tx,
    agreement: &Agreement,
    item: &Item,
    thing: &Thing,
    at: OffsetDateTime,
) -> Result<Vec<Finding>, Error> {
    let mut found = Vec::new();
    if thing.state != "in_stock" {
        found.push(Finding::NotInStock(thing.state.clone()));
    }
    let others = sqlx::query!(
        r#"select l.handed_over_at as "from!", l.returned_at as until,
                  coalesce((select name from loan_party t where t.agreement_id = l.agreement_id and t.role = 'beneficiary'
                            order by t.id limit 1), '') as "who!"
           from loan l where l.asset_id = $1 and l.id <> $2 and l.handed_over_at is not null
             and (l.returned_at is null or l.returned_at > $3) order by l.handed_over_at desc limit 1"#,
        item.asset.0,
        item.loan.0,
        at,
    )
    .fetch_optional(tx.connection())
    .await?;
    match others {
        Some(row) => found.push(match row.until {
            Some(until) => Finding::LentThen(row.who, row.from, until),
            None => Finding::LentNow(row.who, row.from),
        }),
        None if thing.to_wipe => found.push(Finding::ToWipe),
        None => {}
    }
    let beneficiary = agreement.party(super::kind::Role::Beneficiary).and_then(|party| party.person);
    if let (LoanKind::Primary, Some(person)) = (item.kind, beneficiary) {
        let primary = sqlx::query_scalar!(
            "select s.inventory_no from loan l join asset s on s.id = l.asset_id
             where l.beneficiary_id = $1 and l.kind = 'primary' and l.handed_over_at is not null and l.returned_at is null limit 1",
            person.0
        )
        .fetch_optional(tx.connection())
        .await?;
        found.extend(primary.map(Finding::HasPrimary));
    }
    let incidents = sqlx::query_scalar!(
        r#"select count(*) as "count!" from incident where asset_id = $1 and closed_at is null"#,
        item.asset.0
    )
    .fetch_one(tx.connection())
    .await?;
    if incidents > 0 {
        found.push(Finding::OpenIncident);
    }
    let programme = agreement.programme.as_ref().map(|(id, _)| *id);
    if programme.is_some() && thing.programme.is_some() && programme != thing.programme {
        found.push(Finding::OtherProgramme);
    }
    if due::of_loan_is_missing(tx, item.loan).await? {
        found.push(Finding::NotSigned);
    }
    Ok(found)
}
