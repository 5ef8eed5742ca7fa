//! The letter with the link of somebody who asks for an account. It repeats nothing of what was typed: anybody can type any address.

use base::id::Secret;
use base::mail::Letter;
use words::{Language, open as say};

/// What the letter is about.
#[derive(Debug)]
pub struct About<'a> {
    /// Where this installation is reached.
    pub public_url: &'a str,
    /// The receiver's address.
    pub to: &'a str,
    /// Name of the organisation.
    pub organisation: &'a str,
    /// Title of the course.
    pub course: &'a str,
}

/// The letter.
pub fn write(language: Language, about: &About<'_>, secret: &Secret) -> Letter {
    let link = format!("{}/confirm/{}", about.public_url, secret.reveal());
    Letter {
        to: about.to.to_owned(),
        subject: say::letter_subject(language, about.organisation),
        text: say::letter_text(language, about.course, about.organisation, &hours(), &link),
    }
}

/// How many hours the link works.
pub fn hours() -> String {
    courses::open::request::LIFE.whole_hours().to_string()
}
