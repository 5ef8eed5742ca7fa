//! What an enrolment asks for: whether it obliges, by when, and for how long the course counts.

use identity::{FieldProblem, Problem};
use serde_json::{Value, json};
use time::{Date, Month};

/// When what a rule asks for is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Due {
    /// Whenever.
    #[default]
    Never,
    /// On this day.
    Fixed(Date),
    /// So many days after the assignment.
    After(i32),
    /// On this day of every year; 29 February is the 28th in other years.
    Yearly {
        /// From 1 to 12.
        month: u8,
        /// From 1.
        day: u8,
    },
}

impl Due {
    /// The word in the database, in forms and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "none",
            Self::Fixed(_) => "fixed",
            Self::After(_) => "after",
            Self::Yearly { .. } => "yearly",
        }
    }
}

/// A rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Whether whoever it covers is assigned the course.
    pub mandatory: bool,
    /// By when.
    pub due: Due,
    /// Months for which the finished course counts; `None`: as the course says.
    pub valid_months: Option<i32>,
}

/// A rule as columns of `enrolment`.
pub(crate) struct Columns {
    pub(crate) kind: &'static str,
    pub(crate) on: Option<Date>,
    pub(crate) days: Option<i32>,
    pub(crate) month: Option<i16>,
    pub(crate) day: Option<i16>,
}

impl Rule {
    /// Everything that is wrong with it. `standing`: the day that stands in the rule already and may be past.
    pub fn problems(&self, today: Date, standing: Option<Date>) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut add = |field, problem| problems.push(FieldProblem { field, problem });
        match self.due {
            Due::Fixed(day) if (day < today || day.year() > 2100) && standing != Some(day) => {
                add("due_on", Problem::Malformed);
            }
            Due::After(days) if !(1..=3650).contains(&days) => add("due_days", Problem::Malformed),
            // 2024 has all days that any year has.
            Due::Yearly { month, day }
                if Month::try_from(month).is_err()
                    || Month::try_from(month)
                        .is_ok_and(|month| Date::from_calendar_date(2024, month, day).is_err()) =>
            {
                add("due_day", Problem::Malformed);
            }
            _ => {}
        }
        if self.valid_months.is_some_and(|months| !(1..=120).contains(&months)) {
            add("valid_months", Problem::Malformed);
        }
        problems
    }

    /// The day that is fixed, if one is.
    pub fn fixed(&self) -> Option<Date> {
        match self.due {
            Due::Fixed(day) => Some(day),
            _ => None,
        }
    }

    pub(crate) fn columns(&self) -> Columns {
        let mut columns = Columns { kind: self.due.word(), on: None, days: None, month: None, day: None };
        match self.due {
            Due::Never => {}
            Due::Fixed(day) => columns.on = Some(day),
            Due::After(days) => columns.days = Some(days),
            Due::Yearly { month, day } => {
                columns.month = Some(month.into());
                columns.day = Some(day.into());
            }
        }
        columns
    }

    pub(crate) fn of_columns(mandatory: bool, columns: &Columns, valid_months: Option<i32>) -> Self {
        let small = |number: Option<i16>| number.and_then(|number| u8::try_from(number).ok()).unwrap_or(1);
        let due = match (columns.on, columns.days, columns.month) {
            (Some(day), ..) => Due::Fixed(day),
            (_, Some(days), _) => Due::After(days),
            (.., Some(_)) => Due::Yearly { month: small(columns.month), day: small(columns.day) },
            _ => Due::Never,
        };
        Self { mandatory, due, valid_months }
    }

    /// As the audit keeps it.
    pub(crate) fn told(&self) -> Value {
        let columns = self.columns();
        json!({
            "mandatory": self.mandatory, "due": columns.kind, "on": columns.on.map(identity::day::written),
            "days": columns.days, "month": columns.month, "day": columns.day, "valid_months": self.valid_months,
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::{Due, Rule};

    #[test]
    fn days_that_no_year_has_and_days_that_are_past_are_refused() {
        let today = date!(2026 - 11 - 21);
        let wrong = |due| Rule { mandatory: true, due, valid_months: None }.problems(today, None).len();
        assert_eq!(wrong(Due::Yearly { month: 2, day: 29 }), 0);
        assert_eq!(wrong(Due::Yearly { month: 2, day: 30 }), 1);
        assert_eq!(wrong(Due::Yearly { month: 13, day: 1 }), 1);
        assert_eq!(wrong(Due::After(0)), 1);
        assert_eq!(wrong(Due::Fixed(date!(2026 - 11 - 21))), 0);
        assert_eq!(wrong(Due::Fixed(date!(2026 - 11 - 20))), 1);
        let old = Rule { mandatory: true, due: Due::Fixed(date!(2026 - 01 - 31)), valid_months: Some(12) };
        assert!(old.problems(today, Some(date!(2026 - 01 - 31))).is_empty(), "an old rule can be edited");
    }
}
