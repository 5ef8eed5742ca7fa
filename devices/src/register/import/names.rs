//! What the rows name: makers, models and places are found or made, the rest is found; a few statements for the whole file.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{PersonId, Tx};
use identity::import::RowProblem;
use identity::{DeviceClerk, OrgUnitId, Problem};
use serde_json::json;

use super::rows::Row;
use crate::error::Error;
use crate::register::kind::AssetKind;
use crate::register::{names as choices, purchase};
use crate::{LotId, MakerId, ModelId, PlaceId, ProgrammeId};

/// Ids by name, in small letters.
#[derive(Default)]
pub(super) struct Names {
    makers: HashMap<String, MakerId>,
    models: HashMap<(MakerId, String), (ModelId, AssetKind)>,
    places: HashMap<String, PlaceId>,
    lots: HashMap<String, LotId>,
    programmes: HashMap<String, ProgrammeId>,
    units: HashMap<String, OrgUnitId>,
    people: HashMap<String, PersonId>,
}

fn small(name: &str) -> String {
    name.to_lowercase()
}

impl Names {
    pub fn maker(&self, row: &Row) -> Option<MakerId> {
        self.makers.get(&small(&row.maker)).copied()
    }

    pub fn model(&self, row: &Row) -> Option<ModelId> {
        self.models.get(&(self.maker(row)?, small(&row.model))).map(|(id, _)| *id)
    }

    pub fn place(&self, row: &Row) -> Option<PlaceId> {
        self.places.get(&small(&row.place)).copied()
    }

    pub fn lot(&self, row: &Row) -> Option<LotId> {
        self.lots.get(&small(&row.lot)).copied()
    }

    pub fn programme(&self, row: &Row) -> Option<ProgrammeId> {
        self.programmes.get(&small(&row.programme)).copied()
    }

    pub fn unit(&self, row: &Row) -> Option<OrgUnitId> {
        self.units.get(&small(&row.unit)).copied()
    }

    pub fn custodian(&self, row: &Row) -> Option<PersonId> {
        self.people.get(&small(&row.custodian)).copied()
    }

    /// Finds or makes what the rows name; what must be there and is not becomes a problem of its row.
    pub async fn settle(
        tx: &mut Tx,
        proof: &DeviceClerk,
        rows: &[Row],
        problems: &mut Vec<RowProblem>,
    ) -> Result<Self, Error> {
        let mut names = Self::default();
        names.makers_and_places(tx, rows).await?;
        names.settle_models(tx, rows).await?;
        for lot in choices::lots(tx, &proof.reader()).await? {
            names.lots.insert(small(&lot.name), lot.id);
        }
        for programme in purchase::programmes_in_full(tx, proof).await? {
            names.programmes.insert(small(&programme.programme.name), programme.id);
        }
        names.find_units(tx).await?;
        names.find_people(tx, rows).await?;
        for row in rows {
            let unknown = [
                ("lot", &row.lot, names.lot(row).is_none()),
                ("programme", &row.programme, names.programme(row).is_none()),
                ("owner_unit", &row.unit, names.unit(row).is_none()),
                ("custodian", &row.custodian, names.custodian(row).is_none()),
            ];
            for (field, value, missing) in unknown {
                if missing && !value.is_empty() {
                    let (line, value) = (row.line, value.clone());
                    problems.push(RowProblem { line, field, value, problem: Problem::Unknown });
                }
            }
            let known = names.maker(row).and_then(|maker| names.models.get(&(maker, small(&row.model))));
            if let (Some(kind), Some((_, known))) = (row.kind, known)
                && kind != *known
            {
                let value = kind.word().to_owned();
                problems.push(RowProblem { line: row.line, field: "kind", value, problem: Problem::Taken });
            }
        }
        Ok(names)
    }

    async fn makers_and_places(&mut self, tx: &mut Tx, rows: &[Row]) -> Result<(), Error> {
        let (organisation, now) = (tx.organisation()?, tx.now());
        // In the order of their names, so that two imports take the same rows in the same order.
        let makers: BTreeMap<String, &str> =
            rows.iter().map(|row| (small(&row.maker), row.maker.as_str())).collect();
        let names: Vec<_> =
            makers.values().map(|name| json!({ "id": MakerId::new(now).0, "name": name })).collect();
        sqlx::query!(
            "insert into maker (id, organisation_id, name)
             select r.id, $1, r.name from jsonb_to_recordset($2) as r (id uuid, name text) on conflict do nothing",
            organisation.0,
            json!(names),
        )
        .execute(tx.connection())
        .await?;
        let found = sqlx::query!("select id, name from maker where organisation_id = $1", organisation.0)
            .fetch_all(tx.connection())
            .await?;
        self.makers = found.into_iter().map(|row| (small(&row.name), MakerId(row.id))).collect();
        let places: BTreeMap<String, &str> = rows
            .iter()
            .filter(|row| !row.place.is_empty())
            .map(|row| (small(&row.place), row.place.as_str()))
            .collect();
        let names: Vec<_> =
            places.values().map(|name| json!({ "id": PlaceId::new(now).0, "name": name })).collect();
        sqlx::query!(
            "insert into place (id, organisation_id, name)
             select r.id, $1, r.name from jsonb_to_recordset($2) as r (id uuid, name text) on conflict do nothing",
            organisation.0,
            json!(names),
        )
        .execute(tx.connection())
        .await?;
        let found = sqlx::query!("select id, name from place where organisation_id = $1", organisation.0)
            .fetch_all(tx.connection())
            .await?;
        self.places = found.into_iter().map(|row| (small(&row.name), PlaceId(row.id))).collect();
        Ok(())
    }

    /// A model that is not there is made when its row says what it is.
    async fn settle_models(&mut self, tx: &mut Tx, rows: &[Row]) -> Result<(), Error> {
        let (organisation, now) = (tx.organisation()?, tx.now());
        let mut models = BTreeMap::new();
        for row in rows {
            if let (Some(maker), Some(kind)) = (self.maker(row), row.kind) {
                models.entry((maker, small(&row.model))).or_insert((row.model.as_str(), kind));
            }
        }
        let models: Vec<_> = models
            .into_iter()
            .map(|((maker, _), (name, kind))| {
                json!({ "id": ModelId::new(now).0, "maker": maker.0, "name": name, "kind": kind.word(),
                        "holds_data": !matches!(kind, AssetKind::SimCard | AssetKind::Accessory) })
            })
            .collect();
        sqlx::query!(
            "insert into asset_model (id, organisation_id, maker_id, kind, name, holds_data)
             select r.id, $1, r.maker, r.kind, r.name, r.holds_data
             from jsonb_to_recordset($2) as r (id uuid, maker uuid, name text, kind text, holds_data boolean)
             on conflict do nothing",
            organisation.0,
            json!(models),
        )
        .execute(tx.connection())
        .await?;
        let found = sqlx::query!(
            "select id, maker_id, name, kind from asset_model where organisation_id = $1",
            organisation.0
        )
        .fetch_all(tx.connection())
        .await?;
        for row in found {
            if let Some(kind) = AssetKind::from_word(&row.kind) {
                self.models.insert((MakerId(row.maker_id), small(&row.name)), (ModelId(row.id), kind));
            }
        }
        Ok(())
    }

    /// Units by their path (`Wydział Oświaty / Referat Szkół`) and, where it is the only one of it, by their name alone.
    async fn find_units(&mut self, tx: &mut Tx) -> Result<(), Error> {
        let units = identity::unit::all(tx).await.map_err(|error| match error {
            identity::Error::Database(error) => Error::from(error),
            _ => Error::NotFound,
        })?;
        let mut way: Vec<&str> = Vec::new();
        let mut alone: HashMap<String, Option<OrgUnitId>> = HashMap::new();
        for unit in &units {
            way.truncate(usize::try_from(unit.depth).unwrap_or(0));
            way.push(&unit.name);
            self.units.insert(small(&way.join(" / ")), unit.id);
            alone.entry(small(&unit.name)).and_modify(|only| *only = None).or_insert(Some(unit.id));
        }
        for (name, only) in alone {
            if let Some(id) = only {
                self.units.entry(name).or_insert(id);
            }
        }
        Ok(())
    }

    /// People by their login and, where it is the only one of it, by given and family name.
    async fn find_people(&mut self, tx: &mut Tx, rows: &[Row]) -> Result<(), Error> {
        let wanted: BTreeSet<String> =
            rows.iter().filter(|row| !row.custodian.is_empty()).map(|row| small(&row.custodian)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let (organisation, wanted) = (tx.organisation()?, wanted.into_iter().collect::<Vec<_>>());
        // Whose data were erased is known by the login that they were given then, which an export writes.
        let found = sqlx::query!(
            r#"select id, lower(login) as "login!", lower(given_name || ' ' || family_name) as "name!" from person
               where organisation_id = $1
                 and (lower(login) = any($2)
                      or erased_at is null and lower(given_name || ' ' || family_name) = any($2))"#,
            organisation.0,
            &wanted,
        )
        .fetch_all(tx.connection())
        .await?;
        let mut alone: HashMap<String, Option<PersonId>> = HashMap::new();
        for row in found {
            let id = PersonId(row.id);
            self.people.insert(row.login, id);
            alone.entry(row.name).and_modify(|only| *only = None).or_insert(Some(id));
        }
        for (name, only) in alone {
            if let Some(id) = only {
                self.people.entry(name).or_insert(id);
            }
        }
        Ok(())
    }
}
