//! Which loans stand on one page of a list: their ids in order, and how many fit in all. These lists are looked at every day and grow
//! with the years, so nothing else of a loan is read here.

use base::Tx;

use super::list::{Filter, MOST, Order, Show};
use crate::{Error, LoanId};

/// Most letters of a search that are looked at.
const MOST_LETTERS: usize = 100;

/// The loans of the page, and how many all pages have.
pub(super) async fn ids(tx: &mut Tx, filter: &Filter) -> Result<(Vec<LoanId>, i64), Error> {
    let plain = filter.text.trim().is_empty() && filter.group.is_none() && filter.person.is_none();
    if plain && filter.show == Show::Open && matches!(filter.order, Order::Usual | Order::Name) {
        return open(tx, filter).await;
    }
    let organisation = tx.organisation()?;
    let text: String = filter.text.chars().filter(|letter| *letter != '\0').take(MOST_LETTERS).collect();
    let row = sqlx::query!(
        r#"select total as "total!", ids as "ids!" from loans_page($1, $2, $3, $4, $5, $6, $7, $8)"#,
        organisation.0,
        filter.show.word(),
        filter.order.word(),
        text,
        filter.group.map(|id| id.0),
        filter.person.map(|id| id.0),
        filter.skip.max(0),
        filter.take.clamp(1, MOST),
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.ids.into_iter().map(LoanId).collect(), row.total))
}

/// The same of what is open, by name.
async fn open(tx: &mut Tx, filter: &Filter) -> Result<(Vec<LoanId>, i64), Error> {
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
        filter.take.clamp(1, MOST),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok((ids.into_iter().map(LoanId).collect(), total))
}
