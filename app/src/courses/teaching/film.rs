//! The film of a unit: sending it, how far it is, what went wrong, its captions, and taking it out again.

use axum::extract::State;
use courses::course::Course;
use courses::outline::{self, Unit};
use courses::{Error, Taught, UnitId, film as unit_film};
use islands::{FilmUpload, ManyFilms};
use leptos::prelude::*;
use video::film::{self, Film, State as Stage};
use video::recognise::{self, Draft};
use video::replace::{self, Next, Replaced};
use video::{Editable, caption};
use words::{Language, companions, courses as text, films, frame, studio as say};

use super::captions::{self, Attach};
use super::{card, drafts, seen};
use crate::caller::Caller;
use crate::courses::film::{self as shown, Audience, Shown};
use crate::courses::{phrases, studio, taught};
use crate::date;
use crate::parts::{
    ButtonKind, CheckPage, Details, FormErrors, Link, Notice, PageHead, PostForm, SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// The page of a unit's film.
pub struct Page {
    course: Course,
    unit: Unit,
    film: Option<Film>,
    shown: Option<Shown>,
    captions: Vec<caption::Captions>,
    drafts: Vec<Draft>,
    has_recogniser: bool,
    next: Option<Next>,
    replaced: Option<Replaced>,
    most_bytes: u64,
    tus: String,
    /// What was typed into the form of captions.
    pub attach: Attach,
    /// What has to be seen of the film, in per cent, as it stands in the form.
    pub percent: String,
    /// What is wrong with one of the forms.
    pub errors: FormErrors,
}

/// Everything that the page needs.
pub async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: UnitId,
) -> Result<(Visit, Taught, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    let mut page = Page {
        attach: Attach { language: course.card.language.clone(), ..Attach::default() },
        course,
        film: None,
        shown: None,
        captions: Vec::new(),
        drafts: Vec::new(),
        has_recogniser: app.settings.drafts_captions,
        next: None,
        replaced: None,
        most_bytes: super::upload::most_bytes(app, &mut visit).await?,
        tus: app.files.tus.clone(),
        errors: FormErrors::new(),
        percent: unit.film_percent.map(|percent| percent.to_string()).unwrap_or_default(),
        unit,
    };
    if let Some(film) = page.unit.film {
        let editable = unit_film::for_editing(&mut visit.tx, &proof, film).await?;
        page.drafts = recognise::drafts(&mut visit.tx, &editable).await?;
        page.next = replace::next(&mut visit.tx, &editable).await?;
        page.replaced = replace::last(&mut visit.tx, &editable).await?;
        let proof = editable.watchable();
        page.film = Some(film::one(&mut visit.tx, &proof).await?);
        page.captions = caption::languages(&mut visit.tx, &proof).await?;
        let (title, language) = (page.unit.title.clone(), page.course.card.language.clone());
        page.shown = Some(shown::read(&mut visit, &proof, &title, &language, Audience::Trial).await?);
    }
    Ok((visit, proof, page))
}

/// The film of a unit as something to be changed. Errors: `NotFound` when it has none.
pub async fn editable(visit: &mut Visit, proof: &Taught, id: UnitId) -> Result<Editable, Error> {
    let unit = outline::unit(&mut visit.tx, proof, id).await?;
    unit_film::for_editing(&mut visit.tx, proof, unit.film.ok_or(Error::NotFound)?).await
}

/// The page.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (visit, _, page) = open(&app, &caller, &slug, id).await?;
    answer(visit, page)
}

/// The page as an answer: refused when a form has errors.
pub fn answer(visit: Visit, page: Page) -> Answer {
    let language = visit.language;
    let title = text::film_of(language, &page.unit.title);
    if page.errors.is_empty() {
        visit.page(&title, move || view(language, page))
    } else {
        visit.refused(&title, move || view(language, page))
    }
}

fn view(language: Language, page: Page) -> AnyView {
    let Page {
        course,
        unit,
        film,
        shown,
        captions,
        drafts,
        has_recogniser,
        next,
        replaced,
        most_bytes,
        tus,
        attach,
        percent,
        errors,
    } = page;
    let path = format!("/teaching/{}/units/{}", course.card.slug, unit.id);
    let between =
        [(course.card.title.as_str(), course.card.slug.as_str()), (&unit.title, &path["/teaching/".len()..])];
    let inside = match &film {
        None => view! {
            <p>{text::film_none_text(language)}</p>
            <PostForm action=format!("{path}/film")><SubmitButton label=text::film_add(language)/></PostForm>
        }
        .into_any(),
        Some(film) => {
            let asked = drafts::view(language, &path, has_recogniser, &drafts, &errors);
            let ready = film.state == Stage::Ready;
            let form = upload(language, &path, film, most_bytes, tus);
            let (upload, other) = if ready { (().into_any(), form) } else { (form, ().into_any()) };
            view! {
                {state(language, &path, film, shown, upload)}
                {(film.state == Stage::Ready).then(|| replacing(language, film, replaced, next, other))}
                {captions::view(language, &path, &captions, &attach, asked, &errors)}
                <h2>{films::chapters_short(language)}</h2>
                <p>{films::chapters_lead(language)}</p>
                <p><a href=format!("{path}/film/chapters")>{films::chapters_edit(language)}</a></p>
                {ready.then(|| cover_and_ends(language, film))}
                <h2>{companions::short(language)}</h2>
                <p><a href=format!("{path}/film/companions")>{companions::edit(language)}</a></p>
                {seen::form(language, &path, &percent, &errors)}
                <h2>{text::film_remove(language)}</h2>
                <p>{text::film_remove_text(language)}</p>
                <p><a href=format!("{path}/film/remove")>{text::film_remove(language)}</a></p>
            }
            .into_any()
        }
    };
    view! {
        {card::summary(language, &errors)}
        {taught::way(language, &between, text::film_title(language))}
        <PageHead title=text::film_of(language, &unit.title)/>
        {inside}
        <p><a href=path>{text::back_to_text(language)}</a></p>
    }
    .into_any()
}

fn cover_and_ends(language: Language, film: &Film) -> impl IntoView + use<> {
    let at = format!("/studio/{}", film.id);
    view! {
        <h2>{say::cover_and_ends(language)}</h2>
        <p><a href=format!("{at}/poster")>{say::act_poster(language)}</a></p>
        <p><a href=format!("{at}/trim")>{say::cut_ends(language)}</a></p>
    }
}

fn upload(language: Language, path: &str, film: &Film, most_bytes: u64, tus: String) -> AnyView {
    let size = crate::video::size(language, most_bytes);
    view! {
        <FilmUpload
            words=phrases::upload(language, &size)
            tus_script_url=tus
            endpoint="/api/tus".to_owned()
            metadata=vec![("film".to_owned(), film.id.to_string())]
            max_bytes=most_bytes
            done_url=format!("{path}/film")
            plain_action=format!("{path}/film/plain")
            many=ManyFilms::default()
        />
    }
    .into_any()
}

/// What the film is now, and what can be done about it.
fn state(language: Language, path: &str, film: &Film, shown: Option<Shown>, upload: AnyView) -> AnyView {
    let seen = shown.map(|shown| shown::view(language, shown));
    let act = |act: &str, label: &'static str| {
        view! {
            <PostForm action=format!("{path}/film/{act}")><SubmitButton label=label kind=ButtonKind::Secondary/></PostForm>
        }
    };
    match film.state {
        Stage::Empty => view! {
            <h2>{text::film_send(language)}</h2>
            {upload}
            <p class="hint">{text::film_send_early(language)}</p>
        }
        .into_any(),
        Stage::Uploading => {
            let coming = if film.playable {
                let said = text::film_coming(language, &(film.per_mille / 10).to_string());
                view! { {seen}<Notice tone=Tone::Info><p>{said}</p></Notice> }.into_any()
            } else {
                shown::progress(language, film)
            };
            view! {
                {coming}
                <h2>{text::film_send(language)}</h2>
                <Notice tone=Tone::Info><p>{text::film_upload_open(language)}</p></Notice>
                {upload}
                <p class="hint">{text::film_send_early(language)}</p>
            }
            .into_any()
        }
        Stage::Queued | Stage::Transcoding | Stage::Copying => {
            let progress = film.playable.then(|| shown::progress(language, film));
            view! { {seen}{progress}{act("cancel", text::film_cancel(language))} }.into_any()
        }
        Stage::Failed | Stage::Cancelled => view! {
            {seen}
            {act("retry", text::film_retry(language))}
            <h2>{text::film_send_other(language)}</h2>
            {upload}
        }
        .into_any(),
        Stage::Ready => {
            let from = film.comes_from.as_ref().map(|publisher| {
                let said = format!("{}: {publisher}", say::row_from(language));
                view! { <p class="hint">{said}</p> }
            });
            view! { {seen}{from}{shown::warnings(language, film)} }.into_any()
        }
    }
}

/// What the last replacement did, and the next one: how far it is, or where its file is sent.
fn replacing(
    language: Language,
    film: &Film,
    replaced: Option<Replaced>,
    next: Option<Next>,
    upload: AnyView,
) -> AnyView {
    let replaced = replaced.map(|last| {
        let seen =
            if last.seen_cleared { say::replaced_cleared(language) } else { say::replaced_kept(language) };
        let said = say::replaced(language, &date::moment(last.at));
        view! { <Notice tone=Tone::Info><p>{said}" "{seen}</p></Notice> }
    });
    let next = next.filter(|next| next.film.state != Stage::Empty);
    let busy = next
        .as_ref()
        .is_some_and(|next| matches!(next.film.state, Stage::Queued | Stage::Transcoding | Stage::Copying));
    let form = (!busy).then(|| {
        view! { <Details summary=text::film_replace(language)><p>{text::film_replace_text(language)}</p>{upload}</Details> }
    });
    let next = next.map(|next| {
        view! { <h2>{say::next_title(language)}</h2>{studio::replacement(language, film, &next)} }
    });
    view! { <div id="replace">{replaced}{next}{form}</div> }.into_any()
}

/// Makes the film of a unit, to be sent next.
pub async fn add(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    unit_film::of_unit(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/units/{id}/film"), "").await
}

/// Stops the making; one that ended meanwhile is left as it is.
pub async fn cancel(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let film = editable(&mut visit, &proof, id).await?;
    let done = film::cancel(&mut visit.tx, &film).await;
    over(visit, &slug, id, done, "film-cancelled").await
}

/// Makes a film again from what was sent.
pub async fn retry(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let film = editable(&mut visit, &proof, id).await?;
    let done = film::retry(&mut visit.tx, &film).await;
    over(visit, &slug, id, done, "film-retried").await
}

/// Back to the page; what the film was too late for is not worth an error.
async fn over(visit: Visit, slug: &str, id: UnitId, done: Result<(), video::Error>, message: &str) -> Answer {
    let path = format!("/teaching/{slug}/units/{id}/film");
    match done {
        Ok(()) => visit.commit_and_go(&path, message).await,
        Err(video::Error::WrongState(_)) => visit.commit_and_go(&path, "").await,
        Err(video::Error::NoRoom(_)) => visit.commit_and_go(&path, "film-no-room").await,
        Err(error) => Err(error.into()),
    }
}

/// Asks before the film is taken out of the unit.
pub async fn ask_remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, UnitId)>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let unit = outline::unit(&mut visit.tx, &proof, id).await?;
    unit.film.ok_or(Error::NotFound)?;
    let language = visit.language;
    let question = text::film_remove_question(language, &unit.title);
    visit.page(&question.clone(), move || {
        let path = format!("/teaching/{slug}/units/{id}/film");
        view! {
            {taught::way(language, &[(&course.card.title, &slug)], text::film_remove(language))}
            <CheckPage
                question=question
                action=format!("{path}/remove")
                confirm=text::film_remove(language)
                cancel=Link::new(frame::cancel(language), path)
            >
                <p>{text::film_remove_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// Takes the film out of the unit.
pub async fn remove(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, UnitId)>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    unit_film::remove(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/units/{id}"), "film-removed").await
}
