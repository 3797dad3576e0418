//! One fact of each type, as small as it may be: the same that the engine's own tests use.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared with tests: a broken part ends the run"
)]

#[path = "../../sync/tests/common/bodies.rs"]
mod bodies;
#[path = "../../sync/tests/common/check.rs"]
mod check;
#[path = "../../sync/tests/common/cloud.rs"]
mod cloud;

use protocol::OpBody;
use protocol::body::{CartVoidedV1, IncidentKind, TillIncidentV1};
use uuid::Uuid;

pub(crate) use cloud::ModelCloud;

const TEA: Uuid = Uuid::from_u128(0x7ea);

/// Every type of op, in an order in which each finds what it speaks of.
pub(crate) fn every() -> Vec<OpBody> {
    let sale = Uuid::from_u128(0x5a1e);
    vec![
        bodies::created(TEA, "Tea"),
        bodies::restock(TEA, 10),
        bodies::sale(sale, TEA, 2),
        bodies::refund(Uuid::from_u128(0x4ef), sale, TEA, 1),
        bodies::priced(TEA, 250),
        OpBody::ProductEditedV1(bodies::edited(TEA, "Green tea", 260)),
        bodies::counted(TEA, 9_000, None),
        OpBody::CartVoidedV1(CartVoidedV1 {
            sale_id: Uuid::from_u128(0xca7),
            operator_id: bodies::OPERATOR,
            lines: 3,
            gross_minor: 900,
            voided_at_ms: 4,
        }),
        OpBody::TillIncidentV1(TillIncidentV1 {
            kind: IncidentKind::Rewind,
            words: "the cloud holds more than this till".to_owned(),
            missing: vec![(4, 7)],
            noticed_at_ms: 5,
        }),
        bodies::settled(
            Uuid::from_u128(0xc0f),
            1,
            protocol::conflict::Decision::CountAgain,
        ),
    ]
}

/// A few articles more, each with some of it on the shelf.
pub(crate) fn articles() -> Vec<OpBody> {
    let both = |number| {
        let id = bodies::product(number);
        [bodies::created(id, "Biscuit"), bodies::restock(id, 3)]
    };
    (1..5).flat_map(both).collect()
}
