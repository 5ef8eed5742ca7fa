//! What of the notices comes by e-mail and when, and the address of the person's calendar.

use std::collections::BTreeMap;

use axum::extract::State;
use base::id::Secret;
use leptos::prelude::*;
use notices::calendar;
use notices::notice::Kind;
use notices::wish::{self, Wish, Wishes};
use serde::Deserialize;
use time::macros::format_description;
use time::{OffsetDateTime, Time};
use words::{Language, frame, notices as say};

use crate::caller::Caller;
use crate::date;
use crate::parts::{
    ActionLink, Actions, Breadcrumbs, ButtonKind, CheckPage, Choice, ErrorSummary, Field, FieldKind,
    FormErrors, Link, Notice, PageHead, PostForm, Radios, SubmitButton, Tone,
};
use crate::problem::Answer;
use crate::request::Posted;
use crate::state::App;
use crate::visit::Visit;

/// The form, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The word of a wish by the word of its kind.
    #[serde(flatten)]
    kinds: BTreeMap<String, String>,
    quiet_from: String,
    quiet_to: String,
}

impl Typed {
    fn of(wishes: &Wishes) -> Self {
        let kinds = Kind::ALL.into_iter().zip(wishes.kinds);
        Self {
            kinds: kinds.map(|(kind, wish)| (kind.word().to_owned(), wish.word().to_owned())).collect(),
            quiet_from: date::hour(wishes.quiet_from),
            quiet_to: date::hour(wishes.quiet_to),
        }
    }

    fn chosen(&self, kind: Kind) -> &str {
        self.kinds.get(kind.word()).map_or("", String::as_str)
    }

    fn read(&self, language: Language) -> Result<Wishes, FormErrors> {
        let mut errors = FormErrors::new();
        let mut wishes = Wishes::default();
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            match Wish::from_word(self.chosen(kind)) {
                Some(wish) => wishes.kinds[at] = wish,
                None => errors.add(kind.word(), say::choose_wish(language)),
            }
        }
        for (field, typed, kept) in [
            ("quiet_from", &self.quiet_from, &mut wishes.quiet_from),
            ("quiet_to", &self.quiet_to, &mut wishes.quiet_to),
        ] {
            match Time::parse(typed.trim(), format_description!("[hour]:[minute]")) {
                Ok(time) => *kept = time,
                Err(_) => errors.add(field, say::wrong_hour(language)),
            }
        }
        if errors.is_empty() { Ok(wishes) } else { Err(errors) }
    }
}

/// GET /notices/settings
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let wishes = wish::own(&mut visit.tx).await?;
    page(visit, &Typed::of(&wishes), &FormErrors::new()).await
}

/// POST /notices/settings
pub async fn save(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    match typed.read(visit.language) {
        Ok(wishes) => {
            wish::set(&mut visit.tx, &wishes).await?;
            visit.commit_and_go("/notices/settings", "saved").await
        }
        Err(errors) => page(visit, &typed, &errors).await,
    }
}

async fn page(mut visit: Visit, typed: &Typed, errors: &FormErrors) -> Answer {
    let since = calendar::since(&mut visit.tx).await?;
    let language = visit.language;
    let view = |errors: &FormErrors| {
        let summary = (!errors.is_empty()).then(|| {
            let title = frame::fix_fields(language, i64::try_from(errors.len()).unwrap_or(0));
            view! { <ErrorSummary title=title errors=errors.clone()/> }
        });
        let kinds = Kind::ALL.into_iter().map(|kind| question(language, kind, typed, errors)).collect_view();
        let inside = view! {
            {kinds}
            <Field name="quiet_from" label=say::quiet_from(language) kind=FieldKind::Time value=typed.quiet_from.clone()
                hint=say::quiet_hint(language) error=errors.of("quiet_from")/>
            <Field name="quiet_to" label=say::quiet_to(language) kind=FieldKind::Time value=typed.quiet_to.clone()
                error=errors.of("quiet_to")/>
            <SubmitButton label=frame::save(language)/>
        }
        .into_any();
        view! {
            {summary}
            {trail(language, say::settings(language))}
            <PageHead title=say::settings(language) lead=say::settings_lead(language)/>
            <PostForm action="/notices/settings">{inside}</PostForm>
            <p class="hint">{say::always(language)}</p>
            {calendar_part(language, since)}
        }
        .into_any()
    };
    visit.form(say::settings(language), errors, view)
}

fn question(language: Language, kind: Kind, typed: &Typed, errors: &FormErrors) -> AnyView {
    let legend = match kind {
        Kind::Assigned => say::ask_assigned(language),
        Kind::NewVersion => say::ask_new_version(language),
        Kind::Teaching => say::ask_teaching(language),
        Kind::AdoptedNewer => say::ask_adopted_newer(language),
        Kind::FilmsCame => say::ask_films_came(language),
        Kind::FilmReady => say::ask_film_ready(language),
        Kind::FilmFailed => say::ask_film_failed(language),
        Kind::Expiring => say::ask_expiring(language),
        Kind::Expired => say::ask_expired(language),
        Kind::Deadline => say::ask_deadline(language),
        Kind::Overdue => say::ask_overdue(language),
    };
    let choices = Wish::ALL.map(|wish| {
        let label = match wish {
            Wish::AtOnce => say::at_once(language),
            Wish::Daily => say::daily(language),
            Wish::Never => say::never(language),
        };
        Choice { chosen: typed.chosen(kind) == wish.word(), ..Choice::new(wish.word(), label) }
    });
    view! { <Radios name=kind.word() legend=legend choices=choices.to_vec() error=errors.of(kind.word())/> }
        .into_any()
}

fn trail(language: Language, here: &str) -> AnyView {
    let links = vec![Link::new(frame::home(language), "/"), Link::new(say::title(language), "/notices")];
    view! { <Breadcrumbs label=frame::here(language) links=links here=here.to_owned()/> }.into_any()
}

fn calendar_part(language: Language, since: Option<OffsetDateTime>) -> AnyView {
    let acts = match since {
        None => view! {
            <PostForm action="/notices/calendar"><SubmitButton label=say::calendar_make(language) kind=ButtonKind::Secondary/></PostForm>
        }
        .into_any(),
        Some(at) => view! {
            <p>{say::calendar_since(language, &date::moment(at))}</p>
            <PostForm action="/notices/calendar">
                <SubmitButton label=say::calendar_again(language) kind=ButtonKind::Secondary/>
            </PostForm>
            <Actions>
                <ActionLink label=say::calendar_remove(language) href="/notices/calendar/remove" kind=ButtonKind::Secondary/>
            </Actions>
        }
        .into_any(),
    };
    view! { <h2 id="calendar">{say::calendar(language)}</h2><p>{say::calendar_text(language)}</p>{acts} }
        .into_any()
}

/// POST /notices/calendar: a new address, shown this once.
pub async fn make_address(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    let secret = calendar::make(&mut visit.tx).await?;
    let language = visit.language;
    let address = address(&app, &secret);
    visit
        .commit_and_page(say::calendar(language), move || {
            // What calendar programs of telephones and desks open by themselves (no standard; provisional with IANA).
            let webcal =
                address.split_once("://").map(|(_, rest)| format!("webcal://{rest}")).unwrap_or_default();
            view! {
                {trail(language, say::calendar(language))}
                <PageHead title=say::calendar(language) lead=say::calendar_made(language)/>
                <p class="sheet"><code>{address.clone()}</code></p>
                <p><a class="button" href=webcal>{say::calendar_subscribe(language)}</a></p>
                <p>{say::calendar_how(language)}</p>
                <Notice tone=Tone::Warning><p>{say::calendar_secret(language)}</p></Notice>
                <p><a href="/notices/settings">{say::settings(language)}</a></p>
            }
            .into_any()
        })
        .await
}

fn address(app: &App, secret: &Secret) -> String {
    format!("{}/calendar/{}.ics", app.settings.public_url, secret.reveal())
}

/// GET /notices/calendar/remove
pub async fn ask_remove(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    let language = visit.language;
    visit.page(say::calendar_remove(language), || {
        view! {
            <CheckPage
                question=say::calendar_ask(language)
                action="/notices/calendar/remove"
                confirm=say::calendar_remove(language)
                cancel=Link::new(frame::cancel(language), "/notices/settings")
            >
                <p>{say::calendar_ask_text(language)}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// POST /notices/calendar/remove
pub async fn remove(State(app): State<App>, caller: Caller) -> Answer {
    let mut visit = caller.open(&app).await?;
    calendar::revoke(&mut visit.tx).await?;
    visit.commit_and_go("/notices/settings", "calendar-removed").await
}
