//! From a cart of the domain to the receipt's document.

use domain::{
    Cart, CartChange, CashRounding, CashRoundingScope, ChangeRounding, Currency, NewLine,
    PriceMode, SellingRules, TaxRounding, Tender, TenderKind, Tie, Unit, complete,
};
use printing::{PrinterProfile, ReceiptDocument, ReceiptFrame, lay_out, to_text};
use uuid::Uuid;

fn rules(price_mode: PriceMode) -> SellingRules {
    SellingRules {
        currency: Currency::from_code("GBP").expect("pounds"),
        price_mode,
        tax_rounding: TaxRounding::PerLine,
        tie: Tie::HalfUp,
        cash_rounding: CashRounding {
            increment_minor: 5,
            tie: Tie::HalfUp,
            change: ChangeRounding::Nearest,
            scope: CashRoundingScope::CashOnly,
        },
    }
}

fn line(name: &str, quantity_milli: i64, unit_price_minor: i64, tax_rate_bp: i64) -> NewLine {
    NewLine {
        product_id: Uuid::from_u128(7),
        code: None,
        name: name.to_owned(),
        unit: Unit::Piece,
        quantity_milli,
        unit_price_minor,
        list_price_minor: Some(unit_price_minor),
        price_reason: None,
        discount_bp: 0,
        tax_class: format!("rate {tax_rate_bp}"),
        tax_rate_bp,
    }
}

fn receipt_of(lines: Vec<NewLine>, cash_minor: i64, mode: PriceMode) -> ReceiptDocument {
    let id = Uuid::from_u128;
    let rules = rules(mode);
    let mut cart = Cart::open(id(1), id(2), 0, id(3), "Anna".to_owned());
    for line in lines {
        cart.apply(CartChange::AddLine(line), &rules)
            .expect("a line");
    }
    let cash = Tender {
        tender_id: id(4),
        kind: TenderKind::Cash,
        amount_minor: cash_minor,
        reference: None,
    };
    cart.apply(CartChange::AddTender(cash), &rules)
        .expect("a tender");
    let sale = complete(&cart, &rules, 60_000).expect("a sale");
    let frame = ReceiptFrame {
        till: "Front 1".to_owned(),
        number: "1-7".to_owned(),
        ..ReceiptFrame::default()
    };
    ReceiptDocument::of_sale(&sale, frame)
}

fn text(document: &ReceiptDocument) -> String {
    to_text(&lay_out(document, &PrinterProfile::generic_80()))
}

/// Whether a line of the text begins and ends so.
fn has_row(text: &str, left: &str, right: &str) -> bool {
    text.lines()
        .map(str::trim)
        .any(|row| row.starts_with(left) && row.ends_with(right))
}

#[test]
fn total_rounding_tender_and_change_are_the_sales_own() {
    let document = receipt_of(
        vec![line("Tea", 1_000, 317, 2_000)],
        500,
        PriceMode::TaxIncluded,
    );
    let text = text(&document);
    for (left, right) in [
        ("Tea", " 3.17"),
        ("TOTAL GBP", " 3.17"),
        ("Rounding", "-0.02"),
        ("To pay GBP", " 3.15"),
        ("Cash", " 5.00"),
        ("CHANGE", " 1.85"),
    ] {
        assert!(
            has_row(&text, left, right),
            "{left} …{right} is missing:\n{text}"
        );
    }
}

#[test]
fn a_discount_shows_what_it_took_off() {
    let discounted = NewLine {
        discount_bp: 400,
        ..line("Lamp", 16_000, 34_835, 2_200)
    };
    let document = receipt_of(vec![discounted], 1_000_000, PriceMode::TaxExcluded);
    assert_eq!(
        document.lines[0].amount_minor, 535_066,
        "net, as the shelf shows it"
    );
    let text = text(&document);
    assert!(has_row(&text, "16 × 348.35", " 5573.60"), "{text}");
    assert!(has_row(&text, "Discount 4%", " -222.94"), "{text}");
    assert!(has_row(&text, "Net", " 5350.66"), "{text}");
}

#[test]
fn each_line_names_its_tax_rate_by_a_mark() {
    let lines = vec![
        line("Candle", 1_000, 900, 2_000),
        line("Bread", 1_000, 250, 0),
    ];
    let document = receipt_of(lines, 1_150, PriceMode::TaxIncluded);
    let text = text(&document);
    let mark = |article: &str| {
        let row = text
            .lines()
            .find(|row| row.starts_with(article))
            .expect(article);
        row.chars().last().expect("a mark")
    };
    for (article, rate) in [("Candle", "20%"), ("Bread", "0%")] {
        let title = format!("{} {rate}", mark(article));
        assert!(
            text.lines().any(|row| row.starts_with(&title)),
            "{article} points at no rate:\n{text}"
        );
    }
}
