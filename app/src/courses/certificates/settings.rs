//! How the certificates of an organisation look: GET and POST /organisation/certificates, and a specimen as PDF.

use std::collections::HashMap;

use axum::extract::State;
use base::id::row_id;
use courses::Error;
use courses::certificate::template::{self, Template};
use documents::Failure;
use documents::wire::Reason;
use leptos::prelude::*;
use words::{Language, certificates as say, frame};

use super::paper;
use crate::caller::Caller;
use crate::date;
use crate::identity::people::section;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Checkbox, Encoding, Field, FileField, FormErrors, PageHead, PostForm,
    SubmitButton, TextArea,
};
use crate::pdf::{answer, told};
use crate::problem::{Answer, Problem, field_sentence};
use crate::refused::{errors, summary};
use crate::request::Attached;
use crate::state::App;
use crate::visit::Visit;

/// Most bytes of the picture.
const PICTURE_MOST_BYTES: usize = 5 << 20;
/// Larger than a picture may be, so that one that is too large gets its sentence.
const FORM_MOST_BYTES: usize = 16 << 20;

/// GET /organisation/certificates
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let template = template::current(&mut visit.tx, &proof).await?;
    page(visit, template, FormErrors::new())
}

/// POST /organisation/certificates
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    attached: Result<Attached<FORM_MOST_BYTES>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let attached = attached?;
    let kept = template::current(&mut visit.tx, &proof).await?.arms.map(|(key, _)| key);
    let mut typed = typed(&attached.fields, kept);
    let language = visit.language;
    let mut wrong = FormErrors::new();
    // The description is asked for as soon as there is a picture, also when that itself was refused.
    let fresh = !attached.bytes.is_empty();
    if fresh {
        let alt = attached.fields.get("arms_alt").cloned().unwrap_or_default();
        let key = format!("certificates/{}/arms/{}.jpg", visit.me.organisation, row_id(visit.tx.now()));
        if attached.bytes.len() > PICTURE_MOST_BYTES {
            wrong.add("arms", say::settings_arms_too_large(language));
        } else {
            match app.documents.photo(&attached.bytes).await {
                Ok(made) => {
                    typed.arms = Some((key.clone(), alt));
                    if template::check(&typed).is_ok() {
                        app.blobs.put(&key, "image/jpeg", made.small).await?;
                    }
                }
                Err(Failure::Refused { reason, detail }) => {
                    tracing::info!(?reason, detail, "a coat of arms was refused");
                    wrong.add("arms", refused_picture(language, reason));
                }
                Err(failure) => return Err(told(failure)),
            }
        }
    }
    let saved = if wrong.is_empty() {
        template::save(&mut visit.tx, &proof, &typed).await
    } else {
        template::check(&typed)
    };
    match saved {
        Ok(()) if wrong.is_empty() => visit.commit_and_go("/organisation/certificates", "saved").await,
        Ok(()) => page(visit, typed, wrong),
        Err(Error::Invalid(problems)) => {
            wrong = wrong.with(errors(&problems, |one| field_sentence(language, &one.problem)));
            if fresh && wrong.of("arms").is_none() {
                wrong.add("arms", say::settings_arms_again(language));
            }
            page(visit, typed, wrong)
        }
        Err(error) => Err(error.into()),
    }
}

fn refused_picture(language: Language, reason: Reason) -> &'static str {
    match reason {
        Reason::TooLarge => say::settings_arms_too_large(language),
        Reason::NotAPicture => say::settings_arms_not_one(language),
        _ => say::settings_arms_damaged(language),
    }
}

/// What was typed; the picture that is kept stays unless it is to go.
fn typed(fields: &HashMap<String, String>, kept: Option<String>) -> Template {
    let text =
        |name: &str| fields.get(name).map(|text| text.trim().replace("\r\n", "\n")).unwrap_or_default();
    let kept = kept.filter(|_| text("arms_remove").is_empty());
    Template {
        wording: text("wording"),
        place: text("place"),
        signatory_name: text("signatory_name"),
        signatory_office: text("signatory_office"),
        arms: kept.map(|key| (key, text("arms_alt"))),
    }
}

/// GET /organisation/certificates/specimen: with the saved settings.
pub async fn specimen(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let template = template::current(&mut visit.tx, &proof).await?;
    let now = visit.tx.now();
    let (paper, pictures) =
        paper::specimen(&app, &visit.me.organisation_name, &template, date::local_day(now)).await?;
    let pdf = app.documents.certificate(&paper, now.unix_timestamp(), &pictures).await.map_err(told)?;
    Ok(answer("wzor-zaswiadczenia", pdf.into()))
}

fn page(visit: Visit, template: Template, errors: FormErrors) -> Answer {
    let (language, school) = (visit.language, visit.me.school);
    let title = say::settings_title(language);
    visit.form(title, errors, |errors| {
        view! {
            {summary(language, &errors)}
            <PageHead title=title lead=say::settings_lead(language)>
                <ActionLink
                    label=say::settings_preview(language)
                    href="/organisation/certificates/specimen"
                    kind=ButtonKind::Secondary
                />
            </PageHead>
            {section(language, school, "/organisation/certificates")}
            <p class="hint">{say::settings_preview_hint(language)}</p>
            <PostForm action="/organisation/certificates" encoding=Encoding::Multipart>
                {fields(language, template, &errors)}
                <Actions><SubmitButton label=frame::save(language)/></Actions>
            </PostForm>
        }
        .into_any()
    })
}

fn fields(language: Language, template: Template, errors: &FormErrors) -> AnyView {
    let kept = template.arms.is_some();
    let hint = if kept {
        format!("{} {}", say::settings_arms_kept(language), say::settings_arms_hint(language))
    } else {
        say::settings_arms_hint(language).to_owned()
    };
    let alt = template.arms.map(|(_, alt)| alt).unwrap_or_default();
    let remove =
        kept.then(|| view! { <Checkbox name="arms_remove" label=say::settings_arms_remove(language)/> });
    view! {
        <Field
            name="signatory_name"
            label=say::settings_signatory(language)
            hint=say::settings_signatory_hint(language)
            value=template.signatory_name
            autocomplete="off"
            error=errors.of("signatory_name")
        />
        <Field
            name="signatory_office"
            label=say::settings_office(language)
            hint=say::settings_office_hint(language)
            value=template.signatory_office
            autocomplete="off"
            error=errors.of("signatory_office")
        />
        <Field
            name="place"
            label=say::settings_place(language)
            value=template.place
            autocomplete="off"
            error=errors.of("place")
        />
        <TextArea
            name="wording"
            label=say::settings_wording(language)
            hint=say::settings_wording_hint(language)
            value=template.wording
            rows=3
            error=errors.of("wording")
        />
        <FileField
            name="arms"
            label=say::settings_arms(language)
            hint=hint
            accept="image/png,image/jpeg,image/webp"
            error=errors.of("arms")
        />
        <Field
            name="arms_alt"
            label=say::settings_arms_alt(language)
            hint=say::settings_arms_alt_hint(language)
            value=alt
            autocomplete="off"
            error=errors.of("arms_alt")
        />
        {remove}
    }
    .into_any()
}
