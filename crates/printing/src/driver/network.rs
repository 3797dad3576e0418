//! A printer on the network: raw bytes on TCP, port 9100.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::conversation::{Line, SLICE, Way};

pub(super) struct Network {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Way for Network {
    type Line = TcpStream;

    fn connect(&self, at_most: Duration) -> io::Result<TcpStream> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, at_most) {
                Ok(stream) => {
                    stream.set_write_timeout(Some(SLICE))?;
                    stream.set_read_timeout(Some(SLICE))?;
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Line for TcpStream {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write(bytes)
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read(buffer)
    }

    /// Says that no more comes and waits for the other side to end: closing at once, with an answer
    /// unread, would reset the connection and take what the printer has not read yet.
    fn finish(&mut self, slices: u32) {
        if self.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let mut rest = [0; 64];
        for _ in 0..slices {
            match self.read(&mut rest) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) => {}
                Err(_) => return,
            }
        }
    }
}
