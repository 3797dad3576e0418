//! Shapes and draws one piece of text with cosmic-text: joined Arabic, right to left where the script
//! asks for it, wide Chinese.
//!
//! Promises: the text stays inside its box of dots (letters become smaller when the box is too small);
//! a text that the shaper cannot bear is drawn as "?" signs, and the receipt goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, OnceLock, PoisonError};

use cosmic_text::{
    Attrs, Buffer, Family, FontSystem, LayoutGlyph, Metrics, Shaping, SwashCache, SwashContent,
    Weight, Wrap,
};

use super::fonts;
use super::ink::Ink;
use crate::cells::char_cells;
use crate::layout::Align;

/// Noto Sans Mono's letters are 0.6 of their size wide; so this many times the cell is the letter's size.
const SIZE_PER_CELL: f32 = 1.0 / 0.6;
/// Chinese, Japanese and Korean signs fill two cells: as high as two cells are wide, less some air.
const WIDE_PER_CELL: f32 = 1.9;
/// Letters are never made smaller than this share of their size; beyond it they are cut at the box.
const SMALLEST: f32 = 0.4;
/// Drawn letters kept; a till meets the same ones all day, but a long list in Chinese must not pile up.
const MAX_CACHED: usize = 8_192;

/// Where and how a text is drawn, in dots.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Left edge of the box.
    pub(crate) left: i32,
    /// Width of the box.
    pub(crate) width: i32,
    /// The line the letters stand on.
    pub(crate) baseline: i32,
    /// Width of one cell.
    pub(crate) cell: i32,
    /// Letters are drawn so many times larger...
    pub(crate) enlarged: i32,
    /// ...and then made so many times narrower (tall letters are drawn twice as large, then halved).
    pub(crate) squeezed: i32,
    /// Where in the box.
    pub(crate) align: Align,
    /// Heavy letters.
    pub(crate) bold: bool,
}

struct Typesetter {
    fonts: FontSystem,
    images: SwashCache,
}

/// Draws `text` on the paper.
pub(crate) fn draw(paper: &mut Ink, text: &str, place: Place) {
    static TYPESETTER: OnceLock<Mutex<Typesetter>> = OnceLock::new();
    let typesetter = TYPESETTER.get_or_init(|| {
        Mutex::new(Typesetter {
            fonts: fonts::system(),
            images: SwashCache::new(),
        })
    });
    let mut typesetter = typesetter.lock().unwrap_or_else(PoisonError::into_inner);
    let before = paper.clone();
    if catch_unwind(AssertUnwindSafe(|| typesetter.draw(paper, text, place))).is_err() {
        *paper = before;
        *typesetter = Typesetter {
            fonts: fonts::system(),
            images: SwashCache::new(),
        };
        tracing::warn!(
            characters = text.chars().count(),
            "a text could not be drawn; question marks stand for it"
        );
        let marks: String = text
            .chars()
            .map(|c| if c.is_ascii_graphic() { c } else { '?' })
            .collect();
        typesetter.draw(paper, &marks, place);
    }
}

impl Typesetter {
    fn draw(&mut self, paper: &mut Ink, text: &str, place: Place) {
        if self.images.image_cache.len() > MAX_CACHED {
            self.images = SwashCache::new();
        }
        let room = (place.width * place.squeezed) as f32;
        let mut glyphs = self.shape(text, place, 1.0);
        let mut wide = extent(&glyphs);
        if wide.1 - wide.0 > room {
            let scale = (room / (wide.1 - wide.0)).max(SMALLEST);
            glyphs = self.shape(text, place, scale);
            wide = extent(&glyphs);
        }
        let spare = (room - (wide.1 - wide.0)).max(0.0);
        let shift = match place.align {
            Align::Left => 0.0,
            Align::Centre => spare / 2.0,
            Align::Right => spare,
        };
        for glyph in &glyphs {
            self.stamp(paper, glyph, shift - wide.0, place);
        }
    }

    fn shape(&mut self, text: &str, place: Place, scale: f32) -> Vec<LayoutGlyph> {
        let cell = (place.cell * place.enlarged) as f32 * scale;
        let narrow = Metrics::new(cell * SIZE_PER_CELL, cell * SIZE_PER_CELL);
        let wide = Metrics::new(cell * WIDE_PER_CELL, cell * WIDE_PER_CELL);
        let weight = if place.bold {
            Weight::BOLD
        } else {
            Weight::NORMAL
        };
        let plain = Attrs::new()
            .family(Family::Name(fonts::FAMILY))
            .weight(weight);
        let mut buffer = Buffer::new(&mut self.fonts, narrow);
        buffer.set_wrap(Wrap::None);
        buffer.set_size(None, None);
        let spans = runs(text).into_iter().map(|(run, is_wide)| {
            (
                run,
                plain.clone().metrics(if is_wide { wide } else { narrow }),
            )
        });
        buffer.set_rich_text(spans, &plain, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
            .layout_runs()
            .take(1)
            .flat_map(|run| run.glyphs.to_vec())
            .collect()
    }

    fn stamp(&mut self, paper: &mut Ink, glyph: &LayoutGlyph, shift: f32, place: Place) {
        let at = glyph.physical((shift, 0.0), 1.0);
        let Some(image) = self.images.get_image(&mut self.fonts, at.cache_key) else {
            return;
        };
        if image.content != SwashContent::Mask {
            return;
        }
        let (left, top) = (
            at.x + image.placement.left,
            place.baseline + at.y - image.placement.top,
        );
        let width = usize::try_from(image.placement.width).unwrap_or(0).max(1);
        for (y, row) in (top..).zip(image.data.chunks(width)) {
            for (x, ink) in (left..).zip(row) {
                let inside = x.div_euclid(place.squeezed);
                if *ink > 0 && (0..place.width).contains(&inside) {
                    let share = (i32::from(*ink) + place.squeezed - 1) / place.squeezed;
                    paper.add(place.left + inside, y, u8::try_from(share).unwrap_or(255));
                }
            }
        }
    }
}

/// From where to where the letters reach.
fn extent(glyphs: &[LayoutGlyph]) -> (f32, f32) {
    let from = glyphs
        .iter()
        .map(|glyph| glyph.x)
        .fold(f32::INFINITY, f32::min);
    let to = glyphs
        .iter()
        .map(|glyph| glyph.x + glyph.w)
        .fold(f32::NEG_INFINITY, f32::max);
    if from < to { (from, to) } else { (0.0, 0.0) }
}

/// The text in runs of narrow and of wide characters; marks of no width belong to the run before.
fn runs(text: &str) -> Vec<(&str, bool)> {
    let mut runs = Vec::new();
    let (mut start, mut wide) = (0, None);
    for (at, c) in text.char_indices() {
        let is_wide = match char_cells(c) {
            0 => continue,
            cells => cells > 1,
        };
        if wide.is_some_and(|before| before != is_wide) {
            runs.push((&text[start..at], !is_wide));
            start = at;
        }
        wide = Some(is_wide);
    }
    runs.push((&text[start..], wide.unwrap_or(false)));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_narrow_letters_get_sizes_of_their_own() {
        assert_eq!(
            runs("A4 豆腐x"),
            [("A4 ", false), ("豆腐", true), ("x", false)]
        );
        assert_eq!(runs(""), [("", false)]);
    }

    #[test]
    fn a_text_never_leaves_its_box() {
        let place = Place {
            left: 20,
            width: 60,
            baseline: 22,
            cell: 12,
            enlarged: 1,
            squeezed: 1,
            align: Align::Left,
            bold: false,
        };
        for text in [
            "شاي أخضر بالنعناع",
            "WWWWWWWWWWWW",
            "新鲜豆腐新鲜豆腐",
            "ﷺﷺﷺ",
        ] {
            let mut paper = Ink::white(100, 30);
            draw(&mut paper, text, place);
            let burnt = paper.burnt();
            let black = |x: usize| (0..30).any(|y| burnt.is_black(x, y));
            assert!((20..80).any(black), "{text} left no ink");
            assert!(
                !(0..20).chain(80..100).any(black),
                "{text} runs into its neighbours"
            );
        }
    }
}
