//! What is saved when materials are read on devices and not printed:
//! `people × meetings a year × pages × price of a page − people × price of a device ÷ years of use`.
//!
//! The inputs are the organisation's own and are remembered.

use base::{Tx, audit};
use identity::{DevicesReader, FieldProblem, Problem};
use serde_json::json;

use crate::error::Error;

/// What is put into the formula. Amounts are grosze.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// People who read on a device.
    pub people: i32,
    /// Meetings in a year.
    pub meetings: i32,
    /// Pages that each would get printed for one meeting.
    pub pages: i32,
    /// Price of a printed page: paper, toner, work.
    pub page_grosze: i32,
    /// Price of one device; 0 leaves devices out.
    pub device_grosze: i64,
    /// Years that a device is used.
    pub years: i32,
}

impl Default for Inputs {
    /// A town council of 21 with a session a month.
    fn default() -> Self {
        Self { people: 21, meetings: 12, pages: 150, page_grosze: 20, device_grosze: 0, years: 5 }
    }
}

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Savings {
    /// Pages not printed in a year.
    pub pages: i64,
    /// What they would have cost in a year.
    pub printing: i64,
    /// What the devices cost in a year.
    pub devices: i64,
}

impl Savings {
    /// Saved in a year; below zero when devices cost more.
    pub fn whole(&self) -> i64 {
        self.printing - self.devices
    }
}

/// Most of each input.
const MOST: [(&str, i64); 6] = [
    ("people", 10_000),
    ("meetings", 1_000),
    ("pages", 10_000),
    ("page_price", 10_000),
    ("device_price", 10_000_000),
    ("years", 20),
];

impl Inputs {
    /// The formula.
    pub fn savings(&self) -> Savings {
        let people = i64::from(self.people);
        let pages = people * i64::from(self.meetings) * i64::from(self.pages);
        Savings {
            pages,
            printing: pages * i64::from(self.page_grosze),
            devices: people * self.device_grosze / i64::from(self.years.max(1)),
        }
    }

    fn problems(&self) -> Vec<FieldProblem> {
        let values = [
            self.people.into(),
            self.meetings.into(),
            self.pages.into(),
            self.page_grosze.into(),
            self.device_grosze,
            self.years.into(),
        ];
        MOST.into_iter()
            .zip(values)
            .filter(|((field, most), value)| {
                let least = i64::from(*field == "years");
                !(least..=*most).contains(value)
            })
            .map(|((field, _), _)| FieldProblem { field, problem: Problem::Malformed })
            .collect()
    }
}

/// The organisation's inputs; the usual ones before it has any.
pub async fn inputs(tx: &mut Tx, _: &DevicesReader) -> Result<Inputs, Error> {
    let organisation = tx.organisation()?;
    let row = sqlx::query!(
        "select people, meetings, pages, page_grosze, device_grosze, years from savings_input where organisation_id = $1",
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(row.map_or_else(Inputs::default, |row| Inputs {
        people: row.people,
        meetings: row.meetings,
        pages: row.pages,
        page_grosze: row.page_grosze,
        device_grosze: row.device_grosze,
        years: row.years,
    }))
}

/// Remembers inputs; whoever may read the register may reckon. Errors: `Invalid`.
pub async fn remember(tx: &mut Tx, _: &DevicesReader, inputs: &Inputs) -> Result<(), Error> {
    let problems = inputs.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into savings_input (organisation_id, people, meetings, pages, page_grosze, device_grosze, years)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (organisation_id) do update set people = excluded.people, meetings = excluded.meetings,
           pages = excluded.pages, page_grosze = excluded.page_grosze, device_grosze = excluded.device_grosze,
           years = excluded.years",
        organisation.0,
        inputs.people,
        inputs.meetings,
        inputs.pages,
        inputs.page_grosze,
        inputs.device_grosze,
        inputs.years,
    )
    .execute(tx.connection())
    .await?;
    Ok(audit::record(tx, "changed", "savings_input", organisation.0, json!({})).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_is_the_one_that_is_shown() {
        let inputs = Inputs { device_grosze: 202_827, ..Inputs::default() };
        let savings = inputs.savings();
        assert_eq!((savings.pages, savings.printing, savings.devices), (37_800, 756_000, 851_873));
        assert_eq!(savings.whole(), -95_873);
        assert!(inputs.problems().is_empty());
        let wrong = Inputs { years: 0, people: -1, ..inputs };
        assert_eq!(wrong.problems().iter().map(|one| one.field).collect::<Vec<_>>(), ["people", "years"]);
    }
}
