//! Import of people in two steps: POST /people/import shows what would happen, POST /people/import/confirm does it.
//! Between the two the file waits (`crate::import::Waiting`).

use axum::extract::State;
use base::PersonId;
use base::act::{self, Once};
use identity::import::{ImportError, Outcome};
use identity::sheet::MOST_BYTES;
use identity::{Error, PeopleAdmin};
use serde::Deserialize;
use words::identity as say;

use super::card::Card;
use super::plan;
use crate::caller::Caller;
use crate::import::{self, Area, Waiting};
use crate::parts::FormErrors;
use crate::problem::{Answer, Problem};
use crate::request::{Attached, Posted};
use crate::state::App;
use crate::visit::{Visit, go};

/// GET /people/import
pub async fn show(State(app): State<App>, caller: Caller) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.people_admin()?;
    let (language, school) = (visit.language, visit.me.school);
    visit.page(say::import_title(language), || plan::form(language, school, &FormErrors::new()))
}

/// POST /people/import: nothing is changed. The trial's locks are let go before the file is stored.
pub async fn check(
    State(app): State<App>,
    caller: Caller,
    file: Result<Attached<MOST_BYTES>, Problem>,
) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let file = file?;
    if file.bytes.is_empty() && file.name.is_empty() {
        let sentence = say::sheet_none(visit.language).to_owned();
        return refused(visit, sentence);
    }
    let tried = identity::import::people(&mut visit.tx, &proof, &file.bytes).await;
    let outcome = match readable(visit, tried) {
        Ok((visit, outcome)) => {
            drop(visit);
            outcome
        }
        Err(answer) => return answer,
    };
    let waiting = Waiting::keep(&app, &caller, Area::People, file.bytes).await?;
    let visit = caller.open(&app).await?;
    let language = visit.language;
    visit.page(say::import_plan_title(language), || plan::ask(language, &outcome, &file.name, &waiting.id))
}

/// The confirmation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Confirmed {
    file: String,
    letters: String,
}

/// POST /people/import/confirm. Sent twice, it imports once; the second answer has fresh links, because the first may not
/// have arrived.
pub async fn confirm(State(app): State<App>, caller: Caller, Posted(confirmed): Posted<Confirmed>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let waiting = Waiting::named(Area::People, &visit.me, &confirmed.file)?;
    let once = format!("import {}", confirmed.file);
    match act::once::<Vec<PersonId>>(&mut visit.tx, &once).await? {
        Once::Again(created) => {
            let outcome = Outcome::default();
            finish(&app, visit, &proof, &created, outcome, !confirmed.letters.is_empty(), true).await
        }
        Once::First => {
            let Some(bytes) = waiting.bytes(&app).await? else {
                return Ok(go(&app, "/people/import", "import_gone"));
            };
            let done = identity::import::people(&mut visit.tx, &proof, &bytes).await;
            let (mut visit, outcome) = match readable(visit, done) {
                Ok(done) => done,
                Err(answer) => return answer,
            };
            let created: Vec<PersonId> = outcome.created.iter().map(|(id, _)| *id).collect();
            act::remember(&mut visit.tx, &once, &created).await?;
            let answer =
                finish(&app, visit, &proof, &created, outcome, !confirmed.letters.is_empty(), false).await?;
            waiting.forget(&app).await;
            Ok(answer)
        }
    }
}

/// The visit and what the import did; or the page that says why it cannot.
#[expect(clippy::result_large_err, reason = "the other case is an answer that is on its way out")]
fn readable(visit: Visit, tried: Result<Outcome, ImportError>) -> Result<(Visit, Outcome), Answer> {
    let language = visit.language;
    match tried {
        Ok(outcome) if outcome.problems.is_empty() => Ok((visit, outcome)),
        Ok(outcome) => {
            let count = i64::try_from(outcome.problems.len()).unwrap_or(i64::MAX);
            let title = say::import_wrong_title(language, count);
            Err(visit.refused(&title, || plan::problems(language, &title, &outcome.problems)))
        }
        Err(ImportError::Sheet(problem)) => Err(refused(visit, import::sheet_sentence(language, &problem))),
        Err(ImportError::MissingColumns(fields)) => {
            Err(refused(visit, import::missing(language, fields, plan::header)))
        }
        // Only somebody who imports the same people at this moment can still be in the way.
        Err(ImportError::Area(Error::Invalid(_))) => {
            Err(refused(visit, say::import_busy(language).to_owned()))
        }
        Err(ImportError::Area(error)) => Err(Err(error.into())),
    }
}

fn refused(visit: Visit, sentence: String) -> Answer {
    let (language, school) = (visit.language, visit.me.school);
    let errors = FormErrors::one("file", sentence);
    visit.refused(say::import_title(language), || plan::form(language, school, &errors))
}

async fn finish(
    app: &App,
    mut visit: Visit,
    proof: &PeopleAdmin,
    created: &[PersonId],
    outcome: Outcome,
    letters: bool,
    again: bool,
) -> Answer {
    let people = identity::person::some(&mut visit.tx, proof, created).await?;
    let organisation = visit.me.organisation_name.clone();
    let mut cards = Vec::new();
    for person in people.into_iter().filter(|person| !person.has_password && !person.suspended) {
        let card = Card::offer(&mut visit.tx, proof, app, person).await?;
        if letters {
            card.post_letter(&mut visit.tx, &organisation).await?;
        }
        cards.push(card);
    }
    let language = visit.language;
    let outcome = (!again).then_some(outcome);
    let view = move || plan::done(language, outcome.as_ref(), &cards, &organisation);
    visit.commit_and_page(say::import_done(language), view).await
}
