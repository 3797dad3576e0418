//! Receipts: what they say, how they stand on the paper, the bytes and the picture of them, and the way
//! to the printer.
//!
//! ```text
//! Sale ──> ReceiptDocument ──lay_out(profile)──> Layout ──┬─ to_text    a terminal, tests
//!                                                         ├─ to_png     the screen
//!                                                         └─ to_escpos  ──> PrinterDriver
//! ```
//!
//! Owns everything between a recorded sale and ink. Promises: the three forms come from one layout; any
//! name prints, if need be as dots drawn from fonts of our own; no text can panic the till or command
//! the printer; a job counts as printed only when the printer says so. Never decides whether a sale is
//! valid, never touches the disk (a file printer's file apart), never undoes anything.
//!
//! To add a printer: one file in `assets/printers`, one line in [`profile`](PrinterProfile::bundled). To
//! add a code page: its 128 upper characters in `encode/tables.rs`. To add a row to the receipt: a field
//! in [`ReceiptDocument`], its word in [`ReceiptWords`], its place in `layout/`. To add a way to a
//! printer: an implementation of `driver::conversation::Way`.

mod cells;
mod commands;
mod document;
mod driver;
mod encode;
mod from_domain;
mod layout;
mod preview;
mod profile;
mod raster;
mod text;
mod words;

pub use cells::cells;
pub use commands::{JobOptions, drawer_pulse, to_escpos};
pub use document::{
    ReceiptDocument, ReceiptHead, ReceiptKind, ReceiptLine, ReceiptTax, ReceiptTender,
};
pub use driver::{
    AddressRefused, Paper, Patience, PrintOutcome, PrinterAddress, PrinterDriver, PrinterStatus,
    PrinterTrouble, UsbPrinter, open, open_with, usb_printers,
};
pub use encode::Encoding;
pub use from_domain::ReceiptFrame;
pub use layout::{Align, Layout, Row, Segment, TextRow, TextSize, lay_out};
pub use preview::to_png;
pub use profile::{
    CodePage, CutKind, Cutter, DrawerPulse, PrinterFont, PrinterProfile, ProfileRefused, QrPrinting,
};
pub use raster::Bitmap;
pub use text::to_text;
pub use words::ReceiptWords;
