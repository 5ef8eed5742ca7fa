//! Which parts of a film are seen by how many: where people leave, and what they skip.

use super::Watched;

/// A part of a film and how many have seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heat {
    /// Where it begins, in milliseconds.
    pub from_ms: u32,
    /// Where it ends, in milliseconds.
    pub to_ms: u32,
    /// How many have seen at least half of it.
    pub people: usize,
}

/// The film in `parts` of one length, the last one with the rest; fewer when they would be shorter than a second.
pub fn heat(watched: &[Watched], length_ms: u32, parts: u32) -> Vec<Heat> {
    let parts = parts.min(length_ms / 1000).max(1);
    (0..parts)
        .map(|part| {
            let edge = |part: u32| {
                u32::try_from(u64::from(length_ms) * u64::from(part) / u64::from(parts)).unwrap_or(length_ms)
            };
            let (from_ms, to_ms) = (edge(part), edge(part + 1));
            let half = (to_ms - from_ms).div_ceil(2).max(1);
            let people = watched.iter().filter(|one| within(&one.seen, from_ms, to_ms) >= half).count();
            Heat { from_ms, to_ms, people }
        })
        .collect()
}

/// Milliseconds of these disjoint stretches between two places.
fn within(seen: &[(u32, u32)], from: u32, to: u32) -> u32 {
    seen.iter().map(|(start, end)| (*end).min(to).saturating_sub((*start).max(from))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_seen_by_those_who_saw_half_of_it() {
        let of = |seen: &[(u32, u32)]| Watched { position_ms: 0, seen: seen.to_vec() };
        let all = [of(&[(0, 10_000)]), of(&[(0, 1_000), (5_000, 6_250)]), of(&[])];
        let people: Vec<usize> = heat(&all, 10_000, 4).iter().map(|part| part.people).collect();
        assert_eq!(people, [1, 1, 2, 1]);
        let edges: Vec<(u32, u32)> =
            heat(&all, 10_001, 4).iter().map(|part| (part.from_ms, part.to_ms)).collect();
        assert_eq!(edges, [(0, 2_500), (2_500, 5_000), (5_000, 7_500), (7_500, 10_001)]);
        assert_eq!(heat(&all, 2_500, 40).len(), 2);
        assert_eq!(heat(&[], 0, 40), [Heat { from_ms: 0, to_ms: 0, people: 0 }]);
    }
}
