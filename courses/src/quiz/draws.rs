//! What is drawn for an attempt, and what there is to draw from.
//!
//! A draw takes either of the test's own questions or of the bank: those questions of the course that the test does not have itself.
//! No question is of two draws, so no attempt is asked anything twice.

use std::collections::HashSet;

use super::order::{Chance, seed_of};
use super::question::Question;
use super::settings::{Draw, MOST_DRAWS, Settings};

/// One draw beside what it draws from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supply {
    /// The draw.
    pub draw: Draw,
    /// How many questions there are for it.
    pub there: usize,
    /// The least and the most points of one of them, when they differ.
    pub points: Option<(u16, u16)>,
}

impl Supply {
    /// Whether more is to be drawn than there is.
    pub fn is_short(&self) -> bool {
        usize::from(self.draw.count) > self.there
    }
}

impl Settings {
    /// Every draw beside what it draws from, in order. What of the bank the test has itself is passed over.
    pub fn supplies(&self, own: &[Question], bank: &[Question]) -> Vec<Supply> {
        let keys: HashSet<&str> = own.iter().map(|question| question.key.as_str()).collect();
        let bank: Vec<&Question> =
            bank.iter().filter(|question| !keys.contains(question.key.as_str())).collect();
        let tags: (Vec<&[String]>, Vec<&[String]>) = (
            own.iter().map(|question| question.tags.as_slice()).collect(),
            bank.iter().map(|question| question.tags.as_slice()).collect(),
        );
        let all: Vec<&Question> = own.iter().chain(bank.iter().copied()).collect();
        let supply = |(draw, pool): (&Draw, Vec<usize>)| {
            let points: Vec<u16> = pool.iter().map(|at| all[*at].points).collect();
            let span = points.iter().copied().min().zip(points.iter().copied().max());
            Supply {
                draw: draw.clone(),
                there: pool.len(),
                points: span.filter(|(least, most)| least != most),
            }
        };
        self.draws.iter().zip(self.pools(&tags.0, &tags.1)).map(supply).collect()
    }

    /// Which questions one attempt asks, as places in `own` and behind it in `bank`, in the order in which it asks them. The bank holds
    /// nothing that the test has itself.
    ///
    /// Without draws all that are its own. With draws so many of each; own questions that no draw names are always asked. The same
    /// seed gives the same for ever. A draw of more than there are takes what there is.
    pub fn asked(&self, own: &[Question], bank: &[Question], seed: u64) -> Vec<usize> {
        let tags = |questions: &[Question]| -> Vec<Vec<String>> {
            questions.iter().map(|question| question.tags.clone()).collect()
        };
        self.asked_of(&tags(own), &tags(bank), seed)
    }

    /// The same when only the tags of the questions are known.
    pub(crate) fn asked_of(&self, own: &[Vec<String>], bank: &[Vec<String>], seed: u64) -> Vec<usize> {
        let pools = self.pools(&slices(own), &slices(bank));
        let named: HashSet<usize> = pools.iter().flatten().copied().collect();
        let mut asked: Vec<usize> = (0..own.len()).filter(|at| !named.contains(at)).collect();
        for (at, pool) in pools.iter().enumerate() {
            let order = Chance::of(seed_of(seed, at)).order(pool.len());
            let drawn = order.into_iter().take(usize::from(self.draws[at].count));
            asked.extend(drawn.map(|place| pool[place]));
        }
        asked.sort_unstable();
        if self.shuffle {
            let order = Chance::of(seed_of(seed, MOST_DRAWS)).order(asked.len());
            asked = order.into_iter().map(|place| asked[place]).collect();
        }
        asked
    }

    /// For every draw the questions it chooses from, by the tags of each; no question is of two draws. A question with the tags of
    /// several draws belongs to the first of them, an own one without any to the draw without a tag, if there is one.
    fn pools(&self, own: &[&[String]], bank: &[&[String]]) -> Vec<Vec<usize>> {
        let mut pools = vec![Vec::new(); self.draws.len()];
        let first = |tags: &[String], of_bank: bool| {
            self.draws.iter().position(|draw| {
                draw.bank == of_bank && draw.tag.as_ref().is_some_and(|tag| tags.contains(tag))
            })
        };
        let rest = self.draws.iter().position(|draw| !draw.bank && draw.tag.is_none());
        for (at, tags) in own.iter().enumerate() {
            if let Some(draw) = first(tags, false).or(rest) {
                pools[draw].push(at);
            }
        }
        for (at, tags) in bank.iter().enumerate() {
            if let Some(draw) = first(tags, true) {
                pools[draw].push(own.len() + at);
            }
        }
        pools
    }
}

fn slices(tags: &[Vec<String>]) -> Vec<&[String]> {
    tags.iter().map(Vec::as_slice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quiz::settings::tests::{draw, question};

    fn keyed(key: &str, tags: &[&str], points: u16) -> Question {
        Question { key: key.to_owned(), points, ..question(tags) }
    }

    fn of_bank(count: u16, tag: &str) -> Draw {
        Draw { count, tag: Some(tag.to_owned()), bank: true }
    }

    #[test]
    fn draws_take_their_number_of_each_and_always_what_no_draw_names() {
        let tags: [&[&str]; 8] = [&["a"], &["a"], &["a"], &["b"], &["b", "a"], &["b"], &[], &["c"]];
        let questions: Vec<Question> = tags.iter().map(|tags| question(tags)).collect();
        let draws = vec![draw(2, Some("a")), draw(1, Some("b"))];
        let settings = Settings { draws, ..Settings::default() };
        assert_eq!(settings.flaws_with(&questions), []);
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let asked = settings.asked(&questions, &[], seed);
            assert_eq!(asked, settings.asked(&questions, &[], seed));
            let of = |pool: &[usize]| asked.iter().filter(|at| pool.contains(at)).count();
            assert_eq!((of(&[0, 1, 2, 4]), of(&[3, 5]), of(&[6]), of(&[7])), (2, 1, 1, 1), "{asked:?}");
            seen.extend(asked);
        }
        assert_eq!(seen.len(), 8, "every question comes up for somebody");
    }

    #[test]
    fn without_shuffling_the_order_is_that_of_the_file() {
        let questions = vec![question(&[]); 6];
        let settings = Settings { shuffle: false, ..Settings::default() };
        assert_eq!(settings.asked(&questions, &[], 3), [0, 1, 2, 3, 4, 5]);
        let settings = Settings { shuffle: false, draws: vec![draw(3, None)], ..Settings::default() };
        assert!(
            settings.asked(&questions, &[], 3).is_sorted() && settings.asked(&questions, &[], 3).len() == 3
        );
    }

    /// Attempts keep their seed alone, but what is shown again before an attempt, and every test that is there, is asked as before.
    #[test]
    fn what_is_drawn_of_own_questions_never_changes() {
        let questions: Vec<Question> = (0..6).map(|_| question(&["a"])).collect();
        let settings = Settings { draws: vec![draw(2, Some("a"))], shuffle: false, ..Settings::default() };
        let expected = |seed: u64| {
            let order = Chance::of(seed_of(seed, 0)).order(6);
            let mut taken: Vec<usize> = order.into_iter().take(2).collect();
            taken.sort_unstable();
            taken
        };
        for seed in 0..50 {
            assert_eq!(settings.asked(&questions, &[], seed), expected(seed));
        }
    }

    #[test]
    fn draws_from_the_bank_take_of_it_alone_and_nothing_twice() {
        let own: Vec<Question> = [&["a"][..], &["a"], &["b"], &[]].map(question).to_vec();
        let bank: Vec<Question> = [&["a"][..], &["a", "b"], &["b"], &["b"], &["c"]].map(question).to_vec();
        let draws = vec![draw(1, Some("a")), of_bank(1, "a"), of_bank(2, "b")];
        let settings = Settings { draws, ..Settings::default() };
        let mut seen = HashSet::new();
        for seed in 0..200 {
            let asked = settings.asked(&own, &bank, seed);
            let of = |pool: &[usize]| asked.iter().filter(|at| pool.contains(at)).count();
            // A question of the bank with both tags belongs to the first draw; one with neither is not asked.
            assert_eq!((of(&[0, 1]), of(&[2, 3]), of(&[4, 5]), of(&[6, 7]), of(&[8])), (1, 2, 1, 2, 0));
            assert_eq!(asked.iter().collect::<HashSet<_>>().len(), asked.len());
            seen.extend(asked);
        }
        assert_eq!(seen.len(), 8);
    }

    #[test]
    fn a_draw_of_the_rest_leaves_the_bank_alone() {
        let settings = Settings { draws: vec![draw(1, None)], ..Settings::default() };
        let bank = [question(&[]), question(&["a"])];
        assert_eq!(settings.asked(&[question(&[])], &bank, 1), [0]);
    }

    #[test]
    fn a_supply_knows_what_the_test_has_itself_and_how_points_differ() {
        let own = [keyed("own", &["a"], 1)];
        let bank =
            [keyed("own", &["a"], 1), keyed("x", &["a"], 2), keyed("y", &["a"], 2), keyed("z", &["b"], 5)];
        let draws = vec![of_bank(3, "a"), of_bank(1, "b"), of_bank(1, "c")];
        let settings = Settings { draws, ..Settings::default() };
        let told: Vec<(usize, bool)> =
            settings.supplies(&own, &bank).iter().map(|one| (one.there, one.is_short())).collect();
        assert_eq!(told, [(2, true), (1, false), (0, true)]);
        assert!(settings.supplies(&own, &bank).iter().all(|one| one.points.is_none()));
        let mixed = [keyed("x", &["a"], 2), keyed("y", &["a"], 1)];
        assert_eq!(settings.supplies(&own, &mixed)[0].points, Some((1, 2)));
        assert_eq!(settings.flaws_with(&own), [], "the bank is looked at apart");
    }
}
