//! Products one at a time.

use domain::Unit;
use domain::limits::{MAX_CODE_CHARS, MAX_NAME_CHARS, MAX_PRODUCT_BARCODES};
use protocol::pull::ProductRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Office, OfficeError, checks};
use crate::store::admin::{ProductPut, Put};

/// A product as head office wants it; whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductEntry {
    /// The article code, one of a kind.
    #[serde(default)]
    pub code: Option<String>,
    /// The name.
    pub name: String,
    /// `piece`, `kilogram`, `litre`, `metre`.
    #[schema(value_type = String)]
    pub unit: Unit,
    /// Minor units; null: the till asks.
    #[serde(default)]
    pub price_minor: Option<i64>,
    /// The code of a tax class that is there.
    pub tax_class: String,
    /// The category's name.
    #[serde(default)]
    pub category: Option<String>,
    /// Codes it is scanned by.
    #[serde(default)]
    pub barcodes: Vec<String>,
}

/// What became of a file of products: `rows = made + changed + same + refused`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// Rows below the header that were not blank.
    pub rows: u64,
    /// Rows that made a product.
    pub made: u64,
    /// Rows that changed one.
    pub changed: u64,
    /// Rows that said what was so already; nothing was written and tills fetch nothing.
    pub same: u64,
    /// Rows that were not imported.
    pub refused: u64,
    /// Each of them, the first thousand.
    pub refused_rows: Vec<RefusedRow>,
    /// Columns of the header that mean nothing here.
    pub ignored_columns: Vec<String>,
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedRow {
    /// The row as a spreadsheet counts: the header is 1.
    pub row: u64,
    /// Why, with the field, the value and the limit.
    pub reason: String,
}

impl Office<'_> {
    /// Makes a product be so.
    pub async fn put_product(
        &self,
        product_id: Uuid,
        entry: &ProductEntry,
    ) -> Result<ProductRow, OfficeError> {
        let put = checked(product_id, entry)?;
        let tenant = self.admin.tenant;
        let puts = vec![put.clone()];
        let became = self.store.put_products(tenant, puts, self.now_ms()).await?;
        match became.first() {
            Some(Put::Orphan) | None => Err(OfficeError::Malformed(no_class(&put))),
            Some(Put::Taken) => Err(OfficeError::Taken(code_taken(&put))),
            Some(Put::Made | Put::Changed | Put::Same) => self.product(product_id).await,
        }
    }

    /// Changes a product's price and nothing else.
    pub async fn put_price(
        &self,
        product_id: Uuid,
        price_minor: Option<i64>,
    ) -> Result<ProductRow, OfficeError> {
        let price_minor = checks::price(price_minor)?;
        let (tenant, now_ms) = (self.admin.tenant, self.now_ms());
        let put = self
            .store
            .put_price(tenant, product_id, price_minor, now_ms);
        if put.await? {
            self.product(product_id).await
        } else {
            Err(OfficeError::not_there("product", &product_id))
        }
    }

    /// A live product.
    pub async fn product(&self, product_id: Uuid) -> Result<ProductRow, OfficeError> {
        let found = self.store.product(self.admin.tenant, product_id).await?;
        found.ok_or_else(|| OfficeError::not_there("product", &product_id))
    }

    /// Leaves a tombstone; an edit of it is a conflict from now on, a sale of it still a fact.
    pub async fn delete_product(&self, product_id: Uuid) -> Result<(), OfficeError> {
        let tenant = self.admin.tenant;
        if self.store.delete_product(tenant, product_id).await? {
            Ok(())
        } else {
            Err(OfficeError::not_there("product", &product_id))
        }
    }
}

pub(super) fn no_class(put: &ProductPut) -> String {
    format!("tax_class {:?} is unknown: set it up first", put.tax_class)
}

pub(super) fn code_taken(put: &ProductPut) -> String {
    let code = put.code.as_deref().unwrap_or_default();
    format!("code {code:?} stands for another product: change that one, or choose another code")
}

/// The entry with every field within its limit.
pub(super) fn checked(product_id: Uuid, entry: &ProductEntry) -> Result<ProductPut, OfficeError> {
    if product_id.is_nil() {
        return Err(OfficeError::Malformed(
            "product_id is all zero: give the product an id of its own".into(),
        ));
    }
    let barcodes = entry.barcodes.len();
    if barcodes > MAX_PRODUCT_BARCODES {
        return Err(OfficeError::Malformed(format!(
            "barcodes has {barcodes} entries, the limit is {MAX_PRODUCT_BARCODES}"
        )));
    }
    let barcodes: Result<Vec<String>, _> = entry
        .barcodes
        .iter()
        .map(|barcode| checks::text("barcodes", barcode, MAX_CODE_CHARS))
        .collect();
    Ok(ProductPut {
        product_id,
        code: checks::maybe_text("code", entry.code.as_deref(), MAX_CODE_CHARS)?,
        name: checks::text("name", &entry.name, MAX_NAME_CHARS)?,
        unit: entry.unit,
        price_minor: checks::price(entry.price_minor)?,
        tax_class: entry.tax_class.trim().to_owned(),
        category: checks::maybe_text("category", entry.category.as_deref(), MAX_NAME_CHARS)?,
        barcodes: barcodes?,
    })
}
