//! Dots: rows of text drawn from fonts of our own, QR codes, logos.
//!
//! Promises: drawing any text ends in dots, never in a panic, and at the same cells where the printer's
//! own letters would stand. Never holds money or meaning; floats are allowed here and nowhere else in
//! this crate.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "dots are small numbers"
)]

mod bitmap;
mod fonts;
mod ink;
mod logo;
mod qr;
mod typesetter;

pub use bitmap::Bitmap;
pub(crate) use ink::Ink;
pub(crate) use qr::QrPicture;

use crate::cells::cells;
use crate::layout::{Align, Segment, TextRow, TextSize};
use crate::profile::PrinterProfile;
use typesetter::Place;

/// Draws a row over the whole width of the paper.
pub(crate) fn draw_row(row: &TextRow, profile: &PrinterProfile) -> Ink {
    let (wide, high) = row.size.scale();
    let height = usize::from(profile.line_dots) * usize::from(high);
    let mut paper = Ink::white(profile.dots.into(), height);
    for segment in &row.segments {
        typesetter::draw(&mut paper, &segment.text, place(row, segment, profile));
    }
    if row.inverse {
        let cell = cell_width(row.size, profile) * usize::from(wide);
        for segment in &row.segments {
            let start = segment.text_start();
            let end = start + cells(&segment.text) + 1;
            paper.invert(start.saturating_sub(1) * cell, end.min(row.columns) * cell);
        }
    }
    paper
}

fn cell_width(size: TextSize, profile: &PrinterProfile) -> usize {
    match size {
        TextSize::Small => profile.font_b.cell_width.into(),
        TextSize::Normal | TextSize::Tall | TextSize::Large => profile.font_a.cell_width.into(),
    }
}

fn place(row: &TextRow, segment: &Segment, profile: &PrinterProfile) -> Place {
    let (wide, high) = row.size.scale();
    let cell = cell_width(row.size, profile);
    let dots =
        |cells: usize| i32::try_from(cells * cell * usize::from(wide)).unwrap_or(i32::MAX / 8);
    // What stands in the middle begins at a whole cell, as the printer's own letters do.
    let (start, width) = match segment.align {
        Align::Centre => (segment.text_start(), cells(&segment.text)),
        Align::Left | Align::Right => (segment.start, segment.width),
    };
    Place {
        left: dots(start),
        width: dots(width),
        // Letters stand at three quarters: room for Thai marks above and Arabic tails below.
        baseline: i32::from(profile.line_dots) * i32::from(high) * 3 / 4,
        cell: i32::try_from(cell).unwrap_or(12),
        enlarged: high.into(),
        squeezed: i32::from(high / wide),
        align: segment.align,
        bold: row.bold,
    }
}
