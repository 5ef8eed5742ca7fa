//! A person's own certificates: the list, the document, the same as a file for programs.

use axum::extract::State;
use courses::CertificateId;
use courses::certificate::{self, Certificate, credential};
use leptos::prelude::*;
use words::{Language, certificates as say, frame};

use super::{criteria, day, freeze, path, tag};
use crate::caller::Caller;
use crate::date;
use crate::devices::download::file;
use crate::parts::{Breadcrumbs, DataTable, EmptyState, Link, PageHead};
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;

/// GET /my-certificates: also issues what was finished before there were certificates.
pub async fn list(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    certificate::catch_up(&mut visit.tx).await?;
    let all = certificate::mine(&mut visit.tx).await?;
    let (language, title) = (visit.language, say::mine_title(visit.language));
    let view = move || {
        let up = vec![Link::new(frame::home(language), "/")];
        let list = if all.is_empty() {
            let action = Some(Link::new(frame::home(language), "/"));
            view! { <EmptyState title=say::mine_empty(language) text=say::mine_empty_text(language) action=action/> }
                .into_any()
        } else {
            table(language, &all)
        };
        view! {
            <Breadcrumbs label=frame::here(language) links=up here=title/>
            <PageHead title=title lead=say::mine_lead(language)/>
            {list}
        }
        .into_any()
    };
    visit.commit_and_page(title, view).await
}

fn table(language: Language, all: &[Certificate]) -> AnyView {
    let rows = all.iter().map(|one| row(language, one)).collect_view();
    view! {
        <DataTable id="certificates" caption=say::mine_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_course(language)}</th>
                    <th scope="col">{say::column_issued(language)}</th>
                    <th scope="col">{say::column_valid_until(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                    <th scope="col">{say::column_take(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
        <p class="hint">{say::credential_hint(language)}</p>
    }
    .into_any()
}

fn row(language: Language, one: &Certificate) -> AnyView {
    let until = one.valid_until.map_or_else(|| say::for_good(language).to_owned(), day);
    let (title, of_title) = one.title_in(language.code());
    let subject = format!(": {title}");
    let lang = (of_title != language.code()).then(|| of_title.to_owned());
    let title = title.to_owned();
    let link = |text: &'static str, href: String| {
        let subject = subject.clone();
        view! { <li><a href=href>{text}<span class="visually-hidden">{subject}</span></a></li> }
    };
    let own = format!("/my-certificates/{}", one.id);
    let share = path(one).map(|path| link(say::take_share(language), path));
    view! {
        <tr>
            <th scope="row" lang=lang>{title}</th>
            <td>{date::day(one.issued_at)}</td>
            <td>{until}</td>
            <td>{tag(language, &one.state)}</td>
            <td>
                <ul class="facts">
                    {link(say::take_pdf(language), format!("{own}/document"))}
                    {link(say::take_credential(language), format!("{own}/credential"))}
                    {share}
                </ul>
            </td>
        </tr>
    }
    .into_any()
}

/// GET /my-certificates/{certificate}/document
pub async fn document(State(app): State<App>, caller: Caller, At(id): At<CertificateId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let own = certificate::my_own(&mut visit.tx, id).await?;
    freeze::document(visit, &own).await
}

/// GET /my-certificates/{certificate}/credential: Open Badges 3.0 as VC-JWT.
pub async fn credential(State(app): State<App>, caller: Caller, At(id): At<CertificateId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let own = certificate::my_own(&mut visit.tx, id).await?;
    let number = own.holder.as_ref().ok_or(Problem::NotFound)?.number.grouped();
    let site = &app.settings.public_url;
    let signed = credential::file(&mut visit.tx, site, &own, &criteria(&own)).await?;
    // A key that was made just now stays.
    visit.tx.commit().await?;
    Ok(file(signed.into_bytes(), "application/vc+jwt", &format!("zaswiadczenie-{number}.jwt")))
}
