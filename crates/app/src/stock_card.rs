//! Why is it 7? One product's stock, movement by movement, in words.
//!
//! Owns the sentences of movements. The figures and their running balance are the vault's; who did
//! it is read from the op itself.

use domain::{MovementKind, Unit};
use protocol::Envelope;
use protocol::body::OpBody;
use uuid::Uuid;
use vault::stock::{Ledger, LedgerLine};
use vault::{Reader, VaultError, operators, outbox, queue, stock};

use crate::dto::{MovementView, StockCard};
use crate::error::AppError;
use crate::sync_worker::{LinkView, sync_state};
use crate::till::Till;
use crate::views::{self, quantity_text};

/// The most movements of one card.
const MOST_SHOWN: u32 = 200;

/// What a movement's sentence needs beside its figures.
#[derive(Debug, Default)]
struct Told {
    by: Option<String>,
    reference: Option<String>,
    counted_milli: Option<i64>,
}

impl Till {
    /// One product's stock and how it came to be, newest first.
    pub fn stock_of(&self, product_id: Uuid) -> Result<StockCard, AppError> {
        let product = self.known_product(product_id)?;
        let till_name = self.config()?.till_name.clone();
        let link = self.link_view();
        let seen = self.stock_seen(&[product_id])?;
        let (ledger, movements) = self.vault.read(|reader| {
            let ledger = stock::ledger(reader, &seen, product_id, MOST_SHOWN)?;
            let mut shown = Vec::with_capacity(ledger.lines.len() + 1);
            for line in &merged(&ledger.lines) {
                let told = told(reader, line, product_id)?;
                let words = words(line, &told, product.unit, &till_name);
                shown.push(view(reader, line, words, product.unit, &link)?);
            }
            Ok((ledger, shown))
        })?;
        let mut movements = movements;
        movements.extend(elsewhere(&ledger, product.unit));
        Ok(StockCard {
            level: self.level(&product)?,
            movements,
            cloud_included_at_ms: ledger.cloud_told_at_ms,
        })
    }
}

/// One receipt is one line, however often the article was scanned for it.
fn merged(lines: &[LedgerLine]) -> Vec<LedgerLine> {
    let mut merged: Vec<LedgerLine> = Vec::with_capacity(lines.len());
    for line in lines {
        match merged.last_mut() {
            Some(last) if last.op_id == line.op_id && last.kind == line.kind => {
                last.delta_milli = last.delta_milli.saturating_add(line.delta_milli);
            }
            Some(_) | None => merged.push(line.clone()),
        }
    }
    merged
}

/// What the op says of the movement; a sale says it by its receipt number.
fn told(reader: &Reader, line: &LedgerLine, product_id: Uuid) -> Result<Told, VaultError> {
    if line.number.is_some() {
        return Ok(Told::default());
    }
    let Some(envelope) = queue::envelope(reader, line.op_id)? else {
        return Ok(Told::default());
    };
    let by = match operators::by_id(reader, envelope.actor.operator)? {
        Some(operator) => Some(operator.name),
        None if envelope.actor.operator.is_nil() => Some("the command line".to_owned()),
        None => None,
    };
    Ok(Told {
        by,
        reference: reference(&envelope),
        counted_milli: counted(&envelope, product_id),
    })
}

fn reference(envelope: &Envelope) -> Option<String> {
    match &envelope.body {
        OpBody::StockMovedV1(moved) => moved.reference.clone(),
        OpBody::SaleRecordedV1(_)
        | OpBody::RefundRecordedV1(_)
        | OpBody::CartVoidedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::PriceSetV1(_)
        | OpBody::ProductEditedV1(_)
        | OpBody::ConflictSettledV1(_)
        | OpBody::TillIncidentV1(_) => None,
    }
}

fn counted(envelope: &Envelope, product_id: Uuid) -> Option<i64> {
    match &envelope.body {
        OpBody::StockCountedV1(count) => {
            let line = count
                .lines
                .iter()
                .find(|line| line.product_id == product_id);
            line.map(|line| line.counted_milli)
        }
        OpBody::SaleRecordedV1(_)
        | OpBody::RefundRecordedV1(_)
        | OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::PriceSetV1(_)
        | OpBody::ProductEditedV1(_)
        | OpBody::ConflictSettledV1(_)
        | OpBody::TillIncidentV1(_) => None,
    }
}

/// The movement in one sentence.
fn words(line: &LedgerLine, told: &Told, unit: Unit, till_name: &str) -> String {
    let much = quantity_text(line.delta_milli.saturating_abs(), unit);
    let receipt = line
        .number
        .as_ref()
        .map_or_else(String::new, |number| format!(", receipt {number}"));
    let by = told
        .by
        .as_ref()
        .map_or_else(String::new, |name| format!(" by {name}"));
    let because = line
        .reason
        .as_ref()
        .map_or_else(String::new, |reason| format!(": {reason}"));
    match line.kind {
        MovementKind::Sale => format!("Sold {much} on till {till_name}{receipt}"),
        MovementKind::Refund => format!("Given back {much}, not to be sold again{receipt}"),
        MovementKind::Resale => format!("Given back {much}, on the shelf again{receipt}"),
        MovementKind::Adjustment => format!(
            "Corrected by {}{by}{because}",
            signed(line.delta_milli, unit)
        ),
        MovementKind::Restock => {
            let note = told
                .reference
                .as_ref()
                .map_or_else(String::new, |reference| format!(", note {reference}"));
            format!("Received {much}{by}{note}{because}")
        }
        MovementKind::Count => {
            let counted = told.counted_milli.unwrap_or(line.balance_milli);
            format!("Counted {}{by}{because}", quantity_text(counted, unit))
        }
    }
}

fn view(
    reader: &Reader,
    line: &LedgerLine,
    words: String,
    unit: Unit,
    link: &LinkView,
) -> Result<MovementView, VaultError> {
    let head = outbox::cloud_head(reader, line.segment)?;
    let recorded = head.is_some_and(|head| head.seq >= line.seq);
    let outcome = queue::of_op(reader, line.op_id)?.and_then(|op| op.outcome);
    Ok(MovementView {
        at_ms: line.at_ms,
        kind: line.kind,
        delta_milli: line.delta_milli,
        delta_text: signed(line.delta_milli, unit),
        balance_milli: line.balance_milli,
        balance_text: quantity_text(line.balance_milli, unit),
        reason: line.reason.clone(),
        words,
        sync: sync_state(recorded, outcome, line.seq, link),
        here: true,
    })
}

/// What others did, as one line below the oldest: the till knows its sum and not its parts.
fn elsewhere(ledger: &Ledger, unit: Unit) -> Option<MovementView> {
    let told_at_ms = ledger.cloud_told_at_ms?;
    if ledger.elsewhere_milli == 0 || ledger.lines.len() >= MOST_SHOWN as usize {
        return None;
    }
    let sum = signed(ledger.elsewhere_milli, unit);
    Some(MovementView {
        at_ms: told_at_ms,
        kind: MovementKind::Adjustment,
        delta_milli: ledger.elsewhere_milli,
        delta_text: sum.clone(),
        balance_milli: ledger.elsewhere_milli,
        balance_text: quantity_text(ledger.elsewhere_milli, unit),
        reason: None,
        words: format!(
            "Other tills and head office: {sum} in all, as the cloud told at {}",
            views::local_time(told_at_ms)
        ),
        sync: crate::dto::SyncState::Synced,
        here: false,
    })
}

/// `+3`, `-0.45 kg`.
fn signed(milli: i64, unit: Unit) -> String {
    let text = quantity_text(milli, unit);
    if milli > 0 { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn line(kind: MovementKind, delta_milli: i64, number: Option<&str>) -> LedgerLine {
        LedgerLine {
            op_id: Uuid::nil(),
            segment: protocol::SegmentId([0; 16]),
            seq: 1,
            at_ms: 0,
            kind,
            delta_milli,
            balance_milli: 8_000,
            reason: None,
            number: number.map(str::to_owned),
            sale_id: None,
        }
    }

    #[test]
    fn each_kind_of_movement_has_its_sentence() {
        let grace = || Told {
            by: Some("Grace".to_owned()),
            ..Told::default()
        };
        let table: BTreeMap<&str, (LedgerLine, Told)> = BTreeMap::from([
            (
                "Sold 2 on till 1, receipt MB-1-7-ab",
                (
                    line(MovementKind::Sale, -2_000, Some("MB-1-7-ab")),
                    Told::default(),
                ),
            ),
            (
                "Given back 1, on the shelf again, receipt MB-1-8-ab",
                (
                    line(MovementKind::Resale, 1_000, Some("MB-1-8-ab")),
                    Told::default(),
                ),
            ),
            (
                "Counted 8 by Grace",
                (
                    line(MovementKind::Count, -1_000, None),
                    Told {
                        counted_milli: Some(8_000),
                        ..grace()
                    },
                ),
            ),
            (
                "Received 5 by Grace, note DN 12",
                (
                    line(MovementKind::Restock, 5_000, None),
                    Told {
                        reference: Some("DN 12".to_owned()),
                        ..grace()
                    },
                ),
            ),
            (
                "Corrected by -1 by Grace: broken",
                (
                    LedgerLine {
                        reason: Some("broken".to_owned()),
                        ..line(MovementKind::Adjustment, -1_000, None)
                    },
                    grace(),
                ),
            ),
        ]);
        for (expected, (line, told)) in table {
            assert_eq!(words(&line, &told, Unit::Piece, "1"), expected);
        }
    }
}
