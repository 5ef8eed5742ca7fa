//! Points of a picture that would cover each other are drawn as one, and the picture says how many they are.

/// Points, as places among all, that are drawn together: the first of each group stands where the group is drawn, and no two groups
/// are nearer to each other than `near` in both directions.
pub fn groups(points: &[(f64, f64)], near: f64) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let covers = |group: &&mut Vec<usize>| {
            let first = group.first().and_then(|first| points.get(*first));
            first.is_some_and(|(left, top)| (x - left).abs() < near && (y - top).abs() < near)
        };
        match groups.iter_mut().find(covers) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

/// The name of the group of this number, from 0: A, B … Z, A1, B1 …
pub fn name(number: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(number % 26).unwrap_or(0));
    if number < 26 { letter.to_string() } else { format!("{letter}{}", number / 26) }
}

#[cfg(test)]
mod tests {
    use super::{groups, name};

    #[test]
    fn what_coincides_is_one_and_what_does_not_stays_apart() {
        let same = [(100.0, 50.0), (300.0, 50.0), (100.0, 50.0), (110.0, 60.0), (100.0, 90.0)];
        assert_eq!(groups(&same, 28.0), [vec![0, 2, 3], vec![1], vec![4]]);
        assert_eq!(groups(&[], 28.0), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_row_of_neighbours_is_not_drawn_as_one() {
        let row: Vec<(f64, f64)> = (0..20).map(|at| (f64::from(at) * 20.0, 0.0)).collect();
        let groups = groups(&row, 28.0);
        assert!(groups.iter().all(|group| group.len() <= 2), "{groups:?}");
        let mut all: Vec<usize> = groups.concat();
        all.sort_unstable();
        assert_eq!(all, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn groups_have_names_without_end() {
        assert_eq!([name(0), name(25), name(26), name(53)], ["A", "Z", "A1", "B2"]);
    }
}
