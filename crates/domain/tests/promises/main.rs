//! The promises of the domain, one module for each of its rooms.

mod barcodes;
mod builders;
mod cart_properties;
mod carts;
mod catalogue_files;
mod in_store;
mod policy;
mod product_edits;
mod refunds;
mod rounding;
mod stock_changes;
mod tenders;
mod text;
mod totals;
mod vectors;
