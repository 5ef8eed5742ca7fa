//! How much the films of each organisation take and may take, for the administrator of the installation.

use std::collections::BTreeMap;

use axum::extract::State;
use base::OrganisationId;
use leptos::prelude::*;
use video::storage::{self, Line, MOST_BYTES};
use words::{Language, identity as people, storage as say};

use super::storage::bar;
use crate::caller::Caller;
use crate::parts::{ButtonKind, Field, FieldKind, FormErrors, Link, PageHead, PostForm, SubmitButton};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::Posted;
use crate::state::App;
use crate::way::trail;

/// The most that can be said, in GB.
const MOST_GIGABYTES: u64 = MOST_BYTES >> 30;

/// What the name of a field begins with; the organisation follows, so that each field of the page has a name of its own.
const FIELD: &str = "gigabytes-";

/// What was typed, by the names of the fields.
type Form = BTreeMap<String, String>;

/// GET /organisations/films
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    page(&app, &caller, &Form::new(), FormErrors::new()).await
}

/// POST /organisations/films
pub async fn save(State(app): State<App>, caller: Caller, Posted(form): Posted<Form>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let (admin, language) = (visit.me.installation_admin()?, visit.language);
    let found = form.iter().find_map(|(name, typed)| Some((name.strip_prefix(FIELD)?.parse().ok()?, typed)));
    let (organisation, typed): (OrganisationId, &String) = found.ok_or(Problem::NotFound)?;
    let typed = typed.trim();
    let gigabytes = if typed.is_empty() { Ok(None) } else { typed.parse::<u64>().map(Some) };
    match gigabytes {
        Ok(gigabytes) if gigabytes.is_none_or(|gigabytes| gigabytes <= MOST_GIGABYTES) => {
            let bytes = gigabytes.map(|gigabytes| gigabytes << 30);
            storage::allow(&mut visit.tx, &admin, organisation, bytes).await?;
            visit.commit_and_go("/organisations/films", "film-storage").await
        }
        _ => {
            drop(visit);
            let errors = FormErrors::one(field(organisation), say::gigabytes_wrong(language));
            page(&app, &caller, &form, errors).await
        }
    }
}

fn field(organisation: OrganisationId) -> String {
    format!("{FIELD}{organisation}")
}

async fn page(app: &App, caller: &Caller, typed: &Form, errors: FormErrors) -> Answer {
    let mut visit = caller.open(app).await?;
    let (admin, language) = (visit.me.installation_admin()?, visit.language);
    let lines = storage::of_all(&mut visit.tx, &admin).await?;
    let way = vec![Link::new(people::organisations_title(language), "/organisations")];
    let title = say::title(language);
    let typed = typed.clone();
    visit.form(title, errors, move |errors| {
        let each = lines.into_iter().map(|line| one(language, line, &typed, &errors)).collect_view();
        view! {
            {refused::summary(language, &errors)}
            {trail(language, way, title)}
            <PageHead title=title lead=say::quotas_lead(language)/>
            {each}
        }
        .into_any()
    })
}

fn one(language: Language, line: Line, typed: &Form, errors: &FormErrors) -> AnyView {
    let name = field(line.organisation);
    let error = errors.of(&name);
    let kept = line.space.most_bytes.map(|most| (most >> 30).to_string());
    let value = typed.get(&name).cloned().or(kept).unwrap_or_default();
    let bar = bar(language, say::label(language), &line.space);
    view! {
        <section>
            <h2>{line.name.clone()}</h2>
            {bar}
            <PostForm action="/organisations/films">
                <Field
                    name=name
                    label=say::gigabytes(language)
                    hint=say::gigabytes_hint(language)
                    kind=FieldKind::Number
                    min="0"
                    max=MOST_GIGABYTES.to_string()
                    value=value
                    error=error
                />
                <SubmitButton label=say::save(language) kind=ButtonKind::Secondary subject=line.name/>
            </PostForm>
        </section>
    }
    .into_any()
}
