//! Any changes at all, in any order: refused ones leave no trace, accepted ones say what they touched.

use crate::builders::{any_lines, any_rules, cart_of, id, new_line, tender};
use domain::{Cart, CartChange, CartTouched, TenderKind, Unit};
use proptest::prelude::*;

fn any_change() -> impl Strategy<Value = CartChange> {
    let line_no = 0..6_u32;
    let quantity = prop::sample::select(vec![
        0_i64,
        -1,
        1_000,
        2_500,
        5_000,
        1_000_000_000,
        1_000_000_001,
        i64::MAX,
    ]);
    let price = prop::sample::select(vec![
        -1_i64,
        0,
        99,
        1_000_000_000_000,
        1_000_000_000_001,
        i64::MIN,
    ]);
    let kind = prop::sample::select(TenderKind::ALL);
    prop_oneof![
        (quantity.clone(), price.clone()).prop_map(|(milli, price)| CartChange::AddLine(new_line(
            Unit::Piece,
            milli,
            price
        ))),
        (line_no.clone(), quantity).prop_map(|(line_no, quantity_milli)| CartChange::SetQuantity {
            line_no,
            quantity_milli
        }),
        (line_no.clone(), price.clone()).prop_map(|(line_no, unit_price_minor)| {
            CartChange::SetPrice {
                line_no,
                unit_price_minor,
                approved_by: id(5),
            }
        }),
        (line_no.clone(), -1..10_002_i64).prop_map(|(line_no, discount_bp)| {
            CartChange::SetDiscount {
                line_no,
                discount_bp,
                approved_by: id(5),
            }
        }),
        line_no
            .clone()
            .prop_map(|line_no| CartChange::VoidLine { line_no }),
        line_no.prop_map(|line_no| CartChange::RestoreLine { line_no }),
        (0..4_u128, kind, price)
            .prop_map(|(number, kind, minor)| CartChange::AddTender(tender(number, kind, minor))),
        (0..4_u128).prop_map(|number| CartChange::RemoveTender {
            tender_id: id(number)
        }),
    ]
}

proptest! {
    #[test]
    fn any_refused_change_leaves_the_cart_untouched(
        lines in any_lines(), rules in any_rules(), changes in prop::collection::vec(any_change(), 1..40),
    ) {
        let mut cart = cart_of(lines, &rules);
        for change in changes {
            let before = cart.clone();
            match cart.apply(change, &rules) {
                Err(_) => prop_assert_eq!(&cart, &before),
                Ok(CartTouched::Line(line_no)) => prop_assert!(cart.lines.iter().any(|line| line.line_no == line_no)),
                Ok(CartTouched::Tender(tender_id)) => prop_assert_eq!(cart.tenders.last().map(|last| last.tender_id), Some(tender_id)),
                Ok(CartTouched::TenderRemoved(tender_id)) => prop_assert!(cart.tenders.iter().all(|one| one.tender_id != tender_id)),
            }
            prop_assert!(cart.lines.windows(2).all(|pair| pair[0].line_no < pair[1].line_no), "numbers rise");
            prop_assert!(cart.settlement(&rules).is_ok(), "what was accepted can always be settled");
        }
    }

    #[test]
    fn a_cart_and_a_change_survive_json(lines in any_lines(), rules in any_rules(), change in any_change()) {
        let cart = cart_of(lines, &rules);
        let json = serde_json::to_string(&(&cart, &change, &rules)).expect("values are JSON");
        let back: (Cart, CartChange, domain::SellingRules) = serde_json::from_str(&json).expect("and come back");
        prop_assert_eq!(back, (cart, change, rules));
    }
}
