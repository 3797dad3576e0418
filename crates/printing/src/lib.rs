//! Receipt document, layout, ESC/POS bytes, printers, preview.

mod cells;
mod commands;
mod document;
mod driver;
mod encode;
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
pub use layout::{Align, Layout, Row, Segment, TextRow, TextSize, lay_out};
pub use preview::to_png;
pub use profile::{
    CodePage, CutKind, Cutter, DrawerPulse, PrinterFont, PrinterProfile, ProfileRefused, QrPrinting,
};
pub use raster::Bitmap;
pub use text::to_text;
pub use words::ReceiptWords;
