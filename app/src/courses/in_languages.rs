//! The languages of a unit on its page: which one is read, the way to the others, and what is missing.

use courses::translation::{Languages, Reading};
use leptos::prelude::*;
use words::{Language, writing as say};

use crate::parts::{ButtonKind, SubmitButton};

/// The buttons, and a sentence when this unit is not in the chosen language or its text is older than the original; nothing for a
/// course in one language.
pub fn switch(
    language: Language,
    course: &str,
    unit: &str,
    own: &str,
    languages: &Languages,
    shown: Option<&Reading>,
) -> AnyView {
    if languages.others.is_empty() {
        return ().into_any();
    }
    let read = if shown.is_some() { languages.chosen.as_str() } else { own };
    let all = std::iter::once(own).chain(languages.others.iter().map(String::as_str));
    let buttons = all.map(|code| {
        let name = name_of(code);
        if code == read {
            return view! { <strong aria-current="true" lang=code.to_owned()>{name}</strong> }.into_any();
        }
        view! {
            <span lang=code.to_owned()>
                <SubmitButton label=name kind=ButtonKind::Secondary name="language" value=code.to_owned()/>
            </span>
        }
        .into_any()
    });
    let buttons = buttons.collect_view();
    let offered = languages.others.contains(&languages.chosen);
    let said = match shown {
        Some(text) if text.stale => Some(say::reader_stale(language, &name_of(own))),
        None if offered => Some(say::reader_missing(language, &name_of(&languages.chosen), &name_of(own))),
        _ => None,
    };
    let said = said.map(|said| view! { <p class="hint">{said}</p> });
    view! {
        <form class="row" method="post" action=format!("/courses/{course}/{unit}/language") aria-label=say::reader_languages(language)>
            {buttons}
        </form>
        {said}
    }
    .into_any()
}

/// The name of a language in itself; its code when it is none of ours.
pub fn name_of(code: &str) -> String {
    Language::from_code(code).map_or_else(|| code.to_owned(), |language| language.name().to_owned())
}
