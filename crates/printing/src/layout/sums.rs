//! Below the articles: total, rounding, tenders, change, tax table, QR code, footer.

use domain::{TenderKind, format_minor};

use super::articles::{mark_of, percent, signed};
use super::sheet::{BOLD, NORMAL, Sheet, Style};
use super::{Align, TextSize};
use crate::cells::cells;
use crate::document::{ReceiptDocument, ReceiptKind};

/// What fits a QR code that a telephone still reads from 58 mm paper; longer links are printed as text.
const MAX_QR_BYTES: usize = 300;

/// The two sums a customer looks for.
const LOUD: Style = Style {
    size: TextSize::Large,
    bold: true,
};

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
    let mut add =
        |left: &str, minor, style| sum(sheet, document, left, &signed(document, minor), style);
    if document.tax_excluded {
        add(&words.net, document.net_minor, NORMAL);
        add(&words.tax, document.tax_minor, NORMAL);
    }
    add(
        &format!("{} {code}", words.total),
        document.gross_minor,
        LOUD,
    );
    if document.cash_rounding_minor != 0 {
        add(&words.rounding, document.cash_rounding_minor, NORMAL);
        let due = match document.kind {
            ReceiptKind::Sale => &words.to_pay,
            ReceiptKind::Refund => &words.to_give,
        };
        add(&format!("{due} {code}"), document.to_pay_minor, BOLD);
    }
}

fn tenders(sheet: &mut Sheet<'_>, document: &ReceiptDocument) {
    let words = &document.words;
    let amount = |minor| format_minor(minor, document.currency);
    for tender in &document.tenders {
        let mut left = match tender.kind {
            TenderKind::Cash => words.cash.clone(),
            TenderKind::Card => words.card.clone(),
        };
        if document.kind == ReceiptKind::Refund {
            left = format!("{left} {}", words.given_back);
        }
        if let Some(reference) = &tender.reference {
            left = format!("{left} {reference}");
        }
        sum(sheet, document, &left, &amount(tender.amount_minor), NORMAL);
    }
    if document.change_minor != 0 {
        sheet.blank();
        sum(
            sheet,
            document,
            &words.change,
            &amount(document.change_minor),
            LOUD,
        );
    }
}

/// A sum, its last digit below the articles' last digits: when those carry a tax mark, two cells in.
fn sum(sheet: &mut Sheet<'_>, document: &ReceiptDocument, left: &str, amount: &str, style: Style) {
    let marked = document.taxes.len() > 1;
    let hanging = |cells: &str| format!("{amount}{}", if marked { cells } else { "" });
    let large = hanging(" ");
    if style.size == TextSize::Large && sheet.fits(&format!("{left} {large}"), TextSize::Large) {
        sheet.pair(left, &large, 0, style);
        return;
    }
    let size = if style.size == TextSize::Large {
        TextSize::Tall
    } else {
        style.size
    };
    sheet.pair(left, &hanging("  "), 0, Style { size, ..style });
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
