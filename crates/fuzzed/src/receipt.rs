//! Receipts: whatever stands in a name, an interpreter that is not ours reads from the bytes what the layout says.
//!
//! Owns the way to that interpreter. It runs beside us, as it may not be linked into what it judges.

mod paper;
mod witness;

use domain::{Currency, TenderKind, Unit};
use printing::{
    JobOptions, PrinterProfile, ReceiptDocument, ReceiptHead, ReceiptKind, ReceiptLine, ReceiptTax,
    ReceiptTender, ReceiptWords, cells, lay_out, to_escpos, to_text,
};

use crate::bites::Bites;

/// The printer, the job, then the texts.
pub(crate) fn body(input: &[u8]) {
    let mut bites = Bites::new(input);
    let printers = PrinterProfile::bundled();
    let profile = &printers[usize::from(bites.byte()) % printers.len()];
    let flags = bites.byte();
    let options = JobOptions {
        cut: flags & 1 == 1,
        drawer: flags & 2 == 2,
    };
    let document = document(flags, &mut bites);
    let layout = lay_out(&document, profile);
    for line in to_text(&layout).lines() {
        assert!(
            cells(line) <= layout.columns,
            "{line:?} is wider than {}",
            layout.columns
        );
    }
    let bytes = to_escpos(&layout, profile, options);
    let read = witness::read(&bytes);
    paper::says(&layout, profile, &read);
    beside(profile, options, &read);
}

/// Texts are never commands: what happens beside printing is what the job asked for.
fn beside(profile: &PrinterProfile, options: JobOptions, read: &witness::Read) {
    assert_eq!(read.unknown, [""; 0], "every command is one of the book");
    let cuts = usize::from(options.cut && profile.cutter.is_some());
    assert_eq!(read.cuts, cuts, "the paper is cut when it should be");
    let pulses = usize::from(options.drawer && profile.drawer.is_some());
    assert_eq!(
        read.drawer_pulses, pulses,
        "the drawer opens when it should"
    );
    assert!(
        read.widest_picture <= usize::from(profile.dots).next_multiple_of(8),
        "a picture of {} dots on {}",
        read.widest_picture,
        profile.dots
    );
}

fn document(flags: u8, bites: &mut Bites<'_>) -> ReceiptDocument {
    let amount = |bites: &mut Bites<'_>| {
        let number = i64::from_le_bytes(bites.number().to_le_bytes());
        number >> (bites.byte() % 64)
    };
    let refund = flags & 4 == 4;
    let total = amount(bites);
    let some = |bites: &mut Bites<'_>, flag: u8| (flags & flag == flag).then(|| bites.text());
    let mut words = ReceiptWords::default();
    if flags & 8 == 8 {
        (words.total, words.copy, words.tax) = (bites.text(), bites.text(), bites.text());
    }
    ReceiptDocument {
        kind: if refund {
            ReceiptKind::Refund
        } else {
            ReceiptKind::Sale
        },
        copy: flags & 16 == 16,
        currency: currency(bites.byte()),
        head: ReceiptHead {
            name: bites.text(),
            lines: vec![bites.text()],
            logo_png: some(bites, 32).map(String::into_bytes),
        },
        till: bites.text(),
        operator: bites.text(),
        number: bites.text(),
        time_text: "2026-11-20 13:05".to_owned(),
        reference: some(bites, 64),
        of_number: refund.then(|| "1-000412".to_owned()),
        approved_by: some(bites, 64),
        reason: some(bites, 128),
        lines: (0..bites.byte() % 4).map(|_| line(bites)).collect(),
        tax_excluded: flags & 64 == 64,
        net_minor: total,
        tax_minor: 0,
        gross_minor: total,
        taxes: vec![ReceiptTax {
            rate_bp: amount(bites),
            net_minor: total,
            tax_minor: 0,
            gross_minor: total,
        }],
        cash_rounding_minor: i64::from(bites.byte()),
        to_pay_minor: total,
        tenders: vec![ReceiptTender {
            kind: TenderKind::Card,
            amount_minor: total,
            reference: some(bites, 128),
        }],
        change_minor: amount(bites),
        chain_link: some(bites, 128),
        footer: vec![bites.text()],
        words,
    }
}

fn line(bites: &mut Bites<'_>) -> ReceiptLine {
    let name = bites.text();
    let (price, many) = (bites.number(), bites.byte());
    let price = i64::from_le_bytes(price.to_le_bytes()) >> (many % 64);
    ReceiptLine {
        name,
        unit: [Unit::Piece, Unit::Kilogram, Unit::Litre, Unit::Metre][usize::from(many) % 4],
        quantity_milli: i64::from(many) * 250,
        unit_price_minor: price,
        discount_minor: i64::from(many % 3),
        discount_bp: i64::from(many % 3) * 500,
        amount_minor: price,
        tax_rate_bp: i64::from(many),
    }
}

fn currency(byte: u8) -> Currency {
    let all: Vec<Currency> = Currency::all().collect();
    all[usize::from(byte) % all.len()]
}
