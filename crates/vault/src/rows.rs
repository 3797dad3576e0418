//! The vault's tables, one module each: free functions over a reader or a transaction, SQL beside.

pub mod attempts;
pub mod cart;
pub mod identity;
pub mod operators;
pub mod outbox;
pub mod places;
pub mod print_jobs;
pub mod queue;
pub mod sales;
pub mod settings;
pub mod stock;
pub mod tally;
