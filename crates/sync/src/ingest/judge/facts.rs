//! Facts: sales, refunds, movements, incidents. What does not fit is a conflict beside the fact,
//! never instead of it.

use protocol::conflict::ConflictKind;
use protocol::op::Envelope;
use protocol::outcome::OutcomeCode;
use serde_json::json;
use uuid::Uuid;

use super::super::book::{Book, conflict_id};
use super::super::known::{ConflictNow, SaleNow};
use super::super::state::SoldLine;
use super::Verdict;
use crate::effects::{DocumentEffect, Effects, RefundEffect, of};

impl Book<'_> {
    /// Applies a fact; an error is why it cannot be.
    pub(super) fn judge_fact(&mut self, envelope: &Envelope) -> Result<Verdict, OutcomeCode> {
        let effects = of(envelope);
        if !self.stock_adds_up(&effects.stock) {
            return Err(OutcomeCode::ApplyError);
        }
        if let Some(verdict) = self.sale_id_reused(envelope, &effects) {
            return Ok(verdict);
        }
        if let Some(sale) = &effects.sale {
            self.apply_sale(sale, envelope);
        }
        let over_refund = match &effects.refund {
            Some(refund) => self.apply_refund(refund, envelope),
            None => None,
        };
        let moved = self.apply_stock(&effects.stock, envelope);
        Ok(match over_refund {
            Some(id) => Verdict::told(OutcomeCode::OverRefund, id, effects),
            None => match moved {
                Some((code, id)) => Verdict::told(code, id, effects),
                None => Verdict::accepted(effects),
            },
        })
    }

    /// A sale id that another op holds: the first one stays, nothing is added, a person looks.
    fn sale_id_reused(&mut self, envelope: &Envelope, effects: &Effects) -> Option<Verdict> {
        let sale_id = effects.sale_id()?;
        let holder = self.state.sales.get(&sale_id)?;
        assert_ne!(
            holder.op_id, envelope.op_id,
            "a first record cannot hold it"
        );
        let kind = ConflictKind::SaleIdReused;
        let code = OutcomeCode::SaleIdReused;
        let parts = [sale_id.as_bytes().as_slice(), envelope.op_id.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        let refund = effects.refund.as_ref().map(|refund| &refund.document);
        let document = effects.sale.as_ref().or(refund)?;
        let row = ConflictNow {
            code: Some(code),
            title: Some(holder.receipt_number.clone()),
            mine: Some(sale_now(document, envelope).side()),
            theirs: Some(holder.side()),
            ..self.row(kind, format!("sale:{sale_id}"), envelope.op_id)
        };
        self.open(id, row);
        Some(Verdict::told(code, id, Effects::default()))
    }

    fn apply_sale(&mut self, sale: &DocumentEffect, envelope: &Envelope) {
        let now = sale_now(sale, envelope);
        self.state.sales.insert(sale.sale_id, now);
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
    fn apply_refund(&mut self, refund: &RefundEffect, envelope: &Envelope) -> Option<Uuid> {
        let now = sale_now(&refund.document, envelope);
        self.state
            .sales
            .insert(refund.document.sale_id, now.clone());
        let of_sale = refund.of_sale?;
        let sold = self.state.sale_lines.get_mut(&of_sale)?;
        let (mut sold_milli, mut back_milli, mut over) = (0_i64, 0_i64, false);
        for line in &refund.document.lines {
            let Some(line_sold) = line.of_line.and_then(|of_line| sold.get_mut(&of_line)) else {
                continue;
            };
            let back = &mut line_sold.given_back_milli;
            *back = back.saturating_add(line.quantity_milli);
            if *back > line_sold.sold_milli {
                over = true;
                sold_milli = sold_milli.saturating_add(line_sold.sold_milli);
                back_milli = back_milli.saturating_add(*back);
            }
        }
        if !over {
            return None;
        }
        let kind = ConflictKind::OverRefund;
        let parts = [of_sale.as_bytes().as_slice(), envelope.op_id.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        let (mut mine, sale) = (now.side(), self.state.sales.get(&of_sale));
        let mut theirs = sale.map(SaleNow::side);
        mine.fields
            .insert("given_back_milli".to_owned(), json!(back_milli));
        if let Some(theirs) = &mut theirs {
            theirs
                .fields
                .insert("sold_milli".to_owned(), json!(sold_milli));
        }
        let row = ConflictNow {
            code: Some(OutcomeCode::OverRefund),
            title: sale.map(|sale| sale.receipt_number.clone()),
            mine: Some(mine),
            theirs,
            ..self.row(kind, format!("sale:{of_sale}"), envelope.op_id)
        };
        self.open(id, row);
        Some(id)
    }
}

fn sale_now(document: &DocumentEffect, envelope: &Envelope) -> SaleNow {
    SaleNow {
        op_id: envelope.op_id,
        till: envelope.till,
        receipt_number: document.receipt_number.clone(),
        operator_name: document.operator_name.clone(),
        completed_at_ms: document.completed_at_ms,
        gross_minor: document.gross_minor,
    }
}
