//! Builders, fake clock, virtual printer. Never shipped.

pub mod virtual_printer;
