//! Who looked at what is protected: codes of SIM cards, birthdays and guardians, programmes whose name tells of somebody's life, and
//! the register as a file. Every look is a row of the audit, written before the page is shown; administrators read them.

use base::{Tx, audit};
use identity::{DeviceClerk, PeopleAdmin};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ProgrammeId;
use crate::error::Error;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewed {
    /// PIN and PUK of a card (written by `register::sim::reveal`).
    SimCodes,
    /// Birthday, guardians and their telephone numbers of a person.
    Person,
    /// The real name of a protected programme on a device.
    AssetProgramme,
    /// The same on an agreement, with its people.
    AgreementProgramme,
    /// The register as a file, with the real names of programmes.
    Register,
}

impl Viewed {
    /// Everything.
    pub const ALL: [Self; 5] =
        [Self::SimCodes, Self::Person, Self::AssetProgramme, Self::AgreementProgramme, Self::Register];

    /// The act in the audit.
    pub fn word(self) -> &'static str {
        match self {
            Self::SimCodes => "viewed_sim_secrets",
            Self::Person => "viewed_person",
            Self::AssetProgramme => "viewed_asset_programme",
            Self::AgreementProgramme => "viewed_agreement_programme",
            Self::Register => "viewed_register_file",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|viewed| viewed.word() == word)
    }

    fn subject_kind(self) -> &'static str {
        match self {
            Self::SimCodes | Self::AssetProgramme => "asset",
            Self::Person => "person",
            Self::AgreementProgramme => "loan_agreement",
            Self::Register => "organisation",
        }
    }
}

/// Writes down that something was looked at; the caller commits before it shows anything.
pub async fn record(tx: &mut Tx, viewed: Viewed, subject: Uuid) -> Result<(), Error> {
    Ok(audit::record(tx, viewed.word(), viewed.subject_kind(), subject, json!({})).await?)
}

/// Whether a programme's name is protected.
pub async fn is_protected(tx: &mut Tx, _: &DeviceClerk, programme: ProgrammeId) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    let sensitive = sqlx::query_scalar!(
        "select sensitive from programme where id = $1 and organisation_id = $2",
        programme.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(sensitive.unwrap_or(false))
}

/// A look.
#[derive(Clone, Debug)]
pub struct Look {
    /// When.
    pub at: OffsetDateTime,
    /// Who; empty for nobody that is there any more.
    pub who: String,
    /// At what.
    pub viewed: Viewed,
    /// Number of the device or agreement, name of the person; empty for the whole register.
    pub subject: String,
}

/// Looks of the organisation, the newest first.
pub async fn looks(tx: &mut Tx, _: &PeopleAdmin, take: i64) -> Result<Vec<Look>, Error> {
    let organisation = tx.organisation()?;
    let acts = Viewed::ALL.map(|viewed| viewed.word().to_owned());
    let rows = sqlx::query!(
        r#"select e.at, e.act, coalesce(w.given_name || ' ' || w.family_name, '') as "who!",
                  coalesce(a.inventory_no, p.given_name || ' ' || p.family_name, g.number, '') as "subject!"
           from audit_event e
           left join person w on w.id = e.person_id
           left join asset a on e.subject_kind = 'asset' and a.id = e.subject_id
           left join person p on e.subject_kind = 'person' and p.id = e.subject_id
           left join loan_agreement g on e.subject_kind = 'loan_agreement' and g.id = e.subject_id
           where e.organisation_id = $1 and e.act like 'viewed\_%' and e.act = any($2) order by e.id desc limit $3"#,
        organisation.0,
        &acts,
        take,
    )
    .fetch_all(tx.connection())
    .await?;
    let look = rows.into_iter().filter_map(|row| {
        Some(Look { at: row.at, who: row.who, viewed: Viewed::from_word(&row.act)?, subject: row.subject })
    });
    Ok(look.collect())
}
