//! What becomes of an op that has its place in the log. It is recorded in any case.

mod counts;
mod facts;
mod parked;
mod products;
mod rights;
mod settle;

use protocol::body::OpBody;
use protocol::ids::OpHash;
use protocol::op::Envelope;
use protocol::outcome::{Outcome, OutcomeCode};
use uuid::Uuid;

use super::book::Book;
use super::needs::waits_on;
use super::state::FirstRecord;
use crate::effects::{Effects, OpRead};

pub(super) use counts::figures;

/// The judgement on one op.
pub(super) struct Verdict {
    pub(super) dup: bool,
    pub(super) outcome: Outcome,
    pub(super) code: Option<OutcomeCode>,
    pub(super) conflict: Option<Uuid>,
    pub(super) effects: Effects,
}

impl Verdict {
    fn told(code: OutcomeCode, conflict: Uuid, effects: Effects) -> Self {
        Self {
            dup: false,
            outcome: code.first_outcome(),
            code: Some(code),
            conflict: Some(conflict),
            effects,
        }
    }

    fn accepted(effects: Effects) -> Self {
        Self {
            dup: false,
            outcome: Outcome::Accepted,
            code: None,
            conflict: None,
            effects,
        }
    }
}

impl Book<'_> {
    /// Judges an op and brings the working copy up to date with its effects.
    pub(super) fn judge(&mut self, op: &OpRead, bytes: &[u8], hash: OpHash) -> Verdict {
        let op_id = op.op_id();
        let first = self.state.ops.get(&op_id).copied();
        if let Some(first) = first.filter(|_| !cfg!(mutant = "duplicate_counted_twice")) {
            return self.judge_again(op, bytes, hash, &first);
        }
        let verdict = self.judge_first(op);
        let first = FirstRecord {
            op_hash: hash,
            outcome: verdict.outcome,
            code: verdict.code,
            conflict: verdict.conflict,
        };
        self.state.ops.insert(op_id, first);
        assert!(
            verdict.outcome != Outcome::Duplicate && !verdict.dup,
            "a first record is no duplicate"
        );
        verdict
    }

    /// The op id is recorded already: the same fact at another place, or another fact.
    fn judge_again(
        &mut self,
        op: &OpRead,
        bytes: &[u8],
        hash: OpHash,
        first: &FirstRecord,
    ) -> Verdict {
        if first.op_hash == hash || cfg!(mutant = "same_id_other_content") {
            return Verdict {
                dup: true,
                outcome: Outcome::Duplicate,
                code: first.code.filter(|_| !cfg!(mutant = "outcome_not_sticky")),
                conflict: first.conflict,
                effects: Effects::default(),
            };
        }
        let id = self.op_id_reused(op, bytes, hash);
        Verdict {
            dup: true,
            ..Verdict::told(OutcomeCode::OpIdReused, id, Effects::default())
        }
    }

    pub(super) fn judge_first(&mut self, op: &OpRead) -> Verdict {
        let envelope = match op {
            OpRead::Whole(_) if self.state.unknown_kinds.contains(op.kind()) => {
                return self.park(op, OutcomeCode::UnknownType);
            }
            OpRead::Whole(envelope) => envelope.as_ref(),
            OpRead::HeadOnly { code, .. } => return self.park(op, *code),
            OpRead::Nothing { .. } => return self.park(op, OutcomeCode::BodyUnreadable),
        };
        if !self.names_its_till(op) {
            return self.park(op, OutcomeCode::WrongIdentity);
        }
        if self.waits(op, envelope) {
            return self.park(op, OutcomeCode::DependsOnParked);
        }
        if self.state.poisoned.contains(&envelope.op_id) {
            if cfg!(mutant = "poison_swallowed") {
                return Verdict::accepted(Effects::default());
            }
            return self.park(op, OutcomeCode::ApplyError);
        }
        if !self.allows(envelope) {
            return self.reject(envelope);
        }
        let judged = match &envelope.body {
            OpBody::ProductEditedV1(product) => self.judge_edit(envelope, product),
            OpBody::PriceSetV1(price) => self.judge_price(envelope, price),
            OpBody::StockCountedV1(count) => self.judge_count(envelope, count),
            OpBody::ConflictSettledV1(settled) => self.judge_settlement(envelope, settled),
            OpBody::SaleRecordedV1(_)
            | OpBody::RefundRecordedV1(_)
            | OpBody::CartVoidedV1(_)
            | OpBody::StockMovedV1(_)
            | OpBody::TillIncidentV1(_) => self.judge_fact(envelope),
        };
        judged.unwrap_or_else(|code| self.park(op, code))
    }

    /// Whether the op names the till, tenant and branch of its credential, now or at its genesis.
    fn names_its_till(&self, op: &OpRead) -> bool {
        let key = self.key;
        op.identity().is_some_and(|(tenant, branch, till)| {
            till == key.till
                && [key.tenant, key.genesis_tenant].contains(&tenant)
                && [key.branch, key.genesis_branch].contains(&branch)
        })
    }

    /// Whether an op that comes first is parked, or one that touches what this one depends on.
    fn waits(&self, op: &OpRead, envelope: &Envelope) -> bool {
        let is_parked = |id: &Uuid| {
            let first = self.state.ops.get(id);
            first.is_some_and(|first| first.outcome == Outcome::Parked)
        };
        let entities = waits_on(&envelope.body, envelope.branch);
        op.after().iter().any(is_parked)
            || entities.iter().any(|entity| {
                let parked = self.state.waiting.get(entity);
                parked.is_some_and(|ops| ops.iter().any(|id| *id != envelope.op_id))
            })
    }
}
