//! What assets are chosen from: makers, models, places.

use base::{Tx, audit};
use identity::{DeviceClerk, DevicesReader, FieldProblem, Problem};
use serde_json::json;
use uuid::Uuid;

use crate::error::Error;
use crate::register::kind::AssetKind;
use crate::{MakerId, ModelId, PlaceId};

/// A model of a maker.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its id.
    pub id: ModelId,
    /// Its maker.
    pub maker_id: MakerId,
    /// Its maker's name.
    pub maker: String,
    /// What it is.
    pub kind: AssetKind,
    /// Its name.
    pub name: String,
    /// What is looked at when a device goes out and comes back.
    pub checklist: Vec<String>,
    /// What goes along with it.
    pub accessories: Vec<String>,
    /// Whether data stay on it, so that it is wiped before it is lent again.
    pub holds_data: bool,
    /// How many assets there are of it.
    pub assets: i64,
}

/// The models, by maker and name in Polish order.
pub async fn models(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Model>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select m.id, m.maker_id, k.name as maker, m.kind, m.name, m.checklist, m.accessories, m.holds_data,
                  (select count(*) from asset a where a.organisation_id = $1 and a.model_id = m.id) as "assets!"
           from asset_model m join maker k on k.id = m.maker_id
           where m.organisation_id = $1
           order by k.name collate "pl-x-icu", m.name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    let model = rows.into_iter().map(|row| Model {
        id: ModelId(row.id),
        maker_id: MakerId(row.maker_id),
        maker: row.maker,
        kind: AssetKind::from_word(&row.kind).unwrap_or(AssetKind::Accessory),
        name: row.name,
        checklist: row.checklist,
        accessories: row.accessories,
        holds_data: row.holds_data,
        assets: row.assets,
    });
    Ok(model.collect())
}

/// What is written of a model.
#[derive(Clone, Debug, Default)]
pub struct NewModel {
    /// The maker's name; one that is not there is made.
    pub maker: String,
    /// What it is; none is refused.
    pub kind: Option<AssetKind>,
    /// Its name.
    pub name: String,
    /// What is looked at when a device goes out and comes back.
    pub checklist: Vec<String>,
    /// What goes along with it.
    pub accessories: Vec<String>,
    /// Whether data stay on it.
    pub holds_data: bool,
}

/// Most lines of a checklist or of accessories.
const MOST_LINES: usize = 30;

/// A name that is there and not too long.
fn named(field: &'static str, text: &str, most: usize) -> Option<FieldProblem> {
    let text = text.trim();
    let problem = match text.chars().count() {
        0 => Problem::Missing,
        count if count > most => Problem::TooLong(most),
        _ if text.chars().any(char::is_control) => Problem::Malformed,
        _ => return None,
    };
    Some(FieldProblem { field, problem })
}

impl NewModel {
    fn problems(&self) -> Vec<FieldProblem> {
        let mut problems: Vec<_> = [named("maker", &self.maker, 100), named("name", &self.name, 200)]
            .into_iter()
            .flatten()
            .collect();
        if self.kind.is_none() {
            problems.push(FieldProblem { field: "kind", problem: Problem::Missing });
        }
        for (field, lines) in [("checklist", &self.checklist), ("accessories", &self.accessories)] {
            if lines.len() > MOST_LINES || lines.iter().any(|line| line.chars().count() > 100) {
                problems.push(FieldProblem { field, problem: Problem::TooLong(100) });
            }
        }
        problems
    }
}

/// Makes a model, or changes the one of that id. A model's kind stays while there are assets of it that hold a SIM's data.
///
/// Errors: `Invalid`, `NotFound`.
pub async fn save_model(
    tx: &mut Tx,
    proof: &DeviceClerk,
    id: Option<ModelId>,
    new: &NewModel,
) -> Result<ModelId, Error> {
    let problems = new.problems();
    let (Some(kind), true) = (new.kind, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    let (organisation, now) = (tx.organisation()?, tx.now());
    let maker = maker(tx, proof, &new.maker).await?;
    let fresh = ModelId::new(now);
    let saved = match id {
        None => {
            sqlx::query_scalar!(
                "insert into asset_model (id, organisation_id, maker_id, kind, name, checklist, accessories, holds_data)
                 values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
                fresh.0,
                organisation.0,
                maker.0,
                kind.word(),
                new.name.trim(),
                &new.checklist,
                &new.accessories,
                new.holds_data,
            )
            .fetch_optional(tx.connection())
            .await
        }
        Some(id) => {
            sqlx::query_scalar!(
                "update asset_model set maker_id = $3, kind = $4, name = $5, checklist = $6, accessories = $7, holds_data = $8
                 where id = $1 and organisation_id = $2 returning id",
                id.0,
                organisation.0,
                maker.0,
                kind.word(),
                new.name.trim(),
                &new.checklist,
                &new.accessories,
                new.holds_data,
            )
            .fetch_optional(tx.connection())
            .await
        }
    };
    let id = match saved {
        Ok(id) => ModelId(id.ok_or(Error::NotFound)?),
        // A SIM card's number, plan or PIN does not fit another kind.
        Err(sqlx::Error::Database(refusal)) if refusal.is_check_violation() => {
            return Err(Error::field("kind", Problem::Malformed));
        }
        // Two makers' assets with one serial cannot become one maker's; a card that is in a device stays a card.
        Err(sqlx::Error::Database(refusal))
            if refusal.is_foreign_key_violation() || refusal.constraint() == Some("asset_serial") =>
        {
            return Err(Error::field("maker", Problem::Taken));
        }
        Err(error) => return Err(error.into()),
    };
    audit::record(tx, "saved", "asset_model", id.0, json!({})).await?;
    Ok(id)
}

/// The maker of that name, made when there is none; upper and lower case do not differ.
pub async fn maker(tx: &mut Tx, _: &DeviceClerk, name: &str) -> Result<MakerId, Error> {
    if let Some(problem) = named("maker", name, 100) {
        return Err(Error::Invalid(vec![problem]));
    }
    let (organisation, fresh) = (tx.organisation()?, MakerId::new(tx.now()));
    // The update changes nothing; it makes the row that is there answer too.
    let id = sqlx::query_scalar!(
        "insert into maker (id, organisation_id, name) values ($1, $2, $3)
         on conflict (organisation_id, lower(name)) do update set id = maker.id returning id",
        fresh.0,
        organisation.0,
        name.trim(),
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(MakerId(id))
}

/// A room, a store, a school building.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its id.
    pub id: PlaceId,
    /// Its name.
    pub name: String,
    /// How many assets belong there.
    pub assets: i64,
}

/// The places in Polish order.
pub async fn places(tx: &mut Tx, _: &DevicesReader) -> Result<Vec<Place>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select p.id, p.name, coalesce(c.assets, 0) as "assets!" from place p
           left join (select place_id, count(*) as assets from asset where organisation_id = $1 group by place_id) c
             on c.place_id = p.id
           where p.organisation_id = $1 order by p.name collate "pl-x-icu""#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Place { id: PlaceId(row.id), name: row.name, assets: row.assets })
        .collect())
}

/// Makes a place, or renames the one of that id. Errors: `Invalid` on `name`, `NotFound`.
pub async fn save_place(
    tx: &mut Tx,
    _: &DeviceClerk,
    id: Option<PlaceId>,
    name: &str,
) -> Result<PlaceId, Error> {
    if let Some(problem) = named("name", name, 200) {
        return Err(Error::Invalid(vec![problem]));
    }
    let (organisation, fresh) = (tx.organisation()?, PlaceId::new(tx.now()));
    let saved: Option<Uuid> = match id {
        None => {
            sqlx::query_scalar!(
                "insert into place (id, organisation_id, name) values ($1, $2, $3) returning id",
                fresh.0,
                organisation.0,
                name.trim(),
            )
            .fetch_optional(tx.connection())
            .await?
        }
        Some(id) => {
            sqlx::query_scalar!(
                "update place set name = $3 where id = $1 and organisation_id = $2 returning id",
                id.0,
                organisation.0,
                name.trim(),
            )
            .fetch_optional(tx.connection())
            .await?
        }
    };
    let id = PlaceId(saved.ok_or(Error::NotFound)?);
    audit::record(tx, "saved", "place", id.0, json!({})).await?;
    Ok(id)
}

/// A person or unit to choose from.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// Its id.
    pub id: T,
    /// Its name.
    pub name: String,
}

/// Who can answer for assets: the people of the organisation with a role, in Polish order.
pub async fn custodians(tx: &mut Tx, _: &DeviceClerk) -> Result<Vec<Named<base::PersonId>>, Error> {
    let organisation = tx.organisation()?;
    let rows = sqlx::query!(
        r#"select p.id, p.family_name || ' ' || p.given_name as "name!" from person p
           where p.organisation_id = $1
             and (exists (select from role_grant r where r.person_id = p.id)
                  or exists (select from asset a where a.organisation_id = $1 and a.custodian_id = p.id))
           order by p.family_name collate "pl-x-icu", p.given_name collate "pl-x-icu" limit 1000"#,
        organisation.0
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows.into_iter().map(|row| Named { id: base::PersonId(row.id), name: row.name }).collect())
}
