//! The page of a unit: its film, its text, and the way on. Opening it is noted; finishing it is a form.

use axum::extract::State;
use courses::learn::{self, Line, Outline as Lines};
use courses::translation::{self, Languages};
use courses::{Taken, find};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, courses as text, frame, quizzes};

use super::film::{self, Audience, Shown};
use super::{in_languages, lines};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, Breadcrumbs, ButtonKind, Columns, Link, Outline, PageHead, PostForm, Prose, StepLinks,
    StepWords, SubmitButton, Tag, Tone,
};
use crate::problem::Answer;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::{self, Visit};

/// Where to begin; anything but a number of seconds is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    t: String,
}

/// The unit, its film from the second `t` if the address names one. Where the person is and that they opened it is kept.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit)): At<(String, String)>,
    Asked(begin): Asked<Begin>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let found = find::course(&mut visit.tx, &visit.me, &slug).await?;
    if found.may_join() && !found.is_taught() {
        return Ok(visit::go(&app, &format!("/courses/{slug}"), ""));
    }
    let taken = found.for_taking()?;
    let (reading, languages) = translation::read(&mut visit.tx, &taken, &unit, visit.language.code()).await?;
    learn::open(&mut visit.tx, &taken, reading.id).await?;
    let lines = learn::outline(&mut visit.tx, &taken).await?;
    let at = lines.units.iter().position(|line| line.slug == unit).ok_or(courses::Error::NotFound)?;
    let audience = if taken.is_enrolled() { Audience::Learner } else { Audience::Trial };
    let film = match courses::film::of_reading(&taken, &reading) {
        Some(proof) => {
            let shown =
                film::read(&mut visit, &proof, &lines.units[at].title, &lines.language, audience).await?;
            Some(shown.starting_at(begin.t.parse().ok()))
        }
        None => None,
    };
    let asked = reading.film_percent.zip(film.as_ref().and_then(Shown::seen));
    let (language, title) = (visit.language, format!("{} – {}", lines.units[at].title, lines.title));
    let (enrolled, test) = (taken.is_enrolled(), reading.test);
    let page = Page { slug, at, enrolled, test, html: reading.html, film, asked, lines, languages };
    visit.commit_and_page(&title, move || view(language, page)).await
}

struct Page {
    slug: String,
    at: usize,
    enrolled: bool,
    /// It has a test, which may be taken before the text is read.
    test: Option<bool>,
    html: String,
    film: Option<Shown>,
    /// What has to be seen of the film before the unit is finished, and what was, both in per cent.
    asked: Option<(u32, u32)>,
    lines: Lines,
    languages: Languages,
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { slug, at, enrolled, test, html, film, asked, mut lines, mut languages } = page;
    let translated = languages.text.take();
    for unit in &mut lines.units {
        if let Some(title) = languages.titles.remove(&unit.id) {
            unit.title = title;
        }
    }
    let Some(line) = lines.units.get(at).cloned() else { return ().into_any() };
    let step = |line: &Line| Link::new(line.title.clone(), format!("/courses/{slug}/{}", line.slug));
    let previous = at.checked_sub(1).and_then(|before| lines.units.get(before)).map(step);
    let next = lines.units.get(at + 1).map(step);
    let steps = StepWords {
        previous: text::step_previous(language).to_owned(),
        next: text::step_next(language).to_owned(),
    };
    let (done, units) = lines.done();
    let sections = lines::sections(language, &format!("/courses/{slug}"), &lines.units, &line.slug);
    let up = vec![Link::new(frame::home(language), "/"), Link::new(lines.title, format!("/courses/{slug}"))];
    let aside = view! {
        <p class="hint">{text::done_of(language, &done.to_string(), &units.to_string())}</p>
        <Outline sections=sections words=lines::words(language)/>
    };
    let after = After { another_unit: next.is_some(), takes_back: !lines.finished };
    let finish = match test {
        Some(_) => Some(to_test(language, &slug, &line, quizzes::unit_test(language))),
        None => enrolled.then(|| finishing(language, &slug, &line, &after)),
    };
    let asked = asked.filter(|_| enrolled && test.is_none() && !line.done).map(|(needed, seen)| {
        let (needed, seen) = (needed.to_string(), seen.to_string());
        view! { <p>{words::films::asked_of_learner(language, &needed, &seen)}</p> }
    });
    let skip = (test == Some(true) && enrolled && !line.done)
        .then(|| to_test(language, &slug, &line, quizzes::unit_pretest(language)));
    let switch =
        in_languages::switch(language, &slug, &line.slug, &lines.language, &languages, translated.as_ref());
    let (html, of_text) = match translated {
        Some(text) => (text.html, languages.chosen),
        None => (html, lines.language),
    };
    let text_language = (of_text != language.code()).then_some(of_text);
    let film = film.map(|shown| film::view(language, shown));
    view! {
        <Breadcrumbs label=frame::here(language) links=up here=line.title.clone()/>
        <Columns aside=aside.into_any()>
            <PageHead title=line.title kicker=line.section/>
            {switch}
            {skip}
            {film}
            <Prose html=html lang=text_language/>
            {asked}
            {finish}
            <StepLinks label=text::steps_label(language) previous=previous next=next words=steps/>
        </Columns>
    }
    .into_any()
}

/// What comes after a unit is finished.
struct After {
    /// There is another unit.
    another_unit: bool,
    /// "Finished" can be taken back: not once the whole course is done.
    takes_back: bool,
}

fn finishing(language: Language, slug: &str, line: &Line, after: &After) -> AnyView {
    let path = format!("/courses/{slug}/{}", line.slug);
    if line.done && !after.takes_back {
        return view! { <p class="row finish"><Tag tone=Tone::Success text=text::unit_done(language)/></p> }
            .into_any();
    }
    if line.done {
        return view! {
            <form class="row finish" method="post" action=format!("{path}/reopen")>
                <Tag tone=Tone::Success text=text::unit_done(language)/>
                <SubmitButton label=text::reopen(language) kind=ButtonKind::Secondary/>
            </form>
        }
        .into_any();
    }
    let label = if after.another_unit { text::finish_and_go_on(language) } else { text::finish(language) };
    view! { <PostForm action=format!("{path}/finish")><SubmitButton label=label/></PostForm> }.into_any()
}

/// The language that a person chose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    language: String,
}

/// Reads on in another language, in this course, on any machine.
pub async fn choose_language(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit)): At<(String, String)>,
    Posted(chosen): Posted<Chosen>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let taken = taken(&mut visit, &slug).await?;
    learn::read(&mut visit.tx, &taken, &unit).await?;
    translation::choose(&mut visit.tx, &taken, &chosen.language).await?;
    visit.commit_and_go(&format!("/courses/{slug}/{unit}"), "").await
}

/// The unit is done by passing its test.
fn to_test(language: Language, slug: &str, line: &Line, said: &'static str) -> AnyView {
    let done = line.done.then(|| view! { <Tag tone=Tone::Success text=text::unit_done(language)/> });
    let href = format!("/courses/{slug}/{}/test", line.slug);
    view! {
        <p>{said}</p>
        <p class="row finish">{done}<ActionLink label=quizzes::unit_to_test(language) href=href/></p>
    }
    .into_any()
}

async fn taken(visit: &mut Visit, slug: &str) -> Result<Taken, courses::Error> {
    find::course(&mut visit.tx, &visit.me, slug).await?.for_taking()
}

/// Finishes the unit and goes to the next one that is not finished; after the last, back to the course.
pub async fn finish(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit)): At<(String, String)>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let taken = taken(&mut visit, &slug).await?;
    match learn::finish(&mut visit.tx, &taken, &unit).await {
        Err(courses::Error::TestFirst) => {
            return Ok(visit::go(&app, &format!("/courses/{slug}/{unit}/test"), ""));
        }
        Err(courses::Error::FilmFirst { .. }) => {
            return Ok(visit::go(&app, &format!("/courses/{slug}/{unit}"), "film-first"));
        }
        done => done?,
    }
    let lines = learn::outline(&mut visit.tx, &taken).await?;
    let after = lines.units.iter().skip_while(|line| line.slug != unit).skip(1).find(|line| !line.done);
    match after {
        Some(next) => {
            let path = format!("/courses/{slug}/{}", next.slug);
            visit.commit_and_go(&path, "unit-done").await
        }
        None if lines.units.iter().all(|line| line.done) => {
            visit.commit_and_go(&format!("/courses/{slug}"), "course-done").await
        }
        None => visit.commit_and_go(&format!("/courses/{slug}"), "unit-done").await,
    }
}

/// Takes "finished" back.
pub async fn reopen(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit)): At<(String, String)>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let taken = taken(&mut visit, &slug).await?;
    let path = format!("/courses/{slug}/{unit}");
    match learn::reopen(&mut visit.tx, &taken, &unit).await {
        // A page from before the end, in another tab.
        Err(courses::Error::AlreadyDone) => Ok(visit::go(&app, &path, "course-stays-done")),
        done => {
            done?;
            visit.commit_and_go(&path, "unit-reopened").await
        }
    }
}
