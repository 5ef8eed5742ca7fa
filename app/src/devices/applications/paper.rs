//! An application that came on paper: the person is found first, then it is entered with its scan. GET and POST
//! /devices/applications/new, GET /devices/applications/{id}/paper.

use axum::body::Body;
use axum::extract::State as Program;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use base::PersonId;
use base::id::row_id;
use devices::applications::{self, Entry, Paper};
use devices::papers::is_pdf;
use devices::privacy::Viewed;
use devices::register::purchase;
use devices::{ApplicationId, Error, ProgrammeId};
use identity::Problem as Wrong;
use identity::guardian::{self, Signer};
use leptos::prelude::*;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use words::{Language, applications as say, frame, identity as people};

use super::form::{self, Typed};
use super::said;
use crate::caller::Caller;
use crate::devices::reports::views::log;
use crate::parts::{
    Actions, Choice, Encoding, Field, FieldKind, FileField, FormErrors, HiddenField, Link, Notice, PageHead,
    PostForm, Radios, Select, SubmitButton, SummaryList, SummaryRow, Tone,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Attached};
use crate::state::App;
use crate::visit::Visit;

const PAPER_MOST_BYTES: usize = 10 << 20;

/// Whom and what it is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    q: String,
    person: String,
    programme: String,
}

/// GET /devices/applications/new
pub async fn fresh(Program(app): Program<App>, caller: Caller, Asked(asked): Asked<Asking>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let language = visit.language;
    let title = say::paper_new(language);
    if asked.person.parse::<PersonId>().is_ok() && asked.programme.parse::<ProgrammeId>().is_ok() {
        let typed =
            Typed::from([("person".to_owned(), asked.person), ("programme".to_owned(), asked.programme)]);
        return page(visit, &typed, &FormErrors::new()).await;
    }
    let programmes = purchase::programmes(&mut visit.tx, &proof.reader()).await?;
    let found = if asked.q.trim().is_empty() {
        Vec::new()
    } else {
        guardian::find(&mut visit.tx, &proof.reader(), &asked.q, None, 50).await?
    };
    visit.page(title, || {
        let choices = programmes
            .iter()
            .map(|one| Choice::new(one.id.to_string(), one.name.clone()))
            .collect::<Vec<_>>();
        let nobody = (found.is_empty() && !asked.q.trim().is_empty())
            .then(|| view! { <p>{people::people_nobody(language)}</p> });
        let list = found
            .into_iter()
            .map(|card| {
                let groups = (!card.groups.is_empty()).then(|| format!(", {}", card.groups.join(", ")));
                let href = format!("/devices/applications/new?person={}&programme={}", card.id, asked.programme);
                view! { <li><a href=href>{card.name}</a>{groups}</li> }
            })
            .collect_view();
        view! {
            {trail(language, title)}
            <PageHead title=title lead=say::paper_lead(language)/>
            <form class="form" method="get" action="/devices/applications/new" role="search">
                <Select name="programme" label=say::label_programme(language) choices=choices chosen=asked.programme.clone()/>
                <Field name="q" label=say::label_person_search(language) kind=FieldKind::Search value=asked.q/>
                <SubmitButton label=people::people_show(language)/>
            </form>
            {nobody}
            <ul>{list}</ul>
        }
        .into_any()
    })
}

fn trail(language: Language, title: &str) -> AnyView {
    said::trail(language, vec![Link::new(say::applications_title(language), "/devices/applications")], title)
}

/// POST /devices/applications/new: the bytes of the scan first, then the row.
pub async fn create(
    Program(app): Program<App>,
    caller: Caller,
    file: Result<Attached<PAPER_MOST_BYTES>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let file = file?;
    let typed = file.fields;
    let text = |name: &str| typed.get(name).map_or("", String::as_str);
    if let Some(path) = said::done_before(&mut visit, text("key")).await? {
        return visit.commit_and_go(&path, "application_entered").await;
    }
    let mut paper = None;
    if !file.bytes.is_empty() {
        if !is_pdf(&file.bytes) {
            let errors = FormErrors::one("file", say::paper_wrong(visit.language));
            return page(visit, &typed, &errors).await;
        }
        let key = format!("applications/{}/{}.pdf", visit.me.organisation, row_id(visit.tx.now()));
        let sha256 = Sha256::digest(&file.bytes).to_vec();
        app.blobs.put(&key, "application/pdf", file.bytes.clone()).await?;
        paper = Some(Paper { key, sha256 });
    }
    let unknown = |field| Error::field(field, Wrong::Unknown);
    let entry = || -> Result<Entry, Error> {
        Ok(Entry {
            programme: text("programme").parse().map_err(|_| unknown("programme"))?,
            beneficiary: text("person").parse().map_err(|_| unknown("beneficiary"))?,
            signatory: text("signatory").parse().ok(),
            need: text("need").to_owned(),
            claimed: form::claimed(&typed),
            paper,
        })
    };
    let made = match entry() {
        Ok(entry) => applications::enter(&mut visit.tx, &proof, &entry).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(id) => {
            let path = format!("/devices/applications/{id}");
            said::remember(&mut visit, text("key"), &path).await?;
            visit.commit_and_go(&path, "application_entered").await
        }
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            page(visit.afresh().await?, &typed, &errors).await
        }
    }
}

async fn page(mut visit: Visit, typed: &Typed, errors: &FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?;
    let text = |name: &str| typed.get(name).map_or("", String::as_str);
    let person: PersonId = text("person").parse().map_err(|_| Problem::Malformed)?;
    let programme: ProgrammeId = text("programme").parse().map_err(|_| Problem::Malformed)?;
    let card = guardian::card(&mut visit.tx, &proof.reader(), person).await?;
    let signer = guardian::signer(&mut visit.tx, &proof.reader(), person).await?;
    let rules = applications::rules(&mut visit.tx, &proof, programme).await?;
    let criteria = applications::criteria(&mut visit.tx, &proof, programme).await?;
    let language = visit.language;
    let title = say::paper_new(language);
    let key = said::once_field(&visit);
    let view = |errors: &FormErrors| {
        let rows = vec![
            SummaryRow::new(say::label_programme(language), rules.neutral_name.clone()),
            SummaryRow::new(say::label_beneficiary(language), card.name.clone()),
        ];
        let inside = view! {
            {said::key_field(key)}
            <HiddenField name="person" value=person.to_string()/>
            <HiddenField name="programme" value=programme.to_string()/>
            {signs(language, signer, text("signatory"), person, errors)}
            {form::fields(language, &criteria, typed, errors)}
            <FileField name="file" label=say::label_paper(language) hint=say::paper_hint(language) accept=".pdf,application/pdf"
                error=errors.of("file")/>
            <Actions>
                <SubmitButton label=say::paper_enter(language)/>
                <a href="/devices/applications">{frame::cancel(language)}</a>
            </Actions>
        }
        .into_any();
        view! {
            {said::summary(language, errors)}
            {trail(language, title)}
            <PageHead title=title/>
            <SummaryList rows=rows/>
            <PostForm action="/devices/applications/new" encoding=Encoding::Multipart>{inside}</PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, view)
}

fn signs(language: Language, signer: Signer, chosen: &str, person: PersonId, errors: &FormErrors) -> AnyView {
    match signer {
        Signer::Themselves => view! { <p>{say::signs_alone(language)}</p> }.into_any(),
        Signer::Guardians(none) if none.is_empty() => view! {
            <Notice tone=Tone::Warning title=say::signatory_none(language)>
                <p><a href=format!("/devices/people/{person}")>{say::signatory_add(language)}</a></p>
            </Notice>
        }
        .into_any(),
        Signer::Guardians(all) => {
            let only = all.len() == 1;
            let choices = all
                .into_iter()
                .map(|one| {
                    let chosen = only || chosen == one.guardian.to_string();
                    Choice { chosen, ..Choice::new(one.guardian.to_string(), one.guardian_name) }
                })
                .collect::<Vec<_>>();
            view! { <Radios name="signatory" legend=say::label_signatory(language) choices=choices error=errors.of("signatory")/> }
                .into_any()
        }
    }
}

/// GET /devices/applications/{id}/paper
pub async fn download(Program(app): Program<App>, caller: Caller, At(id): At<ApplicationId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let (about, _) = applications::one(&mut visit.tx, &proof, id).await?;
    let key = about.paper.ok_or(Problem::NotFound)?;
    if about.sensitive {
        log(&app, &caller, Viewed::Application, id.0).await?;
    }
    drop(visit);
    let bytes = app.blobs.get(&key).await?;
    let headers = [(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "attachment")];
    let answer: Response = (headers, Body::from(bytes)).into_response();
    Ok(answer)
}
