//! Questions that were found: those who teach a course find its bank, a learner finds the questions of their own attempts that have
//! ended, as soon as the test shows their key, and nobody else finds any.

use std::collections::HashSet;

use base::Tx;
use identity::SignedIn;
use identity::permit::{Kind, Verb};

use super::question::Question as Asked;
use super::{EACH, Found, Hit, Place, excerpt};
use crate::error::Error;
use crate::quiz::Question;
use crate::quiz::store::read;
use crate::{AttemptId, UnitId};

/// Questions that are looked at after the database has chosen.
const MOST: i64 = 200;
/// Letters of a question that stand for its title.
const TITLE_LETTERS: usize = 120;

/// The questions that answer, by course.
pub(super) async fn find(tx: &mut Tx, me: &SignedIn, asked: &Asked) -> Result<Vec<Found>, Error> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = bank(tx, me, asked).await?;
    for course in own(tx, me, asked).await? {
        add(&mut found, course);
    }
    Ok(found)
}

/// Puts what was found in a course to what was found in it already.
pub(super) fn add(courses: &mut Vec<Found>, more: Found) {
    match courses.iter_mut().find(|course| course.slug == more.slug) {
        Some(course) => {
            course.hits.extend(more.hits);
            course.taught &= more.taught;
        }
        None => courses.push(more),
    }
}

/// The banks of the courses that the person teaches, with everything that their authors wrote.
async fn bank(tx: &mut Tx, me: &SignedIn, asked: &Asked) -> Result<Vec<Found>, Error> {
    if !me.may(Verb::Change, Kind::TaughtCourse) {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"select c.slug, c.title, c.language, v.body, u.unit_id as "unit_id?"
           from course_teacher a join course c on c.id = a.course_id and c.organisation_id = $1 and c.state <> 'archived'
             join question q on q.course_id = c.id
             join lateral (select body from question_version where question_id = q.id order by number desc limit 1) v on true
             left join lateral (
               select k.unit_id from quiz_question k join quiz z on z.unit_id = k.unit_id and z.removed_at is null
                 join unit n on n.id = k.unit_id and n.removed_at is null
               where k.question_id = q.id order by k.unit_id limit 1) u on true
           where a.person_id = $2 and to_tsvector('simple', search_fold(v.body::text)) @@ ($3::text)::tsquery
           order by c.title, c.id, q.key limit $4"#,
        me.organisation.0,
        me.person.0,
        asked.written(),
        MOST,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut courses: Vec<Found> = Vec::new();
    for row in rows {
        let question: Question = read(row.body)?;
        let text = written(&question);
        // The database has looked at names of fields too.
        if !asked.answers(&text) {
            continue;
        }
        let title = question.title.clone().unwrap_or_else(|| short(&question.text));
        let place = Place::Bank { unit: row.unit_id.map(UnitId), key: question.key.clone() };
        let hit = Hit {
            place,
            unit: String::new(),
            title: excerpt::whole(asked, &title),
            sentence: excerpt::sentence(asked, &text),
            language: row.language.clone(),
        };
        push(&mut courses, (row.slug, row.title, row.language), true, hit);
    }
    Ok(courses)
}

/// The person's own attempts, as far as `Attempt::explained` shows their questions.
async fn own(tx: &mut Tx, me: &SignedIn, asked: &Asked) -> Result<Vec<Found>, Error> {
    let rows = sqlx::query!(
        r#"select c.slug, p.title, p.language, w.slug as unit, a.id, q.position, v.body
           from attempt a join course c on c.id = a.course_id and c.state = 'published'
             join course_version p on p.id = c.published_version_id
             join version_unit w on w.version_id = p.id and w.unit_id = a.unit_id
             join version_quiz z on z.version_id = a.version_id and z.unit_id = a.unit_id
             join attempt_question q on q.attempt_id = a.id join question_version v on v.id = q.question_version_id
           where a.organisation_id = $1 and a.person_id = $2 and a.submitted_at is not null
             and case coalesce(z.settings ->> 'reveal', 'end')
                   when 'attempt' then true
                   when 'end' then coalesce(a.number >= a.number_most, false) or exists (
                     select from attempt b where b.person_id = a.person_id and b.unit_id = a.unit_id and b.cycle = a.cycle and b.passed)
                   else false end
             and c.id in (select v.course_id from covering($2) v)
             and to_tsvector('simple', search_fold(concat_ws(' ', v.body ->> 'text', v.body ->> 'feedback'))) @@ ($3::text)::tsquery
           order by p.title, c.id, a.started_at desc, q.position limit $4"#,
        me.organisation.0,
        me.person.0,
        asked.written(),
        MOST,
    )
    .fetch_all(tx.connection())
    .await?;
    let mut courses: Vec<Found> = Vec::new();
    // Asked in several attempts, it is found in the newest.
    let mut known: HashSet<(String, String)> = HashSet::new();
    for row in rows {
        let question: Question = read(row.body)?;
        let text = match &question.feedback {
            Some(feedback) => format!("{}\n{feedback}", question.text),
            None => question.text.clone(),
        };
        if !asked.answers(&text) || !known.insert((row.slug.clone(), question.key)) {
            continue;
        }
        let hit = Hit {
            place: Place::Answer { attempt: AttemptId(row.id), position: row.position },
            unit: row.unit,
            title: excerpt::whole(asked, &short(&question.text)),
            sentence: excerpt::sentence(asked, &text),
            language: row.language.clone(),
        };
        push(&mut courses, (row.slug, row.title, row.language), false, hit);
    }
    Ok(courses)
}

fn push(courses: &mut Vec<Found>, (slug, title, language): (String, String, String), taught: bool, hit: Hit) {
    match courses.last_mut() {
        Some(course) if course.slug == slug => {
            if course.hits.len() < usize::try_from(EACH).unwrap_or(5) {
                course.hits.push(hit);
            }
        }
        _ => {
            let title_language = language.clone();
            courses.push(Found { slug, title, title_language, language, taught, hits: vec![hit] });
        }
    }
}

/// The beginning of a question, as its title.
fn short(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= TITLE_LETTERS {
        return line.to_owned();
    }
    format!("{} …", line.chars().take(TITLE_LETTERS).collect::<String>().trim_end())
}

/// Everything that the author of a question wrote, a line each: every text of its kind, and what stands beside it.
fn written(question: &Question) -> String {
    let mut lines = vec![question.text.clone()];
    lines.extend(question.title.clone());
    lines.extend(question.tags.iter().cloned());
    if let Ok(kind) = serde_json::to_value(&question.kind) {
        texts(&kind, "", &mut lines);
    }
    lines.extend(question.feedback.clone());
    lines.join("\n")
}

/// The texts of a value; what only says of which type it is is none.
fn texts(value: &serde_json::Value, name: &str, lines: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if name != "type" => lines.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, name, lines)),
        serde_json::Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| texts(field, name, lines));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{short, written};
    use crate::quiz::{Choice, Kind, Question};

    #[test]
    fn of_a_question_everything_that_was_written_is_searched_and_its_type_is_not() {
        let choice = |text: &str| Choice { text: text.to_owned(), right: false, feedback: None };
        let question = Question {
            key: "klucz".to_owned(),
            title: Some("Tytuł".to_owned()),
            text: "Co robisz?".to_owned(),
            tags: vec!["hasla".to_owned()],
            points: 1,
            fixed: false,
            kind: Kind::Single { options: vec![choice("Dzwonię"), choice("Klikam")] },
            feedback: Some("Dlatego.".to_owned()),
        };
        assert_eq!(written(&question), "Co robisz?\nTytuł\nhasla\nDzwonię\nKlikam\nDlatego.");
    }

    #[test]
    fn a_long_question_has_a_short_title() {
        assert_eq!(short("\n  Jak?  \nDalej"), "Jak?");
        assert_eq!(short(&"ą".repeat(200)).chars().count(), 122);
    }
}
