//! The text of an agreement: a Polish template with its blanks filled. It is frozen when the agreement is signed; a new
//! wording is a new version of the template, never a change of an old one.

use base::Tx;
use identity::day;

use super::agreement::Agreement;
use super::kind::{AgreementKind, Role};
use crate::Error;

/// Version of the templates in this folder.
pub const VERSION: i32 = 1;

/// Name and text of the template of a kind.
pub fn template(kind: AgreementKind) -> (&'static str, &'static str) {
    match kind {
        AgreementKind::Loan => ("uzyczenie", include_str!("terms/uzyczenie-1.txt")),
        AgreementKind::Donation => ("darowizna", include_str!("terms/darowizna-1.txt")),
        AgreementKind::Entrusted => ("powierzenie", include_str!("terms/powierzenie-1.txt")),
    }
}

/// The whole text as it would be signed today. The programme is named by its neutral name, unless its agreements must say the
/// real one.
pub(super) async fn written(tx: &mut Tx, agreement: &Agreement) -> Result<String, Error> {
    let organisation = tx.organisation()?;
    let lender = sqlx::query_scalar!("select name from organisation where id = $1", organisation.0)
        .fetch_one(tx.connection())
        .await?;
    let named = sqlx::query_scalar!(
        r#"select case when g.named_in_agreements then g.name else g.neutral_name end as "name!"
           from loan_agreement a join programme g on g.id = a.programme_id where a.id = $1"#,
        agreement.id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    let today = day::today(tx).await?;
    let name = |role| agreement.party(role).map(|party| party.name.clone()).unwrap_or_default();
    let signatory = agreement.party(Role::Signatory);
    let basis = match signatory.map(|party| party.basis.as_str()) {
        Some("parent") => "rodzica",
        Some("legal_guardian") => "opiekuna prawnego",
        Some("foster_parent" | "proxy") => "osobę uprawnioną do reprezentacji",
        Some("institution") => "osobę upoważnioną do reprezentacji",
        _ => "",
    };
    let borrower = if basis.is_empty() {
        name(Role::Beneficiary)
    } else {
        format!(
            "{}, w którego imieniu działa {} jako {basis}",
            name(Role::Beneficiary),
            name(Role::Signatory)
        )
        .replace("jako rodzica", "jako rodzic")
        .replace("jako opiekuna prawnego", "jako opiekun prawny")
        .replace("jako osobę uprawnioną", "jako osoba uprawniona")
        .replace("jako osobę upoważnioną", "jako osoba upoważniona")
    };
    let items: Vec<String> = agreement
        .items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let serial =
                item.serial.as_ref().map(|serial| format!(", nr fabryczny {serial}")).unwrap_or_default();
            let along = if item.accessories.is_empty() {
                String::new()
            } else {
                format!(", wraz z: {}", item.accessories.join(", "))
            };
            format!("   {}) {}, nr inwentarzowy {}{serial}{along};", at + 1, item.model, item.inventory_no)
        })
        .collect();
    let last = agreement.items.iter().filter_map(|item| item.due_on).min();
    let until = match last {
        Some(day) => format!("do dnia {} r.", day::spoken(day)),
        None => {
            let notice = super::due::notice_of_agreement(tx, agreement.id).await?.unwrap_or(30);
            format!(
                "na czas nieoznaczony, z możliwością wypowiedzenia przez każdą ze Stron; termin wypowiedzenia w dniach: {notice}"
            )
        }
    };
    let programme = named.map(|name| format!(" w ramach programu „{name}”")).unwrap_or_default();
    let filled = template(agreement.kind)
        .1
        .replace("{number}", &agreement.number)
        .replace("{day}", &day::spoken(today))
        .replace("{lender}", &lender)
        .replace("{borrower}", &borrower)
        .replace("{programme}", &programme)
        .replace("{purpose}", agreement.purpose.trim_end_matches('.'))
        .replace("{items}", &items.join("\n"))
        .replace("{until}", &until)
        .replace(
            "{contact}",
            &agreement.party(Role::Contact).and_then(|party| party.email.clone()).unwrap_or_default(),
        );
    Ok(filled.trim().to_owned())
}
