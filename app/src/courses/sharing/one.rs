//! One offer of another organisation: everything that is in it, and the button that makes a course of it. GET and POST
//! /catalogue/installation/{offer}, and its pictures.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use courses::markdown::{self, Places};
use courses::offer::adopt;
use courses::offer::content::{self, Unit};
use courses::offer::films::{self, OfferedFilm};
use courses::offer::seen::{self, Adopter, Offer};
use courses::plan::Refusal;
use courses::{Error, MediaId, OfferId, VersionId};
use identity::shared_position::{self, SharedPosition};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, sharing as say};

use crate::caller::Caller;
use crate::courses::lines::card_facts;
use crate::date;
use crate::parts::{Actions, FormErrors, HiddenField, Notice, PageHead, PostForm, Prose, SubmitButton, Tone};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::video::clock;
use crate::way::trail;

struct Page {
    offer: Offer,
    units: Vec<Unit>,
    films: Vec<OfferedFilm>,
    /// How many bytes films may still take; `None`: as many as there is room for.
    room: Option<u64>,
    /// The unit whose text is shown.
    shown: usize,
    places: Places,
    shared: Vec<SharedPosition>,
    errors: FormErrors,
}

/// The unit to be shown, by its name in addresses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    unit: String,
}

/// What was confirmed: the version that was looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    version: String,
}

/// The preview, which is the page before the act as well.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<OfferId>,
    Asked(asked): Asked<Asking>,
) -> Answer {
    page(&app, &caller, id, &asked.unit, None).await
}

/// Why nothing was adopted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    /// There is a newer version by now.
    Overtaken,
    /// Its films do not fit.
    NoRoom,
}

async fn page(app: &App, caller: &Caller, id: OfferId, unit: &str, refused: Option<Refused>) -> Answer {
    let mut visit = caller.open(app).await?;
    let adopter = Adopter::of(&visit.me)?;
    let offer = seen::one(&mut visit.tx, &adopter, id).await?;
    let units = content::units(&mut visit.tx, &adopter, id, offer.version).await?;
    let films = films::all(&mut visit.tx, &adopter, id, offer.version).await?;
    let room = films::room(&mut visit.tx, &adopter).await?;
    let pictures = content::pictures(&mut visit.tx, &adopter, id, offer.version).await?;
    let media = pictures.into_iter().map(|one| {
        let address = format!("/catalogue/installation/{id}/media/{}/{}", one.id, one.name);
        (format!("media/{}", one.name), address)
    });
    let ways = units.iter().map(|unit| {
        (format!("{}.md", unit.slug), format!("/catalogue/installation/{id}?unit={}", unit.slug))
    });
    let places = Places { media: media.collect(), units: ways.collect(), language: offer.language.clone() };
    let shown = units.iter().position(|one| one.slug == unit).unwrap_or(0);
    let shared = shared_position::all(&mut visit.tx).await?;
    let (language, title) = (visit.language, offer.title.clone());
    let mut errors = FormErrors::new();
    match refused {
        Some(Refused::Overtaken) => errors.add("", say::newer_meanwhile(language)),
        Some(Refused::NoRoom) => errors.add("", no_room(language, &films, room)),
        None => {}
    }
    visit.form(&title, errors, move |errors| {
        view(language, Page { offer, units, films, room, shown, places, shared, errors })
    })
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { offer, units, films, room, shown, places, shared, errors } = page;
    let mut facts = card_facts(language, offer.units, offer.minutes);
    facts.push(say::version(language, &offer.number.to_string(), &date::day(offer.published_at)));
    facts.extend(Language::from_code(&offer.language).map(|of| of.name().to_owned()));
    let facts = facts.into_iter().map(|fact| view! { <li>{fact}</li> }).collect_view();
    let names = super::names(&shared, &offer.positions);
    let directed =
        (!names.is_empty()).then(|| view! { <p>{say::directed_at(language, &names.join(", "))}</p> });
    let path = format!("/catalogue/installation/{}", offer.id);
    let list = units.iter().enumerate().map(|(at, unit)| {
        let current = (at == shown).then_some("true");
        let href = format!("{path}?unit={}#text", unit.slug);
        view! { <li><a href=href aria-current=current>{unit.content.title.clone()}</a></li> }
    });
    let list = list.collect_view();
    let text = units.get(shown).map(|unit| {
        let film = films.iter().find(|film| film.unit == unit.id);
        unit_view(language, &offer.language, (unit, film), &places)
    });
    view! {
        {summary(language, &errors)}
        {trail(language, vec![super::home(language)], &offer.title)}
        <PageHead title=offer.title.clone() kicker=offer.publisher.clone() lead=offer.summary.clone()/>
        <ul class="facts">{facts}</ul>
        {directed}
        {act(language, &offer, &units, (films.as_slice(), room))}
        <h2>{say::inside(language)}</h2>
        <ol>{list}</ol>
        {text}
    }
    .into_any()
}

/// The text of one unit.
fn unit_view(
    language: Language,
    of: &str,
    (unit, film): (&Unit, Option<&OfferedFilm>),
    places: &Places,
) -> AnyView {
    let html = markdown::render(&unit.content.markdown, places).html;
    let film = film.map(|film| {
        let said = match film.length_ms {
            Some(length) => say::film_here(language, &clock(length), &super::weight(language, film.bytes)),
            None => say::film_here_unmade(language).to_owned(),
        };
        view! { <p class="hint">{said}</p> }
    });
    let test = unit.content.test.as_ref().map(|(_, questions)| {
        let count = i64::try_from(questions.len() + unit.content.pool.len()).unwrap_or(i64::MAX);
        view! { <p class="hint">{say::test_of(language, count)}</p> }
    });
    let of = Some(of.to_owned());
    view! {
        <section class="sheet" aria-labelledby="text">
            <h2 id="text">{unit.content.title.clone()}</h2>
            <p class="hint">{unit.section.clone()}</p>
            {film}
            <Prose html=html lang=of/>
            {test}
        </section>
    }
    .into_any()
}

fn whole(films: &[OfferedFilm]) -> u64 {
    films.iter().map(|film| film.bytes).sum()
}

fn no_room(language: Language, films: &[OfferedFilm], room: Option<u64>) -> String {
    say::films_no_room(language, &super::weight(language, whole(films)), &super::room(language, room))
}

/// Which films come along, how long they are and what they take, and whether there is room for them.
fn along(language: Language, units: &[Unit], films: &[OfferedFilm], room: Option<u64>) -> Option<AnyView> {
    if films.is_empty() {
        return None;
    }
    let lines = films.iter().filter_map(|film| {
        let title = &units.iter().find(|unit| unit.id == film.unit)?.content.title;
        let line = match film.length_ms {
            Some(length) => {
                say::film_line(language, title, &clock(length), &super::weight(language, film.bytes))
            }
            None => say::film_line_unmade(language, title),
        };
        Some(view! { <li>{line}</li> })
    });
    let lines = lines.collect_view();
    let count = i64::try_from(films.len()).unwrap_or(i64::MAX);
    let title = say::films_along(language, count, &super::weight(language, whole(films)));
    let fits = room.is_none_or(|room| whole(films) <= room);
    let tone = if fits { Tone::Info } else { Tone::Warning };
    let said = match room {
        Some(_) if !fits => Some(no_room(language, films, room)),
        Some(_) => Some(say::films_room(language, &super::room(language, room))),
        None => None,
    };
    let said = said.map(|said| view! { <p>{said}</p> });
    let view = view! {
        <Notice tone=tone title=title>
            <ul>{lines}</ul>
            <p>{say::films_along_text(language)}</p>
            {said}
        </Notice>
    };
    Some(view.into_any())
}

/// What adopting means, and the button; or the way to the course that was made already.
fn act(
    language: Language,
    offer: &Offer,
    units: &[Unit],
    (films, room): (&[OfferedFilm], Option<u64>),
) -> AnyView {
    if let Some(slug) = &offer.adopted {
        let href = format!("/teaching/{slug}");
        let newer = offer.is_newer().then(|| {
            let href = format!("/teaching/{slug}/takeover");
            view! { <p><a href=href>{say::newer(language, &offer.number.to_string())}</a></p> }
        });
        return view! {
            <Notice tone=Tone::Success title=say::adopted(language)>
                <p><a href=href>{say::adopted_open(language)}</a></p>
                {newer}
            </Notice>
        }
        .into_any();
    }
    let films = along(language, units, films, room);
    let version = offer.version.to_string();
    view! {
        <section class="sheet" aria-labelledby="adopting">
            <h2 id="adopting">{say::adopt_title(language)}</h2>
            <p>{say::adopt_text(language)}</p>
            <p>{say::adopt_then(language)}</p>
            <p>{say::adopt_seen(language, &offer.publisher)}</p>
            {films}
            <PostForm action=format!("/catalogue/installation/{}", offer.id)>
                <HiddenField name="version" value=version/>
                <Actions>
                    <SubmitButton label=say::adopt_act(language)/>
                    <a href="/catalogue/installation">{say::back_to_list(language)}</a>
                </Actions>
            </PostForm>
        </section>
    }
    .into_any()
}

/// Makes the course. Pressed twice, or by two at once, it is one course.
pub async fn adopt(
    State(app): State<App>,
    caller: Caller,
    At(id): At<OfferId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let adopter = Adopter::of(&visit.me)?;
    // An offer that is not there is not there, whatever was posted with it.
    seen::one(&mut visit.tx, &adopter, id).await?;
    let version: VersionId = typed.version.parse().map_err(|_| Problem::Malformed)?;
    match adopt::adopt(&mut visit.tx, &app.blobs, &adopter, id, version, false).await {
        Ok(made) => {
            let slug = made.course.slug().to_owned();
            match (made.fresh, made.waits) {
                (false, _) => visit.commit_and_go(&format!("/teaching/{slug}"), "").await,
                (true, None) => {
                    visit.commit_and_go(&format!("/teaching/{slug}/people"), "course-adopted").await
                }
                (true, Some(Refusal::Films)) => {
                    visit.commit_and_go(&format!("/teaching/{slug}/people"), "course-adopted-films").await
                }
                (true, Some(_)) => {
                    visit.commit_and_go(&format!("/teaching/{slug}/publish"), "course-adopted-waits").await
                }
            }
        }
        Err(Error::ChangedMeanwhile(_)) => {
            drop(visit);
            page(&app, &caller, id, "", Some(Refused::Overtaken)).await
        }
        Err(Error::Film(video::Error::NoRoom(_))) => {
            drop(visit);
            page(&app, &caller, id, "", Some(Refused::NoRoom)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The bytes of a picture of the offered version.
pub async fn picture(
    State(app): State<App>,
    caller: Caller,
    At((id, media, _)): At<(OfferId, MediaId, String)>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let adopter = Adopter::of(&visit.me)?;
    let offer = seen::one(&mut visit.tx, &adopter, id).await?;
    let pictures = content::pictures(&mut visit.tx, &adopter, id, offer.version).await?;
    drop(visit);
    let picture = pictures.into_iter().find(|one| one.id == media).ok_or(Problem::NotFound)?;
    let bytes = app.blobs.stream(picture.blob_key(), None).await?;
    let mut response: Response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(&picture.media_type).map_err(|_| Problem::NotFound)?;
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The offer may be withdrawn: nothing is kept.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}
