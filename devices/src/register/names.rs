//! What forms and filters are chosen from, by name alone: nothing here counts devices, so a register of a hundred thousand is
//! no slower than one of a hundred.

use base::Tx;
use identity::DevicesReader;

use crate::error::Error;
use crate::register::catalogue::Named;
use crate::register::kind::AssetKind;
use crate::{LotId, ModelId, PlaceId};

/// The places in Polish order.
pub async fn places(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Named<PlaceId>>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select id, name from place where organisation_id = $1 order by name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Named { id: PlaceId(row.id), name: row.name }).collect())
}

/// The purchases, the latest first.
pub async fn lots(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Named<LotId>>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select id, name from purchase_lot where organisation_id = $1
           order by bought_on desc nulls last, name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Named { id: LotId(row.id), name: row.name }).collect())
}

/// The models with maker and kind, in Polish order; the name is "maker model".
pub async fn models(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<(Named<ModelId>, AssetKind)>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select m.id, k.name || ' ' || m.name as "name!", m.kind
           from asset_model m join maker k on k.id = m.maker_id
           where m.organisation_id = $1
           order by k.name collate "pl-x-icu", m.name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let model = rows.into_iter().map(|row| {
        let kind = AssetKind::from_word(&row.kind).unwrap_or(AssetKind::Accessory);
        (Named { id: ModelId(row.id), name: row.name }, kind)
    });
    Ok(model.collect())
}
