//! The receipt as a picture of its paper, for the screen and for `--format png`.
//!
//! Promises: one pixel is one dot of the printer, text stands in the same cells as on the paper, and a
//! receipt of a thousand lines is drawn strip by strip, so memory stays small. The pixels are numbers
//! of a palette of ink on warm paper; the serrated lower edge is transparent outside.

use std::io::Write;

use crate::layout::{Layout, Row};
use crate::profile::{PrinterFont, PrinterProfile};
use crate::raster::{Ink, QrPicture, draw_row};

/// Thermal paper and what heat makes of it.
const PAPER: [u8; 3] = [0xFC, 0xFB, 0xF7];
const INK: [u8; 3] = [0x24, 0x22, 0x20];
/// The palette: ink steps first, then one colour for the paper's sides, then steps of vanishing paper.
const INK_STEPS: u8 = 200;
const SIDE: u8 = INK_STEPS;
const FADE: u8 = SIDE + 1;
const FADE_STEPS: u8 = 55;
const SIDE_COLOUR: [u8; 3] = [0xE9, 0xE6, 0xDE];
/// White above and below the print, and the teeth of the cutter.
const TOP: usize = 28;
const BOTTOM: usize = 34;
const TOOTH: usize = 8;
/// Dots of air round a QR code.
const QR_AIR: usize = 10;

/// The receipt as a PNG file. Only an empty vector tells that it could not be made; the reason is in
/// the log.
pub fn to_png(layout: &Layout, profile: &PrinterProfile) -> Vec<u8> {
    let mut out = Vec::new();
    match write(&mut out, layout, profile) {
        Ok(()) => out,
        Err(error) => {
            tracing::warn!(%error, "the picture of a receipt could not be made");
            Vec::new()
        }
    }
}

fn write(
    out: &mut Vec<u8>,
    layout: &Layout,
    profile: &PrinterProfile,
) -> Result<(), png::EncodingError> {
    let margin = margin(profile);
    let width = usize::from(profile.dots) + 2 * margin;
    let print: usize = layout.rows.iter().map(|row| height(row, profile)).sum();
    let size = |dots: usize| u32::try_from(dots).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(out, size(width), size(TOP + print + BOTTOM + TOOTH));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette());
    encoder.set_trns(transparency());
    // Rows of one colour number each: filters find nothing in them that the packing does not.
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header()?;
    let mut sheet = Sheet {
        lines: writer.stream_writer()?,
        margin,
        width,
    };
    sheet.white(TOP)?;
    for row in &layout.rows {
        sheet.strip(&strip(row, profile))?;
    }
    sheet.white(BOTTOM)?;
    sheet.teeth()?;
    sheet.lines.finish()
}

/// The paper left and right of what can be printed.
fn margin(profile: &PrinterProfile) -> usize {
    let (paper, printable) = if profile.paper_mm >= 80 {
        (80, 72)
    } else {
        (58, 48)
    };
    let dots = usize::from(profile.dots);
    (dots * paper / printable - dots) / 2
}

fn height(row: &Row, profile: &PrinterProfile) -> usize {
    let line = usize::from(profile.line_dots);
    match row {
        Row::Text(row) => line * usize::from(row.size.scale().1),
        Row::Rule | Row::Blank => line,
        Row::Picture(picture) => picture.height(),
        Row::Qr(text) => QrPicture::of(text, profile).map_or(0, |qr| qr.dots() + 2 * QR_AIR),
    }
}

fn strip(row: &Row, profile: &PrinterProfile) -> Ink {
    let mut ink = Ink::white(profile.dots.into(), height(row, profile));
    match row {
        Row::Text(row) => return draw_row(row, profile),
        Row::Rule => dashes(&mut ink, profile.font_a),
        Row::Blank => {}
        Row::Picture(picture) => ink.centre(picture, 0, 1),
        Row::Qr(text) => {
            if let Some(qr) = QrPicture::of(text, profile) {
                ink.centre(&qr.code, QR_AIR, qr.module);
            }
        }
    }
    ink
}

/// One dash in each cell, as a row of hyphens prints.
fn dashes(ink: &mut Ink, font: PrinterFont) {
    let middle = i32::try_from(ink.height / 2).unwrap_or(0);
    let cell = i32::from(font.cell_width);
    for x in (0..i32::from(font.columns) * cell).filter(|x| (2..cell - 2).contains(&(x % cell))) {
        ink.add(x, middle, 210);
        ink.add(x, middle + 1, 90);
    }
}

struct Sheet<'a, W: Write> {
    lines: png::StreamWriter<'a, W>,
    margin: usize,
    width: usize,
}

impl<W: Write> Sheet<'_, W> {
    fn white(&mut self, rows: usize) -> std::io::Result<()> {
        for _ in 0..rows {
            let line = self.paper_line();
            self.lines.write_all(&line)?;
        }
        Ok(())
    }

    fn strip(&mut self, ink: &Ink) -> std::io::Result<()> {
        let steps = ink_steps();
        for y in 0..ink.height {
            let mut line = self.paper_line();
            for (pixel, dot) in line[self.margin..].iter_mut().zip(ink.row(y)) {
                *pixel = steps[usize::from(*dot)];
            }
            self.lines.write_all(&line)?;
        }
        Ok(())
    }

    /// The edge the cutter leaves: triangles, smooth by how much of each pixel is paper.
    fn teeth(&mut self) -> std::io::Result<()> {
        for y in 0..TOOTH {
            let mut line = self.paper_line();
            for (x, pixel) in line.iter_mut().enumerate() {
                // Each tooth is as wide as twice its height; the paper ends where the tooth does.
                let phase = x % (2 * TOOTH);
                let depth = if phase < TOOTH {
                    phase
                } else {
                    2 * TOOTH - phase
                };
                match depth.cmp(&y) {
                    std::cmp::Ordering::Greater => {}
                    std::cmp::Ordering::Equal => *pixel = FADE + FADE_STEPS / 2,
                    std::cmp::Ordering::Less => *pixel = FADE,
                }
            }
            self.lines.write_all(&line)?;
        }
        Ok(())
    }

    fn paper_line(&self) -> Vec<u8> {
        let mut line = vec![0; self.width];
        line[0] = SIDE;
        line[self.width - 1] = SIDE;
        line
    }
}

/// The palette's number for each amount of ink.
fn ink_steps() -> [u8; 256] {
    std::array::from_fn(|dot| u8::try_from(dot * usize::from(INK_STEPS - 1) / 255).unwrap_or(0))
}

fn palette() -> Vec<u8> {
    let mix = |step: u8, channel: usize| {
        let (from, to) = (i32::from(PAPER[channel]), i32::from(INK[channel]));
        let value = from + (to - from) * i32::from(step) / i32::from(INK_STEPS - 1);
        u8::try_from(value).unwrap_or(0)
    };
    let ink = (0..INK_STEPS).flat_map(|step| [mix(step, 0), mix(step, 1), mix(step, 2)]);
    let fading = (0..FADE_STEPS).flat_map(|_| PAPER);
    ink.chain(SIDE_COLOUR).chain(fading).collect()
}

fn transparency() -> Vec<u8> {
    let full = std::iter::repeat_n(255, usize::from(FADE));
    let fading = (0..FADE_STEPS).map(|step| {
        let alpha = u16::from(step) * 255 / u16::from(FADE_STEPS);
        u8::try_from(alpha).unwrap_or(255)
    });
    full.chain(fading).collect()
}
