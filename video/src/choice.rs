//! How films are shown to a person: what they chose for themselves, on whatever machine, and what their organisation says.

use base::Tx;
use identity::PeopleAdmin;

use crate::caption::is_code;
use crate::error::Error;

/// Sizes of captions, by their words in the database.
pub const SIZES: [&str; 3] = ["normal", "large", "largest"];
/// Colours of captions, by their words in the database: white or yellow on black, black on white.
pub const COLOURS: [&str; 3] = ["white", "yellow", "black"];

/// Speeds that can be kept, in hundredths.
const SPEEDS: std::ops::RangeInclusive<i32> = 50..=300;

/// What a person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Whether single letters act on the player (WCAG 2.1.4).
    pub shortcuts: bool,
    /// Whether films begin in the smallest picture; `None`: as the organisation says.
    pub data_saver: Option<bool>,
    /// One of `SIZES`.
    pub caption_size: String,
    /// One of `COLOURS`.
    pub caption_colour: String,
    /// How fast films are played, in hundredths: 50 to 300.
    pub speed: u32,
    /// Language of the captions that are shown; empty: none are.
    pub captions: String,
    /// What the organisation says of the data saver.
    pub organisation_saves: bool,
}

impl Choices {
    /// Whether films begin in the smallest picture for this person.
    pub fn saves_data(&self) -> bool {
        self.data_saver.unwrap_or(self.organisation_saves)
    }
}

/// What the acting person chose.
pub async fn own(tx: &mut Tx) -> Result<Choices, Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let row = sqlx::query!(
        r#"select coalesce(p.shortcuts, true) as "shortcuts!", p.data_saver as "data_saver?",
                  coalesce(p.caption_size, 'normal') as "caption_size!", coalesce(p.caption_colour, 'white') as "caption_colour!",
                  coalesce(p.speed, 100) as "speed!", coalesce(p.captions, '') as "captions!",
                  coalesce(f.data_saver, false) as "organisation_saves!"
           from (values ($1::uuid, $2::uuid)) as who (organisation_id, person_id)
             left join player_setting p on p.person_id = who.person_id
             left join film_setting f on f.organisation_id = who.organisation_id"#,
        organisation.0,
        person.0,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Choices {
        shortcuts: row.shortcuts,
        data_saver: row.data_saver,
        caption_size: row.caption_size,
        caption_colour: row.caption_colour,
        speed: u32::try_from(row.speed).unwrap_or(100),
        captions: row.captions,
        organisation_saves: row.organisation_saves,
    })
}

/// Keeps what the acting person chose; a word that is none stays as it was. What the organisation says is not theirs.
pub async fn keep(tx: &mut Tx, choices: &Choices) -> Result<(), Error> {
    let (organisation, person) = (tx.organisation()?, tx.person()?);
    let size = SIZES.iter().find(|size| **size == choices.caption_size);
    let colour = COLOURS.iter().find(|colour| **colour == choices.caption_colour);
    let speed = i32::try_from(choices.speed).ok().filter(|speed| SPEEDS.contains(speed));
    let captions = Some(choices.captions.as_str()).filter(|code| code.is_empty() || is_code(code));
    sqlx::query!(
        "insert into player_setting (organisation_id, person_id, shortcuts, data_saver, caption_size, caption_colour, speed, captions)
         values ($1, $2, $3, $4, coalesce($5, 'normal'), coalesce($6, 'white'), coalesce($7::integer, 100), coalesce($8::text, ''))
         on conflict (person_id) do update set shortcuts = excluded.shortcuts, data_saver = excluded.data_saver,
           caption_size = coalesce($5, player_setting.caption_size),
           caption_colour = coalesce($6, player_setting.caption_colour),
           speed = coalesce($7::integer, player_setting.speed), captions = coalesce($8::text, player_setting.captions),
           updated_at = moment()",
        organisation.0,
        person.0,
        choices.shortcuts,
        choices.data_saver,
        size.copied(),
        colour.copied(),
        speed,
        captions,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Says for the whole organisation whether films begin in the smallest picture.
pub async fn keep_for_all(tx: &mut Tx, _: &PeopleAdmin, data_saver: bool) -> Result<(), Error> {
    let organisation = tx.organisation()?;
    sqlx::query!(
        "insert into film_setting (organisation_id, data_saver) values ($1, $2)
         on conflict (organisation_id) do update set data_saver = excluded.data_saver",
        organisation.0,
        data_saver,
    )
    .execute(tx.connection())
    .await?;
    let detail = serde_json::json!({ "data_saver": data_saver });
    Ok(base::audit::record(tx, "film_setting", "organisation", organisation.0, detail).await?)
}
