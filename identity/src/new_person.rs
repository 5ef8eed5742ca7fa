//! A person as a form or a file gives them, and everything that is wrong with it apart from what only the database knows.

use crate::OrgUnitId;
use crate::error::{FieldProblem, Problem};

/// A person to be made, or the new state of one.
#[derive(Clone, Debug, Default)]
pub struct NewPerson {
    /// Login name: small letters, digits, `.`, `_`, `-`.
    pub login: String,
    /// E-mail address; may be empty.
    pub email: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// `pl`, `en` or `uk`; empty means `pl`.
    pub language: String,
    /// The unit they work in.
    pub unit: Option<OrgUnitId>,
}

impl NewPerson {
    /// Everything that is wrong with it, apart from what only the database knows.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut add = |field, problem| problems.push(FieldProblem { field, problem });
        for (field, value, most) in [
            ("given_name", &self.given_name, 100),
            ("family_name", &self.family_name, 100),
            ("login", &self.login, 60),
        ] {
            match Problem::of_line(value, most) {
                Some(problem) => add(field, problem),
                None if field == "login" && !well_formed_login(value.trim()) => {
                    add(field, Problem::Malformed)
                }
                None => {}
            }
        }
        let email = self.email.trim();
        if email.len() > 254 {
            add("email", Problem::TooLong(254));
        } else if !email.is_empty() && !well_formed_email(email) {
            add("email", Problem::Malformed);
        }
        if !["", "pl", "en", "uk"].contains(&self.language.trim()) {
            add("language", Problem::Unknown);
        }
        problems
    }

    pub(crate) fn email(&self) -> Option<&str> {
        Some(self.email.trim()).filter(|email| !email.is_empty())
    }

    pub(crate) fn language(&self) -> &str {
        if self.language.trim().is_empty() { "pl" } else { self.language.trim() }
    }
}

fn well_formed_login(login: &str) -> bool {
    login.bytes().enumerate().all(|(at, byte)| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || at > 0 && matches!(byte, b'.' | b'_' | b'-')
    })
}

/// One `@` with something on both sides and a dot after it, no blank: the letter itself is the real proof.
pub(crate) fn well_formed_email(email: &str) -> bool {
    let mut sides = email.split('@');
    let (name, host) = (sides.next().unwrap_or(""), sides.next().unwrap_or(""));
    sides.next().is_none()
        && !name.is_empty()
        && host.split('.').count() > 1
        && host.split('.').all(|label| !label.is_empty())
        && !email
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter))
}
