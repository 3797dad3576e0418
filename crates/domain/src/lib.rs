//! The till's rules: money, quantity, tax, rounding, barcode, cart, sale, refund, tender, stock, role, PIN policy.
//!
//! Owns every decision about what a sale is worth and whether a change is allowed. Promises that the same input gives
//! the same answer on every machine: integers only, exact until the one rounding that a rule asks for, and every "no"
//! is a value that names the field, the value, the limit and the way out. Never does I/O, never reads a clock, never
//! makes an id, never uses a float.
//!
//! Units are in the names: `*_minor` is money in minor units, `*_milli` a quantity in thousandths, `*_bp` a rate in
//! basis points, `*_at_ms` milliseconds since 1970 in UTC.

#![forbid(unsafe_code)]
#![allow(
    clippy::struct_field_names,
    reason = "units end a name and ids name their owner: `net_minor`, `sale_id` are the words of SQL and JSON"
)]

pub mod amount;
pub mod barcode;
pub mod cart;
pub mod cart_change;
mod cart_refused;
pub mod catalogue_file;
pub mod currency;
mod decimal;
pub mod drawer;
pub mod in_store;
pub mod limits;
pub mod line;
pub mod pin;
pub mod product;
pub mod product_edit;
pub mod quantity;
pub mod refund;
mod refund_plan;
mod refund_refused;
pub mod role;
pub mod rounding;
pub mod sale;
pub mod stock;
pub mod stock_change;
pub mod tax;
pub mod tender;
pub mod totals;
pub mod words;

pub use amount::{AmountRefused, format_minor, parse_minor};
pub use barcode::{Symbology, check_digit_ok, normal_key, scan_keys};
pub use cart::Cart;
pub use cart_change::{CartChange, CartTouched};
pub use cart_refused::CartRefused;
pub use currency::Currency;
pub use drawer::expected_cash_minor;
pub use in_store::{
    InStoreRead, InStoreRule, InStoreScan, InStoreValue, ScannedValue, read_in_store,
};
pub use line::{CartLine, NewLine, PriceReason};
pub use pin::{Locked, PinAttempts, PinRefused, pin_well_formed};
pub use product::{PriceMissing, Product};
pub use product_edit::{EditRefused, EditedProduct, FieldGroup, edit_product, new_product};
pub use quantity::{QuantityRefused, Unit, format_milli, parse_milli};
pub use refund::{
    GivenBack, Refund, RefundDraft, RefundDue, RefundLine, RefundLineRequest, RefundRefused,
    ReturnedArticle, complete_refund, plan_refund, plan_refund_without_receipt, refund_due,
    refund_totals,
};
pub use role::{Right, Role};
pub use rounding::{
    CashRounding, CashRoundingScope, ChangeRounding, Tie, round_div, round_to_increment,
};
pub use sale::{Sale, SaleLine, SaleRefused, complete};
pub use stock::{MovementKind, StockMovement};
pub use stock_change::{StockLine, StockRefused, check_adjusted, check_counted, check_received};
pub use tax::{
    LineAmounts, PriceMode, PricedLine, RateRefused, SellingRules, TaxClass, TaxRounding,
    TaxSummary, Totals, format_rate_bp, parse_rate_bp,
};
pub use tender::{Settlement, Tender, TenderKind, TenderRefused, settle};
pub use totals::total;
pub use words::UnknownWord;
