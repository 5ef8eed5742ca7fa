//! The end of a loan without the device: the form, the page that asks once more, the act.

use axum::extract::State;
use devices::loans::incident::{self, Incident};
use devices::loans::kind::{Gone, IncidentKind, SignedBy};
use devices::loans::list::{self, Line};
use devices::loans::settlement::{self, Settlement};
use devices::{Error, LoanId};
use identity::Problem as Wrong;
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, frame, loans as say, settlements};

use super::said;
use crate::caller::Caller;
use crate::devices::papers;
use crate::devices::retention;
use crate::parts::{
    ActionLink, Actions, ButtonKind, CheckPage, Checkbox, Choice, Field, FormErrors, HiddenField, Link,
    PageHead, PostForm, Radios, Select, SubmitButton, SummaryList, SummaryRow, TextArea,
};
use crate::problem::{Answer, Problem};
use crate::request::{Asked, At, Posted};
use crate::state::App;
use crate::visit::{Visit, go};

/// What was typed; an address may name the report and the reason already.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    key: String,
    gone: String,
    incident: String,
    document: String,
    price: String,
    settlement: String,
    write_off: String,
    accessories: String,
    by: String,
    signatory: String,
}

impl Typed {
    fn settlement(&self) -> Result<Settlement, Error> {
        let by = SignedBy::from_word(&self.by);
        Ok(Settlement {
            gone: Gone::from_word(&self.gone).ok_or_else(|| Error::field("gone", Wrong::Missing))?,
            incident: match self.incident.as_str() {
                "" => None,
                id => Some(id.parse().map_err(|_| Error::field("incident", Wrong::Unknown))?),
            },
            document: self.document.clone(),
            price_grosze: said::typed_money("price", &self.price)?,
            text: self.settlement.clone(),
            write_off: !self.write_off.is_empty(),
            accessories: !self.accessories.is_empty(),
            signed: by.filter(|_| !self.signatory.trim().is_empty()).map(|by| (by, self.signatory.clone())),
        })
    }

    /// Everything again, hidden, for the page that asks once more.
    fn hidden(&self) -> AnyView {
        [
            ("key", &self.key),
            ("gone", &self.gone),
            ("incident", &self.incident),
            ("document", &self.document),
            ("price", &self.price),
            ("settlement", &self.settlement),
            ("write_off", &self.write_off),
            ("accessories", &self.accessories),
            ("by", &self.by),
            ("signatory", &self.signatory),
        ]
        .map(|(name, value)| view! { <HiddenField name=name value=value.clone()/> })
        .collect_view()
        .into_any()
    }
}

/// GET /devices/loans/{id}/gone
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    Asked(typed): Asked<Typed>,
) -> Answer {
    let visit = caller.open(&app).await?;
    form(visit, id, &typed, &FormErrors::new()).await
}

/// POST /devices/loans/{id}/gone/check: it is tried, so that everything that is wrong is said here, and nothing of it is kept.
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let tried = match typed.settlement() {
        Ok(given) => settlement::settle_gone(&mut visit.tx, &proof, id, &given).await.map(|_| given),
        Err(error) => Err(error),
    };
    let given = match tried {
        Ok(given) => given,
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            return form(visit.afresh().await?, id, &typed, &errors).await;
        }
    };
    let mut visit = visit.afresh().await?;
    let line = list::one(&mut visit.tx, &proof.reader(), id).await?;
    let language = visit.language;
    let question = settlements::question(language, &line.inventory_no);
    visit.page(&question.clone(), || {
        let effect = effect(language, &given);
        let rows = vec![
            SummaryRow::new(say::column_device(language), format!("{} {}", line.inventory_no, line.model)),
            SummaryRow::new(say::column_who(language), retention::told(language, &line.who)),
            SummaryRow::new(settlements::label_gone(language), said::gone(language, given.gone)),
            SummaryRow::new(settlements::label_document(language), given.document.clone()),
            SummaryRow::new(say::label_settlement(language), given.text.clone()),
        ];
        view! {
            <CheckPage
                question=question
                action=format!("/devices/loans/{id}/gone")
                confirm=settlements::confirm(language)
                cancel=Link::new(settlements::keep(language), format!("/devices/loans/{id}"))
                fields=typed.hidden()
            >
                <p>{effect}</p>
                <SummaryList rows=rows/>
            </CheckPage>
        }
        .into_any()
    })
}

fn effect(language: Language, given: &Settlement) -> &'static str {
    match given.gone {
        Gone::BoughtOut => settlements::effect_bought_out(language),
        Gone::Donated => settlements::effect_donated(language),
        Gone::Lost if given.write_off => settlements::effect_written_off(language),
        Gone::Lost => settlements::effect_lost(language),
    }
}

/// POST /devices/loans/{id}/gone
pub async fn settle(
    State(app): State<App>,
    caller: Caller,
    At(id): At<LoanId>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    if let Some(path) = said::done_before(&mut visit, &typed.key).await? {
        return visit.commit_and_go(&path, "loan_saved").await;
    }
    let settled = match typed.settlement() {
        Ok(given) => settlement::settle_gone(&mut visit.tx, &proof, id, &given).await,
        Err(error) => Err(error),
    };
    match settled {
        Ok(protocol) => {
            let path = format!("/devices/protocols/{protocol}");
            said::remember(&mut visit, &typed.key, &path).await?;
            visit.tx.commit().await?;
            papers::of_protocol(&app, &caller, protocol).await;
            Ok(go(&app, &path, "loan_saved"))
        }
        Err(error) => {
            let errors = said::refusal(visit.language, error)?;
            form(visit.afresh().await?, id, &typed, &errors).await
        }
    }
}

async fn form(mut visit: Visit, id: LoanId, typed: &Typed, errors: &FormErrors) -> Answer {
    let proof = visit.me.device_clerk()?;
    let line = list::one(&mut visit.tx, &proof.reader(), id).await?;
    if !line.is_open() && errors.is_empty() {
        return Err(Problem::NotFound);
    }
    let incidents = incident::of_loan(&mut visit.tx, &proof.reader(), id).await?;
    let language = visit.language;
    let key = if typed.key.is_empty() { said::once_field(&visit) } else { typed.key.clone() };
    let title = settlements::title(language);
    let page = |errors: &FormErrors| {
        let name = say::loan_title(language, &line.inventory_no, &retention::told(language, &line.who));
        let links = vec![
            Link::new(say::loans_title(language), "/devices/loans"),
            Link::new(name.clone(), format!("/devices/loans/{id}")),
        ];
        let inside = view! {
            {said::key_field(key)}
            {fields(language, &line, &incidents, typed, errors)}
            <Actions>
                <SubmitButton label=settlements::check(language)/>
                <a href=format!("/devices/loans/{id}")>{frame::cancel(language)}</a>
            </Actions>
        }
        .into_any();
        view! {
            {said::summary(language, errors)}
            {said::trail(language, links, title)}
            <PageHead title=title kicker=name lead=settlements::lead(language)/>
            <PostForm action=format!("/devices/loans/{id}/gone/check")>{inside}</PostForm>
        }
        .into_any()
    };
    visit.form(title, errors, page)
}

fn fields(
    language: Language,
    line: &Line,
    incidents: &[Incident],
    typed: &Typed,
    errors: &FormErrors,
) -> AnyView {
    let (first, second) =
        if line.given { (Gone::Donated, Gone::Lost) } else { (Gone::Lost, Gone::BoughtOut) };
    let chosen = Gone::from_word(&typed.gone).unwrap_or(first);
    let end =
        |end: Gone| Choice { chosen: end == chosen, ..Choice::new(end.word(), said::gone(language, end)) };
    let ends = vec![end(first), end(second)];
    let reports = [Choice::new("", settlements::incident_none(language))]
        .into_iter()
        .chain(incidents.iter().map(|one| {
            let text = format!("{}, {}", said::incident(language, one.kind), said::day(one.happened_on));
            Choice::new(one.id.to_string(), text)
        }))
        .collect::<Vec<_>>();
    let ways = said::ways_to_sign(language);
    let optional = frame::optional(language);
    view! {
        <Radios name="gone" legend=settlements::label_gone(language) choices=ends error=errors.of("gone")/>
        <Select name="incident" label=settlements::label_incident(language) choices=reports chosen=typed.incident.clone()
            error=errors.of("incident")/>
        <Field name="document" label=settlements::label_document(language) note=optional value=typed.document.clone()
            error=errors.of("document")/>
        <Field name="price" inputmode="decimal" label=settlements::label_price(language) note=optional
            value=typed.price.clone() error=errors.of("price")/>
        <TextArea name="settlement" rows=4 label=say::label_settlement(language) value=typed.settlement.clone()
            error=errors.of("settlement")/>
        <Checkbox name="write_off" label=settlements::write_off(language) hint=settlements::write_off_hint(language)
            checked=!typed.write_off.is_empty()/>
        <Checkbox name="accessories" label=settlements::accessories_settled(language)
            hint=settlements::accessories_settled_hint(language) checked=!typed.accessories.is_empty()/>
        <Select name="by" label=say::label_signed_by(language) choices=ways chosen=typed.by.clone()/>
        <Field name="signatory" label=settlements::label_signatory(language) note=optional
            value=typed.signatory.clone()/>
    }
    .into_any()
}

/// The way here from the page of a loan.
pub fn button(language: Language, line: &Line) -> AnyView {
    let label =
        if line.given { settlements::button_donated(language) } else { settlements::button(language) };
    let href = format!("/devices/loans/{}/gone", line.loan);
    view! { <ActionLink label=label href=href kind=ButtonKind::Secondary/> }.into_any()
}

/// The way here from the page of a report; `None` when its loan is over, or when it tells of no loss.
pub fn button_of_incident(language: Language, incident: &Incident) -> Option<AnyView> {
    let loan = incident.loan.filter(|_| incident.loan_is_open)?;
    matches!(incident.kind, IncidentKind::Damage | IncidentKind::Theft | IncidentKind::Loss).then(|| {
        let href = format!("/devices/loans/{loan}/gone?incident={}&gone=lost", incident.id);
        view! {
            <Actions>
                <ActionLink label=settlements::button(language) href=href kind=ButtonKind::Secondary/>
            </Actions>
        }
        .into_any()
    })
}
