//! Stock by hand: goods received, corrected, counted; and how much of what there is.
//!
//! Owns the way from a person's figures to a movement or a count. Promises that what a count is
//! compared with is read in the transaction that records it, after the cloud's figure it names: a
//! sale at the same moment is either before the count or on top of it, never in between.

use domain::{MovementKind, Product, Right, StockLine};
use protocol::body::{CountedV1, MovementV1, OpBody, StockCountedV1, StockMovedV1};
use uuid::Uuid;
use vault::{settings, stock};

use crate::dto::{Approval, StockAdjust, StockCount, StockEntry, StockLevelDto};
use crate::error::AppError;
use crate::till::Till;
use crate::views;

/// What is said of a count that came after the decision.
const TOO_LATE: &str = "The count is recorded and settles nothing: what was open about it was settled or has changed \
     meanwhile. Look at it again on the Sync screen.";

impl Till {
    /// Books goods in.
    pub fn receive_stock(
        &self,
        entry: StockEntry,
        approval: Option<Approval>,
    ) -> Result<Vec<StockLevelDto>, AppError> {
        let act = self.act(Right::ReceiveStock, approval)?;
        let given = entry.lines.iter();
        let products = self.counted_products(given.map(|l| (l.product_id, l.quantity_milli)))?;
        let lines: Vec<StockLine> = products.iter().map(|(_, line)| *line).collect();
        let reference = entry.reference.filter(|text| !text.trim().is_empty());
        domain::check_received(&lines, reference.as_deref())?;
        let movements = lines.iter().map(|line| MovementV1 {
            product_id: line.product_id,
            kind: MovementKind::Restock,
            delta_milli: line.quantity_milli,
            reason: None,
        });
        let body = OpBody::StockMovedV1(StockMovedV1 {
            movement_id: self.new_id(),
            reference,
            movements: movements.collect(),
        });
        let draft = act.draft(self.new_id(), Vec::new(), body);
        self.record(move |_| Ok(vec![draft]))?;
        products
            .iter()
            .map(|(product, _)| self.level(product))
            .collect()
    }

    /// Corrects one product's stock; a reason is needed.
    pub fn adjust_stock(
        &self,
        adjust: StockAdjust,
        approval: Option<Approval>,
    ) -> Result<StockLevelDto, AppError> {
        let act = self.act(Right::AdjustStock, approval)?;
        let product = self.known_product(adjust.product_id)?;
        let line = stock_line(&product, adjust.delta_milli);
        domain::check_adjusted(&line, &adjust.reason)?;
        let body = OpBody::StockMovedV1(StockMovedV1 {
            movement_id: self.new_id(),
            reference: None,
            movements: vec![MovementV1 {
                product_id: line.product_id,
                kind: MovementKind::Adjustment,
                delta_milli: line.quantity_milli,
                reason: Some(adjust.reason.trim().to_owned()),
            }],
        });
        let draft = act.draft(self.new_id(), Vec::new(), body);
        self.record(move |_| Ok(vec![draft]))?;
        self.level(&product)
    }

    /// Books a count; with `settles` it also decides the conflict that asked for it. If that was settled or changed
    /// meanwhile, what was found is recorded all the same, and the first level says so.
    pub fn count_stock(
        &self,
        count: StockCount,
        approval: Option<Approval>,
    ) -> Result<Vec<StockLevelDto>, AppError> {
        let act = self.act(Right::CountStock, approval.clone())?;
        let given = count.lines.iter();
        let products = self.counted_products(given.map(|l| (l.product_id, l.counted_milli)))?;
        let lines: Vec<StockLine> = products.iter().map(|(_, line)| *line).collect();
        let reason = count.reason.filter(|text| !text.trim().is_empty());
        domain::check_counted(&lines, reason.as_deref())?;
        let op_id = self.new_id();
        let ids: Vec<Uuid> = lines.iter().map(|line| line.product_id).collect();
        let settles = match count.settles {
            Some(conflict) => self.count_again(conflict, &ids, op_id, approval)?,
            None => None,
        };
        let too_late = count.settles.is_some() && settles.is_none();
        let (count_id, now_ms) = (self.new_id(), self.now_ms());
        // The cloud's figures before the vault's: see the module's promise.
        let as_of = self.shop.as_of()?;
        let seen = self.stock_seen(&ids)?;
        self.record(move |tx| {
            let mut counted = Vec::with_capacity(lines.len());
            for line in &lines {
                counted.push(CountedV1 {
                    product_id: line.product_id,
                    counted_milli: line.quantity_milli,
                    shown_milli: stock::level(tx, &seen, line.product_id)?.on_hand_milli,
                });
                settings::put_passing(tx, &counted_at(line.product_id), &now_ms)?;
            }
            let body = OpBody::StockCountedV1(StockCountedV1 {
                count_id,
                lines: counted,
                as_of,
                reason,
            });
            let mut drafts = vec![act.draft(op_id, Vec::new(), body)];
            if let Some(settles) = settles {
                settles.keep(tx)?;
                drafts.push(settles.draft);
            }
            Ok(drafts)
        })?;
        let mut levels = products
            .iter()
            .map(|(product, _)| self.level(product))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(first) = levels.first_mut().filter(|_| too_late) {
            first.remark = Some(TOO_LATE.to_owned());
        }
        Ok(levels)
    }

    /// How much there is of the products that words find; of all when there are none.
    pub fn stock_levels(&self, words: String, limit: u32) -> Result<Vec<StockLevelDto>, AppError> {
        let found = if words.trim().is_empty() {
            self.shop.products_in(None, None, limit as usize)?
        } else {
            self.shop.search(&words, limit as usize)?
        };
        found.iter().map(|product| self.level(product)).collect()
    }

    /// One product's level.
    pub(crate) fn level(&self, product: &Product) -> Result<StockLevelDto, AppError> {
        let product_id = product.product_id;
        let on_hand_milli = self.on_hand_milli(product_id)?.unwrap_or_default();
        let counted_at_ms = self
            .vault
            .read(|reader| settings::get(reader, &counted_at(product_id)))?;
        Ok(StockLevelDto {
            product: self.product_dto(product)?,
            on_hand_milli,
            on_hand_text: views::quantity_text(on_hand_milli, product.unit),
            counted_at_ms,
            remark: None,
        })
    }

    fn counted_products(
        &self,
        given: impl Iterator<Item = (Uuid, i64)>,
    ) -> Result<Vec<(Product, StockLine)>, AppError> {
        given
            .map(|(product_id, quantity_milli)| {
                let product = self.known_product(product_id)?;
                let line = stock_line(&product, quantity_milli);
                Ok((product, line))
            })
            .collect()
    }
}

fn stock_line(product: &Product, quantity_milli: i64) -> StockLine {
    StockLine {
        product_id: product.product_id,
        unit: product.unit,
        quantity_milli,
    }
}

/// Under which name the till keeps when a product was counted: for the eye alone.
fn counted_at(product_id: Uuid) -> String {
    format!("counted:{product_id}")
}
