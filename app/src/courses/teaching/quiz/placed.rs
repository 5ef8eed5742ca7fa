//! Places on a picture in the form of a question: numbers in per cent of the picture, read, written and drawn.

use courses::markdown::Places;
use courses::quiz::question::MOST_PARTS;
use courses::quiz::text::{per_cent, shown_number};
use courses::quiz::{Area, Kind, Place, Question};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::kinds::Fields;
use crate::parts::{Choice, FormErrors};

/// Where a place is, in the order of its fields.
const NUMBERS: [&str; 4] = ["left", "top", "width", "height"];

/// The rows in which anything stands.
pub fn rows(fields: &Fields) -> Vec<usize> {
    let names = ["area", "said", "right"].into_iter().chain(NUMBERS);
    let names: Vec<&str> = names.collect();
    (1..=MOST_PARTS)
        .filter(|row| names.iter().any(|name| fields.some(&format!("{name}-{row}")).is_some()))
        .collect()
}

fn place(fields: &Fields, row: usize) -> Option<Place> {
    let [left, top, width, height] = NUMBERS.map(|name| per_cent(&fields.get(&format!("{name}-{row}"))));
    Some(Place { left: left?, top: top?, width: width?, height: height? })
}

/// The question of that kind. A place that cannot be read has no size, and is told by [`unread`].
pub fn read(fields: &Fields) -> Kind {
    let area = |row: usize| Area {
        name: fields.some(&format!("area-{row}")).unwrap_or_default(),
        place: place(fields, row).unwrap_or(Place { left: 0, top: 0, width: 0, height: 0 }),
        right: fields.on(&format!("right-{row}")),
        feedback: fields.some(&format!("said-{row}")),
    };
    Kind::Hotspot {
        picture: fields.get("picture").trim().to_owned(),
        alt: fields.some("alt").unwrap_or_default(),
        areas: rows(fields).into_iter().map(area).collect(),
    }
}

/// What is no number from 0 to 100.
pub fn unread(language: Language, fields: &Fields) -> FormErrors {
    let mut errors = FormErrors::new();
    for row in rows(fields) {
        for name in NUMBERS {
            let field = format!("{name}-{row}");
            if per_cent(&fields.get(&field)).is_none() {
                errors.add(field, say::flaw_per_cent(language));
            }
        }
    }
    errors
}

/// The fields that the form is filled in with.
pub fn fields(picture: &str, alt: &str, areas: &[Area], fields: &mut Fields) {
    fields.put("picture", picture);
    fields.put("alt", alt);
    for (row, area) in (1..).zip(areas) {
        let Place { left, top, width, height } = area.place;
        fields.put(format!("area-{row}"), area.name.clone());
        for (name, number) in NUMBERS.into_iter().zip([left, top, width, height]) {
            fields.put(format!("{name}-{row}"), shown_number(f64::from(number) / 10.0));
        }
        fields.put(format!("said-{row}"), area.feedback.clone().unwrap_or_default());
        if area.right {
            fields.put(format!("right-{row}"), "1");
        }
    }
}

/// The pictures of the course by name; a chosen one that is not there any more stays in the list, so that it is not lost unseen.
pub fn pictures(language: Language, places: &Places, chosen: &str) -> Vec<Choice> {
    let mut names: Vec<&str> = places.media.keys().map(String::as_str).collect();
    if !chosen.is_empty() && !places.media.contains_key(chosen) {
        names.push(chosen);
    }
    names.sort_unstable();
    let label = |name: &str| name.strip_prefix("media/").unwrap_or(name).to_owned();
    let first = Choice::new("", say::choose(language));
    std::iter::once(first).chain(names.into_iter().map(|name| Choice::new(name, label(name)))).collect()
}

/// The picture with the places that are on it so far, numbered as in the form; nothing for other kinds, and without a picture.
pub fn drawing(question: &Question, places: &Places) -> Option<AnyView> {
    let Kind::Hotspot { picture, alt, areas } = &question.kind else { return None };
    let address = places.media.get(picture)?.clone();
    let per_cent = |thousandths: u16| format!("{}.{}%", thousandths / 10, thousandths % 10);
    let drawn = (1..).zip(areas).filter(|(_, area)| area.place.width > 0 && area.place.height > 0);
    let marks = drawn.map(|(number, area): (usize, &Area)| {
        let place = area.place;
        let middle = |from: u16, size: u16| per_cent(from.saturating_add(size / 2));
        view! {
            <rect
                x=per_cent(place.left)
                y=per_cent(place.top)
                width=per_cent(place.width)
                height=per_cent(place.height)
            ></rect>
            <text x=middle(place.left, place.width) y=middle(place.top, place.height)>{number.to_string()}</text>
        }
    });
    let marks = marks.collect_view();
    Some(
        view! {
            <figure class="hotspot">
                <img src=address alt=alt.clone()/>
                <svg aria-hidden="true" focusable="false">{marks}</svg>
            </figure>
        }
        .into_any(),
    )
}
