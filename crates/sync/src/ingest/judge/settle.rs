//! Decisions of people: the only way a conflict ends.
//!
//! A decision names the conflict and its version as the person saw it. On another version, on a
//! conflict that is settled, or on none that is known here, it changes nothing and needs nobody.

use std::collections::BTreeSet;

use protocol::body::{ConflictSettledV1, OpBody, ProductEditedV1, StockCountedV1};
use protocol::conflict::{ConflictKind, ConflictSide, Decision, SettledBy};
use protocol::op::Envelope;
use protocol::outcome::OutcomeCode;
use uuid::Uuid;

use super::super::book::Book;
use super::super::known::{ConflictNow, LedgerAsk};
use super::Verdict;
use crate::effects::{Effects, FieldGroup, OpRead, ProductFields, read_op};

impl Book<'_> {
    pub(super) fn judge_settlement(
        &mut self,
        envelope: &Envelope,
        decided: &ConflictSettledV1,
    ) -> Result<Verdict, OutcomeCode> {
        let id = decided.conflict;
        let none = |code| Ok(Verdict::told(code, id, Effects::default()));
        let Some(conflict) = self.state.conflicts.get(&id).cloned() else {
            return none(OutcomeCode::ConflictChanged);
        };
        if conflict
            .branch
            .is_some_and(|branch| branch != self.key.branch)
        {
            return Ok(self.reject(envelope));
        }
        if conflict.settled.is_some() && !cfg!(mutant = "second_decision_wins") {
            return none(OutcomeCode::AlreadyResolved);
        }
        let blind = cfg!(mutant = "second_decision_wins") || cfg!(mutant = "decision_on_unseen");
        if conflict.version != decided.expected_version && !blind {
            return none(OutcomeCode::ConflictChanged);
        }
        if !conflict.kind.decisions().contains(&decided.decision) {
            return Ok(self.reject(envelope));
        }
        let effects = match self.decision_effects(envelope, decided, &conflict) {
            Ok(effects) => effects,
            Err(Unfit::Refused) => return Ok(self.reject(envelope)),
            Err(Unfit::Beyond) => return Err(OutcomeCode::ApplyError),
        };
        let settled = SettledBy {
            op_id: Some(envelope.op_id),
            decision: Some(decided.decision),
            operator_name: self.operator_name(envelope),
            till_name: None,
            at_ms: envelope.wall_ms,
            note: decided.note.clone(),
        };
        self.settle(id, settled);
        Ok(Verdict::accepted(effects))
    }

    fn decision_effects(
        &mut self,
        envelope: &Envelope,
        decided: &ConflictSettledV1,
        conflict: &ConflictNow,
    ) -> Result<Effects, Unfit> {
        match decided.decision {
            Decision::KeepMine => self.keep_mine(envelope, conflict),
            Decision::FieldByField => {
                let product = decided.product.as_ref().ok_or(Unfit::Refused)?;
                self.field_by_field(envelope, conflict, product)
            }
            Decision::AcceptCount => self.accept_count(envelope, decided, conflict),
            Decision::Acknowledge => {
                if conflict.kind == ConflictKind::Parked {
                    self.release(conflict.op_id);
                }
                Ok(Effects::default())
            }
            Decision::KeepTheirs | Decision::KeepComputed | Decision::CountAgain => {
                Ok(Effects::default())
            }
        }
    }

    /// The proposal's groups on top of the latest.
    fn keep_mine(&mut self, envelope: &Envelope, conflict: &ConflictNow) -> Result<Effects, Unfit> {
        let product = conflict.product().ok_or(Unfit::Refused)?;
        let proposal = self.body_of(conflict.op_id).ok_or(Unfit::Refused)?;
        let now = self.state.products.get(&product).ok_or(Unfit::Refused)?;
        let mut fields = now.fields.clone();
        let named = proposal
            .base
            .iter()
            .filter_map(|base| FieldGroup::from_word(&base.group));
        let groups: BTreeSet<FieldGroup> = match &proposal.body {
            OpBody::ProductEditedV1(wanted) => {
                let groups: BTreeSet<FieldGroup> = if wanted.created {
                    FieldGroup::ALL.into()
                } else {
                    named.collect()
                };
                let wanted = ProductFields::from(wanted);
                for group in &groups {
                    fields.take(*group, &wanted);
                }
                groups
            }
            OpBody::PriceSetV1(price) => {
                fields.price_minor = price.price_minor;
                [FieldGroup::Price].into()
            }
            OpBody::SaleRecordedV1(_)
            | OpBody::RefundRecordedV1(_)
            | OpBody::CartVoidedV1(_)
            | OpBody::StockMovedV1(_)
            | OpBody::StockCountedV1(_)
            | OpBody::ConflictSettledV1(_)
            | OpBody::TillIncidentV1(_) => return Err(Unfit::Refused),
        };
        Ok(self.put_product(envelope, product, fields, groups))
    }

    /// The product as the decision says it shall be, in the groups that the conflict is about. The
    /// body carries the whole product, but what nobody disputed is only what its till believed.
    fn field_by_field(
        &mut self,
        envelope: &Envelope,
        conflict: &ConflictNow,
        wanted: &ProductEditedV1,
    ) -> Result<Effects, Unfit> {
        let product = conflict.product().ok_or(Unfit::Refused)?;
        let mine = conflict.mine.as_ref().ok_or(Unfit::Refused)?;
        if wanted.product_id != product {
            return Err(Unfit::Refused);
        }
        let now = self.state.products.get(&product).ok_or(Unfit::Refused)?;
        let wanted = ProductFields::from(wanted);
        let mut fields = now.fields.clone();
        let mut changed = BTreeSet::new();
        for group in disputed(mine, &wanted) {
            if now.deleted || wanted.group(group) != now.fields.group(group) {
                fields.take(group, &wanted);
                changed.insert(group);
            }
        }
        if changed.is_empty() && !now.deleted {
            return Ok(Effects::default());
        }
        Ok(self.put_product(envelope, product, fields, changed))
    }

    /// The stock is what was counted, and what moved after the count on top.
    fn accept_count(
        &mut self,
        envelope: &Envelope,
        decided: &ConflictSettledV1,
        conflict: &ConflictNow,
    ) -> Result<Effects, Unfit> {
        let product = conflict.product().ok_or(Unfit::Refused)?;
        let counting = self.body_of(conflict.op_id).ok_or(Unfit::Refused)?;
        let OpBody::StockCountedV1(count) = &counting.body else {
            return Err(Unfit::Refused);
        };
        let (line, ask) = line_of(&counting, count, product).ok_or(Unfit::Refused)?;
        let unseen = self.unseen(&ask);
        let on_hand = self.on_hand(product);
        let stays = line.counted_milli.checked_add(unseen.later_milli);
        let delta = stays
            .filter(|_| !unseen.overflowed)
            .and_then(|stays| stays.checked_sub(on_hand))
            .ok_or(Unfit::Beyond)?;
        self.rests_on(&counting, line);
        let (moved, _) = self.adjust(envelope, product, delta, decided.note.clone());
        Ok(Effects {
            stock: moved.into_iter().collect(),
            ..Effects::default()
        })
    }

    /// Nothing waits for the op any more.
    pub(in crate::ingest) fn release(&mut self, op_id: Uuid) {
        for waiting in self.state.waiting.values_mut() {
            waiting.remove(&op_id);
        }
        self.writes.parked.retain(|(_, parked)| *parked != op_id);
        self.writes.released.insert(op_id);
    }

    /// The op behind a conflict, whole.
    fn body_of(&self, op_id: Uuid) -> Option<Box<Envelope>> {
        match read_op(&self.bytes_of(op_id)?) {
            OpRead::Whole(envelope) => Some(envelope),
            OpRead::HeadOnly { .. } | OpRead::Nothing { .. } => None,
        }
    }
}

/// The groups that a side of a conflict names.
fn disputed(mine: &ConflictSide, wanted: &ProductFields) -> impl Iterator<Item = FieldGroup> {
    FieldGroup::ALL.into_iter().filter(|group| {
        let fields = wanted.group(*group);
        fields.keys().any(|field| mine.fields.contains_key(field))
    })
}

/// Why a decision has no effect.
enum Unfit {
    /// It does not fit what it was made on.
    Refused,
    /// The figures are beyond any integer.
    Beyond,
}

fn line_of<'a>(
    counting: &Envelope,
    count: &'a StockCountedV1,
    product: Uuid,
) -> Option<(&'a protocol::body::CountedV1, LedgerAsk)> {
    let asks = LedgerAsk::of(counting, count);
    let mut lines = count.lines.iter().zip(asks);
    lines.find(|(line, _)| line.product_id == product)
}
