//! One job under construction: knows which style and code page the printer is in, and says only what
//! changes.

use escpos::printer::Printer;
use escpos::utils::{
    Font, JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};

use super::buffer::Kept;
use crate::encode::Encoding;
use crate::layout::{TextRow, TextSize};
use crate::profile::{CodePage, CutKind, PrinterProfile};
use crate::raster::{Bitmap, draw_row};

/// Pictures are sent in strips: old printers hold no more rows than this at once.
const STRIP_ROWS: usize = 255;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    size: TextSize,
    bold: bool,
}

const PLAIN: Style = Style {
    size: TextSize::Normal,
    bold: false,
};

pub(super) struct Job<'a> {
    printer: Printer<Kept>,
    profile: &'a PrinterProfile,
    page: Option<CodePage>,
    style: Style,
}

impl<'a> Job<'a> {
    pub(super) fn begin(profile: &'a PrinterProfile) -> Self {
        let printer = Printer::new(Kept::default(), Protocol::default(), None);
        let mut job = Self {
            printer,
            profile,
            page: None,
            style: PLAIN,
        };
        // Crate escpos answers a Result everywhere; commands without data only fail when the buffer does,
        // and a vector does not.
        let _ = job.printer.init();
        if profile.leave_double_byte_mode {
            job.raw(&[0x1C, b'.']);
        }
        // The US set: other countries' sets print "#" or "$" as something else.
        job.raw(&[0x1B, b'R', 0]);
        job.line_spacing(PLAIN.size);
        if let Some(first) = profile.code_pages.first() {
            job.select(*first);
        }
        job
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        let _ = self.printer.custom(bytes);
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        let _ = self.printer.print();
        self.printer.driver().take()
    }

    pub(super) fn feed(&mut self, lines: u8) {
        self.style(PLAIN);
        self.raw(&vec![b'\n'; lines.into()]);
    }

    pub(super) fn rule(&mut self, columns: usize) {
        self.style(PLAIN);
        let mut bytes = vec![b'-'; columns];
        bytes.push(b'\n');
        self.raw(&bytes);
    }

    /// As letters if a code page has them all, else as dots.
    pub(super) fn row(&mut self, row: &TextRow) {
        let plain = row.plain();
        let Some((page, bytes)) = self.encode(&plain) else {
            self.picture(
                &draw_row(row, self.profile).burnt().trimmed(),
                JustifyMode::LEFT,
            );
            return;
        };
        self.select(page);
        self.style(Style {
            size: row.size,
            bold: row.bold,
        });
        if row.inverse {
            self.inverse(&bytes);
        } else {
            self.raw(&bytes);
        }
        self.raw(b"\n");
    }

    /// White on black over the text and one cell to each side; the space before it stays paper.
    fn inverse(&mut self, bytes: &[u8]) {
        let spaces = bytes.iter().take_while(|byte| **byte == b' ').count();
        self.raw(&bytes[..spaces.saturating_sub(1)]);
        let _ = self.printer.reverse(true);
        self.raw(&[b" ", &bytes[spaces..], b" "].concat());
        let _ = self.printer.reverse(false);
    }

    /// The row in the page the printer is in or in another one that has it all; failing that, with
    /// look-alikes.
    fn encode(&self, text: &str) -> Option<(CodePage, Vec<u8>)> {
        self.encode_by(|encoding| encoding.encode(text))
            .or_else(|| self.encode_by(|encoding| encoding.encode_alike(text)))
    }

    fn encode_by(
        &self,
        encode: impl Fn(Encoding) -> Option<Vec<u8>>,
    ) -> Option<(CodePage, Vec<u8>)> {
        let mut pages = self.page.iter().chain(&self.profile.code_pages);
        pages.find_map(|page| Some((*page, encode(page.encoding)?)))
    }

    fn select(&mut self, page: CodePage) {
        if self.page != Some(page) {
            self.raw(&[0x1B, b't', page.number]);
            self.page = Some(page);
        }
    }

    fn style(&mut self, style: Style) {
        if style.size != self.style.size {
            let (wide, high) = style.size.scale();
            let font = if style.size == TextSize::Small {
                Font::B
            } else {
                Font::A
            };
            let _ = self.printer.font(font);
            let _ = self.printer.size(wide, high);
            self.line_spacing(style.size);
        }
        if style.bold != self.style.bold {
            let _ = self.printer.bold(style.bold);
        }
        self.style = style;
    }

    fn line_spacing(&mut self, size: TextSize) {
        let dots = self.profile.line_dots * u16::from(size.scale().1);
        let _ = self
            .printer
            .line_spacing(u8::try_from(dots).unwrap_or(u8::MAX));
    }

    /// Dots, in strips of `GS v 0`.
    pub(super) fn picture(&mut self, picture: &Bitmap, justify: JustifyMode) {
        self.style(PLAIN);
        let _ = self.printer.justify(justify);
        for from in (0..picture.height()).step_by(STRIP_ROWS) {
            let to = (from + STRIP_ROWS).min(picture.height());
            let [wide_low, wide_high] = low_high(picture.stride());
            let [high_low, high_high] = low_high(to - from);
            let head = [
                0x1D, b'v', b'0', 0, wide_low, wide_high, high_low, high_high,
            ];
            self.raw(&[&head, picture.bytes(from, to)].concat());
        }
        let _ = self.printer.justify(JustifyMode::LEFT);
    }

    /// A code the printer draws itself.
    pub(super) fn native_qr(&mut self, text: &str, module: usize) {
        let size = u8::try_from(module).unwrap_or(4);
        let option = QRCodeOption::new(QRCodeModel::Model2, size, QRCodeCorrectionLevel::M);
        self.style(PLAIN);
        let _ = self.printer.justify(JustifyMode::CENTER);
        let _ = self.printer.qrcode_option(text, option);
        let _ = self.printer.justify(JustifyMode::LEFT);
    }

    pub(super) fn cut(&mut self, kind: CutKind) {
        self.raw(&[0x1D, b'V', u8::from(kind == CutKind::Partial)]);
    }
}

fn low_high(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}
