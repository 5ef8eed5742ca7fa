//! The controls of a question: native ones, filled in with what was answered. Whatever can be pointed at or dragged elsewhere is
//! chosen here by radio buttons and lists, so that a keyboard does everything (WCAG 2.1.1, 2.5.7).

use courses::markdown::Places;
use courses::quiz::{Certainty, Shown, ShownArea, ShownGap, ShownKind, ShownOption};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::texts;
use crate::parts::{Choice, Field, FormErrors, Icon, Prose, Radios, Select, TextArea, Tone, escape};

/// A question on a page.
pub struct Asked<'a> {
    /// What of it may be seen.
    pub shown: &'a Shown,
    /// What was answered, as fields of the form.
    pub fields: &'a [(String, String)],
    /// What is wrong with it.
    pub errors: &'a FormErrors,
    /// Addresses of pictures.
    pub places: &'a Places,
    /// Language of the page.
    pub language: Language,
}

impl Asked<'_> {
    fn value(&self, name: &str) -> String {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(field, given)| field == name && given == value)
    }

    /// The language of the question where it is not that of the page.
    fn text_language(&self) -> Option<String> {
        (self.places.language != self.language.code()).then(|| self.places.language.clone())
    }
}

/// The question and what it is answered with.
pub fn question(asked: &Asked) -> AnyView {
    let html = texts::block(&asked.shown.text, asked.places);
    let html = match &asked.shown.kind {
        ShownKind::Gaps { gaps } => {
            texts::with_gaps(&html, |number| Some(gap(asked, number, gaps.get(number.checked_sub(1)?)?)))
        }
        _ => html,
    };
    let errors: Vec<String> = match &asked.shown.kind {
        ShownKind::Gaps { .. } => asked.errors.sentences().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let errors = errors
        .into_iter()
        .map(|text| view! { <p class="field-error"><Icon tone=Tone::Danger/>{text}</p> })
        .collect_view();
    view! {
        <div id="question-text"><Prose html=html lang=asked.text_language()/></div>
        {errors}
        {controls(asked)}
    }
    .into_any()
}

fn controls(asked: &Asked) -> AnyView {
    let language = asked.language;
    match &asked.shown.kind {
        ShownKind::Single { options } => options_view(asked, "radio", say::choose_one(language), options),
        ShownKind::Multiple { options } => {
            options_view(asked, "checkbox", say::choose_several(language), options)
        }
        ShownKind::TrueFalse => {
            let choice = |value: &str, label: &str| Choice {
                chosen: asked.has("truth", value),
                ..Choice::new(value, label)
            };
            let choices =
                vec![choice("true", say::is_true(language)), choice("false", say::is_false(language))];
            view! {
                <Radios name="truth" legend=say::true_or_false(language) choices=choices error=asked.errors.of("truth")/>
            }
            .into_any()
        }
        ShownKind::Short => view! {
            <Field
                name="text"
                label=say::your_answer(language)
                value=asked.value("text")
                autocomplete="off"
                error=asked.errors.of("text")
            />
        }
        .into_any(),
        ShownKind::Number { unit } => {
            let label = match unit {
                Some(unit) => say::your_number_in(language, unit),
                None => say::your_number(language).to_owned(),
            };
            view! {
                <Field
                    name="number"
                    label=label
                    value=asked.value("number")
                    autocomplete="off"
                    inputmode="decimal"
                    size=14
                    error=asked.errors.of("number")
                />
            }
            .into_any()
        }
        ShownKind::Matching { left, right } => matching(asked, left, right),
        ShownKind::Ordering { items } => ordering(asked, items),
        ShownKind::Gaps { .. } => ().into_any(),
        ShownKind::Hotspot { picture, alt, areas, several } => {
            hotspot(asked, (picture, alt), areas, *several)
        }
        ShownKind::Essay { criteria, words_most } => essay(asked, criteria, *words_most),
    }
}

/// Radio buttons or boxes whose labels are Markdown.
fn options_view(asked: &Asked, kind: &'static str, legend: &'static str, options: &[ShownOption]) -> AnyView {
    let labelled = options
        .iter()
        .map(|option| (option.name.to_string(), texts::inline(&option.text, asked.places)))
        .collect();
    group(asked, kind, legend, labelled)
}

/// `labelled`: value and HTML of each.
fn group(
    asked: &Asked,
    kind: &'static str,
    legend: &'static str,
    labelled: Vec<(String, String)>,
) -> AnyView {
    let lang = asked.text_language();
    let controls = labelled
        .into_iter()
        .enumerate()
        .map(|(at, (value, html))| {
            // The error summary's link lands on the first.
            let id = if at == 0 { "f-choice".to_owned() } else { format!("f-choice-{at}") };
            let (for_id, checked, lang) = (id.clone(), asked.has("choice", &value), lang.clone());
            view! {
                <div class="choice">
                    <input type=kind id=id name="choice" value=value checked=checked/>
                    <label for=for_id lang=lang inner_html=html></label>
                </div>
            }
        })
        .collect_view();
    let error = asked.errors.of("choice").map(|text| {
        view! { <p class="field-error" id="f-choice-error"><Icon tone=Tone::Danger/>{text}</p> }
    });
    let class = if error.is_some() { "field field-wrong" } else { "field" };
    view! {
        <fieldset class=class aria-describedby="question-text">
            <legend>{legend}</legend>
            {error}
            {controls}
        </fieldset>
    }
    .into_any()
}

fn listed(asked: &Asked, options: &[ShownOption]) -> Vec<Choice> {
    let first = Choice::new("", say::choose(asked.language));
    let rest = options
        .iter()
        .map(|option| Choice::new(option.name.to_string(), texts::plain(&option.text, asked.places)));
    std::iter::once(first).chain(rest).collect()
}

/// Controls whose labels are the question's words.
fn spoken(asked: &Asked, controls: AnyView) -> AnyView {
    match asked.text_language() {
        Some(lang) => view! { <div lang=lang>{controls}</div> }.into_any(),
        None => controls,
    }
}

fn matching(asked: &Asked, left: &[String], right: &[ShownOption]) -> AnyView {
    let selects = left
        .iter()
        .zip(1..)
        .map(|(left, number)| {
            let name = format!("pair-{number}");
            view! {
                <Select
                    name=name.clone()
                    label=texts::plain(left, asked.places)
                    choices=listed(asked, right)
                    chosen=asked.value(&name)
                    error=asked.errors.of(&name)
                />
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby="question-text">
            <legend>{say::match_pairs(asked.language)}</legend>
            {spoken(asked, selects.into_any())}
        </fieldset>
    }
    .into_any()
}

fn ordering(asked: &Asked, items: &[ShownOption]) -> AnyView {
    let selects = items
        .iter()
        .map(|item| {
            let name = format!("place-{}", item.name);
            let places = (1..=items.len()).map(|place| Choice::new(place.to_string(), place.to_string()));
            let choices: Vec<Choice> =
                std::iter::once(Choice::new("", say::choose(asked.language))).chain(places).collect();
            view! {
                <Select
                    name=name.clone()
                    label=texts::plain(&item.text, asked.places)
                    choices=choices
                    chosen=asked.value(&name)
                    error=asked.errors.of(&name)
                />
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby="question-text">
            <legend>{say::put_in_order(asked.language)}</legend>
            {spoken(asked, selects.into_any())}
        </fieldset>
    }
    .into_any()
}

/// A gap within the text, as HTML: the text around it is HTML already. Everything that people wrote is escaped.
fn gap(asked: &Asked, number: usize, gap: &ShownGap) -> String {
    let name = format!("gap-{number}");
    let label = escape(&say::gap(asked.language, &number.to_string()));
    let value = asked.value(&name);
    let invalid = if asked.errors.of(&name).is_some() { " aria-invalid=\"true\"" } else { "" };
    match gap {
        ShownGap::Words => format!(
            "<input type=\"text\" id=\"f-{name}\" name=\"{name}\" class=\"gap\" autocomplete=\"off\" aria-label=\"{label}\" value=\"{}\"{invalid}>",
            escape(&value)
        ),
        ShownGap::Choice { options } => {
            let options: String = listed(asked, options)
                .into_iter()
                .map(|choice| {
                    let selected = if !value.is_empty() && choice.value == value { " selected" } else { "" };
                    let (name, label) = (escape(&choice.value), escape(&choice.label));
                    format!("<option value=\"{name}\"{selected}>{label}</option>")
                })
                .collect();
            format!(
                "<select id=\"f-{name}\" name=\"{name}\" class=\"gap\" aria-label=\"{label}\"{invalid}>{options}</select>"
            )
        }
    }
}

/// The picture with its areas numbered, and the areas by name below it.
fn hotspot(asked: &Asked, (picture, alt): (&str, &str), areas: &[ShownArea], several: bool) -> AnyView {
    let language = asked.language;
    let address = asked.places.media.get(picture).cloned().unwrap_or_default();
    let per_cent = |thousandths: u16| format!("{}.{}%", thousandths / 10, thousandths % 10);
    let marks = areas
        .iter()
        .map(|area| {
            let place = &area.place;
            let middle = |from: u16, size: u16| per_cent(from + size / 2);
            view! {
                <rect
                    x=per_cent(place.left)
                    y=per_cent(place.top)
                    width=per_cent(place.width)
                    height=per_cent(place.height)
                ></rect>
                <text x=middle(place.left, place.width) y=middle(place.top, place.height)>
                    {area.name.to_string()}
                </text>
            }
        })
        .collect_view();
    let labelled = areas
        .iter()
        .map(|area| {
            let label = format!("{}. {}", area.name, texts::plain(&area.text, asked.places));
            (area.name.to_string(), escape(&label))
        })
        .collect();
    let (kind, legend) = if several {
        ("checkbox", say::choose_places(language))
    } else {
        ("radio", say::choose_place(language))
    };
    view! {
        <figure class="hotspot">
            <img src=address alt=alt.to_owned() lang=asked.text_language()/>
            <svg aria-hidden="true" focusable="false">{marks}</svg>
        </figure>
        {group(asked, kind, legend, labelled)}
    }
    .into_any()
}

fn essay(asked: &Asked, criteria: &[(String, u16)], words_most: Option<u32>) -> AnyView {
    let language = asked.language;
    let hint = words_most.map(|most| say::words_most(language, i64::from(most))).unwrap_or_default();
    let lines = criteria
        .iter()
        .map(|(text, points)| {
            view! { <li>{texts::plain(text, asked.places)}" – "{say::points(language, i64::from(*points))}</li> }
        })
        .collect_view();
    let marked = (!criteria.is_empty()).then(|| {
        view! { <p>{say::what_is_marked(language)}</p><ul>{lines}</ul> }
    });
    view! {
        {marked}
        <TextArea
            name="essay"
            label=say::your_essay(language)
            hint=hint
            value=asked.value("essay")
            rows=14
            error=asked.errors.of("essay")
        />
    }
    .into_any()
}

/// How sure the person is; part of every answer of a test that asks for it.
pub fn certainty(language: Language, chosen: Option<Certainty>) -> AnyView {
    let label = |certainty| match certainty {
        Certainty::Low => say::certainty_low(language),
        Certainty::Middle => say::certainty_middle(language),
        Certainty::High => say::certainty_high(language),
    };
    let choices = Certainty::ALL
        .into_iter()
        .map(|certainty| Choice {
            chosen: chosen == Some(certainty),
            ..Choice::new(certainty_word(certainty), label(certainty))
        })
        .collect::<Vec<_>>();
    view! {
        <Radios
            name="certainty"
            legend=say::certainty(language)
            hint=say::certainty_hint(language)
            choices=choices
        />
    }
    .into_any()
}

/// The word of a certainty in forms.
pub fn certainty_word(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Low => "low",
        Certainty::Middle => "middle",
        Certainty::High => "high",
    }
}

/// The certainty of that word; none without one that is known.
pub fn certainty_of(word: &str) -> Option<Certainty> {
    Certainty::ALL.into_iter().find(|certainty| certainty_word(*certainty) == word)
}
