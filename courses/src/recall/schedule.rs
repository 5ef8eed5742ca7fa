//! When a question is asked again: FSRS-6 with its published parameters (the crate `fsrs`, used in this file alone). Pure: the same
//! answers on the same days give the same days for ever, so a card is a replay of its log.

use fsrs::{DEFAULT_PARAMETERS, FSRS, FSRSError, ItemState, MemoryState};
use time::Date;

use crate::error::Error;

/// The share of questions that should still be known on the day they are asked: the more, the more often they are asked.
pub const RETENTION: f32 = 0.9;
/// How long a day's session may take, in seconds.
pub const SESSION_SECONDS: i64 = 300;
/// How long a question takes as long as nobody knows, in seconds.
pub const USUAL_SECONDS: i64 = 30;
/// What is counted for one question at most: a lid was closed, somebody came in.
pub const MOST_SECONDS: i64 = 300;
/// Most questions of a day, however quick somebody is.
pub const MOST_A_DAY: i64 = 30;
/// So many own answers have to be known before their median says how long one takes.
pub const ANSWERS_FOR_PACE: i64 = 10;

/// How an answer went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rating {
    /// Not wholly right: forgotten.
    Again,
    /// Right, with an effort.
    Hard,
    /// Right.
    Good,
    /// Right at once.
    Easy,
}

impl Rating {
    /// The word in forms and rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Hard => "hard",
            Self::Good => "good",
            Self::Easy => "easy",
        }
    }

    /// The rating of that word; `None` for any other.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Again, Self::Hard, Self::Good, Self::Easy].into_iter().find(|rating| rating.word() == word)
    }
}

/// How well something is remembered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Days after which nine of ten still know it.
    pub stability: f32,
    /// 1 to 10.
    pub difficulty: f32,
}

/// What an answer leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Next {
    /// How well it is remembered now.
    pub memory: Memory,
    /// Whole days until it is asked again; 1 or more.
    pub days: i64,
}

/// Where a card stands after all of its answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// How well it is remembered.
    pub memory: Memory,
    /// The day of the last answer.
    pub reviewed_on: Date,
    /// The day from which it is asked again.
    pub due_on: Date,
}

/// What follows an answer `elapsed_days` after the one before; `None` for the first one, whose days do not matter.
///
/// Errors: `Database` when the kept state cannot be reckoned with.
pub fn after(memory: Option<Memory>, elapsed_days: u32, rating: Rating) -> Result<Next, Error> {
    let fsrs = FSRS::new(&DEFAULT_PARAMETERS).map_err(failed)?;
    let known =
        memory.map(|memory| MemoryState { stability: memory.stability, difficulty: memory.difficulty });
    let states = fsrs.next_states(known, RETENTION, elapsed_days).map_err(failed)?;
    let ItemState { memory, interval } = match rating {
        Rating::Again => states.again,
        Rating::Hard => states.hard,
        Rating::Good => states.good,
        Rating::Easy => states.easy,
    };
    let memory = Memory { stability: memory.stability, difficulty: memory.difficulty };
    // A question is asked once a day at most, so a day is the shortest wait.
    Ok(Next { memory, days: interval.round().max(1.0) as i64 })
}

fn failed(error: FSRSError) -> Error {
    Error::Database(sqlx::Error::Protocol(format!("fsrs: {error:?}")))
}

/// The card that these answers make, in their order; `None` without one. Errors: as [`after`].
pub fn replay(answers: &[(Date, Rating)]) -> Result<Option<Standing>, Error> {
    let mut standing: Option<Standing> = None;
    for (day, rating) in answers {
        standing = Some(step(standing, *day, *rating)?);
    }
    Ok(standing)
}

/// The card after one more answer. Errors: as [`after`].
pub fn step(before: Option<Standing>, day: Date, rating: Rating) -> Result<Standing, Error> {
    let elapsed = before.map_or(0, |before| (day - before.reviewed_on).whole_days());
    let elapsed = u32::try_from(elapsed).unwrap_or(0);
    let Next { memory, days } = after(before.map(|before| before.memory), elapsed, rating)?;
    let due_on = day.checked_add(time::Duration::days(days)).unwrap_or(Date::MAX);
    Ok(Standing { memory, reviewed_on: day, due_on })
}

/// Seconds that one question takes, by the median of the person's own answers.
pub fn seconds_each(median: Option<f64>) -> i64 {
    median.map_or(USUAL_SECONDS, |median| (median.round() as i64).clamp(1, MOST_SECONDS))
}

/// How many questions fit into a day's session.
pub fn daily(median: Option<f64>) -> i64 {
    (SESSION_SECONDS / seconds_each(median)).clamp(1, MOST_A_DAY)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn new(rating: Rating) -> Next {
        after(None, 0, rating).unwrap()
    }

    fn near(left: f32, right: f32) -> bool {
        (left - right).abs() < 1e-4
    }

    /// The states of a new card that the documentation of the reference implementation names (`FSRS::next_states`, default parameters).
    #[test]
    fn a_first_answer_gives_the_published_states() {
        for (rating, stability, difficulty, days) in [
            (Rating::Again, 0.212, 6.4133, 1),
            (Rating::Hard, 1.2931, 5.112_170_7, 1),
            (Rating::Good, 2.3065, 2.118_104, 2),
            (Rating::Easy, 8.2956, 1.0, 8),
        ] {
            let next = new(rating);
            assert!(near(next.memory.stability, stability), "{rating:?}: {next:?}");
            assert!(near(next.memory.difficulty, difficulty), "{rating:?}: {next:?}");
            assert_eq!(next.days, days, "{rating:?}");
        }
    }

    /// The published vector of FSRS-6 (`test_memory_state` of the reference implementation): again, then good after 0, 1, 3, 8, 21 days.
    #[test]
    fn six_answers_give_the_published_state() {
        let ratings = [Rating::Again, Rating::Good, Rating::Good, Rating::Good, Rating::Good, Rating::Good];
        let mut memory = None;
        for (rating, elapsed) in ratings.into_iter().zip([0, 0, 1, 3, 8, 21]) {
            memory = Some(after(memory, elapsed, rating).unwrap().memory);
        }
        let memory = memory.unwrap();
        assert!(near(memory.stability, 53.626_91), "{memory:?}");
        assert!(near(memory.difficulty, 6.357_486_7), "{memory:?}");
    }

    #[test]
    fn whoever_forgot_is_asked_sooner_afterwards() {
        let first = new(Rating::Good);
        let elapsed = u32::try_from(first.days).unwrap();
        let then = |rating| {
            let second = after(Some(first.memory), elapsed, rating).unwrap();
            after(Some(second.memory), u32::try_from(second.days).unwrap(), Rating::Good).unwrap().days
        };
        assert!(then(Rating::Again) < then(Rating::Good), "{} {}", then(Rating::Again), then(Rating::Good));
    }

    #[test]
    fn a_better_answer_never_comes_back_earlier() {
        for days in [1, 2, 7, 30, 200, 900] {
            for memory in [new(Rating::Again), new(Rating::Hard), new(Rating::Good), new(Rating::Easy)] {
                let of = |rating| after(Some(memory.memory), days, rating).unwrap().days;
                let all = [Rating::Again, Rating::Hard, Rating::Good, Rating::Easy].map(of);
                assert!(all.is_sorted() && all[0] >= 1, "{days} days, {memory:?}: {all:?}");
            }
        }
    }

    #[test]
    fn what_goes_well_every_time_comes_ever_more_seldom() {
        let mut day = date!(2026 - 11 - 21);
        let mut waits = Vec::new();
        let mut standing = None;
        for _ in 0..8 {
            let next = step(standing, day, Rating::Good).unwrap();
            waits.push((next.due_on - day).whole_days());
            (day, standing) = (next.due_on, Some(next));
        }
        assert!(waits.windows(2).all(|two| two[0] < two[1]), "{waits:?}");
        // Knowing it after a longer wait says more of one's memory.
        let memory = Some(new(Rating::Good).memory);
        let of = |days| after(memory, days, Rating::Good).unwrap().memory.stability;
        assert!(of(1) < of(2) && of(2) < of(20), "{} {} {}", of(1), of(2), of(20));
    }

    #[test]
    fn a_card_is_a_replay_of_its_answers() {
        let answers = [
            (date!(2026 - 11 - 21), Rating::Good),
            (date!(2026 - 11 - 23), Rating::Again),
            (date!(2026 - 11 - 24), Rating::Hard),
            (date!(2026 - 12 - 31), Rating::Easy),
        ];
        assert_eq!(replay(&[]).unwrap(), None);
        let mut standing = None;
        for (at, (day, rating)) in answers.into_iter().enumerate() {
            standing = Some(step(standing, day, rating).unwrap());
            assert_eq!(replay(&answers[..=at]).unwrap(), standing);
        }
        assert_eq!(standing.unwrap().reviewed_on, date!(2026 - 12 - 31));
    }

    #[test]
    fn a_day_takes_five_minutes() {
        assert_eq!(daily(None), 10);
        assert_eq!(daily(Some(60.0)), 5);
        assert_eq!(daily(Some(14.6)), 20);
        assert_eq!(daily(Some(1.0)), MOST_A_DAY);
        assert_eq!(daily(Some(4000.0)), 1);
        for median in [1.0, 9.0, 30.0, 77.5, 299.0] {
            assert!(daily(Some(median)) * seconds_each(Some(median)) <= SESSION_SECONDS, "{median}");
        }
    }

    #[test]
    fn words_of_ratings_are_read_back_and_others_are_none() {
        for rating in [Rating::Again, Rating::Hard, Rating::Good, Rating::Easy] {
            assert_eq!(Rating::of(rating.word()), Some(rating));
        }
        assert_eq!(Rating::of("Good"), None);
    }
}
