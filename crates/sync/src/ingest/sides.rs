//! Conflicts in words and figures: who, when, where, and what each side says.

use std::collections::BTreeMap;

use protocol::body::OpBody;
use protocol::conflict::{ConflictKind, ConflictSide, SettledBy};
use protocol::op::Envelope;
use serde_json::json;
use uuid::Uuid;

use super::book::Book;
use super::exceptions::{NamedException, RuleUsed};
use super::known::ConflictNow;
use super::writes::ConflictWrite;
use crate::effects::{Fields, ProductFields, of};

impl Book<'_> {
    /// A new row, to be completed by whoever opens it.
    pub(super) fn row(&self, kind: ConflictKind, entity: String, op_id: Uuid) -> ConflictNow {
        ConflictNow {
            kind,
            code: None,
            entity,
            title: None,
            branch: Some(self.key.branch),
            op_id,
            version: 1,
            mine: None,
            theirs: None,
            base: None,
            settled: None,
        }
    }

    /// Opens a conflict; one that is there already, open or settled, stays as it is.
    pub(super) fn open(&mut self, id: Uuid, now: ConflictNow) {
        if self.state.conflicts.contains_key(&id) {
            return;
        }
        self.state.conflicts.insert(id, now.clone());
        let opens = true;
        self.writes
            .conflicts
            .insert(id, ConflictWrite { id, opens, now });
    }

    /// Brings a conflict up to date in place; its version grows.
    pub(super) fn change(&mut self, id: Uuid, act: impl FnOnce(&mut ConflictNow)) {
        let Some(row) = self.state.conflicts.get_mut(&id) else {
            return;
        };
        act(row);
        row.version = row.version.saturating_add(1);
        let written = self.writes.conflicts.get(&id);
        let opens = written.is_some_and(|write| write.opens);
        let now = row.clone();
        self.writes
            .conflicts
            .insert(id, ConflictWrite { id, opens, now });
    }

    /// Ends a conflict.
    pub(super) fn settle(&mut self, id: Uuid, settled: SettledBy) {
        self.change(id, |row| row.settled = Some(settled));
    }

    /// Notes that code has settled something by a named exception.
    pub(super) fn by_rule(&mut self, rule: NamedException, op_id: Uuid, entity: &str) {
        self.writes.settled_by_rule.push(RuleUsed {
            rule,
            op_id,
            entity: entity.to_owned(),
        });
    }

    /// A side as an op's till tells it.
    pub(super) fn side(&self, envelope: &Envelope, fields: Fields) -> ConflictSide {
        ConflictSide {
            till: Some(envelope.till),
            till_name: None,
            operator_name: self.operator_name(envelope),
            at_ms: Some(envelope.wall_ms),
            fields,
        }
    }

    /// What an op says of itself: its type, and its receipt if it has one.
    pub(super) fn told_by_whole(&self, envelope: &Envelope) -> ConflictSide {
        let mut fields = BTreeMap::from([("type".to_owned(), json!(envelope.body.kind()))]);
        let effects = of(envelope);
        let refund = effects.refund.as_ref().map(|refund| &refund.document);
        if let Some(document) = effects.sale.as_ref().or(refund) {
            let receipt = json!(document.receipt_number);
            fields.insert("receipt_number".to_owned(), receipt);
            fields.insert("gross_minor".to_owned(), json!(document.gross_minor));
        }
        self.side(envelope, fields)
    }

    /// Who did it, as far as the op or head office knows.
    pub(super) fn operator_name(&self, envelope: &Envelope) -> Option<String> {
        match &envelope.body {
            OpBody::SaleRecordedV1(sale) => Some(sale.operator_name.clone()),
            OpBody::RefundRecordedV1(refund) => Some(refund.operator_name.clone()),
            OpBody::CartVoidedV1(_)
            | OpBody::StockMovedV1(_)
            | OpBody::StockCountedV1(_)
            | OpBody::PriceSetV1(_)
            | OpBody::ProductEditedV1(_)
            | OpBody::ConflictSettledV1(_)
            | OpBody::TillIncidentV1(_) => {
                let operator = self.state.operators.get(&envelope.actor.operator);
                operator.map(|operator| operator.name.clone())
            }
        }
    }

    /// A product's name as the cloud knows it.
    pub(super) fn product_name(&self, product: Uuid) -> Option<String> {
        let now = self.state.products.get(&product);
        now.map(|now| now.fields.name.clone())
    }

    /// What a command is about, in words.
    pub(super) fn title_of(&self, body: &OpBody) -> Option<String> {
        match body {
            OpBody::ProductEditedV1(product) => Some(product.name.clone()),
            OpBody::PriceSetV1(price) => self.product_name(price.product_id),
            OpBody::ConflictSettledV1(settled) => {
                let conflict = self.state.conflicts.get(&settled.conflict);
                conflict.and_then(|conflict| conflict.title.clone())
            }
            OpBody::SaleRecordedV1(_)
            | OpBody::RefundRecordedV1(_)
            | OpBody::CartVoidedV1(_)
            | OpBody::StockMovedV1(_)
            | OpBody::StockCountedV1(_)
            | OpBody::TillIncidentV1(_) => None,
        }
    }
}

/// A product's name on the op's receipt.
pub(super) fn name_sold(product: Uuid, envelope: &Envelope) -> Option<String> {
    let sold = match &envelope.body {
        OpBody::SaleRecordedV1(sale) => sale
            .lines
            .iter()
            .find(|line| line.product_id == product)
            .map(|line| &line.name),
        OpBody::RefundRecordedV1(refund) => refund
            .lines
            .iter()
            .find(|line| line.product_id == product)
            .map(|line| &line.name),
        OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::PriceSetV1(_)
        | OpBody::ProductEditedV1(_)
        | OpBody::ConflictSettledV1(_)
        | OpBody::TillIncidentV1(_) => None,
    };
    sold.cloned()
}

/// What a command wanted, field by field.
pub(super) fn wanted(body: &OpBody) -> Fields {
    let fields = |fields: Vec<(&str, serde_json::Value)>| {
        let owned = fields.into_iter();
        owned
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    };
    match body {
        OpBody::ProductEditedV1(product) => {
            let groups = crate::effects::FieldGroup::ALL.into();
            ProductFields::from(product).groups(&groups)
        }
        OpBody::PriceSetV1(price) => fields(vec![("price_minor", json!(price.price_minor))]),
        OpBody::ConflictSettledV1(settled) => fields(vec![
            ("conflict", json!(settled.conflict)),
            ("decision", json!(settled.decision)),
        ]),
        OpBody::SaleRecordedV1(_)
        | OpBody::RefundRecordedV1(_)
        | OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::TillIncidentV1(_) => Fields::new(),
    }
}
