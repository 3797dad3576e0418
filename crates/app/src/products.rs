//! Products away from the counter: one whole, changed, made new.
//!
//! Owns the way from a person's wish to an op with its base: only the groups of fields that differ
//! are named, so that two edits of different groups both count. Promises that a change is a fact
//! first and then in the catalogue at once, with or without a cloud. A barcode that another product
//! has is a question, not a refusal.

use std::collections::BTreeMap;

use domain::{EditedProduct, FieldGroup, Product, Right};
use protocol::body::{OpBody, PriceSetV1, ProductEditedV1};
use protocol::op::Base;
use uuid::Uuid;
use vault::queue;

use crate::dto::{Approval, NewProduct, ProductDetail, ProductEdit};
use crate::error::{AppError, Code};
use crate::named;
use crate::till::Till;
use crate::views;

/// The ops that change a product.
pub(crate) const PRODUCT_KINDS: [&str; 2] = ["product_edited_v1", "price_set_v1"];

impl Till {
    /// One product whole.
    pub fn product(&self, product_id: Uuid) -> Result<ProductDetail, AppError> {
        let product = self.known_product(product_id)?;
        self.detail(&product, Vec::new())
    }

    /// Changes a product; needs the right, or somebody who has it. Sold by at once.
    pub fn edit_product(
        &self,
        edit: ProductEdit,
        approval: Option<Approval>,
    ) -> Result<ProductDetail, AppError> {
        let act = self.act(Right::EditProduct, approval)?;
        let before = self.known_product(edit.product_id)?;
        let edited = self.edited(&before, &edit)?;
        let looked_at = match edit.versions {
            Some(looked_at) => looked_at,
            None => self.shop.product_versions(before.product_id)?,
        };
        let base = base_of(before.product_id, &edited.groups, &looked_at);
        // A price alone can be set of what the cloud knows; what it has never told goes whole.
        let told = base.iter().all(|base| base.version > 0);
        let body = if told && edited.groups == [FieldGroup::Price] {
            OpBody::PriceSetV1(PriceSetV1 {
                product_id: before.product_id,
                price_minor: edited.product.price_minor,
            })
        } else {
            OpBody::ProductEditedV1(wire(&edited, false))
        };
        let draft = act.draft(self.new_id(), base, body);
        self.record(move |_| Ok(vec![draft]))?;
        self.put_edited(&edited)
    }

    /// Makes a product that nobody knows yet.
    pub fn new_product(
        &self,
        new: NewProduct,
        approval: Option<Approval>,
    ) -> Result<ProductDetail, AppError> {
        let act = self.act(Right::EditProduct, approval)?;
        let class = self.tax_class(&new.tax_class)?;
        let wanted = Product {
            product_id: self.new_id(),
            code: new.code,
            name: new.name,
            unit: new.unit,
            price_minor: new.price_minor,
            tax_class: class.code,
            tax_rate_bp: class.rate_bp,
            category: new.category,
            row_version: 0,
        };
        let made = domain::new_product(wanted, &new.barcodes)
            .map_err(|refused| self.in_shop_money(refused.into()))?;
        self.ask_about_codes(&made, &[], None, new.sure)?;
        let body = OpBody::ProductEditedV1(wire(&made, true));
        let draft = act.draft(self.new_id(), Vec::new(), body);
        self.record(move |_| Ok(vec![draft]))?;
        self.put_edited(&made)
    }

    /// What an edit makes of a product: checked, with the groups that differ.
    pub(crate) fn edited(
        &self,
        before: &Product,
        edit: &ProductEdit,
    ) -> Result<EditedProduct, AppError> {
        let old_barcodes = self.shop.barcodes_of(before.product_id)?;
        let wanted = self.wanted(before, edit)?;
        let barcodes = edit.barcodes.as_ref().unwrap_or(&old_barcodes);
        let edited = domain::edit_product(before, &old_barcodes, wanted, barcodes)
            .map_err(|refused| self.in_shop_money(refused.into()))?;
        self.ask_about_codes(&edited, &old_barcodes, before.code.as_deref(), edit.sure)?;
        Ok(edited)
    }

    /// The product with the wishes laid over it; nothing is checked but the tax class.
    pub(crate) fn wanted(&self, before: &Product, edit: &ProductEdit) -> Result<Product, AppError> {
        let mut wanted = before.clone();
        if let Some(name) = &edit.name {
            wanted.name.clone_from(name);
        }
        if edit.code.is_some() {
            wanted.code.clone_from(&edit.code);
        }
        if edit.category.is_some() {
            wanted.category.clone_from(&edit.category);
        }
        if let Some(unit) = edit.unit {
            wanted.unit = unit;
        }
        wanted.price_minor = match (edit.price_asks, edit.price_minor) {
            (Some(true), _) => None,
            (_, Some(price_minor)) => Some(price_minor),
            (Some(false) | None, None) => before.price_minor,
        };
        if let Some(code) = &edit.tax_class {
            let class = self.tax_class(code)?;
            wanted.tax_class = class.code;
            wanted.tax_rate_bp = class.rate_bp;
        }
        Ok(wanted)
    }

    pub(crate) fn known_product(&self, product_id: Uuid) -> Result<Product, AppError> {
        self.shop.product(product_id)?.ok_or_else(|| {
            AppError::new(
                Code::ProductUnknown,
                "this article is not in the catalogue any more",
            )
            .field("product_id", product_id)
        })
    }

    /// A new code that leads to another product already is asked about, unless a person is sure.
    fn ask_about_codes(
        &self,
        edited: &EditedProduct,
        old_barcodes: &[String],
        old_code: Option<&str>,
        sure: bool,
    ) -> Result<(), AppError> {
        if sure {
            return Ok(());
        }
        let barcodes = edited.barcodes.iter().map(|key| ("barcode", key));
        let code = edited.product.code.iter().map(|code| ("code", code));
        for (field, key) in barcodes.chain(code) {
            if old_barcodes.contains(key) || old_code == Some(key.as_str()) {
                continue;
            }
            let found = self.shop.scan(key)?;
            let other = found
                .products
                .iter()
                .find(|other| other.product_id != edited.product.product_id);
            if let Some(other) = other.filter(|_| found.value.is_none()) {
                let detail = format!(
                    "{field} {key} is also {}: say yes, and the till asks at each scan which of them it is",
                    other.name
                );
                return Err(AppError::new(Code::BarcodeTaken, detail)
                    .field(field, key)
                    .limit(&other.name));
            }
        }
        Ok(())
    }

    /// It is recorded: scans find it from now on. A catalogue that cannot be written now gets it
    /// from the op when it is made anew.
    fn put_edited(&self, edited: &EditedProduct) -> Result<ProductDetail, AppError> {
        if let Err(error) = self.shop.put_product(&edited.product, &edited.barcodes) {
            tracing::error!("the product is recorded; the catalogue could not take it: {error}");
        }
        let wrong = edited.wrong_check_digits.iter();
        let remarks = wrong.map(|code| {
            format!("The check digit of {code} is not right: the code is taken as it is.")
        });
        self.detail(&edited.product, remarks.collect())
    }

    fn detail(&self, product: &Product, remarks: Vec<String>) -> Result<ProductDetail, AppError> {
        let product_id = product.product_id;
        let on_hand_milli = self.on_hand_milli(product_id)?.unwrap_or_default();
        Ok(ProductDetail {
            product: self.product_dto(product)?,
            barcodes: self.shop.barcodes_of(product_id)?,
            versions: self.shop.product_versions(product_id)?,
            unsent: self.has_unsent_edit(product_id)?,
            on_hand_milli,
            on_hand_text: views::quantity_text(on_hand_milli, product.unit),
            conflict: self
                .shop
                .open_conflict_of_product(product_id)?
                .map(|conflict| conflict.conflict),
            remarks,
        })
    }

    fn has_unsent_edit(&self, product_id: Uuid) -> Result<bool, AppError> {
        let mut found = false;
        self.vault.read(|reader| {
            queue::each_unsent(reader, &PRODUCT_KINDS, |op| {
                found |= product_of(&op.body) == Some(product_id);
            })
        })?;
        Ok(found)
    }

    /// A refusal with its money as this shop writes it.
    pub(crate) fn in_shop_money(&self, error: AppError) -> AppError {
        match self.config_if_set_up() {
            Some(config) => named::in_money(error, config.rules.currency),
            None => error,
        }
    }
}

/// The versions an edit of these groups is made on; 0 for what the cloud had not told by then.
fn base_of(
    product_id: Uuid,
    groups: &[FieldGroup],
    looked_at: &BTreeMap<String, u64>,
) -> Vec<Base> {
    let base = groups.iter().map(|group| Base {
        entity: format!("product:{product_id}"),
        group: group.as_str().to_owned(),
        version: looked_at.get(group.as_str()).copied().unwrap_or_default(),
    });
    base.collect()
}

/// The product that an op changes, if it is one of [`PRODUCT_KINDS`].
pub(crate) fn product_of(body: &OpBody) -> Option<Uuid> {
    match body {
        OpBody::PriceSetV1(price) => Some(price.product_id),
        OpBody::ProductEditedV1(product) => Some(product.product_id),
        OpBody::SaleRecordedV1(_)
        | OpBody::RefundRecordedV1(_)
        | OpBody::CartVoidedV1(_)
        | OpBody::StockMovedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::ConflictSettledV1(_)
        | OpBody::TillIncidentV1(_) => None,
    }
}

/// The wire form of a checked product.
pub(crate) fn wire(edited: &EditedProduct, created: bool) -> ProductEditedV1 {
    ProductEditedV1 {
        created,
        ..ProductEditedV1::created(&edited.product, edited.barcodes.clone())
    }
}
