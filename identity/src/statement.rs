//! What an organisation says in its accessibility statement. The sentences around it are prescribed and live in `words`.
//!
//! Source: Act of 4 April 2019, art. 10 (Dz.U. 2023 poz. 1440); "Warunki techniczne publikacji i struktura dokumentu
//! elektronicznego deklaracji dostępności", version 2.0 of 31 July 2024.

use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::format_description;

use crate::error::{FieldProblem, Problem};
use crate::new_person::well_formed_email;

/// How far the site conforms to the annex of the Act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conformance {
    /// Fully.
    Full,
    /// In part: what is not accessible is listed.
    #[default]
    Partial,
    /// Not.
    None,
}

impl Conformance {
    /// Every answer.
    pub const ALL: [Self; 3] = [Self::Full, Self::Partial, Self::None];

    /// The word in forms and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::None => "none",
        }
    }

    /// The answer of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// The answers of one organisation. Lists hold one thing a line; days are written `2026-11-21`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Statement {
    /// Address of this installation, such as `https://szkolenia.example.org`.
    pub url: String,
    /// Day of publication.
    pub published: String,
    /// Day of the last significant change.
    pub updated: String,
    /// How far it conforms; when it was not said, `exceptions` decides.
    pub status: Option<Conformance>,
    /// What is known not to conform to the annex.
    pub exceptions: String,
    /// What the law does not cover.
    pub outside: String,
    /// What would cost too much.
    pub costs: String,
    /// Address of the assessment of those costs.
    pub costs_url: String,
    /// Day on which the statement was drawn up.
    pub drawn_up: String,
    /// Day of the last review; empty before the first.
    pub reviewed: String,
    /// Who examined the site; empty: the organisation itself.
    pub auditor: String,
    /// Address of the report of that examination.
    pub report_url: String,
    /// Who answers for accessibility.
    pub contact_person: String,
    /// Their e-mail address.
    pub contact_email: String,
    /// Their telephone number.
    pub contact_phone: String,
    /// Who decides on complaints: the head of the organisation, by office.
    pub head: String,
    /// Postal address of the organisation.
    pub address: String,
    /// Where complaints are sent; empty: `contact_email`.
    pub complaint_email: String,
    /// Accessibility of the building, in paragraphs.
    pub architecture: String,
    /// Address of a page that describes it.
    pub architecture_url: String,
    /// Whether there is an online interpreter of Polish Sign Language.
    pub sign_language: bool,
}

impl Statement {
    /// How far the site conforms.
    pub fn conformance(&self) -> Conformance {
        let listed =
            [&self.exceptions, &self.outside, &self.costs].iter().any(|text| !text.trim().is_empty());
        self.status.unwrap_or(if listed { Conformance::Partial } else { Conformance::Full })
    }

    /// Everything that is wrong with it, in the order of the form.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut add = |field, problem| problems.push(FieldProblem { field, problem });
        for (field, value, kind, need, most) in self.fields() {
            let value = value.trim();
            let problem = match value.chars().count() {
                0 if need == Need::Must => Some(Problem::Missing),
                0 => None,
                length if length > most => Some(Problem::TooLong(most)),
                _ if !kind.fits(value) => Some(Problem::Malformed),
                _ => None,
            };
            if let Some(problem) = problem {
                add(field, problem);
            }
        }
        problems
    }

    fn fields(&self) -> [(&'static str, &str, Kind, Need, usize); 19] {
        use Kind::{Day, Email, Line, Text, Web};
        use Need::{May, Must};
        let listed = if self.conformance() == Conformance::Full { May } else { Must };
        let lists_empty = self.outside.trim().is_empty() && self.costs.trim().is_empty();
        [
            ("url", &self.url, Web, Must, 300),
            ("published", &self.published, Day, Must, 10),
            ("updated", &self.updated, Day, Must, 10),
            ("exceptions", &self.exceptions, Text, if lists_empty { listed } else { May }, 10_000),
            ("outside", &self.outside, Text, May, 10_000),
            ("costs", &self.costs, Text, May, 10_000),
            ("costs_url", &self.costs_url, Web, May, 300),
            ("drawn_up", &self.drawn_up, Day, Must, 10),
            ("reviewed", &self.reviewed, Day, May, 10),
            ("auditor", &self.auditor, Line, May, 200),
            ("report_url", &self.report_url, Web, May, 300),
            ("contact_person", &self.contact_person, Line, Must, 200),
            ("contact_email", &self.contact_email, Email, Must, 254),
            ("contact_phone", &self.contact_phone, Line, Must, 60),
            ("head", &self.head, Line, Must, 200),
            ("address", &self.address, Line, Must, 300),
            ("complaint_email", &self.complaint_email, Email, May, 254),
            ("architecture", &self.architecture, Text, May, 10_000),
            ("architecture_url", &self.architecture_url, Web, May, 300),
        ]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

#[derive(Clone, Copy)]
enum Kind {
    Line,
    Text,
    Day,
    Web,
    Email,
}

impl Kind {
    fn fits(self, value: &str) -> bool {
        let plain = |breaks: bool| {
            !value.chars().any(|c| c.is_control() && !(breaks && matches!(c, '\n' | '\r' | '\t')))
        };
        match self {
            Self::Line => plain(false),
            Self::Text => plain(true),
            Self::Day => Date::parse(value, format_description!("[year]-[month]-[day]")).is_ok(),
            Self::Email => well_formed_email(value),
            Self::Web => {
                let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
                host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
                    && !value.chars().any(|c| c.is_control() || c.is_whitespace() || "\\\"<>".contains(c))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Statement {
        Statement {
            url: "https://szkolenia.example.org".into(),
            published: "2026-11-21".into(),
            updated: "2026-11-21".into(),
            drawn_up: "2026-11-21".into(),
            contact_person: "Bożena Ćwik".into(),
            contact_email: "dostepnosc@example.org".into(),
            contact_phone: "+48 12 345 67 89".into(),
            head: "Burmistrz Brzozowa Wielkiego".into(),
            address: "Rynek 1, 00-001 Brzozów Wielki".into(),
            ..Statement::default()
        }
    }

    #[test]
    fn a_filled_statement_is_taken() {
        assert_eq!(filled().problems(), []);
        assert_eq!(filled().conformance(), Conformance::Full);
        assert_eq!(
            Statement { exceptions: "Brak napisów".into(), ..filled() }.conformance(),
            Conformance::Partial
        );
    }

    #[test]
    fn empty_fields_false_days_and_script_addresses_are_named() {
        let wrong = Statement {
            updated: "2026-02-30".into(),
            report_url: "javascript:alert(1)".into(),
            status: Some(Conformance::Partial),
            head: " ".into(),
            ..filled()
        };
        let fields: Vec<_> =
            wrong.problems().into_iter().map(|problem| (problem.field, problem.problem)).collect();
        assert_eq!(
            fields,
            [
                ("updated", Problem::Malformed),
                ("exceptions", Problem::Missing),
                ("report_url", Problem::Malformed),
                ("head", Problem::Missing)
            ]
        );
    }

    #[test]
    fn what_was_kept_by_an_older_program_is_still_read() {
        let old: Statement = serde_json::from_str(r#"{"url":"https://a.example","exceptions":""}"#).unwrap();
        assert_eq!(old.conformance(), Conformance::Full);
    }
}
