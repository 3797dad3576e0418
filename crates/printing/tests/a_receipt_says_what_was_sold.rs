//! Golden receipts, in the text form of the same layout that is printed.

mod samples;

use printing::{PrinterProfile, ReceiptDocument, cells, lay_out, to_text};

fn text(document: &ReceiptDocument, printer: &str) -> String {
    let profile = PrinterProfile::by_id(printer).expect("a bundled printer");
    to_text(&lay_out(document, &profile))
}

#[test]
fn a_sale_on_80_mm_reads_like_this() {
    assert_eq!(
        text(&samples::corner_shop(), "generic-80"),
        include_str!("golden/sale-80.txt")
    );
}

#[test]
fn a_sale_on_58_mm_reads_like_this() {
    assert_eq!(
        text(&samples::corner_shop(), "generic-58"),
        include_str!("golden/sale-58.txt")
    );
}

#[test]
fn a_refund_is_marked_and_rounds_in_a_line_of_its_own() {
    assert_eq!(
        text(&samples::refund(), "generic-80"),
        include_str!("golden/refund-80.txt")
    );
}

#[test]
fn a_reprint_says_copy_at_both_ends() {
    let copy = ReceiptDocument {
        copy: true,
        ..samples::corner_shop()
    };
    let text = text(&copy, "generic-58");
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let marks = lines.iter().filter(|line| **line == "*COPY*").count();
    assert_eq!(
        marks, 2,
        "a torn copy must still say that it is one:\n{text}"
    );
    assert_eq!(lines.last(), Some(&"*COPY*"));
}

#[test]
fn an_original_never_says_copy() {
    assert!(!text(&samples::corner_shop(), "generic-80").contains("COPY"));
}

#[test]
fn prices_without_tax_show_net_and_tax_above_the_total() {
    let document = ReceiptDocument {
        tax_excluded: true,
        ..samples::corner_shop()
    };
    let text = text(&document, "generic-80");
    let at = |words: &str| text.find(words).expect(words);
    assert!(
        at("\nNet ") < at("\nTax ") && at("\nTax ") < at("\nTOTAL"),
        "{text}"
    );
    assert!(text.contains("31.10") && text.contains("1.50"), "{text}");
}

#[test]
fn the_largest_amounts_still_stand_whole() {
    let huge = 1_000_000_000_000;
    let mut document = samples::corner_shop();
    for line in &mut document.lines {
        line.unit_price_minor = huge;
        line.amount_minor = huge;
    }
    for tax in &mut document.taxes {
        (tax.net_minor, tax.tax_minor, tax.gross_minor) = (huge, huge, huge);
    }
    (document.gross_minor, document.change_minor) = (huge, huge);
    let text = text(&document, "generic-58");
    let whole = text.matches("10000000000.00").count();
    assert!(
        whole >= 12,
        "an amount was cut or lost ({whole} found):\n{text}"
    );
    assert!(text.lines().all(|line| cells(line) <= 32), "{text}");
}

#[test]
fn the_longest_receipt_keeps_every_line_in_order() {
    let document = samples::longest();
    for printer in ["generic-80", "generic-58"] {
        let text = text(&document, printer);
        let joined = text.replace('\n', " ");
        let mut from = 0;
        for line in &document.lines {
            let number = format!(" {} WHITE", &line.name[..4]);
            let at = joined[from..].find(&number);
            from += at.unwrap_or_else(|| panic!("line{number} is missing or out of order"));
        }
        assert_eq!(
            text.matches("5.10").count(),
            1_114,
            "one total for each line"
        );
    }
}

#[test]
fn names_in_any_script_stay_on_the_receipt() {
    let document = samples::world();
    let text = text(&document, "generic-80");
    for line in &document.lines {
        assert!(text.contains(&line.name), "{} is missing", line.name);
    }
}
