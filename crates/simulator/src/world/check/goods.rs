//! The second opinion on one product's stock: movements, counts, and who came too late.

use protocol::outcome::OutcomeCode;
use uuid::Uuid;

/// A till and its clock.
type Who = (Uuid, u64);

/// One product in the branch.
#[derive(Debug, Clone, Default)]
pub(super) struct Goods {
    on_hand: i64,
    /// Goods came in or were counted at least once.
    tracked: bool,
    /// Version, who, thousandths, whether it is a count's.
    moves: Vec<(u64, Who, i64, bool)>,
    /// The count that the figure rests on.
    counted: Option<Who>,
}

/// What a count had not seen.
#[derive(Default)]
struct Unseen {
    rows: usize,
    sum: i64,
    later: i64,
    disturbed: bool,
}

impl Goods {
    pub fn on_hand(&self) -> i64 {
        self.on_hand
    }

    /// A movement by hand or by a sale.
    pub fn moved(
        &mut self,
        milli: i64,
        rv: u64,
        who: Who,
        keeps_book: bool,
    ) -> Option<OutcomeCode> {
        self.tracked |= keeps_book;
        self.on_hand += milli;
        self.moves.push((rv, who, milli, false));
        let below = milli < 0 && self.tracked && self.on_hand < 0;
        let late = self
            .counted
            .is_some_and(|(till, hlc)| till != who.0 && who.1 <= hlc);
        let late = late.then_some(OutcomeCode::CountRace);
        below.then_some(OutcomeCode::NegativeStock).or(late)
    }

    /// A count of what was on the shelf; `seen`: whether it was this epoch's stock, and how much of it.
    pub fn counted(
        &mut self,
        milli: i64,
        seen: Option<(bool, u64)>,
        (_, rv): (Uuid, u64),
        who: Who,
    ) -> Option<OutcomeCode> {
        self.tracked = true;
        let unseen = self.unseen(seen, who);
        let foreign = seen.is_some_and(|(ours, _)| !ours);
        let races = unseen.rows > 0 && (unseen.disturbed || foreign);
        if races && milli != self.on_hand {
            return Some(OutcomeCode::CountRace);
        }
        self.counted = Some(who);
        let to = if races {
            self.on_hand
        } else {
            milli + unseen.sum
        };
        self.adjust(to, rv, who)
    }

    /// A person takes a count although it raced: what was counted, and what moved later on top.
    pub fn accept(
        &mut self,
        milli: i64,
        seen: Option<(bool, u64)>,
        (_, counter): (Uuid, Who),
        (rv, who): (u64, Who),
    ) {
        let later = self.unseen(seen, counter).later;
        self.counted = Some(counter);
        self.adjust(milli + later, rv, who);
    }

    fn adjust(&mut self, to: i64, rv: u64, who: Who) -> Option<OutcomeCode> {
        let delta = to - self.on_hand;
        if delta == 0 {
            return None;
        }
        self.on_hand = to;
        self.moves.push((rv, who, delta, true));
        (delta < 0 && to < 0).then_some(OutcomeCode::NegativeStock)
    }

    fn unseen(&self, seen: Option<(bool, u64)>, (till, hlc): Who) -> Unseen {
        let after = seen.filter(|(ours, _)| *ours).map_or(0, |(_, rv)| rv);
        let mut unseen = Unseen::default();
        for (rv, by, milli, count) in &self.moves {
            let later = by.1 > hlc;
            if *rv <= after || (by.0 == till && !later) {
                continue;
            }
            unseen.rows += 1;
            unseen.sum += milli;
            unseen.later += if later { *milli } else { 0 };
            unseen.disturbed |= !later || *count;
        }
        unseen
    }
}
