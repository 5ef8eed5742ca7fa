//! What may be claimed as seen. A player says itself what it played, and a script can say anything: the server's clock is the
//! bound. Nobody plays a film faster than three times, so nobody has seen more of it than three times what the clock went on.

/// So many times as fast as the clock film can be claimed: the greatest speed of the player.
pub const FASTEST: u32 = 3;
/// Most that can be saved up, in milliseconds of film. A player that cannot reach the server plays on for no longer than what
/// it has fetched ahead, a minute; an hour is generous, and too little to be saved up for a lecture that was never played.
pub const MOST_CREDIT_MS: u32 = 3_600_000;

/// What may be claimed now: what was left, and what the clock has added since, both in milliseconds.
pub(super) fn credit(left_ms: u32, elapsed_ms: i64) -> u32 {
    let grown = u64::try_from(elapsed_ms).unwrap_or(0).saturating_mul(u64::from(FASTEST));
    u32::try_from(u64::from(left_ms).saturating_add(grown)).unwrap_or(u32::MAX).min(MOST_CREDIT_MS)
}

/// Of what is claimed, what was not seen before, from its beginning and no more than `credit_ms` of it.
///
/// `seen`: disjoint, ascending. The answer is too.
pub(super) fn granted(seen: &[(u32, u32)], claimed: &[(u32, u32)], credit_ms: u32) -> Vec<(u32, u32)> {
    let mut claimed: Vec<(u32, u32)> = claimed.iter().copied().filter(|(from, to)| from < to).collect();
    claimed.sort_unstable();
    let mut granted = Vec::new();
    let (mut left, mut reached) = (credit_ms, 0);
    for (from, to) in claimed {
        // Where the claims before it overlap, they have had it already.
        let mut at = from.max(reached);
        reached = reached.max(to);
        let after = seen.partition_point(|(_, end)| *end <= at);
        for (start, end) in seen.iter().skip(after).copied().chain([(u32::MAX, u32::MAX)]) {
            let until = start.min(to);
            if at < until && left > 0 {
                let length = (until - at).min(left);
                granted.push((at, at + length));
                left -= length;
            }
            at = at.max(end);
            if at >= to {
                break;
            }
        }
    }
    granted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_costs_anything() {
        let seen = [(1_000, 2_000), (5_000, 6_000)];
        assert_eq!(granted(&seen, &[(0, 10_000)], u32::MAX), [(0, 1_000), (2_000, 5_000), (6_000, 10_000)]);
        assert!(granted(&seen, &[(1_000, 2_000), (5_500, 6_000), (7, 7), (9, 3)], 100).is_empty());
        assert_eq!(
            granted(&[], &[(500, 900), (0, 700), (900, 1_000)], u32::MAX),
            [(0, 700), (700, 900), (900, 1_000)]
        );
    }

    #[test]
    fn what_is_over_the_credit_is_not_granted() {
        assert_eq!(granted(&[], &[(0, 3_600_000)], 30_000), [(0, 30_000)]);
        assert_eq!(
            granted(&[(0, 10_000)], &[(0, 20_000), (40_000, 90_000)], 15_000),
            [(10_000, 20_000), (40_000, 45_000)]
        );
        assert!(granted(&[], &[(0, 1)], 0).is_empty());
    }

    #[test]
    fn credit_grows_three_times_as_fast_as_the_clock_and_not_for_ever() {
        assert_eq!(credit(30_000, 10_000), 60_000);
        assert_eq!(credit(5, -1_000), 5);
        assert_eq!(credit(0, i64::MAX), MOST_CREDIT_MS);
    }
}
