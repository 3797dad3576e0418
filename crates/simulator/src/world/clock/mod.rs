//! A machine's two clocks: the wall's, which anybody may turn, and the monotonic one, which may stand still or run
//! a little off. Neither decides what is recorded.

/// The wall clock when a world begins, UTC milliseconds: ten years back from here is still after 1970.
const EPOCH_MS: i64 = 1_795_132_800_000;
/// A day.
const DAY_MS: i64 = 86_400_000;

/// Both clocks of one machine.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    /// Wall clock minus true time.
    pub wall_offset_ms: i64,
    /// The wall clock stands still here until then.
    pub frozen: Option<(u64, i64)>,
    /// The monotonic clock was there at that true moment…
    anchor: (u64, u64),
    /// …and runs so many thousandths of a millisecond a millisecond since.
    rate: u64,
    /// The latest business day that was opened here.
    pub last_day: i64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            wall_offset_ms: 0,
            frozen: None,
            anchor: (0, 0),
            rate: 1_000,
            last_day: 0,
        }
    }
}

impl Clock {
    /// UTC milliseconds as this machine believes.
    pub fn wall(&self, now: u64) -> i64 {
        if let Some((until, stands)) = self.frozen
            && now < until
        {
            return stands;
        }
        let true_ms = i64::try_from(now)
            .unwrap_or(i64::MAX)
            .saturating_add(EPOCH_MS);
        true_ms.saturating_add(self.wall_offset_ms)
    }

    /// Whether the wall clock stands on an earlier day than one that was already open here.
    pub fn is_behind_its_day(&mut self, now: u64) -> bool {
        let day = self.wall(now).div_euclid(DAY_MS);
        let behind = day < self.last_day;
        self.last_day = self.last_day.max(day);
        behind
    }

    /// Milliseconds that never go back.
    pub fn mono(&self, now: u64) -> u64 {
        let (at, mono) = self.anchor;
        mono + now.saturating_sub(at) * self.rate / 1_000
    }

    /// When the monotonic clock will say that.
    pub fn true_time(&self, mono: u64) -> u64 {
        let (at, anchored) = self.anchor;
        at + (mono.saturating_sub(anchored) * 1_000).div_ceil(self.rate)
    }

    /// From now on it runs at another rate.
    pub fn run_at(&mut self, now: u64, rate: u64) {
        self.anchor = (now, self.mono(now));
        self.rate = rate;
    }

    /// If it stands still, it goes on now. Says whether it did.
    pub fn wake(&mut self, now: u64) -> bool {
        let asleep = self.anchor.0 > now;
        if asleep {
            self.anchor.0 = now;
        }
        asleep
    }

    /// It stands still from now until then.
    pub fn stand_still(&mut self, now: u64, until: u64) {
        self.anchor = (until, self.mono(now));
    }
}
