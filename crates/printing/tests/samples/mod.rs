//! Receipts that the tests of this folder print.
#![allow(dead_code, reason = "each test file uses some of the samples")]

use domain::{Currency, TenderKind, Unit};
use printing::{
    ReceiptDocument, ReceiptHead, ReceiptKind, ReceiptLine, ReceiptTax, ReceiptTender, ReceiptWords,
};

pub(crate) fn currency(code: &str) -> Currency {
    Currency::from_code(code).expect("a currency the till knows")
}

pub(crate) fn piece(name: &str, pieces: i64, unit_price_minor: i64) -> ReceiptLine {
    ReceiptLine {
        name: name.to_owned(),
        unit: Unit::Piece,
        quantity_milli: pieces * 1_000,
        unit_price_minor,
        discount_minor: 0,
        discount_bp: 0,
        amount_minor: pieces * unit_price_minor,
        tax_rate_bp: 2_000,
    }
}

/// A small sale in pounds with every kind of line.
pub(crate) fn corner_shop() -> ReceiptDocument {
    let tea = ReceiptLine {
        tax_rate_bp: 0,
        ..piece("Earl Grey tea, 50 bags", 1, 320)
    };
    let milk = ReceiptLine {
        tax_rate_bp: 0,
        ..piece("Oat milk 1 l", 3, 185)
    };
    let cheese = ReceiptLine {
        name: "Mature Cheddar from the counter, cut to order".to_owned(),
        unit: Unit::Kilogram,
        quantity_milli: 1_250,
        unit_price_minor: 1_320,
        discount_minor: 165,
        discount_bp: 1_000,
        amount_minor: 1_485,
        tax_rate_bp: 0,
    };
    let candle = piece("Beeswax candle", 2, 450);
    ReceiptDocument {
        kind: ReceiptKind::Sale,
        copy: false,
        currency: currency("GBP"),
        head: ReceiptHead {
            name: "Harbour Stores".to_owned(),
            lines: vec![
                "12 Quay Street, Whitby YO21 3PU".to_owned(),
                "VAT GB 123 4567 89".to_owned(),
            ],
            logo_png: None,
        },
        till: "Front 1".to_owned(),
        operator: "Anna".to_owned(),
        number: "1-000412".to_owned(),
        time_text: "2026-11-20 13:05".to_owned(),
        reference: None,
        of_number: None,
        approved_by: None,
        reason: None,
        lines: vec![tea, milk, cheese, candle],
        tax_excluded: false,
        net_minor: 3_110,
        tax_minor: 150,
        gross_minor: 3_260,
        taxes: vec![
            ReceiptTax {
                rate_bp: 2_000,
                net_minor: 750,
                tax_minor: 150,
                gross_minor: 900,
            },
            ReceiptTax {
                rate_bp: 0,
                net_minor: 2_360,
                tax_minor: 0,
                gross_minor: 2_360,
            },
        ],
        cash_rounding_minor: 0,
        to_pay_minor: 3_260,
        tenders: vec![ReceiptTender {
            kind: TenderKind::Cash,
            amount_minor: 4_000,
            reference: None,
        }],
        change_minor: 740,
        chain_link: Some("holdfast:1/412/9f86d081884c7d659a2feaa0c55ad015".to_owned()),
        footer: vec!["Thank you, and mind the step.".to_owned()],
        words: ReceiptWords::default(),
    }
}

/// A refund of one candle, with cash rounding.
pub(crate) fn refund() -> ReceiptDocument {
    ReceiptDocument {
        kind: ReceiptKind::Refund,
        number: "1-000413".to_owned(),
        of_number: Some("1-000412".to_owned()),
        approved_by: Some("Sam (supervisor)".to_owned()),
        reason: Some("Wick was missing".to_owned()),
        lines: vec![piece("Beeswax candle", 1, 452)],
        net_minor: 377,
        tax_minor: 75,
        gross_minor: 452,
        taxes: vec![ReceiptTax {
            rate_bp: 2_000,
            net_minor: 377,
            tax_minor: 75,
            gross_minor: 452,
        }],
        cash_rounding_minor: -2,
        to_pay_minor: 450,
        tenders: vec![ReceiptTender {
            kind: TenderKind::Cash,
            amount_minor: 450,
            reference: None,
        }],
        change_minor: 0,
        footer: Vec::new(),
        ..corner_shop()
    }
}

/// Names in scripts that no Western code page holds.
pub(crate) fn world() -> ReceiptDocument {
    let names = [
        "شاي أخضر بالنعناع ٢٥ كيس",
        "חלב טרי 3% שומן",
        "抹茶ラテ アイス（大）",
        "新鲜豆腐 500克",
        "유기농 녹차 20티백",
        "ชาเขียวมะลิ ขวดใหญ่",
        "Чай чёрный байховый, 100 г",
        "Πορτοκάλια Άργους",
        "मसाला चाय",
        "Żółty ser, Łódź – 5 € off",
    ];
    let lines: Vec<_> = names.iter().map(|name| piece(name, 2, 250)).collect();
    let gross = 250 * 2 * 10;
    ReceiptDocument {
        lines,
        net_minor: gross,
        tax_minor: 0,
        gross_minor: gross,
        to_pay_minor: gross,
        taxes: Vec::new(),
        tenders: vec![ReceiptTender {
            kind: TenderKind::Card,
            amount_minor: gross,
            reference: Some("VISA 4711".to_owned()),
        }],
        change_minor: 0,
        ..corner_shop()
    }
}

/// The longest receipt seen in the field: 1,114 lines, names of 234 characters.
pub(crate) fn longest() -> ReceiptDocument {
    let name = |n: usize| {
        format!("{n:04} {}", "WHITE HANGING HEART T-LIGHT HOLDER ".repeat(7))
            .chars()
            .take(234)
            .collect::<String>()
    };
    let lines: Vec<_> = (1..=1_114).map(|n| piece(&name(n), 2, 255)).collect();
    let gross = 1_114 * 510;
    ReceiptDocument {
        lines,
        gross_minor: gross,
        to_pay_minor: gross,
        taxes: Vec::new(),
        tenders: vec![ReceiptTender {
            kind: TenderKind::Card,
            amount_minor: gross,
            reference: None,
        }],
        change_minor: 0,
        ..corner_shop()
    }
}
