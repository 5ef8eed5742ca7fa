//! The text of `course.toml` and of unit files, always written the same way.

use std::fmt::Write as _;

use super::{TextIn, TitleIn};
use crate::course::Card;

/// What the front matter of a unit says.
pub(super) struct Front<'a> {
    pub title: &'a str,
    pub minutes: i32,
    /// `media/wyklad.mp4`
    pub film: Option<String>,
    /// Language, label and path.
    pub captions: Vec<(String, String, String)>,
    /// Of the film, in per cent.
    pub film_seen: Option<i16>,
}

/// `course.toml`; a section is its title and the names of its units.
pub(super) fn course_file(card: &Card, titles: &[TitleIn], sections: &[(String, Vec<String>)]) -> String {
    let mut text = String::new();
    let mut add = |key: &str, value: &str| writeln!(text, "{key} = {}", quoted(value)).unwrap_or_default();
    add("title", &card.title);
    add("slug", &card.slug);
    add("language", &card.language);
    add("summary", &card.summary);
    if !card.author.is_empty() {
        add("author", &card.author);
    }
    for one in titles {
        let (language, title) = (quoted(&one.language), quoted(&one.title));
        let _ = write!(text, "\n[[translation]]\nlanguage = {language}\ntitle = {title}\n");
        if !one.summary.is_empty() {
            let _ = writeln!(text, "summary = {}", quoted(&one.summary));
        }
        if one.outdated {
            text.push_str("outdated = true\n");
        }
    }
    for (title, units) in sections {
        let units: Vec<String> = units.iter().map(|unit| quoted(unit)).collect();
        let _ = write!(text, "\n[[section]]\ntitle = {}\nunits = [{}]\n", quoted(title), units.join(", "));
    }
    text
}

/// A unit file. Between front matter and text stands one blank line, which belongs to neither.
pub(super) fn unit_file(front: &Front<'_>, markdown: &str) -> String {
    let mut text = format!("+++\ntitle = {}\nminutes = {}\n", quoted(front.title), front.minutes);
    if let Some(film) = &front.film {
        let _ = writeln!(text, "film = {}", quoted(film));
    }
    let captions = front.captions.iter().map(|(language, label, file)| {
        format!("{{ language = {}, label = {}, file = {} }}", quoted(language), quoted(label), quoted(file))
    });
    let captions: Vec<String> = captions.collect();
    if !captions.is_empty() {
        let _ = writeln!(text, "captions = [{}]", captions.join(", "));
    }
    if let Some(percent) = front.film_seen {
        let _ = writeln!(text, "film_seen = {percent}");
    }
    end(&mut text, markdown);
    text
}

/// The text of a unit in another language.
pub(super) fn text_file(one: &TextIn) -> String {
    let mut text = format!("+++\ntitle = {}\n", quoted(&one.title));
    if one.outdated {
        text.push_str("outdated = true\n");
    }
    end(&mut text, &one.markdown);
    text
}

fn end(front: &mut String, markdown: &str) {
    front.push_str("+++\n");
    if !markdown.is_empty() {
        front.push('\n');
        front.push_str(markdown);
    }
}

/// A basic string (TOML 1.0, “String”).
fn quoted(value: &str) -> String {
    let mut text = String::from('"');
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(text, "\\u{:04X}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}
