//! Putting a course into the catalogue of the installation: GET and POST /teaching/{slug}/offer, POST …/withdraw. The page says who
//! will see what before anything is done.

use axum::extract::State;
use courses::Error;
use courses::course::{Course, State as Life};
use courses::offer::{self, Standing};
use identity::SharedPositionId;
use identity::shared_position::{self, SharedPosition};
use leptos::prelude::*;
use words::{Language, frame, sharing as say};

use crate::caller::Caller;
use crate::courses::taught;
use crate::date;
use crate::parts::{
    Actions, ButtonKind, Checkboxes, Choice, FormErrors, Notice, PageHead, PostForm, SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

struct Page {
    course: Course,
    standing: Option<Standing>,
    shared: Vec<SharedPosition>,
    /// The course came from another organisation itself.
    adopted: bool,
    chosen: Vec<SharedPositionId>,
    office: String,
    errors: FormErrors,
}

async fn open(app: &App, caller: &Caller, slug: &str) -> Result<(Visit, courses::Taught, Page), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let standing = offer::standing(&mut visit.tx, &proof).await?;
    let page = Page {
        course,
        shared: shared_position::all(&mut visit.tx).await?,
        adopted: offer::is_adopted(&mut visit.tx, &proof).await?,
        chosen: standing.as_ref().map(|one| one.positions.clone()).unwrap_or_default(),
        standing,
        office: visit.me.organisation_name.clone(),
        errors: FormErrors::new(),
    };
    Ok((visit, proof, page))
}

/// Asks first.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (visit, _, page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    visit.page(say::offer_title(language), move || view(language, page))
}

/// Offers the course, or directs an offer at other positions.
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    At(slug): At<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let (mut visit, proof, mut page) = open(&app, &caller, &slug).await?;
    let language = visit.language;
    let wanted: Result<Vec<SharedPositionId>, _> = fields
        .iter()
        .filter(|(name, _)| name == "positions")
        .map(|(_, value)| value.parse::<SharedPositionId>())
        .collect();
    let (field, sentence) = match wanted {
        Err(_) => ("positions", say::position_gone(language)),
        Ok(wanted) => {
            page.chosen.clone_from(&wanted);
            match offer::make(&mut visit.tx, &proof, &wanted).await {
                Ok(_) => {
                    return visit.commit_and_go(&format!("/teaching/{slug}/offer"), "course-offered").await;
                }
                Err(Error::NothingToPublish) => ("", say::offer_unpublished(language)),
                Err(Error::NotAllowed) => ("", say::offer_of_adopted(language)),
                Err(Error::Invalid(_)) => ("positions", say::position_gone(language)),
                Err(error) => return Err(error.into()),
            }
        }
    };
    page.errors.add(field, sentence);
    visit.refused(say::offer_title(language), move || view(language, page))
}

/// Takes the course out of the catalogue of the installation.
pub async fn withdraw(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    offer::withdraw(&mut visit.tx, &proof).await?;
    visit.commit_and_go(&format!("/teaching/{slug}/offer"), "offer-withdrawn").await
}

fn view(language: Language, page: Page) -> AnyView {
    let slug = page.course.card.slug.clone();
    let title = page.course.card.title.clone();
    let open = page.standing.as_ref().is_some_and(|one| !one.withdrawn);
    let state = page.standing.as_ref().map(|one| state(language, one));
    let published = page.course.state == Life::Published;
    let body = if page.adopted {
        view! { <Notice tone=Tone::Info><p>{say::offer_of_adopted(language)}</p></Notice> }.into_any()
    } else if published || open {
        form(language, &page, open)
    } else {
        view! { <Notice tone=Tone::Info><p>{say::offer_unpublished(language)}</p></Notice> }.into_any()
    };
    let withdraw = open.then(|| {
        view! {
            <h2>{say::withdraw_title(language)}</h2>
            <p>{say::withdraw_text(language)}</p>
            <PostForm action=format!("/teaching/{slug}/offer/withdraw")>
                <SubmitButton label=say::withdraw_act(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
    view! {
        {summary(language, &page.errors)}
        {taught::way(language, &[(&title, &slug)], say::offer_title(language))}
        <PageHead title=say::offer_title(language) kicker=title.clone() lead=say::offer_lead(language)/>
        {state}
        {body}
        {withdraw}
    }
    .into_any()
}

/// Since when it is offered, and how many organisations have it.
fn state(language: Language, standing: &Standing) -> AnyView {
    let adopters = say::adopters(language, standing.adopters);
    let (tone, title) = if standing.withdrawn {
        (Tone::Info, say::is_withdrawn(language).to_owned())
    } else {
        (Tone::Success, say::is_offered(language, &date::day(standing.since)))
    };
    view! { <Notice tone=tone title=title><p>{adopters}</p></Notice> }.into_any()
}

fn form(language: Language, page: &Page, open: bool) -> AnyView {
    let slug = &page.course.card.slug;
    let number = page.course.published.map(|(number, _)| number.to_string()).unwrap_or_default();
    let positions = (!page.shared.is_empty()).then(|| {
        let choices = page.shared.iter().map(|one| Choice {
            chosen: page.chosen.contains(&one.id),
            ..Choice::new(one.id.to_string(), one.name.clone())
        });
        view! {
            <Checkboxes
                name="positions"
                legend=say::offer_positions(language)
                choices=choices.collect()
                note=frame::optional(language)
                hint=say::offer_positions_hint(language)
                error=page.errors.of("positions")
            />
        }
    });
    let back = format!("/teaching/{slug}");
    let act = if open { say::offer_change(language) } else { say::offer_act(language) };
    // What is offered already is changed by its positions alone.
    let form = (!open || positions.is_some()).then(|| {
        view! {
            <PostForm action=format!("/teaching/{slug}/offer")>
                {positions}
                <Actions>
                    <SubmitButton label=act/>
                    <a href=back>{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
    });
    view! {
        <h2>{say::offer_seen_title(language)}</h2>
        <ul>
            <li>{say::offer_seen_card(language)}</li>
            <li>{say::offer_seen_units(language, &number)}</li>
            <li>{say::offer_seen_office(language, &page.office)}</li>
        </ul>
        <p>{say::offer_unseen(language)}</p>
        <p>{say::offer_later(language)}</p>
        {form}
    }
    .into_any()
}
