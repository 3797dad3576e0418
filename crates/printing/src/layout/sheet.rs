//! The sheet the parts of a receipt write on: it places texts in cells.
//!
//! Promises: whatever is put on it is cleaned, wrapped and within the columns. Never drops a text.

use super::{Align, Layout, Row, Segment, TextRow, TextSize};
use crate::cells::{cells, clean, wrap};
use crate::profile::PrinterProfile;
use crate::raster::Bitmap;

/// Below this a text beside an amount is unreadable confetti; the amount then gets its own row.
const NARROWEST_NAME: usize = 10;

/// The least room in which a text of at most `columns` is not torn: its longest word's, so that an
/// amount in it ("3 × 10000.00") stays whole.
fn narrowest(text: &str, columns: usize) -> usize {
    let words = text.split(' ').map(cells).filter(|word| *word <= columns);
    words
        .max()
        .unwrap_or(0)
        .max(cells(text).min(NARROWEST_NAME))
        .max(2)
}

/// Size and emphasis of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) size: TextSize,
    pub(super) bold: bool,
}

pub(super) const NORMAL: Style = Style {
    size: TextSize::Normal,
    bold: false,
};
pub(super) const BOLD: Style = Style {
    size: TextSize::Normal,
    bold: true,
};

/// Rows so far, and the columns each size has.
pub(super) struct Sheet<'a> {
    profile: &'a PrinterProfile,
    rows: Vec<Row>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(profile: &'a PrinterProfile) -> Self {
        Self {
            profile,
            rows: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Layout {
        Layout {
            columns: TextSize::Normal.columns(self.profile),
            rows: self.rows,
        }
    }

    pub(super) fn columns(&self, size: TextSize) -> usize {
        size.columns(self.profile)
    }

    /// Whether the text is one row at that size.
    pub(super) fn fits(&self, text: &str, size: TextSize) -> bool {
        // Spaces at its end count: they hold a text off the edge.
        cells(text) <= self.columns(size)
    }

    /// How many rows the text takes at that size.
    pub(super) fn rows(&self, text: &str, size: TextSize) -> usize {
        wrap(&clean(text), self.columns(size)).len()
    }

    /// The first size if `text` is then one row, else the second.
    pub(super) fn fitting(&self, text: &str, wish: TextSize, else_size: TextSize) -> TextSize {
        if self.fits(&clean(text), wish) {
            wish
        } else {
            else_size
        }
    }

    pub(super) fn rule(&mut self) {
        self.rows.push(Row::Rule);
    }

    pub(super) fn blank(&mut self) {
        self.rows.push(Row::Blank);
    }

    pub(super) fn qr(&mut self, text: &str) {
        self.rows.push(Row::Qr(text.to_owned()));
    }

    pub(super) fn picture(&mut self, bitmap: Bitmap) {
        self.rows.push(Row::Picture(bitmap));
    }

    /// A text over the whole width, wrapped.
    pub(super) fn text(&mut self, text: &str, style: Style, align: Align) {
        let columns = self.columns(style.size);
        for piece in wrap(&clean(text), columns) {
            self.push(
                style,
                vec![Segment {
                    start: 0,
                    width: columns,
                    align,
                    text: piece,
                }],
            );
        }
    }

    /// A wrapped text that begins `indent` cells in.
    pub(super) fn indented(&mut self, text: &str, indent: usize, style: Style) {
        let width = self.columns(style.size) - indent;
        for text in wrap(&clean(text), width) {
            self.push(
                style,
                vec![Segment {
                    start: indent,
                    width,
                    align: Align::Left,
                    text,
                }],
            );
        }
    }

    /// A mark no one overlooks: large, white on black, in the middle.
    pub(super) fn mark(&mut self, text: &str) {
        let size = self.fitting(&format!("  {text}"), TextSize::Large, TextSize::Tall);
        let columns = self.columns(size);
        for text in wrap(&clean(text), columns - 2) {
            let segments = vec![Segment {
                start: 0,
                width: columns,
                align: Align::Centre,
                text,
            }];
            self.rows.push(Row::Text(TextRow {
                size,
                bold: true,
                inverse: true,
                columns,
                segments,
            }));
        }
    }

    /// `left` at the left, wrapped in what `right` leaves; `right` at the right edge of the first row.
    /// If that leaves too little, `right` follows on rows of its own.
    pub(super) fn pair(&mut self, left: &str, right: &str, indent: usize, style: Style) {
        let columns = self.columns(style.size);
        let left = clean(left);
        let taken = cells(right);
        let room = columns.saturating_sub(indent + taken + 1);
        if left.is_empty() || room < narrowest(&left, columns - indent) {
            self.indented(&left, indent, style);
            self.right(right, style);
            return;
        }
        for (row, text) in wrap(&left, room).into_iter().enumerate() {
            let mut segments = vec![Segment {
                start: indent,
                width: room,
                align: Align::Left,
                text,
            }];
            if row == 0 {
                let start = columns - taken;
                segments.push(Segment {
                    start,
                    width: taken,
                    align: Align::Right,
                    text: right.to_owned(),
                });
            }
            self.push(style, segments);
        }
    }

    fn right(&mut self, text: &str, style: Style) {
        let columns = self.columns(style.size);
        if cells(text) <= columns {
            let whole = Segment {
                start: 0,
                width: columns,
                align: Align::Right,
                text: text.to_owned(),
            };
            self.push(style, vec![whole]);
        } else {
            self.text(text, style, Align::Right);
        }
    }

    /// Texts at the right edges of the given columns (each a width), the first one at its left edge.
    /// The caller has made sure that they fit.
    pub(super) fn table_row(&mut self, texts: &[String], widths: &[usize], style: Style) {
        let mut start = 0;
        let mut segments = Vec::with_capacity(texts.len());
        for (column, (text, &width)) in texts.iter().zip(widths).enumerate() {
            let align = if column == 0 {
                Align::Left
            } else {
                Align::Right
            };
            segments.push(Segment {
                start,
                width,
                align,
                text: clean(text),
            });
            start += width;
        }
        self.push(style, segments);
    }

    fn push(&mut self, style: Style, segments: Vec<Segment>) {
        let columns = self.columns(style.size);
        let segments = segments
            .into_iter()
            .filter(|segment| !segment.text.is_empty())
            .collect();
        self.rows.push(Row::Text(TextRow {
            size: style.size,
            bold: style.bold,
            inverse: false,
            columns,
            segments,
        }));
    }
}
