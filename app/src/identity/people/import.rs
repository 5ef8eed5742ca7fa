//! Import of people in two steps: POST /people/import shows what would happen, POST /people/import/confirm does it.
//!
//! Between the two the file waits in the object store, under a random name in a folder of the person who sent it, so that
//! what is confirmed is what was checked, and nobody confirms a file of somebody else.

use axum::extract::State;
use base::act::{self, Once};
use base::blob::BlobError;
use base::id::Secret;
use base::{OrganisationId, PersonId};
use identity::import::{ImportError, Outcome};
use identity::session::SignedIn;
use identity::sheet::MOST_BYTES;
use identity::{Error, PeopleAdmin};
use serde::Deserialize;
use words::identity as say;

use super::card::Card;
use super::plan;
use crate::caller::Caller;
use crate::parts::FormErrors;
use crate::problem::{Answer, Problem};
use crate::request::{Attached, Posted};
use crate::state::App;
use crate::visit::{Visit, go};

/// How long a file waits to be confirmed.
pub const KEPT: time::Duration = time::Duration::days(1);

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
    let Visit { mut tx, me, .. } = caller.open(&app).await?;
    let (id, key) = place(&me)?;
    // Asked for before there is a file: whoever does not confirm leaves nothing behind.
    let gone_at = tx.now() + KEPT;
    video::sweep::at(&mut tx, &key, gone_at).await?;
    tx.commit().await?;
    store(&app, &me, &key, &file).await?;
    let visit = caller.open(&app).await?;
    let language = visit.language;
    visit.page(say::import_plan_title(language), || plan::ask(language, &outcome, &file.name, &id))
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
    let key = key(visit.me.organisation, visit.me.person, &confirmed.file).ok_or(Problem::NotFound)?;
    let once = format!("import {}", confirmed.file);
    match act::once::<Vec<PersonId>>(&mut visit.tx, &once).await? {
        Once::Again(created) => {
            let outcome = Outcome::default();
            finish(&app, visit, &proof, &created, outcome, !confirmed.letters.is_empty(), true).await
        }
        Once::First => {
            let bytes = match app.blobs.get(&key).await {
                Err(BlobError::Missing(_)) => return Ok(go(&app, "/people/import", "import_gone")),
                got => got?,
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
            forget(&app, &key).await;
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
        Err(ImportError::Sheet(problem)) => Err(refused(visit, plan::sheet_sentence(language, &problem))),
        Err(ImportError::MissingColumns(fields)) => {
            let headers: Vec<_> = fields.into_iter().map(plan::header).collect();
            Err(refused(visit, say::sheet_columns(language, &headers.join(", "))))
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
    let mut errors = FormErrors::new();
    errors.add("file", sentence);
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

/// Where a file waits. `None` when the name is not one that we gave.
fn key(organisation: OrganisationId, person: PersonId, id: &str) -> Option<String> {
    let ours =
        id.len() == 43 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    ours.then(|| format!("imports/{organisation}/{person}/{id}"))
}

/// Keeps the file and answers its name. Earlier files of the person go: nobody comes back for them.
/// A fresh name for a file of this person, and where the file lies.
fn place(me: &SignedIn) -> Result<(String, String), Problem> {
    let id = Secret::fresh().map_err(|error| Error::System(error.to_string()))?.reveal().to_owned();
    let key = key(me.organisation, me.person, &id).ok_or(Problem::NotFound)?;
    Ok((id, key))
}

async fn store(app: &App, me: &SignedIn, key: &str, file: &Attached<MOST_BYTES>) -> Result<(), Problem> {
    for earlier in app.blobs.list(&format!("imports/{}/{}/", me.organisation, me.person)).await? {
        app.blobs.delete(&earlier).await?;
    }
    Ok(app.blobs.put(key, "text/csv", file.bytes.clone()).await?)
}

/// What cannot be deleted now is thrown away with the files that nobody confirmed.
async fn forget(app: &App, key: &str) {
    if let Err(error) = app.blobs.delete(key).await {
        tracing::warn!(%error, "an imported file was not deleted");
    }
}
