//! The text of an agreement: a Polish template with its blanks filled, and the additional clauses of its programme. It is frozen when
//! the agreement is signed; a new wording is a new version of the template, never a change of an old one.

use base::Tx;
use identity::day;

use super::agreement::Agreement;
use super::kind::{AgreementKind, Role};
use crate::{AgreementId, Error};

/// Version of the templates in this folder.
pub const VERSION: i32 = 2;

/// Name and text of the template of a kind.
pub fn template(kind: AgreementKind) -> (&'static str, &'static str) {
    match kind {
        AgreementKind::Loan => ("uzyczenie", include_str!("terms/uzyczenie-2.txt")),
        AgreementKind::Donation => ("darowizna", include_str!("terms/darowizna-2.txt")),
        AgreementKind::Entrusted => ("powierzenie", include_str!("terms/powierzenie-2.txt")),
    }
}

/// The whole text as it would be signed today. The programme is named by its neutral name, unless its agreements must say the
/// real one.
pub(super) async fn written(tx: &mut Tx, agreement: &Agreement) -> Result<String, Error> {
    let organisation = tx.organisation()?;
    let lender = sqlx::query_scalar!("select name from organisation where id = $1", organisation.0)
        .fetch_one(tx.connection())
        .await?;
    let programme = sqlx::query!(
        r#"select case when g.named_in_agreements then g.name else g.neutral_name end as "name!", g.clauses
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
        // Nobody gives notice of what was given for good.
        None if agreement.kind == AgreementKind::Donation => "bezterminowo".to_owned(),
        None => {
            let notice = super::due::notice_of_agreement(tx, agreement.id).await?.unwrap_or(30);
            format!(
                "na czas nieoznaczony, z możliwością wypowiedzenia przez każdą ze Stron; termin wypowiedzenia w dniach: {notice}"
            )
        }
    };
    let (clauses, last) =
        additional(agreement.kind, programme.as_ref().map_or("", |one| one.clauses.as_str()));
    let programme = programme.map(|one| format!(" w ramach programu „{}”", one.name)).unwrap_or_default();
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
        )
        .replace("{last}", &last.to_string())
        // The last of all: what a clerk has written is a text, whatever stands in it.
        .replace("{clauses}", &clauses);
    Ok(filled.trim().to_owned())
}

/// The clauses of the programme as they stand in an agreement of that kind, each with its number, before its final provisions; and the
/// number of those. Nothing without clauses.
fn additional(kind: AgreementKind, clauses: &str) -> (String, u8) {
    let number = match kind {
        AgreementKind::Loan => 8,
        AgreementKind::Donation => 3,
        AgreementKind::Entrusted => 7,
    };
    let lines: Vec<&str> = clauses.lines().map(without_number).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return (String::new(), number);
    }
    let numbered = |before: &str, after: &str| {
        let line = |(at, line): (usize, &&str)| format!("{before}{}{after} {line}", at + 1);
        lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    };
    let text = match kind {
        AgreementKind::Loan | AgreementKind::Donation => {
            format!("§ {number}. Postanowienia dodatkowe\n{}\n\n", numbered("", "."))
        }
        AgreementKind::Entrusted => {
            format!("{number}. Postanowienia dodatkowe:\n{}\n", numbered("   ", ")"))
        }
    };
    (text, number + 1)
}

/// A line without the number, the paragraph sign, the bullet or the dots that its author put before it.
fn without_number(line: &str) -> &str {
    let line = line.trim().trim_start_matches(['§', '•', '–', '-', '.', ' ']);
    let rest = line.trim_start_matches(|sign: char| sign.is_ascii_digit());
    rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).unwrap_or(line).trim()
}

/// Holds the programme of an agreement until it is signed, so that the text and the version of its clauses belong together; answers
/// that version, `None` without clauses.
pub(super) async fn hold_clauses(tx: &mut Tx, id: AgreementId) -> Result<Option<i32>, Error> {
    let version = sqlx::query_scalar!(
        r#"select case when g.clauses <> '' then g.clauses_version end as "version?"
           from programme g where g.id = (select a.programme_id from loan_agreement a where a.id = $1) for share"#,
        id.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(version.flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_stand_before_the_final_provisions_with_numbers_of_their_own() {
        assert_eq!(additional(AgreementKind::Loan, " \n"), (String::new(), 8));
        let (text, last) = additional(AgreementKind::Donation, "1. Pierwsze.\n\n§ 2. {number}\n......");
        assert_eq!(text, "§ 3. Postanowienia dodatkowe\n1. Pierwsze.\n2. {number}\n\n");
        assert_eq!(last, 4);
        let (text, last) = additional(AgreementKind::Entrusted, "14 dni na zgłoszenie.\n2) Do 1.12.2026 r.");
        assert_eq!(
            (text.as_str(), last),
            ("7. Postanowienia dodatkowe:\n   1) 14 dni na zgłoszenie.\n   2) Do 1.12.2026 r.\n", 8)
        );
    }
}
