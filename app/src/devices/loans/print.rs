//! Pages to be printed: an agreement with its text, a protocol of handing over, taking back or settling.

use axum::extract::State;
use devices::loans::agreement;
use devices::loans::kind::{Grade, SignedBy};
use devices::loans::loan;
use devices::{AgreementId, ProtocolId};
use leptos::prelude::*;
use serde_json::Value;
use words::{Language, loans as say, settlements};

use super::said;
use crate::caller::Caller;
use crate::date;
use crate::devices::papers;
use crate::devices::retention;
use crate::parts::{Actions, Link, PageHead, SummaryList, SummaryRow};
use crate::problem::Answer;
use crate::request::At;
use crate::state::App;

/// GET /devices/agreements/{id}/print
pub async fn agreement(State(app): State<App>, caller: Caller, At(id): At<AgreementId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let agreement = agreement::one(&mut visit.tx, &proof, id).await?;
    papers::may_read(&app, &caller, &visit, &agreement).await?;
    let language = visit.language;
    let title = say::agreement_title(language, &agreement.number);
    visit.page(&title, || {
        let links = vec![
            Link::new(say::agreements_title(language), "/devices/agreements"),
            Link::new(agreement.number.clone(), format!("/devices/agreements/{id}")),
        ];
        let draft = agreement
            .signed
            .is_none()
            .then(|| view! { <p class="no-print">{say::print_draft(language)}</p> });
        view! {
            {said::trail(language, links, say::print(language))}
            <PageHead title=title.clone()/>
            {draft}
            <p class="terms" lang="pl">{retention::told(language, &agreement.terms)}</p>
        }
        .into_any()
    })
}

/// GET /devices/protocols/{id}
pub async fn protocol(State(app): State<App>, caller: Caller, At(id): At<ProtocolId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.devices_reader()?;
    let protocol = loan::protocol(&mut visit.tx, &proof, id).await?;
    let (language, organisation) = (visit.language, visit.me.organisation_name.clone());
    let title = papers::protocol::titled(language, &protocol);
    visit.page(&title, || {
        let signed = match SignedBy::from_word(&protocol.signed_by) {
            Some(by) => said::signed_by(language, by),
            None => say::signed_absent(language),
        };
        let mut rows = vec![
            SummaryRow::new(say::column_made(language), date::moment(protocol.made_at)),
            SummaryRow::new(say::label_lender(language), format!("{organisation}, {}", protocol.made_by)),
            SummaryRow::new(say::label_signatory(language), retention::told(language, &protocol.signatory)),
            SummaryRow::new(say::label_signed_by(language), signed),
        ];
        let mut links = vec![Link::new(say::agreements_title(language), "/devices/agreements")];
        if let Some((id, number)) = protocol.agreement.zip(protocol.agreement_number.clone()) {
            rows.push(SummaryRow::new(say::column_agreement(language), number.clone()));
            links.push(Link::new(number, format!("/devices/agreements/{id}")));
        }
        let items = protocol.body["items"].as_array().cloned().unwrap_or_default();
        let items = items.iter().map(|one| item(language, one)).collect_view();
        view! {
            {said::trail(language, links, &title)}
            <PageHead title=title.clone()/>
            <SummaryList rows=rows/>
            <Actions>{papers::link(language, format!("/devices/protocols/{id}/document"))}</Actions>
            {items}
            <div class="signatures">
                <p>{say::label_lender(language)}</p>
                <p>{say::label_signatory(language)}</p>
            </div>
        }
        .into_any()
    })
}

fn item(language: Language, item: &Value) -> AnyView {
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let list = |name: &str| {
        let words: Vec<&str> = item[name]
            .as_array()
            .map(|all| all.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        words.join(", ")
    };
    let settled = papers::protocol::settled(language, item);
    let (grade, along) = if settled.is_empty() {
        let grade = Grade::from_word(&text("grade"))
            .map_or_else(|| "–".to_owned(), |grade| said::grade(language, grade).to_owned());
        (grade, say::label_accessories(language))
    } else {
        (String::new(), settlements::label_settled_along(language))
    };
    let rows = [
        (say::column_model(language), text("model")),
        (say::label_serial(language), text("serial")),
        (say::label_grade(language), grade),
        (say::label_checklist(language), list("checked")),
        (along, list("accessories")),
        (say::label_missing(language), list("missing")),
        (say::label_note(language), text("note")),
    ]
    .into_iter()
    .chain(settled)
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| SummaryRow::new(name, value))
    .collect::<Vec<_>>();
    view! { <section class="sheet"><h2>{text("inventory_no")}</h2><SummaryList rows=rows/></section> }
        .into_any()
}
