//! How good the questions are, by the answers that people gave: difficulty, discrimination, wrong options nobody takes.
//!
//! The measures of classical test theory (Crocker, Algina: “Introduction to classical and modern test theory”, 1986,
//! ch. 14). One response is one attempt's answer to one question; each person should be in it once, with the first
//! attempt, because whoever has seen the key answers another question.

use std::collections::HashMap;

use super::answer::Answer;
use super::question::{Kind, Question};

/// Fewer attempts than this say nothing about how a question tells people apart.
pub const LEAST_ATTEMPTS: usize = 10;
/// A wrong option that fewer than this share of those who answered took is called unused, in thousandths.
pub const UNUSED_BELOW: usize = 50;

/// What one attempt gave for one question.
#[derive(Clone, Debug, PartialEq)]
pub struct Response<'a> {
    /// Which attempt.
    pub attempt: u64,
    /// Which question, as a place among those that are analysed.
    pub question: usize,
    /// 0 to 1000 thousandths of its points.
    pub per_mille: u16,
    /// Its points.
    pub points: u16,
    /// What was answered; `None` is nothing.
    pub answer: Option<&'a Answer>,
}

/// What is known about one question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// How many attempts it was asked in.
    pub asked: usize,
    /// How many of them left it empty.
    pub empty: usize,
    /// Mean share of its points, 0 (nobody knows) to 1 (everybody knows); `None` when it was never asked.
    pub difficulty: Option<f64>,
    /// Correlation (Pearson) of its points with the share of points in the rest of the attempt, −1 to 1: below 0.2 it hardly
    /// tells those who know from those who do not, below 0 the key may be wrong. `None` with fewer than `LEAST_ATTEMPTS`
    /// attempts that asked something else as well, or when all are alike.
    pub discrimination: Option<f64>,
    /// For every option or area, in the order as written, how many chose it; empty for other kinds.
    pub chosen: Vec<usize>,
    /// Wrong options or areas that hardly anybody takes, as places among them; empty with fewer than `LEAST_ATTEMPTS`
    /// answers.
    pub unused: Vec<usize>,
}

/// Analyses every question.
pub fn items(questions: &[Question], responses: &[Response<'_>]) -> Vec<Item> {
    let mut totals: HashMap<u64, (f64, f64)> = HashMap::new();
    for response in responses {
        let total = totals.entry(response.attempt).or_default();
        total.0 += earned(response);
        total.1 += f64::from(response.points);
    }
    let mut of: Vec<Vec<&Response<'_>>> = vec![Vec::new(); questions.len()];
    for response in responses {
        if let Some(all) = of.get_mut(response.question) {
            all.push(response);
        }
    }
    questions.iter().zip(of).map(|(question, responses)| item(question, &responses, &totals)).collect()
}

/// Points that were earned.
fn earned(response: &Response<'_>) -> f64 {
    f64::from(response.points) * f64::from(response.per_mille) / 1000.0
}

fn item(question: &Question, responses: &[&Response<'_>], totals: &HashMap<u64, (f64, f64)>) -> Item {
    let asked = responses.len();
    let empty = responses.iter().filter(|response| response.answer.is_none()).count();
    let share = |response: &&Response<'_>| f64::from(response.per_mille) / 1000.0;
    let difficulty = (asked > 0).then(|| responses.iter().map(share).sum::<f64>() / asked as f64);
    // Without the question itself, or it would correlate with itself. Draws differ, so the rest is a share.
    let pairs: Vec<(f64, f64)> = responses
        .iter()
        .filter_map(|response| {
            let (points, of) = totals.get(&response.attempt)?;
            let rest = of - f64::from(response.points);
            (rest > 0.0).then(|| (share(response), (points - earned(response)) / rest))
        })
        .collect();
    let discrimination = (pairs.len() >= LEAST_ATTEMPTS).then(|| correlation(&pairs)).flatten();
    let chosen = chosen(question, responses);
    let answered = asked - empty;
    let right = |at: usize| match &question.kind {
        Kind::Single { options } | Kind::Multiple { options } => options[at].right,
        Kind::Hotspot { areas, .. } => areas[at].right,
        _ => true,
    };
    let rare = |at: &usize| !right(*at) && chosen[*at] * 1000 < answered * UNUSED_BELOW;
    let unused =
        if answered < LEAST_ATTEMPTS { Vec::new() } else { (0..chosen.len()).filter(rare).collect() };
    Item { asked, empty, difficulty, discrimination, chosen, unused }
}

/// How many chose each option or area.
fn chosen(question: &Question, responses: &[&Response<'_>]) -> Vec<usize> {
    let count = match &question.kind {
        Kind::Single { options } | Kind::Multiple { options } => options.len(),
        Kind::Hotspot { areas, .. } => areas.len(),
        _ => 0,
    };
    let mut chosen = vec![0; count];
    for response in responses {
        let indexes: &[u16] = match response.answer {
            Some(Answer::Choice(index)) => std::slice::from_ref(index),
            Some(Answer::Choices(indexes)) => indexes,
            _ => &[],
        };
        for index in indexes {
            if let Some(count) = chosen.get_mut(usize::from(*index)) {
                *count += 1;
            }
        }
    }
    chosen
}

/// Pearson's correlation; `None` when one side is always the same.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let count = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (x, y) = (x - mean_x, y - mean_y);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    // What differs by less than arithmetic is exact does not differ.
    (xx > 1e-12 && yy > 1e-12).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quiz::question::Choice;

    fn question() -> Question {
        let option = |text: &str, right| Choice { text: text.to_owned(), right, feedback: None };
        Question {
            key: "k".to_owned(),
            title: None,
            text: "?".to_owned(),
            tags: Vec::new(),
            points: 1,
            fixed: false,
            kind: Kind::Single { options: vec![option("a", true), option("b", false), option("c", false)] },
            feedback: None,
        }
    }

    fn response(attempt: u64, question: usize, per_mille: u16, answer: Option<&Answer>) -> Response<'_> {
        Response { attempt, question, per_mille, points: 1, answer }
    }

    /// Ten attempts at three questions. Right answers to them, and in the rest for the first question:
    /// 1111000000 · 1110100000 · 1101100000 → rest of 2: 2,2,1,1,2,0,0,0,0,0.
    /// x: mean 0.4, Σ(x−x̄)² = 2.4. y (share of 2): 1,1,.5,.5,1,0…: mean 0.4, Σ(y−ȳ)² = 3×0.36 + 2×0.01 + 5×0.16 = 1.9.
    /// Σxy = 3; Σ(x−x̄)(y−ȳ) = 3 − 10×0.4×0.4 = 1.4. r = 1.4 ÷ √(2.4×1.9) = 0.655610…
    #[test]
    fn the_measures_are_those_reckoned_by_hand() {
        let (right, wrong) = (Answer::Choice(0), Answer::Choice(1));
        let rows = ["1111000000", "1110100000", "1101100000"];
        let mut responses = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            for (attempt, mark) in row.chars().enumerate() {
                let (per_mille, answer) = if mark == '1' { (1000, &right) } else { (0, &wrong) };
                responses.push(response(attempt as u64, at, per_mille, Some(answer)));
            }
        }
        let items = items(&[question(), question(), question()], &responses);
        assert_eq!((items[0].asked, items[0].empty, items[0].difficulty), (10, 0, Some(0.4)));
        let r = items[0].discrimination.unwrap();
        assert!((r - 1.4 / (2.4f64 * 1.9).sqrt()).abs() < 1e-12 && (r - 0.655_610).abs() < 1e-6, "{r}");
        assert_eq!(items[0].chosen, [4, 6, 0]);
        assert_eq!(items[0].unused, [2], "nobody takes the third option");
    }

    #[test]
    fn a_key_that_is_wrong_shows() {
        let answer = Answer::Choice(0);
        let mut responses = Vec::new();
        for attempt in 0..10 {
            let knows = if attempt < 5 { 1000 } else { 0 };
            responses.push(response(attempt, 0, 1000 - knows, Some(&answer)));
            responses.push(response(attempt, 1, knows, Some(&answer)));
        }
        let items = items(&[question(), question()], &responses);
        assert!((items[0].discrimination.unwrap() + 1.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_said_on_too_little() {
        assert_eq!(items(&[question()], &[]), [Item { chosen: vec![0, 0, 0], ..Item::default() }]);
        let answer = Answer::Choice(0);
        let alike: Vec<Response<'_>> = (0..20)
            .flat_map(|attempt| [response(attempt, 0, 1000, Some(&answer)), response(attempt, 1, 500, None)])
            .collect();
        let items = items(&[question(), question()], &alike);
        assert_eq!((items[0].discrimination, items[0].difficulty), (None, Some(1.0)), "all are alike");
        assert_eq!((items[1].empty, items[1].difficulty, items[1].unused.len()), (20, Some(0.5), 0));
        let few: Vec<Response<'_>> = (0..9)
            .flat_map(|n| {
                [
                    response(n, 0, (n % 2 * 1000) as u16, Some(&answer)),
                    response(n, 1, (n % 2 * 1000) as u16, None),
                ]
            })
            .collect();
        assert_eq!(super::items(&[question(), question()], &few)[0].discrimination, None);
        let alone: Vec<Response<'_>> = (0..20).map(|n| response(n, 0, (n % 2 * 1000) as u16, None)).collect();
        assert_eq!(super::items(&[question()], &alone)[0].discrimination, None, "there is no rest");
    }

    /// Draws give other questions to everybody: the rest is a share, not a sum.
    #[test]
    fn attempts_of_other_lengths_are_compared_by_their_share() {
        let answer = Answer::Choice(0);
        let mut responses = Vec::new();
        for attempt in 0..10u64 {
            let knows = if attempt % 2 == 0 { 1000 } else { 0 };
            responses.push(response(attempt, 0, knows, Some(&answer)));
            for more in 1..=(1 + attempt as usize % 3) {
                responses.push(response(attempt, more, knows, Some(&answer)));
            }
        }
        let all = vec![question(); 4];
        let r = items(&all, &responses)[0].discrimination.unwrap();
        assert!((r - 1.0).abs() < 1e-12, "{r}");
    }
}
