//! Films that accompany the film of a unit: in sign language, with audio description. They are films of other units of the same draft.

use base::Tx;
use identity::{FieldProblem, Problem};
use video::companion::{self, Kind};
use video::{Editable, FilmId};

use crate::error::Error;
use crate::find::Taught;
use crate::{film, outline};

/// What accompanies a film.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Companions {
    /// The film in sign language.
    pub sign_language: Option<FilmId>,
    /// The film with audio description.
    pub audio_description: Option<FilmId>,
}

impl Companions {
    /// The film of that kind.
    pub fn of(&self, kind: Kind) -> Option<FilmId> {
        match kind {
            Kind::SignLanguage => self.sign_language,
            Kind::AudioDescription => self.audio_description,
        }
    }
}

/// The films that can accompany this one: those of the other units, with the titles of these, in their order.
pub async fn others(tx: &mut Tx, proof: &Taught, film: &Editable) -> Result<Vec<(FilmId, String)>, Error> {
    let units = outline::draft(tx, proof).await?.into_iter().flat_map(|section| section.units);
    let films = units.filter_map(|unit| Some((unit.film?, unit.title)));
    Ok(films.filter(|(other, _)| *other != film.film()).collect())
}

/// Says what accompanies a film from now on. Errors: `Invalid` on the word of a kind: `Unknown` for a film that is not one of `others`, `Taken`
/// for one that accompanies it already in the other way.
pub async fn set(tx: &mut Tx, proof: &Taught, film: &Editable, wanted: &Companions) -> Result<(), Error> {
    let others = others(tx, proof, film).await?;
    let unknown = Kind::ALL.into_iter().filter(|kind| {
        let wanted = wanted.of(*kind);
        wanted.is_some_and(|wanted| !others.iter().any(|(other, _)| *other == wanted))
    });
    let problem = |kind: Kind, problem| FieldProblem { field: kind.word(), problem };
    let mut problems: Vec<FieldProblem> = unknown.map(|kind| problem(kind, Problem::Unknown)).collect();
    if wanted.sign_language.is_some() && wanted.sign_language == wanted.audio_description {
        problems.push(problem(Kind::AudioDescription, Problem::Taken));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    for kind in Kind::ALL {
        let other = match wanted.of(kind) {
            Some(other) => Some(film::for_editing(tx, proof, other).await?),
            None => None,
        };
        companion::set(tx, film, kind, other.as_ref()).await?;
    }
    Ok(())
}
