//! One page out of several kinds of rows, and one row out of what holds for all and what for one.

use std::collections::BTreeMap;

use protocol::pull::PullRow;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{MAX_PULL_PAGE_BYTES, Place};
use crate::store::StoreError;

/// A row that may stand on a page, with its place.
#[derive(Debug)]
pub(in crate::store) struct Candidate {
    pub(in crate::store) place: Place,
    pub(in crate::store) row: PullRow,
}

impl Candidate {
    /// A row, or its tombstone when there is nothing to tell.
    pub(in crate::store) fn of(
        place: Place,
        (entity, id): (&str, String),
        data: Option<&impl Serialize>,
    ) -> Result<Self, StoreError> {
        let data = data.map(written).transpose()?;
        Ok(Self {
            row: PullRow {
                rv: place.rv,
                entity: entity.to_owned(),
                id,
                deleted: data.is_none(),
                data,
            },
            place,
        })
    }
}

fn written(data: &impl Serialize) -> Result<Box<RawValue>, StoreError> {
    to_raw_value(data).map_err(|error| StoreError::Failed {
        doing: "writing a row for a till",
        cause: error.to_string(),
    })
}

/// The first rows of all kinds together, bounded by number and by bytes; the last one's place if
/// more follow. Each kind must have given one row more than the limit, if it has it.
pub(in crate::store) fn page_of(
    mut candidates: Vec<Candidate>,
    limit: u32,
) -> (Vec<PullRow>, Option<Place>) {
    candidates.sort_by(|one, other| one.place.cmp(&other.place));
    let newest = candidates.last().map(|one| one.place.clone());
    let mut rows = Vec::new();
    let mut bytes = 0;
    let mut last = None;
    for Candidate { place, row } in candidates {
        bytes += row.data.as_ref().map_or(0, |data| data.get().len());
        let full = rows.len() == limit as usize || bytes > MAX_PULL_PAGE_BYTES;
        if full && !rows.is_empty() {
            let cursor = if cfg!(mutant = "cursor_is_newest") {
                newest
            } else {
                last
            };
            return (rows, cursor);
        }
        rows.push(row);
        last = Some(place);
    }
    (rows, None)
}

/// Rows that hold for all branches, overlaid by those of one.
#[derive(Debug)]
pub(in crate::store) struct Layers<K, T> {
    keys: BTreeMap<K, Effective<T>>,
}

/// What holds for one key in one branch.
#[derive(Debug)]
pub(in crate::store) struct Effective<T> {
    /// The newer of both layers' versions: a change of either is news.
    pub(in crate::store) rv: u64,
    common: Option<T>,
    own: Option<T>,
}

impl<T> Effective<T> {
    /// The branch's own row, or the common one, or nothing.
    pub(in crate::store) fn value(&self) -> Option<&T> {
        self.own.as_ref().or(self.common.as_ref())
    }
}

impl<K: Ord, T> Layers<K, T> {
    pub(in crate::store) const fn new() -> Self {
        Self {
            keys: BTreeMap::new(),
        }
    }

    /// Lays one row; `None` for a deleted one.
    pub(in crate::store) fn lay(&mut self, key: K, own: bool, rv: u64, value: Option<T>) {
        let effective = self.keys.entry(key).or_insert(Effective {
            rv: 0,
            common: None,
            own: None,
        });
        effective.rv = effective.rv.max(rv);
        if own {
            effective.own = value;
        } else {
            effective.common = value;
        }
    }

    pub(in crate::store) fn into_keys(self) -> impl Iterator<Item = (K, Effective<T>)> {
        self.keys.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(rv: u64, rank: u8) -> Candidate {
        let place = Place {
            rv,
            rank,
            key: vec![1],
        };
        Candidate::of(place, ("x", rv.to_string()), Some(&rv)).unwrap()
    }

    #[test]
    fn rows_of_all_kinds_come_by_version_and_the_page_ends_where_it_was_asked_to() {
        let rows = || vec![candidate(3, 1), candidate(1, 2), candidate(2, 1)];
        let (page, last) = page_of(rows(), 2);
        let versions: Vec<u64> = page.iter().map(|row| row.rv).collect();
        assert_eq!(versions, [1, 2]);
        assert_eq!(last.map(|place| place.rv), Some(2), "one row follows");
        assert_eq!(page_of(rows(), 3).1, None, "none follows");
    }

    #[test]
    fn a_page_is_cut_by_bytes_and_still_has_a_row() {
        let heavy = |rv| {
            let place = Place {
                rv,
                rank: 1,
                key: vec![1],
            };
            let data = "x".repeat(MAX_PULL_PAGE_BYTES);
            Candidate::of(place, ("x", String::new()), Some(&data)).unwrap()
        };
        let (page, last) = page_of(vec![heavy(1), heavy(2)], 10);
        assert_eq!((page.len(), last.map(|place| place.rv)), (1, Some(1)));
    }

    #[test]
    fn what_a_branch_says_itself_stands_before_what_holds_for_all() {
        let mut layers = Layers::new();
        layers.lay("a", false, 5, Some("all"));
        layers.lay("a", true, 3, Some("own"));
        layers.lay("b", true, 9, None);
        layers.lay("b", false, 2, Some("all"));
        let told: Vec<_> = layers
            .into_keys()
            .map(|(key, one)| (key, one.rv, one.value().copied()))
            .collect();
        assert_eq!(told, [("a", 5, Some("own")), ("b", 9, Some("all"))]);
    }
}
