//! The smallest client that keeps its line open.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use protocol::error::{ApiCode, ApiError, MEDIA_TYPE};

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) of_ours: bool,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The kind of a refusal; nothing for a good answer. Whatever is asked, it is one or the other, in our words.
    pub(crate) fn refusal(&self) -> Option<ApiCode> {
        assert!(
            self.of_ours,
            "{} is in our media type: {:?}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        if self.status == 200 {
            return None;
        }
        let error: ApiError = serde_json::from_slice(&self.body).expect("a refusal in our words");
        assert_eq!(error.code.status(), self.status, "the status of its kind");
        assert!(
            error.code != ApiCode::Internal,
            "no request is our own fault: {}",
            error.message
        );
        assert!(
            (1..2_000).contains(&error.message.len()),
            "a sentence, not {} bytes",
            error.message.len()
        );
        Some(error.code)
    }
}

/// An open line, or the address to open one to.
pub(super) struct Line {
    to: SocketAddr,
    open: Option<BufReader<TcpStream>>,
}

impl Line {
    pub(super) const fn to(to: SocketAddr) -> Self {
        Self { to, open: None }
    }

    pub(super) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.to);
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        let _ = write!(request, "content-length: {}\r\n\r\n", body.len());
        let request = [request.as_bytes(), body].concat();
        // A line that was closed after an earlier refusal is no answer to this request.
        self.try_send(&request)
            .or_else(|_| self.try_send(&request))
            .expect("the cloud answers")
    }

    fn try_send(&mut self, request: &[u8]) -> io::Result<Answer> {
        let line = if let Some(line) = self.open.take() {
            line
        } else {
            let line = TcpStream::connect(self.to)?;
            line.set_nodelay(true)?;
            BufReader::new(line)
        };
        let line = self.open.insert(line);
        line.get_mut().write_all(request)?;
        let answer = read(line);
        if !answer.as_ref().is_ok_and(|(_, stays)| *stays) {
            self.open = None;
        }
        answer.map(|(answer, _)| answer)
    }
}

fn read(line: &mut BufReader<TcpStream>) -> io::Result<(Answer, bool)> {
    let broken = |what: &str| io::Error::other(what.to_owned());
    let first = header(line)?;
    let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
    let (mut length, mut chunked, mut of_ours, mut stays) = (0, false, false, true);
    loop {
        let next = header(line)?.to_ascii_lowercase();
        match next
            .split_once(':')
            .map(|(name, value)| (name, value.trim()))
        {
            None if next.is_empty() => break,
            Some(("content-length", value)) => {
                length = value.parse().map_err(|_| broken("a length"))?;
            }
            Some(("transfer-encoding", value)) => chunked = value.contains("chunked"),
            Some(("content-type", value)) => of_ours = value.starts_with(MEDIA_TYPE),
            Some(("connection", "close")) => stays = false,
            _ => {}
        }
    }
    let mut body = Vec::new();
    while chunked {
        let size = usize::from_str_radix(&header(line)?, 16).map_err(|_| broken("a size"))?;
        let before = body.len();
        body.resize(before + size, 0);
        line.read_exact(&mut body[before..])?;
        header(line)?;
        chunked = size > 0;
    }
    if body.is_empty() {
        body.resize(length, 0);
        line.read_exact(&mut body)?;
    }
    let status = status.ok_or_else(|| broken("no status"))?;
    Ok((
        Answer {
            status,
            of_ours,
            body,
        },
        stays,
    ))
}

fn header(line: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut text = String::new();
    if line.read_line(&mut text)? == 0 {
        return Err(io::Error::other("the line was closed"));
    }
    Ok(text.trim_end().to_owned())
}
