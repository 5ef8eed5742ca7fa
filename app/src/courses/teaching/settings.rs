//! The card of a course, and putting the course away.

use axum::extract::State;
use courses::Error;
use courses::course::{self, Card, Course, State as Life};
use leptos::prelude::*;
use words::{Language, courses as text, frame, open as say};

use super::card::{self, Address, CardForm};
use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs};
use crate::parts::{
    Actions, ButtonKind, FormErrors, HiddenField, PageHead, PostForm, SubmitButton, SummaryList, SummaryRow,
};
use crate::problem::Answer;
use crate::request::{At, Posted};
use crate::state::App;

/// The form.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (visit, _, course) = taught::open_course(&app, &caller, &slug).await?;
    let language = visit.language;
    let form = Form { card: course.card.clone(), revision: course.card_revision, overtaken: false };
    visit.page(text::tab_settings(language), move || view(language, &course, &form, &FormErrors::new()))
}

/// What stands in the form.
struct Form {
    card: Card,
    /// The revision that the person saw.
    revision: i32,
    /// Whether somebody saved before: what they saved is shown above.
    overtaken: bool,
}

fn view(language: Language, course: &Course, form: &Form, errors: &FormErrors) -> AnyView {
    let slug = &course.card.slug;
    let archived = course.state == Life::Archived;
    let (title, said, act, label) = if archived {
        (text::restore_title(language), text::restore_text(language), "restore", text::restore(language))
    } else {
        (text::archive_title(language), text::archive_text(language), "archive", text::archive(language))
    };
    let fields = card::fields(language, &form.card, errors, Address::Fixed);
    let theirs = form.overtaken.then(|| card::meanwhile(language, lines(language, &course.card)));
    let revision = form.revision.to_string();
    let address = text::address_of(language, &format!("/courses/{slug}"));
    let draft = format!("/teaching/{slug}");
    let everybody = if course.open { say::opened_now(language) } else { say::state_closed(language) };
    view! {
        {card::summary(language, errors)}
        {tabs(language, course, Tab::Settings)}
        <PageHead title=text::tab_settings(language) kicker=course.card.title.clone() lead=text::settings_lead(language)/>
        {theirs}
        <PostForm action=format!("/teaching/{slug}/settings")>
            <HiddenField name="revision" value=revision/>
            {fields}
            <p class="hint">{address}</p>
            <Actions>
                <SubmitButton label=frame::save(language)/>
                <a href=draft>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
        <h2>{say::teaching_title(language)}</h2>
        <p>{everybody}" "<a href=format!("/teaching/{slug}/open")>{say::teaching_link(language)}</a></p>
        <h2>{title}</h2>
        <p>{said}</p>
        <PostForm action=format!("/teaching/{slug}/{act}")>
            <SubmitButton label=label kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// A card as lines.
fn lines(language: Language, card: &Card) -> AnyView {
    let listed =
        if card.listed { text::meanwhile_listed(language) } else { text::meanwhile_unlisted(language) };
    let spoken = Language::from_code(&card.language).unwrap_or_default().name();
    let rows = vec![
        SummaryRow::new(text::card_title(language), card.title.clone()),
        SummaryRow::new(text::card_summary(language), card.summary.clone()),
        SummaryRow::new(text::card_language(language), spoken),
        SummaryRow::new(text::card_author(language), card.author.clone()),
        SummaryRow::new(text::card_listed(language), listed),
    ];
    view! { <SummaryList rows=rows/> }.into_any()
}

/// Saves the card, when nobody saved it since the page was shown; else both are shown, and nothing is lost.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(typed): Posted<CardForm>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let revision = typed.revision.unwrap_or(course.card_revision);
    let card = Card::from(typed);
    match course::save(&mut visit.tx, &proof, revision, &card).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/settings"), "saved").await,
        Err(Error::Invalid(problems)) => {
            let language = visit.language;
            let errors = card::errors(language, &problems);
            let form = Form { card, revision, overtaken: false };
            visit.refused(text::tab_settings(language), move || view(language, &course, &form, &errors))
        }
        Err(Error::ChangedMeanwhile(_)) => {
            // Read again: the other one may have saved after this page read it.
            let now = course::one(&mut visit.tx, &visit.me, &proof).await?;
            let language = visit.language;
            let form = Form { card, revision: now.card_revision, overtaken: true };
            let page = move || view(language, &now, &form, &FormErrors::new());
            card::second(visit.refused(text::tab_settings(language), page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts the course away.
pub async fn archive(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    course::archive(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}"), "archived").await
}

/// Takes it out again.
pub async fn restore(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    course::restore(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}"), "restored").await
}
