//! What the layout says against what the interpreter read, row by row.

use printing::{Encoding, Layout, PrinterProfile, QrPrinting, Row, TextRow, cells};

use super::witness::Read;

/// Every row of the layout stands on the paper, in its order, and nothing else does.
pub(super) fn says(layout: &Layout, profile: &PrinterProfile, read: &Read) {
    let mut rows = read.rows.iter().map(Option::as_deref);
    for row in &layout.rows {
        match row {
            Row::Text(text) => {
                let read = rows.next();
                let read = read.unwrap_or_else(|| panic!("{:?} is not on paper", text.plain()));
                row_says(text, profile, read);
            }
            Row::Rule => assert_eq!(
                rows.next(),
                Some(Some("-".repeat(layout.columns).as_str())),
                "a rule goes from edge to edge"
            ),
            Row::Blank => assert_eq!(rows.next(), Some(Some("")), "a blank line is blank"),
            Row::Picture(picture) => pictures(&mut rows, picture.height().div_ceil(255)),
            Row::Qr(text) => match profile.qr {
                QrPrinting::Native => {
                    let fits = read.qr.is_empty() || read.qr == [text.as_str()];
                    assert!(fits, "{:?} is {text:?}, or it fits no code", read.qr);
                }
                // As many strips as it takes, or none for what fits no code.
                QrPrinting::Raster => {
                    while rows.clone().next() == Some(None) {
                        rows.next();
                    }
                }
            },
        }
    }
    assert!(
        rows.all(|row| row == Some("")),
        "behind the last row there is only paper: {:?}",
        read.rows
    );
    assert_eq!(read.unfinished, "", "the last line is finished");
}

fn pictures<'a>(rows: &mut impl Iterator<Item = Option<&'a str>>, strips: usize) {
    for _ in 0..strips {
        assert_eq!(rows.next(), Some(None), "a picture comes in strips");
    }
}

fn row_says(row: &TextRow, profile: &PrinterProfile, read: Option<&str>) {
    let plain = row.plain();
    let letters = profile
        .code_pages
        .iter()
        .any(|page| page.encoding.encode_alike(&plain).is_some());
    match read {
        None => assert!(!letters, "{plain:?} was drawn, and a page has its letters"),
        Some(text) => {
            let (expected, found) = if row.inverse {
                (plain.trim(), text.trim())
            } else {
                (plain.as_str(), text.trim_end())
            };
            assert!(letters, "{found:?} was sent for {plain:?}: no page has it");
            assert_eq!(alike(found), alike(expected), "the letters are those");
            assert!(
                cells(text.trim_end()) <= row.columns,
                "{text:?} leaves a row of {}",
                row.columns
            );
        }
    }
}

/// Signs that the till may print for each other, all as one of them.
fn alike(text: &str) -> String {
    let one = |sign: char| {
        Encoding::Cp437
            .encode_alike(&sign.to_string())
            .and_then(|bytes| bytes.first().copied().filter(u8::is_ascii))
            .map_or(sign, char::from)
    };
    text.chars().map(one).collect()
}
