//! A QR code as a picture of one dot a module, and how large its modules are printed.

use qrcode::{Color, EcLevel, QrCode};

use super::Bitmap;
use crate::profile::PrinterProfile;

/// A code takes about this share of the paper's width.
const WIDTH_PERCENT: usize = 38;

/// A QR code and the size of its modules in dots.
#[derive(Debug, Clone)]
pub(crate) struct QrPicture {
    /// One dot a module.
    pub(crate) code: Bitmap,
    /// Dots of one module.
    pub(crate) module: usize,
}

impl QrPicture {
    /// The code of a text; None if the text is too long for any.
    pub(crate) fn of(text: &str, profile: &PrinterProfile) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
        let width = code.width();
        let mut picture = Bitmap::white(width, width);
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                picture.blacken(at % width, at / width);
            }
        }
        // Below three dots a telephone cannot read it, above eight it is a poster.
        let module = (usize::from(profile.dots) * WIDTH_PERCENT / 100 / width).clamp(3, 8);
        Some(Self {
            code: picture,
            module,
        })
    }

    /// Dots across and down.
    pub(crate) fn dots(&self) -> usize {
        self.code.width() * self.module
    }

    /// The code in full size, one bit a dot.
    pub(crate) fn burnt(&self) -> Bitmap {
        let mut large = Bitmap::white(self.dots(), self.dots());
        for y in 0..self.dots() {
            for x in 0..self.dots() {
                if self.code.is_black(x / self.module, y / self.module) {
                    large.blacken(x, y);
                }
            }
        }
        large
    }
}
