//! Several films at once: each file becomes a unit of its own. With script one after another by tus, with progress; without, in a plain
//! form.

use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use courses::course::Course;
use courses::outline::{self, Section};
use courses::{SectionId, studio as area};
use islands::{FilmUpload, ManyFilms};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;
use video::take::{self, Line, Place};
use words::{Language, frame, studio as say};

use crate::caller::Caller;
use crate::courses::teaching::{card, upload};
use crate::courses::{phrases, taught};
use crate::parts::{Choice, FormErrors, Link, Notice, PageHead, Select, SubmitButton, Tone};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit;

/// Pieces on their way from the sender to the store.
const WINDOW: usize = 8;
/// Longest key of a wish.
const LONGEST_KEY: usize = 40;
/// More than the id of a section has; the form as a whole is as long as its films are.
const LONGEST_SECTION: usize = 64;

/// Which section the units go into.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    section: String,
    name: String,
    key: String,
}

/// What the page shows.
struct Shown {
    course: Course,
    sections: Vec<Section>,
    chosen: String,
    most_bytes: u64,
    tus: String,
}

/// The page.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Asked(wish): Asked<Wish>,
) -> Answer {
    page(&app, &caller, &slug, &wish.section, FormErrors::new()).await
}

async fn page(app: &App, caller: &Caller, slug: &str, section: &str, errors: FormErrors) -> Answer {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let sections = outline::draft(&mut visit.tx, &proof).await?;
    let asked = sections.iter().find(|one| one.id.to_string() == section);
    let chosen = asked.or(sections.last()).map(|one| one.id.to_string()).unwrap_or_default();
    let shown = Shown {
        course,
        sections,
        chosen,
        most_bytes: upload::most_bytes(app, &mut visit).await?,
        tus: app.files.tus.clone(),
    };
    let language = visit.language;
    visit.form(say::add_title(language), errors, |errors| view(language, shown, &errors))
}

fn view(language: Language, shown: Shown, errors: &FormErrors) -> AnyView {
    let Shown { course, sections, chosen, most_bytes, tus } = shown;
    let slug = &course.card.slug;
    let path = format!("/teaching/{slug}/films");
    let inside = if sections.is_empty() {
        view! { <Notice tone=Tone::Warning><p>{say::add_no_section(language)}</p></Notice> }.into_any()
    } else {
        let size = crate::video::size(language, most_bytes);
        view! {
            {choice(language, &path, &sections, &chosen)}
            <FilmUpload
                words=phrases::upload(language, &size)
                tus_script_url=tus
                endpoint="/api/tus".to_owned()
                metadata=vec![("section".to_owned(), chosen)]
                max_bytes=most_bytes
                done_url="/studio".to_owned()
                plain_action=format!("{path}/plain")
                many=ManyFilms { create_url: path.clone(), words: phrases::many(language) }
            />
            <p>{say::add_plain(language)}</p>
        }
        .into_any()
    };
    let back = Link::new(frame::cancel(language), format!("/teaching/{slug}"));
    view! {
        {card::summary(language, errors)}
        {taught::way(language, &[(&course.card.title, slug)], say::add_title(language))}
        <PageHead title=say::add_title(language) kicker=course.card.title.clone() lead=say::add_lead(language)/>
        {inside}
        <p><a href=back.href>{back.text}</a></p>
    }
    .into_any()
}

/// The choice of the section, where there are several: a form that asks for the page again.
fn choice(language: Language, path: &str, sections: &[Section], chosen: &str) -> Option<AnyView> {
    if sections.len() < 2 {
        return None;
    }
    let choices = sections.iter().map(|one| Choice::new(one.id.to_string(), one.title.clone())).collect();
    let form = view! {
        <form class="form filter" method="get" action=path.to_owned()>
            <Select name="section" label=say::add_section(language) choices=choices chosen=chosen.to_owned()/>
            <SubmitButton label=say::add_choose(language) kind=crate::parts::ButtonKind::Secondary/>
        </form>
    };
    Some(form.into_any())
}

/// Makes the unit and the film that a file is about to be sent into; answers `{"film": id}`. The same key again answers the same film.
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(wish): Posted<Wish>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let section: SectionId = wish.section.parse().map_err(|_| Problem::Malformed)?;
    let key = wish.key.trim();
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::Malformed);
    }
    let film = area::film_of_file(&mut visit.tx, &proof, section, &wish.name, Some(key)).await?;
    visit.tx.commit().await?;
    Ok(Json(json!({ "film": film.film() })).into_response())
}

/// Takes the files of a plain form, one after another, each into a unit of its own.
pub async fn plain(State(app): State<App>, caller: Caller, At(slug): At<String>, request: Request) -> Answer {
    // Who sends is asked before the first byte is taken.
    let language = taught::open(&app, &caller, &slug).await?.0.language;
    let mut form = Multipart::from_request(request, &app).await.map_err(|_| Problem::Malformed)?;
    let (mut section, mut taken) = (String::new(), 0_usize);
    let mut refused = None;
    while let Some(field) = form.next_field().await? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            if field.name() == Some("section") {
                section = short(field).await?;
            }
            continue;
        };
        if name.is_empty() {
            continue;
        }
        match one(&app, &caller, &slug, (&section, &name), field).await? {
            Ok(_) => taken += 1,
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    if taken > 0 && refused.is_none() {
        return Ok(visit::go(&app, &format!("/teaching/{slug}/films?section={section}"), "film-added"));
    }
    // A form without a file is one with an empty file.
    let refused = refused.unwrap_or(video::Error::BadSize(app.settings.film_most_bytes));
    let sentence = upload::sentence(language, refused)?;
    page(&app, &caller, &slug, &section, FormErrors::one("", sentence)).await
}

/// The text of a field that is short, in which no more than that is ever in memory.
async fn short(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST_SECTION {
            return Err(Problem::Malformed);
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::Malformed)
}

/// Takes one file; what is refused leaves no unit behind that has a film without a file.
async fn one(
    app: &App,
    caller: &Caller,
    slug: &str,
    (section, name): (&str, &str),
    mut field: Field<'_>,
) -> Result<Result<u64, video::Error>, Problem> {
    let (mut visit, proof) = taught::open(app, caller, slug).await?;
    let section: SectionId = section.parse().map_err(|_| Problem::Malformed)?;
    let film = area::film_of_file(&mut visit.tx, &proof, section, name, None).await?;
    let place = Place { db: app.db.clone(), blobs: app.blobs.clone(), actor: visit.tx.actor().clone() };
    visit.tx.commit().await?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Arc<str>>>(WINDOW);
    let taking = tokio::spawn(take::whole(place, film, app.settings.film_most_bytes, receiver));
    upload::pass_on(&mut field, Line::new(sender)).await;
    let taken = taking.await.map_err(|error| {
        tracing::error!(%error, "taking a film ended in a fault");
        Problem::Unavailable(5)
    })?;
    if taken.is_err() {
        let (mut visit, proof) = taught::open(app, caller, slug).await?;
        area::forget(&mut visit.tx, &proof, &film).await?;
        visit.tx.commit().await?;
    }
    Ok(taken)
}
