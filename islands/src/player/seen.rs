//! What was really seen: the stretches of the film that were played, in milliseconds of the film.
//!
//! Fed by the media element's events. A stretch grows only as fast as the film can have run since the last event, so a
//! seek never counts as seen, whatever order the browser reports things in. Speed and throttled tabs do no harm.

/// Slack in seconds between two events, for clocks that do not quite agree.
const SLACK_SECONDS: f64 = 0.75;

/// A film that stops and goes on within so many seconds (a pause, another quality) has left nothing out; nor has one
/// whose first reported moment is that close to its beginning.
const BRIDGED_SECONDS: f64 = 0.5;

/// Stretches played and not yet taken.
#[derive(Debug, Default)]
pub struct Seen {
    /// Where the last stretch ended, in seconds; at first where the film begins to play for this person.
    last: f64,
    /// The stretch that is running: from, to, in seconds.
    running: Option<(f64, f64)>,
    /// Ended stretches, in milliseconds.
    ended: Vec<(u32, u32)>,
}

impl Seen {
    /// Nothing played yet; the film will go on at `begin`, in seconds. The first event comes a little later than that.
    pub fn from(begin: f64) -> Self {
        Self { last: begin, ..Self::default() }
    }

    /// The film is at `position` while it plays; at most `elapsed` seconds of film can have run since the last call.
    pub fn plays(&mut self, position: f64, elapsed: f64) {
        match self.running {
            Some((_, to)) if position < to || position > to + elapsed * 1.25 + SLACK_SECONDS => {
                self.stops();
                self.begins(position);
            }
            Some((from, _)) => self.running = Some((from, position)),
            None => self.begins(position),
        }
    }

    fn begins(&mut self, position: f64) {
        let goes_on = position > self.last && position - self.last <= BRIDGED_SECONDS;
        self.running = Some((if goes_on { self.last } else { position }, position));
    }

    /// The film stands still or jumps: the running stretch ends where it was last seen.
    pub fn stops(&mut self) {
        if let Some((from, to)) = self.running.take() {
            self.add(from, to);
            self.last = to;
        }
    }

    /// Takes what was seen since the last call, sorted and merged; a running stretch goes on from where it is.
    pub fn take(&mut self) -> Vec<(u32, u32)> {
        if let Some((from, to)) = self.running {
            self.add(from, to);
            self.running = Some((to, to));
        }
        let mut stretches = std::mem::take(&mut self.ended);
        stretches.sort_unstable();
        stretches.dedup_by(|next, kept| {
            let touches = next.0 <= kept.1;
            if touches {
                kept.1 = kept.1.max(next.1);
            }
            touches
        });
        stretches
    }

    fn add(&mut self, from: f64, to: f64) {
        let (from, to) = ((from * 1000.0) as u32, (to * 1000.0) as u32);
        if to > from {
            self.ended.push((from, to));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn playing_straight_through_is_one_stretch() {
        let mut seen = Seen::default();
        for quarter in 0..=40 {
            seen.plays(f64::from(quarter) * 0.25, 0.25);
        }
        assert_eq!(seen.take(), [(0, 10_000)]);
        seen.plays(10.25, 0.25);
        assert_eq!(seen.take(), [(10_000, 10_250)]);
        assert!(seen.take().is_empty());
    }

    #[test]
    fn a_jump_is_not_seen_even_when_no_event_announces_it() {
        let mut seen = Seen::default();
        seen.plays(0.0, 0.0);
        seen.plays(2.0, 2.0);
        seen.plays(500.0, 0.25);
        seen.plays(501.0, 1.0);
        seen.plays(10.0, 0.25);
        seen.plays(11.0, 1.0);
        assert_eq!(seen.take(), [(0, 2_000), (10_000, 11_000), (500_000, 501_000)]);
    }

    #[test]
    fn double_speed_and_a_sleeping_tab_count_in_full() {
        let mut seen = Seen::default();
        seen.plays(0.0, 0.0);
        seen.plays(0.5, 0.5);
        seen.plays(60.5, 60.0);
        assert_eq!(seen.take(), [(0, 60_500)]);
    }

    #[test]
    fn a_pause_leaves_no_gap_and_neither_does_the_first_moment() {
        let mut seen = Seen::default();
        seen.plays(0.2, 0.0);
        seen.plays(1.0, 1.0);
        seen.stops();
        seen.plays(1.3, 0.0);
        seen.plays(2.0, 1.0);
        seen.stops();
        seen.plays(2.6, 0.0);
        seen.plays(3.0, 0.5);
        assert_eq!(seen.take(), [(0, 2_000), (2_600, 3_000)]);
    }

    #[test]
    fn going_on_where_one_left_off_leaves_no_gap() {
        let mut seen = Seen::from(125.3);
        seen.plays(125.42, 0.0);
        seen.plays(127.0, 1.6);
        assert_eq!(seen.take(), [(125_300, 127_000)]);
        let mut seen = Seen::from(125.3);
        seen.plays(10.0, 0.0);
        seen.plays(11.0, 1.0);
        assert_eq!(seen.take(), [(10_000, 11_000)]);
    }

    #[test]
    fn what_was_seen_twice_is_reported_once() {
        let mut seen = Seen::default();
        seen.plays(0.0, 0.0);
        seen.plays(5.0, 5.0);
        seen.stops();
        seen.plays(3.0, 0.0);
        seen.plays(7.0, 4.0);
        seen.stops();
        assert_eq!(seen.take(), [(0, 7_000)]);
    }
}
