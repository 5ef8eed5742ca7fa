//! Documents to be opened: of agreements and protocols, for clerks and for those who signed; and what their pages say about them.

use axum::extract::State as Shared;
use base::id::hexadecimal;
use devices::loans::agreement::Agreement;
use devices::loans::{agreement, loan, mine};
use devices::papers::document::{self, Of};
use devices::privacy::Viewed;
use devices::{AgreementId, ProtocolId};
use leptos::prelude::*;
use words::{Language, papers as say};

use super::freeze::{self, Source, State};
use crate::caller::Caller;
use crate::devices::reports::views::log;
use crate::devices::retention;
use crate::parts::{ActionLink, ButtonKind, Notice, SummaryRow, Tone};
use crate::pdf::answer;
use crate::problem::{Answer, Problem};
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// GET /devices/agreements/{id}/document: as it was frozen; of a draft, as it would be printed now.
pub async fn agreement(Shared(app): Shared<App>, caller: Caller, At(id): At<AgreementId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let agreement = agreement::one(&mut visit.tx, &proof, id).await?;
    may_read(&app, &caller, &visit, &agreement).await?;
    let source = Source::Agreement(&agreement);
    if agreement.signed.is_none() {
        let made = freeze::make(&visit, &source).await?;
        return Ok(answer(&agreement.number, made.into()));
    }
    let seen = document::for_reading(&proof, Of::Agreement(id));
    frozen(visit, seen, &source, &agreement.number).await
}

/// GET /devices/protocols/{id}/document
pub async fn protocol(Shared(app): Shared<App>, caller: Caller, At(id): At<ProtocolId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let protocol = loan::protocol(&mut visit.tx, &proof, id).await?;
    let seen = document::for_reading(&proof, Of::Protocol(id));
    frozen(visit, seen, &Source::Protocol(&protocol), &protocol.number).await
}

/// GET /my-devices/agreements/{id}/document
pub async fn own_agreement(Shared(app): Shared<App>, caller: Caller, At(id): At<AgreementId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let seen = document::for_borrower(&mut visit.tx, Of::Agreement(id)).await?;
    let agreement = mine::agreement(&mut visit.tx, id).await?;
    frozen(visit, seen, &Source::Agreement(&agreement), &agreement.number).await
}

/// GET /my-devices/protocols/{id}/document
pub async fn own_protocol(Shared(app): Shared<App>, caller: Caller, At(id): At<ProtocolId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let seen = document::for_borrower(&mut visit.tx, Of::Protocol(id)).await?;
    let protocol = loan::own_protocol(&mut visit.tx, id).await?;
    frozen(visit, seen, &Source::Protocol(&protocol), &protocol.number).await
}

/// A text that says the real name of a protected programme is for clerks, whose look is written down, and for the parties.
///
/// Errors: `NotAllowed` for others.
pub async fn may_read(
    app: &App,
    caller: &Caller,
    visit: &Visit,
    agreement: &Agreement,
) -> Result<(), Problem> {
    if agreement.tells {
        visit.me.device_clerk()?;
        log(app, caller, Viewed::AgreementProgramme, agreement.id.0).await?;
    }
    Ok(())
}

/// The kept document, made now when there is none. One whose bytes are not what they were is not given out.
pub async fn frozen(mut visit: Visit, seen: document::Seen, source: &Source<'_>, number: &str) -> Answer {
    let language = visit.language;
    match freeze::freeze(&mut visit, seen, source).await? {
        State::Whole(_, bytes) => {
            visit.tx.commit().await?;
            Ok(answer(number, bytes))
        }
        State::None => Err(Problem::Unavailable(10)),
        State::Removed => visit.page(retention::removed(language), || {
            view! {
                <h1>{retention::removed(language)}</h1>
                <Notice tone=Tone::Info><p>{words::retention::document_removed(language)}</p></Notice>
            }
            .into_any()
        }),
        State::Changed => visit.page(say::changed_title(language), || {
            view! {
                <h1>{say::changed_title(language)}</h1>
                <Notice tone=Tone::Warning><p>{say::changed_text(language)}</p></Notice>
            }
            .into_any()
        }),
    }
}

/// The way to a document.
pub fn link(language: Language, href: String) -> AnyView {
    view! { <ActionLink label=say::open_document(language) href=href kind=ButtonKind::Secondary/> }.into_any()
}

/// What a page tells of a kept document: its fingerprint, or that it is not what it was.
pub fn kept_row(language: Language, state: &State) -> Option<SummaryRow> {
    match state {
        State::None => None,
        State::Removed => Some(SummaryRow::new(say::label_document(language), retention::removed(language))),
        State::Changed => {
            let text = say::changed_text(language);
            let notice = view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }.into_any();
            Some(SummaryRow::view(say::label_document(language), notice))
        }
        State::Whole(frozen, _) => {
            let sum = hexadecimal(&frozen.sha256);
            let (template, version) = &frozen.template;
            let text = say::document_kept(language, template, &version.to_string());
            let row = view! { {text}<br/><code class="fingerprint">{sum}</code> }.into_any();
            Some(SummaryRow::view(say::label_document(language), row))
        }
    }
}
