//! Why a person has to take a course: every mandatory rule that covers them at this moment.

use serde::Deserialize;

/// By what a rule covers a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// It names them.
    Name,
    /// They are in this group.
    Group(String),
    /// They work in this unit, or in one below it: the unit of the rule.
    Unit(String),
    /// They hold this position.
    Position(String),
    /// They work in the organisation.
    Organisation,
}

/// One rule that covers a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// By what.
    pub by: By,
    /// The unit that the person works in.
    pub unit: Option<String>,
}

/// A rule as a statement lists it.
#[derive(Debug, Deserialize)]
pub(super) struct Covering {
    target: String,
    /// Of the group, unit or position that it names; empty for the others.
    name: String,
    unit: Option<String>,
}

impl From<Covering> for Reason {
    fn from(rule: Covering) -> Self {
        let by = match rule.target.as_str() {
            "person" => By::Name,
            "group" => By::Group(rule.name),
            "unit" => By::Unit(rule.name),
            "position" => By::Position(rule.name),
            _ => By::Organisation,
        };
        Self { by, unit: rule.unit }
    }
}
