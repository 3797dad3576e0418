//! A receipt laid out on the cells of one printer: rows of placed text, rules, a logo, a QR code.
//!
//! Promises: one layout feeds the text form, the picture and the printer's bytes, so the three cannot
//! differ; no row is wider than its columns; any document gives a layout, whatever its texts hold.
//! Never makes bytes or pixels (the logo's dots apart), never computes money.

mod articles;
mod head;
mod sheet;
mod sums;

use crate::cells::cells;
use crate::document::ReceiptDocument;
use crate::profile::PrinterProfile;
use crate::raster::Bitmap;

use sheet::Sheet;

/// How large a row is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextSize {
    /// The printer's small font.
    Small,
    /// The printer's normal font.
    Normal,
    /// Twice as high.
    Tall,
    /// Twice as high and wide.
    Large,
}

impl TextSize {
    /// Cells a row of this size has on that printer.
    pub fn columns(self, profile: &PrinterProfile) -> usize {
        match self {
            Self::Small => profile.font_b.columns.into(),
            Self::Normal | Self::Tall => profile.font_a.columns.into(),
            Self::Large => usize::from(profile.font_a.columns / 2),
        }
    }

    /// How many times wider and higher than the font's own cell.
    pub fn scale(self) -> (u8, u8) {
        match self {
            Self::Small | Self::Normal => (1, 1),
            Self::Tall => (1, 2),
            Self::Large => (2, 2),
        }
    }
}

/// Where a text stands in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the box's left edge.
    Left,
    /// In the middle.
    Centre,
    /// At the box's right edge.
    Right,
}

/// A text in a box of cells. The text is never wider than the box; boxes of a row never overlap and
/// stand in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// First cell of the box.
    pub start: usize,
    /// Cells of the box.
    pub width: usize,
    /// Where in the box.
    pub align: Align,
    /// Clean text: no control characters.
    pub text: String,
}

impl Segment {
    /// The cell where the text begins.
    pub fn text_start(&self) -> usize {
        let spare = self.width.saturating_sub(cells(&self.text));
        match self.align {
            Align::Left => self.start,
            Align::Centre => self.start + spare / 2,
            Align::Right => self.start + spare,
        }
    }
}

/// One printed line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// How large.
    pub size: TextSize,
    /// Emphasised.
    pub bold: bool,
    /// White on black, over the text's own width and one cell to each side.
    pub inverse: bool,
    /// Cells of the whole row at this size.
    pub columns: usize,
    /// The texts, left to right.
    pub segments: Vec<Segment>,
}

impl TextRow {
    /// The row as one string, padded with spaces between the texts and not after the last.
    pub fn plain(&self) -> String {
        let mut out = String::new();
        let mut at = 0;
        for segment in &self.segments {
            let start = segment.text_start();
            out.extend(std::iter::repeat_n(' ', start.saturating_sub(at)));
            out.push_str(&segment.text);
            at = start.max(at) + cells(&segment.text);
        }
        out.truncate(out.trim_end().len());
        out
    }
}

/// One thing down the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A line of text.
    Text(TextRow),
    /// A line across the paper.
    Rule,
    /// Air of one text line.
    Blank,
    /// A QR code of this text, in the middle.
    Qr(String),
    /// A picture, in the middle.
    Picture(Bitmap),
}

/// A receipt on one printer's paper, top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Cells of a normal row.
    pub columns: usize,
    /// Top to bottom.
    pub rows: Vec<Row>,
}

/// Lays a receipt out on a printer's paper.
pub fn lay_out(document: &ReceiptDocument, profile: &PrinterProfile) -> Layout {
    let mut sheet = Sheet::new(profile);
    head::compose(&mut sheet, document, profile);
    articles::compose(&mut sheet, document);
    sums::compose(&mut sheet, document);
    sheet.finish()
}
