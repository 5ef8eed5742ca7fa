//! Rows and columns of the statistics. Those that are too small to be told stand together as "other", and so do protected
//! programmes, never alone.

use super::suppress::{Counts, LEAST};

/// The name of a row or a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A programme or a unit.
    Called(String),
    /// The word of a kind of device.
    Kind(String),
    /// Devices of no programme or unit.
    None,
    /// Everything that is too small to stand alone, and what is protected.
    Other,
}

/// So many devices of one kind, programme and unit.
#[derive(Clone, Debug)]
pub struct Counted {
    pub kind: String,
    pub programme: Option<String>,
    pub protected: bool,
    pub unit: Option<String>,
    pub count: i64,
}

/// Programme by kind, and unit by kind. Both have the same columns. Every total is `LEAST` or more.
pub fn tables(counted: &[Counted]) -> (Counts<Name>, Counts<Name>) {
    let columns = Groups::of(counted, |one| (Name::Kind(one.kind.clone()), false));
    let programmes = Groups::of(counted, |one| match &one.programme {
        _ if one.protected => (Name::Other, true),
        Some(name) => (Name::Called(name.clone()), false),
        None => (Name::None, false),
    });
    let units = Groups::of(counted, |one| (one.unit.clone().map_or(Name::None, Name::Called), false));
    (table(counted, &programmes, &columns), table(counted, &units, &columns))
}

fn table(counted: &[Counted], rows: &Groups, columns: &Groups) -> Counts<Name> {
    let mut cells = vec![vec![0; columns.names.len()]; rows.names.len()];
    for ((one, row), column) in counted.iter().zip(&rows.places).zip(&columns.places) {
        if let Some(cell) = cells.get_mut(*row).and_then(|row| row.get_mut(*column)) {
            *cell += one.count;
        }
    }
    Counts { rows: rows.names.clone(), columns: columns.names.clone(), cells }
}

struct Groups {
    /// In the order in which they are shown: the largest first, "other" last.
    names: Vec<Name>,
    /// For each of what was counted, where its group stands.
    places: Vec<usize>,
}

impl Groups {
    /// `named` says what a thing is called, and whether that is protected.
    fn of(counted: &[Counted], named: impl Fn(&Counted) -> (Name, bool)) -> Self {
        let mut sums: Vec<(Name, i64)> = Vec::new();
        let (mut other, mut only_protected) = (0, true);
        for one in counted {
            match named(one) {
                (_, true) => other += one.count,
                (name, false) => match sums.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, sum)) => *sum += one.count,
                    None => sums.push((name, one.count)),
                },
            }
        }
        sums.sort_by(|(one, one_sum), (other, other_sum)| {
            other_sum.cmp(one_sum).then_with(|| format!("{one:?}").cmp(&format!("{other:?}")))
        });
        // The smallest go to the others until those are no small group and no protected one alone.
        while let Some((_, smallest)) = sums.last() {
            let alone = other > 0 && (other < LEAST || only_protected);
            if *smallest >= LEAST && !alone {
                break;
            }
            other += smallest;
            only_protected = false;
            sums.pop();
        }
        let mut names: Vec<Name> = sums.into_iter().map(|(name, _)| name).collect();
        if other > 0 {
            names.push(Name::Other);
        }
        let last = names.len().saturating_sub(1);
        let place = |one: &Counted| match named(one) {
            (_, true) => last,
            (name, false) => names.iter().position(|known| *known == name).unwrap_or(last),
        };
        let places = counted.iter().map(place).collect();
        Self { names, places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(kind: &str, programme: &str, protected: bool, count: i64) -> Counted {
        let programme = (!programme.is_empty()).then(|| programme.to_owned());
        Counted { kind: kind.to_owned(), programme, protected, unit: None, count }
    }

    fn rows(counted: &[Counted]) -> Vec<(Name, i64)> {
        let table = tables(counted).0;
        table.rows.into_iter().zip(table.cells.iter().map(|row| row.iter().sum())).collect()
    }

    #[test]
    fn a_protected_programme_never_stands_alone() {
        let called = |name: &str| Name::Called(name.to_owned());
        let foster = one("laptop", "Laptopy 2020", true, 40);
        let (big, small) = (one("laptop", "Zdalna Szkoła", false, 50), one("tablet", "Radni", false, 21));
        // The smallest ordinary one goes along, however large it is.
        assert_eq!(
            rows(&[foster.clone(), big.clone(), small.clone()]),
            [(called("Zdalna Szkoła"), 50), (Name::Other, 61)]
        );
        assert_eq!(
            rows(&[big.clone(), small.clone()]),
            [(called("Zdalna Szkoła"), 50), (called("Radni"), 21)]
        );
        assert_eq!(rows(&[foster.clone(), big]), [(Name::Other, 90)]);
        assert_eq!(rows(&[foster]), [(Name::Other, 40)]);
        assert_eq!(rows(&[]), []);
    }

    #[test]
    fn what_is_small_stands_with_others_until_they_are_five() {
        let counted = [
            one("laptop", "A", false, 9),
            one("tablet", "B", false, 7),
            one("phone", "C", false, 3),
            one("phone", "", false, 1),
        ];
        let names = tables(&counted).0;
        assert_eq!(names.rows, [Name::Called("A".to_owned()), Name::Other]);
        assert_eq!(names.columns, [Name::Kind("laptop".to_owned()), Name::Other]);
        assert_eq!(names.cells, [[9, 0], [0, 11]]);
    }
}
