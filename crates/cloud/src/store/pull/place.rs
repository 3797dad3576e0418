//! Where a till stands in the order of rows.

/// A place in the order of a scope's rows: by version, then by kind of row, then by key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The row's version.
    pub rv: u64,
    /// The kind of the row within its scope, from 1 on; 0 stands before all, 255 behind all.
    pub rank: u8,
    /// The row's key.
    pub key: Vec<u8>,
}

impl Place {
    /// Behind every row of this version.
    pub const fn behind(rv: u64) -> Self {
        Self {
            rv,
            rank: u8::MAX,
            key: Vec::new(),
        }
    }

    /// The same place as rows of one kind see it: those behind it are the ones with
    /// `(rv, key) > bound`. No key is empty, so an empty one stands before all of its version.
    pub fn bound(&self, rank: u8) -> (u64, &[u8]) {
        match self.rank.cmp(&rank) {
            std::cmp::Ordering::Less => (self.rv, &[]),
            std::cmp::Ordering::Equal => (self.rv, &self.key),
            std::cmp::Ordering::Greater => (self.rv.saturating_add(1), &[]),
        }
    }
}

/// How far a till is: what its cursor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The last row it was given.
    pub place: Place,
    /// The watermark of the oldest snapshot that its rows rely on: the end of its last whole round,
    /// or, while it has no whole round yet, the first page of its first.
    pub held: u64,
    /// Whether it has no whole round yet. It never held what was deleted before it began.
    pub fresh: bool,
    /// Whether it began with the catalogue that all branches share, and not with its own branch's.
    pub shared: bool,
}

impl Reached {
    /// At the end of a round that ended with this watermark.
    pub const fn whole(watermark: u64) -> Self {
        Self {
            place: Place::behind(watermark),
            held: watermark,
            fresh: false,
            shared: false,
        }
    }

    /// How far a till is with one page more.
    pub(crate) fn with(from: Option<&Self>, last: Option<Place>, watermark: u64) -> Self {
        match last {
            None => Self::whole(watermark),
            Some(place) => Self {
                place,
                held: from.map_or(watermark, |from| from.held),
                fresh: from.is_none_or(|from| from.fresh),
                shared: false,
            },
        }
    }

    /// Tombstones up to this version are none of its business.
    pub(crate) fn buried(from: Option<&Self>, watermark: u64) -> u64 {
        match from {
            None => watermark,
            Some(from) if from.fresh => from.held,
            Some(_) => 0,
        }
    }

    /// Heads that moved after this version are news to it.
    pub(crate) fn heads_since(from: Option<&Self>) -> u64 {
        from.filter(|from| !from.fresh).map_or(0, |from| from.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_bounds_each_kind_of_row_so_that_none_is_told_twice_and_none_is_left_out() {
        let place = Place {
            rv: 7,
            rank: 2,
            key: vec![5],
        };
        for rank in 1..=3 {
            for rv in 6..=8 {
                for key in 4..=6_u8 {
                    let row = Place {
                        rv,
                        rank,
                        key: vec![key],
                    };
                    let bound = place.bound(rank);
                    assert_eq!(
                        row > place,
                        (rv, row.key.as_slice()) > bound,
                        "row {row:?} against {place:?}"
                    );
                }
            }
        }
        let behind = Place::behind(7);
        assert_eq!(behind.bound(254), (8, &[][..]), "all of version 7 is told");
    }

    #[test]
    fn a_round_keeps_what_it_relies_on_until_it_is_whole() {
        let at = |rv| Some(Place::behind(rv));
        let first = Reached::with(None, at(3), 10);
        assert_eq!((first.held, first.fresh), (10, true), "it began at 10");
        let second = Reached::with(Some(&first), at(6), 12);
        assert_eq!((second.held, second.fresh), (10, true), "and relies on 10");
        assert_eq!(Reached::buried(Some(&second), 12), 10);
        assert_eq!(Reached::heads_since(Some(&second)), 0, "no head was told");
        let whole = Reached::with(Some(&second), None, 14);
        assert_eq!(whole, Reached::whole(14), "the round is whole");
        assert_eq!(Reached::buried(Some(&whole), 20), 0, "now each one counts");
        assert_eq!(Reached::heads_since(Some(&whole)), 14);
    }
}
