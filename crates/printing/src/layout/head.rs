//! The top of a receipt: logo, shop, marks, number, who and when.

use super::sheet::{BOLD, NORMAL, Sheet, Style};
use super::{Align, TextSize};
use crate::document::{ReceiptDocument, ReceiptKind};
use crate::profile::PrinterProfile;
use crate::raster::Bitmap;

/// A logo takes at most this share of the width, and this many dots down.
const LOGO_WIDTH_PERCENT: u32 = 70;
const LOGO_HEIGHT_DOTS: u32 = 200;
/// A shop's name is large as long as it does not become a poster.
const MAX_NAME_ROWS: usize = 2;

pub(super) fn compose(sheet: &mut Sheet<'_>, document: &ReceiptDocument, profile: &PrinterProfile) {
    shop(sheet, document, profile);
    marks(sheet, document);
    facts(sheet, document);
    sheet.rule();
}

fn shop(sheet: &mut Sheet<'_>, document: &ReceiptDocument, profile: &PrinterProfile) {
    let head = &document.head;
    let width = u32::from(profile.dots) * LOGO_WIDTH_PERCENT / 100;
    if let Some(logo) = head
        .logo_png
        .as_deref()
        .and_then(|png| Bitmap::from_png(png, width, LOGO_HEIGHT_DOTS))
    {
        sheet.picture(logo);
        sheet.blank();
    }
    let size = if sheet.rows(&head.name, TextSize::Large) <= MAX_NAME_ROWS {
        TextSize::Large
    } else {
        TextSize::Tall
    };
    sheet.text(&head.name, Style { size, bold: true }, Align::Centre);
    for line in &head.lines {
        sheet.text(line, NORMAL, Align::Centre);
    }
    sheet.blank();
}

fn marks(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    if document.kind == ReceiptKind::Refund {
        sheet.mark(&document.words.refund);
    }
    if document.copy {
        sheet.mark(&document.words.copy);
    }
    if document.copy || document.kind == ReceiptKind::Refund {
        sheet.blank();
    }
}

fn facts(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    let words = &document.words;
    side_by_side(
        sheet,
        &format!("{} {}", words.receipt, document.number),
        &document.time_text,
    );
    side_by_side(
        sheet,
        &format!("{} {}", words.till, document.till),
        &format!("{} {}", words.operator, document.operator),
    );
    let more = [
        (&words.refund_of, &document.of_number),
        (&words.reason, &document.reason),
        (&words.approved_by, &document.approved_by),
        (&words.reference, &document.reference),
    ];
    for (word, text) in more {
        if let Some(text) = text {
            let style = if *word == words.refund_of {
                BOLD
            } else {
                NORMAL
            };
            sheet.text(&format!("{word} {text}"), style, Align::Left);
        }
    }
}

/// Two facts on one row if they fit whole, else one below the other.
fn side_by_side(sheet: &mut Sheet<'_>, left: &str, right: &str) {
    let right = crate::cells::clean(right);
    if sheet.fits(&format!("{left} {right}"), TextSize::Normal) {
        sheet.pair(left, &right, 0, NORMAL);
    } else {
        sheet.text(left, NORMAL, Align::Left);
        sheet.text(&right, NORMAL, Align::Left);
    }
}
