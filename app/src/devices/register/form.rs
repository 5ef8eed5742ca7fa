//! The fields of an asset, as they are typed.

use devices::Error;
use devices::register::NewAsset;
use identity::{FieldProblem, Problem};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, register as say};

use super::choices::Choices;
use super::wording::{read_day, typed_day};
use crate::parts::{Choice, Field, FieldKind, FormErrors, HiddenField, Select, TextArea};

/// What was typed of an asset.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    model: String,
    inventory_no: String,
    serial: String,
    owner_unit: String,
    custodian: String,
    place: String,
    lot: String,
    programme: String,
    phone_no: String,
    plan: String,
    plan_until: String,
    mdm_id: String,
    note: String,
    /// The revision that the change began from.
    pub revision: String,
}

/// A chosen id; a value that is none is told.
pub fn chosen<T: std::str::FromStr>(
    field: &'static str,
    value: &str,
    problems: &mut Vec<FieldProblem>,
) -> Option<T> {
    let read = value.parse().ok();
    if read.is_none() && !value.is_empty() {
        problems.push(FieldProblem { field, problem: Problem::Unknown });
    }
    read
}

/// A typed day; text that is none is told.
pub fn typed(field: &'static str, value: &str, problems: &mut Vec<FieldProblem>) -> Option<time::Date> {
    read_day(value).unwrap_or_else(|()| {
        problems.push(FieldProblem { field, problem: Problem::Malformed });
        None
    })
}

/// Choices after one of none.
pub fn or_none(language: Language, choices: Vec<Choice>) -> Vec<Choice> {
    [Choice::new("", say::none_chosen(language))].into_iter().chain(choices).collect()
}

impl Typed {
    /// The fields of an asset that is there.
    pub fn of(asset: &NewAsset, revision: i32) -> Self {
        let id = |id: Option<String>| id.unwrap_or_default();
        Self {
            model: id(asset.model.map(|id| id.to_string())),
            inventory_no: asset.inventory_no.clone(),
            serial: asset.serial.clone(),
            owner_unit: id(asset.owner_unit.map(|id| id.to_string())),
            custodian: id(asset.custodian.map(|id| id.to_string())),
            place: id(asset.place.map(|id| id.to_string())),
            lot: id(asset.lot.map(|id| id.to_string())),
            programme: id(asset.programme.map(|id| id.to_string())),
            phone_no: asset.phone_no.clone(),
            plan: asset.plan.clone(),
            plan_until: typed_day(asset.plan_until),
            mdm_id: asset.mdm_id.clone(),
            note: asset.note.clone(),
            revision: revision.to_string(),
        }
    }

    /// As the area takes it. Errors: `Invalid` with everything that is wrong.
    pub fn asset(&self) -> Result<NewAsset, Error> {
        let mut problems = Vec::new();
        let asset = NewAsset {
            model: chosen("model", &self.model, &mut problems),
            inventory_no: self.inventory_no.trim().to_owned(),
            serial: self.serial.trim().to_owned(),
            owner_unit: chosen("owner_unit", &self.owner_unit, &mut problems),
            custodian: chosen("custodian", &self.custodian, &mut problems),
            place: chosen("place", &self.place, &mut problems),
            lot: chosen("lot", &self.lot, &mut problems),
            programme: chosen("programme", &self.programme, &mut problems),
            phone_no: self.phone_no.trim().to_owned(),
            plan: self.plan.trim().to_owned(),
            plan_until: typed("plan_until", &self.plan_until, &mut problems),
            mdm_id: self.mdm_id.trim().to_owned(),
            note: self.note.trim().to_owned(),
        };
        if problems.is_empty() {
            return Ok(asset);
        }
        problems.extend(asset.problems().into_iter().filter(|wrong| wrong.field != "model"));
        Err(Error::Invalid(problems))
    }

    /// The same with this inventory number; for many at once, whose numbers come later.
    pub fn with_number(&self, inventory_no: &str) -> Result<NewAsset, Error> {
        let typed = Self { inventory_no: inventory_no.to_owned(), serial: String::new(), ..self.clone() };
        let asset = typed.asset()?;
        let problems = asset.problems();
        if problems.is_empty() { Ok(asset) } else { Err(Error::Invalid(problems)) }
    }

    /// The model, where it belongs, and who paid: what many assets share.
    pub fn shared_fields(&self, language: Language, choices: Choices, errors: &FormErrors) -> AnyView {
        view! {
            <Select
                name="model"
                label=say::label_model(language)
                choices=or_none(language, choices.models)
                chosen=self.model.clone()
                hint=say::model_hint(language)
                error=errors.of("model")
            />
            <Select
                name="lot"
                label=say::label_lot(language)
                note=frame::optional(language)
                choices=or_none(language, choices.lots)
                chosen=self.lot.clone()
                error=errors.of("lot")
            />
            <Select
                name="programme"
                label=say::label_programme(language)
                note=frame::optional(language)
                choices=or_none(language, choices.programmes)
                chosen=self.programme.clone()
                error=errors.of("programme")
            />
            <Select
                name="owner_unit"
                label=say::label_owner_unit(language)
                note=frame::optional(language)
                choices=choices.units
                chosen=self.owner_unit.clone()
                hint=say::owner_unit_hint(language)
                error=errors.of("owner_unit")
            />
            <Select
                name="custodian"
                label=say::label_custodian(language)
                note=frame::optional(language)
                choices=or_none(language, choices.custodians)
                chosen=self.custodian.clone()
                hint=say::custodian_hint(language)
                error=errors.of("custodian")
            />
            <Select
                name="place"
                label=say::label_place(language)
                note=frame::optional(language)
                choices=or_none(language, choices.places)
                chosen=self.place.clone()
                error=errors.of("place")
            />
        }
        .into_any()
    }

    /// All fields.
    pub fn fields(&self, language: Language, choices: Choices, errors: &FormErrors) -> AnyView {
        view! {
            <HiddenField name="revision" value=self.revision.clone()/>
            <Field
                name="inventory_no"
                label=say::label_inventory_no(language)
                value=self.inventory_no.clone()
                autocomplete="off"
                error=errors.of("inventory_no")
            />
            <Field
                name="serial"
                label=say::label_serial(language)
                note=frame::optional(language)
                hint=say::serial_hint(language)
                value=self.serial.clone()
                autocomplete="off"
                error=errors.of("serial")
            />
            {self.shared_fields(language, choices, errors)}
            <fieldset class="field">
                <legend>{say::sim_fields(language)}</legend>
                <p class="hint">{say::sim_fields_hint(language)}</p>
                <Field
                    name="phone_no"
                    label=say::label_phone_no(language)
                    note=frame::optional(language)
                    kind=FieldKind::Telephone
                    value=self.phone_no.clone()
                    autocomplete="off"
                    error=errors.of("phone_no")
                />
                <Field
                    name="plan"
                    label=say::label_plan(language)
                    note=frame::optional(language)
                    value=self.plan.clone()
                    error=errors.of("plan")
                />
                <Field
                    name="plan_until"
                    label=say::label_plan_until(language)
                    note=frame::optional(language)
                    kind=FieldKind::Date
                    value=self.plan_until.clone()
                    error=errors.of("plan_until")
                />
            </fieldset>
            <Field
                name="mdm_id"
                label=say::label_mdm_id(language)
                note=frame::optional(language)
                value=self.mdm_id.clone()
                autocomplete="off"
                error=errors.of("mdm_id")
            />
            <TextArea
                name="note"
                label=say::label_note(language)
                note=frame::optional(language)
                value=self.note.clone()
                rows=3
                error=errors.of("note")
            />
        }
        .into_any()
    }
}
