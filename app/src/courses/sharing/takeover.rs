//! A newer version of an adopted course: what it changes, what was changed here, and taking it over. GET and POST
//! /teaching/{slug}/takeover.

use axum::extract::State;
use courses::course::Course;
use courses::offer::films::Change;
use courses::offer::takeover::{self, Ahead, Difference, Origin, Step};
use courses::plan::Refusal;
use courses::{Error, Taught, UnitId, VersionId};
use leptos::prelude::*;
use words::{Language, frame, obligations, sharing as say};

use crate::caller::Caller;
use crate::courses::taught;
use crate::courses::teaching::{differences, publish};
use crate::date;
use crate::parts::{
    Actions, Checkboxes, Choice, Details, FormErrors, HiddenField, Notice, PageHead, PostForm, SubmitButton,
    Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

struct Page {
    course: Course,
    origin: Origin,
    ahead: Option<Ahead>,
    /// How many bytes films may still take; `None`: as many as there is room for.
    room: Option<u64>,
    /// Units that were changed here and are to be replaced all the same.
    replace: Vec<UnitId>,
    typed: publish::Typed,
    errors: FormErrors,
}

async fn open(app: &App, caller: &Caller, slug: &str) -> Result<(Visit, Taught, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let origin = takeover::origin(&mut visit.tx, &proof).await?.ok_or(Problem::NotFound)?;
    let ahead = takeover::ahead(&mut visit.tx, &proof).await?;
    let room = video::storage::left(&mut visit.tx).await?;
    let page = Page {
        course,
        origin,
        ahead,
        room,
        replace: Vec::new(),
        typed: publish::Typed::default(),
        errors: FormErrors::new(),
    };
    Ok((visit, proof, page))
}

/// The page before the act.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (visit, _, page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    visit.page(say::takeover_title(language), move || view(language, page))
}

/// Takes the newer version over and publishes it.
pub async fn take(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let (mut visit, proof, page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    let mut typed = publish::Typed::default();
    let (mut replace, mut version) = (Vec::new(), None);
    for (name, value) in fields {
        match name.as_str() {
            "change" => typed.change = value,
            "middle" => typed.middle = value,
            "redo_by" => typed.redo_by = value,
            "version" => version = value.parse::<VersionId>().ok(),
            "replace" => replace.push(value.parse::<UnitId>().map_err(|_| Problem::Malformed)?),
            _ => {}
        }
    }
    let version = version.ok_or(Problem::Malformed)?;
    let mut errors = FormErrors::new();
    match typed.asks() {
        Err(()) => errors.add("redo_by", obligations::wrong_redo_by(language)),
        Ok(asks) => match takeover::take(&mut visit.tx, &app.blobs, &proof, version, &replace, asks).await {
            Ok(None) => {
                return visit.commit_and_go(&format!("/teaching/{slug}"), "course-taken-over").await;
            }
            Ok(Some(Refusal::Films)) => {
                return visit.commit_and_go(&format!("/teaching/{slug}/publish"), "taken-over-films").await;
            }
            Ok(Some(_)) => {
                return visit.commit_and_go(&format!("/teaching/{slug}/publish"), "taken-over-waits").await;
            }
            Err(Error::Invalid(_)) => errors.add("redo_by", obligations::wrong_redo_by(language)),
            Err(Error::ChangedMeanwhile(_)) => errors.add("", say::changed_meanwhile(language)),
            Err(Error::Film(video::Error::NoRoom(_))) => errors.add("", no_room(language, &page)),
            Err(Error::NotFound) => errors.add("", say::takeover_nothing(language)),
            Err(error) => return Err(error.into()),
        },
    }
    // What was begun is taken back; the page shows what is true now.
    drop((visit, page));
    let (visit, _, page) = open(&app, &caller, &slug).await?;
    let page = Page { replace, typed, errors, ..page };
    visit.refused(say::takeover_title(language), move || view(language, page))
}

/// Why the films of the newer version do not come.
fn no_room(language: Language, page: &Page) -> String {
    let comes = |one: &Difference| match one.film {
        Change::Comes(bytes) => bytes,
        _ => 0,
    };
    let bytes: u64 = page.ahead.iter().flat_map(|ahead| &ahead.differences).map(comes).sum();
    say::films_no_room(language, &super::weight(language, bytes), &super::room(language, page.room))
}

fn view(language: Language, page: Page) -> AnyView {
    let (slug, title) = (page.course.card.slug.clone(), page.course.card.title.clone());
    let taken = say::taken_from(
        language,
        &page.origin.publisher,
        &page.origin.number.to_string(),
        &date::day(page.origin.taken_at),
    );
    let body = match &page.ahead {
        Some(ahead) => form(language, &page, ahead),
        None => {
            let said = if page.origin.open {
                say::takeover_nothing(language)
            } else {
                say::takeover_withdrawn(language)
            };
            view! { <Notice tone=Tone::Info><p>{said}</p></Notice> }.into_any()
        }
    };
    view! {
        {summary(language, &page.errors)}
        {taught::way(language, &[(&title, &slug)], say::takeover_title(language))}
        <PageHead title=say::takeover_title(language) kicker=title.clone() lead=taken/>
        {body}
    }
    .into_any()
}

fn form(language: Language, page: &Page, ahead: &Ahead) -> AnyView {
    let slug = &page.course.card.slug;
    let lines = ahead.differences.iter().map(|one| difference(language, one)).collect_view();
    let lines = if ahead.differences.is_empty() {
        view! { <p>{say::takeover_no_unit(language)}</p> }.into_any()
    } else {
        lines.into_any()
    };
    let edited: Vec<&Difference> = ahead.differences.iter().filter(|one| one.edited).collect();
    let choose = (!edited.is_empty()).then(|| {
        let choices = edited.into_iter().filter_map(|one| {
            let unit = one.unit?;
            let choice = Choice::new(unit.to_string(), one.title.clone());
            let hint = if one.step == Step::Remove {
                say::edited_removed(language)
            } else {
                say::edited_replaced(language)
            };
            Some(Choice { chosen: page.replace.contains(&unit), ..choice.hint(hint) })
        });
        view! {
            <Checkboxes
                name="replace"
                legend=say::edited_legend(language)
                choices=choices.collect()
                hint=say::edited_hint(language)
            />
        }
    });
    let unpublished = ahead.unpublished.then(|| {
        view! { <Notice tone=Tone::Warning><p>{say::takeover_unpublished(language)}</p></Notice> }
    });
    let (version, back) = (ahead.version.to_string(), format!("/teaching/{slug}"));
    let again = publish::again(language, &page.typed, &page.errors);
    let numbers = say::takeover_numbers(language, &ahead.from.to_string(), &ahead.to.to_string());
    view! {
        <p>{numbers}</p>
        <p>{say::takeover_kept(language)}</p>
        {unpublished}
        <h2>{say::takeover_changes(language)}</h2>
        {lines}
        <PostForm action=format!("/teaching/{slug}/takeover")>
            <HiddenField name="version" value=version/>
            {choose}
            {again}
            <Actions>
                <SubmitButton label=say::takeover_act(language)/>
                <a href=back>{frame::cancel(language)}</a>
            </Actions>
        </PostForm>
    }
    .into_any()
}

/// What becomes of one unit, with the differences of its texts folded up.
fn difference(language: Language, one: &Difference) -> AnyView {
    let step = match one.step {
        Step::Add => say::step_add(language, &one.title),
        Step::Replace if one.edited => say::step_edited(language, &one.title),
        Step::Replace => say::step_replace(language, &one.title),
        Step::Remove if one.edited => say::step_remove_edited(language, &one.title),
        Step::Remove => say::step_remove(language, &one.title),
        Step::StaysOut => say::step_stays_out(language, &one.title),
    };
    let film = match one.film {
        Change::None => None,
        Change::Comes(bytes) => Some(say::film_comes(language, &super::weight(language, bytes))),
        Change::Words => Some(say::film_words(language).to_owned()),
        Change::Goes => Some(say::film_goes(language).to_owned()),
    };
    let film = film.map(|said| view! { <p class="hint">{said}</p> });
    let test = (one.test && one.step != Step::StaysOut)
        .then(|| view! { <p class="hint">{say::test_changes(language)}</p> });
    let stays = one.step == Step::StaysOut || one.step == Step::Remove;
    let tongues = (one.texts && !stays).then(|| view! { <p class="hint">{say::texts_change(language)}</p> });
    let renamed =
        one.new_title.as_ref().map(|title| view! { <p class="hint">{say::new_title(language, title)}</p> });
    let changes = one.step == Step::Replace && one.text || one.step == Step::Add;
    let texts = changes.then(|| {
        let shown = differences::text(language, &one.title, &one.mine, &one.theirs);
        view! { <Details summary=say::see_differences(language, &one.title)>{shown}</Details> }
    });
    view! { <div class="sheet"><p>{step}</p>{renamed}{film}{test}{tongues}{texts}</div> }.into_any()
}
