//! A layout as the bytes of one print job.
//!
//! Promises: one buffer, sent at once, complete in itself: it begins by resetting the printer, so
//! nothing of an earlier job shows; text is only sent in code pages that hold every letter of the row;
//! other rows are sent as dots. No text can become a command.
//!
//! Crate escpos makes the commands where it is right (reset, style, justification, QR). Where it is
//! not, the bytes are ours: its drawer pulse is two bytes short and swallows the next command, its
//! partial cut cuts through, and its encoder is replaced by [`crate::encode`].

mod buffer;
mod job;

use escpos::utils::JustifyMode;

use crate::layout::{Layout, Row};
use crate::profile::{DrawerPulse, PrinterProfile, QrPrinting};
use crate::raster::QrPicture;
use job::Job;

/// What a job does besides printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobOptions {
    /// Cut the paper at the end, if the printer can.
    pub cut: bool,
    /// Open the drawer at once, before the first line, if there is one.
    pub drawer: bool,
}

/// Lines that bring the end of the receipt above the edge where it is torn by hand.
const TEAR_OFF_LINES: u8 = 4;

/// The bytes of a receipt.
pub fn to_escpos(layout: &Layout, profile: &PrinterProfile, options: JobOptions) -> Vec<u8> {
    let mut job = Job::begin(profile);
    if options.drawer {
        job.raw(&drawer_pulse(profile));
    }
    for row in &layout.rows {
        print_row(&mut job, row, layout.columns, profile);
    }
    finish(&mut job, profile, options);
    job.finish()
}

/// The bytes that open the drawer and print nothing; empty if the printer has no drawer connector.
pub fn drawer_pulse(profile: &PrinterProfile) -> Vec<u8> {
    profile.drawer.map_or_else(Vec::new, DrawerPulse::in_turn)
}

impl DrawerPulse {
    /// `ESC p`: after what was sent before. A printer that cannot print keeps it for later.
    pub(crate) fn in_turn(self) -> Vec<u8> {
        let steps = |ms: u16| u8::try_from(ms / 2).unwrap_or(u8::MAX);
        vec![
            0x1B,
            b'p',
            self.connector(),
            steps(self.on_ms),
            steps(self.off_ms),
        ]
    }

    /// `DLE DC4 1`: at once, also when the paper is out. In steps of 100 ms, so at least that.
    pub(crate) fn at_once(self) -> Vec<u8> {
        let steps = u8::try_from(self.on_ms.div_ceil(100).clamp(1, 8)).unwrap_or(1);
        vec![0x10, 0x14, 1, self.connector(), steps]
    }

    fn connector(self) -> u8 {
        u8::from(self.pin == 5)
    }
}

fn print_row(job: &mut Job<'_>, row: &Row, columns: usize, profile: &PrinterProfile) {
    match row {
        Row::Text(row) => job.row(row),
        Row::Rule => job.rule(columns),
        Row::Blank => job.feed(1),
        Row::Picture(picture) => job.picture(picture, JustifyMode::CENTER),
        Row::Qr(text) => match (profile.qr, QrPicture::of(text, profile)) {
            (QrPrinting::Native, Some(qr)) => job.native_qr(text, qr.module),
            (QrPrinting::Raster, Some(qr)) => job.picture(&qr.burnt(), JustifyMode::CENTER),
            (_, None) => {}
        },
    }
}

fn finish(job: &mut Job<'_>, profile: &PrinterProfile, options: JobOptions) {
    match profile.cutter {
        Some(cutter) if options.cut => {
            job.feed(cutter.feed_lines);
            job.cut(cutter.kind);
        }
        _ => job.feed(TEAR_OFF_LINES),
    }
}
