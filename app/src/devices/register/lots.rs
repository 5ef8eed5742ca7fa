//! A purchase with its funding shares: GET and POST /devices/lots/new and /devices/lots/{lot}.

use axum::extract::State;
use devices::money::{per_mille, percent};
use devices::register::purchase::{self, Lot};
use devices::{Error, LotId, ProgrammeId};
use identity::{FieldProblem, Problem as Wrong};
use leptos::prelude::*;
use words::{frame, register as say};

use super::form::typed as typed_day_of;
use super::wording::{grosze, typed_day};
use super::{fields, trail};
use crate::caller::Caller;
use crate::parts::{Actions, Field, FieldKind, FormErrors, Link, PageHead, PostForm, SubmitButton};
use crate::problem::{Answer, Problem};
use crate::refused::summary;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// What was typed: name and value of each field; a share's name is `share-` and the programme's id.
type Typed = Vec<(String, String)>;

fn value<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

/// As the area takes it. Shares are typed in per cent with one decimal place, which are thousandths.
fn lot(typed: &Typed) -> Result<Lot, Error> {
    let mut problems = Vec::new();
    let price = value(typed, "unit_price").trim();
    let unit_price_grosze = grosze(price);
    if unit_price_grosze.is_none() && !price.is_empty() {
        problems.push(FieldProblem { field: "unit_price", problem: Wrong::Malformed });
    }
    let mut shares = Vec::new();
    for (name, share) in typed {
        let (Some(id), share) = (name.strip_prefix("share-"), share.trim()) else { continue };
        let Ok(id) = id.parse::<ProgrammeId>() else { continue };
        if share.is_empty() {
            continue;
        }
        match per_mille(share) {
            Some(share) => shares.push((id, share)),
            None => return Err(Error::SharesNotWhole),
        }
    }
    let text = |name: &str| value(typed, name).trim().to_owned();
    let lot = Lot {
        name: text("name"),
        invoice_no: text("invoice_no"),
        bought_on: typed_day_of("bought_on", value(typed, "bought_on"), &mut problems),
        unit_price_grosze,
        warranty_until: typed_day_of("warranty_until", value(typed, "warranty_until"), &mut problems),
        insurer: text("insurer"),
        policy_no: text("policy_no"),
        insured_until: typed_day_of("insured_until", value(typed, "insured_until"), &mut problems),
        shares,
    };
    if problems.is_empty() { Ok(lot) } else { Err(Error::Invalid(problems)) }
}

fn typed_of(lot: &Lot) -> Typed {
    let price = lot.unit_price_grosze.map(|price| format!("{},{:02}", price / 100, price % 100));
    let fields = [
        ("name", lot.name.clone()),
        ("invoice_no", lot.invoice_no.clone()),
        ("bought_on", typed_day(lot.bought_on)),
        ("unit_price", price.unwrap_or_default()),
        ("warranty_until", typed_day(lot.warranty_until)),
        ("insurer", lot.insurer.clone()),
        ("policy_no", lot.policy_no.clone()),
        ("insured_until", typed_day(lot.insured_until)),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let shares = lot.shares.iter().map(|(id, share)| (format!("share-{id}"), percent(*share)));
    fields.into_iter().chain(shares).collect()
}

/// GET /devices/lots/new
pub async fn new(State(app): State<App>, caller: Caller) -> Answer {
    page(caller.open(&app).await?, None, Typed::new(), FormErrors::new()).await
}

/// POST /devices/lots/new
pub async fn create(State(app): State<App>, caller: Caller, Posted(typed): Posted<Typed>) -> Answer {
    save(&app, &caller, None, typed).await
}

/// GET /devices/lots/{lot}
pub async fn edit(State(app): State<App>, caller: Caller, At(id): At<LotId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let lots = purchase::lots(&mut visit.tx, &proof.reader()).await?;
    let lot = lots.into_iter().find(|lot| lot.id == id).ok_or(Problem::NotFound)?;
    page(visit, Some(id), typed_of(&lot.lot), FormErrors::new()).await
}

/// POST /devices/lots/{lot}
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LotId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    save(&app, &caller, Some(id), typed).await
}

async fn save(app: &App, caller: &Caller, id: Option<LotId>, typed: Typed) -> Answer {
    let mut visit = caller.open(app).await?;
    let proof = visit.me.device_clerk()?;
    let saved = match lot(&typed) {
        Ok(lot) => purchase::save_lot(&mut visit.tx, &proof, id, &lot).await,
        Err(error) => Err(error),
    };
    match saved {
        Ok(_) => visit.commit_and_go("/devices/catalogue", "saved").await,
        Err(error) => {
            let mut errors = fields::refusal(visit.language, error)?;
            // The link of the summary leads to the first share.
            if errors.of("shares").is_some() {
                let first =
                    typed.iter().find(|(name, _)| name.starts_with("share-")).map(|(name, _)| name.as_str());
                errors = FormErrors::one(first.unwrap_or_default(), say::shares_not_whole(visit.language));
            }
            page(visit.afresh().await?, id, typed, errors).await
        }
    }
}

async fn page(mut visit: Visit, id: Option<LotId>, typed: Typed, errors: FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?;
    let programmes = purchase::programmes(&mut visit.tx, &proof.reader()).await?;
    let language = visit.language;
    let title = if id.is_some() { say::lot_change(language) } else { say::lot_new(language) };
    let action = id.map_or_else(|| "/devices/lots/new".to_owned(), |id| format!("/devices/lots/{id}"));
    let view = |errors: FormErrors| {
        let text = |name: &'static str, kind: FieldKind, optional: bool| {
            let note = if optional { frame::optional(language) } else { "" };
            view! {
                <Field
                    name=name
                    label=fields::label(language, name)
                    note=note
                    kind=kind
                    value=value(&typed, name)
                    error=errors.of(name)
                />
            }
            .into_any()
        };
        let plain = [
            text("name", FieldKind::Text, false),
            text("invoice_no", FieldKind::Text, true),
            text("bought_on", FieldKind::Date, true),
            text("unit_price", FieldKind::Text, true),
            text("warranty_until", FieldKind::Date, true),
            text("insurer", FieldKind::Text, true),
            text("policy_no", FieldKind::Text, true),
            text("insured_until", FieldKind::Date, true),
        ]
        .into_iter()
        .collect_view();
        let shares = programmes
            .iter()
            .map(|one| {
                let name = format!("share-{}", one.id);
                view! {
                    <Field
                        name=name.clone()
                        label=say::share_of(language, &one.name)
                        value=value(&typed, &name)
                        inputmode="decimal"
                        size=6
                        error=errors.of(&name)
                    />
                }
            })
            .collect_view();
        let shares = (!programmes.is_empty()).then(|| {
            view! {
                <fieldset class="field">
                    <legend>{say::shares_title(language)}</legend>
                    <p class="hint">{say::shares_hint(language)}</p>
                    {shares}
                </fieldset>
            }
        });
        view! {
            {summary(language, &errors)}
            {trail(language, vec![Link::new(say::section_catalogue(language), "/devices/catalogue")], title)}
            <PageHead title=title/>
            <PostForm action=action>
                {plain}
                {shares}
                <Actions>
                    <SubmitButton label=frame::save(language)/>
                    <a href="/devices/catalogue">{frame::cancel(language)}</a>
                </Actions>
            </PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, view)
}
