//! How the learners of a course do: who is at which unit, and how much of each film each has really seen. Long lists are searched, put in
//! order and read a page at a time; what stands on other pages is not computed (`learners_page`).

use base::{PersonId, Tx};
use time::{Date, OffsetDateTime};
use video::FilmId;
use video::watch::{self, Watched};

use crate::course::State;
use crate::error::Error;
use crate::film;
use crate::find::Taught;
use crate::learn::percent;

/// Most letters of a search that are looked at.
pub const MOST_LETTERS: usize = 100;

/// One learner of a course.
#[derive(Clone, Debug)]
pub struct Learner {
    /// Who.
    pub person: PersonId,
    /// Family name and given name.
    pub name: String,
    /// The unit of the office they work in.
    pub unit_name: Option<String>,
    /// Units finished.
    pub done: i64,
    /// Title of the unit that they are at.
    pub at: Option<String>,
    /// When they were last there.
    pub last: Option<OffsetDateTime>,
    /// The deadline that has passed, as long as the course is to be done.
    pub overdue_since: Option<Date>,
    /// What they have seen of each film, in the order of `Following::films`.
    pub films: Vec<Watched>,
}

impl Learner {
    /// Progress in whole per cent.
    pub fn percent(&self, units: i64) -> i64 {
        percent(self.done, units)
    }
}

/// A film of the published version.
#[derive(Clone, Debug)]
pub struct FilmColumn {
    /// The film.
    pub film: FilmId,
    /// Title of its unit.
    pub title: String,
    /// Its length, in milliseconds.
    pub length_ms: Option<u32>,
}

/// Learners of a course.
#[derive(Clone, Debug)]
pub struct Following {
    /// Title of the course.
    pub title: String,
    /// Whether learners see the course.
    pub state: State,
    /// Units of the published version.
    pub units: i64,
    /// Films of the published version.
    pub films: Vec<FilmColumn>,
    /// Who is enrolled: those that were wanted, in the order that was wanted.
    pub learners: Vec<Learner>,
    /// How many are enrolled.
    pub total: i64,
    /// How many of them have finished the course, as of the newest time that they take it.
    pub finished: i64,
    /// How many of them fit what was wanted, on all pages.
    pub fitting: i64,
}

/// Where learners stand, the newest time that they take the course. The first three exclude each other and together are everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// No unit was opened yet.
    NotBegun,
    /// Begun, not finished.
    UnderWay,
    /// Finished.
    Done,
    /// To be done, after the deadline.
    Overdue,
}

impl Stage {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [Self::NotBegun, Self::UnderWay, Self::Done, Self::Overdue];

    /// The word in the database and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotBegun => "not_begun",
            Self::UnderWay => "under_way",
            Self::Done => "done",
            Self::Overdue => "overdue",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// The order of learners. Equal ones follow by name, so a page never shows whom another one has shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By family name and given name, in Polish order.
    #[default]
    Name,
    /// Who has finished the fewest units first.
    Progress,
    /// Who has finished the most units first.
    ProgressDown,
    /// Who was never there first, then whoever was there longest ago.
    Seen,
    /// Who was there last first.
    SeenDown,
}

impl Order {
    /// In the order of the form.
    pub const ALL: [Self; 5] = [Self::Name, Self::Progress, Self::ProgressDown, Self::Seen, Self::SeenDown];

    /// The word in the database and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Progress => "progress",
            Self::ProgressDown => "progress_down",
            Self::Seen => "seen",
            Self::SeenDown => "seen_down",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.word() == word)
    }
}

/// Which learners are wanted; all of them by name if nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Parts of given name and family name; every word must fit. Polish signs do not matter.
    pub text: String,
    /// Only those who stand so.
    pub stage: Option<Stage>,
    /// In which order.
    pub order: Order,
    /// How many of these to pass over.
    pub skip: i64,
    /// At most so many.
    pub most: Option<i64>,
}

/// How the learners do. Nobody before anybody is enrolled.
pub async fn learners(tx: &mut Tx, proof: &Taught, wanted: &Wanted) -> Result<Following, Error> {
    let course = film::published(tx, proof).await?;
    let text: String = wanted.text.chars().filter(|letter| *letter != '\0').take(MOST_LETTERS).collect();
    let rows = sqlx::query!(
        r#"select total as "total!", finished as "finished!", fitting as "fitting!", person_id as "person?", family_name as "family_name?",
                  given_name as "given_name?", unit_name as "unit_name?", done as "done?", at_title as "at?", last_at as "last?",
                  overdue_since as "overdue_since?"
           from learners_page($1, $2, $3, $4, $5, $6)"#,
        proof.id().0,
        text,
        wanted.stage.map_or("", Stage::word),
        wanted.order.word(),
        wanted.skip.max(0),
        wanted.most,
    )
    .fetch_all(tx.connection())
    .await?;
    let (total, finished, fitting) =
        rows.first().map_or((0, 0, 0), |row| (row.total, row.finished, row.fitting));
    let people: Vec<PersonId> = rows.iter().filter_map(|row| row.person.map(PersonId)).collect();
    let editable: Vec<_> = course.films.iter().map(|(film, ..)| *film).collect();
    let seen = watch::of_people(tx, &editable, &people).await?;
    let learner = rows.into_iter().filter_map(|row| {
        let id = PersonId(row.person?);
        Some(Learner {
            person: id,
            name: format!("{} {}", row.family_name?, row.given_name?),
            unit_name: row.unit_name,
            done: row.done.unwrap_or(0),
            at: row.at,
            last: row.last,
            overdue_since: row.overdue_since,
            films: editable
                .iter()
                .map(|film| seen.get(&(id, film.film())).cloned().unwrap_or_default())
                .collect(),
        })
    });
    let learners = learner.collect();
    let films = course.films.into_iter().map(|(film, title, length_ms)| FilmColumn {
        film: film.film(),
        title,
        length_ms,
    });
    let (units, films) = (course.units, films.collect());
    Ok(Following {
        title: course.title,
        state: course.state,
        units,
        films,
        learners,
        total,
        finished,
        fitting,
    })
}
