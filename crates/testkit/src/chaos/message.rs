//! One HTTP request, read whole and passed on byte for byte but for its `Connection` header.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Nothing larger travels between till and cloud.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Request {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Request {
    /// The body's size as sent.
    pub(super) fn body_bytes(&self) -> usize {
        self.body.len()
    }
}

/// Reads one request; `None` if the line ended before it was whole.
pub(super) fn read_request(from: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 16 * 1024];
    loop {
        if let Some(end) = head_end(&bytes) {
            let wanted = end + content_length(&bytes[..end])?;
            while bytes.len() < wanted {
                read_piece(from, &mut piece, &mut bytes)?;
            }
            let body = bytes[end..wanted].to_vec();
            let head = closing(&bytes[..end])?;
            return Some(Request { head, body });
        }
        read_piece(from, &mut piece, &mut bytes)?;
    }
}

/// Passes it on and reads the whole answer; `None` if there is none.
pub(super) fn ask(cloud: SocketAddr, request: &Request) -> Option<Vec<u8>> {
    let mut far = TcpStream::connect(cloud).ok()?;
    far.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    far.write_all(&request.head).ok()?;
    far.write_all(&request.body).ok()?;
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).ok()?;
    let _ = far.shutdown(Shutdown::Both);
    (!answer.is_empty()).then_some(answer)
}

fn read_piece(from: &mut TcpStream, piece: &mut [u8], bytes: &mut Vec<u8>) -> Option<()> {
    let read = from.read(piece).ok()?;
    bytes.extend_from_slice(&piece[..read]);
    (read > 0 && bytes.len() <= MAX_BYTES).then_some(())
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

fn content_length(head: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(head).ok()?;
    let named = |line: &&str| line.to_ascii_lowercase().starts_with("content-length:");
    match text.lines().find(named) {
        Some(line) => line.split_once(':')?.1.trim().parse().ok(),
        None => Some(0),
    }
}

/// The head with `Connection: close`, so that one connection carries one request.
fn closing(head: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(head).ok()?;
    let kept = text
        .trim_end()
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let mut lines: Vec<&str> = kept.collect();
    lines.push("connection: close");
    Some(format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes())
}
