//! A PNG file of the shop's becomes dots: scaled down, then dithered, so that greys survive.
//!
//! Promises: a file that is no picture, too large, or empty gives None; a logo never stops a receipt.

use std::io::Cursor;

use super::Bitmap;

/// A logo of more dots than this was not meant for a till (and would hold up the first receipt).
const MAX_PIXELS: u64 = 16_000_000;

/// Grey values, 0 black to 255 white.
struct Grey {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

impl Bitmap {
    /// Reads a PNG and fits it into the box, keeping its shape; smaller pictures are not enlarged.
    pub fn from_png(png: &[u8], max_width: u32, max_height: u32) -> Option<Self> {
        let picture = read(png)?;
        let fitted = picture.shrunk(max_width as usize, max_height as usize)?;
        Some(fitted.dithered())
    }
}

fn read(png: &[u8]) -> Option<Grey> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return None;
    }
    let mut buffer = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut buffer).ok()?;
    let samples = frame.color_type.samples();
    let pixels = buffer.get(..frame.buffer_size())?.chunks_exact(samples);
    Some(Grey {
        width: width as usize,
        height: height as usize,
        values: pixels.map(grey_of).collect(),
    })
}

/// Luminance on white paper: what is transparent is paper.
fn grey_of(pixel: &[u8]) -> u8 {
    let (red, green, blue, alpha) = match *pixel {
        [grey] => (grey, grey, grey, 255),
        [grey, alpha] => (grey, grey, grey, alpha),
        [red, green, blue] => (red, green, blue, 255),
        [red, green, blue, alpha, ..] => (red, green, blue, alpha),
        [] => (255, 255, 255, 255),
    };
    let light = (u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1_000;
    let on_paper = (light * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
    u8::try_from(on_paper).unwrap_or(255)
}

impl Grey {
    /// Each new pixel is the mean of the old ones below it.
    fn shrunk(&self, max_width: usize, max_height: usize) -> Option<Self> {
        let (mut width, mut height) = (self.width, self.height);
        if width > max_width {
            (width, height) = (max_width, self.height * max_width / self.width);
        }
        if height > max_height {
            (width, height) = (self.width * max_height / self.height, max_height);
        }
        if width == 0 || height == 0 {
            return None;
        }
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                values.push(self.mean(
                    (x * self.width / width, (x + 1) * self.width / width),
                    (y * self.height / height, (y + 1) * self.height / height),
                ));
            }
        }
        Some(Self {
            width,
            height,
            values,
        })
    }

    fn mean(&self, across: (usize, usize), down: (usize, usize)) -> u8 {
        let (mut sum, mut count) = (0_usize, 0_usize);
        for y in down.0..down.1.max(down.0 + 1) {
            for x in across.0..across.1.max(across.0 + 1) {
                sum += usize::from(self.values[y * self.width + x]);
                count += 1;
            }
        }
        u8::try_from(sum / count).unwrap_or(255)
    }

    /// Floyd and Steinberg's way: what a dot is too dark or too light goes on to its neighbours.
    fn dithered(&self) -> Bitmap {
        let mut bitmap = Bitmap::white(self.width, self.height);
        let mut values: Vec<i32> = self.values.iter().map(|v| i32::from(*v)).collect();
        for y in 0..self.height {
            for x in 0..self.width {
                let value = values[y * self.width + x];
                let error = if value < 128 { value } else { value - 255 };
                if value < 128 {
                    bitmap.blacken(x, y);
                }
                self.spread(&mut values, (x, y), error);
            }
        }
        bitmap
    }

    fn spread(&self, values: &mut [i32], (x, y): (usize, usize), error: i32) {
        let mut add = |x: usize, y: usize, share: i32| {
            if x < self.width && y < self.height {
                values[y * self.width + x] += error * share / 16;
            }
        };
        add(x + 1, y, 7);
        if let Some(left) = x.checked_sub(1) {
            add(left, y + 1, 3);
        }
        add(x, y + 1, 5);
        add(x + 1, y + 1, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32, value: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().expect("a header into memory");
        writer
            .write_image_data(&vec![value; (width * height) as usize])
            .expect("pixels into memory");
        drop(writer);
        out
    }

    #[test]
    fn a_wide_logo_is_made_to_fit_and_keeps_its_shape() {
        let logo = Bitmap::from_png(&png_of(800, 400, 0), 400, 300).expect("a picture");
        assert_eq!((logo.width(), logo.height()), (400, 200));
        assert!(
            logo.is_black(0, 0) && logo.is_black(399, 199),
            "black stays black"
        );
    }

    #[test]
    fn a_grey_logo_becomes_as_many_dots_as_it_is_dark() {
        let logo = Bitmap::from_png(&png_of(64, 64, 127), 100, 100).expect("a picture");
        let black = (0..64 * 64)
            .filter(|at| logo.is_black(at % 64, at / 64))
            .count();
        assert!(
            (1_700..2_400).contains(&black),
            "half grey is about half the dots, not {black} of 4096"
        );
    }

    #[test]
    fn a_file_that_is_no_picture_is_left_out() {
        assert_eq!(Bitmap::from_png(b"GIF89a", 10, 10), None);
        assert_eq!(
            Bitmap::from_png(&png_of(9, 9, 0)[..40], 10, 10),
            None,
            "a torn file is no picture"
        );
    }
}
