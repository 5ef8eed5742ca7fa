//! What other organisations offer: GET /catalogue/installation.

use axum::extract::State;
use courses::offer::seen::{self, Adopter, Offer};
use identity::SharedPositionId;
use identity::permit::{Kind, Verb};
use identity::shared_position::{self, SharedPosition};
use leptos::prelude::*;
use words::{Language, frame, sharing as say};

use crate::caller::Caller;
use crate::courses::lines::card_facts;
use crate::date;
use crate::parts::{ActionLink, ButtonKind, CourseCard, CourseCards, EmptyState, Link, PageHead, Tag, Tone};
use crate::problem::Answer;
use crate::state::App;
use crate::way::trail;

struct Page {
    offers: Vec<Offer>,
    shared: Vec<SharedPosition>,
    /// The positions of the installation that the organisation has people for.
    meant: Vec<SharedPositionId>,
    decides: bool,
}

/// The list, what is recommended first.
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let adopter = Adopter::of(&visit.me)?;
    let meant = shared_position::meant(&mut visit.tx).await?;
    let page = Page {
        offers: seen::all(&mut visit.tx, &adopter).await?,
        shared: shared_position::all(&mut visit.tx).await?,
        meant: meant.into_iter().map(|one| one.shared).collect(),
        decides: visit.me.may(Verb::Change, Kind::People),
    };
    let language = visit.language;
    visit.page(say::title(language), move || view(language, page))
}

fn view(language: Language, page: Page) -> AnyView {
    let decisions = page.decides.then(|| {
        view! {
            <ActionLink
                label=say::decisions_title(language)
                href="/catalogue/decisions"
                kind=ButtonKind::Secondary
            />
        }
    });
    let (shared, meant) = (page.shared, page.meant);
    let (recommended, others): (Vec<_>, Vec<_>) =
        page.offers.into_iter().partition(|offer| offer.positions.iter().any(|one| meant.contains(one)));
    let cards = if recommended.is_empty() && others.is_empty() {
        view! { <EmptyState title=say::none(language) text=say::none_text(language)/> }.into_any()
    } else {
        let of = |offers: Vec<Offer>| {
            offers.into_iter().map(|one| card(language, one, &shared, &meant)).collect_view()
        };
        let first = (!recommended.is_empty()).then(|| {
            let cards = of(recommended);
            view! { <h2>{say::recommended_title(language)}</h2><CourseCards>{cards}</CourseCards> }
        });
        let rest = (!others.is_empty()).then(|| {
            let cards = of(others);
            view! { <h2>{say::others_title(language)}</h2><CourseCards>{cards}</CourseCards> }
        });
        view! { {first}{rest} }.into_any()
    };
    view! {
        {trail(language, vec![Link::new(frame::catalogue(language), "/catalogue")], say::title(language))}
        <PageHead title=say::title(language) lead=say::lead(language)>{decisions}</PageHead>
        {cards}
    }
    .into_any()
}

fn card(language: Language, offer: Offer, shared: &[SharedPosition], meant: &[SharedPositionId]) -> AnyView {
    let ours: Vec<SharedPositionId> =
        offer.positions.iter().copied().filter(|one| meant.contains(one)).collect();
    let tag = if offer.is_newer() {
        let newer = say::newer(language, &offer.number.to_string());
        Some(view! { <Tag tone=Tone::Warning text=newer/> }.into_any())
    } else if offer.adopted.is_some() {
        Some(view! { <Tag tone=Tone::Success text=say::adopted(language)/> }.into_any())
    } else if ours.is_empty() {
        None
    } else {
        let names = super::names(shared, &ours).join(", ");
        Some(view! { <Tag tone=Tone::Info text=say::recommended_for(language, &names)/> }.into_any())
    };
    let mut facts = card_facts(language, offer.units, offer.minutes);
    facts.push(say::version(language, &offer.number.to_string(), &date::day(offer.published_at)));
    if let Some(of) = Language::from_code(&offer.language) {
        facts.push(of.name().to_owned());
    }
    view! {
        <CourseCard
            title=offer.title
            href=format!("/catalogue/installation/{}", offer.id)
            kicker=offer.publisher
            text=offer.summary
            facts=facts
            tag=tag
            level=3
        />
    }
    .into_any()
}
