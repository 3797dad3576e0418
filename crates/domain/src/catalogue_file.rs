//! A shop's list of articles as a file: what a header means, how a row is cut into fields, what a row states.
//!
//! Owns the reading of one line. Tills and head office both take such files, and the same file must be the same
//! articles wherever it is handed in: so there is one reader. Promises that a row is judged alone and that every "no"
//! names the field, the value and the limit within a sentence. Never holds a file, never makes an id.

mod columns;
mod fields;
mod reason;
mod row;

pub use columns::{Columns, SourceForm};
pub use reason::RowReason;
pub use row::ArticleRow;

/// The longest line, in bytes: an article with 50 barcodes and the longest name stays below 8 KiB.
pub const MAX_LINE_BYTES: usize = 65_536;

/// A line's bytes as text, without the marks around it; `first` is the file's first line.
pub fn text_of(line: &[u8], first: bool) -> Result<&str, RowReason> {
    let mark: &[u8] = if first { b"\xef\xbb\xbf" } else { b"" };
    let bare = line.strip_prefix(mark).unwrap_or(line);
    match std::str::from_utf8(bare) {
        Ok(text) => Ok(text.trim_end_matches(['\r', '\n'])),
        Err(error) => Err(RowReason::NotUtf8 {
            byte: line.len() - bare.len() + error.valid_up_to() + 1,
        }),
    }
}

/// Whether a line says nothing: it is passed over, and counted as a row of the file.
pub fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}
