//! One bit a dot, rows padded to bytes, the leftmost dot in the highest bit: as `GS v 0` wants it.

/// A black and white picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    rows: Vec<u8>,
}

impl Bitmap {
    /// White paper of so many dots.
    pub fn white(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            rows: vec![0; width.div_ceil(8) * height],
        }
    }

    /// Dots across.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Dots down.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes of one row.
    pub fn stride(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// Whether the dot is black; outside is white.
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width
            && y < self.height
            && self.rows[y * self.stride() + x / 8] & (0x80 >> (x % 8)) != 0
    }

    /// Makes the dot black; outside nothing happens.
    pub fn blacken(&mut self, x: usize, y: usize) {
        if x < self.width && y < self.height {
            let at = y * self.stride() + x / 8;
            self.rows[at] |= 0x80 >> (x % 8);
        }
    }

    /// The bytes of the rows `from..to`, cut at the picture's end.
    pub fn bytes(&self, from: usize, to: usize) -> &[u8] {
        let stride = self.stride();
        &self.rows[from.min(self.height) * stride..to.min(self.height) * stride]
    }

    /// The same picture without the white at its right edge (whole bytes of it).
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let used = (0..self.height)
            .filter_map(|y| self.bytes(y, y + 1).iter().rposition(|byte| *byte != 0))
            .max()
            .map_or(1, |last| last + 1)
            .min(self.stride().max(1));
        let width = (used * 8).min(self.width);
        let rows = (0..self.height)
            .flat_map(|y| self.bytes(y, y + 1).iter().take(used).copied())
            .collect();
        Self {
            width,
            height: self.height,
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bitmap;

    #[test]
    fn the_leftmost_dot_is_the_highest_bit() {
        let mut bitmap = Bitmap::white(10, 2);
        bitmap.blacken(0, 0);
        bitmap.blacken(9, 1);
        assert_eq!(
            bitmap.bytes(0, 2),
            [0x80, 0, 0, 0x40],
            "a printer reads the dots in this order"
        );
    }

    #[test]
    fn trimming_takes_white_only() {
        let mut bitmap = Bitmap::white(64, 3);
        bitmap.blacken(11, 1);
        let trimmed = bitmap.trimmed();
        assert_eq!((trimmed.width(), trimmed.height()), (16, 3));
        assert!(trimmed.is_black(11, 1), "the ink stays");
    }
}
