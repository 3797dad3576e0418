//! What boxes on the way answer instead of the cloud.

use std::sync::OnceLock;

/// How much a bomb unpacks to.
const BOMB_BYTES: usize = 256 * 1024 * 1024;

pub(super) const PORTAL: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 27\r\nconnection: close\r\n\r\n<html>Accept our terms</htm";
/// Nobody listens there: a client that follows it hears nothing.
pub(super) const ELSEWHERE: &[u8] = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
pub(super) const FAILED: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\ncontent-type: text/html\r\ncontent-length: 4\r\nconnection: close\r\n\r\noops";
pub(super) const PATIENCE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
pub(super) const BOX_413: &[u8] =
    b"HTTP/1.1 413 Content Too Large\r\ncontent-type: text/html\r\ncontent-length: 4\r\nconnection: close\r\n\r\nlong";

/// The refusal that halves a batch, as the cloud itself would say it.
pub(super) fn our_413() -> Vec<u8> {
    let refusal = protocol::error::ApiError::new(
        protocol::error::ApiCode::TooLarge,
        "the body is larger than this line takes: send less at once",
    );
    let body = serde_json::to_string(&refusal).unwrap_or_default();
    format!(
        "HTTP/1.1 413 Content Too Large\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        protocol::error::MEDIA_TYPE,
        body.len()
    )
    .into_bytes()
}

/// The same answer with a `Content-Length` of some bytes more; the line ends before they come.
pub(super) fn of_another_length(answer: Vec<u8>) -> Vec<u8> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return answer;
    };
    let (head, body) = answer.split_at(end);
    let head = String::from_utf8_lossy(head);
    let kept = head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    let mut lines: Vec<String> = kept.map(str::to_owned).collect();
    lines.push(format!("content-length: {}", body.len() - 4 + 17));
    let mut whole = lines.join("\r\n").into_bytes();
    whole.extend_from_slice(body);
    whole
}

/// Zeros without end in a few kilobytes, as if the cloud had said them.
pub(super) fn bomb(packing: &str) -> Vec<u8> {
    static GZIP: OnceLock<Vec<u8>> = OnceLock::new();
    static ZSTD: OnceLock<Vec<u8>> = OnceLock::new();
    let body = match packing {
        "gzip" => GZIP.get_or_init(gzip),
        _ => ZSTD.get_or_init(zstd),
    };
    let mut whole = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {}\r\ncontent-encoding: {packing}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        protocol::error::MEDIA_TYPE,
        body.len()
    )
    .into_bytes();
    whole.extend_from_slice(body);
    whole
}

fn gzip() -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let _ = in_pieces(&mut packer);
    packer.finish().unwrap_or_default()
}

fn zstd() -> Vec<u8> {
    let Ok(mut packer) = zstd::Encoder::new(Vec::new(), 1) else {
        return Vec::new();
    };
    let _ = in_pieces(&mut packer);
    packer.finish().unwrap_or_default()
}

fn in_pieces(packer: &mut impl std::io::Write) -> std::io::Result<()> {
    let piece = vec![0_u8; 1024 * 1024];
    (0..BOMB_BYTES / piece.len()).try_for_each(|_| packer.write_all(&piece))
}
