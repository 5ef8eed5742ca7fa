//! The pictures of a course: the list with what to write into the text, adding one, removing one.

use axum::extract::State;
use courses::course::Course;
use courses::media::{self, Media};
use courses::{Error, MediaId};
use leptos::prelude::*;
use words::{Language, courses as text, player};

use super::card;
use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs, way};
use crate::parts::{
    CheckPage, DataTable, EmptyState, Encoding, FileField, FormErrors, Link, PageHead, PostForm, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Attached};
use crate::state::App;

/// Larger than a picture may be, so that one that is too large gets its sentence.
const FORM_MOST_BYTES: usize = 24 << 20;

struct Page {
    course: Course,
    pictures: Vec<Media>,
    errors: FormErrors,
}

/// The list.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let pictures = media::all(&mut visit.tx, &proof).await?;
    let language = visit.language;
    let page = Page { course, pictures, errors: FormErrors::new() };
    visit.page(text::tab_pictures(language), move || view(language, page))
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { course, pictures, errors } = page;
    let slug = course.card.slug.clone();
    let list = if pictures.is_empty() {
        view! { <EmptyState title=text::pictures_empty(language) text=text::pictures_empty_text(language)/> }
            .into_any()
    } else {
        let rows = pictures.iter().map(|picture| row(language, &slug, picture)).collect_view();
        view! {
            <DataTable id="pictures" caption=text::pictures_caption(language)>
                <thead>
                    <tr>
                        <th scope="col">{text::column_picture(language)}</th>
                        <th scope="col">{text::column_markdown(language)}</th>
                        <th scope="col" class="number">{text::column_size(language)}</th>
                        <th scope="col">{text::column_acts(language)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .into_any()
    };
    view! {
        {card::summary(language, &errors)}
        {tabs(language, &course, Tab::Pictures)}
        <PageHead title=text::tab_pictures(language) kicker=course.card.title.clone() lead=text::pictures_lead(language)/>
        {list}
        <h2>{text::picture_add_title(language)}</h2>
        <PostForm action=format!("/teaching/{slug}/pictures") encoding=Encoding::Multipart>
            <FileField
                name="picture"
                label=text::picture_file(language)
                hint=text::picture_file_hint(language)
                accept="image/png,image/jpeg,image/webp,image/gif"
                error=errors.of("picture")
            />
            <SubmitButton label=text::picture_add(language)/>
        </PostForm>
    }
    .into_any()
}

fn row(language: Language, slug: &str, picture: &Media) -> AnyView {
    let address = format!("/courses/{slug}/media/{}/{}", picture.id, picture.name);
    let snippet = format!("![{}](media/{})", player::preview_sample_alt(language), picture.name);
    let size = text::kilobytes(language, &((picture.size_bytes + 999) / 1000).to_string());
    view! {
        <tr>
            <th scope="row">
                <img class="thumb" src=address.clone() alt="" loading="lazy" width="96" height="72"/>
                <a href=address>{picture.name.clone()}</a>
            </th>
            <td><code>{snippet}</code></td>
            <td class="number">{size}</td>
            <td>
                <a href=format!("/teaching/{slug}/pictures/{}/remove", picture.id)>
                    {text::remove(language)}<span class="visually-hidden">" "{picture.name.clone()}</span>
                </a>
            </td>
        </tr>
    }
    .into_any()
}

/// Adds a picture, in place of one of the same name.
pub async fn add(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    attached: Result<Attached<FORM_MOST_BYTES>, Problem>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let attached = attached?;
    let language = visit.language;
    let sentence = if attached.bytes.is_empty() {
        text::picture_no_file(language)
    } else if attached.bytes.len() > media::MOST_BYTES {
        text::picture_too_large(language)
    } else {
        match media::add(&mut visit.tx, &app.blobs, &proof, &attached.name, attached.bytes).await {
            Ok(_) => {
                return visit.commit_and_go(&format!("/teaching/{slug}/pictures"), "picture-added").await;
            }
            Err(Error::NotAPicture) => text::picture_not_one(language),
            Err(error) => return Err(error.into()),
        }
    };
    let pictures = media::all(&mut visit.tx, &proof).await?;
    let errors = FormErrors::one("picture", sentence);
    let page = Page { course, pictures, errors };
    visit.refused(text::tab_pictures(language), move || view(language, page))
}

/// Asks before a picture is removed.
pub async fn ask_remove(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, MediaId)>,
) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let pictures = media::all(&mut visit.tx, &proof).await?;
    let picture = pictures.into_iter().find(|picture| picture.id == id).ok_or(Error::NotFound)?;
    let language = visit.language;
    let question = text::remove_picture_question(language, &picture.name);
    visit.page(&question.clone(), move || {
        let list = format!("/teaching/{slug}/pictures");
        let between = [
            (course.card.title.as_str(), slug.as_str()),
            (text::tab_pictures(language), &list["/teaching/".len()..]),
        ];
        view! {
            {way(language, &between, text::remove_picture(language))}
            <CheckPage
                question=question
                action=format!("{list}/{id}/remove")
                confirm=text::remove_picture(language)
                cancel=Link::new(text::keep_picture(language), list.clone())
            >
                <p>{text::remove_picture_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// Removes a picture from the draft.
pub async fn remove(State(app): State<App>, caller: Caller, At((slug, id)): At<(String, MediaId)>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    media::remove(&mut visit.tx, &proof, id).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/pictures"), "picture-removed").await
}
