//! The page on which a second person reads a draft and decides; asking for it; and who must ask.

use axum::extract::State;
use courses::course::Course;
use courses::outline::{self, Section};
use courses::review::{self, Outcome, Review, Standing};
use courses::{Error, Taught, UnitId};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, writing as say};

use crate::caller::Caller;
use crate::courses::taught;
use crate::courses::teaching::card;
use crate::date;
use crate::parts::{
    Actions, ButtonKind, Choice, EmptyState, FormErrors, HiddenField, Notice, PageHead, PostForm, Radios,
    SubmitButton, TextArea, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// Most bytes of the form of a decision: a comment on every unit.
const FORM_MOST_BYTES: usize = 2 << 20;

struct Page {
    course: Course,
    standing: Standing,
    sections: Vec<Section>,
    /// Whether the person sets who must ask.
    sets: bool,
    note: String,
    /// Comments as they were typed, by the field's name.
    typed: Vec<(String, String)>,
    errors: FormErrors,
}

async fn open(app: &App, caller: &Caller, slug: &str) -> Result<(Visit, Taught, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let page = Page {
        course,
        standing: review::standing(&mut visit.tx, &proof).await?,
        sections: outline::draft(&mut visit.tx, &proof).await?,
        sets: visit.me.people_admin().is_ok(),
        note: String::new(),
        typed: Vec::new(),
        errors: FormErrors::new(),
    };
    Ok((visit, proof, page))
}

/// The page.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (visit, _, page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    visit.page(say::review_title(language), move || view(language, page))
}

/// The question as it was posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    note: String,
}

/// Asks for a review of the draft as it is.
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(asking): Posted<Asking>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug).await?;
    match review::ask(&mut visit.tx, &proof, &asking.note).await {
        Ok(()) => visit.commit_and_go(&format!("/teaching/{slug}/review"), "review-asked").await,
        Err(Error::Invalid(problems)) => {
            let language = visit.language;
            page.errors = card::errors(language, &problems);
            page.note = asking.note;
            visit.refused(say::review_title(language), move || view(language, page))
        }
        Err(error) => Err(error.into()),
    }
}

/// Decides: `act` is the outcome, `comment` of the course, `comment-<unit>` of a unit.
pub async fn end(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(fields): Posted<Vec<(String, String)>, FORM_MOST_BYTES>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    let of = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let id = of("review").and_then(|id| id.parse().ok()).ok_or(Problem::Malformed)?;
    let (outcome, message) = match of("act") {
        Some("approve") => (Outcome::Approved, "review-approved"),
        Some("return") => (Outcome::Returned, "review-returned"),
        Some("withdraw") => (Outcome::Withdrawn, "review-withdrawn"),
        _ => return Err(Problem::Malformed),
    };
    let comments: Vec<(Option<UnitId>, String)> = fields
        .iter()
        .filter_map(|(name, text)| match name.strip_prefix("comment")? {
            "" => Some((None, text.clone())),
            unit => Some((Some(unit.strip_prefix('-')?.parse().ok()?), text.clone())),
        })
        .collect();
    let sentence = match review::end(&mut visit.tx, &proof, id, outcome, &comments).await {
        Ok(()) => return visit.commit_and_go(&format!("/teaching/{slug}/review"), message).await,
        Err(Error::Invalid(problems)) => match problems.first().map(|wrong| &wrong.problem) {
            Some(identity::Problem::Missing) => say::review_say_why(language).to_owned(),
            Some(other) => crate::problem::field_sentence(language, other),
            None => return Err(Problem::Malformed),
        },
        Err(Error::DraftChanged) => say::review_changed(language).to_owned(),
        Err(Error::OwnDraft) => {
            // The refused statement has ended the transaction; nothing that was typed is lost.
            drop(visit);
            let (fresh, _, again) = open(&app, &caller, &slug).await?;
            (visit, page) = (fresh, again);
            say::review_own(language).to_owned()
        }
        Err(Error::NotFound) => say::review_over(language).to_owned(),
        Err(error) => return Err(error.into()),
    };
    page.errors = FormErrors::one("comment", sentence);
    page.typed = fields;
    visit.refused(say::review_title(language), move || view(language, page))
}

/// Who must ask, as it was posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Rules {
    course: String,
    organisation: String,
}

/// Says for which courses a review is required; only an administrator does.
pub async fn rules(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(rules): Posted<Rules>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let admin = visit.me.people_admin()?;
    let of_course = match rules.course.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    review::require_for_course(&mut visit.tx, &admin, &proof, of_course).await?;
    review::require(&mut visit.tx, &admin, rules.organisation == "yes").await?;
    visit.commit_and_go(&format!("/teaching/{slug}/review"), "saved").await
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { course, standing, sections, sets, note, typed, errors } = page;
    let slug = course.card.slug.clone();
    let lead =
        if standing.required { say::review_required(language) } else { say::review_not_required(language) };
    let open = standing.newest.as_ref().filter(|review| review.ended.is_none());
    let newest = match &standing.newest {
        Some(review) => told(language, &slug, review),
        None => {
            let (title, text) = (say::review_none(language), say::review_none_text(language));
            view! { <EmptyState title=title text=text/> }.into_any()
        }
    };
    let decide = open.map(|review| decide(language, &slug, review, &sections, &typed, &errors));
    let ask = ask_form(language, &slug, open.is_some(), note, &errors);
    let rules = sets.then(|| rules_form(language, &slug, &standing));
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &[(&course.card.title, &slug)], say::review_title(language))}
        <PageHead title=say::review_title(language) kicker=course.card.title.clone() lead=lead/>
        {newest}
        {decide}
        {ask}
        {rules}
    }
    .into_any()
}

/// The newest review: who asked, how it ended, what was said.
fn told(language: Language, slug: &str, review: &Review) -> AnyView {
    let asked = say::review_asked(language, &review.asked_by, &date::moment(review.asked_at));
    let (tone, said) = match &review.ended {
        None => (Tone::Info, say::review_waits(language).to_owned()),
        Some((outcome, who, at)) => {
            let at = date::moment(*at);
            match outcome {
                Outcome::Approved => (Tone::Success, say::review_approved(language, who, &at)),
                Outcome::Returned => (Tone::Warning, say::review_returned(language, who, &at)),
                Outcome::Withdrawn => (Tone::Neutral, say::review_withdrawn(language, who, &at)),
            }
        }
    };
    let changed = (!review.of_this_draft).then(|| view! { <p>{say::review_changed(language)}</p> });
    let note = (!review.note.is_empty()).then(|| view! { <p>{review.note.clone()}</p> });
    let comments = review.comments.iter().map(|comment| {
        let place = match &comment.unit {
            Some((unit, title)) => {
                let href = format!("/teaching/{slug}/units/{unit}");
                view! { <a href=href>{title.clone()}</a> }.into_any()
            }
            None => say::review_whole(language).into_any(),
        };
        view! { <li>{place}": "{comment.text.clone()}" "<span class="hint">{comment.who.clone()}</span></li> }
    });
    let comments = (!review.comments.is_empty()).then(|| view! { <ul>{comments.collect_view()}</ul> });
    view! {
        <Notice tone=tone title=said>
            <p>{asked}</p>
            {changed}
            {note}
            {comments}
        </Notice>
    }
    .into_any()
}

/// The decision: comments on the course and its units, then the buttons.
fn decide(
    language: Language,
    slug: &str,
    review: &Review,
    sections: &[Section],
    typed: &[(String, String)],
    errors: &FormErrors,
) -> AnyView {
    let (action, id) = (format!("/teaching/{slug}/review/end"), review.id.to_string());
    if review.own {
        return view! {
            <PostForm action=action>
                <HiddenField name="review" value=id/>
                <SubmitButton
                    label=say::review_withdraw(language)
                    kind=ButtonKind::Secondary
                    name="act"
                    value="withdraw"
                />
            </PostForm>
        }
        .into_any();
    }
    let value = |name: &str| {
        typed.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let units = sections.iter().flat_map(|section| &section.units).map(|unit| {
        let (name, href) = (format!("comment-{}", unit.id), format!("/teaching/{slug}/units/{}", unit.id));
        let field = view! {
            <TextArea
                name=name.clone()
                label=say::review_comment_on(language, &unit.title)
                value=value(&name)
                rows=2
            />
        };
        view! { <p><a href=href>{unit.title.clone()}</a></p>{field} }
    });
    let units = units.collect_view();
    let whole = view! {
        <TextArea
            name="comment"
            label=say::review_comment(language)
            hint=say::review_comment_hint(language)
            value=value("comment")
            rows=3
            error=errors.of("comment")
        />
    };
    let compare = format!("/teaching/{slug}/versions/compare");
    view! {
        <h2>{say::review_decide(language)}</h2>
        <p><a href=compare>{say::review_see_changes(language)}</a></p>
        <PostForm action=action>
            <HiddenField name="review" value=id/>
            {units}
            {whole}
            <Actions>
                <SubmitButton label=say::review_approve(language) name="act" value="approve"/>
                <SubmitButton label=say::review_return(language) kind=ButtonKind::Secondary name="act" value="return"/>
            </Actions>
        </PostForm>
    }
    .into_any()
}

fn ask_form(language: Language, slug: &str, again: bool, note: String, errors: &FormErrors) -> AnyView {
    let field = view! {
        <TextArea
            name="note"
            label=say::review_note(language)
            hint=say::review_note_hint(language)
            value=note
            rows=3
            error=errors.of("note")
        />
    };
    let label = if again { say::review_ask_again(language) } else { say::review_ask(language) };
    view! {
        <h2>{say::review_ask_title(language)}</h2>
        <p>{say::review_ask_text(language)}</p>
        <PostForm action=format!("/teaching/{slug}/review")>
            {field}
            <SubmitButton label=label kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

fn rules_form(language: Language, slug: &str, standing: &Standing) -> AnyView {
    let choice = |value: &str, label: &'static str, chosen: bool| {
        let choice = Choice::new(value, label);
        if chosen { choice.chosen() } else { choice }
    };
    let of_course = vec![
        choice("", say::rule_as_organisation(language), standing.of_course.is_none()),
        choice("yes", say::rule_yes(language), standing.of_course == Some(true)),
        choice("no", say::rule_no(language), standing.of_course == Some(false)),
    ];
    let of_organisation = vec![
        choice("yes", say::rule_yes(language), standing.of_organisation),
        choice("no", say::rule_no(language), !standing.of_organisation),
    ];
    view! {
        <h2>{say::rules_title(language)}</h2>
        <PostForm action=format!("/teaching/{slug}/review/rules")>
            <Radios name="course" legend=say::rule_of_course(language) choices=of_course/>
            <Radios name="organisation" legend=say::rule_of_organisation(language) choices=of_organisation/>
            <SubmitButton label=words::frame::save(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// Where the review stands, in a line on the page before publishing; nothing where none is required and none was asked for.
pub fn line(language: Language, slug: &str, standing: &Standing) -> AnyView {
    let said = match (&standing.newest, standing.is_approved()) {
        (Some(Review { ended: Some((_, who, at)), .. }), true) => {
            say::review_approved(language, who, &date::moment(*at))
        }
        (Some(Review { ended: None, of_this_draft: true, .. }), _) => say::review_waits(language).to_owned(),
        _ if standing.required => say::review_first(language).to_owned(),
        _ => say::review_not_required(language).to_owned(),
    };
    let href = format!("/teaching/{slug}/review");
    view! { <p>{said}" "<a href=href>{say::review_title(language)}</a></p> }.into_any()
}
