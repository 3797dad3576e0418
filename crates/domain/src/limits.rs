//! Every bound of the domain, each with its reason.
//!
//! Owns the numbers only. They are checked where a value enters (cart, tender, refund, text); arithmetic behind the door
//! runs in `i128`, so that nothing inside these limits can overflow.

/// Highest price, line amount, tender or total, in minor units: ten thousand million pounds. A mistyped barcode in the
/// price field (13 digits) is refused by it, and 5,000 such lines still fit an `i64`.
pub const MAX_AMOUNT_MINOR: i64 = 1_000_000_000_000;

/// Highest quantity of one line, in thousandths: a million pieces. A barcode typed into the quantity is refused by it.
pub const MAX_QUANTITY_MILLI: i64 = 1_000_000_000;

/// Most lines in a cart, void lines included. The largest real cart seen has 1,114.
pub const MAX_LINES: usize = 5_000;

/// Longest name of an article, an operator or a tax class, in characters. The longest real one seen has 234.
pub const MAX_NAME_CHARS: usize = 500;

/// Longest scanned code, in characters. GS1's longest element string has 74; a QR code scanned by mistake has more.
pub const MAX_CODE_CHARS: usize = 128;

/// Longest reference (a card slip's number, a customer's order), in characters.
pub const MAX_REFERENCE_CHARS: usize = 200;

/// Longest reason of a refund, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// Most tenders on one sale or refund.
pub const MAX_TENDERS: usize = 50;

/// Highest tax rate, in basis points: 1,000 %. Real rates stay below a tenth of it.
pub const MAX_RATE_BP: i64 = 100_000;

/// Highest discount, in basis points: all of it.
pub const MAX_DISCOUNT_BP: i64 = 10_000;

/// Most lines in one refund's request: as many as a sale can have.
pub const MAX_REFUND_LINES: usize = MAX_LINES;

/// Most choices of quick cash that a tender screen shows.
pub const MAX_QUICK_CASH: usize = 6;

/// Most barcodes of one product.
pub const MAX_PRODUCT_BARCODES: usize = 50;
