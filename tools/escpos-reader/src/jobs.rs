//! Many jobs on one standard input, for whoever prints thousands of receipts a second.

use std::io::{self, BufRead, Read, Write};

use hardless_escpos::Node;
use serde_json::{Value, json};

/// No receipt is longer; a length beyond it is a mistake of the sender.
const MOST: usize = 64 * 1024 * 1024;

/// Answers each job until there are no more.
pub(crate) fn run() -> io::Result<()> {
    let (mut jobs, mut answers) = (io::stdin().lock(), io::stdout().lock());
    while !jobs.fill_buf()?.is_empty() {
        let mut length = [0; 4];
        jobs.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > MOST {
            return Err(io::Error::other(format!("a job of {length} bytes")));
        }
        let mut job = vec![0; length];
        jobs.read_exact(&mut job)?;
        writeln!(answers, "{}", answer(&crate::read(&job)))?;
        answers.flush()?;
    }
    Ok(())
}

/// What lies on the paper line by line (null: a picture), and what happened beside it.
fn answer(nodes: &[Node]) -> Value {
    let (mut rows, mut line) = (Vec::new(), String::new());
    let (mut qr, mut unknown) = (Vec::new(), Vec::new());
    let (mut cuts, mut pulses, mut widest) = (0, 0, 0);
    for node in nodes {
        match node {
            Node::Text { text } => line.push_str(text),
            Node::LineFeed => rows.push(Value::String(std::mem::take(&mut line))),
            Node::RasterImage { width_bytes, .. } => {
                rows.push(Value::Null);
                widest = widest.max(u32::from(*width_bytes) * 8);
            }
            Node::QrStore { text, .. } => qr.push(text),
            Node::Cut { .. } => cuts += 1,
            Node::Pulse { .. } => pulses += 1,
            Node::Unknown { bytes, .. } if !crate::is_setting(node) => {
                unknown.push(crate::hex(bytes));
            }
            _ => {}
        }
    }
    json!({
        "rows": rows,
        "unfinished": line,
        "qr": qr,
        "widest_picture": widest,
        "cuts": cuts,
        "drawer_pulses": pulses,
        "unknown": unknown,
    })
}
