//! What a person wants by e-mail, and when they want no letter at all.

use base::{PersonId, Tx};
use time::Time;
use time::macros::time;

use crate::error::Error;
use crate::notice::Kind;

/// When a kind of notice comes by e-mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// With the act, or at the end of the quiet hours.
    AtOnce,
    /// In one letter at 7:00 in Warsaw.
    #[default]
    Daily,
    /// Not at all.
    Never,
}

impl Wish {
    /// In the order of the page.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::Daily, Self::Never];

    /// The word in the database and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Daily => "daily",
            Self::Never => "never",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wish| wish.word() == word)
    }
}

/// Everything that a person chose, or what holds when they did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// One for each kind, in the order of `Kind::ALL`.
    pub kinds: [Wish; Kind::ALL.len()],
    /// From when in Warsaw there are no letters.
    pub quiet_from: Time,
    /// Until when; the same as `quiet_from`: no quiet hours.
    pub quiet_to: Time,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { kinds: [Wish::Daily; Kind::ALL.len()], quiet_from: time!(20:00), quiet_to: time!(7:00) }
    }
}

/// What the acting person chose.
pub async fn own(tx: &mut Tx) -> Result<Wishes, Error> {
    let person = tx.person()?;
    let row = sqlx::query!(
        r#"select (select array_agg(kind || ' ' || wish) from notice_wish where person_id = $1) as chosen,
                  q.quiet_from as "quiet_from?", q.quiet_to as "quiet_to?"
           from (select 1) one left join quiet_hours q on q.person_id = $1"#,
        person.0
    )
    .fetch_one(tx.connection())
    .await?;
    let mut wishes = Wishes::default();
    for chosen in row.chosen.unwrap_or_default() {
        let Some((kind, wish)) = chosen.split_once(' ') else { continue };
        let at = Kind::ALL.into_iter().position(|known| known.word() == kind);
        if let (Some(at), Some(wish)) = (at, Wish::from_word(wish)) {
            wishes.kinds[at] = wish;
        }
    }
    if let (Some(from), Some(to)) = (row.quiet_from, row.quiet_to) {
        (wishes.quiet_from, wishes.quiet_to) = (from, to);
    }
    Ok(wishes)
}

/// Keeps what the acting person chose. Letters that wait already go when they were to go, unless their kind is refused now.
pub async fn set(tx: &mut Tx, wishes: &Wishes) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    sqlx::query!(
        "insert into quiet_hours (organisation_id, person_id, quiet_from, quiet_to) values ($1, $2, $3, $4)
         on conflict (person_id) do update set quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to",
        organisation.0,
        person.0,
        wishes.quiet_from,
        wishes.quiet_to,
    )
    .execute(tx.connection())
    .await?;
    set_kinds(tx, person, wishes.kinds).await
}

/// The wishes of any person of the organisation; an address in a letter of theirs is proof enough to refuse letters.
pub(crate) async fn set_kinds(
    tx: &mut Tx,
    person: PersonId,
    wishes: [Wish; Kind::ALL.len()],
) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    let kinds: Vec<String> = Kind::ALL.iter().map(|kind| kind.word().to_owned()).collect();
    let words: Vec<String> = wishes.iter().map(|wish| wish.word().to_owned()).collect();
    sqlx::query!(
        "with chosen as (select * from unnest($3::text[], $4::text[]) c (kind, wish)),
           unwanted as (update notice set mail_at = null where person_id = $2 and mail_at is not null and mailed_at is null
                        and kind in (select kind from chosen where wish = 'never') returning id),
           gone as (delete from notice_enclosure where notice_id in (select id from unwanted))
         insert into notice_wish (organisation_id, person_id, kind, wish) select $1, $2, kind, wish from chosen
         on conflict (person_id, kind) do update set wish = excluded.wish",
        organisation.0,
        person.0,
        &kinds,
        &words,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
