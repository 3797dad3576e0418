//! A printer on a serial port, 8 data bits, no parity, hardware flow control.

use std::io;
use std::time::Duration;

use serialport::{FlowControl, SerialPort};

use super::conversation::{Line, SLICE, Way};

pub(super) struct Serial {
    pub(super) path: String,
    pub(super) baud: u32,
}

impl Way for Serial {
    type Line = Box<dyn SerialPort>;

    fn connect(&self, _at_most: Duration) -> io::Result<Self::Line> {
        // Without flow control a printer with a small buffer loses the middle of a long receipt.
        let port = serialport::new(&self.path, self.baud).flow_control(FlowControl::Hardware);
        Ok(port.timeout(SLICE).open()?)
    }
}

impl Line for Box<dyn SerialPort> {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.as_mut().write(bytes)
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.as_mut().read(buffer) {
            // A serial line does not end; nothing came.
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            other => other,
        }
    }

    fn finish(&mut self, slices: u32) {
        // The port's own buffer must be empty before it is closed, but a printer that holds the line
        // must not hold the till.
        for _ in 0..slices {
            if matches!(self.bytes_to_write(), Ok(0) | Err(_)) {
                return;
            }
            let mut unread = [0; 16];
            let _ = self.as_mut().read(&mut unread);
        }
    }
}
