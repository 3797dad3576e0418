//! Builders, fake clock, virtual printer, chaos proxy. Never shipped.

pub mod chaos;
pub mod virtual_printer;
