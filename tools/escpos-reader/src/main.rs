//! Reads a receipt printer's bytes from standard input with an interpreter that is not ours, and
//! prints what it understood as one JSON object. `--paper 58|80` (80), `--png FILE` draws it too.
//! `--jobs` alone reads many: each job is its length (four bytes, little-endian) and its bytes, each answer one line.
//!
//! `text`: the receipt as it would stand on the paper. `unknown_commands`: everything the interpreter
//! does not know, as hex with its reason; commands that only set the printer up (line spacing, national
//! set, double-byte mode, white on black) are counted apart in `settings_not_modelled`, because the
//! interpreter draws the same without them.

mod jobs;
mod pages;

use std::io::{Read, Write};
use std::process::ExitCode;

use hardless_escpos::{Node, Parser};
use hardless_render::{PaperWidth, RenderOptions, render_png, to_text_with};
use serde_json::{Value, json};

/// Settings that put no ink on the paper: ESC 3 n, ESC R n, FS ., GS B n.
const SETTINGS: [&[u8]; 4] = [b"\x1b3", b"\x1bR", b"\x1c.", b"\x1dB"];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("escpos-reader: {words}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    if std::env::args().skip(1).eq(["--jobs"]) {
        return jobs::run().map_err(|error| format!("cannot read or write: {error}"));
    }
    let (paper, png) = arguments()?;
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read standard input: {error}"))?;
    let nodes = read(&bytes);
    let (settings, nodes): (Vec<Node>, Vec<Node>) = nodes.into_iter().partition(is_setting);
    let options = RenderOptions {
        paper,
        show_unknown: true,
    };
    if let Some(path) = png {
        let picture =
            render_png(&nodes, &options).map_err(|error| format!("cannot draw: {error}"))?;
        std::fs::write(&path, picture).map_err(|error| format!("cannot write {path}: {error}"))?;
    }
    let report = report(&bytes, &nodes, settings.len(), &options);
    writeln!(std::io::stdout(), "{report:#}").map_err(|error| format!("cannot write: {error}"))
}

fn arguments() -> Result<(PaperWidth, Option<String>), String> {
    let (mut paper, mut png) = (PaperWidth::Mm80, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--paper" if value.as_deref() == Ok("58") => paper = PaperWidth::Mm58,
            "--paper" if value.as_deref() == Ok("80") => paper = PaperWidth::Mm80,
            "--png" => png = Some(value?),
            _ => {
                return Err(format!(
                    "{argument} is not known; use --paper 58|80 and --png FILE"
                ));
            }
        }
    }
    Ok((paper, png))
}

fn read(bytes: &[u8]) -> Vec<Node> {
    let mut parser = Parser::with_code_pages(pages::known());
    let mut nodes = parser.push(bytes);
    nodes.extend(parser.finish());
    nodes
}

fn is_setting(node: &Node) -> bool {
    matches!(node, Node::Unknown { bytes, .. } if SETTINGS.iter().any(|setting| bytes.starts_with(setting)))
}

fn report(bytes: &[u8], nodes: &[Node], settings: usize, options: &RenderOptions) -> Value {
    let unknown: Vec<_> = nodes
        .iter()
        .filter_map(|node| match node {
            Node::Unknown {
                bytes,
                command,
                warning,
            } => Some(json!({ "hex": hex(bytes), "command": command, "warning": warning })),
            _ => None,
        })
        .collect();
    let qr: Vec<_> = nodes
        .iter()
        .filter_map(|node| match node {
            Node::QrStore { text, .. } => Some(text),
            _ => None,
        })
        .collect();
    let count = |wanted: fn(&Node) -> bool| nodes.iter().filter(|node| wanted(node)).count();
    json!({
        "bytes": bytes.len(),
        "commands": nodes.len() + settings,
        "text": to_text_with(nodes, options),
        "qr": qr,
        "cuts": count(|node| matches!(node, Node::Cut { .. })),
        "drawer_pulses": count(|node| matches!(node, Node::Pulse { .. })),
        "pictures": count(|node| matches!(node, Node::RasterImage { .. })),
        "status_requests": count(|node| matches!(node, Node::Status { .. })),
        "settings_not_modelled": settings,
        "unknown_commands": unknown,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .join(" ")
}
