//! Stock: signed movements that commute, and the one open conflict of a product below zero.

use std::collections::BTreeMap;

use domain::MovementKind;
use uuid::Uuid;

use super::book::{Book, conflict_id};
use super::writes::ConflictWrite;
use crate::effects::StockEffect;
use protocol::conflict::ConflictKind;

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

    /// Moves the stock; the id of the first product's conflict if the op left one below zero.
    pub(super) fn apply_stock(&mut self, stock: &[StockEffect], op_id: Uuid) -> Option<Uuid> {
        let mut lowered: BTreeMap<Uuid, bool> = BTreeMap::new();
        for movement in stock {
            let product = movement.product_id;
            let level = self.state.stock.entry(product).or_default();
            level.on_hand_milli = level.on_hand_milli.saturating_add(movement.delta_milli);
            if keeps_book(movement.kind) && !level.tracked {
                level.tracked = true;
                self.writes.tracked.insert(product);
            }
            let delta = self.writes.stock.entry(product).or_default();
            *delta = delta.saturating_add(movement.delta_milli);
            *lowered.entry(product).or_default() |= movement.delta_milli < 0;
        }
        let mut first = None;
        for product in lowered
            .into_iter()
            .filter_map(|(id, down)| down.then_some(id))
        {
            if let Some(id) = self.flag_below_zero(product, op_id) {
                first.get_or_insert(id);
            }
        }
        first
    }

    fn flag_below_zero(&mut self, product: Uuid, op_id: Uuid) -> Option<Uuid> {
        let level = self.state.stock.get(&product).copied()?;
        if !level.tracked || level.on_hand_milli >= 0 {
            return None;
        }
        let kind = ConflictKind::NegativeStock;
        let branch = self.key.branch;
        let open = self.state.open_negative.get(&product).copied();
        let parts = [
            branch.as_bytes().as_slice(),
            product.as_bytes(),
            op_id.as_bytes(),
        ];
        let id = open.unwrap_or_else(|| conflict_id(kind, self.key, &parts));
        let opened_here = self.writes.conflicts.get(&id).is_some_and(|c| c.opens);
        let write = ConflictWrite {
            id,
            kind,
            entity: format!("stock:{branch}/{product}"),
            op_id,
            opens: open.is_none() || opened_here,
            on_hand_milli: Some(level.on_hand_milli),
        };
        self.state.open_negative.insert(product, id);
        self.writes.conflicts.insert(id, write);
        Some(id)
    }

    fn on_hand(&self, product: Uuid) -> i64 {
        let level = self.state.stock.get(&product);
        level.map_or(0, |level| level.on_hand_milli)
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
