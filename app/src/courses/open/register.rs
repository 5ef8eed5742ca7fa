//! GET and POST /register/{office}/{slug}: an account for whoever wants a certificate of an open course. The answer is the same whether
//! somebody has the address already or not. Where residents may not make accounts, the page says how to reach the office.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use courses::Error;
use courses::open::{self, Opened, request};
use identity::resident::{self, Newcomer, Setting};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, identity as people, open as say};

use super::{Reader, letter, public, way};
use crate::caller::Caller;
use crate::identity::fields;
use crate::parts::{
    ActionLink, ButtonKind, Checkbox, Field, FieldKind, FormErrors, PageHead, PostForm, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::source::Source;
use crate::state::App;
use crate::visit::{Public, go};

/// Most bytes of the form.
const MOST_BYTES: usize = 8 << 10;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    given_name: String,
    family_name: String,
    email: String,
    age: String,
    consent: String,
}

/// Whether the form was sent just now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    sent: String,
}

/// What every answer of this page is made of.
struct Page<'a> {
    reader: Reader<'a>,
    opened: Opened,
    title: String,
    setting: Setting,
}

impl<'a> Page<'a> {
    async fn of(app: &'a App, caller: &'a Caller, office: &str, slug: &str) -> Result<Self, Problem> {
        let reader = Reader::of(app, caller).await?;
        let (mut tx, opened) = open::course(&app.db, office, slug).await?;
        let title = open::outline(&mut tx, &opened).await?.title;
        drop(tx);
        let setting = resident::told(&app.db, opened.host().id).await?;
        Ok(Self { reader, opened, title, setting })
    }
}

/// The form; what comes after it; or how to reach the office.
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At((office, slug)): At<(String, String)>,
    Asked(asking): Asked<Asking>,
) -> Answer {
    let page = Page::of(&app, &caller, &office, &slug).await?;
    if page.reader.belongs_to(&page.opened) {
        return Ok(go(&app, &format!("/courses/{slug}"), ""));
    }
    Ok(match (page.setting.self_registration, asking.sent.is_empty()) {
        (false, _) => by_the_office(page, StatusCode::OK),
        (true, true) => form(page, StatusCode::OK, Typed::default(), FormErrors::new()),
        (true, false) => sent(page),
    })
}

/// Writes the request down and sends the letter.
pub async fn ask(
    State(app): State<App>,
    caller: Caller,
    At((office, slug)): At<(String, String)>,
    Source(source): Source,
    Posted(typed): Posted<Typed, MOST_BYTES>,
) -> Answer {
    let page = Page::of(&app, &caller, &office, &slug).await?;
    if !page.setting.self_registration {
        return Ok(by_the_office(page, StatusCode::FORBIDDEN));
    }
    let language = page.reader.language;
    let newcomer = Newcomer {
        given_name: typed.given_name.clone(),
        family_name: typed.family_name.clone(),
        email: typed.email.clone(),
        language: language.code().to_owned(),
    };
    let mut errors = fields::errors(language, &newcomer.problems());
    if typed.age.is_empty() {
        errors.add("age", say::age_missing(language));
    }
    if typed.consent.is_empty() {
        errors.add("consent", say::consent_missing(language));
    }
    if !errors.is_empty() {
        return Ok(form(page, StatusCode::UNPROCESSABLE_ENTITY, typed, errors));
    }
    let about = letter::About {
        public_url: &app.settings.public_url,
        to: newcomer.email.trim(),
        organisation: &page.opened.host().name,
        course: &page.title,
    };
    let asked = request::ask(&app.db, &page.opened, &newcomer, &source, |secret| {
        letter::write(language, &about, secret)
    });
    match asked.await {
        Ok(()) => Ok(go(&app, &format!("/register/{office}/{slug}?sent=1"), "")),
        Err(Error::TooMany) => {
            let errors = FormErrors::one("", say::register_too_many(language));
            Ok(form(page, StatusCode::TOO_MANY_REQUESTS, typed, errors))
        }
        Err(Error::NotAllowed) => Ok(by_the_office(page, StatusCode::FORBIDDEN)),
        Err(error) => Err(error.into()),
    }
}

/// The page in its frame.
fn whole(page: &Page<'_>, status: StatusCode, title: &str, view: impl FnOnce() -> AnyView) -> Response {
    let language = page.reader.language;
    let path = format!("/register/{}/{}", page.opened.host().slug, page.opened.slug());
    let public = Public { path, ..public(&page.opened, "", say::certificate_text(language)) };
    let title = if status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::TOO_MANY_REQUESTS {
        format!("{}: {title}", frame::error_title(language))
    } else {
        title.to_owned()
    };
    page.reader.page_with(status, &title, public, view)
}

fn form(page: Page<'_>, status: StatusCode, typed: Typed, errors: FormErrors) -> Response {
    let (language, title) = (page.reader.language, say::register_title(page.reader.language));
    whole(&page, status, title, || {
        let host = page.opened.host();
        let names = view! {
            <Field
                name="given_name"
                label=people::label_given_name(language)
                hint=say::register_name_hint(language)
                value=typed.given_name
                autocomplete="given-name"
                error=errors.of("given_name")
            />
            <Field
                name="family_name"
                label=people::label_family_name(language)
                value=typed.family_name
                autocomplete="family-name"
                error=errors.of("family_name")
            />
            <Field
                name="email"
                label=people::label_email(language)
                kind=FieldKind::Email
                value=typed.email
                autocomplete="email"
                error=errors.of("email")
            />
        }
        .into_any();
        let consents = view! {
            <Checkbox
                name="age"
                label=say::age_label(language)
                hint=say::age_hint(language)
                checked=!typed.age.is_empty()
                error=errors.of("age")
            />
            <Checkbox
                name="consent"
                label=say::consent_label(language, &host.name)
                checked=!typed.consent.is_empty()
                error=errors.of("consent")
            />
        }
        .into_any();
        view! {
            {fields::summary(language, &errors)}
            {way(language, &page.opened, Some(&page.title), title)}
            <PageHead title=title lead=say::register_lead(language, &page.title)/>
            {privacy(language, &host.name, &page.setting)}
            <PostForm action=format!("/register/{}/{}", host.slug, page.opened.slug())>
                {names}
                {consents}
                <SubmitButton label=say::register_button(language)/>
            </PostForm>
        }
        .into_any()
    })
}

/// What who gives their data is told beforehand (RODO art. 13), in plain words.
fn privacy(language: Language, organisation: &str, setting: &Setting) -> AnyView {
    let officer = (!setting.data_officer.is_empty())
        .then(|| view! { <li>{say::privacy_officer(language, &setting.data_officer)}</li> });
    view! {
        <section class="sheet" aria-labelledby="privacy">
            <h2 id="privacy">{say::privacy_title(language)}</h2>
            <ul>
                <li>{say::privacy_who(language, organisation, &setting.contact)}</li>
                {officer}
                <li>{say::privacy_why(language)}</li>
                <li>{say::privacy_how_long(language)}</li>
                <li>{say::privacy_who_sees(language)}</li>
                <li>{say::privacy_rights(language)}</li>
            </ul>
        </section>
    }
    .into_any()
}

fn sent(page: Page<'_>) -> Response {
    let (language, title) = (page.reader.language, say::sent_title(page.reader.language));
    whole(&page, StatusCode::OK, title, || {
        let href = page.opened.path();
        view! {
            {way(language, &page.opened, Some(&page.title), title)}
            <PageHead title=title lead=say::sent_text(language, &letter::hours())/>
            <ActionLink label=say::sent_back(language) href=href kind=ButtonKind::Secondary/>
        }
        .into_any()
    })
}

fn by_the_office(page: Page<'_>, status: StatusCode) -> Response {
    let (language, title) = (page.reader.language, say::register_title(page.reader.language));
    whole(&page, status, title, || {
        let contact = if page.setting.contact.is_empty() {
            say::office_none(language).to_owned()
        } else {
            page.setting.contact.clone()
        };
        let href = page.opened.path();
        view! {
            {way(language, &page.opened, Some(&page.title), title)}
            <PageHead title=title lead=say::office_lead(language, &page.title)/>
            <h2>{say::office_contact(language)}</h2>
            <p>{contact}</p>
            <ActionLink label=say::sent_back(language) href=href kind=ButtonKind::Secondary/>
        }
        .into_any()
    })
}
