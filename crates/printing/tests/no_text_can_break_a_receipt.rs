//! Whatever stands in a name, a receipt comes out: no panic, nothing wider than the paper, no command
//! smuggled to the printer.

mod samples;

use printing::{
    JobOptions, PrinterProfile, ReceiptDocument, Row, cells, lay_out, to_escpos, to_png, to_text,
};
use proptest::prelude::*;

const EVERYTHING: JobOptions = JobOptions {
    cut: true,
    drawer: true,
};

/// Text as shops have it, and text as nobody should have it.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        ".{0,60}",
        proptest::collection::vec(any::<char>(), 0..60).prop_map(String::from_iter),
        proptest::collection::vec(
            proptest::sample::select(vec![
                "Tea",
                " ",
                "\u{1b}p\0",
                "\u{1d}V\0",
                "\n",
                "شاي",
                "한",
                "中文",
                "\u{301}",
                "👨‍👩‍👧",
                "\u{202e}",
                "€",
                "—",
                "ﷺ",
                "ก็",
                "क्ष",
                "\u{200d}",
                "ᄀᄀᄀ",
                "\0",
            ]),
            0..20
        )
        .prop_map(|parts| parts.concat()),
    ]
}

fn document(texts: Vec<String>, amount: i64) -> ReceiptDocument {
    let mut texts = texts.into_iter().cycle();
    let mut next = || texts.next().unwrap_or_default();
    let mut document = ReceiptDocument {
        copy: true,
        ..samples::refund()
    };
    document.head.name = next();
    document.head.lines = vec![next(), next()];
    document.head.logo_png = Some(next().into_bytes());
    document.operator = next();
    document.number = next();
    document.time_text = next();
    document.reason = Some(next());
    document.chain_link = Some(next());
    document.footer = vec![next()];
    document.words.total = next();
    document.words.copy = next();
    document.words.tax = next();
    document.tenders[0].reference = Some(next());
    document.gross_minor = amount;
    document.change_minor = amount;
    document.lines = (0..4)
        .map(|_| samples::piece(&next(), 2, amount.saturating_abs() / 2))
        .collect();
    document
}

fn printers() -> impl Strategy<Value = PrinterProfile> {
    proptest::sample::select(PrinterProfile::bundled())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_row_fits_the_paper(
        texts in proptest::collection::vec(any_text(), 1..12),
        amount in any::<i64>(),
        profile in printers(),
    ) {
        let layout = lay_out(&document(texts, amount), &profile);
        for row in &layout.rows {
            let Row::Text(row) = row else { continue };
            prop_assert!(cells(&row.plain()) <= row.columns, "{:?} is wider than {}", row.plain(), row.columns);
            for segment in &row.segments {
                prop_assert!(cells(&segment.text) <= segment.width, "{segment:?} leaves its box");
                prop_assert!(!segment.text.chars().any(char::is_control), "{segment:?} carries a control");
            }
        }
        for line in to_text(&layout).lines() {
            prop_assert!(cells(line) <= layout.columns, "{line:?}");
        }
    }

}

proptest! {
    // Each case draws two hundred rows with letters nobody has drawn before.
    #![proptest_config(cases(8))]

    #[test]
    fn any_text_becomes_bytes_and_a_picture(
        texts in proptest::collection::vec(any_text(), 1..12),
        amount in any::<i64>(),
        profile in printers(),
    ) {
        let layout = lay_out(&document(texts, amount), &profile);
        let bytes = to_escpos(&layout, &profile, EVERYTHING);
        prop_assert!(bytes.starts_with(&[0x1B, b'@']), "a job begins with a reset");
        prop_assert!(to_png(&layout, &profile).starts_with(b"\x89PNG"));
    }
}

#[test]
fn a_name_can_not_open_the_drawer_or_cut_the_paper() {
    let mut document = samples::corner_shop();
    document.lines[0].name = "Tea\u{1b}p\0\u{19}\u{fa}\u{1d}V\0\u{10}\u{14}".to_owned();
    let profile = PrinterProfile {
        qr: printing::QrPrinting::Raster,
        ..PrinterProfile::generic_80()
    };
    document.chain_link = None;
    let bytes = to_escpos(
        &lay_out(&document, &profile),
        &profile,
        JobOptions::default(),
    );
    let holds = |command: &[u8]| bytes.windows(command.len()).any(|window| window == command);
    assert!(
        !holds(b"\x1bp") && !holds(b"\x1dV") && !holds(b"\x10\x14"),
        "a name became a command"
    );
}
