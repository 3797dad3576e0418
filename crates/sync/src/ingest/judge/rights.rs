//! Who may do what: commands are checked, facts never.
//!
//! What a sale, a refund, a movement or a count says has happened; a right that was missing does
//! not undo it. A command (an edit, a price, a decision) changes only what the cloud holds, and is
//! refused to an operator without the right to it.

use domain::Right;
use protocol::body::OpBody;
use protocol::conflict::ConflictKind;
use protocol::op::Envelope;
use protocol::outcome::OutcomeCode;
use serde_json::json;

use super::super::book::{Book, conflict_id};
use super::super::known::ConflictNow;
use super::super::sides::wanted;
use super::Verdict;
use crate::effects::Effects;

/// The right a command needs; `None` for a fact. A product made at a till needs the right to sell:
/// a cashier makes it with a supervisor's approval, which the op does not name.
const fn right_of(body: &OpBody) -> Option<Right> {
    match body {
        OpBody::ProductEditedV1(product) if product.created => Some(Right::Sell),
        OpBody::ProductEditedV1(_) | OpBody::PriceSetV1(_) => Some(Right::EditProduct),
        OpBody::ConflictSettledV1(_) => Some(Right::SettleConflict),
        OpBody::SaleRecordedV1(_)
        | OpBody::RefundRecordedV1(_)
        | OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::TillIncidentV1(_) => None,
    }
}

impl Book<'_> {
    /// Whether the op's operator may do it. While head office keeps no operators, the shop keeps
    /// its people on the till and the till has asked them already.
    pub(super) fn allows(&self, envelope: &Envelope) -> bool {
        let Some(right) = right_of(&envelope.body) else {
            return true;
        };
        if !self.state.keeps_operators {
            return true;
        }
        let operator = self.state.operators.get(&envelope.actor.operator);
        operator.is_some_and(|operator| {
            let branches = operator.branches.as_ref();
            let here = branches.is_none_or(|branches| branches.contains(&self.key.branch));
            operator.active && here && operator.role.may(right)
        })
    }

    /// A command that is refused: recorded, without effect, and shown to a person.
    pub(super) fn reject(&mut self, envelope: &Envelope) -> Verdict {
        let code = OutcomeCode::NotAllowed;
        let kind = ConflictKind::Rejected;
        let op_id = envelope.op_id;
        let id = conflict_id(kind, self.key, &[op_id.as_bytes()]);
        let mut fields = wanted(&envelope.body);
        fields.insert("type".to_owned(), json!(envelope.body.kind()));
        let row = ConflictNow {
            code: Some(code),
            title: self.title_of(&envelope.body),
            mine: Some(self.side(envelope, fields)),
            ..self.row(kind, format!("op:{op_id}"), op_id)
        };
        self.open(id, row);
        Verdict::told(code, id, Effects::default())
    }
}
