//! The document of an agreement: the wording as it was signed, the devices as a table, the parties' lines to sign on.

use devices::loans::agreement::{Agreement, Item};
use devices::loans::kind::{AgreementKind, Role, SignedBy};
use documents::{Report, Signature, Table, clauses};
use words::{Language, papers as say};

use crate::date;
use crate::devices::loans::said;

/// Version of how the document is built, beside that of its wording.
pub const VERSION: i32 = 1;
/// The picture of a signature in the order.
pub const SIGNATURE: &str = "signature.svg";
const PL: Language = Language::Pl;

/// The document.
pub fn report(agreement: &Agreement, lender: &str) -> Report {
    let (title, mut blocks) = clauses::parts(&agreement.terms);
    if !agreement.items.is_empty() {
        blocks.push(documents::Block::Table(items(&agreement.items)));
    }
    let notice = if agreement.signed.is_none() { say::draft(PL).to_owned() } else { String::new() };
    Report {
        title,
        language: PL.code().to_owned(),
        organisation: lender.to_owned(),
        notice,
        blocks,
        signatures: signatures(agreement, lender),
        foot: agreement.number.clone(),
        ..Report::default()
    }
}

fn items(items: &[Item]) -> Table {
    let row = |item: &Item| {
        vec![
            item.inventory_no.clone(),
            item.model.clone(),
            item.serial.clone().unwrap_or_else(|| "–".to_owned()),
            if item.accessories.is_empty() { "–".to_owned() } else { item.accessories.join(", ") },
            said::due(PL, item.due_on),
        ]
    };
    Table {
        caption: say::table_items(PL).to_owned(),
        columns: [
            say::column_inventory(PL),
            say::column_model(PL),
            say::column_serial(PL),
            say::column_along(PL),
            say::column_until(PL),
        ]
        .map(str::to_owned)
        .to_vec(),
        shares: vec![4, 5, 4, 5, 3],
        rows: items.iter().map(row).collect(),
        ..Table::default()
    }
}

fn signatures(agreement: &Agreement, lender: &str) -> Vec<Signature> {
    let (gives, takes) = match agreement.kind {
        AgreementKind::Loan => (say::role_lender(PL), say::role_borrower(PL)),
        AgreementKind::Donation => (say::role_donor(PL), say::role_donee(PL)),
        AgreementKind::Entrusted => (say::role_entrusting(PL), say::role_entrusted(PL)),
    };
    let signatory = agreement.party(Role::Signatory).or_else(|| agreement.party(Role::Beneficiary));
    let name = signatory.map(|party| party.name.clone()).unwrap_or_default();
    let note = agreement.signed.as_ref().map_or_else(String::new, |signed| {
        format!("{}, {}", said::signed_by(PL, signed.by), date::moment(signed.at))
    });
    let drawn = agreement.signed.as_ref().is_some_and(|signed| signed.by == SignedBy::Screen);
    let picture = (drawn && agreement.signed.as_ref().is_some_and(|signed| signed.signature.is_some()))
        .then(|| (SIGNATURE.to_owned(), say::signature_of(PL, &name)));
    vec![
        Signature { role: gives.to_owned(), name: lender.to_owned(), ..Signature::default() },
        Signature { role: takes.to_owned(), name, note, picture },
    ]
}
