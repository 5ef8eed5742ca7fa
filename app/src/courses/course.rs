//! The page of a course for those who take it: what it is about, how far they are, and its outline.

use axum::extract::State;
use courses::assign::mine::{self, Duty};
use courses::certificate::{self, Certificate};
use courses::find;
use courses::learn::{self, Outline as Lines};
use leptos::prelude::*;
use words::{Language, courses as text, frame};

use super::{catalogue, certificates, lines, obligations, recall};
use crate::caller::Caller;
use crate::date;
use crate::parts::{ActionLink, Breadcrumbs, Link, Notice, Outline, PageHead, ProgressBar, Tone};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// The course; for one who could join, the invitation.
pub async fn show(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let found = find::course(&mut visit.tx, &visit.me, &slug).await?;
    if found.may_join() && !found.is_taught() {
        return catalogue::invite(visit, &slug).await;
    }
    let taught = found.is_taught();
    let taken = found.for_taking()?;
    let lines = learn::outline(&mut visit.tx, &taken).await?;
    // Asked for only where there can be one: most pages of courses need neither.
    let certificate = match lines.ever_finished {
        true => certificate::mine_of_course(&mut visit.tx, taken.id()).await?,
        false => None,
    };
    let duty = match taken.is_enrolled() && lines.ever_assigned {
        true => mine::of_course(&mut visit.tx, &taken).await?,
        false => None,
    };
    let today = date::local_day(visit.tx.now());
    let (language, title) = (visit.language, lines.title.clone());
    let page = Page { slug, taught, enrolled: taken.is_enrolled(), certificate, lines, duty, today };
    visit.page(&title, move || view(language, page))
}

struct Page {
    slug: String,
    taught: bool,
    enrolled: bool,
    certificate: Option<Certificate>,
    lines: Lines,
    duty: Option<Duty>,
    today: time::Date,
}

fn view(language: Language, page: Page) -> AnyView {
    let Page { slug, lines, duty, today, .. } = page;
    let (done, units) = lines.done();
    let percent = learn::percent(done, units);
    let next = lines.next().map(|line| {
        let label = match (done, done == units) {
            (_, true) => text::read_again(language, &line.title),
            (0, _) if lines.last.is_none() => text::start_with(language, &line.title),
            _ => text::go_on(language, &line.title),
        };
        let href = format!("/courses/{slug}/{}", line.slug);
        view! { <ActionLink label=label href=href/> }
    });
    let progress = page.enrolled.then(|| {
        let words =
            text::progress_text(language, &percent.to_string(), &done.to_string(), &units.to_string());
        view! {
            <ProgressBar
                label=text::progress_label(language)
                value=u32::try_from(percent).unwrap_or(0)
                text=words
            />
        }
    });
    let finished = (page.enrolled && done == units).then(|| {
        view! { <Notice tone=Tone::Success title=text::course_finished(language)>{text::course_finished_text(language)}</Notice> }
    });
    let certificate = page.certificate.as_ref().map(|one| certificates::of_course(language, one));
    let trial = page.taught.then(|| {
        let href = format!("/teaching/{slug}");
        let title = if page.enrolled { "" } else { text::trial_title(language) };
        let said = if page.enrolled { text::trial_enrolled(language) } else { text::trial_text(language) };
        view! { <Notice tone=Tone::Info title=title><p>{said}" "<a href=href>{text::trial_link(language)}</a></p></Notice> }
    });
    let minutes = lines.units.iter().map(|line| i64::from(line.minutes)).sum();
    let version = text::version_of(language, &lines.version.to_string(), &date::day(lines.published_at));
    let facts = lines::card_facts(language, units, minutes).into_iter().chain([version]);
    let facts = facts.map(|fact| view! { <li>{fact}</li> }).collect_view();
    let sections = lines::sections(language, &format!("/courses/{slug}"), &lines.units, "");
    view! {
        <Breadcrumbs label=frame::here(language) links=vec![Link::new(frame::home(language), "/")] here=lines.title.clone()/>
        <PageHead title=lines.title lead=lines.summary>{next}</PageHead>
        {trial}
        {obligations::notice(language, duty, today)}
        {finished}
        {certificate}
        {progress}
        {recall::of_course(language, &slug, lines.recall)}
        <ul class="facts">{facts}</ul>
        <h2>{text::outline_label(language)}</h2>
        <Outline sections=sections words=lines::words(language) level=3/>
    }
    .into_any()
}
