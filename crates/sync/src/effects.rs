//! What an op does, as values.
//!
//! Owns the one place where a versioned body becomes what a store writes. A body's version never
//! changes meaning, so this file only ever grows. Pure: the same op has the same effects for ever,
//! on SQLite, on PostgreSQL and in a model.

mod document;
mod product;
mod read;

use domain::MovementKind;
use protocol::body::{IncidentKind, MovementV1, OpBody, TillIncidentV1};
use protocol::op::Envelope;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use document::{DocumentEffect, LineEffect, RefundEffect, TaxEffect, TenderEffect};
pub use product::{FieldGroup, Fields, GroupVersion, PastGroup, ProductFields, ProductWrite};
pub use read::{OpRead, read_op};

/// Everything one op does. An op whose effects are all empty is a fact without consequences here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Effects {
    /// A sale to keep.
    pub sale: Option<DocumentEffect>,
    /// A refund to keep.
    pub refund: Option<RefundEffect>,
    /// Stock movements, in the op's order; a product may appear more than once.
    pub stock: Vec<StockEffect>,
    /// A product as it is from now on.
    pub product: Option<ProductWrite>,
    /// Something that head office must see.
    pub incident: Option<IncidentEffect>,
}

/// One signed change of one product's stock in the till's branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockEffect {
    /// The product.
    pub product_id: Uuid,
    /// Why, as a closed word.
    pub kind: MovementKind,
    /// Thousandths, signed.
    pub delta_milli: i64,
    /// Why, in a person's words.
    pub reason: Option<String>,
}

/// What a till noticed about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentEffect {
    /// The closed kind.
    pub kind: IncidentKind,
    /// For a person.
    pub words: String,
    /// UTC milliseconds as the till believed.
    pub noticed_at_ms: i64,
}

/// The effects of an op by itself. What depends on what the cloud holds (an edit, a count, a
/// decision) is added by the judgement.
pub fn of(envelope: &Envelope) -> Effects {
    match &envelope.body {
        OpBody::SaleRecordedV1(sale) => Effects {
            stock: stock(&sale.movements),
            sale: Some(sale.as_ref().into()),
            ..Effects::default()
        },
        OpBody::RefundRecordedV1(refund) => Effects {
            stock: stock(&refund.movements),
            refund: Some(refund.as_ref().into()),
            ..Effects::default()
        },
        OpBody::CartVoidedV1(_)
        | OpBody::StockCountedV1(_)
        | OpBody::PriceSetV1(_)
        | OpBody::ProductEditedV1(_)
        | OpBody::ConflictSettledV1(_) => Effects::default(),
        OpBody::StockMovedV1(moved) => Effects {
            stock: stock(&moved.movements),
            ..Effects::default()
        },
        OpBody::TillIncidentV1(incident) => Effects {
            incident: Some(incident.into()),
            ..Effects::default()
        },
    }
}

impl Effects {
    /// The id under which a sale or refund is kept, if the op is one.
    pub fn sale_id(&self) -> Option<Uuid> {
        let sale = self.sale.as_ref().map(|sale| sale.sale_id);
        sale.or_else(|| self.refund.as_ref().map(|refund| refund.document.sale_id))
    }
}

fn stock(movements: &[MovementV1]) -> Vec<StockEffect> {
    movements
        .iter()
        .map(|movement| StockEffect {
            product_id: movement.product_id,
            kind: movement.kind,
            delta_milli: movement.delta_milli,
            reason: movement.reason.clone(),
        })
        .collect()
}

impl From<&TillIncidentV1> for IncidentEffect {
    fn from(incident: &TillIncidentV1) -> Self {
        Self {
            kind: incident.kind,
            words: incident.words.clone(),
            noticed_at_ms: incident.noticed_at_ms,
        }
    }
}
