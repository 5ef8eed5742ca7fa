//! What a test draws from the bank of the course: its fields in the form of the settings, and what there is to look at.

use std::collections::BTreeMap;

use courses::quiz::pool::Tag;
use courses::quiz::settings::{MOST_DRAWS, MOST_QUESTIONS};
use courses::quiz::{Draw, Flaw, Settings, Supply, What};
use leptos::prelude::*;
use words::{Language, draws as say};

use super::faults;
use super::kinds::Fields;
use crate::parts::{Choice, Field, FieldKind, FormErrors, Notice, Select, Tone};

/// One draw from the bank as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Row {
    tag: String,
    count: String,
}

impl Row {
    /// What is no number becomes 0, which is refused.
    fn draw(&self) -> Draw {
        let tag = Some(self.tag.trim().to_owned()).filter(|tag| !tag.is_empty());
        Draw { count: self.count.trim().parse().unwrap_or(0), tag, bank: true }
    }
}

/// The draws from the bank that the settings have.
pub fn rows(settings: &Settings) -> Vec<Row> {
    let of_bank = settings.draws.iter().filter(|draw| draw.bank);
    let row = |draw: &Draw| Row { tag: draw.tag.clone().unwrap_or_default(), count: draw.count.to_string() };
    of_bank.map(row).collect()
}

/// The rows in which anything was typed.
pub fn read(fields: &Fields) -> Vec<Row> {
    let typed = (1..=MOST_DRAWS).map(|row| Row {
        tag: fields.some(&format!("draw_tag_{row}")).unwrap_or_default(),
        count: fields.some(&format!("draw_count_{row}")).unwrap_or_default(),
    });
    typed.filter(|row| !row.tag.is_empty() || !row.count.is_empty()).collect()
}

/// The draws of a test with these in place of those from the bank; the others stay as they are, they are in the text.
pub fn merged(before: &[Draw], rows: &[Row]) -> Vec<Draw> {
    let mut rows = rows.iter().map(Row::draw);
    let mut draws = Vec::new();
    for draw in before {
        if draw.bank {
            draws.extend(rows.next());
        } else {
            draws.push(draw.clone());
        }
    }
    draws.extend(rows);
    draws
}

/// The field of the form in which a flaw of the draws is, and its label; `None` when it is in none of them.
pub fn field(language: Language, settings: &Settings, flaw: &Flaw) -> Option<(String, String)> {
    let at: usize = flaw.field.strip_prefix("draws.")?.parse().ok()?;
    let before = settings.draws.get(..at)?.iter().filter(|draw| draw.bank).count();
    let row = settings.draws.get(at).filter(|draw| draw.bank).map(|_| (before + 1).to_string())?;
    Some(match flaw.what {
        What::NotBetween(..) => (format!("draw_count_{row}"), say::form_count(language, &row)),
        _ => (format!("draw_tag_{row}"), say::form_tag(language, &row)),
    })
}

/// The fields: one row for every draw and an empty one.
pub fn fields(language: Language, rows: &[Row], tags: &[Tag], errors: &FormErrors) -> AnyView {
    if tags.is_empty() && rows.is_empty() {
        return view! { <h3>{say::form_title(language)}</h3><p class="hint">{say::form_no_tags(language)}</p> }
            .into_any();
    }
    let empty = (rows.len() < MOST_DRAWS).then(Row::default);
    let rows = (1..).zip(rows.iter().cloned().chain(empty)).map(|(number, row): (usize, Row)| {
        let number = number.to_string();
        let (tag, count) = (format!("draw_tag_{number}"), format!("draw_count_{number}"));
        let (wrong_tag, wrong_count) = (errors.of(&tag), errors.of(&count));
        view! {
            <Select
                name=tag
                label=say::form_tag(language, &number)
                choices=choices(language, tags, &row.tag)
                chosen=row.tag
                error=wrong_tag
            />
            <Field
                name=count
                label=say::form_count(language, &number)
                kind=FieldKind::Number
                min="1"
                max=MOST_QUESTIONS.to_string()
                value=row.count
                error=wrong_count
            />
        }
    });
    let rows = rows.collect_view();
    view! { <h3>{say::form_title(language)}</h3><p class="hint">{say::form_hint(language)}</p>{rows} }
        .into_any()
}

/// The tags of the bank; a chosen one that it has not any more stays, so that it is not lost unseen.
fn choices(language: Language, tags: &[Tag], chosen: &str) -> Vec<Choice> {
    let choice =
        |tag: &str, questions: i64| Choice::new(tag, say::form_choice(language, tag, &questions.to_string()));
    let mut choices = vec![Choice::new("", say::form_nothing(language))];
    choices.extend(tags.iter().map(|tag| choice(&tag.tag, tag.questions)));
    if !chosen.is_empty() && tags.iter().all(|tag| tag.tag != chosen) {
        choices.push(choice(chosen, 0));
    }
    choices
}

/// What there is to look at in the draws of a test; nothing when all is well.
pub fn notice(language: Language, supplies: &[Supply]) -> AnyView {
    let mut lines: Vec<String> = Vec::new();
    // Tags by what their questions are worth: what is so of many is said once.
    let mut tagged: BTreeMap<(u16, u16), Vec<&str>> = BTreeMap::new();
    for supply in supplies {
        if supply.draw.bank && supply.is_short() {
            lines.push(short(language, supply));
        }
        match (&supply.draw.tag, supply.points) {
            (Some(tag), Some(points)) => tagged.entry(points).or_default().push(tag.as_str()),
            (None, Some(points)) => lines.push(unequal(language, None, points)),
            (_, None) => {}
        }
    }
    for (points, mut tags) in tagged {
        tags.sort_unstable();
        tags.dedup();
        lines.push(match tags[..] {
            [tag] => unequal(language, Some(tag), points),
            _ => {
                let tags: Vec<String> = tags.iter().map(|tag| format!("#{tag}")).collect();
                say::unequal_many(language, &tags.join(", "), &points.0.to_string(), &points.1.to_string())
            }
        });
    }
    if lines.is_empty() {
        return ().into_any();
    }
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! { <Notice tone=Tone::Warning title=say::look(language)><ul>{lines}</ul></Notice> }.into_any()
}

/// That more is drawn from the bank than there is.
pub fn short(language: Language, supply: &Supply) -> String {
    let there = i64::try_from(supply.there).unwrap_or(i64::MAX);
    let tag = supply.draw.tag.as_deref().unwrap_or_default();
    say::short(language, there, tag, &supply.draw.count.to_string())
}

/// That the questions of a draw are worth from so many to so many points.
pub fn unequal(language: Language, tag: Option<&str>, (least, most): (u16, u16)) -> String {
    let (least, most) = (least.to_string(), most.to_string());
    match tag {
        Some(tag) => say::unequal(language, tag, &least, &most),
        None => say::unequal_rest(language, &least, &most),
    }
}

/// What is wrong with a field of the form, with its label.
pub fn wrong(language: Language, label: &str, flaw: &Flaw) -> String {
    format!("{label}: {}", faults::what(language, &flaw.what))
}
