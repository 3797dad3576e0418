//! A small second opinion on every op: what must become of it, computed from what people did and not from bytes.
//!
//! Written from PROTOCOL.md and not from the code that it is held against. It lives beside the tables, so that a
//! backup of them is one of it too.

use std::collections::{BTreeMap, BTreeSet};

use protocol::conflict::Decision;
use protocol::outcome::OutcomeCode;
use sync::effects::FieldGroup;
use uuid::Uuid;

use super::goods::Goods;
use crate::world::facts::{Fact, Facts, What};

/// What a conflict is like before an op that settles it.
#[derive(Debug, Clone, Copy)]
pub(in crate::world) struct Known {
    pub version: u32,
    pub settled: bool,
    pub op_id: Uuid,
    /// What it says, if it is about a parked op.
    pub parked: bool,
    /// An earlier op of the same batch may have changed it: nothing is foretold.
    pub moving: bool,
}

/// The moment of an op.
#[derive(Debug, Clone, Copy)]
pub(in crate::world) struct At<'a> {
    pub op_id: Uuid,
    pub rv: u64,
    pub epoch: Uuid,
    pub facts: &'a Facts,
    /// The database refuses its effects.
    pub poisoned: bool,
    /// Nobody here knows its type.
    pub unknown: bool,
    /// For a decision: the conflict as it is.
    pub conflict: Option<Known>,
}

/// What must become of an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::world) enum Expected {
    /// This code, or none.
    Code(Option<OutcomeCode>),
    /// It depends on what the batch did before.
    Open,
}

#[derive(Debug, Clone, Default)]
struct Product {
    deleted: bool,
    /// Who made each group under which version, and what it says.
    groups: BTreeMap<FieldGroup, (Uuid, u64, i64)>,
}

/// The second opinion's book.
#[derive(Debug, Clone, Default)]
pub(in crate::world) struct Reference {
    goods: BTreeMap<Uuid, Goods>,
    /// Thousandths sold and given back, by sale; refunds hold their id too.
    sales: BTreeMap<Uuid, (i64, i64)>,
    products: BTreeMap<Uuid, Product>,
    /// What parked ops touch, by till.
    parked: BTreeMap<(Uuid, &'static str, Uuid), BTreeSet<Uuid>>,
}

impl Reference {
    /// Judges an op that is recorded for the first time, and keeps what it did.
    pub fn judge(&mut self, fact: &Fact, at: At<'_>) -> Expected {
        let waits = fact.waits().into_iter().any(|(kind, id)| {
            let parked = self.parked.get(&(fact.till, kind, id));
            parked.is_some_and(|ops| ops.iter().any(|op| *op != at.op_id))
        });
        let code = if at.unknown || matches!(fact.what, What::Unknown { .. }) {
            Err(OutcomeCode::UnknownType)
        } else if waits {
            Err(OutcomeCode::DependsOnParked)
        } else if at.poisoned {
            Err(OutcomeCode::ApplyError)
        } else {
            self.apply(fact, at)
        };
        match code {
            Ok(expected) => expected,
            Err(code) => {
                for (kind, id) in fact.touches() {
                    let ops = self.parked.entry((fact.till, kind, id)).or_default();
                    ops.insert(at.op_id);
                }
                Expected::Code(Some(code))
            }
        }
    }

    /// Nothing waits for the op any more.
    pub fn release(&mut self, op_id: Uuid) {
        for ops in self.parked.values_mut() {
            ops.remove(&op_id);
        }
    }

    /// Head office's own word on a product.
    pub fn office(&mut self, product: Uuid, rv: u64, price: Option<i64>) {
        let now = self.products.entry(product).or_default();
        let created = now.groups.is_empty();
        now.deleted = price.is_none();
        for group in FieldGroup::ALL {
            let is_price = group == FieldGroup::Price;
            let says = if is_price { price.unwrap_or(0) } else { 0 };
            if created || (is_price && price.is_some()) {
                now.groups.insert(group, (Uuid::nil(), rv, says));
            }
        }
    }

    /// Thousandths on hand.
    pub fn on_hand(&self, product: Uuid) -> i64 {
        self.goods.get(&product).map_or(0, Goods::on_hand)
    }

    fn apply(&mut self, fact: &Fact, at: At<'_>) -> Result<Expected, OutcomeCode> {
        let who = (fact.till, fact.hlc_ms);
        let code = match &fact.what {
            What::Sale { sale, .. } | What::Refund { refund: sale, .. }
                if self.sales.contains_key(sale) =>
            {
                Some(OutcomeCode::SaleIdReused)
            }
            What::Sale {
                sale,
                product,
                milli,
            } => {
                self.sales.insert(*sale, (*milli, 0));
                self.goods(*product).moved(-milli, at.rv, who, false)
            }
            What::Refund {
                refund,
                of,
                product,
                milli,
            } => {
                self.sales.insert(*refund, (0, 0));
                let over = self.sales.get_mut(of).is_some_and(|(sold, back)| {
                    *back += milli;
                    *back > *sold
                });
                let moved = self.goods(*product).moved(*milli, at.rv, who, false);
                over.then_some(OutcomeCode::OverRefund).or(moved)
            }
            What::Restock { product, milli } => {
                self.goods(*product).moved(*milli, at.rv, who, true)
            }
            What::Count {
                product,
                milli,
                seen,
            } => {
                let seen = seen.map(|(epoch, rv)| (epoch == at.epoch, rv));
                self.goods(*product)
                    .counted(*milli, seen, (at.op_id, at.rv), who)
            }
            What::Edit {
                product,
                created,
                groups,
                price_only,
            } => {
                if *price_only && !self.products.contains_key(product) {
                    return Err(OutcomeCode::ApplyError);
                }
                self.edit(*product, *created, groups, (fact.till, at.rv))
            }
            What::Settle {
                version, decision, ..
            } => return Ok(self.settle(fact, at, *version, *decision)),
            What::Unknown { .. } => return Err(OutcomeCode::UnknownType),
        };
        Ok(Expected::Code(code))
    }

    fn goods(&mut self, product: Uuid) -> &mut Goods {
        self.goods.entry(product).or_default()
    }

    fn edit(
        &mut self,
        product: Uuid,
        created: bool,
        groups: &[(FieldGroup, u64, i64)],
        (till, rv): (Uuid, u64),
    ) -> Option<OutcomeCode> {
        let fresh_product = !self.products.contains_key(&product);
        let now = self.products.entry(product).or_default();
        if fresh_product {
            let said = |group| {
                groups
                    .iter()
                    .find(|one| one.0 == group)
                    .map_or(0, |one| one.2)
            };
            now.groups = FieldGroup::ALL
                .map(|group| (group, (till, rv, said(group))))
                .into();
            return None;
        }
        let mut takes = Vec::new();
        for (group, base, says) in groups {
            let made = now.groups.get(group).copied().unwrap_or_default();
            let stale = created || (made.0 != till && made.1 > *base);
            if !stale {
                takes.push((*group, *says));
            } else if made.2 != *says {
                return Some(OutcomeCode::EditConflict);
            }
        }
        if now.deleted {
            return Some(OutcomeCode::EditConflict);
        }
        for (group, says) in takes {
            now.groups.insert(group, (till, rv, says));
        }
        None
    }

    fn settle(&mut self, fact: &Fact, at: At<'_>, version: u32, decision: Decision) -> Expected {
        let Some(known) = at.conflict else {
            return Expected::Code(Some(OutcomeCode::ConflictChanged));
        };
        if known.moving {
            return Expected::Open;
        }
        if known.settled {
            return Expected::Code(Some(OutcomeCode::AlreadyResolved));
        }
        if known.version != version {
            return Expected::Code(Some(OutcomeCode::ConflictChanged));
        }
        self.decide(fact, at, known, decision);
        Expected::Code(None)
    }

    /// What a decision does, once it counts.
    pub fn decide(&mut self, fact: &Fact, at: At<'_>, known: Known, decision: Decision) {
        let about = at.facts.get(&known.op_id);
        match (decision, about.map(|about| (&about.what, about))) {
            (
                Decision::AcceptCount,
                Some((
                    What::Count {
                        product,
                        milli,
                        seen,
                    },
                    count,
                )),
            ) => {
                let seen = seen.map(|(epoch, rv)| (epoch == at.epoch, rv));
                let counter = (count.till, count.hlc_ms);
                let who = (fact.till, fact.hlc_ms);
                self.goods(*product)
                    .accept(*milli, seen, (known.op_id, counter), (at.rv, who));
            }
            (
                Decision::KeepMine,
                Some((
                    What::Edit {
                        product, groups, ..
                    },
                    _,
                )),
            ) => {
                let now = self.products.entry(*product).or_default();
                now.deleted = false;
                for (group, _, says) in groups {
                    now.groups.insert(*group, (fact.till, at.rv, *says));
                }
            }
            (Decision::Acknowledge, _) if known.parked => self.release(known.op_id),
            _ => {}
        }
    }
}
