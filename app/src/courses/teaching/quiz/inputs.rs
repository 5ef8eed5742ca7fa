//! The fields of the form of a question, kind by kind.

use courses::markdown::Places;
use courses::quiz::question::MOST_PARTS;
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::kinds::Fields;
use super::placed;
use crate::parts::{Checkbox, Choice, Field, FieldKind, FormErrors, Radios, Select, TextArea};

/// The fields of a form in the making.
pub struct Form<'a> {
    /// Language of the page.
    pub language: Language,
    /// What was typed.
    pub fields: &'a Fields,
    /// What is wrong with it.
    pub errors: &'a FormErrors,
    /// Addresses of pictures.
    pub places: &'a Places,
}

impl Form<'_> {
    /// All fields of a kind.
    pub fn view(&self, kind: &str) -> AnyView {
        let language = self.language;
        let shuffles = matches!(kind, "single" | "multiple");
        let fixed = shuffles.then(|| self.check("fixed", say::form_fixed(language)));
        view! {
            {self.line("title", say::form_title(language).to_owned(), say::form_title_hint(language))}
            {self.text(kind)}
            {self.number("points", say::form_points(language).to_owned())}
            {self.of_kind(kind)}
            {fixed}
            {self.block("feedback", say::form_feedback(language), 3)}
            {self.line("tags", say::form_tags(language).to_owned(), say::form_tags_hint(language))}
        }
        .into_any()
    }

    fn of_kind(&self, kind: &str) -> AnyView {
        let language = self.language;
        match kind {
            "single" | "multiple" => self.rows("option", |row| {
                let number = row.to_string();
                // The box says the same in every row: whose it is, the group says.
                view! {
                    <fieldset>
                        <legend class="visually-hidden">{say::form_option(language, &number)}</legend>
                        {self.line(&format!("option-{row}"), say::form_option(language, &number), "")}
                        {self.check(&format!("right-{row}"), say::form_right(language))}
                        {self.line(&format!("said-{row}"), say::form_said(language, &number), "")}
                    </fieldset>
                }
                .into_any()
            }),
            "true_false" => {
                let choice = |value: &str, label: &str| Choice {
                    chosen: self.fields.get("truth") == value,
                    ..Choice::new(value, label)
                };
                let choices =
                    vec![choice("true", say::is_true(language)), choice("false", say::is_false(language))];
                view! {
                    <Radios name="truth" legend=say::form_truth(language) choices=choices/>
                    {self.line("if_true", say::form_if_true(language).to_owned(), "")}
                    {self.line("if_false", say::form_if_false(language).to_owned(), "")}
                }
                .into_any()
            }
            "short" => {
                let rows = self.rows("accepted", |row| {
                    self.line(&format!("accepted-{row}"), say::form_accepted(language, &row.to_string()), "")
                });
                view! { {rows}{self.check("case", say::form_case(language))} }.into_any()
            }
            "number" => view! {
                {self.line("value", say::form_value(language).to_owned(), "")}
                {self.line("tolerance", say::form_tolerance(language).to_owned(), "")}
                {self.line("unit", say::form_unit(language).to_owned(), "")}
            }
            .into_any(),
            "matching" => {
                let pairs = self.rows("left", |row| {
                    let number = row.to_string();
                    view! {
                        {self.line(&format!("left-{row}"), say::form_left(language, &number), "")}
                        {self.line(&format!("right-{row}"), say::form_match(language, &number), "")}
                    }
                    .into_any()
                });
                let more = self.rows("distractor", |row| {
                    let label = say::form_distractor(language, &row.to_string());
                    self.line(&format!("distractor-{row}"), label, "")
                });
                view! { {pairs}{more} }.into_any()
            }
            "gaps" => self.check("case", say::form_case(language)),
            "hotspot" => self.hotspot(),
            "ordering" => self.rows("item", |row| {
                self.line(&format!("item-{row}"), say::form_item(language, &row.to_string()), "")
            }),
            _ => {
                let rows = self.rows("criterion", |row| {
                    let number = row.to_string();
                    view! {
                        {self.line(&format!("criterion-{row}"), say::form_criterion(language, &number), "")}
                        {self.number(&format!("worth-{row}"), say::form_worth(language, &number))}
                        {self.line(&format!("guidance-{row}"), say::form_guidance(language, &number), "")}
                    }
                    .into_any()
                });
                view! { {self.number("words_most", say::form_words(language).to_owned())}{rows} }.into_any()
            }
        }
    }

    /// The question; with gaps, how they are written.
    fn text(&self, kind: &str) -> AnyView {
        let language = self.language;
        if kind != "gaps" {
            return self.block("text", say::form_question(language), 4);
        }
        let (value, error) = (self.fields.get("text"), self.errors.of("text"));
        view! {
            <TextArea
                name="text"
                label=say::form_question(language)
                hint=say::form_gaps_hint(language)
                value=value
                rows=6
                error=error
            />
        }
        .into_any()
    }

    fn hotspot(&self) -> AnyView {
        let language = self.language;
        let chosen = self.fields.get("picture");
        let choices = placed::pictures(language, self.places, &chosen);
        let none = self.places.media.is_empty().then(|| view! { <p>{say::form_no_pictures(language)}</p> });
        let error = self.errors.of("picture");
        let last = placed::rows(self.fields).last().copied().unwrap_or(0);
        let count = (last + 2).clamp(4, MOST_PARTS);
        let rows = (1..=count).map(|row| {
            let number = row.to_string();
            let part = |name: &str, label: &'static str| {
                let name = format!("{name}-{row}");
                let (value, error) = (self.fields.get(&name), self.errors.of(&name));
                view! { <Field name=name label=label value=value inputmode="decimal" size=6 autocomplete="off" error=error/> }
            };
            view! {
                <fieldset>
                    <legend>{say::form_area(language, &number)}</legend>
                    {self.line(&format!("area-{row}"), say::form_area_name(language).to_owned(), "")}
                    {part("left", say::form_area_left(language))}
                    {part("top", say::form_area_top(language))}
                    {part("width", say::form_area_width(language))}
                    {part("height", say::form_area_height(language))}
                    {self.check(&format!("right-{row}"), say::form_right(language))}
                    {self.line(&format!("said-{row}"), say::form_area_said(language).to_owned(), "")}
                </fieldset>
            }
        });
        let rows = rows.collect_view();
        view! {
            {none}
            <Select
                name="picture"
                label=say::form_picture(language)
                hint=say::form_picture_hint(language)
                choices=choices
                chosen=chosen
                error=error
            />
            {self.line("alt", say::form_alt(language).to_owned(), say::form_alt_hint(language))}
            <p class="hint">{say::form_areas_hint(language)}</p>
            {rows}
        }
        .into_any()
    }

    /// The rows that are filled in and two more, four at least: without script rows are added by saving.
    fn rows(&self, name: &str, row: impl Fn(usize) -> AnyView) -> AnyView {
        let filled = (1..=MOST_PARTS).filter(|row| self.fields.some(&format!("{name}-{row}")).is_some());
        let count = (filled.max().unwrap_or(0) + 2).clamp(4, MOST_PARTS);
        (1..=count).map(row).collect_view().into_any()
    }

    fn line(&self, name: &str, label: String, hint: &'static str) -> AnyView {
        let (value, error) = (self.fields.get(name), self.errors.of(name));
        view! { <Field name=name.to_owned() label=label hint=hint value=value autocomplete="off" error=error/> }
            .into_any()
    }

    fn number(&self, name: &str, label: String) -> AnyView {
        let (value, error) = (self.fields.get(name), self.errors.of(name));
        view! {
            <Field name=name.to_owned() label=label kind=FieldKind::Number min="0" value=value error=error/>
        }
        .into_any()
    }

    fn block(&self, name: &str, label: &'static str, rows: u32) -> AnyView {
        let (value, error) = (self.fields.get(name), self.errors.of(name));
        view! { <TextArea name=name.to_owned() label=label value=value rows=rows error=error/> }.into_any()
    }

    fn check(&self, name: &str, label: &'static str) -> AnyView {
        let checked = self.fields.some(name).is_some();
        view! { <Checkbox name=name.to_owned() label=label checked=checked/> }.into_any()
    }
}
