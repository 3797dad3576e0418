//! Stock changes by hand only by amounts that mean something.

use domain::{StockLine, StockRefused, Unit, check_adjusted, check_counted, check_received};
use uuid::Uuid;

fn line(product: u128, unit: Unit, quantity_milli: i64) -> StockLine {
    StockLine {
        product_id: Uuid::from_u128(product),
        unit,
        quantity_milli,
    }
}

#[test]
fn a_count_may_find_nothing_and_never_less() {
    let nothing = [line(1, Unit::Piece, 0)];
    assert_eq!(
        check_counted(&nothing, None),
        Ok(()),
        "an empty shelf counts"
    );
    let less = [line(1, Unit::Piece, -1_000)];
    assert_eq!(
        check_counted(&less, None),
        Err(StockRefused::Negative {
            quantity_milli: -1_000
        }),
        "nobody finds less than nothing"
    );
}

#[test]
fn pieces_are_counted_whole_and_weights_are_not() {
    let half = [line(1, Unit::Piece, 500)];
    assert_eq!(
        check_counted(&half, None),
        Err(StockRefused::NotWhole {
            quantity_milli: 500
        }),
        "half a piece is a mistake"
    );
    let weighed = [line(1, Unit::Kilogram, 500)];
    assert_eq!(
        check_counted(&weighed, None),
        Ok(()),
        "half a kilogram is not"
    );
}

#[test]
fn one_product_stands_on_one_line() {
    let twice = [line(1, Unit::Piece, 1_000), line(1, Unit::Piece, 2_000)];
    let refused = StockRefused::Twice {
        product_id: Uuid::from_u128(1),
    };
    assert_eq!(check_counted(&twice, None), Err(refused.clone()), "counted");
    assert_eq!(check_received(&twice, None), Err(refused), "received");
}

#[test]
fn a_correction_needs_a_difference_and_a_reason() {
    let table: [(i64, &str, Result<(), StockRefused>); 4] = [
        (-1_000, "broken", Ok(())),
        (0, "broken", Err(StockRefused::Zero)),
        (1_000, "  ", Err(StockRefused::ReasonMissing)),
        (
            2_000_000_000,
            "barcode",
            Err(StockRefused::TooLarge {
                quantity_milli: 2_000_000_000,
            }),
        ),
    ];
    for (quantity, reason, expected) in table {
        let found = check_adjusted(&line(1, Unit::Piece, quantity), reason);
        assert_eq!(found, expected, "{quantity} because {reason:?}");
    }
}

#[test]
fn goods_received_are_more_than_nothing() {
    assert_eq!(
        check_received(&[], None),
        Err(StockRefused::NoLines),
        "empty"
    );
    let zero = [line(1, Unit::Piece, 0)];
    assert_eq!(check_received(&zero, None), Err(StockRefused::Zero), "zero");
    let some = [line(1, Unit::Piece, 3_000), line(2, Unit::Litre, 750)];
    assert_eq!(check_received(&some, Some("DN 12")), Ok(()), "goods");
    let long = "x".repeat(201);
    assert_eq!(
        check_received(&some, Some(&long)),
        Err(StockRefused::ReferenceTooLong { chars: 201 }),
        "a reference has a limit"
    );
}
