//! Export of people as a table that `import` reads back without loss.

use base::Tx;

use crate::error::Error;
use crate::permit::PeopleAdmin;
use crate::person::{self, Filter};
use crate::sheet::safe_cell;
use crate::unit;

/// All people of the actor's organisation as CSV: UTF-8 with a mark (so that spreadsheets see it), `;` between cells.
pub async fn people(tx: &mut Tx, proof: &PeopleAdmin) -> Result<Vec<u8>, Error> {
    let units = unit::all(tx).await?;
    let path = |id| {
        let mut names: Vec<&str> = Vec::new();
        let mut at = id;
        while let Some(unit) = units.iter().find(|unit| Some(unit.id) == at) {
            names.push(&unit.name);
            at = unit.parent;
        }
        names.reverse();
        names.join(" / ")
    };
    let mut people = Vec::new();
    loop {
        let at = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let filter = Filter { skip: at(people.len()), take: at(person::MOST_LISTED), ..Filter::default() };
        let (mut more, _) = person::list(tx, proof, &filter).await?;
        if more.is_empty() {
            break;
        }
        people.append(&mut more);
    }
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
    let failed = |error: csv::Error| Error::System(error.to_string());
    writer
        .write_record([
            "login",
            "email",
            "imie",
            "nazwisko",
            "jednostka",
            "grupy",
            "role",
            "stanowisko",
            "jezyk",
        ])
        .map_err(failed)?;
    for person in people {
        let roles: Vec<&str> = person
            .roles
            .granted()
            .iter()
            .map(|role| role.word())
            .filter(|word| *word != "installation_admin")
            .collect();
        let cells = [
            person.login,
            person.email.unwrap_or_default(),
            person.given_name,
            person.family_name,
            path(person.unit),
            person.groups.join("|"),
            roles.join("|"),
            person.positions.join("|"),
            person.language,
        ];
        writer.write_record(cells.iter().map(|cell| safe_cell(cell))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::System(error.to_string()))
}
