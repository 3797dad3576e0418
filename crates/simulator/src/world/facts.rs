//! What people did, as the world knows it: the truth against which the cloud's judgement is held.

use std::collections::BTreeMap;

use protocol::conflict::Decision;
use protocol::ids::OpHash;
use sync::effects::FieldGroup;
use uuid::Uuid;

/// What an op says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Pieces of a product went out under a sale id.
    Sale {
        sale: Uuid,
        product: Uuid,
        milli: i64,
    },
    /// Pieces came back.
    Refund {
        refund: Uuid,
        of: Uuid,
        product: Uuid,
        milli: i64,
    },
    /// Goods came in.
    Restock { product: Uuid, milli: i64 },
    /// A shelf was counted by a till that had seen so much.
    Count {
        product: Uuid,
        milli: i64,
        seen: Option<(Uuid, u64)>,
    },
    /// A product was edited: groups, the versions they were made on, what they shall say.
    Edit {
        product: Uuid,
        created: bool,
        groups: Vec<(FieldGroup, u64, i64)>,
        /// Nothing but the price: there must be a product.
        price_only: bool,
    },
    /// A person decided.
    Settle {
        conflict: Uuid,
        version: u32,
        decision: Decision,
    },
    /// Something from the future.
    Unknown { product: Uuid },
}

/// One op.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub what: What,
    pub kind: &'static str,
    pub till: Uuid,
    pub hlc_ms: u64,
    pub hash: OpHash,
}

/// All of them, by op.
pub(super) type Facts = BTreeMap<Uuid, Fact>;

impl Fact {
    /// Entities that it touches.
    pub fn touches(&self) -> Vec<(&'static str, Uuid)> {
        match &self.what {
            What::Sale { sale, product, .. } => vec![("sale", *sale), ("stock", *product)],
            What::Refund {
                refund,
                of,
                product,
                ..
            } => vec![("sale", *refund), ("sale", *of), ("stock", *product)],
            What::Restock { product, .. }
            | What::Count { product, .. }
            | What::Unknown { product } => {
                vec![("stock", *product)]
            }
            What::Edit { product, .. } => vec![("product", *product)],
            What::Settle { conflict, .. } => vec![("conflict", *conflict)],
        }
    }

    /// Entities at which it waits for what is parked.
    pub fn waits(&self) -> Vec<(&'static str, Uuid)> {
        match &self.what {
            What::Count { .. } | What::Edit { .. } | What::Settle { .. } => self.touches(),
            What::Refund { of, .. } => vec![("sale", *of)],
            What::Sale { .. } | What::Restock { .. } | What::Unknown { .. } => Vec::new(),
        }
    }
}
