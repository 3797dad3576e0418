//! The values of the reports: what a reader may reach, pages and rows.

use protocol::SegmentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Rows of one page of a report, when nothing else is asked for.
pub const PAGE_ROWS: u32 = 200;
/// The most rows one page of a report may hold.
pub const MAX_PAGE_ROWS: u32 = 1_000;

/// What a credential may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The tenant, always one.
    pub tenant: Uuid,
    /// The branch, if the credential is a till's.
    pub branch: Option<Uuid>,
}

/// Which part of a report is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows after this place.
    pub after: Cursor,
    /// At most so many.
    pub limit: u32,
}

/// A place in a report: the version of a row, and its id, because one op may change many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The row's version.
    pub rv: u64,
    /// The row's id.
    pub id: Uuid,
}

impl Cursor {
    /// The cursor's text: `<rv>.<id>`.
    pub fn to_text(self) -> String {
        format!("{}.{}", self.rv, self.id.simple())
    }

    /// Reads a cursor's text; `None` if it is no cursor of ours.
    pub fn from_text(text: &str) -> Option<Self> {
        let (rv, id) = text.split_once('.')?;
        Some(Self {
            rv: rv.parse().ok()?,
            id: Uuid::try_parse(id).ok()?,
        })
    }
}

/// A sale or a refund as the cloud holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SaleRow {
    /// `sale` or `refund`.
    pub kind: String,
    /// Its identity.
    pub sale_id: Uuid,
    /// The op that recorded it.
    pub op_id: Uuid,
    /// The shop.
    pub branch: Uuid,
    /// The till.
    pub till: Uuid,
    /// The segment of the till's stream.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// Its place in cashier order.
    pub seq: u64,
    /// What the receipt says.
    pub receipt_number: String,
    /// For a refund by receipt: the sale it gives back.
    pub of_sale: Option<Uuid>,
    /// The operator's name as printed.
    pub operator_name: String,
    /// When it was paid, UTC milliseconds by the till's clock.
    pub completed_at_ms: i64,
    /// Another system's number for it.
    pub reference: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// How many lines it has.
    pub lines: u64,
    /// Without tax, minor units; a refund's are positive.
    pub net_minor: i64,
    /// The tax, minor units.
    pub tax_minor: i64,
    /// With tax, minor units.
    pub gross_minor: i64,
    /// What the cloud made of it: `accepted` or `conflict`.
    pub outcome: String,
    /// The cloud's version of this row: it grows with every change.
    pub rv: u64,
}

/// The stock of one product in one branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockRow {
    /// The shop.
    pub branch: Uuid,
    /// The product.
    pub product_id: Uuid,
    /// Its name, once an op has named it.
    pub name: Option<String>,
    /// Thousandths; may be below zero.
    pub quantity_milli: i64,
    /// The cloud's version of this row: it grows with every change.
    pub rv: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_text_and_back() {
        let cursor = Cursor {
            rv: 17,
            id: Uuid::from_u128(5),
        };
        assert_eq!(Cursor::from_text(&cursor.to_text()), Some(cursor));
        for text in [
            "",
            "17",
            "17.",
            "x.y",
            "-1.00000000000000000000000000000005",
        ] {
            assert_eq!(Cursor::from_text(text), None, "{text:?} is no cursor");
        }
    }
}
