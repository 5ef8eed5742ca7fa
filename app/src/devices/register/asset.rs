//! GET /devices/assets/{asset}: everything about one asset.

use axum::extract::State as Extract;
use devices::AssetId;
use devices::papers::photo;
use devices::privacy::Viewed;
use devices::register::history::{self, Details};
use devices::register::sim::{self, Placement};
use devices::register::{Asset, AssetKind, State, asset};
use identity::permit::{Kind as Subject, Verb};
use leptos::prelude::*;
use words::{Language, register as say};

use super::wording::{day, kind_name, money, state_name, state_tag};
use super::{history as past, trail};
use crate::caller::Caller;
use crate::date;
use crate::devices::papers::photos;
use crate::devices::reports::views::log;
use crate::parts::{
    ActionLink, Actions, ButtonKind, Choice, Field, Notice, PageHead, PasswordField, PostForm, Select,
    SubmitButton, SummaryList, SummaryRow, Tone,
};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// GET /devices/assets/{asset}
pub async fn show(Extract(app): Extract<App>, caller: Caller, At(id): At<AssetId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let clerk =
        if visit.me.may(Verb::Change, Subject::Devices) { Some(visit.me.device_clerk()?) } else { None };
    let asset = asset::one(&mut visit.tx, &proof, id).await?;
    let details = history::details(&mut visit.tx, &proof, clerk.as_ref(), id).await?;
    // A clerk reads the real name; where it is another than the neutral one, it tells something.
    if clerk.is_some() && details.programme != asset.programme {
        log(&app, &caller, Viewed::AssetProgramme, id.0).await?;
    }
    let chain = history::chain(&mut visit.tx, &proof, id).await?;
    let loans = history::loans(&mut visit.tx, &proof, id).await?;
    let photos = photo::of_asset(&mut visit.tx, &proof, id).await?;
    let placements = sim::placements(&mut visit.tx, &proof, id).await?;
    let free = |placement: &Placement| placement.removed_at.is_none();
    let cards = if clerk.is_some() && asset.kind != AssetKind::SimCard && !asset.state.is_end() {
        sim::loose_cards(&mut visit.tx, &proof).await?
    } else {
        Vec::new()
    };
    let language = visit.language;
    let title = format!("{} {}", asset.inventory_no, asset.model);
    visit.page(&title, || {
        let present = placements.iter().filter(|one| free(one)).cloned().collect::<Vec<_>>();
        let labels = format!("/devices/labels?q=/d/{}", asset.label);
        let acts = clerk.is_some().then(|| {
            view! {
                <Actions>
                    <ActionLink label=say::asset_change(language) href=format!("/devices/assets/{id}/edit")/>
                    <ActionLink
                        label=say::labels_print(language)
                        href=labels
                        kind=ButtonKind::Secondary
                    />
                </Actions>
            }
        });
        let clerks = clerk.is_some().then(|| {
            view! {
                {slot(language, &asset, &present, cards)}
                {codes(language, &asset, &details)}
                {life(language, &asset)}
            }
        });
        view! {
            {trail(language, Vec::new(), &title)}
            <PageHead title=title.clone() kicker=kind_name(language, asset.kind)/>
            {acts}
            {facts(language, &asset, &details, &present)}
            {clerks}
            {photos::section(language, &photos, clerk.as_ref().map(|_| format!("/devices/assets/{id}/photos")))}
            {past::loans(language, loans)}
            {past::placements(language, id, placements)}
            {past::chain(language, chain)}
        }
        .into_any()
    })
}

/// What is known of it; what is not known is left out.
fn facts(language: Language, asset: &Asset, details: &Details, present: &[Placement]) -> AnyView {
    let mut rows = vec![
        SummaryRow::view(say::label_state(language), state_tag(language, asset)),
        SummaryRow::new(say::label_model(language), format!("{} {}", asset.maker, asset.model)),
    ];
    if let Some(holder) = &asset.holder {
        rows.push(SummaryRow::new(say::label_holder(language), holder.name.clone()));
    }
    let moment = details.mdm_seen_at.map(date::day);
    let facts = [
        (say::label_serial(language), asset.serial.clone()),
        (say::label_owner_unit(language), asset.owner_unit.clone()),
        (say::label_custodian(language), details.custodian.clone()),
        (say::label_place(language), asset.place.clone()),
        (say::label_programme(language), details.programme.clone()),
        (say::label_lot(language), details.lot_name.clone()),
        (say::label_invoice_no(language), details.invoice_no.clone()),
        (say::label_unit_price(language), details.unit_price_grosze.map(money)),
        (say::label_warranty_until(language), details.warranty_until.map(day)),
        (say::label_insurer(language), details.insurer.clone()),
        (say::label_policy_no(language), details.policy_no.clone()),
        (say::label_insured_until(language), details.insured_until.map(day)),
        (say::label_phone_no(language), details.phone_no.clone()),
        (say::label_plan(language), details.plan.clone()),
        (say::label_plan_until(language), details.plan_until.map(day)),
        (say::label_mdm_id(language), details.mdm_id.clone()),
        (say::label_mdm_seen(language), moment),
        (say::label_note(language), Some(details.note.clone()).filter(|note| !note.is_empty())),
    ];
    rows.extend(
        facts.into_iter().filter_map(|(label, value)| {
            Some(SummaryRow::new(label, value.filter(|text| !text.is_empty())?))
        }),
    );
    for one in present {
        let (label, to, text) = if one.sim == asset.id {
            (say::label_in_device(language), one.device, one.device_no.clone())
        } else {
            let phone = one.phone_no.as_ref().map(|phone| format!(" · {phone}")).unwrap_or_default();
            (say::label_sim_inside(language), one.sim, format!("{}{phone}", one.sim_no))
        };
        rows.push(SummaryRow::view(
            label,
            view! { <a href=format!("/devices/assets/{to}")>{text}</a> }.into_any(),
        ));
    }
    view! { <SummaryList rows=rows/> }.into_any()
}

/// Putting a SIM card in, taking it out.
fn slot(language: Language, asset: &Asset, present: &[Placement], cards: Vec<(AssetId, String)>) -> AnyView {
    let id = asset.id;
    let outs = present
        .iter()
        .cloned()
        .map(|one| {
            let sim = one.sim;
            view! {
                <PostForm action=format!("/devices/assets/{sim}/sim/out")>
                    <SubmitButton
                        label=say::sim_take_out(language)
                        subject=one.sim_no
                        kind=ButtonKind::Secondary
                    />
                </PostForm>
            }
        })
        .collect_view();
    let put_in = (!cards.is_empty()).then(|| {
        let choices =
            cards.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect::<Vec<_>>();
        let slots = (1..=2).map(|slot| Choice::new(slot.to_string(), slot.to_string())).collect::<Vec<_>>();
        view! {
            <PostForm action=format!("/devices/assets/{id}/sim")>
                <Select name="sim" label=say::sim_choose(language) choices=choices/>
                <Select name="slot" label=say::label_slot(language) choices=slots/>
                <SubmitButton label=say::sim_put_in(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
    if present.is_empty() && put_in.is_none() {
        return ().into_any();
    }
    view! { <h2>{say::sim_title(language)}</h2>{outs}{put_in} }.into_any()
}

/// PIN and PUK of a SIM card.
fn codes(language: Language, asset: &Asset, details: &Details) -> AnyView {
    if asset.kind != AssetKind::SimCard {
        return ().into_any();
    }
    let id = asset.id;
    let look = details.has_secrets.then(|| {
        view! {
            <PostForm action=format!("/devices/assets/{id}/codes/show")>
                <SubmitButton label=say::codes_show(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
    view! {
        <h2>{say::codes_title(language)}</h2>
        <p>{say::codes_text(language)}</p>
        {look}
        <PostForm action=format!("/devices/assets/{id}/codes")>
            <PasswordField name="pin" label="PIN" autocomplete="off" hint=say::pin_hint(language)/>
            <PasswordField name="puk" label="PUK" autocomplete="off" hint=say::puk_hint(language)/>
            <SubmitButton label=say::codes_save(language) kind=ButtonKind::Secondary/>
        </PostForm>
    }
    .into_any()
}

/// Wiping, and the changes of state that are possible from here.
fn life(language: Language, asset: &Asset) -> AnyView {
    let id = asset.id;
    let wipe = asset.to_wipe.then(|| {
        view! {
            <Notice tone=Tone::Warning><p>{say::to_wipe_text(language)}</p></Notice>
            <PostForm action=format!("/devices/assets/{id}/wiped")>
                <Field name="method" label=say::label_method(language) hint=say::method_hint(language)/>
                <SubmitButton label=say::wiped_save(language) kind=ButtonKind::Secondary/>
            </PostForm>
        }
    });
    if asset.state.is_end() {
        return wipe.into_any();
    }
    let states = State::ALL
        .into_iter()
        .filter(|state| *state != asset.state)
        .filter(|state| asset.holder.is_none() || !state.is_end())
        .map(|state| Choice::new(state.word(), state_name(language, state)))
        .collect::<Vec<_>>();
    view! {
        {wipe}
        <h2>{say::state_title(language)}</h2>
        <form class="form filter" method="get" action=format!("/devices/assets/{id}/state")>
            <Select name="to" label=say::state_to(language) choices=states/>
            <SubmitButton label=say::state_next(language) kind=ButtonKind::Secondary/>
        </form>
        <p class="hint">{say::state_hint(language)}</p>
    }
    .into_any()
}
