//! GET and POST /devices/agreements/{id}/handover: what stands against it, one protocol for all devices that go out.

use std::collections::HashMap;

use axum::extract::State;
use devices::loans::agreement::{self, Agreement, Item};
use devices::loans::handover::{self, Going, HandOver, Handed};
use devices::loans::kind::{Grade, Role, SignedBy};
use devices::loans::readiness::{Found, Weight};
use devices::papers::photo::{self, Moment, Subject};
use devices::{AgreementId, Error, LoanId};
use identity::DeviceClerk;
use leptos::prelude::*;
use words::{Language, frame, loans as say};

use super::fields::{Fields, field, ticked, to_tick};
use super::said;
use crate::caller::Caller;
use crate::devices::papers::{self, photos};
use crate::parts::{
    Actions, Checkbox, Checkboxes, Choice, Encoding, Field, FieldKind, FormErrors, Link, PageHead, PostForm,
    Select, SubmitButton,
};
use crate::problem::{Answer, Problem};
use crate::request::{At, Filed};
use crate::state::App;
use crate::visit::{Visit, go};

type Pictures = HashMap<LoanId, photos::Given>;

/// GET /devices/agreements/{id}/handover
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<AgreementId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?.reader();
    let agreement = agreement::one(&mut visit.tx, &proof, id).await?;
    if agreement.waiting().next().is_none() {
        return Err(Problem::NotFound);
    }
    let found = handover::findings(&mut visit.tx, &proof, &agreement).await?;
    answer(visit, &agreement, &Fields::new(), &Pictures::new(), &found, &FormErrors::new())
}

/// POST /devices/agreements/{id}/handover
pub async fn hand_over(
    State(app): State<App>,
    caller: Caller,
    At(id): At<AgreementId>,
    filed: Result<Filed<{ photos::MOST_BYTES }>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.device_clerk()?;
    let Filed { fields, files } = filed?;
    let key = field(&fields, "key").to_owned();
    if let Some(path) = said::done_before(&mut visit, &key).await? {
        return visit.commit_and_go(&path, "loan_handed_over").await;
    }
    let agreement = agreement::one(&mut visit.tx, &proof.reader(), id).await?;
    let mut pictures = Pictures::new();
    let mut refused = FormErrors::new();
    for item in agreement.waiting() {
        let suffix = format!("-{}", item.loan);
        let given = photos::take(&visit, &files, &fields, &suffix).await?;
        for sentence in &given.refused {
            refused.add(format!("photos{suffix}"), sentence.clone());
        }
        pictures.insert(item.loan, given);
    }
    let done = match given(&agreement, &fields) {
        Ok(_) if !refused.is_empty() => Ok(None),
        Ok(given) => act(&mut visit, &proof, &agreement, &given, &pictures).await.map(Some),
        Err(error) => Err(error),
    };
    let (found, errors) = match done {
        Ok(None) => (Vec::new(), refused),
        Ok(Some(Handed::Done(protocol))) => {
            let path = format!("/devices/protocols/{protocol}");
            said::remember(&mut visit, &key, &path).await?;
            visit.tx.commit().await?;
            papers::of_protocol(&app, &caller, protocol).await;
            return Ok(go(&app, &path, "loan_handed_over"));
        }
        Ok(Some(Handed::Not(found))) => {
            let mut errors = FormErrors::new();
            for one in found.iter().filter(|one| one.finding.weight() == Weight::Impossible) {
                errors.add("", said::finding(visit.language, one));
            }
            if errors.is_empty() {
                errors.add("confirmed", say::confirm_first(visit.language));
            }
            (found, errors)
        }
        Err(error) => (Vec::new(), said::refusal(visit.language, error)?),
    };
    let mut visit = visit.afresh().await?;
    let agreement = agreement::one(&mut visit.tx, &proof.reader(), id).await?;
    answer(visit, &agreement, &fields, &pictures, &found, &errors)
}

/// Hands over and writes the photographs of what went out down, in one transaction.
async fn act(
    visit: &mut Visit,
    proof: &DeviceClerk,
    agreement: &Agreement,
    given: &HandOver,
    pictures: &Pictures,
) -> Result<Handed, Error> {
    let handed = handover::hand_over(&mut visit.tx, proof, agreement.id, given).await?;
    if matches!(handed, Handed::Done(_)) {
        for item in agreement.waiting().filter(|item| given.items.iter().any(|going| going.loan == item.loan))
        {
            let subject = Subject {
                asset: item.asset,
                loan: Some(item.loan),
                incident: None,
                moment: Moment::Handover,
            };
            if let Some(taken) = pictures.get(&item.loan) {
                photo::attach(&mut visit.tx, proof, subject, &taken.stored).await?;
            }
        }
    }
    Ok(handed)
}

fn given(agreement: &Agreement, fields: &Fields) -> Result<HandOver, Error> {
    let chosen = ticked(fields, "item");
    let items = agreement
        .waiting()
        .filter(|item| chosen.contains(&item.loan.to_string()))
        .map(|item| Going {
            loan: item.loan,
            grade: Grade::from_word(field(fields, &format!("grade-{}", item.loan))).unwrap_or(Grade::B),
            checked: ticked(fields, &format!("check-{}", item.loan)),
            accessories: ticked(fields, &format!("with-{}", item.loan)),
            note: field(fields, &format!("note-{}", item.loan)).to_owned(),
        })
        .collect();
    Ok(HandOver {
        on: said::typed_day("on", field(fields, "on"))?,
        signed_by: SignedBy::from_word(field(fields, "by")).unwrap_or(SignedBy::Paper),
        signatory: field(fields, "signatory").to_owned(),
        confirmed: !field(fields, "confirmed").is_empty(),
        items,
    })
}

fn answer(
    visit: Visit,
    agreement: &Agreement,
    fields: &Fields,
    pictures: &Pictures,
    found: &[Found],
    errors: &FormErrors,
) -> Answer {
    let language = visit.language;
    let title = say::handover_title(language, &agreement.number);
    let base = format!("/devices/agreements/{}", agreement.id);
    let key = said::once_field(&visit);
    let page = |errors: &FormErrors| {
        let items = agreement
            .waiting()
            .map(|item| item_fields(language, item, fields, pictures, errors))
            .collect_view();
        let ways = [SignedBy::Paper, SignedBy::External]
            .map(|by| Choice::new(by.word(), said::signed_by(language, by)))
            .to_vec();
        let signatory = match field(fields, "signatory") {
            "" => agreement.party(Role::Signatory).map(|party| party.name.clone()).unwrap_or_default(),
            typed => typed.to_owned(),
        };
        let confirm = found.iter().any(|one| one.finding.weight() == Weight::Confirm).then(|| {
            view! { <Checkbox name="confirmed" label=say::confirm(language) error=errors.of("confirmed")/> }
        });
        let links = vec![
            Link::new(say::agreements_title(language), "/devices/agreements"),
            Link::new(agreement.number.clone(), base.clone()),
        ];
        let (action, cancel) = (format!("{base}/handover"), base.clone());
        view! {
            {said::summary(language, errors)}
            {said::trail(language, links, &title)}
            <PageHead title=title.clone() lead=say::handover_lead(language)/>
            {said::findings(language, found)}
            {
    let inside = view! {
                {said::key_field(key)}
                {items}
                <Field name="on" kind=FieldKind::Date label=say::label_on(language) hint=say::on_hint(language)
                    value=field(fields, "on").to_owned() error=errors.of("on")/>
                <Select name="by" label=say::label_signed_by(language) choices=ways chosen=field(fields, "by").to_owned()/>
                <Field name="signatory" label=say::label_signatory(language) value=signatory error=errors.of("signatory")/>
                {confirm}
                <Actions>
                    <SubmitButton label=say::hand_over(language)/>
                    <a href=cancel>{frame::cancel(language)}</a>
                </Actions>
            }.into_any();
    view! { <PostForm action=action encoding=Encoding::Multipart>{inside}</PostForm> }
}
        }
        .into_any()
    };
    visit.form(&title, errors, page)
}

fn item_fields(
    language: Language,
    item: &Item,
    fields: &Fields,
    pictures: &Pictures,
    errors: &FormErrors,
) -> AnyView {
    let fresh = fields.is_empty();
    let suffix = format!("-{}", item.loan);
    let (check, with, grade) =
        (format!("check-{}", item.loan), format!("with-{}", item.loan), format!("grade-{}", item.loan));
    let checklist = (!item.checklist.is_empty()).then(|| {
        let choices = to_tick(fields, &check, &item.checklist);
        view! { <Checkboxes name=check.clone() legend=say::label_checklist(language) choices=choices/> }
    });
    let accessories = (!item.accessories.is_empty()).then(|| {
        let choices = to_tick(fields, &with, &item.accessories);
        view! { <Checkboxes name=with.clone() legend=say::label_accessories(language) choices=choices/> }
    });
    let chosen = match field(fields, &grade) {
        "" => "A".to_owned(),
        word => word.to_owned(),
    };
    let serial = item.serial.as_ref().map(|serial| format!(", {serial}")).unwrap_or_default();
    let label = format!("{} {}{serial}", item.inventory_no, item.model);
    let checked = fresh || ticked(fields, "item").contains(&item.loan.to_string());
    view! {
        <section class="sheet">
            <h2>{item.inventory_no.clone()}</h2>
            <div class="choice">
                <input type="checkbox" name="item" id=format!("item-{}", item.loan) value=item.loan.to_string() checked=checked/>
                <label for=format!("item-{}", item.loan)>{label}</label>
            </div>
            <Select name=grade label=say::label_grade(language) choices=said::grades(language) chosen=chosen/>
            {checklist}
            {accessories}
            {photos::fields(language, &suffix, pictures.get(&item.loan), field(fields, &format!("alt{suffix}")), errors)}
            <Field name=format!("note-{}", item.loan) label=say::label_note(language) note=frame::optional(language)
                value=field(fields, &format!("note-{}", item.loan)).to_owned()/>
        </section>
    }
    .into_any()
}
