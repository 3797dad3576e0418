//! A strip of paper with ink on it, 0 (white) to 255 (black) a dot: smooth for the preview, cut to
//! black and white for the printer.

use super::Bitmap;

/// From this much ink on, a dot is burnt. Below half, because thin strokes must not break.
const BURN_FROM: u8 = 105;

/// A strip of paper.
#[derive(Debug, Clone)]
pub(crate) struct Ink {
    pub(crate) width: usize,
    pub(crate) height: usize,
    dots: Vec<u8>,
}

impl Ink {
    pub(crate) fn white(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            dots: vec![0; width * height],
        }
    }

    /// The dots of one row.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.dots[y * self.width..(y + 1) * self.width]
    }

    /// Adds ink; beside the paper it is lost.
    pub(crate) fn add(&mut self, x: i32, y: i32, amount: u8) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x < self.width && y < self.height {
            let dot = &mut self.dots[y * self.width + x];
            *dot = dot.saturating_add(amount);
        }
    }

    /// Turns the columns `from..to` white on black.
    pub(crate) fn invert(&mut self, from: usize, to: usize) {
        for row in self.dots.chunks_exact_mut(self.width.max(1)) {
            let end = to.min(row.len());
            for dot in &mut row[from.min(end)..end] {
                *dot = 255 - *dot;
            }
        }
    }

    /// Puts a black and white picture in the middle, from row `top` on, each dot `module` dots large.
    pub(crate) fn centre(&mut self, picture: &Bitmap, top: usize, module: usize) {
        let left = self.width.saturating_sub(picture.width() * module) / 2;
        for y in 0..picture.height() * module {
            for x in 0..picture.width() * module {
                if y + top < self.height
                    && x + left < self.width
                    && picture.is_black(x / module, y / module)
                {
                    self.dots[(y + top) * self.width + x + left] = 255;
                }
            }
        }
    }

    /// Black and white, as the printer burns it.
    pub(crate) fn burnt(&self) -> Bitmap {
        let mut bitmap = Bitmap::white(self.width, self.height);
        for y in 0..self.height {
            for (x, dot) in self.row(y).iter().enumerate() {
                if *dot >= BURN_FROM {
                    bitmap.blacken(x, y);
                }
            }
        }
        bitmap
    }
}
