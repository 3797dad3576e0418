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
    line(out, &centred("[QR]", columns));
    for piece in wrap(&clean(link), columns) {
        line(out, &centred(&piece, columns));
    }
}

/// A row of the normal font as it stands. A row of another font has other columns: its texts keep
/// their edges, and what is too wide (the small font's rows are) is wrapped.
fn fit(row: &TextRow, columns: usize) -> String {
    if row.inverse {
        // White on black has no other sign in plain text.
        let pieces = wrap(&clean(&row.plain()), columns - 2);
        let marked = |piece: &String| centred(&format!("*{piece}*"), columns);
        return pieces.iter().map(marked).collect::<Vec<_>>().join("\n");
    }
    if row.columns == columns {
        return row.plain();
    }
    match row.segments.as_slice() {
        [left, right] if cells(&left.text) + cells(&right.text) < columns => {
            let amount = right.text.trim_end();
            // Spaces that hold a large amount off the edge are as wide as that row's letters.
            let off_edge = (cells(&right.text) - cells(amount)) * (columns / row.columns);
            let used = cells(&left.text) + cells(amount) + off_edge;
            format!(
                "{}{}{amount}",
                left.text,
                " ".repeat(columns.saturating_sub(used))
            )
        }
        _ => {
            let pieces = wrap(&clean(&row.plain()), columns);
            let lines = pieces.iter().map(|piece| centred(piece, columns));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

fn centred(text: &str, columns: usize) -> String {
    let before = columns.saturating_sub(cells(text)) / 2;
    format!("{}{text}", " ".repeat(before))
}
