//! What may be done to a cart, and what a refusal says.

use crate::builders::{cart_of, empty_cart, id, mug, new_line, tender, usual};
use domain::{
    Cart, CartChange, CartRefused, CartTouched, NewLine, PriceReason, SaleRefused, TenderKind,
    TenderRefused, Unit, complete, limits,
};

fn add(cart: &mut Cart, line: NewLine) -> Result<CartTouched, CartRefused> {
    cart.apply(CartChange::AddLine(line), &usual())
}

/// Applies a change that must be refused, and shows that nothing moved.
fn refused(cart: &mut Cart, change: CartChange) -> CartRefused {
    let before = cart.clone();
    let refused = cart
        .apply(change, &usual())
        .expect_err("the change breaks a rule");
    assert_eq!(
        *cart, before,
        "a refused change leaves the cart untouched: {refused}"
    );
    refused
}

#[test]
fn a_duplicate_scan_counts_twice() {
    let mut cart = empty_cart();
    for expected in [1, 2] {
        let touched = add(&mut cart, new_line(Unit::Piece, 1_000, 255));
        assert_eq!(
            touched,
            Ok(CartTouched::Line(expected)),
            "each scan is a line of its own"
        );
    }
    assert_eq!(cart.totals(&usual()).gross_minor, 510, "and is paid for");
}

#[test]
fn bad_lines_are_refused_with_field_value_limit_and_remedy() {
    let table = [
        (
            new_line(Unit::Piece, 0, 255),
            "quantity is 0: give more than 0, or void the line",
        ),
        (
            new_line(Unit::Piece, -1_000, 255),
            "quantity -1 is negative: goods that come back are a refund",
        ),
        (
            new_line(Unit::Piece, 1_000_000_000_000_000, 255),
            "quantity 1000000000000 is too large, the limit is 1000000: check for a barcode typed as a quantity",
        ),
        (
            new_line(Unit::Piece, 1_500, 255),
            "quantity 1.5 is not whole, and this article is sold by the piece: give a whole number",
        ),
        (
            new_line(Unit::Piece, 1_000, -1),
            "unit price -1 (minor units) is negative: the lowest price is 0; money that goes back is a refund",
        ),
        (
            new_line(Unit::Piece, 1_000, 5_012_345_678_900),
            "unit price 5012345678900 (minor units) is too large, the limit is 1000000000000: check for a barcode typed as a price",
        ),
        (
            new_line(Unit::Piece, 2_000, 900_000_000_000),
            "the line would come to 1800000000000 (minor units), the limit is 1000000000000: lower the quantity or the price",
        ),
        (
            NewLine {
                name: " ".to_owned(),
                ..new_line(Unit::Piece, 1_000, 1)
            },
            "name is empty: give the article a name of 1 to 500 characters",
        ),
        (
            NewLine {
                discount_bp: 10_001,
                ..new_line(Unit::Piece, 1_000, 1)
            },
            "discount 10001 (basis points) is refused: it must be from 0 to 10000",
        ),
        (
            NewLine {
                tax_rate_bp: -1,
                ..new_line(Unit::Piece, 1_000, 1)
            },
            "tax rate -1 (basis points) is refused: it must be from 0 to 100000; correct the tax class",
        ),
    ];
    let mut cart = empty_cart();
    for (line, message) in table {
        assert_eq!(
            refused(&mut cart, CartChange::AddLine(line)).to_string(),
            message
        );
    }
}

#[test]
fn a_long_name_is_measured_in_characters_and_quoted_in_part() {
    let mut cart = empty_cart();
    let at_the_limit = NewLine {
        name: "é".repeat(500),
        ..new_line(Unit::Piece, 1_000, 1)
    };
    assert_eq!(
        add(&mut cart, at_the_limit),
        Ok(CartTouched::Line(1)),
        "500 characters of two bytes fit"
    );
    let long = NewLine {
        name: "é".repeat(501),
        ..new_line(Unit::Piece, 1_000, 1)
    };
    let message = refused(&mut cart, CartChange::AddLine(long)).to_string();
    assert_eq!(
        message,
        format!(
            "name has 501 characters, the limit is 500: shorten it (it starts \"{}\")",
            "é".repeat(40)
        )
    );
    let coded = NewLine {
        code: Some("1".repeat(129)),
        ..new_line(Unit::Piece, 1_000, 1)
    };
    assert!(
        matches!(
            refused(&mut cart, CartChange::AddLine(coded)),
            CartRefused::CodeTooLong { chars: 129, .. }
        ),
        "a QR code is no article"
    );
}

#[test]
fn a_price_of_zero_is_a_price() {
    let mut cart = cart_of([new_line(Unit::Piece, 1_000, 0)], &usual());
    assert_eq!(cart.totals(&usual()).gross_minor, 0, "a gift");
    let nothing_due = refused(
        &mut cart,
        CartChange::AddTender(tender(9, TenderKind::Cash, 100)),
    );
    assert_eq!(
        nothing_due,
        CartRefused::Tender(TenderRefused::NothingDue { amount_minor: 100 }),
        "needs no tender"
    );
    assert!(
        complete(&cart, &usual(), 0).is_ok(),
        "and is a sale without one"
    );
}

#[test]
fn a_void_line_is_not_paid_for_and_its_number_is_never_used_again() {
    let mut cart = cart_of(
        [
            new_line(Unit::Piece, 1_000, 100),
            new_line(Unit::Piece, 1_000, 200),
        ],
        &usual(),
    );
    cart.apply(CartChange::VoidLine { line_no: 2 }, &usual())
        .expect("a live line can be void");
    assert_eq!(
        cart.totals(&usual()).gross_minor,
        100,
        "only the live line counts"
    );
    assert_eq!(
        add(&mut cart, new_line(Unit::Piece, 1_000, 5)),
        Ok(CartTouched::Line(3)),
        "2 stays taken"
    );
    assert_eq!(
        refused(&mut cart, CartChange::VoidLine { line_no: 2 }),
        CartRefused::LineVoided { line_no: 2 }
    );
    let quantity = CartChange::SetQuantity {
        line_no: 2,
        quantity_milli: 2_000,
    };
    assert_eq!(
        refused(&mut cart, quantity),
        CartRefused::LineVoided { line_no: 2 }
    );
    cart.apply(CartChange::RestoreLine { line_no: 2 }, &usual())
        .expect("a void can be taken back");
    assert_eq!(cart.totals(&usual()).gross_minor, 305, "and counts again");
    assert_eq!(
        refused(&mut cart, CartChange::RestoreLine { line_no: 2 }),
        CartRefused::LineNotVoided { line_no: 2 }
    );
    assert_eq!(
        refused(&mut cart, CartChange::VoidLine { line_no: 9 }),
        CartRefused::LineUnknown { line_no: 9 }
    );
}

#[test]
fn a_changed_price_and_a_discount_name_who_approved_them() {
    let mut cart = cart_of([new_line(Unit::Piece, 2_000, 1_000)], &usual());
    let price = CartChange::SetPrice {
        line_no: 1,
        unit_price_minor: 800,
        approved_by: id(50),
    };
    cart.apply(price, &usual()).expect("800 is a price");
    assert_eq!(
        cart.lines[0].price_reason,
        Some(PriceReason::Overridden {
            approved_by: id(50)
        }),
        "the supervisor is on the line"
    );
    assert_eq!(
        cart.lines[0].list_price_minor,
        Some(255),
        "and the list price stays to be seen"
    );
    let discount = CartChange::SetDiscount {
        line_no: 1,
        discount_bp: 1_250,
        approved_by: id(51),
    };
    cart.apply(discount, &usual()).expect("an eighth off");
    assert_eq!(
        cart.totals(&usual()).gross_minor,
        1_400,
        "16.00 less 12.5 %"
    );
    let more = CartChange::SetDiscount {
        line_no: 1,
        discount_bp: -1,
        approved_by: id(51),
    };
    assert_eq!(
        refused(&mut cart, more),
        CartRefused::DiscountOutOfRange { discount_bp: -1 }
    );
}

#[test]
fn lines_are_frozen_while_money_lies_on_the_counter() {
    let mut cart = cart_of([new_line(Unit::Piece, 1_000, 1_000)], &usual());
    let five = tender(9, TenderKind::Cash, 500);
    cart.apply(CartChange::AddTender(five.clone()), &usual())
        .expect("a part is welcome");
    for change in [
        CartChange::AddLine(new_line(Unit::Piece, 1_000, 5)),
        CartChange::VoidLine { line_no: 1 },
        CartChange::RestoreLine { line_no: 1 },
        CartChange::SetQuantity {
            line_no: 1,
            quantity_milli: 2_000,
        },
    ] {
        assert_eq!(
            refused(&mut cart, change),
            CartRefused::HasTenders { tenders: 1 }
        );
    }
    let again = refused(&mut cart, CartChange::AddTender(five));
    assert_eq!(
        again,
        CartRefused::TenderKnown { tender_id: id(9) },
        "the same tender is not taken twice"
    );
    let gone = cart.apply(CartChange::RemoveTender { tender_id: id(9) }, &usual());
    assert_eq!(gone, Ok(CartTouched::TenderRemoved(id(9))));
    assert_eq!(
        refused(&mut cart, CartChange::RemoveTender { tender_id: id(9) }),
        CartRefused::TenderUnknown { tender_id: id(9) }
    );
    assert!(
        add(&mut cart, new_line(Unit::Piece, 1_000, 5)).is_ok(),
        "then lines change again"
    );
}

#[test]
fn a_cart_is_complete_only_with_lines_and_money() {
    assert_eq!(
        complete(&empty_cart(), &usual(), 0),
        Err(SaleRefused::NoLines)
    );
    let mut cart = cart_of([new_line(Unit::Piece, 1_000, 1_000)], &usual());
    assert_eq!(
        complete(&cart, &usual(), 0),
        Err(SaleRefused::TenderShort {
            missing_minor: 1_000
        })
    );
    cart.apply(
        CartChange::AddTender(tender(9, TenderKind::Cash, 999)),
        &usual(),
    )
    .expect("a part is welcome");
    assert_eq!(
        complete(&cart, &usual(), 0),
        Err(SaleRefused::TenderShort { missing_minor: 1 })
    );
}

#[test]
fn a_sale_numbers_its_live_lines_without_gaps_and_takes_them_from_stock() {
    let lines = [100, 200, 300].map(|price| new_line(Unit::Piece, 3_000, price));
    let mut cart = cart_of(lines, &usual());
    cart.apply(CartChange::VoidLine { line_no: 2 }, &usual())
        .expect("a live line can be void");
    cart.apply(
        CartChange::AddTender(tender(9, TenderKind::Cash, 2_000)),
        &usual(),
    )
    .expect("cash");
    let sale = complete(&cart, &usual(), 77).expect("it is paid");
    let numbers: Vec<u32> = sale.lines.iter().map(|line| line.line_no).collect();
    assert_eq!(numbers, [1, 2], "the void line is not on the receipt");
    assert_eq!(
        (sale.to_pay_minor, sale.change_minor, sale.completed_at_ms),
        (1_200, 800, 77)
    );
    let deltas: Vec<i64> = sale
        .stock_movements()
        .iter()
        .map(|movement| movement.delta_milli)
        .collect();
    assert_eq!(deltas, [-3_000, -3_000], "three of each left the shop");
}

#[test]
fn the_longest_real_cart_is_rung_and_the_limit_is_named() {
    let mut cart = cart_of(
        (0..1_114).map(|_| new_line(Unit::Piece, 1_000, 1)),
        &usual(),
    );
    assert_eq!(
        cart.totals(&usual()).gross_minor,
        1_114,
        "1,114 lines, as in the largest real cart"
    );
    while cart.lines.len() < limits::MAX_LINES {
        add(&mut cart, new_line(Unit::Piece, 1_000, 1)).expect("below the limit");
    }
    let full = refused(
        &mut cart,
        CartChange::AddLine(new_line(Unit::Piece, 1_000, 1)),
    );
    assert_eq!(
        full.to_string(),
        "the cart has 5000 lines, which is the limit: complete this sale and go on in a new one"
    );
}

#[test]
fn all_lines_together_keep_the_limit_too() {
    let mut cart = cart_of([new_line(Unit::Piece, 1_000, 900_000_000_000)], &usual());
    let beyond = refused(
        &mut cart,
        CartChange::AddLine(new_line(Unit::Piece, 1_000, 200_000_000_000)),
    );
    assert_eq!(
        beyond,
        CartRefused::TotalTooLarge {
            amount_minor: 1_100_000_000_000
        }
    );
    let quantity = CartChange::SetQuantity {
        line_no: 1,
        quantity_milli: 2_000,
    };
    assert!(
        matches!(
            refused(&mut cart, quantity),
            CartRefused::LineTooLarge { .. }
        ),
        "by quantity as well"
    );
}

#[test]
fn a_product_without_a_price_must_be_asked_for_one() {
    let unpriced = domain::Product {
        price_minor: None,
        ..mug()
    };
    let missing = unpriced
        .line(1_000, None, None)
        .expect_err("no price to sell at");
    assert_eq!(
        missing.to_string(),
        "product \"Mug\" has no price in the catalogue: ask for the price and add it again"
    );
    let asked = unpriced
        .line(
            1_000,
            Some((399, PriceReason::Asked)),
            Some("X1".to_owned()),
        )
        .expect("now it has one");
    assert_eq!(
        (asked.unit_price_minor, asked.list_price_minor),
        (399, None)
    );
    assert_eq!(
        (asked.price_reason, asked.code.as_deref()),
        (Some(PriceReason::Asked), Some("X1"))
    );
}
