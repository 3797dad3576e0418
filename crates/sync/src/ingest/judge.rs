//! What becomes of an op that has its place in the log. It is recorded in any case.

use protocol::ids::OpHash;
use protocol::op::{Base, Envelope};
use protocol::outcome::{Outcome, OutcomeCode};
use uuid::Uuid;

use super::book::{Book, conflict_id};
use super::state::{FirstRecord, GroupVersion, SoldLine};
use crate::effects::{DocumentEffect, Effects, OpRead, RefundEffect, of};
use protocol::conflict::ConflictKind;

/// The judgement on one op.
pub(super) struct Verdict {
    pub(super) dup: bool,
    pub(super) outcome: Outcome,
    pub(super) code: Option<OutcomeCode>,
    pub(super) conflict: Option<Uuid>,
    pub(super) effects: Effects,
}

impl Verdict {
    fn parked(code: OutcomeCode) -> Self {
        Self {
            dup: false,
            outcome: Outcome::Parked,
            code: Some(code),
            conflict: None,
            effects: Effects::default(),
        }
    }

    fn conflict(code: OutcomeCode, conflict: Uuid, effects: Effects) -> Self {
        Self {
            dup: false,
            outcome: Outcome::Conflict,
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
    pub(super) fn judge(&mut self, op: &OpRead, hash: OpHash) -> Verdict {
        let op_id = op.op_id();
        if let Some(first) = self.state.ops.get(&op_id).copied() {
            return self.judge_again(op_id, hash, &first);
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
    fn judge_again(&mut self, op_id: Uuid, hash: OpHash, first: &FirstRecord) -> Verdict {
        if first.op_hash == hash {
            return Verdict {
                dup: true,
                outcome: Outcome::Duplicate,
                code: first.code,
                conflict: first.conflict,
                effects: Effects::default(),
            };
        }
        let kind = ConflictKind::OpIdReused;
        let parts = [op_id.as_bytes().as_slice(), hash.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        self.open(id, kind, format!("op:{op_id}"), op_id);
        Verdict {
            dup: true,
            conflict: Some(id),
            ..Verdict::parked(OutcomeCode::OpIdReused)
        }
    }

    fn judge_first(&mut self, op: &OpRead) -> Verdict {
        let envelope = match op {
            OpRead::Whole(envelope) => envelope,
            OpRead::HeadOnly { code, .. } => return Verdict::parked(*code),
            OpRead::Nothing { .. } => return Verdict::parked(OutcomeCode::BodyUnreadable),
        };
        if !self.names_its_till(op) {
            return Verdict::parked(OutcomeCode::WrongIdentity);
        }
        if op.after().iter().any(|before| self.is_parked(*before)) {
            return Verdict::parked(OutcomeCode::DependsOnParked);
        }
        let effects = of(envelope);
        if self.state.poisoned.contains(&envelope.op_id) || !self.stock_adds_up(&effects.stock) {
            return Verdict::parked(OutcomeCode::ApplyError);
        }
        if let Some(verdict) = self.sale_id_reused(envelope, &effects) {
            return verdict;
        }
        if let Some(verdict) = self.edit_conflict(envelope, &effects) {
            return verdict;
        }
        self.apply(envelope, effects)
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

    fn is_parked(&self, op_id: Uuid) -> bool {
        let first = self.state.ops.get(&op_id);
        first.is_some_and(|first| first.outcome == Outcome::Parked)
    }

    /// A sale id that another op holds: the first one stays, nothing is added, a person looks.
    fn sale_id_reused(&mut self, envelope: &Envelope, effects: &Effects) -> Option<Verdict> {
        let sale_id = effects.sale_id()?;
        let holder = self.state.sales.get(&sale_id)?;
        assert_ne!(*holder, envelope.op_id, "a first record cannot hold it");
        let kind = ConflictKind::SaleIdReused;
        let parts = [sale_id.as_bytes().as_slice(), envelope.op_id.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        self.open(id, kind, format!("sale:{sale_id}"), envelope.op_id);
        Some(Verdict::conflict(
            OutcomeCode::SaleIdReused,
            id,
            Effects::default(),
        ))
    }

    /// An edit of a version that another has changed since: the cloud's value stays.
    fn edit_conflict(&mut self, envelope: &Envelope, effects: &Effects) -> Option<Verdict> {
        let product = effects.product.as_ref()?;
        let groups = self.state.products.get(&product.product_id)?;
        let till = self.key.till;
        let entity = format!("product:{}", product.product_id);
        let stale = |base: &Base| {
            let now = groups.get(&base.group);
            base.entity == entity
                && now.is_some_and(|now| now.till != till && now.version > base.version)
        };
        if !product.created && !envelope.base.iter().any(stale) {
            return None;
        }
        let kind = ConflictKind::EditConflict;
        let parts = [
            product.product_id.as_bytes().as_slice(),
            envelope.op_id.as_bytes(),
        ];
        let id = conflict_id(kind, self.key, &parts);
        self.open(id, kind, entity, envelope.op_id);
        Some(Verdict::conflict(
            OutcomeCode::EditConflict,
            id,
            Effects::default(),
        ))
    }

    /// Applies a fact. What does not fit is a conflict beside it, never instead of it.
    fn apply(&mut self, envelope: &Envelope, effects: Effects) -> Verdict {
        if let Some(sale) = &effects.sale {
            self.apply_sale(sale, envelope.op_id);
        }
        let over_refund = match &effects.refund {
            Some(refund) => self.apply_refund(refund, envelope.op_id),
            None => None,
        };
        if let Some(product) = &effects.product {
            let groups = self.state.products.entry(product.product_id).or_default();
            for base in &envelope.base {
                let version = base.version;
                let till = self.key.till;
                groups.insert(base.group.clone(), GroupVersion { version, till });
            }
        }
        let below_zero = self.apply_stock(&effects.stock, envelope.op_id);
        if let Some(id) = over_refund {
            return Verdict::conflict(OutcomeCode::OverRefund, id, effects);
        }
        match below_zero {
            Some(id) => Verdict::conflict(OutcomeCode::NegativeStock, id, effects),
            None => Verdict::accepted(effects),
        }
    }

    fn apply_sale(&mut self, sale: &DocumentEffect, op_id: Uuid) {
        self.state.sales.insert(sale.sale_id, op_id);
        let lines = sale.lines.iter().map(|line| {
            let sold = SoldLine {
                sold_milli: line.quantity_milli,
                given_back_milli: 0,
            };
            (line.line_no, sold)
        });
        self.state.sale_lines.insert(sale.sale_id, lines.collect());
    }

    /// The id of the conflict if more came back than was sold.
    fn apply_refund(&mut self, refund: &RefundEffect, op_id: Uuid) -> Option<Uuid> {
        self.state.sales.insert(refund.document.sale_id, op_id);
        let of_sale = refund.of_sale?;
        let sold = self.state.sale_lines.get_mut(&of_sale)?;
        let mut over = false;
        for line in &refund.document.lines {
            let Some(line_sold) = line.of_line.and_then(|of_line| sold.get_mut(&of_line)) else {
                continue;
            };
            line_sold.given_back_milli = line_sold
                .given_back_milli
                .saturating_add(line.quantity_milli);
            over |= line_sold.given_back_milli > line_sold.sold_milli;
        }
        if !over {
            return None;
        }
        let kind = ConflictKind::OverRefund;
        let parts = [of_sale.as_bytes().as_slice(), op_id.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        self.open(id, kind, format!("sale:{of_sale}"), op_id);
        Some(id)
    }
}
