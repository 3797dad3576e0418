//! The closed set of things that can happen on a till.
//!
//! Each type carries its version in its name; a version, once shipped, never changes meaning. The
//! structures here are frozen copies of the domain's shapes: the domain may grow, the wire may not.
//! `match` on [`OpBody`] never has a wildcard arm.

mod cart_voided;
mod conflict_settled;
mod line;
mod price_set;
mod product_edited;
mod refund;
mod sale;
mod stock_counted;
mod stock_moved;
mod till_incident;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use cart_voided::CartVoidedV1;
pub use conflict_settled::ConflictSettledV1;
pub use line::{TaxV1, TenderV1, TotalsV1};
pub use price_set::PriceSetV1;
pub use product_edited::ProductEditedV1;
pub use refund::{RefundLineV1, RefundRecordedV1};
pub use sale::{SaleLineV1, SaleRecordedV1};
pub use stock_counted::{AsOfV1, CountedV1, StockCountedV1};
pub use stock_moved::{MovementV1, StockMovedV1};
pub use till_incident::{IncidentKind, TillIncidentV1};

/// What happened: `type` names the variant with its version, `body` carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "body", rename_all = "snake_case")]
pub enum OpBody {
    /// A completed sale.
    #[serde(rename = "sale_recorded_v1")]
    SaleRecordedV1(Box<SaleRecordedV1>),
    /// Goods taken back, money given back.
    #[serde(rename = "refund_recorded_v1")]
    RefundRecordedV1(Box<RefundRecordedV1>),
    /// A cart given up before payment.
    #[serde(rename = "cart_voided_v1")]
    CartVoidedV1(CartVoidedV1),
    /// Stock changed for another reason than a sale.
    #[serde(rename = "stock_moved_v1")]
    StockMovedV1(StockMovedV1),
    /// Stock was counted by a person.
    #[serde(rename = "stock_counted_v1")]
    StockCountedV1(StockCountedV1),
    /// A product's list price was set.
    #[serde(rename = "price_set_v1")]
    PriceSetV1(PriceSetV1),
    /// A product made or changed at a till.
    #[serde(rename = "product_edited_v1")]
    ProductEditedV1(ProductEditedV1),
    /// A person decided on a conflict.
    #[serde(rename = "conflict_settled_v1")]
    ConflictSettledV1(Box<ConflictSettledV1>),
    /// Something about the till itself that head office must know.
    #[serde(rename = "till_incident_v1")]
    TillIncidentV1(TillIncidentV1),
}

impl OpBody {
    /// The type's name with its version, as in JSON and in SQL.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SaleRecordedV1(_) => "sale_recorded_v1",
            Self::RefundRecordedV1(_) => "refund_recorded_v1",
            Self::CartVoidedV1(_) => "cart_voided_v1",
            Self::StockMovedV1(_) => "stock_moved_v1",
            Self::StockCountedV1(_) => "stock_counted_v1",
            Self::PriceSetV1(_) => "price_set_v1",
            Self::ProductEditedV1(_) => "product_edited_v1",
            Self::ConflictSettledV1(_) => "conflict_settled_v1",
            Self::TillIncidentV1(_) => "till_incident_v1",
        }
    }

    /// The entities the op touches, each once, in a fixed order.
    pub fn touches(&self, branch: Uuid) -> Vec<String> {
        let mut touches = match self {
            Self::SaleRecordedV1(sale) => {
                let mut all = vec![format!("sale:{}", sale.sale_id)];
                all.extend(sale.movements.iter().map(|m| stock(branch, m.product_id)));
                all
            }
            Self::RefundRecordedV1(refund) => {
                let mut all = vec![format!("sale:{}", refund.refund_id)];
                all.extend(refund.of_sale.map(|sale| format!("sale:{sale}")));
                all.extend(refund.movements.iter().map(|m| stock(branch, m.product_id)));
                all
            }
            Self::CartVoidedV1(cart) => vec![format!("sale:{}", cart.sale_id)],
            Self::StockMovedV1(moved) => moved
                .movements
                .iter()
                .map(|m| stock(branch, m.product_id))
                .collect(),
            Self::StockCountedV1(count) => {
                let lines = count.lines.iter();
                lines.map(|line| stock(branch, line.product_id)).collect()
            }
            Self::PriceSetV1(price) => vec![format!("product:{}", price.product_id)],
            Self::ProductEditedV1(product) => vec![format!("product:{}", product.product_id)],
            Self::ConflictSettledV1(settled) => {
                let mut all = vec![format!("conflict:{}", settled.conflict)];
                let product = settled.product.as_ref();
                all.extend(product.map(|product| format!("product:{}", product.product_id)));
                all
            }
            Self::TillIncidentV1(_) => Vec::new(),
        };
        touches.sort_unstable();
        touches.dedup();
        touches
    }
}

fn stock(branch: Uuid, product: Uuid) -> String {
    format!("stock:{branch}/{product}")
}
