//! Below the articles: total, rounding, tenders, change, tax table, QR code, footer.

use domain::{TenderKind, format_minor};

use super::articles::{mark_of, percent, signed};
use super::sheet::{BOLD, NORMAL, Sheet, Style};
use super::{Align, TextSize};
use crate::cells::cells;
use crate::document::{ReceiptDocument, ReceiptKind};

/// What fits a QR code that a telephone still reads from 58 mm paper; longer links are printed as text.
const MAX_QR_BYTES: usize = 300;

pub(super) fn compose(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    total(sheet, document);
    tenders(sheet, document);
    taxes(sheet, document);
    chain_link(sheet, document);
    footer(sheet, document);
}

fn total(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    let words = &document.words;
    let code = document.currency.code();
    if document.tax_excluded {
        sum(
            sheet,
            document,
            &words.net,
            &signed(document, document.net_minor),
            NORMAL,
        );
        sum(
            sheet,
            document,
            &words.tax,
            &signed(document, document.tax_minor),
            NORMAL,
        );
    }
    let tall = Style {
        size: TextSize::Tall,
        bold: true,
    };
    sum(
        sheet,
        document,
        &format!("{} {code}", words.total),
        &signed(document, document.gross_minor),
        tall,
    );
    if document.cash_rounding_minor != 0 {
        sum(
            sheet,
            document,
            &words.rounding,
            &signed(document, document.cash_rounding_minor),
            NORMAL,
        );
        sum(
            sheet,
            document,
            &format!("{} {code}", words.to_pay),
            &signed(document, document.to_pay_minor),
            BOLD,
        );
    }
}

fn tenders(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    let words = &document.words;
    for tender in &document.tenders {
        let kind = match tender.kind {
            TenderKind::Cash => &words.cash,
            TenderKind::Card => &words.card,
        };
        let mut left = kind.clone();
        if document.kind == ReceiptKind::Refund {
            left = format!("{left} {}", words.given_back);
        }
        if let Some(reference) = &tender.reference {
            left = format!("{left} {reference}");
        }
        sum(
            sheet,
            document,
            &left,
            &format_minor(tender.amount_minor, document.currency),
            NORMAL,
        );
    }
    if document.change_minor != 0 {
        let right = format_minor(document.change_minor, document.currency);
        let size = sheet.fitting(
            &format!("{} {right}", words.change),
            TextSize::Large,
            TextSize::Tall,
        );
        sheet.blank();
        sheet.pair(&words.change, &right, 0, Style { size, bold: true });
    }
}

/// A sum, its last digit below the articles' last digits: when those carry a tax mark, two cells in.
fn sum(sheet: &mut Sheet<'_>, document: &ReceiptDocument, left: &str, amount: &str, style: Style) {
    let hang = if document.taxes.len() < 2 { "" } else { "  " };
    sheet.pair(left, &format!("{amount}{hang}"), 0, style);
}

fn taxes(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    if document.taxes.is_empty() {
        return;
    }
    let words = &document.words;
    let title = [&words.tax, &words.net, &words.tax, &words.gross]
        .map(String::clone)
        .to_vec();
    let mut table = vec![title];
    for tax in &document.taxes {
        let mark = mark_of(document, tax.rate_bp);
        let amounts = [tax.net_minor, tax.tax_minor, tax.gross_minor];
        let mut row = vec![
            format!("{} {}", mark.trim(), percent(tax.rate_bp))
                .trim()
                .to_owned(),
        ];
        row.extend(amounts.map(|minor| signed(document, minor)));
        table.push(row);
    }
    sheet.blank();
    match column_widths(&table, sheet.columns(TextSize::Normal)) {
        Some(widths) => table
            .iter()
            .for_each(|row| sheet.table_row(row, &widths, NORMAL)),
        None => stacked(sheet, &table),
    }
}

/// Widths that hold every text with two cells between, spread over the paper; None if they do not fit.
fn column_widths(table: &[Vec<String>], columns: usize) -> Option<[usize; 4]> {
    let mut widths = [0; 4];
    for row in table {
        for (column, text) in row.iter().enumerate().take(4) {
            let air = if column == 0 { 0 } else { 2 };
            widths[column] = widths[column].max(cells(&crate::cells::clean(text)) + air);
        }
    }
    let spare = columns.checked_sub(widths.iter().sum())?;
    for (column, width) in widths.iter_mut().enumerate() {
        *width += spare / 4 + usize::from(column < spare % 4);
    }
    Some(widths)
}

/// The table for amounts too long to stand side by side: one row for each.
fn stacked(sheet: &mut Sheet<'_>, table: &[Vec<String>]) {
    let Some((title, rates)) = table.split_first() else {
        return;
    };
    for rate in rates {
        for (word, amount) in title.iter().zip(rate).skip(1) {
            sheet.pair(&format!("{} {word}", rate[0]), amount, 0, NORMAL);
        }
    }
}

fn chain_link(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    let Some(link) = document
        .chain_link
        .as_deref()
        .filter(|link| !link.is_empty())
    else {
        return;
    };
    let small = Style {
        size: TextSize::Small,
        bold: false,
    };
    sheet.blank();
    if link.len() <= MAX_QR_BYTES {
        sheet.qr(link);
        sheet.text(&document.words.check, small, Align::Centre);
    } else {
        sheet.text(link, small, Align::Left);
    }
}

fn footer(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    if !document.footer.is_empty() {
        sheet.blank();
    }
    for line in &document.footer {
        sheet.text(line, NORMAL, Align::Centre);
    }
    if document.copy {
        sheet.blank();
        sheet.mark(&document.words.copy);
    }
}
