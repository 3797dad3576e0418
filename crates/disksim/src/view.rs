//! What a till says it knows: everything a start must bring back, read through the vault's own doors.

use std::collections::{BTreeMap, BTreeSet};

use domain::Cart;
use protocol::{ChainHash, Envelope, OpHash, SegmentId};
use uuid::Uuid;
use vault::sales::{self, SalesQuery};
use vault::{Reader, Vault, VaultError};
use vault::{cart, operators, outbox, places, settings, stock};

use crate::till::{PRODUCTS, product};

/// A recorded fact at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its place in cashier order.
    pub seq: u64,
    /// Its segment.
    pub segment: SegmentId,
    /// Its identity.
    pub op_id: Uuid,
    /// The chain after it.
    pub chain: ChainHash,
}

/// A sale or refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// What the receipt says.
    pub number: String,
    /// Its place in cashier order.
    pub seq: u64,
    /// The hash of its bytes.
    pub op_hash: OpHash,
    /// How many lines it has.
    pub lines: u64,
    /// What was paid.
    pub to_pay_minor: i64,
}

/// What a till knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Ops that a person or a cloud caused, in order; what the till tells of its own repairs is not
    /// among them.
    pub facts: Vec<Fact>,
    /// Sales and refunds by id.
    pub sold: BTreeMap<Uuid, Sold>,
    /// Stock of the day's products.
    pub stock: Vec<i64>,
    /// Recorded, not told.
    pub untold: BTreeSet<Uuid>,
    /// The open cart.
    pub cart: Option<Cart>,
    /// Who may sign in.
    pub people: Vec<String>,
    /// The receipt numbers' prefix.
    pub prefix: Option<String>,
    /// The cloud's heads.
    pub heads: Vec<(SegmentId, u64)>,
    /// Ops with a verdict that needs a person.
    pub unsettled: Vec<Uuid>,
    /// The last number used, whoever used it.
    pub last_seq: u64,
}

impl View {
    /// Reads it.
    pub fn of(vault: &Vault) -> Result<Self, VaultError> {
        vault.read(read)
    }
}

fn read(on: &Reader) -> Result<View, VaultError> {
    let mut view = View {
        cart: cart::load(on)?,
        prefix: settings::get(on, "number_prefix")?,
        people: operators::list(on)?
            .into_iter()
            .map(|one| one.name)
            .collect(),
        unsettled: outbox::unsettled(on)?
            .into_iter()
            .map(|one| one.op_id)
            .collect(),
        ..View::default()
    };
    let heads = outbox::seen_heads(on, 100)?;
    view.heads = heads.iter().map(|head| (head.segment, head.seq)).collect();
    view.heads.sort();
    for nth in 0..PRODUCTS {
        view.stock.push(stock::on_hand_milli(on, product(nth))?);
    }
    read_facts(on, &mut view)?;
    let all = SalesQuery {
        before_seq: None,
        limit: 500,
    };
    for row in sales::list(on, &all)? {
        let stored = sales::by_id(on, row.sale_id)?.ok_or_else(|| VaultError::Missing {
            what: "sale",
            id: row.sale_id.to_string(),
        })?;
        let sold = Sold {
            number: row.number,
            seq: row.seq,
            op_hash: stored.op_hash,
            lines: row.lines,
            to_pay_minor: row.to_pay_minor,
        };
        view.sold.insert(row.sale_id, sold);
    }
    view.untold = sales::untold(on)?
        .into_iter()
        .map(|row| row.sale_id)
        .collect();
    Ok(view)
}

fn read_facts(on: &Reader, view: &mut View) -> Result<(), VaultError> {
    let mut segments: Vec<SegmentId> = Vec::new();
    let mut seq = 1;
    // A few numbers may be lost for ever; a till of the day never loses so many in a row.
    let mut gap = 0;
    while gap < 50 {
        let placed = places::at_seq(on, seq)?;
        gap = if placed.is_empty() { gap + 1 } else { 0 };
        segments.extend(placed.iter().map(|one| one.segment));
        view.last_seq = if placed.is_empty() {
            view.last_seq
        } else {
            seq
        };
        seq += 1;
    }
    segments.dedup();
    segments.sort();
    segments.dedup();
    for segment in segments {
        for op in outbox::ops_after(on, segment, 0, 10_000, 1 << 30)? {
            let kind = Envelope::read(&op.bytes).map(|envelope| envelope.body.kind());
            if kind.is_ok_and(|kind| kind == "till_incident_v1") {
                continue;
            }
            view.facts.push(Fact {
                seq: op.seq,
                segment,
                op_id: op.op_id,
                chain: op.chain,
            });
        }
    }
    view.facts.sort_by_key(|fact| (fact.seq, fact.segment));
    Ok(())
}
