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
    /// The real names of protected programmes, in the catalogue or a report.
    Programmes,
    /// The real name of one protected programme, with its rules and applications.
    Programme,
    /// An application to a protected programme.
    Application,
}

impl Viewed {
    /// Everything.
    pub const ALL: [Self; 8] = [
        Self::SimCodes,
        Self::Person,
        Self::AssetProgramme,
        Self::AgreementProgramme,
        Self::Register,
        Self::Programmes,
        Self::Programme,
        Self::Application,
    ];

    /// The act in the audit.
    pub fn word(self) -> &'static str {
        match self {
            Self::SimCodes => "viewed_sim_secrets",
            Self::Person => "viewed_person",
            Self::AssetProgramme => "viewed_asset_programme",
            Self::AgreementProgramme => "viewed_agreement_programme",
            Self::Register => "viewed_register_file",
            Self::Programmes => "viewed_programmes",
            Self::Programme => "viewed_programme",
            Self::Application => "viewed_application",
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
            Self::Register | Self::Programmes => "organisation",
            Self::Programme => "programme",
            Self::Application => "application",
        }
    }
}

/// Writes down that something was looked at; the caller commits before it shows anything.
pub async fn record(tx: &mut Tx, viewed: Viewed, subject: Uuid) -> Result<(), Error> {
    Ok(audit::record(tx, viewed.word(), viewed.subject_kind(), subject, json!({})).await?)
}

/// The real name of a protected programme; `None` for one that everybody may name. Whoever shows it writes the look down.
pub async fn protected_name(
    tx: &mut Tx,
    _: &DeviceClerk,
    programme: ProgrammeId,
) -> Result<Option<String>, Error> {
    let organisation = tx.organisation()?;
    Ok(sqlx::query_scalar!(
        "select name from programme where id = $1 and organisation_id = $2 and sensitive",
        programme.0,
        organisation.0
    )
    .fetch_optional(tx.connection())
    .await?)
}

/// Whether the organisation has a protected programme at all: only then a list of names is a look.
pub async fn any_protected(tx: &mut Tx, _: &DeviceClerk) -> Result<bool, Error> {
    let organisation = tx.organisation()?;
    Ok(sqlx::query_scalar!(
        r#"select exists (select 1 from programme where organisation_id = $1 and sensitive) as "any!""#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?)
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
    /// Number of the device, agreement or application, name of the person, neutral name of the programme; empty for the whole
    /// register and for lists.
    pub subject: String,
}

/// Looks of the organisation, the newest first.
pub async fn looks(tx: &mut Tx, _: &PeopleAdmin, take: i64) -> Result<Vec<Look>, Error> {
    let organisation = tx.organisation()?;
    let acts = Viewed::ALL.map(|viewed| viewed.word().to_owned());
    let rows = sqlx::query!(
        r#"select e.at, e.act, coalesce(w.given_name || ' ' || w.family_name, '') as "who!",
                  coalesce(a.inventory_no, p.given_name || ' ' || p.family_name, g.number, n.number,
                           r.neutral_name, '') as "subject!"
           from audit_event e
           left join person w on w.id = e.person_id
           left join asset a on e.subject_kind = 'asset' and a.id = e.subject_id
           left join person p on e.subject_kind = 'person' and p.id = e.subject_id
           left join loan_agreement g on e.subject_kind = 'loan_agreement' and g.id = e.subject_id
           left join application n on e.subject_kind = 'application' and n.id = e.subject_id
           left join programme r on e.subject_kind = 'programme' and r.id = e.subject_id
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
