//! What is known beside the log when an op is judged: products, sales, people, conflicts, and what
//! a count had not seen.

use std::collections::{BTreeMap, BTreeSet};

use domain::{MovementKind, Role};
use protocol::body::StockCountedV1;
use protocol::conflict::{ConflictKind, ConflictSide, SettledBy};
use protocol::hlc::Hlc;
use protocol::op::Envelope;
use protocol::outcome::OutcomeCode;
use serde_json::json;
use uuid::Uuid;

use crate::effects::{FieldGroup, GroupVersion, ProductFields};

/// A product as the cloud holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductNow {
    /// The row.
    pub fields: ProductFields,
    /// Whether only its tombstone is left.
    pub deleted: bool,
    /// The version of each group; one that has none was never told, and counts as 0 of head office.
    pub groups: BTreeMap<FieldGroup, GroupVersion>,
}

/// A sale or refund as the cloud holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleNow {
    /// The op that recorded it.
    pub op_id: Uuid,
    /// The till.
    pub till: Uuid,
    /// What the receipt says.
    pub receipt_number: String,
    /// Who did it.
    pub operator_name: String,
    /// UTC milliseconds as the till believed.
    pub completed_at_ms: i64,
    /// With tax.
    pub gross_minor: i64,
}

impl SaleNow {
    /// The sale as one side of a conflict.
    pub fn side(&self) -> ConflictSide {
        let fields = [
            ("receipt_number", json!(self.receipt_number)),
            ("gross_minor", json!(self.gross_minor)),
        ];
        ConflictSide {
            till: Some(self.till),
            till_name: None,
            operator_name: Some(self.operator_name.clone()),
            at_ms: Some(self.completed_at_ms),
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }
}

/// An operator as head office knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorNow {
    /// The name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Whether they may sign in; a deleted operator may not.
    pub active: bool,
    /// The branches they belong to; `None`: all of the tenant's.
    pub branches: Option<BTreeSet<Uuid>>,
}

/// A conflict, open or settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictNow {
    /// What it is about.
    pub kind: ConflictKind,
    /// Why, where the kind has more than one reason.
    pub code: Option<OutcomeCode>,
    /// `stock:<branch>/<product>`, `sale:<id>`, `op:<id>`, `segment:<id>`, `product:<id>`.
    pub entity: String,
    /// The entity in words.
    pub title: Option<String>,
    /// The branch it belongs to.
    pub branch: Option<Uuid>,
    /// The op that opened it or touched it last.
    pub op_id: Uuid,
    /// Grows with each change; 1 when it opens.
    pub version: u32,
    /// What the op wanted.
    pub mine: Option<ConflictSide>,
    /// What the cloud holds.
    pub theirs: Option<ConflictSide>,
    /// What both began from, where it is known.
    pub base: Option<ConflictSide>,
    /// How it ended; `None`: it is open.
    pub settled: Option<SettledBy>,
}

impl ConflictNow {
    /// The product it is about, if it is about one.
    pub fn product(&self) -> Option<Uuid> {
        let id = match self.entity.split_once(':')? {
            ("product", id) => id,
            ("stock", place) => place.split_once('/')?.1,
            _ => return None,
        };
        id.parse().ok()
    }

    /// Gives each side the name of its till, where it has none yet, and the decision that of the
    /// till which brought it.
    pub fn name_tills(
        &mut self,
        brought_by: Uuid,
        mut name_of: impl FnMut(Uuid) -> Option<String>,
    ) {
        if let Some(settled) = &mut self.settled
            && settled.op_id.is_some()
            && settled.till_name.is_none()
        {
            settled.till_name = name_of(brought_by);
        }
        for side in [&mut self.mine, &mut self.theirs, &mut self.base] {
            let Some(side) = side else { continue };
            if side.till_name.is_none() {
                side.till_name = side.till.and_then(&mut name_of);
            }
        }
    }
}

/// A product was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastCount {
    /// The op.
    pub op_id: Uuid,
    /// The till.
    pub till: Uuid,
    /// When, by its hybrid clock.
    pub hlc: Hlc,
    /// Thousandths found.
    pub counted_milli: i64,
    /// UTC milliseconds as the till believed.
    pub at_ms: i64,
}

/// One row of the stock ledger, as a count asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerRow {
    /// The till that moved the stock.
    pub till: Uuid,
    /// When, by its hybrid clock.
    pub hlc: Hlc,
    /// Why.
    pub kind: MovementKind,
    /// Thousandths, signed.
    pub delta_milli: i64,
}

/// Asks for the ledger of one product of the till's branch, beyond what a count had seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LedgerAsk {
    /// The product.
    pub product: Uuid,
    /// The epoch of the cloud whose stock the counter's till had seen; `None`: it had seen none.
    pub cloud_epoch: Option<Uuid>,
    /// How much of it.
    pub row_version: u64,
    /// The counter's till.
    pub till: Uuid,
    /// When it counted.
    pub hlc: Hlc,
}

impl LedgerAsk {
    /// What a count asks, one a line.
    pub fn of(envelope: &Envelope, count: &StockCountedV1) -> Vec<Self> {
        let lines = count.lines.iter();
        lines
            .map(|line| Self {
                product: line.product_id,
                cloud_epoch: count.as_of.cloud_epoch,
                row_version: count.as_of.row_version,
                till: envelope.till,
                hlc: envelope.hlc,
            })
            .collect()
    }

    /// Whether the count was made on what another life of this cloud had told.
    pub fn of_another_epoch(&self, now: Uuid) -> bool {
        self.cloud_epoch.is_some_and(|then| then != now)
    }

    /// The store hands in the ledger's rows of the product and branch with a greater row version.
    pub fn after(&self, now: Uuid) -> u64 {
        if self.cloud_epoch == Some(now) {
            self.row_version
        } else {
            0
        }
    }
}

/// What moved that a count had not seen: the rows of other tills, and of the counter's own till
/// what it did after counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unseen {
    /// How many rows.
    pub rows: u64,
    /// Their sum, thousandths.
    pub sum_milli: i64,
    /// The sum of those that are later than the count by their clocks.
    pub later_milli: i64,
    /// Whether one is not later.
    pub older: bool,
    /// Whether one is a count.
    pub counted: bool,
    /// Whether the sums are beyond any integer: then nothing is applied.
    pub overflowed: bool,
}

impl Unseen {
    /// Sums up what a store found.
    pub fn of(ask: &LedgerAsk, rows: impl IntoIterator<Item = LedgerRow>) -> Self {
        let mut unseen = Self::default();
        for row in rows {
            unseen.add(ask, &row);
        }
        unseen
    }

    /// Adds a row, if the count had not seen it.
    pub fn add(&mut self, ask: &LedgerAsk, row: &LedgerRow) {
        let later = row.hlc > ask.hlc;
        if row.till == ask.till && !later {
            return;
        }
        self.rows += 1;
        self.older |= !later;
        self.counted |= row.kind == MovementKind::Count;
        let later_delta = if later { row.delta_milli } else { 0 };
        match (
            self.sum_milli.checked_add(row.delta_milli),
            self.later_milli.checked_add(later_delta),
        ) {
            (Some(sum), Some(later)) => (self.sum_milli, self.later_milli) = (sum, later),
            _ => self.overflowed = true,
        }
    }
}
