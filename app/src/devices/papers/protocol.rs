//! The document of a protocol: of handing over, taking back or settling, device after device.

use devices::loans::kind::{Gone, Grade, IncidentKind, SignedBy};
use devices::loans::loan::Protocol;
use documents::{Block, Report, Signature};
use serde_json::Value;
use words::{Language, loans, papers as say, settlements};

use crate::date;
use crate::devices::loans::said;

/// Version of how the document is built.
pub const VERSION: i32 = 1;
const PL: Language = Language::Pl;

/// The document.
pub fn report(protocol: &Protocol, organisation: &str) -> Report {
    let (ours, theirs) = match protocol.kind.as_str() {
        "return" => (say::role_takes_back(PL), say::role_gives_back(PL)),
        "settlement" => (settlements::role_office(PL), settlements::role_other(PL)),
        _ => (say::role_hands_over(PL), say::role_receives(PL)),
    };
    let by = SignedBy::from_word(&protocol.signed_by);
    let how = by.map_or_else(|| loans::signed_absent(PL), |by| said::signed_by(PL, by));
    let mut facts = vec![(loans::column_made(PL).to_owned(), date::moment(protocol.made_at))];
    if let Some(number) = &protocol.agreement_number {
        facts.push((loans::column_agreement(PL).to_owned(), number.clone()));
    }
    let items = protocol.body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut signatures = vec![Signature {
        role: ours.to_owned(),
        name: format!("{}, {organisation}", protocol.made_by),
        ..Signature::default()
    }];
    if by.is_some() {
        signatures.push(Signature {
            role: theirs.to_owned(),
            name: protocol.signatory.clone(),
            note: how.to_owned(),
            picture: None,
        });
    } else {
        facts.push((loans::label_signed_by(PL).to_owned(), how.to_owned()));
    }
    Report {
        title: titled(PL, protocol),
        language: PL.code().to_owned(),
        organisation: organisation.to_owned(),
        place_and_day: date::day(protocol.made_at),
        facts,
        blocks: items.iter().flat_map(item).collect(),
        signatures,
        foot: protocol.number.clone(),
        ..Report::default()
    }
}

/// What a protocol is called.
pub fn titled(language: Language, protocol: &Protocol) -> String {
    match protocol.kind.as_str() {
        "return" => loans::protocol_return(language, &protocol.number),
        "settlement" => settlements::protocol(language, &protocol.number),
        _ => loans::protocol_handover(language, &protocol.number),
    }
}

/// What a settlement says of a device, name and value; nothing of a hand-over or a return.
pub fn settled(language: Language, item: &Value) -> Vec<(&'static str, String)> {
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let Some(result) = Gone::from_word(&text("result")) else { return Vec::new() };
    let day = text("happened_on");
    let day = identity::day::typed(&day).ok().flatten().map(said::day).unwrap_or_default();
    let happened = IncidentKind::from_word(&text("incident"))
        .map(|kind| format!("{}, {day}", said::incident(language, kind)));
    let price = item["price_grosze"].as_i64().map(|price| format!("{} zł", said::money(price)));
    vec![
        (settlements::label_outcome(language), said::gone(language, result).to_owned()),
        (settlements::label_happened(language), happened.unwrap_or_default()),
        (loans::label_police(language), text("police_ref")),
        (settlements::label_document(language), text("document")),
        (settlements::label_price(language), price.unwrap_or_default()),
        (loans::label_settlement(language), text("settlement")),
        (settlements::label_state_after(language), said::state(language, &text("state")).to_owned()),
    ]
}

fn item(item: &Value) -> [Block; 2] {
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let list = |name: &str| {
        let words: Vec<&str> = item[name]
            .as_array()
            .map(|all| all.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        words.join(", ")
    };
    let grade = Grade::from_word(&text("grade")).map(|grade| said::grade(PL, grade).to_owned());
    let damaged = item["damaged"].as_bool().unwrap_or(false).then(|| say::damaged_yes(PL).to_owned());
    let along = if item["result"].is_string() {
        settlements::label_settled_along(PL)
    } else {
        loans::label_accessories(PL)
    };
    let mut rows = vec![
        (say::column_model(PL), text("model")),
        (say::column_serial(PL), text("serial")),
        (loans::label_grade(PL), grade.unwrap_or_default()),
        (say::damaged(PL), damaged.unwrap_or_default()),
        (loans::label_checklist(PL), list("checked")),
        (along, list("accessories")),
        (loans::label_missing(PL), list("missing")),
        (loans::label_note(PL), text("note")),
    ];
    rows.extend(settled(PL, item));
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let heading = format!("{} {}", say::column_inventory(PL), text("inventory_no"));
    [
        Block::Heading { level: 2, text: heading },
        Block::Facts { rows: rows.map(|(name, value)| (name.to_owned(), value)).collect() },
    ]
}
