//! Facts in their smallest form.

use domain::{Currency, MovementKind, PriceMode, Unit};
use protocol::body::{
    AsOfV1, ConflictSettledV1, CountedV1, MovementV1, OpBody, PriceSetV1, ProductEditedV1,
    RefundLineV1, RefundRecordedV1, SaleLineV1, SaleRecordedV1, StockCountedV1, StockMovedV1,
    TotalsV1,
};
use protocol::conflict::Decision;
use uuid::Uuid;

pub const OPERATOR: Uuid = Uuid::from_u128(0x0e);

pub fn product(number: u128) -> Uuid {
    Uuid::from_u128(0xa000 + number)
}

/// Pieces of one product, sold under the id.
pub fn sale(sale_id: Uuid, product_id: Uuid, pieces: i64) -> OpBody {
    let amounts = serde_json::json!({"net_minor": 100, "tax_minor": 20, "gross_minor": 120});
    let line = SaleLineV1 {
        line_no: 1,
        product_id,
        code: Some("4006381333931".to_owned()),
        name: "Pen".to_owned(),
        unit: Unit::Piece,
        quantity_milli: pieces * 1_000,
        unit_price_minor: 120,
        list_price_minor: Some(120),
        price_reason: None,
        discount_bp: 0,
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        amounts: serde_json::from_value(amounts).unwrap(),
    };
    OpBody::SaleRecordedV1(Box::new(SaleRecordedV1 {
        sale_id,
        receipt_number: "B1-T1-1-AA".to_owned(),
        currency: Currency::from_code("GBP").unwrap(),
        price_mode: PriceMode::TaxIncluded,
        operator_id: OPERATOR,
        operator_name: "Ann".to_owned(),
        opened_at_ms: 1,
        completed_at_ms: 2,
        reference: None,
        lines: vec![line],
        tenders: Vec::new(),
        totals: totals(),
        cash_rounding_minor: 0,
        to_pay_minor: 120,
        change_minor: 0,
        movements: vec![movement(product_id, MovementKind::Sale, -pieces)],
    }))
}

/// Pieces of line 1 of a sale, back on the shelf.
pub fn refund(refund_id: Uuid, of_sale: Uuid, product_id: Uuid, pieces: i64) -> OpBody {
    let amounts = serde_json::json!({"net_minor": 100, "tax_minor": 20, "gross_minor": 120});
    let line = RefundLineV1 {
        line_no: 1,
        of_line: Some(1),
        product_id,
        code: None,
        name: "Pen".to_owned(),
        unit: Unit::Piece,
        quantity_milli: pieces * 1_000,
        unit_price_minor: 120,
        list_price_minor: None,
        price_reason: None,
        discount_bp: 0,
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        back_to_stock: true,
        amounts: serde_json::from_value(amounts).unwrap(),
    };
    OpBody::RefundRecordedV1(Box::new(RefundRecordedV1 {
        refund_id,
        of_sale: Some(of_sale),
        receipt_number: "B1-T1-2-AA".to_owned(),
        currency: Currency::from_code("GBP").unwrap(),
        price_mode: PriceMode::TaxIncluded,
        operator_id: OPERATOR,
        operator_name: "Ann".to_owned(),
        approved_by: OPERATOR,
        approved_by_name: "Ann".to_owned(),
        reason: "broken".to_owned(),
        completed_at_ms: 3,
        reference: None,
        lines: vec![line],
        tenders: Vec::new(),
        totals: totals(),
        cash_rounding_minor: 0,
        to_give_minor: 120,
        movements: vec![movement(product_id, MovementKind::Resale, pieces)],
    }))
}

/// Goods received.
pub fn restock(product_id: Uuid, pieces: i64) -> OpBody {
    moved(product_id, MovementKind::Restock, pieces * 1_000)
}

/// Any movement by hand, thousandths.
pub fn moved(product_id: Uuid, kind: MovementKind, delta_milli: i64) -> OpBody {
    OpBody::StockMovedV1(StockMovedV1 {
        movement_id: product_id,
        reference: None,
        movements: vec![MovementV1 {
            product_id,
            kind,
            delta_milli,
            reason: None,
        }],
    })
}

/// A count of one product, thousandths, by a till that had seen the ledger up to a version.
pub fn counted(product_id: Uuid, counted_milli: i64, seen: Option<(Uuid, u64)>) -> OpBody {
    OpBody::StockCountedV1(StockCountedV1 {
        count_id: product_id,
        lines: vec![CountedV1 {
            product_id,
            counted_milli,
            shown_milli: 0,
        }],
        as_of: AsOfV1 {
            cloud_epoch: seen.map(|(epoch, _)| epoch),
            row_version: seen.map_or(0, |(_, version)| version),
        },
        reason: None,
    })
}

/// A price alone.
pub fn priced(product_id: Uuid, price_minor: i64) -> OpBody {
    OpBody::PriceSetV1(PriceSetV1 {
        product_id,
        price_minor: Some(price_minor),
    })
}

/// A product as an edit carries it, whole.
pub fn edited(product_id: Uuid, name: &str, price_minor: i64) -> ProductEditedV1 {
    ProductEditedV1 {
        product_id,
        created: false,
        code: None,
        name: name.to_owned(),
        unit: Unit::Piece,
        price_minor: Some(price_minor),
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        category: None,
        barcodes: Vec::new(),
    }
}

/// A decision on a conflict.
pub fn settled(conflict: Uuid, expected_version: u32, decision: Decision) -> OpBody {
    OpBody::ConflictSettledV1(Box::new(ConflictSettledV1 {
        conflict,
        expected_version,
        decision,
        product: None,
        note: None,
    }))
}

/// A product made at the till.
pub fn created(product_id: Uuid, name: &str) -> OpBody {
    OpBody::ProductEditedV1(ProductEditedV1 {
        product_id,
        created: true,
        code: None,
        name: name.to_owned(),
        unit: Unit::Piece,
        price_minor: None,
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        category: None,
        barcodes: Vec::new(),
    })
}

fn movement(product_id: Uuid, kind: MovementKind, pieces: i64) -> MovementV1 {
    MovementV1 {
        product_id,
        kind,
        delta_milli: pieces * 1_000,
        reason: None,
    }
}

fn totals() -> TotalsV1 {
    TotalsV1 {
        net_minor: 100,
        tax_minor: 20,
        gross_minor: 120,
        taxes: Vec::new(),
    }
}
