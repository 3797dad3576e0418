//! Ways to a printer: network port 9100, USB, serial, a file.
//!
//! Owns the conversation with the device: asks before a job whether it can print, sends the job in one
//! go under a deadline, asks afterwards whether it was printed. Promises: `Printed` is only said when
//! the printer itself said that all is well after the job; every trouble tells how much had been sent,
//! so that the caller knows whether paper may have come out (then a second print says COPY). Never
//! retries and never blocks longer than its [`Patience`]: the print queue does the first, a worker
//! thread waits for the second. No job is ever a reason to undo a sale.

mod address;
mod conversation;
mod file;
mod network;
mod serial;
mod status;
mod trouble;
mod usb;

use std::time::Duration;

use crate::profile::{DrawerPulse, PrinterProfile};

pub use address::{AddressRefused, PrinterAddress};
pub use status::{Paper, PrinterStatus};
pub use trouble::PrinterTrouble;
pub use usb::{UsbPrinter, usb_printers};

use conversation::Conversation;

/// How a job ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintOutcome {
    /// The printer said after the job that all is well.
    Printed,
    /// The bytes were taken; this printer cannot be asked.
    Unconfirmed,
}

/// One printer. Every call opens its own connection: several tills may share a printer, and a printer
/// that was switched off and on again needs no reset here.
pub trait PrinterDriver: Send {
    /// Sends one job and waits until its fate is known or patience ends.
    fn print(&mut self, bytes: &[u8]) -> Result<PrintOutcome, PrinterTrouble>;

    /// Opens the drawer and prints nothing. A printer without paper or with its cover open is told by a
    /// command that it obeys even then: a cashier must get at the change.
    fn open_drawer(&mut self, pulse: DrawerPulse) -> Result<(), PrinterTrouble>;

    /// Asks how the printer is, without printing.
    fn status(&mut self) -> Result<PrinterStatus, PrinterTrouble>;
}

/// How long the till waits for a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until the connection stands.
    pub connect: Duration,
    /// Time in which no byte is taken, summed over the job.
    pub idle: Duration,
    /// Until a question is answered.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            idle: Duration::from_secs(15),
            answer: Duration::from_secs(3),
        }
    }
}

/// The driver for an address, with ordinary patience. Opens nothing yet.
pub fn open(address: &PrinterAddress, profile: &PrinterProfile) -> Box<dyn PrinterDriver> {
    open_with(address, profile, Patience::default())
}

/// The driver for an address. Opens nothing yet.
pub fn open_with(
    address: &PrinterAddress,
    profile: &PrinterProfile,
    patience: Patience,
) -> Box<dyn PrinterDriver> {
    let asks = profile.answers_status;
    let printer = address.to_string();
    match address.clone() {
        PrinterAddress::Network { host, port } => {
            let way = network::Network { host, port };
            Box::new(Conversation {
                way,
                printer,
                asks,
                patience,
            })
        }
        PrinterAddress::Serial { path, baud } => {
            let way = serial::Serial { path, baud };
            Box::new(Conversation {
                way,
                printer,
                asks,
                patience,
            })
        }
        PrinterAddress::Usb {
            vendor_id,
            product_id,
        } => {
            let way = usb::Usb {
                vendor_id,
                product_id,
            };
            Box::new(Conversation {
                way,
                printer,
                asks,
                patience,
            })
        }
        PrinterAddress::File { path } => Box::new(file::FileDriver { path }),
    }
}
