//! Two people saved one unit: the second sees where both texts differ, chooses at each place, and gets one text to look through
//! before it is saved. Nothing that was typed is lost: without a choice both stand in it.

use axum::extract::State;
use courses::UnitId;
use courses::diff::{self, Choice as Take, Line, Part};
use courses::outline::Unit;
use leptos::prelude::*;
use words::{Language, courses as text, writing as say};

use super::{differences, editor};
use crate::caller::Caller;
use crate::parts::{Choice, HiddenField, Notice, PostForm, Radios, SubmitButton, Tone};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// Puts the two texts together as it was chosen and shows the editor with the result; nothing is saved yet.
pub async fn put_together(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
    Posted(fields): Posted<Vec<(String, String)>, { editor::FORM_MOST_BYTES }>,
) -> Answer {
    let (visit, _, mut page) = editor::open(&app, &caller, &slug, id).await?;
    let of =
        |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let typed = editor::Typed::of_fields(of("title"), of("minutes"), of("text"), of("revision"));
    // Somebody saved again: the places that were chosen are those of another text.
    if typed.revision() != page.unit.revision {
        return editor::overtaken(visit, page, typed);
    }
    let mine = typed.markdown().replace("\r\n", "\n");
    let merged = diff::merged(&page.unit.markdown, &mine, |at| match of(&format!("place-{at}")) {
        "theirs" => Take::First,
        "mine" => Take::Second,
        _ => Take::Both,
    });
    let title = if of("keep-title") == "theirs" { page.unit.title.clone() } else { of("title").to_owned() };
    page.typed = typed.with(title, merged);
    page.merged = true;
    let (language, title) = (visit.language, page.unit.title.clone());
    visit.page(&title, move || editor::view(language, page))
}

/// What stands on the page of the second one: who was first, both texts with their differences, and the choices.
pub fn view(language: Language, path: &str, unit: &Unit, typed: &editor::Typed, saved: &str) -> AnyView {
    let said = format!("{saved}. {}", say::merge_text(language));
    let mine = typed.markdown().replace("\r\n", "\n");
    let places = places(language, &unit.markdown, &mine);
    let titles = (unit.title.trim() != typed.title().trim()).then(|| {
        let choices = vec![
            Choice::new("mine", say::merge_mine(language, typed.title())).chosen(),
            Choice::new("theirs", say::merge_theirs(language, &unit.title)),
        ];
        view! { <Radios name="keep-title" legend=text::unit_title(language) choices=choices/> }
    });
    let hidden = view! {
        <HiddenField name="title" value=typed.title().to_owned()/>
        <HiddenField name="minutes" value=typed.minutes().to_owned()/>
        <HiddenField name="revision" value=unit.revision.to_string()/>
        <HiddenField name="text" value=mine/>
    };
    view! {
        <Notice tone=Tone::Warning title=text::overtaken_title(language)>
            <p>{said}</p>
        </Notice>
        <section class="sheet" aria-labelledby="theirs">
            <h2 id="theirs">{say::merge_title(language)}</h2>
            <PostForm action=format!("{path}/merge")>
                {hidden}
                {titles}
                {places}
                <SubmitButton label=say::merge_act(language)/>
            </PostForm>
        </section>
        <h2>{text::overtaken_mine(language)}</h2>
        <p>{say::merge_or_save(language)}</p>
    }
    .into_any()
}

fn places(language: Language, theirs: &str, mine: &str) -> AnyView {
    let mut number = 0_usize;
    let parts = diff::parts(theirs, mine);
    let mut shown: Vec<AnyView> = Vec::new();
    for part in &parts {
        match part {
            Part::Same(lines) => {
                let left = i64::try_from(lines.len()).unwrap_or(i64::MAX);
                shown.push(view! { <p class="hint">{say::diff_left_out(language, left)}</p> }.into_any());
            }
            Part::Differs { first, second } => {
                shown.push(place(language, number, first, second));
                number += 1;
            }
        }
    }
    if number == 0 {
        return view! { <p>{say::diff_same(language)}</p> }.into_any();
    }
    shown.into_any()
}

/// One place: the lines of both, and which to take.
fn place(language: Language, at: usize, theirs: &[&str], mine: &[&str]) -> AnyView {
    let lines = theirs
        .iter()
        .map(|line| differences::one(language, &Line::Removed(line)))
        .chain(mine.iter().map(|line| differences::one(language, &Line::Added(line))));
    let lines = lines.collect_view();
    let number = (at + 1).to_string();
    let choices = vec![
        Choice::new("both", say::merge_both(language)).chosen(),
        Choice::new("mine", say::merge_only_mine(language)),
        Choice::new("theirs", say::merge_only_theirs(language)),
    ];
    view! {
        <div class="diff theirs" tabindex="0" role="region" aria-label=say::merge_place(language, &number)>{lines}</div>
        <Radios name=format!("place-{at}") legend=say::merge_place(language, &number) choices=choices/>
    }
    .into_any()
}
