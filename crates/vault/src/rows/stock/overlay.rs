//! Stock on the shelf: the cloud's figure and what this till did that is not in it yet.
//!
//! On screen = the cloud's row + the sum of own movements whose place lies beyond what the row contains. Promises:
//! no movement counts twice and none is missing, whatever part of the stream the cloud had when it told; so a pull
//! alone never makes the figure jump back behind an own sale. A product without a row in the cloud shows the
//! till's own ledger, which is the same sum with nothing contained.
//!
//! An op may have later places (after a fork): it is contained if any place that counts is.

use std::collections::BTreeMap;

use protocol::SegmentId;
use rusqlite::Connection;
use uuid::Uuid;

use crate::error::VaultError;
use crate::reads::{Reads, blob, op_no, uint};
use crate::shop::{Included, StockSeen};

/// What is on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Whose stock.
    pub product_id: Uuid,
    /// Thousandths; may be below zero: the goods were in the customer's hand.
    pub on_hand_milli: i64,
    /// Of it, what own ops did that the cloud's figure does not hold yet.
    pub own_beyond_milli: i64,
    /// The cloud's figure, if it has one.
    pub cloud_milli: Option<i64>,
    /// Whether the shop keeps book of it as far as the cloud knows.
    pub tracked: bool,
    /// Whether it ever moved, here or as far as the cloud told.
    pub moved: bool,
}

/// What is on the shelf of one product; see [`levels`].
pub fn level(on: &impl Reads, seen: &StockSeen, product_id: Uuid) -> Result<Level, VaultError> {
    let beyond = Beyond::find(on.db(), &seen.included)?;
    one(on, seen, &beyond, product_id)
}

/// What is on the shelf of these products. `seen` is read before, with the same products
/// ([`crate::shop::Shop::stock_seen`]).
pub fn levels(
    on: &impl Reads,
    seen: &StockSeen,
    products: &[Uuid],
) -> Result<Vec<Level>, VaultError> {
    let beyond = Beyond::find(on.db(), &seen.included)?;
    products
        .iter()
        .map(|product_id| one(on, seen, &beyond, *product_id))
        .collect()
}

fn one(
    on: &impl Reads,
    seen: &StockSeen,
    beyond: &Beyond,
    product_id: Uuid,
) -> Result<Level, VaultError> {
    let own = super::known_milli(on, product_id)?;
    let Some(row) = seen.rows.get(&product_id) else {
        let on_hand_milli = own.unwrap_or(0);
        return Ok(Level {
            product_id,
            on_hand_milli,
            own_beyond_milli: on_hand_milli,
            cloud_milli: None,
            tracked: false,
            moved: own.is_some(),
        });
    };
    let own_beyond_milli = match own {
        Some(_) => beyond.sum(on.db(), product_id)?,
        None => 0,
    };
    Ok(Level {
        product_id,
        on_hand_milli: row.quantity_milli + own_beyond_milli,
        own_beyond_milli,
        cloud_milli: Some(row.quantity_milli),
        tracked: row.tracked,
        moved: true,
    })
}

/// The own ops that the cloud's rows do not hold.
#[derive(Debug, Default)]
struct Beyond {
    /// Stretches of first places, all of whose ops are beyond.
    plain: Vec<Stretch>,
    /// Stretches whose ops have later places that may be contained.
    moved: Vec<Stretch>,
    /// How far each segment counts and is contained, by its number.
    contained: BTreeMap<i64, u64>,
}

/// One of this till's segments.
#[expect(
    clippy::struct_field_names,
    reason = "an id is spelled the same everywhere"
)]
struct Segment {
    segment_no: i64,
    segment: SegmentId,
    parent: Option<(SegmentId, u64)>,
    first_seq: u64,
    /// None while it grows.
    last_seq: Option<u64>,
    /// Beyond it the segment's ops have later places.
    moved_after: Option<u64>,
}

/// All segments, oldest first.
fn segments(db: &Connection) -> Result<Vec<Segment>, VaultError> {
    let found = db
        .prepare_cached(
            "SELECT segment_no, segment, parent_segment, parent_seq, first_seq, last_seq, moved_after
             FROM segment ORDER BY segment_no",
        )?
        .query_map([], |row| {
            let parent: Option<[u8; 16]> = row.get(2)?;
            let parent_seq = uint(row.get::<_, Option<i64>>(3)?.unwrap_or(0));
            Ok(Segment {
                segment_no: row.get(0)?,
                segment: SegmentId(row.get(1)?),
                parent: parent.map(|parent| (SegmentId(parent), parent_seq)),
                first_seq: uint(row.get(4)?),
                last_seq: row.get::<_, Option<i64>>(5)?.map(uint),
                moved_after: row.get::<_, Option<i64>>(6)?.map(uint),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// Places of one segment: `low` inside, `high` outside.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    segment_no: i64,
    low: i64,
    high: i64,
}

impl Beyond {
    fn find(db: &Connection, included: &Included) -> Result<Self, VaultError> {
        let segments = segments(db)?;
        let mut beyond = Self::default();
        let mut implied: BTreeMap<SegmentId, u64> = BTreeMap::new();
        // The newest first: a parent is recorded before its child, so a child that is contained vouches for all of
        // the parent up to the place it hangs on, also where the cloud told no count for so old a segment.
        for segment in segments.iter().rev() {
            let told = included.get(&segment.segment).copied().unwrap_or(0);
            let vouched = implied.get(&segment.segment).copied().unwrap_or(0);
            // Beyond `moved_after` the segment's places are another copy's, or nobody's.
            let most = segment.moved_after.unwrap_or(u64::MAX);
            let contained = told.max(vouched).min(most);
            if let Some((parent, seq)) = segment.parent
                && contained >= segment.first_seq
            {
                let upto = implied.entry(parent).or_default();
                *upto = seq.max(*upto);
            }
            beyond.add(segment, contained);
        }
        Ok(beyond)
    }

    fn add(&mut self, segment: &Segment, contained: u64) {
        self.contained.insert(segment.segment_no, contained);
        if segment.last_seq.is_some_and(|last| contained >= last) {
            return;
        }
        let stretch = Stretch {
            segment_no: segment.segment_no,
            low: op_no(segment.first_seq.max(contained + 1)),
            high: segment.last_seq.map_or(i64::MAX, |last| op_no(last + 1)),
        };
        if segment.moved_after.is_none() {
            self.plain.push(stretch);
        } else {
            self.moved.push(stretch);
        }
    }

    fn sum(&self, db: &Connection, product_id: Uuid) -> Result<i64, VaultError> {
        let mut sum = 0_i64;
        for stretch in &self.plain {
            sum += plain_sum(db, product_id, *stretch)?;
        }
        for stretch in &self.moved {
            sum += self.moved_sum(db, product_id, *stretch)?;
        }
        Ok(sum)
    }

    /// Op by op: what has a later place that is contained does not count again.
    fn moved_sum(
        &self,
        db: &Connection,
        product_id: Uuid,
        stretch: Stretch,
    ) -> Result<i64, VaultError> {
        let mut places =
            db.prepare_cached("SELECT segment_no, place_no >> 8 FROM op_place WHERE op_no = ?1")?;
        let mut movements = db.prepare_cached(
            "SELECT m.op_no, m.delta_milli FROM stock_movement m JOIN op o ON o.op_no = m.op_no
             WHERE m.product_id = :product_id AND m.op_no >= :low AND m.op_no < :high
               AND o.segment_no = :segment_no",
        )?;
        let mut rows = movements.query(stretch.params(&blob(&product_id)).as_slice())?;
        let mut sum = 0_i64;
        while let Some(row) = rows.next()? {
            let later = places
                .query_map([row.get::<_, i64>(0)?], |place| {
                    Ok((place.get::<_, i64>(0)?, uint(place.get(1)?)))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            let in_cloud = later.iter().any(|(segment_no, seq)| {
                let contained = self.contained.get(segment_no).copied().unwrap_or(0);
                *seq <= contained
            });
            if !in_cloud {
                sum += row.get::<_, i64>(1)?;
            }
        }
        Ok(sum)
    }
}

fn plain_sum(db: &Connection, product_id: Uuid, stretch: Stretch) -> Result<i64, VaultError> {
    Ok(db
        .prepare_cached(
            "SELECT coalesce(sum(m.delta_milli), 0) FROM stock_movement m JOIN op o ON o.op_no = m.op_no
             WHERE m.product_id = :product_id AND m.op_no >= :low AND m.op_no < :high
               AND o.segment_no = :segment_no",
        )?
        .query_row(stretch.params(&blob(&product_id)).as_slice(), |row| row.get(0))?)
}

impl Stretch {
    fn params<'a>(&'a self, product: &'a &'a [u8]) -> [(&'static str, &'a dyn rusqlite::ToSql); 4] {
        [
            (":product_id", product),
            (":low", &self.low),
            (":high", &self.high),
            (":segment_no", &self.segment_no),
        ]
    }
}
