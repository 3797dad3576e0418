//! Bodies of ops, as small as they may be.

use domain::{Currency, MovementKind, PriceMode, Unit};
use protocol::OpBody;
use protocol::body::{
    MovementV1, ProductEditedV1, RefundLineV1, RefundRecordedV1, SaleRecordedV1, StockMovedV1,
    TotalsV1,
};
use uuid::Uuid;

/// A sale of one piece at 1.00.
pub fn sale(sale_id: Uuid, product: u128) -> OpBody {
    let product_id = Uuid::from_u128(product);
    let amounts = domain::LineAmounts {
        net_minor: 100,
        tax_minor: 0,
        gross_minor: 100,
    };
    OpBody::SaleRecordedV1(Box::new(SaleRecordedV1 {
        sale_id,
        receipt_number: "1-1-1-AA".into(),
        currency: Currency::from_code("GBP").expect("pounds exist"),
        price_mode: PriceMode::TaxIncluded,
        operator_id: Uuid::from_u128(9),
        operator_name: "Ada".into(),
        opened_at_ms: 1,
        completed_at_ms: 2,
        reference: None,
        lines: vec![protocol::body::SaleLineV1 {
            line_no: 1,
            product_id,
            code: None,
            name: "Tea".into(),
            unit: Unit::Piece,
            quantity_milli: 1000,
            unit_price_minor: 100,
            list_price_minor: None,
            price_reason: None,
            discount_bp: 0,
            tax_class: "zero".into(),
            tax_rate_bp: 0,
            amounts: amounts.into(),
        }],
        tenders: Vec::new(),
        totals: TotalsV1 {
            net_minor: 100,
            tax_minor: 0,
            gross_minor: 100,
            taxes: Vec::new(),
        },
        cash_rounding_minor: 0,
        to_pay_minor: 100,
        change_minor: 0,
        movements: vec![MovementV1 {
            product_id,
            kind: MovementKind::Sale,
            delta_milli: -1000,
            reason: None,
        }],
    }))
}

/// A stock movement by a person.
pub fn moved(movement_id: Uuid, product: u128, delta_milli: i64) -> OpBody {
    OpBody::StockMovedV1(StockMovedV1 {
        movement_id,
        reference: None,
        movements: vec![MovementV1 {
            product_id: Uuid::from_u128(product),
            kind: MovementKind::Restock,
            delta_milli,
            reason: None,
        }],
    })
}

/// Pieces of the first line of a sale coming back, for 1.00 each.
pub fn refund(refund_id: Uuid, of_sale: Uuid, product: u128, pieces: i64) -> OpBody {
    let product_id = Uuid::from_u128(product);
    let amounts = domain::LineAmounts {
        net_minor: 100 * pieces,
        tax_minor: 0,
        gross_minor: 100 * pieces,
    };
    OpBody::RefundRecordedV1(Box::new(RefundRecordedV1 {
        refund_id,
        of_sale: Some(of_sale),
        receipt_number: "1-1-2-AA".into(),
        currency: Currency::from_code("GBP").expect("pounds exist"),
        price_mode: PriceMode::TaxIncluded,
        operator_id: Uuid::from_u128(9),
        operator_name: "Ada".into(),
        approved_by: Uuid::from_u128(10),
        approved_by_name: "Grace".into(),
        reason: "broken".into(),
        completed_at_ms: 3,
        reference: None,
        lines: vec![RefundLineV1 {
            line_no: 1,
            of_line: Some(1),
            product_id,
            code: None,
            name: "Tea".into(),
            unit: Unit::Piece,
            quantity_milli: 1_000 * pieces,
            unit_price_minor: 100,
            list_price_minor: None,
            price_reason: None,
            discount_bp: 0,
            tax_class: "zero".into(),
            tax_rate_bp: 0,
            back_to_stock: true,
            amounts: amounts.into(),
        }],
        tenders: Vec::new(),
        totals: TotalsV1 {
            net_minor: 100 * pieces,
            tax_minor: 0,
            gross_minor: 100 * pieces,
            taxes: Vec::new(),
        },
        cash_rounding_minor: 0,
        to_give_minor: 100 * pieces,
        movements: vec![MovementV1 {
            product_id,
            kind: MovementKind::Resale,
            delta_milli: 1_000 * pieces,
            reason: None,
        }],
    }))
}

/// A product made at the till.
pub fn product(product: u128, name: &str) -> OpBody {
    OpBody::ProductEditedV1(ProductEditedV1 {
        product_id: Uuid::from_u128(product),
        created: true,
        code: None,
        name: name.into(),
        unit: Unit::Piece,
        price_minor: Some(100),
        tax_class: "zero".into(),
        tax_rate_bp: 0,
        category: None,
        barcodes: vec!["5012345678900".into()],
    })
}
