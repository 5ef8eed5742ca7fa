//! Export of assets as a table that `import` reads back without loss.

use base::Tx;
use identity::DeviceClerk;
use uuid::Uuid;

use crate::error::Error;
use crate::register::find::{self, Filter};
use crate::register::import::COLUMNS;
use crate::table::{Cell, Table};

/// Most rows of one file.
const MOST_ROWS: i32 = 1_000_000;

/// The assets that fit, under headers that the import knows. Programmes have their real names, so only a clerk has it.
pub async fn table(tx: &mut Tx, proof: &DeviceClerk, filter: &Filter) -> Result<Table, Error> {
    let organisation = tx.organisation()?;
    let ids: Vec<Uuid> =
        find::ids(tx, &proof.reader(), filter, MOST_ROWS).await?.into_iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"with recursive unit (id, path) as (
             select id, name from org_unit where organisation_id = $1 and parent_id is null
             union all select u.id, t.path || ' / ' || u.name from org_unit u join unit t on u.parent_id = t.id
           )
           select a.inventory_no, a.serial, a.kind, k.name as maker, m.name as model, u.path as "unit?",
                  c.login as "custodian?", p.name as "place?", l.name as "lot?", g.name as "programme?", a.phone_no, a.plan, a.plan_until, a.mdm_id,
                  (a.mdm_seen_at at time zone 'Europe/Warsaw')::date as mdm_seen, a.note, a.state
           from asset a
           join asset_model m on m.id = a.model_id join maker k on k.id = a.maker_id
           left join unit u on u.id = a.owner_unit_id left join person c on c.id = a.custodian_id
           left join place p on p.id = a.place_id
           left join purchase_lot l on l.id = a.lot_id left join programme g on g.id = a.programme_id
           where a.organisation_id = $1 and a.id = any($2) order by a.inventory_key collate code_order"#,
        organisation.0,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    let headers = COLUMNS.iter().map(|(_, _, names)| names.first().copied().unwrap_or_default());
    let headers = headers.chain(["stan"]).map(str::to_owned).collect();
    let rows = rows.into_iter().map(|row| {
        vec![
            row.inventory_no.into(),
            row.serial.into(),
            row.kind.into(),
            row.maker.into(),
            row.model.into(),
            row.unit.into(),
            row.custodian.into(),
            row.place.into(),
            row.lot.into(),
            row.programme.into(),
            row.phone_no.into(),
            row.plan.into(),
            row.plan_until.into(),
            row.mdm_id.into(),
            row.mdm_seen.into(),
            row.note.into(),
            Cell::Text(row.state),
        ]
    });
    Ok(Table { title: "ewidencja".to_owned(), headers, rows: rows.collect(), sums: Vec::new() })
}
