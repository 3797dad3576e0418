//! Rows that tills fetch: the latest version of each, in the order of versions, with tombstones.

use std::collections::{BTreeMap, BTreeSet};

use protocol::pull::{PullRow, PullScope};
use uuid::Uuid;

/// One row.
#[derive(Debug, Clone)]
pub(in crate::world) struct Row {
    pub rv: u64,
    /// Its figures; none: it is gone.
    pub data: Option<Vec<i64>>,
}

/// All rows of a tenant's branch.
#[derive(Debug, Clone, Default)]
pub(in crate::world) struct Rows {
    by_key: BTreeMap<(PullScope, Uuid), Row>,
    by_version: BTreeSet<(PullScope, u64, Uuid)>,
    /// Of the rows that are there: what a till that holds them all comes to.
    digests: [u128; 4],
    /// Below this, tombstones are forgotten.
    pub floors: [u64; 4],
}

/// Where a till stands: what its cursor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::world) struct Reached {
    pub epoch: u128,
    pub rv: u64,
    pub id: Uuid,
    /// The watermark of the oldest snapshot that its rows rely on.
    pub held: u64,
    /// It has no whole round yet.
    pub fresh: bool,
}

impl Reached {
    pub const fn whole(epoch: u128, watermark: u64) -> Self {
        Self {
            epoch,
            rv: watermark,
            id: Uuid::max(),
            held: watermark,
            fresh: false,
        }
    }

    pub fn write(&self) -> String {
        let Self {
            epoch,
            rv,
            id,
            held,
            fresh,
        } = self;
        format!("{epoch}:{rv}:{}:{held}:{}", id.as_u128(), u8::from(*fresh))
    }

    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut next = || parts.next();
        Some(Self {
            epoch: next()?.parse().ok()?,
            rv: next()?.parse().ok()?,
            id: Uuid::from_u128(next()?.parse().ok()?),
            held: next()?.parse().ok()?,
            fresh: next()? == "1",
        })
    }
}

/// A page of rows.
pub(in crate::world) struct Page {
    pub rows: Vec<PullRow>,
    pub more: bool,
    pub reached: Reached,
}

impl Rows {
    pub fn put(&mut self, scope: PullScope, id: Uuid, rv: u64, data: Option<Vec<i64>>) {
        if data.is_some() {
            self.digests[scope as usize] ^= mixed(id, rv);
        }
        self.by_version.insert((scope, rv, id));
        if let Some(before) = self.by_key.insert((scope, id), Row { rv, data }) {
            if before.rv != rv {
                self.by_version.remove(&(scope, before.rv, id));
            }
            if before.data.is_some() {
                self.digests[scope as usize] ^= mixed(id, before.rv);
            }
        }
    }

    pub fn digest(&self, scope: PullScope) -> u128 {
        self.digests[scope as usize]
    }

    /// Rows that are there.
    pub fn live(&self, scope: PullScope) -> impl Iterator<Item = (Uuid, &Row)> {
        let all = self
            .by_key
            .range((scope, Uuid::nil())..=(scope, Uuid::max()));
        all.filter(|(_, row)| row.data.is_some())
            .map(|((_, id), row)| (*id, row))
    }

    /// Forgets every tombstone there is.
    pub fn forget_tombstones(&mut self, watermark: u64) -> usize {
        let gone = self.by_key.iter().filter(|(_, row)| row.data.is_none());
        let gone: Vec<_> = gone.map(|(key, row)| (*key, row.rv)).collect();
        for ((scope, id), rv) in &gone {
            self.by_key.remove(&(*scope, *id));
            self.by_version.remove(&(*scope, *rv, *id));
        }
        self.floors = [watermark; 4];
        gone.len()
    }

    /// The rows behind a place.
    pub fn page(
        &self,
        scope: PullScope,
        from: Option<Reached>,
        most: usize,
        (epoch, watermark): (u128, u64),
    ) -> Page {
        let (rv, id) = from.map_or((0, Uuid::nil()), |from| (from.rv, from.id));
        let buried = match from {
            None => watermark,
            Some(from) if from.fresh => from.held,
            Some(_) => 0,
        };
        let behind = self
            .by_version
            .range((scope, rv, id)..=(scope, u64::MAX, Uuid::max()));
        let behind = behind.filter(|place| **place != (scope, rv, id));
        let found = behind.filter_map(|(scope, rv, id)| {
            let row = self.by_key.get(&(*scope, *id))?;
            (row.data.is_some() || *rv > buried).then_some((*rv, *id, row))
        });
        let mut found: Vec<_> = found.take(most + 1).collect();
        let more = found.len() > most;
        found.truncate(most);
        let reached = match found.last() {
            Some((rv, id, _)) if more => Reached {
                epoch,
                rv: *rv,
                id: *id,
                held: from.map_or(watermark, |from| from.held),
                fresh: from.is_none_or(|from| from.fresh),
            },
            Some(_) | None => Reached::whole(epoch, watermark),
        };
        Page {
            rows: found.into_iter().map(pull_row).collect(),
            more,
            reached,
        }
    }
}

fn pull_row((rv, id, row): (u64, Uuid, &Row)) -> PullRow {
    let data = row.data.as_ref();
    PullRow {
        rv,
        entity: "row".to_owned(),
        id: id.to_string(),
        deleted: data.is_none(),
        data: data.and_then(|data| serde_json::value::to_raw_value(data).ok()),
    }
}

/// A row's part of a figure that does not depend on order.
pub(in crate::world) fn mixed(id: Uuid, rv: u64) -> u128 {
    let mut mixed = id.as_u128() ^ (u128::from(rv) << 61);
    mixed = (mixed ^ (mixed >> 67)).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    (mixed ^ (mixed >> 59)).wrapping_mul(0xbf58_476d_1ce4_e5b9_94d0_49bb_1331_11eb)
}
