//! The lines of an outline as learners see them, and the few facts beside a course.

use courses::learn::Line;
use words::{Language, courses as text};

use crate::parts::{OutlineSection, OutlineUnit, OutlineWords, UnitState};

/// "8 lekcji", "około 1 godz. 45 min".
pub fn card_facts(language: Language, units: i64, minutes: i64) -> Vec<String> {
    let mut facts = vec![text::units(language, units)];
    if minutes > 0 {
        facts.push(match (minutes / 60, minutes % 60) {
            (0, minutes) => text::about_minutes(language, &minutes.to_string()),
            (hours, 0) => text::about_hours(language, &hours.to_string()),
            (hours, minutes) => text::about_time(language, &hours.to_string(), &minutes.to_string()),
        });
    }
    facts
}

/// The sections of a course that is read at `course` (a path); `here` is the slug of the unit that is read.
pub fn sections(language: Language, course: &str, lines: &[Line], here: &str) -> Vec<OutlineSection> {
    let mut sections: Vec<OutlineSection> = Vec::new();
    for line in lines {
        if sections.last().is_none_or(|section| section.title != line.section) {
            sections.push(OutlineSection { title: line.section.clone(), units: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.units.push(unit(language, course, line, here));
        }
    }
    sections
}

fn unit(language: Language, course: &str, line: &Line, here: &str) -> OutlineUnit {
    let film = line.has_film.then(|| text::with_film(language).to_owned());
    let minutes = (line.minutes > 0).then(|| text::minutes(language, &line.minutes.to_string()));
    let note: Vec<String> = film.into_iter().chain(minutes).collect();
    OutlineUnit {
        title: line.title.clone(),
        href: Some(format!("{course}/{}", line.slug).into()),
        state: match (line.done, line.opened) {
            (true, _) => UnitState::Done,
            (false, true) => UnitState::Current,
            (false, false) => UnitState::NotStarted,
        },
        note: note.join(", "),
        here: line.slug == here,
    }
}

/// Words of the outline.
pub fn words(language: Language) -> OutlineWords {
    OutlineWords {
        label: text::outline_label(language).to_owned(),
        done: text::outline_done(language).to_owned(),
        current: text::outline_current(language).to_owned(),
        not_started: text::outline_not_started(language).to_owned(),
    }
}
