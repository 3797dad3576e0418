//! The lines of a source, one by one, however broken.
//!
//! A row is a line: a quoted field that goes on over several lines is refused, so that one lost quote costs
//! one row and never swallows the rest of the file. Row numbers are a spreadsheet's: the header is row 1.
//!
//! Promises: never holds more than one line, never reads beyond the limits, understands gzip and zstd by
//! their first bytes. Never judges what a line means.

use std::io::{self, BufRead, BufReader, Read};

use domain::catalogue_file::{MAX_LINE_BYTES, RowReason, is_blank, text_of};

/// One line.
pub(super) enum Line<'a> {
    Text(&'a str),
    Refused(RowReason),
}

/// Reads lines and counts them.
pub(super) struct Lines<R> {
    source: R,
    row: u64,
    bytes: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            row: 0,
            bytes: 0,
            buffer: Vec::new(),
        }
    }

    /// The number of the line last answered.
    pub(super) fn row(&self) -> u64 {
        self.row
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line that is not blank; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            let Some(whole) = self.read_line()? else {
                return Ok(None);
            };
            self.row += 1;
            if !whole {
                return Ok(Some(Line::Refused(RowReason::TooLong)));
            }
            if !is_blank(&self.buffer) {
                break;
            }
        }
        Ok(Some(match text_of(&self.buffer, self.row == 1) {
            Ok(text) => Line::Text(text),
            Err(reason) => Line::Refused(reason),
        }))
    }

    /// Reads one line into the buffer; false: it was too long and its rest was passed over.
    fn read_line(&mut self) -> io::Result<Option<bool>> {
        self.buffer.clear();
        let mut bounded = (&mut self.source).take(MAX_LINE_BYTES as u64);
        if bounded.read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(None);
        }
        self.bytes += self.buffer.len() as u64;
        if self.buffer.ends_with(b"\n") || self.buffer.len() < MAX_LINE_BYTES {
            return Ok(Some(true));
        }
        self.bytes += self.source.skip_until(b'\n')? as u64;
        Ok(Some(false))
    }
}

/// The unpacked source, whichever way it is packed.
pub(in crate::shop) fn unpacked<'a>(source: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut source = BufReader::with_capacity(65_536, source);
    let start = source.fill_buf()?;
    if start.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(flate2::bufread::MultiGzDecoder::new(source)));
    }
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok(Box::new(zstd::Decoder::with_buffer(source)?));
    }
    Ok(Box::new(source))
}
