//! One invoice through the window's own commands.

use domain::{MovementKind, PriceReason, Product, ReturnedArticle, Right, TenderKind};
use protocol::body::{MovementV1, StockMovedV1};
use uuid::Uuid;
use vault::{sales, stock};

use super::ReplayReport;
use super::invoice::{Kind, Line};
use crate::completing::recording;
use crate::dto::ScanAnswer;
use crate::error::{AppError, Code};
use crate::till::Till;

/// The tax class of products made by a replay: the file's prices are without tax.
const TAX_CLASS: &str = "none";

/// What a rung invoice came to.
pub(super) struct Rung {
    pub id: Uuid,
    pub lines: u64,
    pub net_minor: i64,
    pub before: bool,
}

impl Till {
    /// Rings one invoice; `Err` inside is a reason a shopkeeper would accept.
    pub(super) fn ring_invoice(
        &self,
        number: &str,
        kind: &Kind,
        report: &mut ReplayReport,
    ) -> Result<Result<Rung, String>, AppError> {
        let rung = match kind {
            Kind::Sale(lines) => self.ring_sale(number, lines, report),
            Kind::Refund(lines) => self.ring_refund(number, lines, report),
            Kind::Adjustment(lines) => self.book_adjustment(number, lines, report),
            Kind::Refused(reason) => return Ok(Err(reason.clone())),
        };
        match rung {
            Ok(rung) => Ok(Ok(rung)),
            Err(error) if is_refusal(error.code) => {
                self.abandon_cart()?;
                Ok(Err(error.detail))
            }
            Err(error) => Err(error),
        }
    }

    fn ring_sale(
        &self,
        number: &str,
        lines: &[Line],
        report: &mut ReplayReport,
    ) -> Result<Rung, AppError> {
        if let Some(rung) = self.rung_before(number, 1)? {
            return Ok(rung);
        }
        self.refer_next_cart_to(number);
        for line in lines {
            let product = self.product_of(line, report)?;
            let answer = self.add_product(
                product.product_id,
                line.quantity_milli,
                Some(line.unit_price_minor),
                Some(line.code.clone()),
            )?;
            if let ScanAnswer::Refused { error } = answer {
                return Err(error);
            }
        }
        let due = self.tender()?.remaining_minor;
        if due > 0 {
            self.add_tender(TenderKind::Cash, due, None)?;
        }
        let sale_id = self.complete_quietly()?;
        self.told(sale_id)?;
        self.rung(sale_id, 1, false)
    }

    fn ring_refund(
        &self,
        number: &str,
        lines: &[Line],
        report: &mut ReplayReport,
    ) -> Result<Rung, AppError> {
        if let Some(rung) = self.rung_before(number, -1)? {
            return Ok(rung);
        }
        let mut articles = Vec::with_capacity(lines.len());
        for line in lines {
            let product = self.product_of(line, report)?;
            let price = Some((line.unit_price_minor, PriceReason::Asked));
            let line = product
                .line(line.quantity_milli, price, Some(line.code.clone()))
                .map_err(|missing| AppError::internal(&missing))?;
            articles.push(ReturnedArticle {
                line,
                back_to_stock: true,
            });
        }
        let reference = Some(number.to_owned());
        let refund_id = self.refund_without_receipt(&articles, "returned", reference)?;
        self.told(refund_id)?;
        self.rung(refund_id, -1, false)
    }

    fn book_adjustment(
        &self,
        number: &str,
        lines: &[Line],
        report: &mut ReplayReport,
    ) -> Result<Rung, AppError> {
        let session = self.session_with(Right::AdjustStock)?;
        let mut movements = Vec::with_capacity(lines.len());
        for line in lines {
            let product = self.product_of(line, report)?;
            movements.push(MovementV1 {
                product_id: product.product_id,
                kind: MovementKind::Adjustment,
                delta_milli: line.quantity_milli,
                reason: Some(line.name.clone()),
            });
        }
        // The id follows from the invoice: booked once, however often the replay is run.
        let op_id = self.id_of(number)?;
        let moved = StockMovedV1 {
            movement_id: op_id,
            reference: Some(number.to_owned()),
            movements,
        };
        let booked_by = recording(op_id, &session, &*self.config()?);
        let booked = self
            .vault
            .transact(move |tx| stock::record_movements(tx, moved, &booked_by))?;
        self.wake_sync();
        let lines = lines.len() as u64;
        Ok(Rung {
            id: op_id,
            lines,
            net_minor: 0,
            before: booked.is_none(),
        })
    }

    /// The article of a code; made as the window makes one if the catalogue has none.
    fn product_of(&self, line: &Line, report: &mut ReplayReport) -> Result<Product, AppError> {
        let found = self.shop.scan(&line.code)?.products;
        if let Some(product) = found.into_iter().next() {
            return Ok(product);
        }
        let session = self.session_with(Right::QuickArticle)?;
        let product = self.made_product(
            Some(line.code.clone()),
            line.name.clone(),
            Some(line.unit_price_minor),
            TAX_CLASS.to_owned(),
        )?;
        self.record_product(&product, &session, session.operator_id)?;
        report.products_made += 1;
        Ok(product)
    }

    fn rung_before(&self, number: &str, sign: i64) -> Result<Option<Rung>, AppError> {
        let found = self
            .vault
            .read(|reader| sales::by_reference(reader, number))?;
        found
            .map(|sale_id| self.rung(sale_id, sign, true))
            .transpose()
    }

    fn rung(&self, sale_id: Uuid, sign: i64, before: bool) -> Result<Rung, AppError> {
        let stored = self.stored_sale(sale_id)?;
        let fact = crate::sales::Fact::of(&stored.fact);
        Ok(Rung {
            id: sale_id,
            lines: fact.lines.len() as u64,
            net_minor: sign * fact.totals.net_minor,
            before,
        })
    }

    fn id_of(&self, number: &str) -> Result<Uuid, AppError> {
        use sha2::{Digest as _, Sha256};
        let till = self.identity()?.till;
        let hash = Sha256::new()
            .chain_update(till.as_bytes())
            .chain_update(number)
            .finalize();
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&hash[..16]);
        Ok(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// Refusals of the goods themselves; anything else stops the replay, with nothing lost.
fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::QuantityZero
            | Code::QuantityNotWhole
            | Code::QuantityTooLarge
            | Code::PriceNegative
            | Code::PriceTooLarge
            | Code::TooManyLines
            | Code::TooLarge
            | Code::NameMissing
            | Code::AmountMalformed
    )
}
