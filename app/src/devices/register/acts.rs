//! What is done with one asset: its state, that it was wiped, the SIM card in it, the card's codes.

use axum::extract::State as Extract;
use axum::http::header;
use devices::register::sim::{self, Secrets};
use devices::register::{State, asset, state};
use devices::{AssetId, Error};
use leptos::prelude::*;
use serde::Deserialize;
use words::register as say;

use super::wording::state_name;
use super::{fields, trail};
use crate::caller::Caller;
use crate::parts::{
    ButtonKind, CheckPage, Field, FormErrors, HiddenField, Link, Notice, PageHead, SummaryList, SummaryRow,
    Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::{Visit, go};

fn page_of(id: AssetId) -> String {
    format!("/devices/assets/{id}")
}

/// Which state is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    to: String,
    reason: String,
}

/// GET /devices/assets/{asset}/state?to=…: the question before it is done.
pub async fn ask_state(
    Extract(app): Extract<App>,
    caller: Caller,
    At(id): At<AssetId>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let visit = caller.open(&app).await?;
    question(visit, id, wanted, FormErrors::new()).await
}

/// POST /devices/assets/{asset}/state
pub async fn set_state(
    Extract(app): Extract<App>,
    caller: Caller,
    At(id): At<AssetId>,
    Posted(wanted): Posted<Wanted>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let to = State::from_word(&wanted.to).ok_or(Problem::NotFound)?;
    match state::set(&mut visit.tx, &proof, id, to, &wanted.reason).await {
        Ok(()) => visit.commit_and_go(&page_of(id), "asset_state_set").await,
        Err(error) => {
            let errors = fields::refusal(visit.language, error)?;
            question(visit.afresh().await?, id, wanted, errors).await
        }
    }
}

async fn question(mut visit: Visit, id: AssetId, wanted: Wanted, errors: FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?;
    let to = State::from_word(&wanted.to).ok_or(Problem::NotFound)?;
    let asset = asset::one(&mut visit.tx, &proof.reader(), id).await?;
    let language = visit.language;
    let title = say::state_question(language, &asset.inventory_no, state_name(language, to));
    let view = |errors: FormErrors| {
        let rows = vec![
            SummaryRow::new(say::label_model(language), format!("{} {}", asset.maker, asset.model)),
            SummaryRow::new(say::label_serial(language), asset.serial.clone().unwrap_or_default()),
            SummaryRow::new(say::state_now(language), state_name(language, asset.state)),
        ];
        let warning = to.is_end().then(|| {
            view! { <Notice tone=Tone::Warning><p>{say::state_end_text(language)}</p></Notice> }
        });
        let lent = asset.holder.clone().map(|holder| {
            view! { <Notice tone=Tone::Info><p>{say::state_lent_text(language, &holder.name)}</p></Notice> }
        });
        let inside = view! {
            <HiddenField name="to" value=to.word()/>
            <Field
                name="reason"
                label=say::label_reason(language)
                hint=say::reason_hint(language)
                value=wanted.reason.clone()
                error=errors.of("reason")
            />
        }
        .into_any();
        let kind = if to.is_end() { ButtonKind::Danger } else { ButtonKind::Primary };
        view! {
            {summary(language, &errors)}
            {trail(language, vec![Link::new(asset.inventory_no.clone(), page_of(id))], &title)}
            <CheckPage
                question=title.clone()
                action=format!("/devices/assets/{id}/state")
                confirm=say::state_confirm(language)
                kind=kind
                cancel=Link::new(say::state_cancel(language), page_of(id))
                fields=inside
            >
                <SummaryList rows=rows/>
                {warning}
                {lent}
            </CheckPage>
        }
        .into_any()
    };
    visit.form(&title, errors, view)
}

/// How it was wiped.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wiped {
    method: String,
}

/// POST /devices/assets/{asset}/wiped
pub async fn wiped(
    Extract(app): Extract<App>,
    caller: Caller,
    At(id): At<AssetId>,
    Posted(typed): Posted<Wiped>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    match state::wiped(&mut visit.tx, &proof, id, &typed.method).await {
        Ok(()) => visit.commit_and_go(&page_of(id), "asset_wiped").await,
        Err(error) => simple(visit, id, error),
    }
}

/// A form with one or two fields that was refused: what is wrong, and the way back to it.
fn simple(visit: Visit, id: AssetId, error: Error) -> Answer {
    let language = visit.language;
    let errors = fields::refusal(language, error)?;
    let title = say::not_done(language);
    visit.refused(title, || {
        let sentences = errors.sentences().map(|text| view! { <p>{text.to_owned()}</p> }).collect_view();
        view! {
            {trail(language, Vec::new(), title)}
            <PageHead title=title/>
            <Notice tone=Tone::Danger>{sentences}</Notice>
            <p><a href=page_of(id)>{say::asset_back(language)}</a></p>
        }
        .into_any()
    })
}

/// A card and a slot.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Put {
    sim: String,
    slot: String,
}

/// POST /devices/assets/{asset}/sim: a card goes into this device.
pub async fn place_sim(
    Extract(app): Extract<App>,
    caller: Caller,
    At(id): At<AssetId>,
    Posted(put): Posted<Put>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    asset::one(&mut visit.tx, &proof.reader(), id).await?;
    let sim = put.sim.parse().map_err(|_| Problem::Malformed)?;
    let slot = put.slot.parse().unwrap_or(1);
    match sim::place(&mut visit.tx, &proof, sim, id, slot).await {
        Ok(()) => visit.commit_and_go(&page_of(id), "sim_placed").await,
        Err(Error::SimTaken) => Ok(go(&app, &page_of(id), "sim_taken")),
        Err(Error::Invalid(_)) => Ok(go(&app, &page_of(id), "sim_wrong")),
        Err(error) => Err(error.into()),
    }
}

/// POST /devices/assets/{asset}/sim/out: this card leaves its device. Sent twice, it is out all the same.
pub async fn take_out_sim(Extract(app): Extract<App>, caller: Caller, At(id): At<AssetId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    asset::one(&mut visit.tx, &proof.reader(), id).await?;
    match sim::take_out(&mut visit.tx, &proof, id).await {
        Ok(()) => visit.commit_and_go(&page_of(id), "sim_taken_out").await,
        Err(Error::NotFound) => Ok(go(&app, &page_of(id), "sim_taken_out")),
        Err(error) => Err(error.into()),
    }
}

/// PIN and PUK, as typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Codes {
    pin: String,
    puk: String,
}

/// POST /devices/assets/{asset}/codes
pub async fn set_codes(
    Extract(app): Extract<App>,
    caller: Caller,
    At(id): At<AssetId>,
    Posted(codes): Posted<Codes>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let secrets = Secrets { pin: codes.pin.trim().to_owned(), puk: codes.puk.trim().to_owned() };
    match sim::set_secrets(&mut visit.tx, &proof, &app.seal_key, id, &secrets).await {
        Ok(()) => visit.commit_and_go(&page_of(id), "saved").await,
        Err(error) => simple(visit, id, error),
    }
}

/// POST /devices/assets/{asset}/codes/show: shown once; that they were looked at is written down.
pub async fn show_codes(Extract(app): Extract<App>, caller: Caller, At(id): At<AssetId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let asset = asset::one(&mut visit.tx, &proof.reader(), id).await?;
    let secrets = sim::reveal(&mut visit.tx, &proof, &app.seal_key, id).await?;
    let language = visit.language;
    let title = say::codes_of(language, &asset.inventory_no);
    let inside = title.clone();
    let view = move || {
        let rows = vec![SummaryRow::new("PIN", secrets.pin), SummaryRow::new("PUK", secrets.puk)];
        view! {
            {trail(language, vec![Link::new(asset.inventory_no.clone(), page_of(id))], &inside)}
            <PageHead title=inside.clone()/>
            <Notice tone=Tone::Info><p>{say::codes_logged(language)}</p></Notice>
            <SummaryList rows=rows/>
            <p><a href=page_of(id)>{say::asset_back(language)}</a></p>
        }
        .into_any()
    };
    let mut answer = visit.commit_and_page(&title, view).await?;
    answer.headers_mut().insert(header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    Ok(answer)
}
