//! A layout as plain text: for `--format text`, logs of what was printed, and golden tests.
//!
//! Promises: no line is wider than the layout's columns, no trailing spaces, one newline at each end
//! of line. Sizes are lost: a row in large letters is centred and spaced as on the paper, in small ones.

use crate::cells::{cells, clean, wrap};
use crate::layout::{Layout, Row, TextRow};

/// The receipt as text.
pub fn to_text(layout: &Layout) -> String {
    let mut out = String::new();
    for row in &layout.rows {
        match row {
            Row::Text(text) => line(&mut out, &fit(text, layout.columns)),
            Row::Rule => line(&mut out, &"-".repeat(layout.columns)),
            Row::Blank => line(&mut out, ""),
            Row::Qr(link) => qr(&mut out, link, layout.columns),
            Row::Picture(_) => line(&mut out, &centred("[logo]", layout.columns)),
        }
    }
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

fn qr(out: &mut String, link: &str, columns: usize) {
    for piece in wrap(&format!("[QR {}]", clean(link)), columns) {
        line(out, &centred(&piece, columns));
    }
}

/// A row of the normal font as it stands. A row of another font has other columns: its texts keep
/// their edges, and what is too wide (the small font's rows are) is wrapped.
fn fit(row: &TextRow, columns: usize) -> String {
    if row.columns == columns {
        return mark(row, row.plain());
    }
    match row.segments.as_slice() {
        [left, right] if cells(&left.text) + cells(&right.text) < columns => {
            let gap = columns - cells(&left.text) - cells(&right.text);
            format!("{}{}{}", left.text, " ".repeat(gap), right.text)
        }
        _ => {
            let whole = clean(&row.plain());
            let centred = |piece: &String| centred(&mark(row, piece.clone()), columns);
            wrap(&whole, columns)
                .iter()
                .map(centred)
                .collect::<Vec<_>>()
                .join("\n")
        }
    }
}

/// White on black has no other sign in plain text.
fn mark(row: &TextRow, text: String) -> String {
    if row.inverse {
        format!("*{}*", text)
    } else {
        text
    }
}

fn centred(text: &str, columns: usize) -> String {
    let before = columns.saturating_sub(cells(text)) / 2;
    format!("{}{text}", " ".repeat(before))
}
