//! One GET over a plain socket: the proof needs no client that shares code with the accused.
//!
//! Promises the body of a 200 answer, chunked or not. Never speaks to anything but a loopback address.

use anyhow::{Context, Result, bail, ensure};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Reads `path` from `127.0.0.1:port` with a bearer token.
pub(crate) fn get(port: u16, path: &str, token: &str) -> Result<String> {
    let mut socket =
        TcpStream::connect(("127.0.0.1", port)).context("the cloud does not answer")?;
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\
         Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    socket
        .read_to_end(&mut answer)
        .with_context(|| format!("GET {path} broke off"))?;
    let text = String::from_utf8(answer).with_context(|| format!("GET {path} answered no text"))?;
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        bail!("GET {path} answered no HTTP: {text}");
    };
    let status = head.lines().next().unwrap_or_default();
    ensure!(
        status.contains(" 200 "),
        "GET {path} answered {status}: {body}"
    );
    if head.to_lowercase().contains("transfer-encoding: chunked") {
        return unchunked(body);
    }
    Ok(body.to_owned())
}

fn unchunked(mut rest: &str) -> Result<String> {
    let mut body = String::new();
    loop {
        let (size, after) = rest
            .split_once("\r\n")
            .context("a chunk without its size")?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size =
            usize::from_str_radix(size, 16).with_context(|| format!("a chunk of size '{size}'"))?;
        if size == 0 {
            return Ok(body);
        }
        body.push_str(after.get(..size).context("a chunk that breaks off")?);
        rest = after.get(size + 2..).context("a chunk without its end")?;
    }
}

/// The texts behind `"name":"…"` in JSON without spaces, in their order; `null` is an empty text.
pub(crate) fn texts(json: &str, name: &str) -> Vec<String> {
    let key = format!("\"{name}\":");
    let values = json.match_indices(&key).map(|(at, _)| {
        let value = json.get(at + key.len()..).unwrap_or_default();
        let quoted = value
            .strip_prefix('"')
            .and_then(|text| text.split('"').next());
        quoted.unwrap_or_default().to_owned()
    });
    values.collect()
}

/// The numbers behind `"name":`.
pub(crate) fn numbers(json: &str, name: &str) -> Vec<u64> {
    let key = format!("\"{name}\":");
    let values = json.match_indices(&key).map(|(at, _)| {
        let value = json.get(at + key.len()..).unwrap_or_default();
        let end = value.find(|letter: char| !letter.is_ascii_digit());
        value.get(..end.unwrap_or(value.len())).unwrap_or_default()
    });
    values.filter_map(|digits| digits.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::{numbers, texts, unchunked};

    #[test]
    fn numbers_are_found_in_their_order() {
        let json = "[{\"seq\":12,\"x\":1},{\"seq\":7}]";
        assert_eq!(numbers(json, "seq"), [12, 7]);
    }

    #[test]
    fn chunks_are_put_together() {
        let body =
            unchunked("4\r\n[{\"a\r\n3;x=1\r\n\":1\r\n0\r\n\r\n").expect("well-formed chunks");
        assert_eq!(body, "[{\"a\":1", "both chunks, without their sizes");
    }

    #[test]
    fn texts_are_found_in_their_order() {
        let json = "[{\"reference\":\"A1\",\"x\":2},{\"reference\":null}]";
        assert_eq!(texts(json, "reference"), ["A1", ""], "null is empty");
    }
}
