//! From a code, a tile or a hit to a line in the cart.
//!
//! Owns the order of questions a scan can raise: several products, no price, unknown. Promises
//! that every scan is answered and that "added" means on disk. Never guesses between two products.

use domain::{NewLine, PriceReason, Product, Right, ScannedValue, Unit};
use protocol::body::{OpBody, ProductEditedV1};
use uuid::Uuid;

use crate::completing::draft;
use crate::dto::{Approval, ProductDto, ScanAnswer, ScannedBy};
use crate::error::{AppError, Code};
use crate::till::Till;

/// One of a piece, kilogram, litre, metre.
const ONE_MILLI: i64 = 1_000;

impl Till {
    /// Looks a code up and, if it means one priced product, puts it into the cart.
    pub fn scan(&self, code: String, by: ScannedBy) -> Result<ScanAnswer, AppError> {
        self.session_with(Right::Sell)?;
        tracing::debug!(code, ?by, "scan");
        let found = self.shop.scan(&code)?;
        let mut products = found.products;
        match products.len() {
            0 => Ok(ScanAnswer::Unknown { code }),
            1 => self.place(
                &products.remove(0),
                ONE_MILLI,
                None,
                Some(code),
                found.value,
            ),
            _ => {
                let products = products.iter().map(|product| self.product_dto(product));
                Ok(ScanAnswer::Choose {
                    code,
                    products: products.collect::<Result<_, _>>()?,
                })
            }
        }
    }

    /// A tile, a search hit, a choice between two, or the answer to "which price?".
    pub fn add_product(
        &self,
        product_id: Uuid,
        quantity_milli: i64,
        unit_price_minor: Option<i64>,
        code: Option<String>,
    ) -> Result<ScanAnswer, AppError> {
        self.session_with(Right::Sell)?;
        let product = self.shop.product(product_id)?.ok_or_else(|| {
            AppError::new(
                Code::ProductUnknown,
                "this article is not in the catalogue any more",
            )
            .field("product_id", product_id)
        })?;
        // A code with a price or weight inside keeps its meaning through "which of the two?".
        let value = match &code {
            Some(code) => self.shop.scan(code)?.value,
            None => None,
        };
        self.place(&product, quantity_milli, unit_price_minor, code, value)
    }

    /// Sells an article that nobody knows yet, and keeps it in the catalogue as a fact of its own.
    pub fn quick_article(
        &self,
        code: Option<String>,
        name: String,
        unit_price_minor: i64,
        tax_class: String,
        approval: Option<Approval>,
    ) -> Result<ScanAnswer, AppError> {
        let session = self.session_with(Right::Sell)?;
        let approved = self.approved(Right::QuickArticle, approval)?;
        let product = self.made_product(code.clone(), name, Some(unit_price_minor), tax_class)?;
        // The cart is asked before the product becomes a fact: what is refused makes neither.
        let line = new_line(
            &product,
            ONE_MILLI,
            Some(unit_price_minor),
            code.clone(),
            None,
            None,
        )?;
        if let Err(error) = self.would_take(&line) {
            return Ok(ScanAnswer::Refused { error });
        }
        self.record_product(&product, &session, approved.operator_id)?;
        self.place(&product, ONE_MILLI, Some(unit_price_minor), code, None)
    }

    /// A product as the till makes one; not recorded yet.
    pub(crate) fn made_product(
        &self,
        code: Option<String>,
        name: String,
        price_minor: Option<i64>,
        tax_class: String,
    ) -> Result<Product, AppError> {
        let class = self.tax_class(&tax_class)?;
        Ok(Product {
            product_id: self.new_id(),
            code,
            name: name.trim().to_owned(),
            unit: Unit::Piece,
            price_minor,
            tax_class: class.code,
            tax_rate_bp: class.rate_bp,
            category: None,
            row_version: 0,
        })
    }

    /// Makes the product a fact of whoever has the right to it, then lets scans find it: `shop.db`
    /// is never the only copy.
    pub(crate) fn record_product(
        &self,
        product: &Product,
        session: &crate::people::Session,
        by: Uuid,
    ) -> Result<(), AppError> {
        let body = ProductEditedV1::created(product, product.code.iter().cloned().collect());
        let mut op = draft(self.new_id(), session, OpBody::ProductEditedV1(body));
        op.actor.operator = by;
        self.vault
            .transact(move |tx| tx.append_op(|_| op).map(|_| ()))?;
        let barcodes: Vec<String> = product.code.iter().cloned().collect();
        self.shop.put_product(product, &barcodes)?;
        self.wake_sync();
        Ok(())
    }

    fn place(
        &self,
        product: &Product,
        quantity_milli: i64,
        unit_price_minor: Option<i64>,
        code: Option<String>,
        value: Option<ScannedValue>,
    ) -> Result<ScanAnswer, AppError> {
        if product.price_minor.is_none() && unit_price_minor.is_none() && !prices(value) {
            return Ok(ScanAnswer::NeedsPrice {
                code,
                product: self.product_dto(product)?,
            });
        }
        let overrides = unit_price_minor
            .is_some_and(|price| product.price_minor.is_some_and(|list| list != price));
        let approved_by = if overrides {
            Some(self.session_with(Right::OverridePrice)?.operator_id)
        } else {
            None
        };
        let line = new_line(
            product,
            quantity_milli,
            unit_price_minor,
            code,
            value,
            approved_by,
        )?;
        match self.add_line(line) {
            Ok(line_no) => Ok(ScanAnswer::Added {
                line_no,
                cart: self.cart()?,
            }),
            Err(error) => Ok(ScanAnswer::Refused { error }),
        }
    }

    pub(crate) fn product_dto(&self, product: &Product) -> Result<ProductDto, AppError> {
        let product_id = product.product_id;
        let stock = self.on_hand_milli(product_id)?;
        Ok(ProductDto {
            product_id,
            code: product.code.clone(),
            name: product.name.clone(),
            unit: product.unit,
            price_minor: product.price_minor,
            category: product.category.clone(),
            tax_class: product.tax_class.clone(),
            tax_rate_bp: product.tax_rate_bp,
            barcodes: self.shop.barcodes_of(product_id)?,
            // What was never received is not counted: a sale alone makes no stock known.
            stock_milli: stock.filter(|on_hand| *on_hand > 0),
        })
    }
}

fn prices(value: Option<ScannedValue>) -> bool {
    matches!(value, Some(ScannedValue::PriceMinor(_)))
}

/// What goes into the cart: the code's own price or weight wins over what was asked.
fn new_line(
    product: &Product,
    quantity_milli: i64,
    unit_price_minor: Option<i64>,
    code: Option<String>,
    value: Option<ScannedValue>,
    approved_by: Option<Uuid>,
) -> Result<NewLine, AppError> {
    let quantity_milli = match value {
        Some(ScannedValue::QuantityMilli(weighed)) => weighed,
        Some(ScannedValue::PriceMinor(_)) | None => quantity_milli,
    };
    let (price, price_reason) = match (value, unit_price_minor, product.price_minor) {
        (Some(ScannedValue::PriceMinor(price)), _, _) => (price, Some(PriceReason::InBarcode)),
        (_, Some(price), Some(list)) if price != list => {
            let reason = approved_by.map(|approved_by| PriceReason::Overridden { approved_by });
            (price, reason)
        }
        (_, _, Some(list)) => (list, None),
        (_, Some(price), None) => (price, Some(PriceReason::Asked)),
        (_, None, None) => {
            return Err(AppError::new(
                Code::AmountMalformed,
                "this article needs a price",
            ));
        }
    };
    Ok(NewLine {
        product_id: product.product_id,
        code,
        name: product.name.clone(),
        unit: product.unit,
        quantity_milli,
        unit_price_minor: price,
        list_price_minor: product.price_minor,
        price_reason,
        discount_bp: 0,
        tax_class: product.tax_class.clone(),
        tax_rate_bp: product.tax_rate_bp,
    })
}
