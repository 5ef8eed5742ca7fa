//! Export of assets as a table that `import` reads back without loss.

use base::Tx;
use identity::DeviceClerk;
use identity::sheet::safe_cell;
use time::Date;
use uuid::Uuid;

use crate::error::Error;
use crate::register::find::{self, Filter};
use crate::register::import::COLUMNS;

/// Most rows of one file.
const MOST_ROWS: i32 = 1_000_000;

/// The assets that fit as CSV: UTF-8 with a mark (so that spreadsheets see it), `;` between cells. Programmes have their real
/// names, so only a clerk has it.
pub async fn csv(tx: &mut Tx, proof: &DeviceClerk, filter: &Filter) -> Result<Vec<u8>, Error> {
    let organisation = tx.organisation()?;
    let ids: Vec<Uuid> =
        find::ids(tx, &proof.reader(), filter, MOST_ROWS).await?.into_iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"with recursive unit (id, path) as (
             select id, name from org_unit where organisation_id = $1 and parent_id is null
             union all select u.id, t.path || ' / ' || u.name from org_unit u join unit t on u.parent_id = t.id
           )
           select a.inventory_no, a.serial, a.kind, k.name as maker, m.name as model, u.path as "unit?", p.name as "place?",
                  l.name as "lot?", g.name as "programme?", a.phone_no, a.plan, a.plan_until, a.mdm_id,
                  (a.mdm_seen_at at time zone 'Europe/Warsaw')::date as mdm_seen, a.note, a.state
           from asset a
           join asset_model m on m.id = a.model_id join maker k on k.id = a.maker_id
           left join unit u on u.id = a.owner_unit_id left join place p on p.id = a.place_id
           left join purchase_lot l on l.id = a.lot_id left join programme g on g.id = a.programme_id
           where a.organisation_id = $1 and a.id = any($2) order by a.inventory_key collate code_order"#,
        organisation.0,
        &ids,
    )
    .fetch_all(tx.connection())
    .await?;
    let failed = |error: csv::Error| Error::Database(sqlx::Error::Io(std::io::Error::other(error)));
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
    let headers = COLUMNS.iter().map(|(_, _, names)| names.first().copied().unwrap_or_default());
    writer.write_record(headers.chain(["stan"])).map_err(failed)?;
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    for row in rows {
        let cells = [
            row.inventory_no,
            row.serial.unwrap_or_default(),
            row.kind,
            row.maker,
            row.model,
            row.unit.unwrap_or_default(),
            row.place.unwrap_or_default(),
            row.lot.unwrap_or_default(),
            row.programme.unwrap_or_default(),
            row.phone_no.unwrap_or_default(),
            row.plan.unwrap_or_default(),
            day(row.plan_until),
            row.mdm_id.unwrap_or_default(),
            day(row.mdm_seen),
            row.note,
            row.state,
        ];
        writer.write_record(cells.iter().map(|cell| safe_cell(cell))).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::Database(sqlx::Error::Io(std::io::Error::other(error.to_string()))))
}
