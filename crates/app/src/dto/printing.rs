//! Receipts and printers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A receipt to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReceiptPreview {
    /// As text.
    pub text: String,
    /// As the printer draws it: a PNG, base64.
    pub png_base64: String,
    /// Characters a line.
    pub columns: u32,
}

/// One receipt on its way to paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PrintJobView {
    /// Identity.
    pub job_id: Uuid,
    /// Of which sale; nil for a test page.
    pub sale_id: Uuid,
    /// Receipt number.
    pub number: String,
    /// Whether it says COPY.
    pub copy: bool,
    /// Where it is.
    pub state: PrintState,
    /// How often it was tried.
    pub attempts: u32,
    /// What is wrong, in words.
    pub trouble: Option<String>,
    /// When it was asked for.
    pub made_at_ms: i64,
}

/// Where a print job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PrintState {
    /// In the queue.
    Waiting,
    /// Under way.
    Printing,
    /// The printer said so.
    Printed,
    /// The printer took the bytes and tells no more.
    Unconfirmed,
    /// A person took it out of the queue.
    Dropped,
}

/// How this till prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PrinterSettings {
    /// Where the printer is.
    pub connection: PrinterConnection,
    /// The id of its profile.
    pub profile: String,
    /// Whether cash opens the drawer.
    pub open_drawer: bool,
}

/// Where a printer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum PrinterConnection {
    /// Nowhere.
    None,
    /// On the network.
    Network {
        /// `host:port`; the port is usually 9100.
        address: String,
    },
    /// On a serial line.
    Serial {
        /// `/dev/ttyS0`, `COM1`.
        path: String,
        /// Bits per second.
        baud: u32,
    },
    /// On USB.
    Usb {
        /// Vendor id.
        vendor: u16,
        /// Product id.
        product: u16,
    },
    /// A device file or a plain file.
    File {
        /// Its path.
        path: String,
    },
}

/// A kind of printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PrinterProfileDto {
    /// Identity.
    pub id: String,
    /// Name.
    pub name: String,
    /// Width of the paper.
    pub paper_mm: u32,
    /// Characters a line.
    pub columns: u32,
}
