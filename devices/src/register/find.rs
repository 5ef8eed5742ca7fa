//! Finding assets: by a scan, and by parts of names and numbers.

use base::Tx;
use identity::DevicesReader;
use uuid::Uuid;

use crate::error::Error;
use crate::register::asset::{self, Asset};
use crate::register::kind::AssetKind;
use crate::register::{State, label};
use crate::{AssetId, PlaceId, ProgrammeId};

/// The asset of a scan: an inventory number, a serial, or our label (alone or as the address of its page). Numbers are
/// compared by their letters and digits.
///
/// Errors: `NotFound` (also for another organisation's), `Ambiguous` with every candidate.
pub async fn scanned(tx: &mut Tx, proof: &DevicesReader, code: &str) -> Result<Asset, Error> {
    let organisation = tx.organisation()?;
    let code: String = code.trim().chars().take(300).collect();
    let last = code.rsplit_once("/d/").map_or(code.as_str(), |(_, last)| last);
    let token = last.trim_end_matches('/');
    let label = label::is_label(token).then_some(token);
    let rows = sqlx::query!(
        r#"select id, coalesce(label = $2, false) as "by_label!" from asset
           where organisation_id = $1 and (label = $2 or inventory_key = code_key($3) or serial_key = code_key($3))
           limit 20"#,
        organisation.0,
        label,
        code,
    )
    .fetch_all(tx.connection())
    .await?;
    let by_label = rows.iter().find(|row| row.by_label).map(|row| AssetId(row.id));
    let ids = by_label.map_or_else(|| rows.iter().map(|row| AssetId(row.id)).collect(), |id| vec![id]);
    let mut found = asset::some(tx, proof, &ids).await?;
    match found.len() {
        0 => Err(Error::NotFound),
        1 => found.pop().ok_or(Error::NotFound),
        _ => Err(Error::Ambiguous(found)),
    }
}

/// Which assets a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Parts of numbers, serials, makers, models, telephone numbers; every word must fit.
    pub text: String,
    /// Only these.
    pub kind: Option<AssetKind>,
    /// Only in this state.
    pub state: Option<Shown>,
    /// Only those that belong there.
    pub place: Option<PlaceId>,
    /// Only of this programme.
    pub programme: Option<ProgrammeId>,
    /// Only after this number (`Asset::inventory_key`).
    pub after: String,
}

/// States that people look for: those of the register, and "lent".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// With somebody.
    Lent,
    /// In this state; `InStock` without those that are lent.
    Is(crate::register::State),
}

impl Shown {
    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lent => "lent",
            Self::Is(state) => state.word(),
        }
    }

    /// The state of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        if word == "lent" { Some(Self::Lent) } else { crate::register::State::from_word(word).map(Self::Is) }
    }
}

/// Most words that a search looks at.
const MOST_WORDS: usize = 6;

/// The words of a search: lower-case, and with what `like` would take for a wildcard escaped.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split_whitespace()
        .take(MOST_WORDS)
        .map(|word| {
            word.chars()
                .take(100)
                .flat_map(|letter| {
                    matches!(letter, '\\' | '%' | '_').then_some('\\').into_iter().chain([letter])
                })
                .collect()
        })
        .collect()
}

/// Ids of at most `most` assets that fit, in the order of their numbers.
pub async fn ids(tx: &mut Tx, _: &DevicesReader, filter: &Filter, most: i32) -> Result<Vec<AssetId>, Error> {
    let organisation = tx.organisation()?;
    let ids = sqlx::query_scalar!(
        r#"select id as "id!: Uuid" from find_assets($1, $2, $3, $4, $5, $6, $7, $8) id"#,
        organisation.0,
        &words(&filter.text),
        filter.kind.map(AssetKind::word),
        filter.state.map(Shown::word),
        filter.place.map(|id| id.0),
        filter.programme.map(|id| id.0),
        filter.after,
        most,
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(ids.into_iter().map(AssetId).collect())
}

/// At most `most` assets that fit, in the order of their numbers.
pub async fn list(
    tx: &mut Tx,
    proof: &DevicesReader,
    filter: &Filter,
    most: i32,
) -> Result<Vec<Asset>, Error> {
    let ids = ids(tx, proof, filter, most).await?;
    asset::some(tx, proof, &ids).await
}

/// How many assets there are in each state, the lent ones apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In stock and with nobody.
    pub in_stock: i64,
    /// With somebody.
    pub lent: i64,
    /// Put aside, or at a workshop.
    pub in_repair: i64,
    /// Missing or stolen.
    pub missing: i64,
    /// No longer on the books.
    pub gone: i64,
}

/// The whole register in five numbers. Nearly all devices are in stock or lent: how many there are is kept by the database
/// (`register_tally`), and only the others are looked at.
pub async fn counts(tx: &mut Tx, _: &DevicesReader) -> Result<Counts, Error> {
    let organisation = tx.organisation()?;
    let elsewhere: Vec<String> = State::ALL
        .into_iter()
        .filter(|state| *state != State::InStock)
        .map(|state| state.word().to_owned())
        .collect();
    let others = sqlx::query!(
        r#"select a.state, count(*) as "count!", count(l.id) as "lent!" from asset a
           left join loan l on l.organisation_id = a.organisation_id and l.asset_id = a.id
                and l.handed_over_at is not null and l.returned_at is null
           where a.organisation_id = $1 and a.state = any($2) group by a.state"#,
        organisation.0,
        &elsewhere,
    )
    .fetch_all(tx.connection())
    .await?;
    let all = sqlx::query!(
        r#"select coalesce(sum(amount) filter (where what = 'assets'), 0)::bigint as "assets!",
                  coalesce(sum(amount) filter (where what = 'lent'), 0)::bigint as "lent!"
           from register_tally where organisation_id = $1"#,
        organisation.0
    )
    .fetch_one(tx.connection())
    .await?;
    let of = |states: &[State]| {
        let wanted = |word: &str| states.iter().any(|state| state.word() == word);
        others.iter().filter(|row| wanted(&row.state)).map(|row| row.count).sum::<i64>()
    };
    let lent = all.lent - others.iter().map(|row| row.lent).sum::<i64>();
    Ok(Counts {
        in_stock: all.assets - others.iter().map(|row| row.count).sum::<i64>() - lent,
        lent,
        in_repair: of(&[State::InRepair, State::Quarantine]),
        missing: of(&[State::Missing, State::Stolen]),
        gone: of(&[State::Scrapped, State::Donated, State::WrittenOff]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_letters_like_any_other() {
        assert_eq!(words(" Dell  50%_a\\ "), ["dell", "50\\%\\_a\\\\"]);
    }
}
