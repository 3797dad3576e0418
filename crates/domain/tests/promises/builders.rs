//! Lines, carts and rules for the other modules.

use domain::{
    Cart, CartChange, CashRounding, Currency, NewLine, PriceMode, PricedLine, Product, Sale,
    SellingRules, TaxRounding, Tender, TenderKind, Tie, Unit, complete,
};
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) const OPENED_AT_MS: i64 = 1_763_640_000_000;

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::from_code(code).expect("tests use known currencies")
}

pub(crate) fn rules(price_mode: PriceMode, tax_rounding: TaxRounding) -> SellingRules {
    SellingRules {
        price_mode,
        tax_rounding,
        ..SellingRules::usual(currency("GBP"))
    }
}

pub(crate) fn usual() -> SellingRules {
    SellingRules::usual(currency("GBP"))
}

pub(crate) fn priced(
    unit_price_minor: i64,
    quantity_milli: i64,
    discount_bp: i64,
    tax_rate_bp: i64,
) -> PricedLine<'static> {
    PricedLine {
        unit_price_minor,
        quantity_milli,
        discount_bp,
        tax_class: "class",
        tax_rate_bp,
    }
}

pub(crate) fn mug() -> Product {
    Product {
        product_id: id(7),
        code: Some("85123A".to_owned()),
        name: "Mug".to_owned(),
        unit: Unit::Piece,
        price_minor: Some(255),
        tax_class: "standard".to_owned(),
        tax_rate_bp: 2_000,
        category: None,
        row_version: 0,
    }
}

pub(crate) fn new_line(unit: Unit, quantity_milli: i64, unit_price_minor: i64) -> NewLine {
    NewLine {
        unit,
        quantity_milli,
        unit_price_minor,
        ..mug().line(1_000, None, None).expect("the mug has a price")
    }
}

pub(crate) fn empty_cart() -> Cart {
    Cart::open(id(1), id(2), OPENED_AT_MS, id(3), "Ada".to_owned())
}

pub(crate) fn cart_of(lines: impl IntoIterator<Item = NewLine>, rules: &SellingRules) -> Cart {
    let mut cart = empty_cart();
    for line in lines {
        cart.apply(CartChange::AddLine(line), rules)
            .expect("the builder's lines are within the limits");
    }
    cart
}

pub(crate) fn tender(number: u128, kind: TenderKind, amount_minor: i64) -> Tender {
    Tender {
        tender_id: id(number),
        kind,
        amount_minor,
        reference: None,
    }
}

/// A sale of these lines, paid in cash, a little more than was due.
pub(crate) fn paid_sale(lines: impl IntoIterator<Item = NewLine>, rules: &SellingRules) -> Sale {
    let mut cart = cart_of(lines, rules);
    // A few minor units may round to nothing due, and then there is nothing to take.
    let due_minor = cart
        .settlement(rules)
        .expect("no tender yet")
        .remaining_minor;
    if due_minor > 0 {
        let cash = tender(100, TenderKind::Cash, due_minor + 500);
        cart.apply(CartChange::AddTender(cash), rules)
            .expect("cash may exceed what is due");
    }
    complete(&cart, rules, OPENED_AT_MS + 60_000).expect("the cart is paid")
}

pub(crate) fn any_tie() -> impl Strategy<Value = Tie> {
    prop::sample::select(Tie::ALL)
}

/// Every mode, tie and cash rounding.
pub(crate) fn any_rules() -> impl Strategy<Value = SellingRules> {
    let cash = (
        prop::sample::select(vec![1_i64, 5, 10, 50, 100]),
        any_tie(),
        prop::sample::select(domain::ChangeRounding::ALL),
        prop::sample::select(domain::CashRoundingScope::ALL),
    );
    let modes = (
        prop::sample::select(PriceMode::ALL),
        prop::sample::select(TaxRounding::ALL),
    );
    (modes, any_tie(), cash).prop_map(|((price_mode, tax_rounding), tie, cash)| SellingRules {
        currency: currency("CHF"),
        price_mode,
        tax_rounding,
        tie,
        cash_rounding: CashRounding {
            increment_minor: cash.0,
            tie: cash.1,
            change: cash.2,
            scope: cash.3,
        },
    })
}

/// A line of pieces or of a weight, with a discount now and then, of one of four classes.
pub(crate) fn any_line() -> impl Strategy<Value = NewLine> {
    let rates = prop::sample::select(vec![
        ("none", 0_i64),
        ("low", 770),
        ("mid", 1_000),
        ("high", 2_200),
    ]);
    let discounts = prop_oneof![3 => Just(0_i64), 1 => 0..=10_000_i64];
    let amounts = (prop::bool::ANY, 1..=20_i64, 1..=9_999_i64, 0..=50_000_i64);
    (amounts, discounts, rates).prop_map(|((weighed, pieces, grams, price), discount_bp, rate)| {
        let (unit, milli) = if weighed {
            (Unit::Kilogram, grams)
        } else {
            (Unit::Piece, pieces * 1_000)
        };
        NewLine {
            discount_bp,
            tax_class: rate.0.to_owned(),
            tax_rate_bp: rate.1,
            ..new_line(unit, milli, price)
        }
    })
}

pub(crate) fn any_lines() -> impl Strategy<Value = Vec<NewLine>> {
    prop::collection::vec(any_line(), 1..24)
}
