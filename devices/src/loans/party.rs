//! Who takes part in an agreement: for whom it is, who signs, who gets letters. A minor's guardian signs; an adult signs
//! alone; an institution signs by its representative.

use base::{PersonId, Tx};
use identity::guardian::{self, Signer};
use identity::{DevicesReader, Problem};

use super::kind::Role;
use crate::{AgreementId, Error};

/// A party of an agreement.
#[derive(Clone, Debug)]
pub struct Party {
    /// Their part in it.
    pub role: Role,
    /// The person, when they are in the register of people.
    pub person: Option<PersonId>,
    /// Name, as it stands in the agreement.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: String,
    /// `self`, `parent`, `legal_guardian`, `foster_parent`, `institution`, `proxy`.
    pub basis: String,
}

/// Whom an agreement is with.
#[derive(Clone, Debug)]
pub enum Whom {
    /// A person; a minor's guardian is named, when there are several.
    Person {
        /// For whom the devices are.
        beneficiary: PersonId,
        /// Who signs for a minor; the only guardian when none is named.
        signatory: Option<PersonId>,
    },
    /// A home, a school or the like, for several people.
    Institution {
        /// Its name.
        name: String,
        /// Its postal address.
        address: String,
        /// Its e-mail address.
        email: String,
        /// Who signs for it.
        representative: String,
    },
}

/// The parties that follow from whom the agreement is with.
///
/// Errors: `Invalid` on `signatory` when a minor has no guardian, or the one named is none; on `name`, `representative`.
pub async fn of(tx: &mut Tx, proof: &DevicesReader, whom: &Whom) -> Result<Vec<Party>, Error> {
    match whom {
        Whom::Person { beneficiary, signatory } => of_person(tx, proof, *beneficiary, *signatory).await,
        Whom::Institution { name, address, email, representative } => {
            let mut problems = Vec::new();
            for (field, value) in [("name", name), ("representative", representative)] {
                match value.trim().chars().count() {
                    0 => problems.push(identity::FieldProblem { field, problem: Problem::Missing }),
                    201.. => problems.push(identity::FieldProblem { field, problem: Problem::TooLong(200) }),
                    _ => {}
                }
            }
            let email = Some(email.trim().to_owned()).filter(|email| !email.is_empty());
            if email.as_ref().is_some_and(|email| !email.contains('@') || email.contains(char::is_whitespace))
            {
                problems.push(identity::FieldProblem { field: "email", problem: Problem::Malformed });
            }
            if !problems.is_empty() {
                return Err(Error::Invalid(problems));
            }
            let party = |role, name: &str| Party {
                role,
                person: None,
                name: name.trim().to_owned(),
                address: address.trim().to_owned(),
                email: email.clone(),
                phone: String::new(),
                basis: "institution".to_owned(),
            };
            Ok(vec![
                party(Role::Beneficiary, name),
                party(Role::Signatory, representative),
                party(Role::Contact, name),
                party(Role::Payer, name),
            ])
        }
    }
}

async fn of_person(
    tx: &mut Tx,
    proof: &DevicesReader,
    beneficiary: PersonId,
    signatory: Option<PersonId>,
) -> Result<Vec<Party>, Error> {
    let card = guardian::card(tx, proof, beneficiary).await?;
    let party = |role, card: &guardian::Card, basis: &str| Party {
        role,
        person: Some(card.id),
        name: card.name.clone(),
        address: String::new(),
        email: card.email.clone(),
        phone: card.phone.clone().unwrap_or_default(),
        basis: basis.to_owned(),
    };
    let for_whom = party(Role::Beneficiary, &card, "self");
    let (signer, basis) = match guardian::signer(tx, proof, beneficiary).await? {
        Signer::Themselves => (card, "self"),
        Signer::Guardians(guardians) => {
            let chosen = match (signatory, guardians.as_slice()) {
                (Some(id), all) => all.iter().find(|one| one.guardian == id),
                (None, [only]) => Some(only),
                (None, _) => None,
            };
            let chosen = chosen.ok_or_else(|| Error::field("signatory", Problem::Missing))?;
            (guardian::card(tx, proof, chosen.guardian).await?, chosen.basis.word())
        }
    };
    Ok(vec![
        for_whom,
        party(Role::Signatory, &signer, basis),
        party(Role::Contact, &signer, basis),
        party(Role::Payer, &signer, basis),
    ])
}

pub(super) async fn insert(tx: &mut Tx, agreement: AgreementId, parties: &[Party]) -> Result<(), Error> {
    let (organisation, today) = (tx.organisation()?, identity::day::today(tx).await?);
    for party in parties {
        let id = base::id::row_id(tx.now());
        sqlx::query!(
            "insert into loan_party (id, organisation_id, agreement_id, role, person_id, name, address, email, phone, basis, since)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            id,
            organisation.0,
            agreement.0,
            party.role.word(),
            party.person.map(|id| id.0),
            party.name,
            party.address,
            party.email,
            party.phone,
            party.basis,
            today,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok(())
}

pub(super) async fn all(tx: &mut Tx, agreement: AgreementId) -> Result<Vec<Party>, Error> {
    let rows = sqlx::query!(
        "select role, person_id, name, address, email, phone, basis from loan_party
         where agreement_id = $1 and until is null order by id",
        agreement.0
    )
    .fetch_all(tx.connection())
    .await?;
    let party = rows.into_iter().map(|row| Party {
        role: Role::from_word(&row.role).unwrap_or(Role::Contact),
        person: row.person_id.map(PersonId),
        name: row.name,
        address: row.address,
        email: row.email,
        phone: row.phone,
        basis: row.basis,
    });
    Ok(party.collect())
}
