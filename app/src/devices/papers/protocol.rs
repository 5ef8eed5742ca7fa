//! The document of a protocol: of handing over or taking back, device after device.

use devices::loans::kind::{Grade, SignedBy};
use devices::loans::loan::Protocol;
use documents::{Block, Report, Signature};
use serde_json::Value;
use words::{Language, loans, papers as say};

use crate::date;
use crate::devices::loans::said;

/// Version of how the document is built.
pub const VERSION: i32 = 1;
const PL: Language = Language::Pl;

/// The document.
pub fn report(protocol: &Protocol, organisation: &str) -> Report {
    let back = protocol.kind == "return";
    let title = if back {
        loans::protocol_return(PL, &protocol.number)
    } else {
        loans::protocol_handover(PL, &protocol.number)
    };
    let by = SignedBy::from_word(&protocol.signed_by);
    let how = by.map_or_else(|| loans::signed_absent(PL), |by| said::signed_by(PL, by));
    let mut facts = vec![(loans::column_made(PL).to_owned(), date::moment(protocol.made_at))];
    if let Some(number) = &protocol.agreement_number {
        facts.push((loans::column_agreement(PL).to_owned(), number.clone()));
    }
    let items = protocol.body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut signatures = vec![Signature {
        role: if back { say::role_takes_back(PL) } else { say::role_hands_over(PL) }.to_owned(),
        name: format!("{}, {organisation}", protocol.made_by),
        ..Signature::default()
    }];
    if by.is_some() {
        signatures.push(Signature {
            role: if back { say::role_gives_back(PL) } else { say::role_receives(PL) }.to_owned(),
            name: protocol.signatory.clone(),
            note: how.to_owned(),
            picture: None,
        });
    } else {
        facts.push((loans::label_signed_by(PL).to_owned(), how.to_owned()));
    }
    Report {
        title,
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
    let rows = [
        (say::column_model(PL), text("model")),
        (say::column_serial(PL), text("serial")),
        (loans::label_grade(PL), grade.unwrap_or_default()),
        (say::damaged(PL), damaged.unwrap_or_default()),
        (loans::label_checklist(PL), list("checked")),
        (loans::label_accessories(PL), list("accessories")),
        (loans::label_missing(PL), list("missing")),
        (loans::label_note(PL), text("note")),
    ];
    let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
    let heading = format!("{} {}", say::column_inventory(PL), text("inventory_no"));
    [
        Block::Heading { level: 2, text: heading },
        Block::Facts { rows: rows.map(|(name, value)| (name.to_owned(), value)).collect() },
    ]
}
