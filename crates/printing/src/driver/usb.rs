//! A printer on USB: the bulk endpoints of its printer interface, without any system driver.

use std::io;
use std::time::Duration;

use nusb::descriptors::TransferType;
use nusb::transfer::{Buffer, Bulk, Direction, In, Out};
use nusb::{DeviceInfo, Endpoint, Interface, MaybeFuture};

use super::conversation::{Line, SLICE, Way};

/// The USB class of printers.
const PRINTER_CLASS: u8 = 7;
/// Answers are a few bytes; this is more than any.
const ANSWER_BYTES: usize = 512;

/// A printer that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbPrinter {
    /// Maker.
    pub vendor_id: u16,
    /// Model.
    pub product_id: u16,
    /// What it calls itself.
    pub name: String,
}

/// Every USB printer plugged in; empty also when the system gives no list.
pub fn usb_printers() -> Vec<UsbPrinter> {
    let Ok(devices) = nusb::list_devices().wait() else {
        return Vec::new();
    };
    devices
        .filter(|device| {
            device
                .interfaces()
                .any(|interface| interface.class() == PRINTER_CLASS)
        })
        .map(|device| UsbPrinter {
            vendor_id: device.vendor_id(),
            product_id: device.product_id(),
            name: [device.manufacturer_string(), device.product_string()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
        })
        .collect()
}

pub(super) struct Usb {
    pub(super) vendor_id: u16,
    pub(super) product_id: u16,
}

/// The two ends of the line. A transfer that is not through in a slice stays under way: it is waited
/// for again, and never sent twice.
pub(super) struct UsbLine {
    output: Endpoint<Bulk, Out>,
    input: Option<Endpoint<Bulk, In>>,
}

impl Way for Usb {
    type Line = UsbLine;

    fn connect(&self, _at_most: Duration) -> io::Result<UsbLine> {
        let wanted = |device: &DeviceInfo| {
            device.vendor_id() == self.vendor_id && device.product_id() == self.product_id
        };
        let absent = || io::Error::new(io::ErrorKind::NotFound, "no such device is plugged in");
        let device = nusb::list_devices()
            .wait()?
            .find(wanted)
            .ok_or_else(absent)?;
        // Some printers say "vendor specific" instead of "printer"; their first interface is meant.
        let number = device
            .interfaces()
            .find(|interface| interface.class() == PRINTER_CLASS)
            .map_or(0, nusb::InterfaceInfo::interface_number);
        let interface = device
            .open()
            .wait()?
            .detach_and_claim_interface(number)
            .wait()?;
        let no_output = || io::Error::new(io::ErrorKind::Unsupported, "the device takes no data");
        let output = bulk(&interface, Direction::Out).ok_or_else(no_output)?;
        Ok(UsbLine {
            output: interface.endpoint(output)?,
            input: bulk(&interface, Direction::In).and_then(|input| interface.endpoint(input).ok()),
        })
    }
}

/// The address of the interface's bulk endpoint in that direction.
fn bulk(interface: &Interface, direction: Direction) -> Option<u8> {
    let setting = interface.descriptor()?;
    let mut endpoints = setting.endpoints();
    let found = endpoints.find(|endpoint| {
        endpoint.transfer_type() == TransferType::Bulk && endpoint.direction() == direction
    });
    found.map(|endpoint| endpoint.address())
}

impl Line for UsbLine {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.output.pending() == 0 {
            self.output.submit(bytes.to_vec().into());
        }
        match self.output.wait_next_complete(SLICE) {
            None => Err(io::ErrorKind::TimedOut.into()),
            Some(done) => {
                done.status?;
                Ok(done.actual_len)
            }
        }
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(input) = &mut self.input else {
            return Ok(0);
        };
        if input.pending() == 0 {
            input.submit(Buffer::new(
                ANSWER_BYTES.next_multiple_of(input.max_packet_size()),
            ));
        }
        let Some(done) = input.wait_next_complete(SLICE) else {
            return Err(io::ErrorKind::TimedOut.into());
        };
        done.status?;
        let answer = done.buffer.get(..done.actual_len).unwrap_or_default();
        if answer.is_empty() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let count = answer.len().min(buffer.len());
        buffer[..count].copy_from_slice(&answer[..count]);
        Ok(count)
    }

    fn finish(&mut self, slices: u32) {
        for _ in 0..slices {
            if self.output.pending() == 0 || self.output.wait_next_complete(SLICE).is_some() {
                return;
            }
        }
        self.output.cancel_all();
    }
}
