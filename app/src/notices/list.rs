//! The person's notices, the newest first.

use axum::extract::State;
use courses::ended;
use leptos::prelude::*;
use notices::NoticeId;
use notices::notice::{self, Kind, Notice};
use serde::Deserialize;
use words::{Language, notices as say};

use crate::caller::Caller;
use crate::courses::film;
use crate::date;
use crate::parts::{
    ActionLink, ButtonKind, EmptyState, HiddenField, PageHead, PostForm, SubmitButton, Tag, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Posted};
use crate::state::App;

/// What was shown when everything was marked as read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Until {
    until: String,
}

/// GET /notices
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let notices = notice::own(&mut visit.tx).await?;
    let language = visit.language;
    visit.page(say::title(language), || {
        let newest = notices.first().filter(|_| notices.iter().any(|notice| !notice.read));
        let all = newest.map(|newest| {
            let newest = newest.id.to_string();
            view! {
                <PostForm action="/notices/read">
                    <HiddenField name="until" value=newest/>
                    <SubmitButton label=say::read_all(language) kind=ButtonKind::Secondary/>
                </PostForm>
            }
        });
        let list = if notices.is_empty() {
            view! { <EmptyState title=say::none(language) text=say::none_text(language)/> }.into_any()
        } else {
            let lines: Vec<_> = notices.iter().map(|notice| line(language, notice)).collect();
            view! { <ul class="draft sheet">{lines}</ul> }.into_any()
        };
        view! {
            <PageHead title=say::title(language) lead=say::lead(language)>
                <ActionLink label=say::settings(language) href="/notices/settings" kind=ButtonKind::Secondary/>
            </PageHead>
            {list}
            {all}
        }
        .into_any()
    })
}

fn line(language: Language, notice: &Notice) -> AnyView {
    let said = sentence(language, notice.kind, &notice.subject, notice.detail.as_deref());
    let fresh = (!notice.read).then(|| view! { <Tag tone=Tone::Info text=say::fresh(language)/> });
    view! {
        <li class="row">
            <a class="grow" href=format!("/notices/{}", notice.id)>{said}</a>
            {fresh}
            <time datetime=date::machine(notice.created_at)>{date::moment(notice.created_at)}</time>
        </li>
    }
    .into_any()
}

/// What a notice says. `detail`: the word that says more, where there is one.
pub fn sentence(language: Language, kind: Kind, subject: &str, detail: Option<&str>) -> String {
    match kind {
        Kind::Assigned => say::assigned(language, subject),
        Kind::NewVersion => say::new_version(language, subject),
        Kind::Teaching => say::teaching(language, subject),
        Kind::AdoptedNewer => say::adopted_newer(language, subject),
        Kind::FilmsCame => match detail {
            Some(ended::PUBLISHED) => say::films_came_published(language, subject),
            Some(ended::WAITS) => say::films_came_waits(language, subject),
            _ => say::films_came(language, subject),
        },
        Kind::FilmReady => say::film_ready(language, subject),
        Kind::FilmFailed => say::film_failed(language, subject, film::why(language, detail)),
        Kind::Expiring => say::expiring(language, subject),
        Kind::Expired => say::expired(language, subject),
        Kind::Deadline => say::deadline(language, subject),
        Kind::Overdue => say::overdue(language, subject),
    }
}

/// GET /notices/{notice}: to its page. That it was read is noted, as opening a unit is.
pub async fn open(State(app): State<App>, caller: Caller, At(id): At<NoticeId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let path = notice::read(&mut visit.tx, id).await?;
    visit.commit_and_go(&path, "").await
}

/// POST /notices/read: all that stood on the page.
pub async fn read_all(State(app): State<App>, caller: Caller, Posted(until): Posted<Until>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let until: NoticeId = until.until.parse().map_err(|_| Problem::Malformed)?;
    notice::read_until(&mut visit.tx, until).await?;
    visit.commit_and_go("/notices", "notices-read").await
}
