//! Where a printer is, as an installer writes it: `tcp://192.168.1.50:9100`, `usb:04b8:0e28`,
//! `serial:/dev/ttyS0@38400`, `file:/dev/usb/lp0`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The port on which network printers listen unless told otherwise.
const PORT: u16 = 9100;
const BAUD: u32 = 9_600;

/// Where a printer is. In JSON it is the text form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PrinterAddress {
    /// A network printer.
    Network {
        /// Name or IP address.
        host: String,
        /// Usually 9100.
        port: u16,
    },
    /// A serial port.
    Serial {
        /// The port's name: `/dev/ttyS0`, `COM3`.
        path: String,
        /// Bits a second.
        baud: u32,
    },
    /// A USB printer, found by its numbers.
    Usb {
        /// Maker.
        vendor_id: u16,
        /// Model.
        product_id: u16,
    },
    /// A device file or a plain file; jobs are appended.
    File {
        /// The path.
        path: PathBuf,
    },
}

/// An address that names no way to a printer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{text}\" is no printer address; write tcp://HOST:9100, usb:VENDOR:PRODUCT in hex, \
     serial:PORT@BAUD or file:PATH"
)]
pub struct AddressRefused {
    /// What was written.
    pub text: String,
}

impl FromStr for PrinterAddress {
    type Err = AddressRefused;

    fn from_str(text: &str) -> Result<Self, AddressRefused> {
        let trimmed = text.trim();
        let read = match trimmed.split_once(':') {
            Some(("tcp", rest)) => network(rest.trim_start_matches('/')),
            Some(("serial", rest)) => serial(rest),
            Some(("usb", rest)) => usb(rest),
            Some(("file", rest)) if !rest.is_empty() => Some(Self::File { path: rest.into() }),
            _ => None,
        };
        read.ok_or_else(|| AddressRefused {
            text: text.to_owned(),
        })
    }
}

fn network(rest: &str) -> Option<PrinterAddress> {
    // An IPv6 address stands in brackets, its colons are not the port's.
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (rest, PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty() && port != 0).then(|| PrinterAddress::Network {
        host: host.to_owned(),
        port,
    })
}

fn serial(rest: &str) -> Option<PrinterAddress> {
    let (path, baud) = match rest.rsplit_once('@') {
        Some((path, baud)) => (path, baud.parse().ok().filter(|baud| *baud > 0)?),
        None => (rest, BAUD),
    };
    (!path.is_empty()).then(|| PrinterAddress::Serial {
        path: path.to_owned(),
        baud,
    })
}

fn usb(rest: &str) -> Option<PrinterAddress> {
    let (vendor, product) = rest.split_once(':')?;
    let number = |text| u16::from_str_radix(text, 16).ok();
    Some(PrinterAddress::Usb {
        vendor_id: number(vendor)?,
        product_id: number(product)?,
    })
}

impl fmt::Display for PrinterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network { host, port } if host.contains(':') => {
                write!(f, "tcp://[{host}]:{port}")
            }
            Self::Network { host, port } => write!(f, "tcp://{host}:{port}"),
            Self::Serial { path, baud } => write!(f, "serial:{path}@{baud}"),
            Self::Usb {
                vendor_id,
                product_id,
            } => write!(f, "usb:{vendor_id:04x}:{product_id:04x}"),
            Self::File { path } => write!(f, "file:{}", path.display()),
        }
    }
}

impl TryFrom<String> for PrinterAddress {
    type Error = AddressRefused;

    fn try_from(text: String) -> Result<Self, AddressRefused> {
        text.parse()
    }
}

impl From<PrinterAddress> for String {
    fn from(address: PrinterAddress) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_is_written() {
        for text in [
            "tcp://printer.local:9100",
            "tcp://[fe80::1]:9101",
            "serial:/dev/ttyS0@38400",
            "usb:04b8:0e28",
            "file:/dev/usb/lp0",
        ] {
            let address: PrinterAddress = text.parse().expect(text);
            assert_eq!(
                address.to_string(),
                text,
                "an installer must find what was typed"
            );
        }
    }

    #[test]
    fn port_and_speed_may_be_left_out() {
        let address = |text: &str| {
            text.parse::<PrinterAddress>()
                .map(|address| address.to_string())
        };
        assert_eq!(
            address("tcp://10.0.0.7").as_deref(),
            Ok("tcp://10.0.0.7:9100")
        );
        assert_eq!(address("serial:COM3").as_deref(), Ok("serial:COM3@9600"));
    }

    #[test]
    fn what_names_no_printer_is_refused_with_the_forms_that_do() {
        for text in [
            "",
            "printer",
            "tcp://",
            "tcp://host:0",
            "tcp://host:99999",
            "usb:04b8",
            "usb:x:y",
            "serial:@9600",
            "file:",
        ] {
            let refused = text.parse::<PrinterAddress>().expect_err(text).to_string();
            assert!(
                refused.contains("tcp://HOST:9100"),
                "must show how: {refused}"
            );
        }
    }
}
