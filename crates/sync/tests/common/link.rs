//! What happens to one call on its way.

use sync::backoff::SplitMix64;

/// The fate of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// There and back in so many milliseconds.
    Delivered(u64),
    /// Never arrives; noticed after so many milliseconds.
    RequestLost(u64),
    /// Arrives, and its reply does not; noticed after so many milliseconds.
    ReplyLost(u64),
    /// A box on the way answers with a page.
    Garbage(u64),
    /// A box on the way asks for patience, milliseconds.
    Patience(u64),
}

/// A line to the cloud.
pub trait Link {
    /// What becomes of a call that starts now and carries so many ops.
    fn fate(&mut self, now: u64, ops: usize) -> Fate;
}

/// Always there.
pub struct Steady;

impl Link for Steady {
    fn fate(&mut self, _now: u64, ops: usize) -> Fate {
        Fate::Delivered(50 + ops as u64)
    }
}

/// Never there.
pub struct Dead;

impl Link for Dead {
    fn fate(&mut self, _now: u64, _ops: usize) -> Fate {
        Fate::RequestLost(5_000)
    }
}

/// Everything goes wrong by chance; the last percent is what works.
pub struct Bad {
    pub random: SplitMix64,
    pub works_percent: u64,
}

impl Link for Bad {
    fn fate(&mut self, _now: u64, ops: usize) -> Fate {
        let after = 10 + self.random.up_to(15_000);
        if self.random.up_to(99) < self.works_percent {
            return Fate::Delivered(20 + ops as u64);
        }
        match self.random.up_to(4) {
            0 => Fate::RequestLost(after),
            1 | 2 => Fate::ReplyLost(after),
            3 => Fate::Garbage(after % 500),
            _ => Fate::Patience(after),
        }
    }
}

/// Loses the first replies and then works.
pub struct RepliesLost(pub u32);

impl Link for RepliesLost {
    fn fate(&mut self, _now: u64, ops: usize) -> Fate {
        if ops == 0 || self.0 == 0 {
            return Fate::Delivered(30);
        }
        self.0 -= 1;
        Fate::ReplyLost(15_000)
    }
}

/// Three seconds up, seven down, until the steady time begins.
pub struct Flapping {
    pub steady_from: u64,
}

impl Flapping {
    pub const PERIOD: u64 = 10_000;
    const UP: u64 = 3_000;

    fn up_at(&self, at: u64) -> bool {
        at >= self.steady_from || at % Self::PERIOD < Self::UP
    }
}

impl Link for Flapping {
    fn fate(&mut self, now: u64, ops: usize) -> Fate {
        // A slow shop line: 400 ms there and back, 8 ms an op.
        let there_and_back = 400 + 8 * ops as u64;
        match (self.up_at(now), self.up_at(now + there_and_back)) {
            (true, true) => Fate::Delivered(there_and_back),
            (true, false) if self.up_at(now + there_and_back / 2) => {
                Fate::ReplyLost(there_and_back + 15_000)
            }
            (true, false) => Fate::RequestLost(there_and_back + 15_000),
            (false, _) => Fate::RequestLost(5_000),
        }
    }
}
