//! Stock: signed movements that commute, and the one open conflict of a product below zero.

use std::collections::BTreeMap;

use domain::MovementKind;
use protocol::conflict::{ConflictKind, ConflictSide};
use protocol::op::Envelope;
use protocol::outcome::OutcomeCode;
use uuid::Uuid;

use super::book::{Book, conflict_id};
use super::judge::figures;
use super::known::{ConflictNow, LastCount, LedgerRow};
use super::sides::name_sold;
use crate::effects::StockEffect;

impl Book<'_> {
    /// Whether the levels stay within what an integer holds.
    pub(super) fn stock_adds_up(&self, stock: &[StockEffect]) -> bool {
        let mut levels: BTreeMap<Uuid, i64> = BTreeMap::new();
        stock.iter().all(|movement| {
            let now = levels
                .get(&movement.product_id)
                .copied()
                .unwrap_or_else(|| self.on_hand(movement.product_id));
            let after = now.checked_add(movement.delta_milli);
            levels.insert(movement.product_id, after.unwrap_or(now));
            after.is_some()
        })
    }

    /// Moves the stock; why and under which conflict a person is told, if the op left a product
    /// below zero or came too late for a count.
    pub(super) fn apply_stock(
        &mut self,
        stock: &[StockEffect],
        envelope: &Envelope,
    ) -> Option<(OutcomeCode, Uuid)> {
        // Whether the op lowered the product, and whether by more than finding a difference.
        let mut touched: BTreeMap<Uuid, (bool, bool)> = BTreeMap::new();
        for movement in stock {
            self.move_one(movement, envelope);
            let (lowered, moved) = touched.entry(movement.product_id).or_default();
            *lowered |= movement.delta_milli < 0;
            *moved |= movement.kind != MovementKind::Count;
        }
        let (mut below, mut late) = (None, None);
        for (product, (lowered, moved)) in touched {
            if lowered && let Some(id) = self.flag_below_zero(product, envelope) {
                below.get_or_insert((OutcomeCode::NegativeStock, id));
            }
            if moved && let Some(id) = self.flag_too_late(product, envelope) {
                late.get_or_insert((OutcomeCode::CountRace, id));
            }
        }
        below.or(late)
    }

    fn move_one(&mut self, movement: &StockEffect, envelope: &Envelope) {
        let product = movement.product_id;
        if keeps_book(movement.kind) {
            self.keep_book(product);
        }
        let level = self.state.stock.entry(product).or_default();
        level.on_hand_milli = level.on_hand_milli.saturating_add(movement.delta_milli);
        let delta = self.writes.stock.entry(product).or_default();
        *delta = delta.saturating_add(movement.delta_milli);
        let row = LedgerRow {
            till: envelope.till,
            hlc: envelope.hlc,
            kind: movement.kind,
            delta_milli: movement.delta_milli,
        };
        self.moved.push((product, row));
    }

    /// The shop keeps book of the product from now on.
    pub(super) fn keep_book(&mut self, product: Uuid) {
        let level = self.state.stock.entry(product).or_default();
        if !level.tracked {
            level.tracked = true;
            self.writes.tracked.insert(product);
            self.writes.stock.entry(product).or_default();
        }
    }

    fn flag_below_zero(&mut self, product: Uuid, envelope: &Envelope) -> Option<Uuid> {
        let level = self.state.stock.get(&product).copied()?;
        if !level.tracked || level.on_hand_milli >= 0 {
            return None;
        }
        let kind = ConflictKind::NegativeStock;
        let mut mine = self.told_by_whole(envelope);
        let figure = figures(&[("quantity_milli", level.on_hand_milli)]);
        mine.fields.extend(figure);
        if let Some(id) = self.open_about(product, kind, None) {
            self.change(id, |row| {
                row.op_id = envelope.op_id;
                row.mine = Some(mine);
            });
            return Some(id);
        }
        let parts = [
            self.key.branch.as_bytes().as_slice(),
            product.as_bytes(),
            envelope.op_id.as_bytes(),
        ];
        let id = conflict_id(kind, self.key, &parts);
        let row = ConflictNow {
            code: Some(OutcomeCode::NegativeStock),
            title: name_sold(product, envelope).or_else(|| self.product_name(product)),
            mine: Some(mine),
            ..self.row(kind, self.stock_entity(product), envelope.op_id)
        };
        self.open(id, row);
        Some(id)
    }

    /// A movement from before a count, of which the count could not know: it is a fact and stands,
    /// and the figure that rested on the count is a question to a person.
    fn flag_too_late(&mut self, product: Uuid, envelope: &Envelope) -> Option<Uuid> {
        let level = self.state.stock.get(&product).copied()?;
        let count = level.counted?;
        if count.till == envelope.till || envelope.hlc > count.hlc {
            return None;
        }
        let kind = ConflictKind::CountRace;
        let theirs = ConflictSide {
            fields: figures(&[("quantity_milli", level.on_hand_milli)]),
            ..self.told_by_whole(envelope)
        };
        if let Some(id) = self.open_about(product, kind, Some(count.op_id)) {
            self.change(id, |row| row.theirs = Some(theirs));
            return Some(id);
        }
        let parts = [
            count.op_id.as_bytes().as_slice(),
            product.as_bytes(),
            envelope.op_id.as_bytes(),
        ];
        let id = conflict_id(kind, self.key, &parts);
        let row = ConflictNow {
            code: Some(OutcomeCode::CountRace),
            title: name_sold(product, envelope).or_else(|| self.product_name(product)),
            mine: Some(counted_by(&count)),
            theirs: Some(theirs),
            ..self.row(kind, self.stock_entity(product), count.op_id)
        };
        self.open(id, row);
        Some(id)
    }

    /// The open conflict of a kind about a product's stock, and of one op if that is asked.
    fn open_about(&self, product: Uuid, kind: ConflictKind, op_id: Option<Uuid>) -> Option<Uuid> {
        let entity = self.stock_entity(product);
        let mut all = self.state.conflicts.iter();
        let found = all.find(|(_, row)| {
            row.kind == kind
                && row.settled.is_none()
                && row.entity == entity
                && op_id.is_none_or(|op_id| row.op_id == op_id)
        });
        found.map(|(id, _)| *id)
    }

    pub(super) fn on_hand(&self, product: Uuid) -> i64 {
        let level = self.state.stock.get(&product);
        level.map_or(0, |level| level.on_hand_milli)
    }

    pub(super) fn stock_entity(&self, product: Uuid) -> String {
        format!("stock:{}/{product}", self.key.branch)
    }
}

fn counted_by(count: &LastCount) -> ConflictSide {
    ConflictSide {
        till: Some(count.till),
        at_ms: Some(count.at_ms),
        fields: figures(&[("counted_milli", count.counted_milli)]),
        ..ConflictSide::default()
    }
}

/// Movements by which a shop shows that it keeps book of an article.
const fn keeps_book(kind: MovementKind) -> bool {
    match kind {
        MovementKind::Restock | MovementKind::Count => true,
        MovementKind::Sale
        | MovementKind::Refund
        | MovementKind::Resale
        | MovementKind::Adjustment => false,
    }
}
